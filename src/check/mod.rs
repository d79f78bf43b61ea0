//! Judges a document by its template: one rule, one file, each from text to findings.

mod context;
mod coverage;
mod order;
mod rule;

mod changed_requirement;
mod changed_source;
mod duplicate_requirement;
mod duplicate_section;
mod empty_field;
mod empty_section;
mod lost_source;
mod misplaced_section;
mod missing_citation;
mod missing_field;
mod missing_section;
mod moved_source;
mod phase_cycle;
mod phase_number;
mod phase_order;
mod placeholder;
mod skipped_research;
mod unclear_requirement;
mod uncovered_requirement;
mod unknown_phase;
mod unknown_requirement;
mod unknown_source;
mod unused_source;

use std::collections::BTreeMap;
use std::ops::Range;

pub use context::{Context, Input, Present, SourceState};
pub use rule::{DOCS, Rule, find as find_rule, rules};

use crate::config::{Level, Severity};
use crate::document::{BlockKind, Document, Status};
use crate::text::Edit;

/// A finding about a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagnostic {
    /// The rule that found it.
    pub rule: &'static str,
    /// How much it weighs here.
    pub severity: Severity,
    /// Where.
    pub range: Range<usize>,
    /// What, in one sentence.
    pub message: String,
    /// Other places that explain it.
    pub related: Vec<Related>,
    /// Ways to mend it, the best first.
    pub fixes: Vec<Fix>,
}

/// A second place that explains a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// The document that it stands in.
    pub file: File,
    /// Where.
    pub range: Range<usize>,
    /// What is there.
    pub message: String,
}

/// Which of the two documents a related place is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum File {
    /// The judged document.
    This,
    /// The requirements document of a plan in a file of its own.
    Requirements,
}

/// A change that mends a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as a menu shows it.
    pub title: String,
    /// Edits of the judged document.
    pub edits: Vec<Edit>,
}

impl Fix {
    fn new(title: impl Into<String>, edits: Vec<Edit>) -> Self {
        Self { title: title.into(), edits }
    }
}

/// Judges a document; findings come in document order.
pub fn check(input: &Input<'_>, levels: &BTreeMap<String, Level>) -> Vec<Diagnostic> {
    let context = Context::new(input);
    let mut found = Vec::new();
    for rule in rules() {
        let Some(run) = rule.run else { continue };
        let severity = match levels.get(rule.name) {
            Some(level) => level.severity(),
            None => Some(by_status(rule.severity, input.document.front_matter().status)),
        };
        let Some(severity) = severity else { continue };
        let from = found.len();
        run(&context, &mut found);
        for diagnostic in &mut found[from..] {
            diagnostic.rule = rule.name;
            diagnostic.severity = severity;
        }
    }
    silence(input.document, &mut found);
    found.sort_by_key(|diagnostic| (diagnostic.range.start, diagnostic.range.end));
    found
}

fn by_status(severity: Severity, status: Status) -> Severity {
    match status {
        Status::Draft => severity.softer(),
        Status::Review => severity,
        Status::Accepted => severity.harder(),
    }
}

/// Drops findings that a `groundplan-ignore` comment covers: on its own line, and in the block or heading after it.
fn silence(document: &Document, found: &mut Vec<Diagnostic>) {
    for directive in document.directives() {
        let text = document.text();
        let line = text.line_range(text.line_of(directive.range.start));
        let heading = document
            .sections()
            .get(document.section_at(directive.range.end).map_or(0, |id| id + 1))
            .map(|section| section.heading.clone());
        let block = document
            .blocks()
            .filter(|(kind, range)| *kind != BlockKind::Comment && range.start >= directive.range.end)
            .map(|(_, range)| range)
            .next();
        let next = match (heading, block) {
            (Some(heading), Some(block)) if block.start < heading.start => Some(block),
            (Some(heading), _) => Some(heading),
            (None, block) => block,
        };
        let covered = |at: usize| line.contains(&at) || next.as_ref().is_some_and(|next| next.contains(&at));
        found.retain(|diagnostic| {
            let named = directive.rules.is_empty() || directive.rules.iter().any(|name| name == diagnostic.rule);
            !(named && covered(diagnostic.range.start))
        });
    }
}

/// Starts a finding; the rule's name and its severity are filled in by [`check`].
fn finding(range: Range<usize>, message: impl Into<String>) -> Diagnostic {
    Diagnostic {
        rule: "",
        severity: Severity::Hint,
        range,
        message: message.into(),
        related: Vec::new(),
        fixes: Vec::new(),
    }
}

impl Diagnostic {
    fn related(mut self, range: Range<usize>, message: impl Into<String>) -> Self {
        self.related.push(Related { file: File::This, range, message: message.into() });
        self
    }

    fn fix(mut self, title: impl Into<String>, edits: Vec<Edit>) -> Self {
        self.fixes.push(Fix::new(title, edits));
        self
    }
}
