//! `misplaced-section`: a section stands in another order or on another level than the template says.

use super::{Context, Diagnostic, finding, order};
use crate::document::SectionId;
use crate::template::Match;
use crate::text::Edit;

pub(super) fn run(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for roots in [&context.plan, &context.requirements] {
        among(context, roots, out);
    }
}

fn among(context: &Context<'_>, siblings: &[Match<'_>], out: &mut Vec<Diagnostic>) {
    let document = context.document;
    let sections = document.sections();
    let present: Vec<(&Match<'_>, SectionId)> =
        siblings.iter().filter_map(|part| Some((part, *part.sections.first()?))).collect();
    let starts: Vec<usize> = present.iter().map(|(_, id)| sections[*id].heading.start).collect();
    for moved in order::out_of_order(&starts) {
        let (part, id) = present[moved];
        let title = part.node.pattern.title();
        let section = &sections[id];
        let neighbour = match moved.checked_sub(1) {
            Some(before) => (present[before].1, "after"),
            None => (present[1].1, "before"),
        };
        let other = &sections[neighbour.0];
        let place = if neighbour.1 == "after" { document.content_end(neighbour.0) } else { other.heading.start };
        let taken = section.heading.start..document.content_end(id);
        let newline = context.newline();
        let text = document.text().slice(taken.clone());
        let inserted = match neighbour.1 {
            "after" => format!("{newline}{newline}{text}"),
            _ => format!("{text}{newline}{newline}"),
        };
        let message = format!("The section `{title}` belongs {} `{}`", neighbour.1, other.title);
        out.push(
            finding(section.heading.clone(), message)
                .related(other.heading.clone(), format!("it belongs {} this section", neighbour.1))
                .fix(
                    format!("Move the section `{title}` {} `{}`", neighbour.1, other.title),
                    vec![Edit::delete(taken), Edit::insert(place, inserted)],
                ),
        );
    }
    for part in siblings {
        if let Some(id) = stray(context, part) {
            let section = &sections[id];
            let level = part.within.map_or(part.node.level, |parent| (sections[parent].level + 1).min(6));
            let parent = part.within.map_or_else(String::new, |parent| format!(" of `{}`", sections[parent].title));
            let hashes = section.heading.start..section.heading.start + section.level as usize;
            let mut diagnostic = finding(
                section.heading.clone(),
                format!("`{}` stands outside its place: it is a level {level} section{parent}", section.title),
            );
            if document.text().slice(hashes.clone()).chars().all(|c| c == '#') && section.level != level {
                diagnostic = diagnostic.fix(
                    format!("Make `{}` a level {level} heading", section.title),
                    vec![Edit::replace(hashes, "#".repeat(level as usize))],
                );
            }
            out.push(diagnostic);
            // The sections after a stray heading fall under it; mending the first one mends them.
            return;
        }
    }
    for part in siblings {
        among(context, &part.children, out);
    }
}

/// The section that a missing part most likely is: same heading, at or behind the plan, but not below its parent.
pub(super) fn stray(context: &Context<'_>, part: &Match<'_>) -> Option<SectionId> {
    if !part.sections.is_empty() || part.node.pattern.is_open() {
        return None;
    }
    let parent = part.within?;
    let sections = context.document.sections();
    let from = sections[parent].heading.start;
    (0..sections.len()).find(|&id| sections[id].heading.start > from && part.node.pattern.matches(&sections[id].key))
}
