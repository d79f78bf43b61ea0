//! `unknown-requirement`: the plan names a requirement that does not exist.

use std::collections::HashSet;

use super::{Context, Diagnostic, finding};

pub(super) fn run(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let plan = context.plan_range();
    let prefixes: HashSet<String> = context.demands.iter().map(|demand| prefix(&demand.id)).collect();
    for mention in context.document.mentions().filter(|mention| plan.contains(&mention.range.start)) {
        if !prefixes.contains(&prefix(mention.id)) || context.demanded(mention.id).is_some() {
            continue;
        }
        let own = context.document.demands().iter().any(|demand| *demand.id == *mention.id);
        if own {
            continue;
        }
        let place = if context.apart() { "its requirements document" } else { "this document" };
        out.push(finding(mention.range.clone(), format!("`{}` is no requirement of {place}", mention.id)));
    }
}

fn prefix(id: &str) -> String {
    id.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.').to_owned()
}
