//! Replacing ranges of a text.

use std::ops::Range;

/// One replacement: the bytes of `range` give way to `text`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Byte range in the text before the edit.
    pub range: Range<usize>,
    /// What stands there afterwards.
    pub text: String,
}

impl Edit {
    /// Replaces a range.
    pub fn replace(range: Range<usize>, text: impl Into<String>) -> Self {
        Self { range, text: text.into() }
    }

    /// Inserts at an offset.
    pub fn insert(at: usize, text: impl Into<String>) -> Self {
        Self::replace(at..at, text)
    }

    /// Removes a range.
    pub fn delete(range: Range<usize>) -> Self {
        Self::replace(range, "")
    }
}

/// Applies edits that all refer to the same text and do not overlap; insertions at one place keep their order.
pub fn apply_all(text: &str, edits: &[Edit]) -> String {
    let mut order: Vec<&Edit> = edits.iter().collect();
    order.sort_by_key(|edit| (edit.range.start, edit.range.end));
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in order {
        if edit.range.start >= at {
            out.push_str(&text[at..edit.range.start]);
        }
        out.push_str(&edit.text);
        at = edit.range.end.max(at);
    }
    out.push_str(&text[at..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_refer_to_the_text_before() {
        let edits = [Edit::insert(3, "C"), Edit::delete(0..1), Edit::insert(3, "D")];
        assert_eq!(apply_all("abcd", &edits), "bcCDd");
    }
}
