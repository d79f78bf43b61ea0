//! Requirements in the forms that people write them: labelled items, headings with criteria, lists, MUST sentences.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;
use std::sync::{Arc, LazyLock};

use regex::Regex;

use super::piece::{BlockKind, Item, Piece};
use super::roles::{Role, heading_requirement, role};
use super::vague::vague;
use super::{Placed, at, share};
use crate::text::{Digest, digest, pattern};

/// What is demanded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DemandKind {
    /// A requirement.
    Requirement,
    /// A user story with its scenarios.
    Story,
    /// A measurable outcome, as Spec Kit's `SC-001`.
    Outcome,
}

/// One numbered demand: id, statement, acceptance criteria.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demand {
    /// What it is.
    pub kind: DemandKind,
    /// Its id as written, or `R` and its number among the requirements without one.
    pub id: Arc<str>,
    /// Whether the id stands in the text.
    pub given: bool,
    /// The title of a requirement that is a heading.
    pub title: Option<Arc<str>>,
    /// What it demands, one line; empty if nothing is said.
    pub statement: Arc<str>,
    /// A word in the statement that nobody can measure, where no number helps.
    pub vague: Option<&'static str>,
    /// How one can tell that it is met.
    pub criteria: Vec<Criterion>,
    /// The item, paragraph or section.
    pub range: Range<usize>,
    /// Where the id or, without one, the start of the statement stands.
    pub id_range: Range<usize>,
}

/// One acceptance criterion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Criterion {
    /// One line.
    pub text: Arc<str>,
    /// Its bytes.
    pub range: Range<usize>,
}

impl Demand {
    /// Digest of what it demands, wherever it stands and whatever its id.
    pub fn digest(&self) -> Digest {
        let mut text = format!("{}\n{}", self.title.as_deref().unwrap_or_default(), self.statement);
        for criterion in &self.criteria {
            text.push('\n');
            text.push_str(&criterion.text);
        }
        digest(&text)
    }

    /// The criteria with their ids: the requirement's id and the criterion's number, `FR-001.2`.
    pub fn numbered(&self) -> impl Iterator<Item = (String, &Criterion)> {
        self.criteria.iter().zip(1..).map(|(criterion, number)| (format!("{}.{number}", self.id), criterion))
    }

    /// Title and statement in one line.
    pub fn summary(&self) -> String {
        match (&self.title, self.statement.is_empty()) {
            (Some(title), true) => title.to_string(),
            (Some(title), false) => format!("{title}: {}", self.statement),
            (None, _) => self.statement.to_string(),
        }
    }
}

/// What a piece demands when it is entered with some headings open.
#[derive(Debug, Clone)]
pub(super) struct Demands {
    entry: Vec<(u8, Role)>,
    exit: Vec<(u8, Role)>,
    found: Vec<Found>,
}

// A cache does not make two pieces different.
impl PartialEq for Demands {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

#[derive(Debug, Clone)]
struct Found {
    what: What,
    id: Option<Arc<str>>,
    title: Option<Arc<str>>,
    text: Arc<str>,
    vague: Option<&'static str>,
    range: Range<usize>,
    id_range: Range<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Demand(DemandKind),
    /// Says what the demand above demands, if that has no statement yet.
    Statement,
    Criterion,
    /// A criterion that stands with those of the whole document.
    Shared,
}

static ID: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\[?(?P<id>(?P<prefix>[A-Za-z][A-Za-z0-9]*(?:-[A-Z][A-Z0-9]*)*?)[-_–]?\d+(?:\.\d+)*[a-z]?)\]?(?:\s*[:：.)–—-]\s*|\s+|$)(?P<rest>(?s:.*))$",
    )
});

/// Prefixes that name a requirement wherever they stand.
const REQUIREMENT_PREFIXES: &[&str] = &["FR", "NFR", "REQ", "BR", "UR", "SR", "R"];
/// Prefixes that name something else: outcomes, criteria, stories, tasks, checks, decisions, questions, risks.
const OTHER_PREFIXES: &[&str] =
    &["SC", "AC", "US", "T", "TASK", "CHK", "AD", "ADR", "Q", "A", "RISK", "P", "KEP", "RFC", "EIP"];

/// Gathers the demands of a document from its pieces, and the criteria that belong to none of them.
pub(super) fn collect(pieces: &[Placed]) -> (Vec<Demand>, Vec<Criterion>) {
    let mut out: Vec<Demand> = Vec::new();
    let mut open: Vec<(u8, Role)> = Vec::new();
    let mut shared: Vec<Criterion> = Vec::new();
    let (mut requirements, mut stories, mut outcomes) = (0, 0, 0);
    let read: Vec<Cow<'_, Demands>> = pieces
        .iter()
        .map(|placed| {
            let cached = placed.piece.demands.get_or_init(|| read(&placed.piece, &open));
            let demands =
                if cached.entry == open { Cow::Borrowed(cached) } else { Cow::Owned(read(&placed.piece, &open)) };
            open.clone_from(&demands.exit);
            demands
        })
        .collect();
    // Only derived ids have to keep clear of given ones.
    let all = || read.iter().flat_map(|demands| &demands.found);
    let derives = all().any(|found| found.id.is_none() && matches!(found.what, What::Demand(_)));
    let given: HashSet<&str> = all().filter_map(|found| found.id.as_deref()).filter(|_| derives).collect();
    for (placed, demands) in pieces.iter().zip(&read) {
        for found in &demands.found {
            let range = at(placed.start, &found.range);
            match found.what {
                What::Demand(kind) => {
                    let (count, prefix) = match kind {
                        DemandKind::Requirement => (&mut requirements, "R"),
                        DemandKind::Story => (&mut stories, "US"),
                        DemandKind::Outcome => (&mut outcomes, "SC-"),
                    };
                    // A derived id must not be one that somebody else was given.
                    *count += 1;
                    while found.id.is_none() && given.contains(format!("{prefix}{count}").as_str()) {
                        *count += 1;
                    }
                    out.push(Demand {
                        kind,
                        given: found.id.is_some(),
                        id: found.id.clone().unwrap_or_else(|| format!("{prefix}{count}").into()),
                        title: found.title.clone(),
                        statement: Arc::clone(&found.text),
                        vague: found.vague,
                        criteria: Vec::new(),
                        range,
                        id_range: at(placed.start, &found.id_range),
                    });
                }
                What::Statement => {
                    if let Some(demand) = out.last_mut() {
                        if demand.statement.is_empty() {
                            demand.statement = Arc::clone(&found.text);
                            demand.vague = found.vague;
                        }
                        demand.range.end = demand.range.end.max(range.end);
                    }
                }
                What::Criterion => {
                    if let Some(demand) = out.last_mut() {
                        demand.range.end = demand.range.end.max(range.end);
                        demand.criteria.push(Criterion { text: Arc::clone(&found.text), range });
                    }
                }
                What::Shared => shared.push(Criterion { text: Arc::clone(&found.text), range }),
            }
        }
    }
    let left = share::out(&mut out, shared);
    (out, left)
}

fn read(piece: &Piece, entry: &[(u8, Role)]) -> Demands {
    let mut open = entry.to_vec();
    let mut found = Vec::new();
    let first = piece.headings.first().map_or(piece.len, |heading| heading.range.start);
    segment(piece, 0..first, &open, &mut found);
    for (i, heading) in piece.headings.iter().enumerate() {
        open.retain(|(level, _)| *level < heading.level);
        let role = role(heading.level, &heading.key);
        open.push((heading.level, role));
        let until = piece.headings.get(i + 1).map_or(piece.len, |next| next.range.start);
        if !open.iter().any(|(_, role)| *role == Role::Nothing) {
            opening(piece, heading, role, until, &mut found);
        }
        segment(piece, heading.range.end..until, &open, &mut found);
    }
    for found in found.iter_mut().filter(|found| !matches!(found.what, What::Criterion | What::Shared)) {
        found.vague = vague(&found.text);
    }
    Demands { entry: entry.to_vec(), exit: open, found }
}

/// A heading that is itself a requirement, a story or a criterion.
fn opening(piece: &Piece, heading: &super::heading::Heading, role: Role, until: usize, found: &mut Vec<Found>) {
    let title: Arc<str> = match role {
        Role::Requirement => {
            let length = heading_requirement(&heading.key).map_or(0, |(_, length)| length);
            let from = heading.title.char_indices().rev().map(|(i, _)| i).find(|i| heading.title.len() - i >= length);
            heading.title[from.unwrap_or(0)..].trim().into()
        }
        Role::Story => Arc::clone(&heading.title),
        Role::Scenario => {
            let name = heading.title.split_once(':').map_or(&*heading.title, |(_, name)| name.trim());
            let steps = items_in(piece, heading.range.end..until).map(|item| item.text.trim());
            let text = std::iter::once(name).chain(steps).collect::<Vec<_>>().join("; ");
            let range = heading.range.start..last_block(piece, heading.range.end..until).unwrap_or(heading.range.end);
            found.push(Found {
                what: What::Criterion,
                id: None,
                title: None,
                text: text.into(),
                vague: None,
                id_range: range.clone(),
                range,
            });
            return;
        }
        _ => return,
    };
    let (kind, id) = match role {
        Role::Requirement => (DemandKind::Requirement, heading_requirement(&heading.key).and_then(|(id, _)| id)),
        _ => (DemandKind::Story, story_id(&heading.key)),
    };
    found.push(Found {
        what: What::Demand(kind),
        id: id.map(Into::into),
        title: (!title.is_empty()).then_some(title),
        text: "".into(),
        vague: None,
        range: heading.range.start..last_block(piece, heading.range.end..until).unwrap_or(heading.range.end),
        id_range: heading.range.start..heading.range.end,
    });
}

fn story_id(key: &str) -> Option<String> {
    let rest = key.trim_start_matches("user story").trim_start_matches("story").trim();
    let number: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
    number.starts_with(|c: char| c.is_ascii_digit()).then(|| format!("US{number}"))
}

/// The items and sentences between two headings.
fn segment(piece: &Piece, body: Range<usize>, open: &[(u8, Role)], found: &mut Vec<Found>) {
    let role = open.iter().rev().map(|(_, role)| *role).find(|role| *role != Role::Inherit).unwrap_or(Role::Inherit);
    let excluded = open.iter().any(|(_, role)| *role == Role::Nothing);
    let inside_demand = open.iter().any(|(_, role)| matches!(role, Role::Requirement | Role::Story));
    if excluded || role == Role::Scenario {
        return;
    }
    for block in piece.blocks.iter().filter(|block| body.contains(&block.range.start)) {
        match block.kind {
            BlockKind::List => {
                for item in items_in(piece, block.range.clone()) {
                    list_item(piece, item, role, inside_demand, found);
                }
            }
            BlockKind::Paragraph => paragraph(piece, block.range.clone(), role, found),
            _ => {}
        }
    }
}

fn list_item(piece: &Piece, item: &Item, role: Role, inside_demand: bool, found: &mut Vec<Found>) {
    let text = item.text.trim();
    if text.is_empty() {
        return;
    }
    let named = ID.captures(text.trim_start_matches('`')).filter(|found| {
        let prefix = found["prefix"].to_uppercase();
        let upper = found["prefix"] == prefix;
        let known = REQUIREMENT_PREFIXES.contains(&prefix.as_str());
        known || (upper && found["id"].contains(['-', '_', '–']))
    });
    let prefix = named.as_ref().map(|found| found["prefix"].rsplit('-').next().unwrap_or_default().to_uppercase());
    let what = match prefix.as_deref() {
        Some("SC") => What::Demand(DemandKind::Outcome),
        Some("AC") if inside_demand => What::Criterion,
        Some("AC") if role == Role::Criteria => What::Shared,
        Some(prefix) if OTHER_PREFIXES.contains(&prefix) => return,
        Some(prefix) if REQUIREMENT_PREFIXES.contains(&prefix) || role == Role::Requirements => {
            What::Demand(DemandKind::Requirement)
        }
        _ => match role {
            Role::Requirements => What::Demand(DemandKind::Requirement),
            Role::Criteria if inside_demand => What::Criterion,
            Role::Criteria => What::Shared,
            Role::Requirement | Role::Story => What::Criterion,
            Role::Outcomes => What::Demand(DemandKind::Outcome),
            _ => return,
        },
    };
    let (id, rest) = match (&named, what) {
        (Some(named), What::Demand(_)) => (Some(named["id"].to_owned()), named["rest"].trim().to_owned()),
        (Some(named), What::Shared) => (None, named["rest"].trim().to_owned()),
        _ => (None, text.to_owned()),
    };
    let id_range = match &id {
        Some(id) => {
            let start = item.label.as_ref().map_or(item.content.start, |label| label.range.start);
            start..start + id.len()
        }
        None => item.content.clone(),
    };
    found.push(Found {
        what,
        id: id.map(Into::into),
        title: None,
        text: rest.into(),
        vague: None,
        range: item.range.clone(),
        id_range,
    });
    if matches!(what, What::Demand(DemandKind::Requirement)) {
        let children = piece.items.iter().filter(|child| {
            child.depth == item.depth + 1 && item.range.contains(&child.range.start) && !child.text.trim().is_empty()
        });
        found.extend(children.map(|child| Found {
            what: What::Criterion,
            id: None,
            title: None,
            text: child.text.trim().into(),
            vague: None,
            range: child.range.clone(),
            id_range: child.content.clone(),
        }));
    }
}

fn paragraph(piece: &Piece, range: Range<usize>, role: Role, found: &mut Vec<Found>) {
    let Some(sentence) = piece.paragraphs.iter().find(|(at, _)| at.start == range.start).map(|(_, text)| text) else {
        return;
    };
    let text = sentence.trim();
    let what = match role {
        Role::Requirement | Role::Story => What::Statement,
        Role::Requirements | Role::Weak if demands(text) => What::Demand(DemandKind::Requirement),
        _ => return,
    };
    let text = match what {
        What::Statement if labels_only(text) => return,
        What::Statement => text.strip_prefix("Objective:").or(text.strip_prefix("User Story:")).unwrap_or(text).trim(),
        _ => text,
    };
    let named = ID.captures(text).filter(|found| found["id"].contains('-') && matches!(what, What::Demand(_)));
    found.push(Found {
        what,
        id: named.as_ref().map(|named| named["id"].into()),
        title: None,
        text: named.as_ref().map_or(text, |named| named.name("rest").map_or("", |rest| rest.as_str())).into(),
        vague: None,
        id_range: range.clone(),
        range,
    });
}

/// Whether a sentence demands something: the capital keywords of RFC 2119 that bind.
fn demands(text: &str) -> bool {
    text.split(|c: char| !c.is_alphabetic()).any(|word| matches!(word, "MUST" | "SHALL"))
}

/// A paragraph that only introduces what follows, as `Acceptance Scenarios:`.
fn labels_only(text: &str) -> bool {
    text.ends_with(':') && text.len() < 60
}

fn items_in(piece: &Piece, range: Range<usize>) -> impl Iterator<Item = &Item> {
    piece.items.iter().filter(move |item| item.depth == 0 && range.contains(&item.range.start))
}

fn last_block(piece: &Piece, body: Range<usize>) -> Option<usize> {
    piece.blocks.iter().filter(|block| body.contains(&block.range.start)).map(|block| block.range.end).max()
}
