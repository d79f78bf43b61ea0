//! Renders sections to markdown; the form is the template's and never an engine's.

use std::collections::BTreeMap;

use super::content::{Context, Line};
use super::ledger::Ledger;
use super::{fields, phase_fields};
use crate::document::{Document, SectionId};
use crate::research::Standing;
use crate::template::{Node, Template};

/// A section of the plan with its content, not yet text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its heading.
    pub title: String,
    /// The title as it is compared.
    pub key: String,
    /// Fields with their lines.
    fields: Vec<(String, Vec<Line>)>,
    /// Subsections with their level below this one.
    children: Vec<Section>,
}

impl Section {
    /// Everything that it says, without what it cites: the numbers of sources follow the threads of a run.
    pub(super) fn words(&self) -> String {
        let lines = self.fields.iter().flat_map(|(label, lines)| {
            std::iter::once(label.as_str()).chain(lines.iter().map(|line| line.text.as_str()))
        });
        let own: Vec<&str> = std::iter::once(self.title.as_str()).chain(lines).collect();
        let children: Vec<String> = self.children.iter().map(Self::words).collect();
        format!("{}\n{}", own.join("\n"), children.join("\n"))
    }

    /// Whether the phases stand in it.
    pub fn has_phases(&self) -> bool {
        self.children.iter().any(|child| crate::document::phase_number(&child.title).is_some())
    }

    /// Whether it tells of phases by their number.
    pub fn speaks_of_phases(&self) -> bool {
        let words = self.words().to_lowercase();
        let numbered = |at: usize| words[at + "phase ".len()..].starts_with(|c: char| c.is_ascii_digit());
        words.match_indices("phase ").any(|(at, _)| numbered(at))
    }

    /// Where a document has this section.
    pub fn present(&self, document: &Document, template: &Template) -> Option<SectionId> {
        let part = super::place_of(document, template)?;
        let child = part.children.iter().find(|child| child.node.pattern.matches(&self.key))?;
        child.sections.first().copied()
    }

    /// All its fields and those of its subsections, each under a name that is the only such one here.
    pub fn fields(&self) -> Vec<(String, &[Line])> {
        let own = self.fields.iter().map(|(label, lines)| (label.clone(), lines.as_slice()));
        let below = self.children.iter().flat_map(|child| {
            child.fields().into_iter().map(move |(name, lines)| (format!("{}: {name}", child.title), lines))
        });
        own.chain(below).collect()
    }

    /// The same section with other lines in the fields of some names.
    #[must_use]
    pub fn with_lines(&self, lines: &BTreeMap<String, Vec<Line>>) -> Self {
        let put = |(label, own): &(String, Vec<Line>)| {
            (label.clone(), lines.get(label).filter(|new| !new.is_empty()).unwrap_or(own).clone())
        };
        let below = |child: &Self| {
            let start = format!("{}: ", child.title);
            let own = lines.iter().filter_map(|(name, new)| Some((name.strip_prefix(&start)?.to_owned(), new.clone())));
            child.with_lines(&own.collect())
        };
        Self {
            title: self.title.clone(),
            key: self.key.clone(),
            fields: self.fields.iter().map(put).collect(),
            children: self.children.iter().map(below).collect(),
        }
    }

    /// Fills a part of the template.
    pub(super) fn compose(context: &Context<'_>, node: &Node) -> Self {
        let title = node.pattern.title().to_owned();
        let key = crate::document::normalise(&title);
        let fill = |field: &crate::template::FieldNode| {
            let lines = fields::content(context, &key, &field.key);
            (field.label.clone(), lines.unwrap_or_else(|| vec![unknown(&field.hint)]))
        };
        let mut children = Vec::new();
        for child in node.children.iter().filter(|child| !child.optional) {
            if child.repeats && child.pattern.is_open() {
                children.extend(phases(context, child));
            } else {
                children.push(Self::compose(context, child));
            }
        }
        Self { fields: node.fields.iter().map(fill).collect(), title, key, children }
    }
}

fn phases(context: &Context<'_>, node: &Node) -> Vec<Section> {
    let parts = |phase: &super::Phase| {
        let fill = |field: &crate::template::FieldNode| {
            let lines = phase_fields::content(context, phase, &field.key);
            (field.label.clone(), lines.unwrap_or_else(|| vec![unknown(&field.hint)]))
        };
        let title = format!("Phase {}: {}", phase.number, phase.name);
        Section {
            key: crate::document::normalise(&title),
            title,
            fields: node.fields.iter().map(fill).collect(),
            children: Vec::new(),
        }
    };
    context.phases.iter().map(parts).collect()
}

/// A field that a project's own template asks for and research does not answer.
fn unknown(hint: &str) -> Line {
    Line::open(if hint.is_empty() { "research does not answer this field".to_owned() } else { hint.to_lowercase() })
}

/// A section as markdown, its heading on `level`; ends with a line break. Cites through the ledger.
pub fn render(section: &Section, level: u8, ledger: &mut Ledger<'_>) -> String {
    let mut out = format!("{} {}\n", "#".repeat(level.clamp(1, 6) as usize), section.title);
    if !section.fields.is_empty() {
        out.push('\n');
    }
    for (label, lines) in &section.fields {
        match lines.as_slice() {
            [one] => out.push_str(&format!("- **{label}**: {}\n", line(one, ledger))),
            many => {
                out.push_str(&format!("- **{label}**:\n"));
                for one in many {
                    out.push_str(&format!("  - {}\n", line(one, ledger)));
                }
            }
        }
    }
    if section.fields.is_empty() && section.children.is_empty() {
        out.push_str("\nOpen question: what belongs here.\n");
    }
    for child in &section.children {
        out.push('\n');
        out.push_str(&render(child, level + 1, ledger));
    }
    out
}

fn line(line: &Line, ledger: &mut Ledger<'_>) -> String {
    let mut seen = Vec::new();
    let mut citations = String::new();
    for source in &line.sources {
        if !seen.contains(source) {
            seen.push(*source);
            citations.push_str(&ledger.cite(*source));
        }
    }
    match line.standing {
        Standing::Grounded => format!("{}{citations}", line.text),
        Standing::Assumption => format!("{} (assumption)", line.text),
        Standing::Open => {
            let text = line.text.trim_start_matches("Open question: ");
            let stop = if text.ends_with(['.', '?', '!']) { "" } else { "." };
            format!("Open question: {}{stop}", lower_first(text))
        }
    }
}

/// A sentence after a colon starts small, unless it starts with a name.
fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), chars.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() || second == ' ' => {
            format!("{}{}", first.to_lowercase(), chars.as_str())
        }
        _ => text.to_owned(),
    }
}
