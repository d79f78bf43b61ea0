//! `unclear-requirement`: a requirement that nobody can show to be met or missed.

use super::{Context, Diagnostic, finding};
use crate::document::{Demand, DemandKind};

/// Words that every reader measures differently; a number beside them makes them clear.
const VAGUE: &[&str] = &[
    "adequate",
    "appropriate",
    "appropriately",
    "as needed",
    "as soon as possible",
    "easily",
    "easy to use",
    "efficient",
    "efficiently",
    "fast",
    "flexible",
    "if possible",
    "intuitive",
    "quickly",
    "reasonable",
    "reasonably",
    "robust",
    "seamless",
    "seamlessly",
    "simple to use",
    "state of the art",
    "sufficient",
    "timely",
    "user friendly",
    "user-friendly",
    "where possible",
];

pub(super) fn run(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    if context.input.recognition.requirements.is_none() {
        return;
    }
    for demand in context.document.demands().iter().filter(|demand| demand.kind == DemandKind::Requirement) {
        if let Some(message) = unclear(demand) {
            out.push(finding(demand.id_range.clone(), message));
        }
    }
}

fn unclear(demand: &Demand) -> Option<String> {
    if demand.statement.is_empty() && demand.criteria.is_empty() {
        return Some(format!("`{}` says nothing that can be shown to be met", demand.id));
    }
    // Criteria with a number or an observable outcome settle what the statement leaves open.
    if !demand.criteria.is_empty() || demand.statement.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let text = format!(" {} ", demand.statement.to_lowercase().replace([',', '.', ';', ':', '(', ')'], " "));
    let word = VAGUE.iter().find(|word| text.contains(&format!(" {word} ")))?;
    Some(format!("`{}` cannot be tested: how is “{word}” measured? Add a number or an acceptance criterion", demand.id))
}
