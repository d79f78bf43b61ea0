//! `phase-number`: phases are not numbered 1, 2, 3 … in the order in which they stand.

use super::{Context, Diagnostic, finding};
use crate::text::Edit;

pub(super) fn run(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    // A plan may start with a phase 0.
    let first = context.phases.first().map_or(1, |phase| phase.number.min(1));
    let wrong: Vec<_> =
        context.phases.iter().zip(first..).filter(|(phase, expected)| phase.number != *expected).collect();
    if wrong.is_empty() {
        return;
    }
    let unique = |number| context.phases.iter().filter(|phase| phase.number == number).count() == 1;
    let mut edits = Vec::new();
    for (phase, expected) in &wrong {
        edits.push(Edit::replace(phase.number_range.clone(), expected.to_string()));
    }
    for phase in &context.phases {
        for reference in phase.depends_on.iter().filter(|reference| unique(reference.number)) {
            if let Some((_, expected)) = wrong.iter().find(|(phase, _)| phase.number == reference.number) {
                edits.push(Edit::replace(reference.range.clone(), expected.to_string()));
            }
        }
    }
    for (phase, expected) in wrong {
        let message = format!("Phase {} is number {expected} in the order of the plan", phase.number);
        out.push(
            finding(phase.number_range.clone(), message)
                .fix("Number all phases in order, with the dependencies that name them", edits.clone()),
        );
    }
}
