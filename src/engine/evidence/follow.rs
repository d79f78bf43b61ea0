//! Follows past commits that made something like what is asked for: which files such work changes, and how it is told.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::done::Done;
use super::locate::exact_names;
use super::places;
use super::precedent::{Asked, Changed, FLAG, METRIC, Precedent, changed, flags, is_kind, meaning, said};
use super::spot::{LineKind, Spot, named_commit};
use super::surface::Surface;
use super::{Evidence, kin, met, section, settings};
use crate::document::Demand;
use crate::research::{Area, Claim, Followed, Strength, Way, Work, is_negative, joined, work};
use crate::text::stems;
use crate::workspace::{Cancel, Cancelled};

/// A precedent is told from this likeness on; one that is the best of half of the requirements, from the least likeness of all.
const TOLD: f32 = 0.2;
/// So many at least.
const SHARED: usize = 3;
/// Where the best one is not worth following, one with so much of its likeness may be.
const NEXT: f32 = 0.7;

/// The commits that requirements follow, of those that made something like what they ask for.
pub fn of_requirements(engine: &Evidence<'_>) -> BTreeMap<String, usize> {
    let ids = engine.agenda.requirements.iter().map(|demand| demand.id.to_string());
    ids.filter_map(|id| followed(engine, &id).map(|commit| (id, commit))).collect()
}

/// The first precedent of a requirement that is worth following.
fn followed(engine: &Evidence<'_>, id: &str) -> Option<usize> {
    if let Some(commit) = engine.agenda.requirement(id).and_then(|demand| settings::added(engine, demand)) {
        return Some(commit);
    }
    let all = engine.precedents.get(id)?;
    let least = NEXT * all.first()?.likeness;
    all.iter().take_while(|one| one.likeness >= least).find_map(|one| worth_following(engine, id, one))
}

/// A precedent, if it is worth following.
fn worth_following(engine: &Evidence<'_>, id: &str, own: &Precedent) -> Option<usize> {
    let first = |id: &str| engine.precedents.get(id)?.first();
    // What may have met a requirement already made nothing like it.
    let of = |done: &Done| done.commit == own.commit && done.requirements.iter().any(|(done, _)| done == id);
    if engine.done.iter().any(of) {
        return None;
    }
    let beside = engine.precedents.keys().filter(|id| first(id).is_some_and(|one| one.commit == own.commit)).count();
    let shared = beside >= SHARED && beside * 2 >= engine.precedents.len();
    // No commit shows how something is not done.
    let demand = engine.agenda.requirement(id)?;
    if is_negative(&demand.statement) {
        return shared.then_some(own.commit);
    }
    // One word of many is chance, but for the kind of thing that is asked for.
    let asked = Asked::of(demand, engine);
    let (said, names) = said(&engine.workspace.history.commits[own.commit]);
    // The name of something else shares a word by chance.
    let is_asked = |stem: &&String| asked.words.contains(*stem) || asked.theme.contains(*stem);
    let is_own = names.iter().filter(is_asked).count() * 2 > names.len();
    let common = said.intersection(&asked.words).filter(|stem| is_own || !names.contains(*stem));
    let shares = asked.is_kind_of(&said) || common.count() > 1;
    // Who made a hook shows no way to an option.
    let kinds =
        |said: &BTreeSet<String>| said.iter().filter(|stem| is_kind(stem)).cloned().collect::<BTreeSet<String>>();
    let (wanted, made) = (kinds(&asked.words), kinds(&said));
    if !wanted.is_empty() && !made.is_empty() && wanted.is_disjoint(&made) {
        return None;
    }
    // One that did not change where this is built made it elsewhere, but for what is one more of a kind near to it, and for
    // flags, which are made in one place.
    let is_one_more = || {
        let is_of_kind = asked.is_kind_of(&said) && asked.kind.as_deref() != Some(METRIC);
        is_of_kind && engine.is_near(id, Strength::Possible)(own.commit)
    };
    let is_at_first = engine.is_at_first(id)(own.commit);
    let is_near = asked.kind.as_deref() == Some(FLAG) || is_one_more() || is_at_first;
    // Whoever made no setting shows no way to one.
    if (settings::is_of_setting(demand) || settings::is_of_configuration(demand)) && !is_at_first {
        return None;
    }
    (shares && own.likeness >= TOLD && is_near || shared).then_some(own.commit)
}

/// One of so many commits that made a thing of a kind must have changed a file for it to be where such things are made.
const USUAL: usize = 3;
/// What so many commits that made a thing of a kind never changed is no place for one more.
const MADE: usize = 3;
/// So far down the ranking of a requirement a file may stand that precedents name.
const RANKED: usize = 60;
/// So many places are added for one requirement.
const ADDED: usize = 2;
/// So far down the ranking of documents one may stand that a followed commit changed.
const DOCUMENTS: usize = 10;

/// Places that precedents add: what a third of those changed that made one more of the kind, and what the first one
/// changed if its name speaks of what the requirement is about, and not of what was made then.
///
/// # Errors
/// [`Cancelled`] once `cancel` is set.
pub fn places(engine: &Evidence<'_>, cancel: &Cancel) -> Result<Vec<(String, Vec<Spot>)>, Cancelled> {
    let demands = engine.agenda.requirements.par_iter().filter(|demand| work(demand) != Work::Guard);
    let found: Vec<Option<(String, Vec<Spot>)>> = demands
        .map(|demand| {
            cancel.check()?;
            let spots = match work(demand) {
                Work::Documentation => told_beside(engine, demand),
                _ => added(engine, demand),
            };
            Ok(spots.map(|spots| (demand.id.to_string(), spots)))
        })
        .collect::<Result<_, Cancelled>>()?;
    Ok(found.into_iter().flatten().collect())
}

/// The names that commits write as code which those requirements follow that a documentation requirement speaks of.
pub fn names(engine: &Evidence<'_>, demand: &Demand) -> BTreeSet<String> {
    let followed = spoken_of(engine, demand).filter_map(|id| engine.followed.get(id));
    let subjects = followed.map(|commit| engine.workspace.history.commits[*commit].subject.replace('\'', "`"));
    subjects.flat_map(|subject| exact_names(&subject)).collect()
}

/// The places of a documentation requirement with the documents that followed commits changed, where those are among the
/// best for it, too.
fn told_beside(engine: &Evidence<'_>, demand: &Demand) -> Option<Vec<Spot>> {
    let documents = documents(engine, demand);
    let mut spots: Vec<Spot> =
        engine.spots(&demand.id).iter().filter(|spot| spot.strength > Strength::Possible).cloned().collect();
    let near = engine.ranked(&demand.id).iter().take(DOCUMENTS).map(|ranked| ranked.file);
    let new = near.filter(|file| documents.contains(file) && spots.iter().all(|spot| spot.file != *file));
    let mut new: Vec<usize> = new.take(1).collect();
    new.extend(of_settings(engine, demand).filter(|file| spots.iter().all(|spot| spot.file != *file)));
    new.dedup();
    spots.extend(places::likely(engine, demand, &new));
    (!new.is_empty() && !spots.is_empty()).then_some(spots)
}

/// The document that tells of the settings beside which those of other requirements belong, where a documentation
/// requirement speaks of settings.
fn of_settings(engine: &Evidence<'_>, demand: &Demand) -> impl Iterator<Item = usize> {
    let speaks = demand.summary().to_lowercase().contains("setting");
    let lines = engine.spots.values().flatten().filter_map(|spot| spot.line.as_ref());
    let settings: BTreeSet<&str> =
        lines.filter(|line| speaks && line.kind == LineKind::Setting).map(|line| line.name.as_str()).collect();
    let path = |file: usize| engine.workspace.files[file].path.as_str();
    let mut ranked = engine.ranked(&demand.id).iter().map(|ranked| ranked.file);
    let tells = |file: &usize| {
        !settings.is_empty() && settings::is_keeper(path(*file)) && section::titles(engine, path(*file), &settings)
    };
    ranked.find(tells).into_iter()
}

/// What commits changed that made one more of a kind.
struct Usual {
    /// Commits with the code that each changed.
    near: Vec<(usize, Vec<usize>)>,
    /// How many changed the file that most of them changed.
    most: usize,
}

impl Usual {
    fn of(engine: &Evidence<'_>, id: &str, asked: &Asked) -> Self {
        let commits = &engine.workspace.history.commits;
        let near = engine.precedents.get(id).into_iter().flatten();
        let near = near.filter(|one| asked.is_kind_of(&said(&commits[one.commit]).0));
        let near = near.map(|one| (one.commit, changed(engine, one.commit).code)).collect();
        let mut usual = Self { near, most: 0 };
        usual.most = usual.near.iter().flat_map(|(_, code)| code).map(|&file| usual.votes(file)).max().unwrap_or(0);
        usual
    }

    fn votes(&self, file: usize) -> usize {
        self.near.iter().filter(|(_, code)| code.contains(&file)).count()
    }

    /// Whether such things are made in a file.
    fn has(&self, file: usize) -> bool {
        let count = self.votes(file);
        count > 1 && count * USUAL >= self.near.len() && count * 2 > self.most
    }
}

/// The sure places of a requirement with those that the commit adds which it follows.
fn added(engine: &Evidence<'_>, demand: &Demand) -> Option<Vec<Spot>> {
    let first = *engine.followed.get(&*demand.id)?;
    let (files, commit) = (&engine.workspace.files, &engine.workspace.history.commits[first]);
    let asked = Asked::of(demand, engine);
    let usual = Usual::of(engine, &demand.id, &asked);
    let of_first = changed(engine, first).code;
    let (then, names) = said(commit);
    let is_asked = |stem: &String| asked.words.contains(stem) || asked.theme.contains(stem);
    let speaks = |file: usize| {
        let name = meaning(kin::stem(&files[file].path));
        let of_then = name.iter().any(|stem| then.contains(stem) && !is_asked(stem))
            || !name.is_empty() && name.iter().all(|stem| names.contains(stem) && !asked.theme.contains(stem));
        // What lies in a folder of what is asked for may be called after something general.
        let lies_in: BTreeSet<String> = kin::folders(&files[file].path).flat_map(meaning).collect();
        (name.iter().any(is_asked) || lies_in.iter().filter(|stem| is_asked(stem)).count() > 1) && !of_then
    };
    // What made the flag that is changed is where it is changed.
    let summary = demand.summary();
    let made_flag = flags(&summary).any(|flag| flags(&commit.subject).any(|made| made == flag));
    // Where the first place is of what the document is about, what is of something else is no place.
    let of_theme = |file: usize| stems(&files[file].path).into_iter().filter(|stem| asked.theme.contains(stem));
    let place = engine.spots(&demand.id).first().map(|spot| spot.file);
    let is_themed = place.is_some_and(|file| of_theme(file).any(|stem| asked.words.contains(&stem)));
    let strays = |file: usize| is_themed && of_theme(file).next().is_none();
    let fits = |file: usize| usual.has(file) || of_first.contains(&file) && (made_flag || speaks(file));
    let mut spots: Vec<Spot> =
        engine.spots(&demand.id).iter().filter(|spot| spot.strength > Strength::Possible).cloned().collect();
    let ranked = engine.ranked(&demand.id).iter().take(RANKED).map(|ranked| ranked.file);
    let new =
        ranked.filter(|&file| fits(file) && (made_flag || !strays(file)) && spots.iter().all(|spot| spot.file != file));
    let new: Vec<usize> = new.take(ADDED).collect();
    // Where such things were made several times, what none of them changed is chance.
    let is_chance =
        |spot: &Spot| usual.near.len() >= MADE && spot.strength < Strength::Strong && usual.votes(spot.file) == 0;
    if spots.iter().any(|spot| usual.votes(spot.file) > 0) {
        spots.retain(|spot| !is_chance(spot));
    }
    let by = |file: usize| {
        let of_kind = || usual.near.iter().find(|(_, code)| code.contains(&file)).map(|(commit, _)| *commit);
        if of_first.contains(&file) { Some(first) } else { of_kind() }
    };
    let found = places::likely(engine, demand, &new).into_iter();
    spots.extend(found.map(|spot| Spot { commit: by(spot.file).or(spot.commit), ..spot }));
    if asked.kind.as_deref() == Some(FLAG) {
        // Where flags are made comes before what only speaks of them.
        let votes = |spot: &Spot| if usual.has(spot.file) { usual.votes(spot.file) } else { 0 };
        spots.sort_by_key(|spot| std::cmp::Reverse((spot.strength, votes(spot))));
    }
    (!spots.is_empty()).then_some(spots)
}

/// The tests that the commit changed which a requirement follows.
pub fn tests(engine: &Evidence<'_>, id: &str) -> Vec<usize> {
    engine.followed.get(id).map_or_else(Vec::new, |commit| changed(engine, *commit).tests)
}

/// Documents that those commits changed which the requirements follow that a documentation requirement speaks of, but
/// for lists of changes.
fn documents(engine: &Evidence<'_>, demand: &Demand) -> Vec<usize> {
    // What made one more of a kind told it where this one is told; others told what they made.
    let spoken = spoken_of(engine, demand).filter_map(|id| {
        let commit = *engine.followed.get(id)?;
        let asked = Asked::of(engine.agenda.requirement(id)?, engine);
        asked.is_kind_of(&said(&engine.workspace.history.commits[commit]).0).then_some(commit)
    });
    let mut all: Vec<usize> = spoken.flat_map(|commit| changed(engine, commit).documents).collect();
    all.retain(|&file| !kin::is_changelog(&engine.workspace.files[file].path));
    all.sort_unstable();
    all.dedup();
    all
}

/// The requirements of code that a documentation requirement speaks of, as words tell that both say.
fn spoken_of<'e>(engine: &'e Evidence<'_>, demand: &Demand) -> impl Iterator<Item = &'e String> {
    let said: BTreeSet<String> = meaning(&demand.summary()).into_iter().collect();
    engine.precedents.keys().filter(move |id| {
        let about = engine.agenda.requirement(id).map(|about| meaning(&about.summary()));
        about.is_some_and(|about| about.iter().any(|stem| said.contains(stem)))
    })
}

/// So many files of each kind are named, and so many of one folder.
const NAMED: usize = 5;
const BESIDE: usize = 2;

/// The paths of a few files: what is behind before what is seen, and not all of one folder.
fn named(engine: &Evidence<'_>, files: &[usize]) -> Vec<String> {
    let source = |file: &usize| &engine.workspace.files[*file];
    let mut files: Vec<usize> = files.to_vec();
    // What is a place here is worth reading there.
    files.sort_by_key(|file| (!engine.is_touched(*file), Surface::of(source(file)).is_some()));
    let mut folders: BTreeMap<&str, usize> = BTreeMap::new();
    let mut few = |file: &usize| {
        let count = folders.entry(kin::folder(&source(file).path)).or_default();
        *count += 1;
        *count <= BESIDE || engine.is_touched(*file)
    };
    let told = files.iter().filter(|file| few(file)).take(NAMED);
    told.map(|file| format!("`{}`", source(file).path)).collect()
}

/// The commits that requirements are told to follow: none that is told as a sign that one is met already.
///
/// # Errors
/// [`Cancelled`] once `cancel` is set.
pub fn told_commits(engine: &Evidence<'_>, cancel: &Cancel) -> Result<BTreeMap<String, usize>, Cancelled> {
    let told = engine.followed.par_iter().map(|(id, commit)| {
        cancel.check()?;
        Ok((met::commit(engine, id) != Some(*commit)).then(|| (id.clone(), *commit)))
    });
    let told: Vec<Option<(String, usize)>> = told.collect::<Result<_, Cancelled>>()?;
    Ok(told.into_iter().flatten().collect())
}

/// The ways in which some requirements can be met: those of counterparts.
pub fn ways(engine: &Evidence<'_>, ids: &[String]) -> Vec<Way> {
    let models = ids.iter().flat_map(|id| engine.spots(id).iter().map(move |spot| (id, spot)));
    let models = models.filter_map(|(id, spot)| {
        let model = spot.model.as_ref()?;
        let file = &engine.workspace.files[model.file];
        let symbol = &file.symbols[*model.symbols.first()?];
        let source = engine.cite(&file.path, symbol.first, symbol.last, Area::Design)?;
        Some(Way { name: format!("`{}` of `{}`", symbol.qualified(), file.path), requirement: id.clone(), source })
    });
    models.collect()
}

/// What is told of the precedents of some requirements, each with the first that follows it.
pub fn told(engine: &Evidence<'_>, ids: &[String]) -> Vec<Followed> {
    let follow = |id: &str| engine.told.get(id).copied();
    let all: Vec<String> = engine.agenda.requirements.iter().map(|demand| demand.id.to_string()).collect();
    let mut told = Vec::new();
    for id in ids {
        let Some(commit) = follow(id) else { continue };
        let following: Vec<String> = all.iter().filter(|id| follow(id) == Some(commit)).cloned().collect();
        if following.first() == Some(id) {
            told.extend(way_of(engine, commit, &following));
        }
    }
    told
}

/// What a commit changed, as a way for requirements.
fn way_of(engine: &Evidence<'_>, index: usize, ids: &[String]) -> Option<Followed> {
    let workspace = engine.workspace;
    let commit = &workspace.history.commits[index];
    let Changed { code, documents, tests } = changed(engine, index);
    let kinds = [(&code, ""), (&documents, "the text in "), (&tests, "the tests in ")];
    let told = kinds.map(|(files, what)| (named(engine, files), what));
    let count: usize = told.iter().map(|(names, _)| names.len()).sum();
    let parts: Vec<String> = told
        .iter()
        .filter(|(names, _)| !names.is_empty())
        .map(|(names, what)| format!("{what}{}", joined(names)))
        .collect();
    let all = commit.files.len();
    let of = if all > count { format!("among {all} files ") } else { String::new() };
    let text = format!(
        "{} can follow commit {} of {}, which made something like it: it changed {of}{}",
        joined(ids),
        named_commit(commit),
        commit.date,
        parts.join("; ")
    );
    let cited = code.iter().chain(&documents).chain(&tests).next()?;
    let source = engine.cite_commit(index, &workspace.files[*cited].path, Area::Design);
    Some(Followed { commit: commit.id.clone(), claim: Claim::grounded(text, vec![source]).about(ids) })
}
