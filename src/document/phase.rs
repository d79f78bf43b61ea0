//! Phases: numbered stages of a plan and the phases that they depend on.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::{Document, SectionId};

/// A section whose heading is `Phase N: …`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phase {
    /// Its number.
    pub number: u32,
    /// The name after the number.
    pub name: String,
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

static HEADING: LazyLock<Regex> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the pattern is a constant and every test goes through it")]
    Regex::new(r"(?i)^\W*phase\s+(\d{1,6})\b[\s:.–—-]*(.*)$").expect("constant pattern")
});

static REFERENCE: LazyLock<Regex> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the pattern is a constant and every test goes through it")]
    Regex::new(r"(?i)\bphases?\s+(\d{1,6})((?:\s*(?:,|and|&|–|-)\s*\d{1,6}\b)*)").expect("constant pattern")
});

static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the pattern is a constant and every test goes through it")]
    Regex::new(r"\d{1,6}").expect("constant pattern")
});

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
        let found = HEADING.captures(&section.title)?;
        let heading = self.text.slice(section.heading.clone());
        let digits = NUMBER.find(&heading)?;
        let depends_on = self
            .fields(id)
            .into_iter()
            .filter(|field| &*field.key == "dependencies")
            .flat_map(|field| self.phase_refs(field.value_range))
            .collect();
        Some(Phase {
            number: found[1].parse().ok()?,
            name: found[2].trim().to_owned(),
            number_range: section.heading.start + digits.start()..section.heading.start + digits.end(),
            section: id,
            depends_on,
        })
    }

    /// The phases named in a range: `Phase 2`, `phases 1, 2 and 4`.
    pub fn phase_refs(&self, range: Range<usize>) -> Vec<PhaseRef> {
        let text = self.text.slice(range.clone());
        let mut refs = Vec::new();
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
