//! `duplicate-section`: a section that belongs once stands twice.

use super::{Context, Diagnostic, finding};

pub(super) fn run(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let sections = context.document.sections();
    for part in context.parts().filter(|part| !part.node.repeats && part.sections.len() > 1) {
        let first = &sections[part.sections[0]];
        // Alternatives of one template part ("Functional Requirements" below "Requirements") are no repetition.
        let same = |id: &&usize| sections[**id].key == first.key && sections[**id].parent == first.parent;
        for &id in part.sections[1..].iter().filter(same) {
            let section = &sections[id];
            out.push(
                finding(section.heading.clone(), format!("The section `{}` stands here a second time", section.title))
                    .related(first.heading.clone(), "it stands here first"),
            );
        }
    }
}
