//! `changed-requirement`: a requirement says something else than when the plan was written for it.

use super::{Context, Diagnostic, File, Related, finding};
use crate::text::Edit;

pub(super) fn run(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let (Some(root), Some(stamp)) = (context.root, context.document.stamp()) else { return };
    for (id, read) in &stamp.requirements {
        let Some(demand) = context.demands.iter().find(|demand| *demand.id == **id) else { continue };
        if demand.digest() == *read {
            continue;
        }
        let message = format!("`{id}` has changed since the plan was written for it; bring the plan up to date");
        let heading = context.document.sections()[root].heading.clone();
        // Whoever has changed the plan by hand says so; the stamp names the requirement once.
        let text = context.document.text().slice(stamp.range.clone());
        let line = text.find(&format!("requirement {id}: {read}"));
        let record = line.map(|at| {
            let end = stamp.range.start + at + format!("requirement {id}: {read}").len();
            Edit::replace(end - read.as_str().len()..end, demand.digest().as_str())
        });
        let found = if context.apart() {
            let mut diagnostic = finding(heading, message);
            let range = demand.id_range.clone();
            diagnostic.related.push(Related { file: File::Requirements, range, message: demand.summary() });
            diagnostic
        } else {
            finding(demand.id_range.clone(), message).related(heading, "the plan stands here")
        };
        out.push(match record {
            Some(edit) => found.fix("The plan serves the new wording: record it", vec![edit]),
            None => found,
        });
    }
}
