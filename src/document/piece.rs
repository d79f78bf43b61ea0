//! A piece: the text from one top-level `#` heading to the next, parsed with positions relative to its start.
//!
//! A piece is the unit of incremental parsing. A heading that starts with `#` in the first column ends every
//! open block of CommonMark except a fence or an HTML block, so a piece that is followed by such a heading can be
//! parsed without the rest of the document (`cut` says whether it can).

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::builder;
use super::heading::Heading;
use super::inline::Token;
use super::requirement::Demands;
use super::source::Description;

/// What was found between two top-level headings; every range is relative to the piece's start.
#[derive(Debug, Default, PartialEq)]
pub struct Piece {
    /// Length in bytes.
    pub len: usize,
    /// Headings outside lists and quotes; only the first can be the one that opens the piece.
    pub headings: Vec<Heading>,
    /// Blocks that are not headings, outermost level only.
    pub blocks: Vec<Block>,
    /// Every list item, parents before children.
    pub items: Vec<Item>,
    /// Outermost paragraphs with their text, without markup and in one line.
    pub paragraphs: Vec<(Range<usize>, String)>,
    /// HTML comments.
    pub comments: Vec<Comment>,
    /// Footnote definitions.
    pub notes: Vec<Note>,
    /// Citations, placeholders and requirement ids in running text.
    pub tokens: Vec<Token>,
    /// The requirements found here, kept for the context they were last asked for.
    pub(super) demands: OnceLock<Demands>,
}

/// An outermost block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// Its bytes.
    pub range: Range<usize>,
}

/// Kinds of outermost blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockKind {
    /// A paragraph.
    Paragraph,
    /// A list.
    List,
    /// A fenced or indented code block.
    Code,
    /// An HTML block that shows something.
    Html,
    /// An HTML block that holds only comments.
    Comment,
    /// A table.
    Table,
    /// A block quote.
    Quote,
    /// A thematic break.
    Rule,
    /// A footnote definition.
    Note,
}

/// A list item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The whole item with its children.
    pub range: Range<usize>,
    /// Its own first paragraph, without the marker and the task box.
    pub content: Range<usize>,
    /// The text of `content`, one line.
    pub text: String,
    /// Nesting depth; 0 for a list that stands in no other block.
    pub depth: usize,
    /// The item that holds it.
    pub parent: Option<usize>,
    /// Its number in an ordered list.
    pub number: Option<u64>,
    /// The first file's path that stands in inline code in `content`.
    pub code_path: Option<Range<usize>>,
    /// The bold label that opens it, as in `- **Objectives**: …`.
    pub label: Option<Label>,
}

/// A bold label followed by a colon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The words between the asterisks, without the colon.
    pub text: Arc<str>,
    /// The words as they are compared.
    pub key: Arc<str>,
    /// What stands behind the colon.
    pub shape: Shape,
    /// Where those words stand.
    pub range: Range<usize>,
    /// Everything after the colon, to the end of the item.
    pub value: Range<usize>,
}

/// What stands behind a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Nothing, or only comments.
    Empty,
    /// One bracketed phrase, the form of a template's hint.
    Hint,
    /// Anything else.
    Text,
}

/// An HTML comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// With its delimiters.
    pub range: Range<usize>,
    /// The text between them.
    pub text: String,
}

/// A footnote definition, the form that a source of the ledger has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The whole definition.
    pub range: Range<usize>,
    /// Its identifier.
    pub id: String,
    /// Where the identifier stands.
    pub id_range: Range<usize>,
    /// The text after the colon.
    pub text: String,
    /// What it says of a source.
    pub(super) description: Option<Description>,
}

/// Cuts a text without front matter at its top-level headings.
pub fn cut(text: &str) -> Vec<Piece> {
    builder::build(text)
}

/// Cuts a stretch of text that another heading follows; `None` if something in it stays open past its end.
pub fn cut_closed(text: &str) -> Option<Vec<Piece>> {
    let mut pieces = cut(&format!("{text}#\n"));
    let sentinel = pieces.pop()?;
    (sentinel.len == 2 && !sentinel.headings.is_empty() && !pieces.is_empty()).then_some(pieces)
}
