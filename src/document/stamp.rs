//! The stamp: one HTML comment after the ledger that records a run, what it wrote and what it read.

use std::fmt::Write as _;
use std::ops::Range;

use crate::text::{Digest, digest};

const OPENING: &str = "groundplan-stamp";

/// What a run left behind for later checks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stamp {
    /// Which run wrote the plan: a digest of what it read.
    pub run: String,
    /// The engine and its version.
    pub engine: String,
    /// Number of answered questions by area, in the order of the run.
    pub research: Vec<(String, usize)>,
    /// How many claims were made, shown by a source that was read, and quoted it.
    pub claims: Vec<(String, usize)>,
    /// Generated sections by title, with the digest of what was written.
    pub sections: Vec<(String, Digest)>,
    /// Requirements by id, with the digest of what they said.
    pub requirements: Vec<(String, Digest)>,
    /// Sections that were written for later requirements than those below, since a person keeps the phases: a digest of all
    /// requirements as each of them has read them ([`Stamp::all`]).
    pub read: Vec<(String, Digest)>,
    /// The comment's bytes in the document.
    pub range: Range<usize>,
}

impl Stamp {
    /// Reads a comment's text as a stamp; lines that it does not know are passed over.
    pub fn parse(comment: &str, range: Range<usize>) -> Option<Self> {
        let body = comment.strip_prefix(OPENING)?;
        let mut stamp = Self { range, ..Self::default() };
        for line in body.lines() {
            let Some((key, value)) = line.trim().split_once(": ") else { continue };
            match key.split_once(' ').unwrap_or((key, "")) {
                ("run", _) => stamp.run = value.to_owned(),
                ("engine", _) => stamp.engine = value.to_owned(),
                ("research", _) => stamp.research = value.split(' ').filter_map(count).collect(),
                ("claims", _) => stamp.claims = value.split(' ').filter_map(count).collect(),
                _ => {
                    // Titles and ids may hold ": ", so these lines are read from their end.
                    let Some((name, digest)) = line.trim().rsplit_once(": ") else { continue };
                    let Some(digest) = Digest::parse(digest) else { continue };
                    if let Some(title) = name.strip_prefix("section ") {
                        stamp.sections.push((title.to_owned(), digest));
                    } else if let Some(title) = name.strip_prefix("read ") {
                        stamp.read.push((title.to_owned(), digest));
                    } else if let Some(id) = name.strip_prefix("requirement ") {
                        stamp.requirements.push((id.to_owned(), digest));
                    }
                }
            }
        }
        Some(stamp)
    }

    /// The comment as it stands in a document.
    pub fn render(&self) -> String {
        let mut out = format!("<!-- {OPENING}\nrun: {}\nengine: {}\n", self.run, self.engine);
        let research: Vec<String> = self.research.iter().map(|(area, n)| format!("{area}={n}")).collect();
        let _ = writeln!(out, "research: {}", research.join(" "));
        if !self.claims.is_empty() {
            let claims: Vec<String> = self.claims.iter().map(|(what, n)| format!("{what}={n}")).collect();
            let _ = writeln!(out, "claims: {}", claims.join(" "));
        }
        for (title, digest) in &self.sections {
            let _ = writeln!(out, "section {}: {digest}", title.replace("--", "-"));
        }
        for (title, digest) in &self.read {
            let _ = writeln!(out, "read {}: {digest}", title.replace("--", "-"));
        }
        for (id, digest) in &self.requirements {
            let _ = writeln!(out, "requirement {id}: {digest}");
        }
        out + "-->"
    }

    /// One digest of requirements, each with its id.
    pub fn all<'r>(requirements: impl IntoIterator<Item = (&'r str, &'r Digest)>) -> Digest {
        let lines: Vec<String> = requirements.into_iter().map(|(id, read)| format!("{id}: {read}")).collect();
        digest(&lines.join("\n"))
    }

    /// The number of claims of a kind: `made`, `shown`, `quoted`.
    pub fn claims(&self, kind: &str) -> usize {
        self.claims.iter().find(|(name, _)| name == kind).map_or(0, |(_, count)| *count)
    }

    /// The digest that a run left for a section.
    pub fn section(&self, title: &str) -> Option<&Digest> {
        self.sections.iter().find(|(name, _)| name == title).map(|(_, digest)| digest)
    }
}

fn count(word: &str) -> Option<(String, usize)> {
    let (area, number) = word.split_once('=')?;
    Some((area.to_owned(), number.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::digest;

    #[test]
    fn a_stamp_survives_the_document() {
        let stamp = Stamp {
            run: "b3:0123456789ab".into(),
            engine: "evidence 0.1.0".into(),
            research: vec![("technology".into(), 4), ("testing".into(), 0)],
            claims: vec![("made".into(), 9), ("shown".into(), 8), ("quoted".into(), 0)],
            sections: vec![("Phase 1: Data: first".into(), digest("a"))],
            requirements: vec![("FR-001".into(), digest("b"))],
            read: vec![("Executive Summary".into(), digest("c"))],
            range: 0..0,
        };
        let text = stamp.render();
        let inner = text.trim_start_matches("<!--").trim_end_matches("-->").trim();
        assert_eq!(Stamp::parse(inner, 0..0), Some(stamp));
    }
}
