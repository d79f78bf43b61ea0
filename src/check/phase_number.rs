//! `phase-number`: phases are not numbered 1, 2, 3 … in the order in which they stand.

use super::{Context, Diagnostic, finding};
use crate::text::Edit;

/// So many findings carry the fix.
const OFFERED: usize = 20;

pub(super) fn run(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    // A plan may start with a phase 0.
    let first = context.phases.first().map_or(1, |phase| phase.number.min(1));
    let wrong: Vec<_> =
        context.phases.iter().zip(first..).filter(|(phase, expected)| phase.number != *expected).collect();
    if wrong.is_empty() {
        return;
    }
    let unique = |number| context.phases.iter().filter(|phase| phase.number == number).take(2).count() == 1;
    let mut edits = Vec::new();
    for (phase, expected) in &wrong {
        edits.push(Edit::replace(phase.number_range.clone(), expected.to_string()));
    }
    // Every phase that the plan names, wherever; a name that fits none could come to mean another one.
    let heads: Vec<_> = context.phases.iter().map(|phase| phase.number_range.clone()).collect();
    let mut unknown = false;
    for reference in context.document.phase_refs(context.plan_range()) {
        if heads.contains(&reference.range) {
            continue;
        }
        unknown |= !unique(reference.number);
        if let Some((_, expected)) = wrong.iter().find(|(phase, _)| phase.number == reference.number) {
            edits.push(Edit::replace(reference.range.clone(), expected.to_string()));
        }
    }
    // One fix mends them all; it is offered on the first few, since every copy of it names all of them.
    for (index, (phase, expected)) in wrong.into_iter().enumerate() {
        let message = format!("Phase {} is number {expected} in the order of the plan", phase.number);
        let mut diagnostic = finding(phase.number_range.clone(), message);
        if index < OFFERED && !unknown {
            diagnostic = diagnostic.fix("Number all phases in order, wherever the plan names them", edits.clone());
        }
        out.push(diagnostic);
    }
}
