//! `uncovered-requirement`: no phase of the plan serves a requirement.

use std::collections::HashSet;

use super::{Context, Diagnostic, File, Related, finding};

pub(super) fn run(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(root) = context.root else { return };
    let document = context.document;
    let sections = document.sections();
    let phases: Vec<_> = context.phases.iter().map(|phase| sections[phase.section].range.clone()).collect();
    let served: HashSet<&str> = document
        .mentions()
        .filter(|mention| {
            // Phases stand one after the other, so the last that starts before is the only one that can hold it.
            let after = phases.partition_point(|phase| phase.start <= mention.range.start);
            after > 0 && phases[after - 1].contains(&mention.range.start)
        })
        .filter_map(|mention| context.demanded(mention.id).map(|demand| &*demand.id))
        .collect();
    for demand in context.demands.iter().filter(|demand| !served.contains(&*demand.id)) {
        let message = format!("No phase of the plan serves `{}`", demand.id);
        let heading = sections[context.phases_section().unwrap_or(root)].heading.clone();
        out.push(if context.apart() {
            let mut diagnostic = finding(heading, message);
            diagnostic.related.push(Related {
                file: File::Requirements,
                range: demand.id_range.clone(),
                message: demand.summary(),
            });
            diagnostic
        } else {
            finding(demand.id_range.clone(), message).related(heading, "the phases stand here")
        });
    }
}
