//! The executive summary: what is done, on what it stands, what is reused, what could go wrong.

use super::content::{Context, Line};
use crate::research::{
    Action, Area, Choice, SourceId, Standing, Strength, Subject, SymbolRef, Work, joined, plural, sentence, work,
};

/// So many risks and places fit into a summary.
const TOLD: usize = 3;

pub(super) fn approach(context: &Context<'_>) -> Vec<Line> {
    let requirements = context.material.agenda.requirements.len();
    let extended = |strength: fn(Strength) -> bool| {
        context
            .components
            .iter()
            .filter(|component| component.action == Action::Extend && strength(component.strength))
            .filter(|component| context.is_changed(component))
            .count()
    };
    let sure = extended(|strength| strength > Strength::Possible);
    let possible = extended(|strength| strength == Strength::Possible);
    let new = context.components.iter().filter(|component| component.action == Action::Create).count();
    let handing = context.components.iter().filter(|component| component.only_hands_on()).count();
    let mut changes = Vec::new();
    if sure > 0 {
        changes.push(format!("{} to extend", plural(sure, "existing file")));
    }
    if handing > 0 {
        let verb = if handing == 1 { "hands" } else { "hand" };
        changes.push(format!("{} that {verb} on what is new", plural(handing, "existing file")));
    }
    if possible > 0 {
        changes.push(format!(
            "{} to look at first, since only weak signs speak for them",
            plural(possible, "existing file")
        ));
    }
    if new > 0 {
        changes.push(format!("{} to add", plural(new, "new file")));
    }
    if changes.is_empty() {
        changes.push("no place in the code is known yet".to_owned());
    }
    let mut lines = vec![Line::plain(format!(
        "{} in {}: {}.",
        plural(requirements, "requirement"),
        plural(context.phases.len(), "phase"),
        changes.join("; ")
    ))];
    if context.phases.len() > 1 {
        let ordered = context.phases.iter().any(|phase| !phase.depends_on.is_empty());
        let places =
            context.phases.iter().filter_map(|phase| context.material.agenda.position(phase.requirements.first()?));
        // What each phase needs, it says itself.
        let order = if ordered {
            None
        } else if !places.is_sorted() {
            Some(
                "No dependency between the phases was found, so what keeps data comes first and what shows or judges it last.",
            )
        } else if shared(context) {
            Some("Some phases change the same files, so they follow the order of the document.")
        } else {
            Some("No dependency between the phases was found, so they follow the order of the document.")
        };
        lines.extend(order.map(Line::plain));
    }
    let built: Vec<&str> = context.built().flat_map(|claim| &claim.requirements).map(String::as_str).collect();
    if !built.is_empty() {
        let verb = if built.len() == 1 { "is" } else { "are" };
        let text =
            format!("Look first whether {} {verb} met already: System Analysis names what says so.", joined(&built));
        lines.push(Line::cited(text, context.built().flat_map(|claim| claim.sources.clone()).collect()));
    }
    let open = Area::ALL
        .iter()
        .flat_map(|area| context.claims(*area))
        .filter(|claim| claim.standing == Standing::Open)
        .count();
    if open > 0 {
        // The other sections ask of their own.
        lines.push(Line::plain(format!("Research Foundation leaves {}.", plural(open, "open question"))));
    }
    lines
}

pub(super) fn technologies(context: &Context<'_>) -> Vec<Line> {
    let code = || context.claims_about(|subject| *subject == Subject::Stack).into_iter().next();
    // What the code is stands under research, where anything is known of what is touched.
    let mut lines: Vec<Line> = context.foundation().or_else(code).into_iter().map(Line::from).collect();
    let chosen = chosen(context);
    if !chosen.is_empty() {
        let (names, sources) = told(&chosen);
        lines.push(Line::cited(format!("This work needs {names}."), sources));
    }
    lines
}

/// Whether two phases change one file.
fn shared(context: &Context<'_>) -> bool {
    let mut seen = std::collections::BTreeSet::new();
    context.phases.iter().flat_map(|phase| &phase.components).any(|component| !seen.insert(component))
}

/// Recommendations that are here already, each with its domain.
pub(super) fn chosen<'m>(context: &Context<'m>) -> Vec<(&'m str, &'m Choice)> {
    context.choices().filter_map(|choice| Some((choice.pick.as_deref()?, choice))).collect()
}

/// `csv for exchange formats and …`, with what shows it.
pub(super) fn told(chosen: &[(&str, &Choice)]) -> (String, Vec<SourceId>) {
    let names: Vec<String> = chosen.iter().map(|(pick, choice)| format!("{pick} for {}", choice.domain)).collect();
    (joined(&names), chosen.iter().flat_map(|(_, choice)| choice.sources.clone()).collect())
}

pub(super) fn reuse(context: &Context<'_>) -> Vec<Line> {
    let mut homes: Vec<_> = context
        .components
        .iter()
        .filter(|component| component.action == Action::Extend && component.strength > Strength::Possible)
        .filter(|component| context.is_changed(component))
        .collect();
    homes.sort_by_key(|component| {
        (std::cmp::Reverse((component.strength, component.requirements.len())), component.path.clone())
    });
    let named: Vec<String> = homes
        .iter()
        .take(TOLD)
        .map(|component| {
            let built: Vec<&String> = component.requirements.iter().filter(|id| !context.is_guard(id)).collect();
            let of_all = |symbol: &&SymbolRef| built.iter().all(|id| symbol.starts.contains(id));
            let start = component.symbols.iter().find(of_all);
            let symbol = start.map_or_else(String::new, |symbol| format!(" (`{}`)", symbol.name));
            format!("`{}`{symbol} for {}", component.path, joined(&built))
        })
        .collect();
    let mut lines: Vec<Line> = Vec::new();
    if !named.is_empty() {
        let more = homes.len().saturating_sub(TOLD);
        let more = match (more, homes.last()) {
            (0, _) | (_, None) => String::new(),
            (1, Some(last)) => format!("; `{}` for {}, too", last.path, joined(&last.requirements)),
            (more, _) => format!("; the phases name {more} files more"),
        };
        let sources = homes
            .iter()
            .take(TOLD + usize::from(homes.len() == TOLD + 1))
            .filter_map(|component| component.sources.first().copied());
        lines.push(Line::cited(format!("Extend what is there: {}{more}.", joined(&named)), sources.collect()));
    }
    if lines.is_empty() {
        lines.push(Line::open(
            "no existing component is a likely home for any requirement; confirm that this is new ground",
        ));
    }
    lines
}

pub(super) fn risks(context: &Context<'_>) -> Vec<Line> {
    let mut lines: Vec<Line> = context
        .risks
        .iter()
        .take(TOLD)
        .map(|risk| Line::cited(sentence(&risk.claim.text), risk.claim.sources.clone()))
        .collect();
    let unplaced: Vec<String> = context
        .material
        .agenda
        .requirements
        .iter()
        .filter(|demand| work(demand) != Work::Guard)
        .filter(|demand| {
            !context.sure().any(|component| {
                component.action == Action::Extend && component.requirements.iter().any(|id| **id == *demand.id)
            })
        })
        .map(|demand| demand.id.to_string())
        .collect();
    if !unplaced.is_empty() {
        let verb = if unplaced.len() == 1 { "has" } else { "have" };
        lines.push(Line::plain(format!(
            "{} {verb} no sure place in the code, so effort there is uncertain.",
            joined(&unplaced)
        )));
    }
    if lines.is_empty() {
        lines.push(Line::plain(
            "None is shown by the numbers that were looked at: tests, dependents, commits within a year, authors, years since the last change.",
        ));
    }
    lines
}
