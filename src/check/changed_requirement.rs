//! `changed-requirement`: a requirement says something else than when the plan was written for it.

use super::{Context, Diagnostic, File, Related, finding};

pub(super) fn run(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let (Some(root), Some(stamp)) = (context.root, context.document.stamp()) else { return };
    for (id, read) in &stamp.requirements {
        let Some(demand) = context.demands.iter().find(|demand| *demand.id == **id) else { continue };
        if demand.digest() == *read {
            continue;
        }
        let message = format!("`{id}` has changed since the plan was written for it; bring the plan up to date");
        let heading = context.document.sections()[root].heading.clone();
        out.push(if context.apart() {
            let mut diagnostic = finding(heading, message);
            let range = demand.id_range.clone();
            diagnostic.related.push(Related { file: File::Requirements, range, message: demand.summary() });
            diagnostic
        } else {
            finding(demand.id_range.clone(), message).related(heading, "the plan stands here")
        });
    }
}
