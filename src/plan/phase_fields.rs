//! What stands in each field of a phase, by the label that the template gives it.

use super::content::{Context, Line};
use super::fields::plain;
use super::phases::{Phase, Reason};
use super::quality;
use super::starts::{Starts, starts};
use crate::research::{Action, Component, Followed, SourceId, Strength, joined, sentence, switches};

/// The lines of a field of a phase; `None` for one that no rule here knows.
pub(super) fn content(context: &Context<'_>, phase: &Phase, field: &str) -> Option<Vec<Line>> {
    Some(match field {
        "objectives" => phase
            .requirements
            .iter()
            .filter_map(|id| context.material.agenda.requirement(id))
            .map(|demand| Line::plain(format!("{}: {}", demand.id, sentence(&plain(&demand.summary())))))
            .collect(),
        "components" => components(context, phase),
        "dependencies" => {
            let mut lines = needs(context, phase);
            lines.iter_mut().for_each(|line| line.text = context.names.shorten(&line.text, |_| true));
            lines
        }
        "success criteria" => quality::criteria(context, phase),
        _ => return None,
    })
}

fn components(context: &Context<'_>, phase: &Phase) -> Vec<Line> {
    let built: Vec<String> = context
        .built()
        .flat_map(|claim| &claim.requirements)
        .filter(|id| phase.requirements.contains(id))
        .cloned()
        .collect();
    let built = (!built.is_empty()).then(|| {
        let verb = if built.len() == 1 { "is" } else { "are" };
        Line::plain(format!("First see whether {} {verb} met already (System Analysis).", joined(&built)))
    });
    let components = || phase.components.iter().map(|&index| &context.components[index]);
    // Where what must stay is touched, that is what to look after.
    let touched = components().any(|one| matches!(kept(context, phase, one), Some(Kept::Extended)));
    let aside = |one: &&Component| touched && matches!(kept(context, phase, one), Some(Kept::Untouched));
    let lines = components().filter(|component| !aside(component)).map(|component| {
        let serves: Vec<String> =
            component.requirements.iter().filter(|id| phase.requirements.contains(id)).cloned().collect();
        // One that may not change at all is no work yet.
        let is_possible = component.strength == Strength::Possible;
        let hands_on = hands_on(component, phase);
        let kept = kept(context, phase, component);
        // What is not extended is only found there.
        let only = is_possible || kept.is_some() || hands_on.is_some();
        // What must stay beside what is extended is looked after there.
        let (stays, serves): (Vec<String>, Vec<String>) =
            serves.into_iter().partition(|id| kept.is_none() && context.is_guard(id));
        let Starts { at, mut first, mut sources } = starts(component, &serves, only);
        if !stays.is_empty() {
            let looked = starts(component, &stays, true);
            let at = if looked.at.is_empty() || looked.at == at { " there" } else { &looked.at };
            first.push_str(&format!(" See that what {} asks still holds{at}.", joined(&stays)));
            sources.extend(looked.sources);
        }
        let serves = joined(&serves);
        let text = match component.action {
            Action::Extend => {
                let verb = if is_possible { "Look first at" } else { "Extend" };
                let at = if is_possible { at.replacen(" at ", " with ", 1) } else { at };
                let place = component.strength.name();
                match (kept, hands_on) {
                    (Some(Kept::Untouched), _) => {
                        format!("Leave `{}`{at} as it is for {serves}; {place} place.{first}", component.path)
                    }
                    (Some(Kept::Extended), _) => {
                        format!("See that `{}`{at} still does what {serves} asks.{first}", component.path)
                    }
                    (None, Some(called)) => format!(
                        "See that `{}`{at} hands on what is new for {serves}: it calls `{called}`.{first}",
                        component.path
                    ),
                    (None, None) => format!("{verb} `{}`{at} for {serves}; {place} place.{first}", component.path),
                }
            }
            Action::Create => {
                let wired: Vec<String> = component.wiring.iter().map(|(path, _)| format!("`{path}`")).collect();
                let wiring =
                    if wired.is_empty() { String::new() } else { format!(", registered in {}", joined(&wired)) };
                format!("Add `{}` (new) for {serves}{wiring}.", component.path)
            }
        };
        Line::cited(text, sources)
    });
    let lines: Vec<Line> = built.into_iter().chain(lines).chain(ways(context, phase)).collect();
    if lines.is_empty() {
        return vec![Line::open(format!(
            "where {} goes; no file is surely touched by what it asks for",
            joined(&phase.requirements)
        ))];
    }
    lines
}

/// What a component calls of a surer one, if that is all that it does for a phase.
fn hands_on<'c>(component: &'c Component, phase: &Phase) -> Option<&'c str> {
    let mut own = component.requirements.iter().filter(|id| phase.requirements.contains(id));
    let called = |id: &String| component.hands_on.iter().find(|(of, _)| of == id).map(|(_, called)| called.as_str());
    let first = own.next().and_then(called)?;
    own.all(|id| called(id).is_some()).then_some(first)
}

/// A component that a phase only wants to stay as it is.
enum Kept {
    /// Nothing else changes it.
    Untouched,
    /// Other requirements extend it.
    Extended,
}

/// Whether all that a phase wants of a component is that it stays as it is.
fn kept(context: &Context<'_>, phase: &Phase, component: &Component) -> Option<Kept> {
    let mut own = component.requirements.iter().filter(|id| phase.requirements.contains(id));
    if !own.all(|id| context.is_guard(id)) {
        return None;
    }
    Some(if context.is_left(component) { Kept::Untouched } else { Kept::Extended })
}

/// What shows how the requirements of a phase can be met: models, and past changes, each in full where it is told first.
fn ways(context: &Context<'_>, phase: &Phase) -> Vec<Line> {
    let mut told: Vec<(&str, SourceId)> = Vec::new();
    for way in context.ways().filter(|way| phase.requirements.contains(&way.requirement)) {
        if !told.iter().any(|(name, _)| *name == way.name) {
            told.push((&way.name, way.source));
        }
    }
    let (names, sources): (Vec<&str>, Vec<SourceId>) = told.into_iter().unzip();
    let models = (!names.is_empty()).then(|| Line::cited(format!("Follow {}.", joined(&names)), sources));
    let changes = context.followed().filter_map(|Followed { commit, claim }| {
        let serves = |one: &&Phase| claim.requirements.iter().any(|id| one.requirements.contains(id));
        let first = context.phases.iter().find(serves).filter(|_| serves(&phase))?.number;
        if first == phase.number {
            let mut line = Line::from(claim);
            line.text = context.names.shorten(&line.text, |path| context.is_touched(path));
            return Some(line);
        }
        let own: Vec<&String> = claim.requirements.iter().filter(|id| phase.requirements.contains(id)).collect();
        let text = format!("{} can follow commit `{commit}`, too (phase {first}).", joined(&own));
        Some(Line::cited(text, claim.sources.clone()))
    });
    models.into_iter().chain(changes).collect()
}

fn needs(context: &Context<'_>, phase: &Phase) -> Vec<Line> {
    if phase.depends_on.is_empty() {
        return vec![Line::plain("None found.")];
    }
    let told: Vec<String> = phase
        .depends_on
        .iter()
        .filter(|needs| needs.reason == Reason::Tells)
        .map(|needs| needs.phase.to_string())
        .collect();
    // What only tells needs every phase that builds, and for one reason.
    match told.as_slice() {
        [] => {}
        [one] => return vec![Line::plain(format!("Phase {one}, which builds what is told here."))],
        many => return vec![Line::plain(format!("Phases {}, which build what is told here.", joined(many)))],
    }
    let mut lines: Vec<(Vec<String>, String, Vec<SourceId>)> = Vec::new();
    for needs in &phase.depends_on {
        let (why, sources) = match &needs.reason {
            Reason::Uses { user, used, source } => (format!("since `{user}` uses `{used}`"), vec![*source]),
            Reason::Speaks { of, asks, words } => {
                let words: Vec<String> = words.iter().map(|word| format!("“{word}”")).collect();
                (format!("since {of} speaks of what {asks} asks for: {}", joined(&words)), Vec::new())
            }
            Reason::Rests { on, by } => {
                let is_switch = context.material.agenda.requirement(by).is_some_and(switches);
                let verb = if is_switch { "switches" } else { "keeps" };
                (format!("since {on} rests on what {by} {verb}"), Vec::new())
            }
            Reason::Tells => continue,
        };
        let number = needs.phase.to_string();
        match lines.iter_mut().find(|(_, known, _)| *known == why) {
            Some((numbers, ..)) => numbers.push(number),
            None => lines.push((vec![number], why, sources)),
        }
    }
    let line = |(numbers, why, sources): (Vec<String>, String, Vec<SourceId>)| {
        let phases = if numbers.len() == 1 { "Phase" } else { "Phases" };
        Line::cited(format!("{phases} {}, {why}.", joined(&numbers)), sources)
    };
    lines.into_iter().map(line).collect()
}
