//! Heading patterns: `Phase 1: [Phase Name]` stands for every numbered phase.

use crate::document::normalise;

/// A heading of a template, with bracketed parts as wildcards and alternatives between ` | `.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    title: String,
    alternatives: Vec<Vec<Part>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Number,
    Anything,
}

impl Pattern {
    /// Reads a template's heading.
    pub fn new(title: &str) -> Self {
        let alternatives = title.split(" | ").map(parts).collect();
        Self { title: title.split(" | ").next().unwrap_or(title).trim().to_owned(), alternatives }
    }

    /// The heading as a template writes it, without alternatives.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Whether some part of the heading is a wildcard.
    pub fn is_open(&self) -> bool {
        self.alternatives.iter().flatten().any(|part| *part == Part::Anything)
    }

    /// Whether a compared title (see [`normalise`]) fits.
    pub fn matches(&self, key: &str) -> bool {
        self.alternatives.iter().any(|parts| fits(parts, key))
    }

    /// Whether two patterns differ only in their number.
    pub fn same_but_number(&self, other: &Self) -> bool {
        self.is_open() && self.alternatives == other.alternatives
    }
}

fn parts(title: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = title.trim();
    while let Some(open) = rest.find('[') {
        literal(&rest[..open], true, &mut parts);
        parts.push(Part::Anything);
        rest = rest[open..].find(']').map_or("", |close| &rest[open + close + 1..]);
    }
    let open = !parts.is_empty();
    literal(rest, open, &mut parts);
    parts
}

/// Fixed text; in a heading with a wildcard, numbers stand for any number.
fn literal(text: &str, open: bool, parts: &mut Vec<Part>) {
    let key = if parts.is_empty() && !open { normalise(text) } else { loosely(text) };
    let mut word = String::new();
    for c in key.chars() {
        if open && c.is_ascii_digit() {
            if !word.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut word)));
            }
            if parts.last() != Some(&Part::Number) {
                parts.push(Part::Number);
            }
        } else {
            word.push(c);
        }
    }
    if !word.is_empty() {
        parts.push(Part::Text(word));
    }
}

/// Like [`normalise`], but keeping a trailing colon or blank that a wildcard follows.
fn loosely(text: &str) -> String {
    text.to_lowercase().replace(['*', '_', '`'], "").replace('&', "and").replace(['–', '—'], "-")
}

fn fits(parts: &[Part], key: &str) -> bool {
    match parts.split_first() {
        None => key.is_empty(),
        Some((Part::Text(text), rest)) => {
            if let Some(after) = key.strip_prefix(text.as_str()) {
                return fits(rest, after);
            }
            // "phase 1:" also accepts "phase 1 -" and "phase 1" alone.
            let bare = text.trim();
            if matches!(bare, ":" | "-" | ".") {
                let after = key.trim_start().trim_start_matches([':', '-', '.']).trim_start();
                return fits(rest, after);
            }
            false
        }
        Some((Part::Number, rest)) => {
            let after = key.trim_start_matches(|c: char| c.is_ascii_digit());
            after.len() < key.len() && fits(rest, after)
        }
        Some((Part::Anything, rest)) => {
            let starts = key.char_indices().map(|(i, _)| i).chain([key.len()]);
            rest.is_empty() || starts.into_iter().any(|i| fits(rest, &key[i..]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_and_numbers_stand_for_anything() {
        let phase = Pattern::new("Phase 1: [Phase Name]");
        for title in ["Phase 12: Storage & data", "phase 3 — later", "**Phase 2**: x", "Phase 4"] {
            assert!(phase.matches(&normalise(title)), "{title}");
        }
        assert!(!phase.matches(&normalise("Phases")));
        assert!(phase.same_but_number(&Pattern::new("Phase 2: [Phase Name]")));
        let either = Pattern::new("Requirements | Functional Requirements");
        assert!(either.matches(&normalise("2. Functional requirements *(mandatory)*")));
        assert_eq!(either.title(), "Requirements");
    }
}
