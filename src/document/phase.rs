//! Phases: numbered stages of a plan and the phases that they depend on.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::text::pattern;

use super::{Document, SectionId};

/// A section whose heading is `Phase N: …`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phase {
    /// Its number.
    pub number: u32,
    /// Where the number stands.
    pub number_range: Range<usize>,
    /// Its section.
    pub section: SectionId,
    /// The phases that its `Dependencies` field names.
    pub depends_on: Vec<PhaseRef>,
}

/// A phase named in text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhaseRef {
    /// Its number.
    pub number: u32,
    /// Where it is named.
    pub range: Range<usize>,
}

static HEADING: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)^\W*phase\s+(\d{1,6})\b[\s:.–—-]*(.*)$"));

static REFERENCE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)(?-u:\b)phases?\s+(\d{1,6})((?:\s*(?:,|and|&|–|-)\s*\d{1,6}(?-u:\b))*)"));

static NUMBER: LazyLock<Regex> = LazyLock::new(|| pattern(r"\d{1,6}"));

/// The number of a heading of the form `Phase N: …`.
pub fn phase_number(title: &str) -> Option<u32> {
    HEADING.captures(title)?[1].parse().ok()
}

impl Document {
    /// The phases below a section, in document order.
    pub fn phases(&self, below: SectionId) -> Vec<Phase> {
        let end = self.sections[below].range.end;
        (below + 1..self.sections.len())
            .take_while(|&id| self.sections[id].heading.start < end)
            .filter_map(|id| self.phase(id))
            .collect()
    }

    /// A section read as a phase.
    pub fn phase(&self, id: SectionId) -> Option<Phase> {
        let section = &self.sections[id];
        let (number, number_range) = section.phase.clone()?;
        let dependencies = self.fields(id).into_iter().find(|field| &*field.key == "dependencies");
        let depends_on = dependencies.map_or_else(Vec::new, |field| self.phase_refs(field.value_range));
        Some(Phase { number, number_range, section: id, depends_on })
    }

    /// The name of a phase, after its number.
    pub fn phase_name(&self, phase: &Phase) -> String {
        let title = &self.sections[phase.section].title;
        HEADING.captures(title).map_or_else(String::new, |found| found[2].trim().to_owned())
    }

    /// The phases named in a range: `Phase 2`, `phases 1, 2 and 4`.
    pub fn phase_refs(&self, range: Range<usize>) -> Vec<PhaseRef> {
        let text = self.text.slice(range.clone());
        let mut refs = Vec::new();
        if !text.contains(|c: char| c.is_ascii_digit()) {
            return refs;
        }
        for found in REFERENCE.find_iter(&text) {
            for digits in NUMBER.find_iter(found.as_str()) {
                let start = range.start + found.start() + digits.start();
                if let Ok(number) = digits.as_str().parse() {
                    refs.push(PhaseRef { number, range: start..start + digits.len() });
                }
            }
        }
        refs
    }
}
