//! `changed-source`: the text that a claim rests on is another one now.

use super::{Context, Diagnostic, SourceState, finding};
use crate::document::{Place, Source, link_path};
use crate::text::Edit;

pub(super) fn run(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for source in context.document.sources() {
        let Some(SourceState::Changed(present)) = context.input.sources.get(&source.id) else { continue };
        let name = source.place.as_ref().map(Place::name).unwrap_or_default();
        let mut diagnostic =
            finding(place(context, &source), format!("`{name}` has changed since it was read on {}", source.date))
                .related(source.range.clone(), then_and_now(&source, present));
        if let Some(edit) = renewed(context, &source, present) {
            diagnostic = diagnostic.fix("The claim still holds: record the text as it is now", vec![edit]);
        }
        out.push(diagnostic);
    }
}

/// What stood there, and what stands there now.
fn then_and_now(source: &Source, present: &super::Present) -> String {
    // Of the catalogue only the digest is compared.
    let (Some(Place::Lines { path: then, .. }), Place::Lines { path: now, .. }) = (&source.place, &present.place)
    else {
        return format!("it read “{}”", source.excerpt);
    };
    let at = if then == now { String::new() } else { format!(" in `{now}`") };
    if *present.excerpt == *source.excerpt {
        return format!("“{}” still stands there{at}; other lines have changed", source.excerpt);
    }
    format!("it read “{}”; now “{}” stands there{at}", source.excerpt, present.excerpt)
}

/// The first citation of a source, where the claim stands; without one, the ledger.
pub(super) fn place(context: &Context<'_>, source: &Source) -> std::ops::Range<usize> {
    let first = context.document.citations().find(|citation| citation.id == source.id);
    first.map_or(source.id_range.clone(), |citation| citation.range)
}

/// The ledger's entry with the present lines, excerpt and digest.
pub(super) fn renewed(context: &Context<'_>, source: &Source, present: &super::Present) -> Option<Edit> {
    let (old, new) = (source.place.as_ref()?, &present.place);
    let text = context.document.text().slice(source.range.clone());
    // The link leads from the document's folder to the root first, and that stays.
    let text = text.replacen(&target(old)?, &target(new)?, 1);
    let text = text.replacen(&format!("[{}]", old.name()), &format!("[{}]", new.name()), 1);
    let text = text.replacen(&format!("\"{}\"", source.excerpt), &format!("\"{}\"", present.excerpt), 1);
    let text = text.replacen(source.digest.as_ref()?.as_str(), present.digest.as_str(), 1);
    Some(Edit::replace(source.range.clone(), text))
}

/// The end of the link to lines, from the workspace root on, closed by its parenthesis.
fn target(place: &Place) -> Option<String> {
    let Place::Lines { path, first, last } = place else { return None };
    let path = link_path(path);
    Some(if first == last { format!("{path}#L{first})") } else { format!("{path}#L{first}-L{last})") })
}
