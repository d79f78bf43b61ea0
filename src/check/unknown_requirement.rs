//! `unknown-requirement`: the plan names a requirement that does not exist.

use std::collections::{HashMap, HashSet};

use super::{Context, Diagnostic, finding};
use crate::document::canonical_id;

pub(super) fn run(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let plan = context.plan_range();
    if plan.is_empty() {
        return;
    }
    let ids: Vec<String> = context.demands.iter().map(|demand| canonical_id(&demand.id)).collect();
    let prefixes: HashSet<&str> = ids.iter().map(|id| prefix(id)).collect();
    let own: HashSet<&str> = context.document.demands().iter().map(|demand| &*demand.id).collect();
    let mut first: HashMap<&str, usize> = HashMap::new();
    for mention in context.document.mentions().filter(|mention| plan.contains(&mention.range.start)) {
        if !prefixes.contains(prefix(mention.id)) || context.demanded(mention.id).is_some() {
            continue;
        }
        if own.contains(mention.id) {
            continue;
        }
        let place = if context.apart() { "its requirements document" } else { "this document" };
        match first.get(mention.id) {
            Some(&index) => {
                let again = out[index].clone().related(mention.range.clone(), "named here too");
                out[index] = again;
            }
            None => {
                first.insert(mention.id, out.len());
                out.push(finding(mention.range.clone(), format!("`{}` is no requirement of {place}", mention.id)));
            }
        }
    }
}

fn prefix(id: &str) -> &str {
    id.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.' || c.is_ascii_lowercase())
}
