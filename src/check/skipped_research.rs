//! `skipped-research`: the plan was written without research in one of the four areas.

use super::{Context, Diagnostic, finding};

/// The areas, by the names that the stamp uses (design section 7).
const AREAS: &[&str] = &["technology", "system", "design", "testing"];

pub(super) fn run(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let (Some(root), Some(stamp)) = (context.root, context.document.stamp()) else { return };
    let answered = |area: &&str| stamp.research.iter().any(|(name, count)| name == *area && *count > 0);
    let skipped: Vec<&str> = AREAS.iter().filter(|area| !answered(area)).copied().collect();
    if skipped.is_empty() {
        return;
    }
    let section = &context.document.sections()[root];
    let message = format!("The run that wrote this plan answered no question about: {}", skipped.join(", "));
    out.push(finding(section.heading.clone(), message).related(stamp.range, "the run is recorded here"));
}
