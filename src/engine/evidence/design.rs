//! Answers what must be built for a topic: extend where there is a home, else a new file after its nearest kin.

use std::collections::{BTreeMap, BTreeSet};

use super::locate::{can_change, is_document};
use super::places::{FOCUSED, alike, is_about_words};
use super::spot::named_commit;
use super::{Evidence, NewHome, component, follow, kin, section};
use crate::document::Demand;
use crate::research::{
    Answer, Area, Claim, Comparable, Component, Home, SourceId, Strength, Topic, Work, ask, deed, joined, plural, work,
};
use crate::text::{says, split_identifier, stems};
use crate::workspace::{Commit, Effort, SourceFile, Symbol, SymbolKind};

pub fn building(engine: &Evidence<'_>, topic: &Topic) -> Answer {
    let mut answer = Answer::default();
    answer.followed.extend(follow::told(engine, &topic.requirements));
    answer.ways.extend(follow::ways(engine, &topic.requirements));
    for id in &topic.requirements {
        answer.comparables.extend(comparables(engine, id));
        let spots = engine.spots(id);
        if let Some(home) = spots.first().filter(|spot| spot.strength > Strength::Possible) {
            let file = &engine.workspace.files[home.file];
            let symbol = home.symbols.first().map(|&index| &file.symbols[index]);
            let section = is_document(file).then(|| section::of_spot(engine, home, id)).flatten();
            let source = match (symbol, &section) {
                (Some(symbol), _) => engine.cite(&file.path, symbol.first, symbol.last, Area::Design),
                (None, Some((line, _))) => engine.cite_line(&file.path, *line, Area::Design),
                (None, None) => engine.cite(&file.path, 1, file.lines.clamp(1, 10), Area::Design),
            };
            let entry = symbol.map(Symbol::qualified).or(section.map(|(_, title)| title)).unwrap_or_default();
            let starts_there = home.starts_there || symbol.is_none();
            answer.homes.push(Home { requirement: id.clone(), path: file.path.clone(), entry, starts_there, source });
            continue;
        }
        match new_component(engine, id) {
            Some((claim, component)) => {
                answer.homes.push(Home {
                    requirement: id.clone(),
                    path: component.path.clone(),
                    entry: String::new(),
                    starts_there: true,
                    source: None,
                });
                answer.claims.push(claim);
                answer.components.push(component);
            }
            None if !spots.is_empty() => {
                let paths: Vec<String> =
                    spots.iter().map(|spot| engine.workspace.files[spot.file].path.clone()).collect();
                let shown: Vec<String> = paths.iter().map(|path| format!("`{path}`")).collect();
                let each = if shown.len() == 1 { "it" } else { "each" };
                let shown = shown.join(" or ");
                answer.homes.extend(paths.into_iter().take(1).map(|path| Home {
                    requirement: id.clone(),
                    path,
                    entry: String::new(),
                    starts_there: true,
                    source: None,
                }));
                answer.claims.push(
                    Claim::open(format!("whether {id} belongs into {shown}; only weak signs speak for {each}"))
                        .about(std::slice::from_ref(id)),
                );
            }
            None => answer.claims.push(
                Claim::open(format!("nothing in the workspace is near enough to {id} to say where it would go"))
                    .about(std::slice::from_ref(id)),
            ),
        }
    }
    answer
}

/// So many past changes are compared, of so many that are most alike.
const COMPARED: usize = 3;
const NEAREST: usize = 20;

/// Past commits whose subjects share two rare words with a requirement, else the last ones to its first place, and what they
/// changed.
fn comparables(engine: &Evidence<'_>, id: &str) -> Vec<Comparable> {
    let Some(demand) = engine.agenda.requirement(id) else { return Vec::new() };
    let history = &engine.workspace.history;
    // What changed no source file says nothing about the size of such work, and code nothing about that of words.
    let tells = work(demand) == Work::Documentation;
    let is_told = |file: &SourceFile| is_document(file) && !kin::is_changelog(&file.path);
    let counts = |path: &str| !tells || engine.workspace.file(path).is_some_and(is_told);
    let is_source = |path: &&String| {
        engine.workspace.file(path).is_some_and(|file| if tells { is_told(file) } else { can_change(file) })
    };
    let with_source = |commit: usize| Some((commit, history.commits[commit].files.iter().find(is_source)?));
    // A commit that was carried over from another branch says the same twice; words about words are no work like it.
    let mut seen = BTreeSet::new();
    let mut is_work = |commit: usize| {
        let subject = &history.commits[commit].subject;
        !is_about_words(subject) && seen.insert(subject.clone())
    };
    // What made something like it is nearer than what only speaks of the same.
    let followed = engine.followed.get(id);
    let precedents = engine.precedents.get(id).into_iter().flatten().map(|one| one.commit);
    let alike = followed
        .copied()
        .into_iter()
        .chain(precedents)
        .chain(alike(engine, engine.query(demand)))
        .filter(|commit| is_work(*commit));
    // What did not change where this is built says nothing of its size, where that is known.
    let is_at = engine.is_at(id, Strength::Likely);
    let alike = alike.filter(|commit| is_at(*commit) || Some(commit) == followed).filter_map(with_source);
    let mut alike: Vec<(usize, &String)> = alike.take(NEAREST).collect();
    // What changed the very place comes before what changed one beside it.
    let is_at_first = engine.is_at_first(id);
    alike.sort_by_key(|(commit, _)| !is_at_first(*commit));
    alike.truncate(COMPARED);
    let is_alike = !alike.is_empty();
    if !is_alike {
        alike = last_changes(engine, id);
    }
    let commits: Vec<usize> = alike.iter().map(|(commit, _)| *commit).collect();
    let efforts = history.effort(&engine.workspace.root, engine.workspace.index.words(), &commits, counts);
    let comparable = |((commit, path), effort): ((usize, &String), Effort)| Comparable {
        requirement: id.to_owned(),
        is_alike,
        name: with_others(engine, commit, &effort.others),
        files: effort.files.unwrap_or_else(|| history.commits[commit].files.iter().filter(|path| counts(path)).count()),
        lines: effort.lines,
        commits: 1 + effort.others.len(),
        days: effort.days,
        source: engine.cite_commit(commit, path, Area::Design),
    };
    alike.into_iter().zip(efforts).map(comparable).collect()
}

/// So many other commits of one piece of work are named.
const OTHERS: usize = 2;

/// A past change as a sentence names it, with the other commits of which it was made.
fn with_others(engine: &Evidence<'_>, commit: usize, others: &[usize]) -> String {
    let commits = &engine.workspace.history.commits;
    let mut ids: Vec<String> = others.iter().take(OTHERS).map(|&other| format!("`{}`", commits[other].id)).collect();
    if others.len() > OTHERS {
        ids.push(plural(others.len() - OTHERS, "other commit"));
    }
    let with = if ids.is_empty() { String::new() } else { format!(" with {}", joined(&ids)) };
    format!("{}{with}", named_commit(&commits[commit]))
}

/// The last commits that did something to the first place of a requirement, each with that.
fn last_changes<'e>(engine: &'e Evidence<'_>, id: &str) -> Vec<(usize, &'e String)> {
    let (files, history) = (&engine.workspace.files, &engine.workspace.history);
    let sure = engine.spots(id).first().filter(|spot| spot.strength > Strength::Possible);
    let code = sure.map(|spot| &files[spot.file]).filter(|file| !is_document(file));
    let Some(path) = code.map(|file| &file.path) else { return Vec::new() };
    // The first of all made the file.
    let commits = history.by_path.get(path).and_then(|all| Some(all.split_last()?.1)).into_iter().flatten().copied();
    // What was taken back, or only said otherwise, is no measure.
    let is_work = |commit: &Commit| {
        let first = commit.subject.split_whitespace().next().unwrap_or_default().to_lowercase();
        let aside = ["revert", "merge", "bump"].iter().any(|verb| first.starts_with(verb));
        commit.files.len() <= FOCUSED && !aside && !is_about_words(&commit.subject)
    };
    let did = |commit: &usize| is_work(&history.commits[*commit]);
    commits.filter(did).take(COMPARED).map(|commit| (commit, path)).collect()
}

/// Where new components go, for all requirements without a sure place. Two that name the same unknown word share one.
pub fn homes(engine: &Evidence<'_>) -> BTreeMap<String, NewHome> {
    let mut homes: BTreeMap<String, NewHome> = BTreeMap::new();
    let mut by_word: BTreeMap<String, NewHome> = BTreeMap::new();
    for demand in &engine.agenda.requirements {
        // Extending beats adding: where a place exists, be it a weak one, it is looked at first.
        if !engine.spots(&demand.id).is_empty() || work(demand) == Work::Documentation {
            continue;
        }
        let words = new_words(engine, demand);
        let Some(first) = words.first() else { continue };
        if let Some(home) = by_word.get(first) {
            homes.insert(demand.id.to_string(), home.clone());
            continue;
        }
        let candidates = engine.locator.rank(engine.query(demand));
        let fits = |index: bool| {
            candidates.iter().map(|ranked| ranked.file).find(|&file| {
                let source = &engine.workspace.files[file];
                source.language.is_some()
                    && can_change(source)
                    && source.symbols.iter().any(|symbol| !symbol.is_test)
                    && kin::is_index(&source.path) == index
            })
        };
        // A file that only gathers others is nobody's kin, unless there is nothing else.
        let Some(kin) = fits(false).or_else(|| fits(true)) else { continue };
        let path = kin::new_path(engine, &engine.workspace.files[kin].path, &words);
        if engine.workspace.file(&path).is_none() {
            let home = NewHome { path, kin };
            by_word.insert(first.clone(), home.clone());
            homes.insert(demand.id.to_string(), home);
        }
    }
    homes
}

/// Words that measure or join things and do not name one.
const UNITS: &[&str] = &[
    "per", "through", "via", "ms", "second", "seconds", "minute", "minutes", "hour", "hours", "day", "days", "percent",
    "times", "bytes", "rows",
];

/// What a new thing is called: the words of the deed that no file knows, else the two rarest.
fn new_words(engine: &Evidence<'_>, demand: &Demand) -> Vec<String> {
    let wanted = match &demand.title {
        Some(title) => title.to_string(),
        None => deed(&demand.statement),
    };
    let mut words: Vec<String> = Vec::new();
    // The verb says what is done, not what it is done to.
    let skip = usize::from(demand.title.is_none());
    for word in split_identifier(&ask(&wanted, 12)).into_iter().skip(skip) {
        const QUALITIES: &[&str] = &["ed", "ing", "able", "ible", "ly"];
        let thing = !QUALITIES.iter().any(|ending| word.ends_with(ending)) && !UNITS.contains(&word.as_str());
        if thing && word.is_ascii() && word.len() > 2 && !stems(&word).is_empty() && !words.contains(&word) {
            words.push(word);
        }
    }
    let number = |stem: &String| engine.workspace.index.words().find(stem);
    let text = &engine.locator.text;
    let rarity = |word: &String| stems(word).first().map_or(0.0, |stem| text.rarity(number(stem)));
    let unknown = |word: &String| stems(word).first().is_some_and(|stem| !text.knows(number(stem)));
    let new: Vec<String> = words.iter().filter(|word| unknown(word)).take(2).cloned().collect();
    if !new.is_empty() {
        return new;
    }
    let mut rarest = words.clone();
    rarest.sort_by(|a, b| rarity(b).total_cmp(&rarity(a)).then(a.cmp(b)));
    rarest.truncate(2);
    words.retain(|word| rarest.contains(word));
    words
}

/// The component that a requirement without a sure place asks for.
fn new_component(engine: &Evidence<'_>, id: &str) -> Option<(Claim, Component)> {
    let home = engine.homes.get(id)?;
    let sharing: Vec<String> =
        engine.homes.iter().filter(|(_, other)| other.path == home.path).map(|(id, _)| id.clone()).collect();
    let kin = &engine.workspace.files[home.kin];
    let tellable =
        |symbol: &&Symbol| !symbol.is_test && !matches!(symbol.kind, SymbolKind::Constant | SymbolKind::Module);
    let shown = kin.symbols.iter().find(tellable).or_else(|| kin.symbols.iter().find(|symbol| !symbol.is_test))?;
    let source = engine.cite(&kin.path, shown.first, shown.last, Area::Design)?;
    let wiring = wiring(engine, home.kin);
    let verb = if sharing.len() == 1 { "has" } else { "have" };
    let mut text = format!(
        "{} {verb} no home yet: add `{}` (new) beside `{}`, whose `{}` is its nearest kin",
        joined(&sharing),
        home.path,
        kin.path,
        shown.qualified()
    );
    if !wiring.is_empty() {
        let places: Vec<String> = wiring.iter().map(|(place, _)| format!("`{place}`")).collect();
        let verb = if places.len() == 1 { "names" } else { "name" };
        text.push_str(&format!(", and register it where {} {verb} that one", joined(&places)));
    }
    let mut sources = vec![source];
    sources.extend(wiring.iter().map(|(_, source)| *source));
    let reason = format!("nothing here does this yet; its nearest kin is `{}`", kin.path);
    let component = component::new(engine, &home.path, &[id.to_owned()], &reason, sources.clone(), wiring);
    Some((Claim::grounded(text, sources).about(&sharing), component))
}

/// So many files are named in which a new component is registered.
const WIRED: usize = 2;

/// Files that name a file and most of its neighbours, and so would name a new one beside it, each with the line.
fn wiring(engine: &Evidence<'_>, kin: usize) -> Vec<(String, SourceId)> {
    let workspace = engine.workspace;
    let path = &workspace.files[kin].path;
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let users = workspace.graph.used_by[kin].iter().filter(|&&user| can_change(&workspace.files[user]));
    let mut users: Vec<(usize, usize)> = users
        .map(|&user| {
            let used = workspace.graph.uses[user].iter();
            (used.filter(|&&used| workspace.files[used].path.starts_with(folder)).count(), user)
        })
        .collect();
    users.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    // Who gathers several of the folder gathers the new one, too; who uses one of them does not.
    let most = users.first().map_or(0, |(near, _)| *near);
    users.retain(|(near, _)| *near == most || *near > 2);
    let names: Vec<&str> = workspace.files[kin].symbols.iter().map(|symbol| symbol.name.as_str()).collect();
    let named = |(_, user): (usize, usize)| {
        let file = &workspace.files[user];
        let lines = engine.reader.lines(&file.path)?;
        let by_name = || lines.iter().position(|line| names.iter().any(|name| says(line, name)));
        let line = lines.iter().position(|line| says(line, kin::stem(path))).or_else(by_name)?;
        Some((file.path.clone(), engine.cite_line(&file.path, line + 1, Area::Design)?))
    };
    users.into_iter().filter_map(named).take(WIRED).collect()
}
