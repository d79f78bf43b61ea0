//! `moved-source`: the text that a claim rests on stands on other lines.

use super::{Context, Diagnostic, SourceState, changed_source, finding};
use crate::document::Place;

pub(super) fn run(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for source in context.document.sources() {
        let Some(SourceState::Moved(present)) = context.input.sources.get(&source.id) else { continue };
        let lines = if present.first == present.last {
            format!("line {}", present.first)
        } else {
            format!("lines {} to {}", present.first, present.last)
        };
        let was = source.place.as_ref().and_then(Place::path);
        let lines = if was == Some(&*present.path) { lines } else { format!("{lines} of `{}`", present.path) };
        let mut diagnostic = finding(source.id_range.clone(), format!("The same text stands on {lines} now"));
        if let Some(edit) = changed_source::renewed(context, &source, present) {
            diagnostic = diagnostic.fix(format!("Point the source at {lines}"), vec![edit]);
        }
        out.push(diagnostic);
    }
}
