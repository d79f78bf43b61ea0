//! A markdown document as groundplan sees it: sections, fields, requirements, phases, citations.
//!
//! [`Document::parse`] reads it whole and [`Document::edited`] re-reads only the pieces that an edit touches;
//! both give equal documents (`tests/incremental.rs`).

mod builder;
mod directive;
mod field;
mod front_matter;
mod heading;
mod inline;
mod phase;
mod piece;
mod requirement;
mod roles;
mod section;
mod share;
mod source;
mod stamp;
mod vague;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;
use std::sync::Arc;

use crate::text::{Edit, Text};

pub use directive::Directive;
pub use field::Field;
pub use front_matter::{FrontMatter, Status};
pub use heading::normalise;
pub use inline::canonical_id;
pub use phase::{Phase, PhaseRef, phase_number};
pub use piece::{BlockKind, Item, Shape};
pub use requirement::{Criterion, Demand, DemandKind};
pub use section::{Section, SectionId};
pub use source::{Place, Source, link_path};
pub use stamp::Stamp;

use inline::TokenKind;
use piece::Piece;

/// A piece and where it stands.
#[derive(Debug, Clone)]
struct Placed {
    start: usize,
    piece: Arc<Piece>,
}

/// A parsed document. Cheap to clone and to edit; all ranges are bytes of [`Document::text`].
#[derive(Debug, Clone)]
pub struct Document {
    text: Text,
    front: FrontMatter,
    pieces: Vec<Placed>,
    sections: Vec<Section>,
    demands: Vec<Demand>,
    shared_criteria: Vec<Criterion>,
}

/// Something named in running text, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention<'d> {
    /// The name: a citation's id, a requirement's id.
    pub id: &'d str,
    /// Its bytes.
    pub range: Range<usize>,
}

impl Document {
    /// Reads a document.
    pub fn parse(text: &str) -> Self {
        Self::parse_text(Text::new(text))
    }

    fn parse_text(text: Text) -> Self {
        let whole = text.to_string();
        let front = FrontMatter::parse(&whole);
        let mut start = front.len;
        let pieces = piece::cut(&whole[front.len..])
            .into_iter()
            .map(|piece| {
                let placed = Placed { start, piece: Arc::new(piece) };
                start += placed.piece.len;
                placed
            })
            .collect();
        Self::assemble(text, front, pieces)
    }

    /// The bytes of the inline code around an offset, without its backticks.
    pub fn code_at(&self, offset: usize) -> Option<Range<usize>> {
        let line = self.text.line_range(self.text.line_of(offset));
        let code = inline::code_around(&self.text.slice(line.clone()), offset.saturating_sub(line.start))?;
        Some(line.start + code.start..line.start + code.end)
    }

    /// The document after an edit; equal to parsing the edited text.
    pub fn edited(&self, edit: &Edit) -> Self {
        let text = self.text.edited(edit);
        match self.recut(&text, edit) {
            Some(pieces) => Self::assemble(text, self.front.clone(), pieces),
            None => Self::parse_text(text),
        }
    }

    /// Parses the pieces that an edit touches; `None` where only a whole parse is sure to be right.
    fn recut(&self, text: &Text, edit: &Edit) -> Option<Vec<Placed>> {
        let (start, end) = (edit.range.start, edit.range.end);
        // An edit of the front matter, or one that could close it, changes what the whole document is.
        let could_open = self.front.len == 0 && text.starts_with("---");
        if start < self.front.len.max(4) || could_open {
            return None;
        }
        let mut first = self.piece_at(start)?;
        let last = self.piece_at(end)?;
        // An edit of a heading's line can join its piece to the one before.
        let opening = self.pieces[first].piece.headings.first().map_or(0, |heading| heading.range.end);
        if start <= self.pieces[first].start + opening {
            first = first.saturating_sub(1);
        }
        let after = last + 1;
        if after == self.pieces.len() {
            return (first > 0).then(|| self.recut_tail(text, first));
        }
        let grown = edit.text.len() as isize - (end - start) as isize;
        let from = self.pieces[first].start;
        let to = self.pieces[after].start.checked_add_signed(grown)?;
        let new = piece::cut_closed(&text.slice(from..to))?;
        let mut pieces = self.pieces[..first].to_vec();
        place(&mut pieces, from, new);
        pieces.extend(self.pieces[after..].iter().map(|placed| Placed {
            start: placed.start.saturating_add_signed(grown),
            piece: Arc::clone(&placed.piece),
        }));
        Some(pieces)
    }

    fn recut_tail(&self, text: &Text, first: usize) -> Vec<Placed> {
        let from = self.pieces[first].start;
        let mut pieces = self.pieces[..first].to_vec();
        place(&mut pieces, from, piece::cut(&text.slice(from..text.len())));
        pieces
    }

    fn assemble(text: Text, front: FrontMatter, pieces: Vec<Placed>) -> Self {
        let (demands, shared_criteria) = requirement::collect(&pieces);
        let mut document = Self { text, front, pieces, sections: Vec::new(), demands, shared_criteria };
        document.sections = section::outline(&document.pieces, document.text.len());
        document
    }

    fn piece_at(&self, offset: usize) -> Option<usize> {
        self.pieces.partition_point(|placed| placed.start <= offset).checked_sub(1)
    }

    /// The text.
    pub fn text(&self) -> &Text {
        &self.text
    }

    /// The front matter; empty if there is none.
    pub fn front_matter(&self) -> &FrontMatter {
        &self.front
    }

    /// All sections in document order.
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// Acceptance criteria of the whole document that speak of no one of its requirements.
    pub fn shared_criteria(&self) -> &[Criterion] {
        &self.shared_criteria
    }

    /// Requirements, stories and outcomes in document order.
    pub fn demands(&self) -> &[Demand] {
        &self.demands
    }

    /// The demands that a plan has to serve: the requirements, or the user stories where there are only stories.
    pub fn requirements(&self) -> impl Iterator<Item = &Demand> {
        let kind = if self.demands.iter().any(|demand| demand.kind == DemandKind::Requirement) {
            DemandKind::Requirement
        } else {
            DemandKind::Story
        };
        self.demands.iter().filter(move |demand| demand.kind == kind)
    }

    /// Citations `[^id]` outside code, without the definitions.
    pub fn citations(&self) -> impl Iterator<Item = Mention<'_>> {
        self.tokens().filter_map(|(kind, range)| match kind {
            TokenKind::Citation(id) => Some(Mention { id, range }),
            _ => None,
        })
    }

    /// Words in running text that are formed like a requirement's id.
    pub fn mentions(&self) -> impl Iterator<Item = Mention<'_>> {
        self.tokens().filter_map(|(kind, range)| match kind {
            TokenKind::Mention(id) => Some(Mention { id, range }),
            _ => None,
        })
    }

    /// Text that stands for text, wherever it stands outside code.
    pub fn placeholders(&self) -> impl Iterator<Item = Range<usize>> {
        self.tokens().filter(|(kind, _)| **kind == TokenKind::Placeholder).map(|(_, range)| range)
    }

    fn tokens(&self) -> impl Iterator<Item = (&TokenKind, Range<usize>)> {
        self.pieces
            .iter()
            .flat_map(|placed| placed.piece.tokens.iter().map(|token| (&token.kind, at(placed.start, &token.range))))
    }

    /// The ledger: footnote definitions, each with the source that it describes if it can be read as one.
    pub fn sources(&self) -> impl Iterator<Item = Source> + '_ {
        self.pieces.iter().flat_map(|placed| placed.piece.notes.iter().map(|note| source::read(note, placed.start)))
    }

    /// Changes whenever the ledger does.
    pub fn ledger_key(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for note in self.pieces.iter().flat_map(|placed| &placed.piece.notes) {
            (&note.id, &note.text).hash(&mut hasher);
        }
        hasher.finish()
    }

    /// `<!-- groundplan-ignore RULE -->` comments.
    pub fn directives(&self) -> impl Iterator<Item = Directive> + '_ {
        self.comments().filter_map(|(range, text)| directive::read(text, range))
    }

    /// The stamp after the ledger, if there is one.
    pub fn stamp(&self) -> Option<Stamp> {
        self.comments().find_map(|(range, text)| Stamp::parse(text, range))
    }

    fn comments(&self) -> impl Iterator<Item = (Range<usize>, &str)> {
        self.pieces.iter().flat_map(|placed| {
            placed.piece.comments.iter().map(|comment| (at(placed.start, &comment.range), comment.text.as_str()))
        })
    }

    /// Outermost blocks in document order, without headings.
    pub fn blocks(&self) -> impl Iterator<Item = (BlockKind, Range<usize>)> {
        self.pieces
            .iter()
            .flat_map(|placed| placed.piece.blocks.iter().map(|block| (block.kind, at(placed.start, &block.range))))
    }

    /// Files' paths in inline code of list items in a range, each with the item's own first paragraph.
    pub fn paths_in_code(&self, within: Range<usize>) -> impl Iterator<Item = (Range<usize>, Range<usize>)> + '_ {
        let first = self.piece_at(within.start).unwrap_or(0);
        let end = within.end;
        let pieces = self.pieces[first.min(self.pieces.len())..].iter().take_while(move |placed| placed.start < end);
        pieces
            .flat_map(|placed| {
                placed.piece.items.iter().filter_map(|item| {
                    Some((at(placed.start, item.code_path.as_ref()?), at(placed.start, &item.content)))
                })
            })
            .filter(move |(path, _)| within.contains(&path.start))
    }

    /// The parsed structure in a form that two documents can be compared by.
    pub fn structure(&self) -> (Vec<(usize, &Piece)>, &[Section], &[Demand]) {
        (self.pieces.iter().map(|placed| (placed.start, &*placed.piece)).collect(), &self.sections, &self.demands)
    }
}

fn place(pieces: &mut Vec<Placed>, mut start: usize, new: Vec<Piece>) {
    for piece in new {
        let len = piece.len;
        pieces.push(Placed { start, piece: Arc::new(piece) });
        start += len;
    }
}

fn at(start: usize, range: &Range<usize>) -> Range<usize> {
    start + range.start..start + range.end
}
