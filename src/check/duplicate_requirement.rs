//! `duplicate-requirement`: two requirements have one id.

use std::collections::HashMap;

use super::{Context, Diagnostic, finding};
use crate::document::Demand;
use crate::text::Edit;

pub(super) fn run(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    if context.input.recognition.requirements.is_none() {
        return;
    }
    let mut first: HashMap<&str, &Demand> = HashMap::new();
    for demand in context.document.demands().iter().filter(|demand| demand.given) {
        match first.get(&*demand.id) {
            None => {
                first.insert(&demand.id, demand);
            }
            Some(earlier) => {
                let mut diagnostic =
                    finding(demand.id_range.clone(), format!("`{}` already names another requirement", demand.id))
                        .related(earlier.id_range.clone(), "the first one");
                if let Some(free) = next_free(context, &demand.id)
                    && context.document.text().slice(demand.id_range.clone()) == *demand.id
                {
                    diagnostic = diagnostic
                        .fix(format!("Rename it to {free}"), vec![Edit::replace(demand.id_range.clone(), free)]);
                }
                out.push(diagnostic);
            }
        }
    }
}

/// The id after the highest with the same prefix, with as many digits.
fn next_free(context: &Context<'_>, id: &str) -> Option<String> {
    let prefix = id.trim_end_matches(|c: char| c.is_ascii_digit());
    let width = id.len() - prefix.len();
    let numbers =
        context.document.demands().iter().filter_map(|demand| demand.id.strip_prefix(prefix)?.parse::<u64>().ok());
    let next = numbers.max()? + 1;
    Some(format!("{prefix}{next:0width$}"))
}
