//! Answers what exists for a topic, who depends on it and what stands in the way.

use std::collections::BTreeMap;

use super::spot::{Model, Spot};
use super::{Evidence, met};
use crate::research::{Answer, Area, Claim, Component, Topic, joined, plural};

pub fn places(engine: &Evidence<'_>, topic: &Topic) -> Answer {
    let components = engine.components(topic, Area::System);
    let mut claims: Vec<Claim> = Vec::new();
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
