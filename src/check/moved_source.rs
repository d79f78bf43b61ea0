//! `moved-source`: the text that a claim rests on stands on other lines, or in another file.

use super::{Context, Diagnostic, SourceState, changed_source, finding};
use crate::document::Place;

pub(super) fn run(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for source in context.document.sources() {
        let Some(SourceState::Moved(present)) = context.input.sources.get(&source.id) else { continue };
        let Place::Lines { path, first, last } = &present.place else { continue };
        let lines = if first == last { format!("line {first}") } else { format!("lines {first} to {last}") };
        let was = source.place.as_ref().and_then(Place::path);
        let lines = if was == Some(path) { lines } else { format!("{lines} of `{path}`") };
        let mut diagnostic = finding(source.id_range.clone(), format!("The same text stands on {lines} now"));
        if let Some(edit) = changed_source::renewed(context, &source, present) {
            diagnostic = diagnostic.fix(format!("Point the source at {lines}"), vec![edit]);
        }
        out.push(diagnostic);
    }
}
