//! `lost-source`: what a claim rests on is no longer there.

use super::{Context, Diagnostic, SourceState, changed_source, finding};
use crate::document::Place;

pub(super) fn run(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for source in context.document.sources() {
        let Some(SourceState::Lost(reason)) = context.input.sources.get(&source.id) else { continue };
        let name = source.place.as_ref().map(Place::name).unwrap_or_default();
        out.push(
            finding(changed_source::place(context, &source), format!("`{name}` cannot be read any more: {reason}"))
                .related(source.range.clone(), format!("it read “{}” on {}", source.excerpt, source.date)),
        );
    }
}
