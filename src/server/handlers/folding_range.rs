//! `textDocument/foldingRange`: sections of the plan, requirements with criteria, the ledger.

use std::ops::Range;

use tower_lsp::ls_types::{FoldingRange, FoldingRangeKind};

use crate::plan::place_of;
use crate::server::session::Snapshot;

/// What can be folded.
pub fn folding_range(snapshot: &Snapshot) -> Vec<FoldingRange> {
    let document = &snapshot.document;
    let lines = snapshot.lines();
    let fold = |range: Range<usize>, kind: Option<FoldingRangeKind>| {
        let (start, end) = (lines.position(range.start).line, lines.position(range.end).line);
        (end > start).then(|| FoldingRange { start_line: start, end_line: end, kind, ..FoldingRange::default() })
    };
    let mut folds: Vec<FoldingRange> = Vec::new();
    if snapshot.recognition.requirements.is_some() {
        folds.extend(
            document
                .requirements()
                .filter(|demand| !demand.criteria.is_empty())
                .filter_map(|demand| fold(demand.range.clone(), None)),
        );
    }
    let root =
        snapshot.recognition.plan.as_ref().and_then(|template| place_of(document, template)?.sections.first().copied());
    if let Some(root) = root {
        let end = document.sections()[root].range.end;
        let inside = (root..document.sections().len()).take_while(|&id| document.sections()[id].heading.start < end);
        folds.extend(
            inside.filter_map(|id| fold(document.sections()[id].heading.start..document.content_end(id), None)),
        );
        let mut sources = document.sources().filter(|source| source.place.is_some()).map(|source| source.range);
        if let Some(first) = sources.next() {
            let last = document
                .stamp()
                .map_or_else(|| sources.last().map_or(first.end, |last| last.end), |stamp| stamp.range.end);
            folds.extend(fold(first.start..last, Some(FoldingRangeKind::Region)));
        }
    }
    folds
}
