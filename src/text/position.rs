//! Lines and columns in the encoding that the editor negotiated.

use super::Text;

/// The unit that a column counts (LSP 3.17, `PositionEncodingKind`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// UTF-16 code units, the protocol's default.
    #[default]
    Utf16,
    /// Unicode scalar values.
    Utf32,
}

/// A zero-based line and column; the column's unit is an [`Encoding`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Position {
    /// Zero-based line.
    pub line: u32,
    /// Zero-based column.
    pub character: u32,
}

impl Text {
    /// The byte offset of a position.
    ///
    /// A column past the end of its line means that end, a line past the end of the text means the
    /// text's end (both as LSP asks), and a column inside a character means the character's start.
    pub fn offset(&self, position: Position, encoding: Encoding) -> usize {
        let line = position.line as usize;
        if line >= self.line_count() {
            return self.len();
        }
        let range = self.line_range(line);
        let column = position.character as usize;
        let slice = self.rope.byte_slice(range.clone());
        let bytes = match encoding {
            Encoding::Utf8 => {
                let byte = column.min(slice.len_bytes());
                slice.char_to_byte(slice.byte_to_char(byte))
            }
            Encoding::Utf16 => {
                let unit = column.min(slice.len_utf16_cu());
                slice.char_to_byte(slice.utf16_cu_to_char(unit))
            }
            Encoding::Utf32 => slice.char_to_byte(column.min(slice.len_chars())),
        };
        range.start + bytes
    }

    /// The position of a byte offset; an offset past the end means the end.
    pub fn position(&self, offset: usize, encoding: Encoding) -> Position {
        let offset = offset.min(self.len());
        let line = self.rope.byte_to_line(offset);
        let start = self.rope.line_to_byte(line);
        let character = match encoding {
            Encoding::Utf8 => offset - start,
            Encoding::Utf16 => {
                let first = self.rope.char_to_utf16_cu(self.rope.byte_to_char(start));
                let last = self.rope.char_to_utf16_cu(self.rope.byte_to_char(offset));
                last - first
            }
            Encoding::Utf32 => self.rope.byte_to_char(offset) - self.rope.byte_to_char(start),
        };
        Position { line: line as u32, character: character as u32 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // "e" + combining acute is two scalar values and three bytes; the emoji is one, four bytes, two units.
    const LINE: &str = "ae\u{301}🙂z";

    fn check(encoding: Encoding, column: u32, byte: usize) {
        let text = Text::new(&format!("first\r\n{LINE}\r\nlast"));
        let position = Position { line: 1, character: column };
        assert_eq!(text.offset(position, encoding), 7 + byte, "{encoding:?} {column}");
        assert_eq!(text.position(7 + byte, encoding), position, "{encoding:?} {byte}");
    }

    #[test]
    fn columns_count_in_each_encoding() {
        check(Encoding::Utf8, 8, 8);
        check(Encoding::Utf16, 5, 8);
        check(Encoding::Utf32, 4, 8);
        check(Encoding::Utf16, 3, 4);
    }

    #[test]
    fn positions_outside_are_pulled_in() {
        let text = Text::new("ab\r\n🙂\n");
        let at = |line, character, encoding| text.offset(Position { line, character }, encoding);
        assert_eq!(at(0, 99, Encoding::Utf16), 2);
        assert_eq!(at(1, 1, Encoding::Utf16), 4, "inside a surrogate pair");
        assert_eq!(at(1, 2, Encoding::Utf8), 4, "inside a character");
        assert_eq!(at(9, 0, Encoding::Utf32), text.len());
    }

    #[test]
    fn only_protocol_line_breaks_count() {
        assert_eq!(Text::new("a\u{2028}b\u{b}c\rd\r\ne\n").line_count(), 4);
    }
}
