//! `unclear-requirement`: a requirement that nobody can show to be met or missed.

use super::{Context, Diagnostic, finding};
use crate::document::{Demand, DemandKind};

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
    // Criteria settle what the statement leaves open.
    let word = demand.vague.filter(|_| demand.criteria.is_empty())?;
    Some(format!("`{}` cannot be tested: how is “{word}” measured? Add a number or an acceptance criterion", demand.id))
}
