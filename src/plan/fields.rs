//! What stands in each field of the plan, by the section and the label that the template gives it.

use super::content::{Context, Line};
use super::{quality, summary, timeline};
use crate::research::{Action, Area, Component, Facet, Subject, joined, plural, sentence};

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
