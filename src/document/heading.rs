//! Headings and the form in which they are compared.

use std::ops::Range;
use std::sync::Arc;

use super::phase::phase_number;

/// A heading outside lists and quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// The heading's lines, relative to its piece.
    pub range: Range<usize>,
    /// Its text without markup, as the reader sees it.
    pub title: Arc<str>,
    /// The title as it is compared, see [`normalise`].
    pub key: Arc<str>,
    /// Where the digits of `Phase N` stand, for a heading of that form, and the number.
    pub phase: Option<(u32, Range<usize>)>,
}

impl Heading {
    pub(super) fn new(level: u8, range: Range<usize>) -> Self {
        Self { level, range, title: "".into(), key: "".into(), phase: None }
    }

    /// Takes the whole title, and the heading's source.
    pub(super) fn finish(&mut self, title: &str, source: &str) {
        self.title = title.trim().into();
        self.key = normalise(&self.title).into();
        self.phase = phase_number(&self.title).and_then(|number| {
            let start = source.find(|c: char| c.is_ascii_digit())?;
            let digits = source[start..].find(|c: char| !c.is_ascii_digit()).unwrap_or(source.len() - start);
            Some((number, self.range.start + start..self.range.start + start + digits))
        });
    }
}

/// Brings a heading to the form in which it is compared: lower case, without numbering, emphasis, a trailing
/// remark such as `*(mandatory)*`, closing `#`, and with one form of dash, ampersand and blank.
pub fn normalise(title: &str) -> String {
    let mut text = title.trim().trim_end_matches('#').trim().to_lowercase();
    text = text.replace(['*', '_', '`'], "").replace('&', " and ").replace(['–', '—', '‒', '−'], "-");
    if let Some(open) = text.rfind('(')
        && matches!(text[open..].trim_matches(['(', ')', ' ']), "mandatory" | "optional" | "required" | "if applicable")
    {
        text.truncate(open);
    }
    let numbered = text.trim_start();
    let digits = numbered.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    if digits.len() < numbered.len() {
        let rest = digits.trim_start_matches([')', ':', '-']);
        // "1. Goals" and "2.3 Goals" are numbered; "2026 roadmap" is not.
        let number = &numbered[..numbered.len() - digits.len()];
        if rest.starts_with(' ') && (number.contains('.') || rest.len() < digits.len()) {
            text = rest.to_owned();
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ").trim_end_matches(':').to_owned()
}

#[cfg(test)]
mod tests {
    use super::normalise;

    #[test]
    fn spellings_of_one_heading_are_equal() {
        for (left, right) in [
            ("User Scenarios & Testing *(mandatory)*", "user scenarios and testing"),
            ("**3.2 Risk  Assessment** ##", "Risk Assessment"),
            ("1) Goals", "Goals"),
            ("Phase 0 — Research", "phase 0 - research"),
            ("Goals:", "goals"),
        ] {
            assert_eq!(normalise(left), normalise(right));
        }
        assert_eq!(normalise("2026 roadmap"), "2026 roadmap");
        assert_eq!(normalise("Phase 2 (later)"), "phase 2 (later)");
    }
}
