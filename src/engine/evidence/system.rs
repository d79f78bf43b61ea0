//! Answers what exists for a topic, who depends on it and what stands in the way.

use std::collections::BTreeMap;

use super::spot::{Model, Spot};
use super::{Evidence, met};
use crate::research::{Answer, Area, Claim, Component, Strength, Topic, joined, plural};

/// Files changed together in this share of the commits are one thing for whoever changes one of them.
const TOGETHER: f64 = 0.4;

pub fn places(engine: &Evidence<'_>, topic: &Topic) -> Answer {
    let components = engine.components(topic, Area::System);
    let mut claims: Vec<Claim> = Vec::new();
    for component in components.iter().filter(|component| component.strength > Strength::Possible).take(2) {
        claims.extend(together(engine, component));
    }
    claims.extend(topic.requirements.iter().flat_map(|id| models(engine, id)));
    let built = topic.requirements.iter().filter_map(|id| met::signs(engine, id)).collect();
    claims.extend(referred(engine, topic, &components));
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
    Answer { claims, components, built, ..Answer::default() }
}

/// What does for another part of the product what a requirement asks for.
fn models(engine: &Evidence<'_>, id: &str) -> Vec<Claim> {
    let files = &engine.workspace.files;
    let with_model = engine.spots(id).iter().filter_map(|spot| Some((spot, spot.model.as_ref()?)));
    let claim = |(spot, model): (&Spot, &Model)| {
        let source = &files[model.file];
        let symbols = model.symbols.iter().map(|&at| &source.symbols[at]);
        let (names, cited): (Vec<String>, Vec<_>) = symbols
            .map(|symbol| {
                let cited = engine.cite(&source.path, symbol.first, symbol.last, Area::System);
                (format!("`{}`", symbol.qualified()), cited)
            })
            .unzip();
        let text = format!(
            "{} of `{}` {} for another part what {id} asks for; `{}` is its counterpart",
            joined(&names),
            source.path,
            if names.len() == 1 { "does" } else { "do" },
            files[spot.file].path
        );
        Claim::grounded(text, cited.into_iter().flatten().collect()).about(&[id.to_owned()])
    };
    with_model.map(claim).filter(|claim| !claim.sources.is_empty()).collect()
}

/// Places that were found by what a requirement says of an earlier one, each with the requirements that led there.
fn referred(engine: &Evidence<'_>, topic: &Topic, components: &[Component]) -> Vec<Claim> {
    let mut led: BTreeMap<(usize, &String), Vec<String>> = BTreeMap::new();
    for id in &topic.requirements {
        for spot in engine.spots(id) {
            if let Some(with) = &spot.with {
                led.entry((spot.file, with)).or_default().push(id.clone());
            }
        }
    }
    let claim = |((file, with), ids): ((usize, &String), Vec<String>)| {
        let path = &engine.workspace.files[file].path;
        let component = components.iter().find(|component| component.path == *path)?;
        let (verb, them) = if ids.len() == 1 { ("speaks", "it is") } else { ("speak", "they are") };
        let text =
            format!("{} {verb} of {with}, so {them} looked for in `{path}`, where {with} is looked for", joined(&ids));
        Some(Claim::grounded(text, component.sources.iter().take(1).copied().collect()).about(&ids))
    };
    led.into_iter().filter_map(claim).collect()
}

/// A file that commits changed together with a component, although the component does not use it.
fn together(engine: &Evidence<'_>, component: &Component) -> Option<Claim> {
    let (other, count) = engine.workspace.history.together(&component.path).into_iter().next()?;
    let share = count as f64 / component.commits.max(1) as f64;
    let known = engine.workspace.file(&other)?;
    if count < 3
        || share < TOGETHER
        || known.is_test
        || component.uses.iter().any(|(path, _)| *path == other)
        || known.language.is_none()
    {
        return None;
    }
    let text = format!(
        "whoever changes `{}` likely changes `{other}` too: {count} of its {} did",
        component.path,
        plural(component.commits, "commit")
    );
    Some(Claim::grounded(text, component.history.into_iter().collect()).about(&component.requirements))
}
