//! `uncovered-requirement`: no phase of the plan serves a requirement.

use super::{Context, Diagnostic, File, Related, finding};

pub(super) fn run(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(root) = context.root else { return };
    let sections = context.document.sections();
    let served = context.coverage();
    for demand in context.demands.iter().filter(|demand| !served.contains_key(&*demand.id)) {
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
