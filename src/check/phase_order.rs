//! `phase-order`: a phase stands before one that it depends on.

use super::{Context, Diagnostic, finding, phase_cycle};

pub(super) fn run(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for (index, phase) in context.phases.iter().enumerate() {
        for reference in &phase.depends_on {
            let later = context.phases[index + 1..].iter().find(|other| other.number == reference.number);
            let Some(later) = later.filter(|_| phase_cycle::cycle(&context.phases, phase.number).is_none()) else {
                continue;
            };
            let message = format!("Phase {} needs phase {}, which comes after it", phase.number, reference.number);
            out.push(
                finding(reference.range.clone(), message)
                    .related(later.number_range.clone(), format!("phase {} stands here", later.number)),
            );
        }
    }
}
