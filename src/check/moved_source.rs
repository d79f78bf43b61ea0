//! `moved-source`: the text that a claim rests on stands on other lines.

use super::{Context, Diagnostic, SourceState, changed_source, finding};

pub(super) fn run(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for source in context.document.sources() {
        let Some(SourceState::Moved(present)) = context.input.sources.get(&source.id) else { continue };
        let lines = if present.first == present.last {
            format!("line {}", present.first)
        } else {
            format!("lines {} to {}", present.first, present.last)
        };
        let mut diagnostic = finding(source.id_range.clone(), format!("The same text stands on {lines} now"));
        if let Some(edit) = changed_source::renewed(context, &source, present) {
            diagnostic = diagnostic.fix(format!("Point the source at {lines}"), vec![edit]);
        }
        out.push(diagnostic);
    }
}
