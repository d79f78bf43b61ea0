//! Answers what exists for a topic, who depends on it and what stands in the way.

use super::Evidence;
use crate::research::{Answer, Area, Claim, Component, Strength, Topic, joined, plural};

/// Files changed together in this share of the commits are one thing for whoever changes one of them.
const TOGETHER: f64 = 0.4;

pub fn places(engine: &Evidence<'_>, topic: &Topic) -> Answer {
    let components = engine.components(topic, Area::System);
    let mut claims: Vec<Claim> = components.iter().map(describe).collect();
    for component in components.iter().filter(|component| component.strength > Strength::Possible).take(2) {
        claims.extend(together(engine, component));
    }
    let lost: Vec<String> = topic.requirements.iter().filter(|id| engine.spots(id).is_empty()).cloned().collect();
    if !lost.is_empty() {
        claims.push(
            Claim::open(format!(
                "no path and no definition in {} names what {} asks for; confirm that it is new here",
                plural(engine.workspace.files.len(), "file"),
                joined(&lost)
            ))
            .about(&lost),
        );
    }
    Answer { claims, components, ..Answer::default() }
}

/// One sentence about a component: what it is, why it matters, who depends on it, how it changes.
pub fn describe(component: &Component) -> Claim {
    let mut text = format!("`{}`", component.path);
    let symbols: Vec<String> = component
        .symbols
        .iter()
        .map(|symbol| {
            let doc = if symbol.doc.is_empty() { String::new() } else { format!(", “{}”", symbol.doc.trim_end_matches('.')) };
            format!("`{}` ({}, line {}{doc})", symbol.name, symbol.kind, symbol.first)
        })
        .collect();
    if !symbols.is_empty() {
        text.push_str(&format!(" with {}", joined(&symbols)));
    }
    text.push_str(&format!(" is a {} place: {}", component.strength.name(), component.reason));
    let mut facts = Vec::new();
    match component.used_by.len() {
        0 => {}
        1 => facts.push(format!("`{}` uses it", component.used_by[0])),
        n => facts.push(format!("{} use it, among them `{}`", plural(n, "file"), component.used_by[0])),
    }
    if component.commits > 0 {
        facts.push(format!("{} by {} changed it", plural(component.commits, "commit"), plural(component.authors.len(), "author")));
    }
    if !facts.is_empty() {
        text.push_str(&format!(". {}", crate::research::sentence(&joined(&facts)).trim_end_matches('.')));
    }
    let mut sources = component.sources.clone();
    sources.extend(component.history);
    sources.dedup();
    Claim::grounded(text, sources).about(&component.requirements)
}

/// A file that commits changed together with a component, although the component does not use it.
fn together(engine: &Evidence<'_>, component: &Component) -> Option<Claim> {
    let (other, count) = engine.workspace.history.together(&component.path).into_iter().next()?;
    let share = count as f64 / component.commits.max(1) as f64;
    let known = engine.workspace.file(&other)?;
    if count < 3 || share < TOGETHER || known.is_test || component.uses.iter().any(|(path, _)| *path == other) || known.language.is_none() {
        return None;
    }
    let text = format!(
        "whoever changes `{}` likely changes `{other}` too: {count} of its {} did",
        component.path,
        plural(component.commits, "commit")
    );
    Some(Claim::grounded(text, component.history.into_iter().collect()).about(&component.requirements))
}
