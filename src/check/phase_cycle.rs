//! `phase-cycle`: phases wait for each other.

use super::{Context, Diagnostic, finding};
use crate::document::Phase;

pub(super) fn run(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let mut reported: Vec<u32> = Vec::new();
    for phase in &context.phases {
        if phase.depends_on.is_empty() || reported.contains(&phase.number) {
            continue;
        }
        let Some(cycle) = cycle(&context.phases, phase.number) else { continue };
        reported.extend(&cycle);
        let Some(first) = phase.depends_on.iter().find(|reference| cycle.contains(&reference.number)) else { continue };
        let names: Vec<String> = cycle.iter().chain([&phase.number]).map(|number| format!("phase {number}")).collect();
        let mut diagnostic =
            finding(first.range.clone(), format!("No phase of this circle can begin: {}", names.join(" needs ")));
        for other in context.phases.iter().filter(|other| other.number != phase.number && cycle.contains(&other.number))
        {
            if let Some(reference) = other.depends_on.iter().find(|reference| cycle.contains(&reference.number)) {
                diagnostic = diagnostic.related(reference.range.clone(), format!("phase {} waits here", other.number));
            }
        }
        out.push(diagnostic);
    }
}

/// The phases on a way from `start` back to itself.
pub(super) fn cycle(phases: &[Phase], start: u32) -> Option<Vec<u32>> {
    fn visit(phases: &[Phase], start: u32, at: u32, path: &mut Vec<u32>, dead: &mut Vec<u32>) -> bool {
        path.push(at);
        let next = phases.iter().filter(|phase| phase.number == at).flat_map(|phase| &phase.depends_on);
        for reference in next {
            if reference.number == start {
                return true;
            }
            if !path.contains(&reference.number)
                && !dead.contains(&reference.number)
                && visit(phases, start, reference.number, path, dead)
            {
                return true;
            }
        }
        path.pop();
        dead.push(at);
        false
    }
    let mut path = Vec::new();
    visit(phases, start, start, &mut path, &mut Vec::new()).then_some(path)
}
