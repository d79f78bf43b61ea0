//! What stands in each field of the plan, by the section and the label that the template gives it.

use super::content::{Context, Line};
use super::phases::{Phase, Reason};
use super::starts::{Starts, starts};
use super::{quality, summary, timeline};
use crate::research::{
    Action, Area, Component, Facet, Followed, SourceId, Strength, Subject, joined, plural, sentence, switches,
};

/// The lines of a field; `None` for one that no rule here knows.
pub(super) fn content(context: &Context<'_>, section: &str, field: &str) -> Option<Vec<Line>> {
    let lines = match (section, field) {
        ("executive summary", "implementation approach") => summary::approach(context),
        ("executive summary", "key technologies") => summary::technologies(context),
        ("executive summary", "reuse strategy") => summary::reuse(context),
        ("executive summary", "risk assessment") => summary::risks(context),
        ("research foundation", "technology research") => technology(context),
        ("research foundation", "system analysis") => system(context),
        ("research foundation", "component design") => design(context),
        ("research foundation", "testing strategy") => testing(context),
        ("resource requirements", "infrastructure") => match context.environment(Facet::Infrastructure).as_slice() {
            // A library runs nowhere by itself, which is no question.
            [] => {
                vec![Line::plain("None is kept in this repository: no compose file, cluster object or cloud resource.")]
            }
            found => found.iter().copied().map(Line::from).collect(),
        },
        ("resource requirements", "dependencies") => dependencies(context),
        ("resource requirements", "development tools") => {
            let mut lines = environment(context, Facet::Toolchain, "no file says which toolchain to use");
            lines.extend(
                context
                    .test_runs()
                    .into_iter()
                    .map(|run| Line::cited(format!("{} for the tests.", run.name()), vec![run.source])),
            );
            lines
        }
        ("resource requirements", "deployment requirements") => environment(
            context,
            Facet::Deployment,
            "no image and no pipeline that ships was found; say how this reaches its users",
        ),
        ("quality assurance strategy", "testing approach") => quality::approach(context),
        ("quality assurance strategy", "code review process") => quality::review(context),
        ("quality assurance strategy", "validation strategy") => quality::validation(context),
        ("quality assurance strategy", "performance considerations") => quality::performance(context),
        ("timeline and milestones", "development timeline") => timeline::development(context),
        ("timeline and milestones", "key milestones") => timeline::milestones(context),
        ("timeline and milestones", "risk mitigation") => timeline::mitigation(context),
        ("timeline and milestones", "success metrics") => timeline::metrics(context),
        _ => return None,
    };
    Some(shortened(context, section, field, lines))
}

/// Lines that call files by short names where System Analysis or the phases name them in full.
fn shortened(context: &Context<'_>, section: &str, field: &str, mut lines: Vec<Line>) -> Vec<Line> {
    // Tests are told in full where they are told first; what quotes a requirement stays as it is.
    let tests_too = match (section, field) {
        ("executive summary", _) => true,
        ("research foundation", "component design" | "testing strategy") => false,
        ("quality assurance strategy", "testing approach" | "code review process") => true,
        ("timeline and milestones", "development timeline" | "risk mitigation") => true,
        _ => return lines,
    };
    for line in &mut lines {
        line.text = context.names.shorten(&line.text, |path| tests_too || context.is_touched(path));
    }
    lines
}

/// The lines of a field of a phase; `None` for one that no rule here knows.
pub(super) fn phase_content(context: &Context<'_>, phase: &Phase, field: &str) -> Option<Vec<Line>> {
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

/// A requirement's sentence without markup that would break the list that it is told in.
pub(super) fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace("[^", "(").replace("<!--", "")
}

fn claims(context: &Context<'_>, area: Area) -> Vec<Line> {
    context.claims(area).into_iter().map(Line::from).collect()
}

/// What serves the domains that the requirements touch, beside what the project stands on.
fn technology(context: &Context<'_>) -> Vec<Line> {
    let found = claims(context, Area::Technology);
    if found.is_empty() && context.foundation().is_some() {
        return vec![Line::plain(
            "No requirement asks for a choice of technology: the work stays with what the named definitions use.",
        )];
    }
    context.environment(Facet::Stack).into_iter().map(Line::from).chain(found).collect()
}

/// Every touched place once, then what else was found and what stays open.
fn system(context: &Context<'_>) -> Vec<Line> {
    let mut places: Vec<_> = context.components.iter().filter(|component| component.action == Action::Extend).collect();
    places.sort_by_key(|component| std::cmp::Reverse(component.strength));
    let mut lines: Vec<Line> = context.built().map(Line::from).collect();
    lines.extend(places.into_iter().map(describe));
    lines.extend(claims(context, Area::System));
    lines
}

/// How the project tests, and by which commands what is touched here.
fn testing(context: &Context<'_>) -> Vec<Line> {
    let mut lines = claims(context, Area::Testing);
    let runs = context.test_runs().into_iter().map(|run| {
        Line::cited(format!("{} runs the tests, as `{}` shows.", run.name(), run.shown_in), vec![run.source])
    });
    let customs = context.claims_about(|subject| *subject == Subject::TestCustoms).len().min(lines.len());
    lines.splice(customs..customs, runs);
    lines
}

/// What is new, how it joins what exists, and what stays open; where each extension goes, the phases say.
fn design(context: &Context<'_>) -> Vec<Line> {
    let mut lines = claims(context, Area::Design);
    let has_new = context.components.iter().any(|component| component.action == Action::Create);
    let extends = context.homes.iter().any(|home| home.source.is_some());
    if extends && !has_new {
        lines.insert(0, Line::plain("No new component is proposed: the phases say what is extended, and where."));
    }
    lines
}

/// What a place is, why it matters, who depends on it, how it changes.
fn describe(component: &Component) -> Line {
    let symbols: Vec<String> = component
        .symbols
        .iter()
        .take(3)
        .map(|symbol| {
            let doc = if symbol.doc.is_empty() {
                String::new()
            } else {
                format!(", “{}”", symbol.doc.trim_end_matches('.'))
            };
            format!("`{}` ({}, line {}{doc})", symbol.name, symbol.kind, symbol.first)
        })
        .collect();
    let with = if symbols.is_empty() { String::new() } else { format!(" with {}", joined(&symbols)) };
    let mut text = format!(
        "`{}`{with} is a {} place for {}: {}.",
        component.path,
        component.strength.name(),
        joined(&component.requirements),
        component.reason
    );
    let mut facts = Vec::new();
    match component.used_by.as_slice() {
        [] => {}
        [one] => facts.push(format!("`{one}` uses it")),
        many => facts.push(format!("{} use it, among them `{}`", plural(many.len(), "file"), many[0])),
    }
    if component.commits > 0 {
        let window = component.window.map_or_else(String::new, |most| format!(" of the last {most}"));
        facts.push(format!(
            "{}{window} by {} changed it",
            plural(component.commits, "commit"),
            plural(component.authors.len(), "author")
        ));
    }
    if !facts.is_empty() {
        text.push_str(&format!(" {}", sentence(&facts.join("; "))));
    }
    let shown = component.symbols.len().clamp(1, 3);
    let mut sources: Vec<_> = component.symbols.iter().take(shown).map(|symbol| symbol.source).collect();
    sources.extend(
        component.sources.iter().filter(|source| !component.symbols.iter().any(|symbol| symbol.source == **source)),
    );
    sources.extend(component.history);
    Line::cited(text, sources)
}

fn environment(context: &Context<'_>, facet: Facet, otherwise: &str) -> Vec<Line> {
    let found = context.environment(facet);
    if found.is_empty() { vec![Line::open(otherwise)] } else { found.into_iter().map(Line::from).collect() }
}

/// What the recommendations need, in short; their reasons stand under research.
fn dependencies(context: &Context<'_>) -> Vec<Line> {
    let chosen = summary::chosen(context);
    let mut lines = Vec::new();
    if !chosen.is_empty() {
        let (names, sources) = summary::told(&chosen);
        lines.push(Line::cited(format!("Present: {names}."), sources));
    }
    let open: Vec<Line> = context
        .choices()
        .filter(|choice| choice.pick.is_none())
        .map(|choice| {
            let text = format!("To be chosen for {}: see the options under Technology Research.", choice.domain);
            Line::cited(text, choice.sources.clone())
        })
        .collect();
    if open.is_empty() && chosen.is_empty() {
        lines.push(Line::plain("No requirement names a technology that groundplan knows, so none is added."));
    } else if open.is_empty() {
        lines.push(Line::plain("No requirement names a technology besides."));
    }
    lines.extend(open);
    lines
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
        let Starts { at, first, sources } = starts(component, &serves, only);
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
