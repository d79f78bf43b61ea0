//! The outline: headings with their bodies, as a tree in document order.

use std::ops::Range;
use std::sync::Arc;

use super::piece::{BlockKind, Piece};
use super::{Document, Placed, at};

/// Index into [`Document::sections`].
pub type SectionId = usize;

/// A heading with its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Heading level, 1 to 6.
    pub level: u8,
    /// The heading's text.
    pub title: Arc<str>,
    /// The title as it is compared.
    pub key: Arc<str>,
    /// The heading itself.
    pub heading: Range<usize>,
    /// From the heading to the end of the last subsection.
    pub range: Range<usize>,
    /// From the end of the heading to the next heading of any level.
    pub body: Range<usize>,
    /// The section that holds this one.
    pub parent: Option<SectionId>,
    /// Whether the body shows anything: text, list, table, code.
    pub has_content: bool,
    /// The number of a heading `Phase N: …`, and where its digits stand.
    pub phase: Option<(u32, Range<usize>)>,
    pub(super) piece: usize,
}

/// Builds the outline of placed pieces.
pub(super) fn outline(pieces: &[Placed], end: usize) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut open: Vec<SectionId> = Vec::new();
    for (index, placed) in pieces.iter().enumerate() {
        let piece = &placed.piece;
        for (i, heading) in piece.headings.iter().enumerate() {
            let start = placed.start + heading.range.start;
            if let Some(last) = sections.last_mut() {
                last.body.end = start;
            }
            while open.last().is_some_and(|&id| sections[id].level >= heading.level) {
                if let Some(id) = open.pop() {
                    sections[id].range.end = start;
                }
            }
            let until = piece.headings.get(i + 1).map_or(piece.len, |next| next.range.start);
            sections.push(Section {
                level: heading.level,
                title: Arc::clone(&heading.title),
                key: Arc::clone(&heading.key),
                heading: at(placed.start, &heading.range),
                range: start..end,
                body: placed.start + heading.range.end..end,
                parent: open.last().copied(),
                has_content: shows_something(piece, heading.range.end..until),
                phase: heading.phase.as_ref().map(|(number, digits)| (*number, at(placed.start, digits))),
                piece: index,
            });
            open.push(sections.len() - 1);
        }
    }
    sections
}

fn shows_something(piece: &Piece, body: Range<usize>) -> bool {
    piece.blocks.iter().any(|block| {
        body.contains(&block.range.start)
            && !matches!(block.kind, BlockKind::Comment | BlockKind::Rule | BlockKind::Note)
    })
}

impl Document {
    /// The innermost section that holds an offset.
    pub fn section_at(&self, offset: usize) -> Option<SectionId> {
        self.sections.partition_point(|section| section.heading.start <= offset).checked_sub(1)
    }

    /// The sections directly below one.
    pub fn children(&self, id: SectionId) -> impl Iterator<Item = SectionId> + '_ {
        let end = self.sections[id].range.end;
        (id + 1..self.sections.len())
            .take_while(move |&child| self.sections[child].heading.start < end)
            .filter(move |&child| self.sections[child].parent == Some(id))
    }

    /// Where a section's own content ends: before the ledger and the stamp, which can stand at its foot.
    pub fn content_end(&self, id: SectionId) -> usize {
        let range = self.sections[id].range.clone();
        let last = self.sections.partition_point(|section| section.heading.start < range.end).saturating_sub(1);
        let limit = self.ledger_in(last).map_or(range.end, |ledger| ledger.start);
        let heading_end = self.sections[last.max(id)].heading.end;
        let first = self.sections[id].piece;
        self.pieces[first..]
            .iter()
            .take_while(|placed| placed.start < range.end)
            .flat_map(|placed| placed.piece.blocks.iter().map(|block| (block.kind, at(placed.start, &block.range))))
            .filter(|(kind, block)| {
                range.contains(&block.start)
                    && block.start < limit
                    && !matches!(kind, BlockKind::Note | BlockKind::Comment)
            })
            .map(|(_, block)| block.end)
            .max()
            .unwrap_or(0)
            .max(heading_end)
    }

    /// The bytes from the first source to the end of the last source or the stamp in a section's own body.
    pub fn ledger_in(&self, id: SectionId) -> Option<Range<usize>> {
        let body = self.sections.get(id)?.body.clone();
        let sources = self.sources().filter(|source| source.place.is_some()).map(|source| source.range);
        let all = sources.chain(self.stamp().map(|stamp| stamp.range)).filter(|range| body.contains(&range.start));
        all.reduce(|a, b| a.start.min(b.start)..a.end.max(b.end))
    }

    /// The titles from the outermost section to this one.
    pub fn path(&self, id: SectionId) -> Vec<Arc<str>> {
        let mut path = Vec::new();
        let mut next = Some(id);
        while let Some(id) = next {
            path.push(Arc::clone(&self.sections[id].key));
            next = self.sections[id].parent;
        }
        path.reverse();
        path
    }
}
