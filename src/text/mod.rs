//! The text of a document: a persistent rope, positions in the negotiated encoding, edits and digests.

mod digest;
mod edit;
mod pattern;
mod position;
mod redact;
mod words;

use std::ops::Range;

use ropey::Rope;

pub use digest::{Digest, digest};
pub use edit::{Edit, apply_all};
pub use pattern::pattern;
pub use position::{Encoding, Position};
pub use redact::{REDACTED, redact};
pub use words::{Terms, index_words, prose, says, split_identifier, stems, terms};

/// Immutable text; a clone shares its storage, and an edited copy shares all but the edited leaf.
///
/// All offsets are bytes of UTF-8 and must lie on character boundaries.
#[derive(Debug, Clone, Default)]
pub struct Text {
    rope: Rope,
}

impl Text {
    /// Builds a text from a string.
    pub fn new(text: &str) -> Self {
        Self { rope: Rope::from_str(text) }
    }

    /// Length in bytes.
    pub fn len(&self) -> usize {
        self.rope.len_bytes()
    }

    /// Whether there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The text of a byte range, copied; the range is cut to the text's end and to whole characters.
    pub fn slice(&self, range: Range<usize>) -> String {
        let whole = |at: usize| self.rope.char_to_byte(self.rope.byte_to_char(at.min(self.len())));
        let (start, end) = (whole(range.start), whole(range.end));
        self.rope.byte_slice(start..end.max(start)).to_string()
    }

    /// Whether the text begins with some other text.
    pub fn starts_with(&self, prefix: &str) -> bool {
        self.len() >= prefix.len() && self.rope.bytes().zip(prefix.bytes()).all(|(ours, theirs)| ours == theirs)
    }

    /// The text with one range replaced.
    pub fn edited(&self, edit: &Edit) -> Self {
        let mut rope = self.rope.clone();
        let start = rope.byte_to_char(edit.range.start.min(rope.len_bytes()));
        let end = rope.byte_to_char(edit.range.end.min(rope.len_bytes()));
        rope.remove(start..end);
        rope.insert(start, &edit.text);
        Self { rope }
    }

    /// Number of lines, counting the empty one after a final line break.
    pub fn line_count(&self) -> usize {
        self.rope.len_lines()
    }

    /// The zero-based line that holds a byte offset.
    pub fn line_of(&self, offset: usize) -> usize {
        self.rope.byte_to_line(offset.min(self.len()))
    }

    /// The byte range of a line without its line break; lines past the end are empty at the end.
    pub fn line_range(&self, line: usize) -> Range<usize> {
        if line >= self.line_count() {
            return self.len()..self.len();
        }
        let start = self.rope.line_to_byte(line);
        let end = self.rope.line_to_byte(line + 1);
        let content = self.rope.byte_slice(start..end);
        let mut length = end - start;
        while length > 0 && matches!(content.byte(length - 1), b'\n' | b'\r') {
            length -= 1;
        }
        start..start + length
    }
}

impl std::fmt::Display for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.rope.fmt(f)
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}
