//! `missing-section`: a section that the template asks for is not there.

use super::{Context, Diagnostic, finding, order};
use crate::template::Match;

pub(super) fn run(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for roots in [&context.plan, &context.requirements] {
        among(context, roots, out);
    }
}

fn among(context: &Context<'_>, siblings: &[Match<'_>], out: &mut Vec<Diagnostic>) {
    let document = context.document;
    for (index, part) in siblings.iter().enumerate() {
        if !part.sections.is_empty() {
            among(context, &part.children, out);
            continue;
        }
        if part.node.optional || super::misplaced_section::stray(context, part).is_some() {
            continue;
        }
        let title = part.node.pattern.title();
        // Where requirements are found under headings of their own, nobody misses one above them.
        if part.within.is_none() && title == "Requirements" && document.requirements().next().is_some() {
            continue;
        }
        let (range, below) = match part.within {
            Some(parent) => {
                let section = &document.sections()[parent];
                (section.heading.clone(), format!(" below `{}`", section.title))
            }
            None => {
                let line = document.text().line_range(0);
                (line, String::new())
            }
        };
        let edit = order::insertion(document, siblings, index);
        out.push(
            finding(range, format!("The section `{title}` is missing{below}"))
                .fix(format!("Insert the section `{title}`"), vec![edit]),
        );
    }
}
