//! `missing-citation`: the plan names a file as if it were there, and says nowhere how it knows.

use super::{Context, Diagnostic, finding};
use crate::document::{Demand, Mention};

/// Words that mark a statement as one about the future or as unproved.
const UNPROVED: &[&str] = &["(new)", "(assumption)", "open question", "(assumed)"];

pub(super) fn run(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let document = context.document;
    let plan = context.plan_range();
    if plan.is_empty() {
        return;
    }
    let citations: Vec<Mention<'_>> =
        document.citations().filter(|mention| plan.contains(&mention.range.start)).collect();
    for (path, content) in document.paths_in_code(plan) {
        let next = citations.partition_point(|citation| citation.range.start < content.start);
        let cited = citations.get(next).is_some_and(|citation| content.contains(&citation.range.start));
        if cited {
            continue;
        }
        let lower = document.text().slice(content).to_lowercase();
        if UNPROVED.iter().any(|word| lower.contains(word)) {
            continue;
        }
        let named = document.text().slice(path.clone());
        // What a requirement names, a plan may repeat.
        let quoted = format!("`{named}`");
        let says = |demand: &Demand| {
            demand.summary().contains(&quoted)
                || demand.criteria.iter().any(|criterion| criterion.text.contains(&quoted))
        };
        if context.demands.iter().any(|demand| says(demand)) {
            continue;
        }
        out.push(finding(
            path,
            format!("Nothing shows where `{named}` was read: cite a source, or mark it `(new)` or `(assumption)`"),
        ));
    }
}
