//! Answers what exists for a topic, who depends on it and what stands in the way.

use std::collections::{BTreeMap, BTreeSet};

use super::Evidence;
use super::locate::{WEIGHTY, is_switch};
use super::places::{alike, is_about_words, named_commit};
use crate::research::{Answer, Area, Claim, Component, Strength, Topic, Work, joined, plural, referral, work};
use crate::text::stems;
use crate::workspace::{Commit, Language, SymbolKind};

/// Files changed together in this share of the commits are one thing for whoever changes one of them.
const TOGETHER: f64 = 0.4;

pub fn places(engine: &Evidence<'_>, topic: &Topic) -> Answer {
    let components = engine.components(topic, Area::System);
    let mut claims: Vec<Claim> = Vec::new();
    for component in components.iter().filter(|component| component.strength > Strength::Possible).take(2) {
        claims.extend(together(engine, component));
    }
    let built = topic.requirements.iter().filter_map(|id| built(engine, id).or_else(|| switched(engine, id))).collect();
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
            format!("{} {verb} of {with}, so {them} looked for in `{path}`, where {with} is built", joined(&ids));
        Some(Claim::grounded(text, component.sources.iter().take(1).copied().collect()).about(&ids))
    };
    led.into_iter().filter_map(claim).collect()
}

/// A commit to its place, or a test of it, that says so much of a requirement, by the rarity of its words, may have
/// met it.
const SAYS_MOST: f32 = 0.5;
/// So many of its words at least.
const SAID: usize = 4;

/// The commit and the test that say most of a requirement's words, as signs that it is met already.
fn built(engine: &Evidence<'_>, id: &str) -> Option<Claim> {
    let demand = engine.agenda.requirement(id).filter(|demand| work(demand) == Work::Code)?;
    let text = &engine.locator.text;
    let wanted: Vec<(&str, f32)> = engine
        .query(demand)
        .words
        .iter()
        .filter(|wanted| wanted.weight >= WEIGHTY)
        .map(|wanted| (wanted.stem.as_str(), wanted.weight * text.rarity(wanted.word)))
        .collect();
    let total: f32 = wanted.iter().map(|(_, mass)| mass).sum();
    let names: BTreeSet<String> = engine.query(demand).names.iter().flat_map(|name| stems(name)).collect();
    // A test of a type says the type's name, whatever it tests.
    let says_most = |said: &str, beside_names: usize| {
        let said: BTreeSet<String> = stems(said).into_iter().collect();
        let shared: Vec<&(&str, f32)> = wanted.iter().filter(|(stem, _)| said.contains(*stem)).collect();
        let mass: f32 = shared.iter().map(|(_, mass)| mass).sum();
        let own = shared.iter().filter(|(stem, _)| !names.contains(*stem)).count();
        shared.len() >= SAID && own >= beside_names && mass >= SAYS_MOST * total
    };
    let workspace = engine.workspace;
    let sure = || engine.spots(id).iter().filter(|spot| spot.strength > Strength::Possible);
    let changed = |one: &Commit| sure().any(|spot| one.files.contains(&workspace.files[spot.file].path));
    let commits = alike(engine, engine.query(demand)).into_iter().take(10);
    let commit = commits
        .map(|index| (index, &workspace.history.commits[index]))
        .find(|(_, one)| !is_about_words(&one.subject) && changed(one) && says_most(&one.subject, 0));
    let tests = sure().flat_map(|spot| &workspace.graph.used_by[spot.file]).map(|&file| &workspace.files[file]);
    let test = tests
        .filter(|file| file.is_test)
        .flat_map(|file| file.symbols.iter().map(move |symbol| (file, symbol)))
        .find(|(_, symbol)| symbol.is_test && says_most(&symbol.name, 2));
    let (mut signs, mut sources) = (Vec::new(), Vec::new());
    if let Some((index, one)) = commit {
        signs.push(format!("commit {}", named_commit(one)));
        sources.push(engine.cite_commit(index, one.files.first()?, Area::System));
    }
    if let Some((file, symbol)) = test {
        signs.push(format!("the test `{}` in `{}`", symbol.name, file.path));
        sources.extend(engine.cite(&file.path, symbol.first, symbol.last, Area::System));
    }
    let verb = if signs.len() == 1 { "says" } else { "say" };
    let text =
        format!("{id} may be met already: {} {verb} most of its words; look there before building", joined(&signs));
    (!signs.is_empty()).then(|| Claim::grounded(text, sources).about(&[id.to_owned()]))
}

/// A switch is looked for in so many of the best ranked files.
const LOOKED: usize = 40;

/// Definitions that already tell enabled from disabled for what a requirement wants to be switched on and off: code
/// seldom says `paused` where people do.
fn switched(engine: &Evidence<'_>, id: &str) -> Option<Claim> {
    let demand = engine.agenda.requirement(id).filter(|demand| work(demand) == Work::Code)?;
    // What an earlier requirement is told is not told again.
    let at = engine.agenda.position(id)?;
    let told = (0..at).any(|asked| {
        is_switch(&engine.agenda.requirements[asked].summary()) && !referral(engine.agenda, at, asked).is_empty()
    });
    if told || !is_switch(&demand.summary()) {
        return None;
    }
    let (files, query, text) = (&engine.workspace.files, engine.query(demand), &engine.locator.text);
    let number = |word: &str| stems(word).first().and_then(|stem| engine.workspace.index.words().find(stem));
    let states = [number("enabled"), number("disabled")];
    let mut found: Vec<(f32, usize, usize)> = Vec::new();
    for ranked in engine.locator.rank(query).iter().take(LOOKED) {
        let file = &files[ranked.file];
        // Every button of a page can be disabled.
        if file.language == Some(Language::Tsx) || file.path.ends_with(".jsx") {
            continue;
        }
        let bodies = engine.bodies(ranked.file);
        let functions =
            file.symbols.iter().enumerate().filter(|(_, symbol)| {
                !symbol.is_test && matches!(symbol.kind, SymbolKind::Function | SymbolKind::Method)
            });
        let best = functions.filter_map(|(index, symbol)| {
            let said = states.iter().flatten().map(|word| bodies.says(index, *word)).fold(0.0, f32::max);
            let named = stems(&symbol.name);
            let words = query.words.iter().filter(|wanted| wanted.weight >= WEIGHTY && named.contains(&wanted.stem));
            let masses: Vec<f32> = words.map(|wanted| wanted.weight * text.rarity(wanted.word)).collect();
            (said > 0.0 && masses.len() >= 2).then(|| (said * masses.iter().sum::<f32>(), ranked.file, index))
        });
        found.extend(best.max_by(|a, b| a.0.total_cmp(&b.0)));
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    found.truncate(2);
    let name = |&(_, file, symbol): &(f32, usize, usize)| {
        format!("`{}` in `{}`", files[file].symbols[symbol].qualified(), files[file].path)
    };
    let cite = |&(_, file, symbol): &(f32, usize, usize)| {
        let symbol = &files[file].symbols[symbol];
        engine.cite(&files[file].path, symbol.first, symbol.last, Area::System)
    };
    let names: Vec<String> = found.iter().map(name).collect();
    let verb = if names.len() == 1 { "tells" } else { "tell" };
    let text =
        format!("{} {verb} enabled from disabled: {id} may be met there, or find its model there", joined(&names));
    (!found.is_empty()).then(|| Claim::grounded(text, found.iter().filter_map(cite).collect()).about(&[id.to_owned()]))
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
