//! `unknown-source`: a citation names a source that the ledger does not have.

use std::collections::HashSet;

use super::{Context, Diagnostic, finding};
use crate::text::Edit;

pub(super) fn run(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    if context.root.is_none() {
        return;
    }
    let known: HashSet<String> = context.document.sources().map(|source| source.id).collect();
    for citation in context.document.citations().filter(|citation| !known.contains(citation.id)) {
        out.push(
            finding(citation.range.clone(), format!("The ledger has no source `{}`", citation.id))
                .fix("Remove the citation", vec![Edit::delete(citation.range.clone())]),
        );
    }
}
