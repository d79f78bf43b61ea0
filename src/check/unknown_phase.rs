//! `unknown-phase`: a phase depends on one that the plan does not have.

use super::{Context, Diagnostic, finding};

pub(super) fn run(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for phase in &context.phases {
        for reference in &phase.depends_on {
            if !context.phases.iter().any(|other| other.number == reference.number) {
                let last = context.phases.iter().map(|phase| phase.number).max().unwrap_or(0);
                let message = format!("There is no phase {}; the last one is phase {last}", reference.number);
                out.push(finding(reference.range.clone(), message));
            }
        }
    }
}
