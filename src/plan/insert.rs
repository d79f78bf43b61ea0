//! The edits that put a section into a document: in the template's order, never over a person's text.

use std::collections::HashSet;
use std::ops::Range;

use super::{Ledger, Section, render};
use crate::document::{Document, SectionId, Stamp};
use crate::template::{Match, Template};
use crate::text::{Edit, apply_all, digest};

/// What a section of a document is to a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was not there, or held nothing but hints.
    Inserted,
    /// A run had written it and nobody has touched it since.
    Replaced,
    /// A person wrote or changed it, so it stays.
    Kept,
}

/// Whether a person's text is replaced all the same, because that person asked for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// Leave it.
    Respect,
    /// Replace it.
    Override,
}

/// One section's way into a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What happened to the section.
    pub outcome: Outcome,
    /// Edits of the document, apart from each other and in order.
    pub edits: Vec<Edit>,
}

/// How the section of a plan that fills a part of the template stands.
pub fn standing(document: &Document, id: SectionId) -> Outcome {
    let section = &document.sections()[id];
    let text = document.text().slice(section.heading.start..document.content_end(id));
    match document.stamp().and_then(|stamp| stamp.section(&section.title).cloned()) {
        Some(written) if written == digest(&text) => Outcome::Replaced,
        _ if only_hints(document, id) => Outcome::Inserted,
        _ => Outcome::Kept,
    }
}

/// Whether a section holds no more than a template's hints.
fn only_hints(document: &Document, id: SectionId) -> bool {
    let end = document.sections()[id].range.end;
    (id..document.sections().len()).take_while(|&other| document.sections()[other].heading.start < end).all(|other| {
        let section = &document.sections()[other];
        let body = document.text().slice(section.body.start..section.body.end.min(document.content_end(id)));
        body.lines().map(str::trim).filter(|line| !line.is_empty()).all(|line| {
            let value =
                line.split_once("**:").or_else(|| line.split_once(":**")).map_or(line, |(_, value)| value.trim());
            value.is_empty()
                || (value.starts_with('[') && value.ends_with(']') && !value.starts_with("[^"))
                || value.starts_with("<!--")
        })
    })
}

/// Where the plan of a template stands or would stand, and whether it is there.
pub fn place_of<'t>(document: &Document, template: &'t Template) -> Option<Match<'t>> {
    template.lay(document).into_iter().next()
}

/// The document ends inside a code fence or an HTML comment, so that what is appended would be part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the document ends inside an open code fence or HTML comment; close it, and generate the plan again")]
pub struct OpenBlock;

/// The edits that bring one section of a plan into a document, with ledger and stamp as they are after it.
///
/// The document may have changed since the plan was made: everything finds its place by headings and digests.
///
/// # Errors
/// [`OpenBlock`] if there is no place for the plan.
pub fn step(
    document: &Document,
    template: &Template,
    section: &Section,
    ledger: &mut Ledger<'_>,
    stamp: &mut Stamp,
    kept: Kept,
) -> Result<Step, OpenBlock> {
    let Some(part) = place_of(document, template) else {
        return Ok(Step { outcome: Outcome::Kept, edits: Vec::new() });
    };
    let text = document.text();
    let newline = if text.slice(0..text.len().min(4096)).contains("\r\n") { "\r\n" } else { "\n" };
    let root = part.sections.first().copied();
    let child = part.children.iter().find(|child| child.node.pattern.matches(&section.key));
    let present = child.and_then(|child| child.sections.first().copied());
    let outcome = present.map_or(Outcome::Inserted, |id| standing(document, id));
    if outcome == Outcome::Kept && kept == Kept::Respect {
        return Ok(Step { outcome, edits: Vec::new() });
    }
    let root_level = root.map_or(part.node.level, |root| document.sections()[root].level);
    let level = present.map_or((root_level + 1).min(6), |id| document.sections()[id].level);
    let body = render(section, level, ledger);
    match stamp.sections.iter_mut().find(|(title, _)| *title == section.title) {
        Some((_, written)) => *written = digest(&body),
        None => stamp.sections.push((section.title.clone(), digest(&body))),
    }
    let mut edits = Vec::new();
    let (tail_start, tail_end) = match root {
        None => {
            let end = text.to_string().trim_end().len();
            let gap = if end == 0 { "" } else { "\n\n" };
            let heading = format!("{gap}{} {}\n\n", "#".repeat(root_level as usize), part.node.pattern.title());
            edits.push(Edit::insert(end, format!("{heading}{}", body.trim_end())));
            (end, text.len())
        }
        Some(root) => {
            let end = document.content_end(root);
            edits.push(match present {
                Some(id) => {
                    Edit::replace(document.sections()[id].heading.start..document.content_end(id), body.trim_end())
                }
                None => insertion(document, &part, section, root, end, &body),
            });
            // What a person wrote behind the ledger stays where it is.
            let range = document.sections()[root].range.clone();
            let last = document.sections().partition_point(|section| section.heading.start < range.end) - 1;
            (end, document.ledger_in(last).map_or(end, |ledger| ledger.end.max(end)))
        }
    };
    let written = present.map(|id| document.sections()[id].heading.start..document.content_end(id));
    let cited: HashSet<&str> = document
        .citations()
        .filter(|citation| !written.as_ref().is_some_and(|range| range.contains(&citation.range.start)))
        .map(|citation| citation.id)
        .collect();
    let follows = !text.slice(tail_end..text.len()).trim().is_empty();
    let tail_end = if follows { tail_end } else { text.len() };
    let tail = tail(document, tail_start..tail_end, &ledger.render(|id| cited.contains(id)), stamp, follows);
    match edits.last_mut().filter(|edit| edit.range.end == tail_start) {
        Some(edit) => {
            edit.range.end = tail_end;
            edit.text.push_str(&tail);
        }
        None => edits.push(Edit::replace(tail_start..tail_end, tail)),
    }
    if newline == "\r\n" {
        for edit in &mut edits {
            edit.text = edit.text.replace("\r\n", "\n").replace('\n', "\r\n");
        }
    }
    let step = Step { outcome, edits };
    let open = root.is_none() && place_of(&step.apply(document), template).is_none_or(|part| part.sections.is_empty());
    if open { Err(OpenBlock) } else { Ok(step) }
}

/// Inserts a missing section before the next one that is there, or at the end of the plan.
fn insertion(
    document: &Document,
    part: &Match<'_>,
    section: &Section,
    root: SectionId,
    end: usize,
    body: &str,
) -> Edit {
    let after = part
        .children
        .iter()
        .skip_while(|child| !child.node.pattern.matches(&section.key))
        .skip(1)
        .find_map(|child| child.sections.first().copied())
        .filter(|&id| document.sections()[id].heading.start > document.sections()[root].heading.start);
    match after {
        Some(next) => Edit::insert(document.sections()[next].heading.start, format!("{body}\n")),
        None => Edit::insert(end, format!("\n\n{}", body.trim_end())),
    }
}

/// What stands below the last section: what a person wrote between the sources, as it is, then ledger and stamp.
fn tail(document: &Document, range: Range<usize>, ledger: &str, stamp: &Stamp, follows: bool) -> String {
    let stamped = document.stamp().map(|stamp| stamp.range);
    let sources: Vec<_> =
        document.sources().filter(|source| source.place.is_some()).map(|source| source.range).collect();
    let own = document
        .blocks()
        .filter(|(_, block)| range.contains(&block.start))
        .filter(|(_, block)| !sources.iter().any(|source| source.start == block.start))
        .filter(|(_, block)| stamped.as_ref().is_none_or(|stamp| !block.contains(&stamp.start)))
        .map(|(_, block)| document.text().slice(block));
    let mut parts: Vec<String> = own.collect();
    parts.push(ledger.to_owned());
    parts.push(stamp.render());
    parts.retain(|part| !part.is_empty());
    // Behind it stands a person's text with its own distance, or nothing.
    format!("\n\n{}{}", parts.join("\n\n"), if follows { "" } else { "\n" })
}

/// The start of a plan in a file of its own, beside its requirements document.
pub fn file_text(template: &Template, requirements_name: &str, title: &str) -> String {
    let mut out = format!("---\ntemplate: {}\nrequirements: ./{requirements_name}\n---\n", template.name);
    if !title.is_empty() {
        out.push_str(&format!("\n# {title}: plan\n"));
    }
    out
}

impl Step {
    /// The document after this step.
    pub fn apply(&self, document: &Document) -> Document {
        Document::parse(&apply_all(&document.text().to_string(), &self.edits))
    }
}
