//! `unused-source`: nothing cites a source of the ledger.

use std::collections::HashSet;

use super::{Context, Diagnostic, finding};
use crate::text::Edit;

pub(super) fn run(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    if context.root.is_none() {
        return;
    }
    let document = context.document;
    let cited: HashSet<&str> = document.citations().map(|citation| citation.id).collect();
    for source in document.sources().filter(|source| source.place.is_some() && !cited.contains(&*source.id)) {
        let text = document.text();
        let line = text.line_of(source.range.end) + 1;
        let end = text.line_range(line).start.max(source.range.end);
        out.push(
            finding(source.id_range.clone(), format!("Nothing cites the source `{}`", source.id))
                .fix("Remove the source", vec![Edit::delete(source.range.start..end)]),
        );
    }
}
