//! Finds commits that did the work of requirements as a whole: what they changed is where to look, and may be all of it.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::Evidence;
use super::places::{self, is_about_words};
use super::spot::{Spot, named_commit};
use crate::document::Demand;
use crate::research::{Area, Claim, Strength, Work, deed, joined, work};
use crate::text::stems;
use crate::workspace::{Cancel, Cancelled, Commit};

/// A commit whose subject says nothing but what some requirements ask for, such as “Feat: Pausable Crons”.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// Its index in the history.
    pub commit: usize,
    /// The requirements, in the order of the document, each with the files that it changed and that say most of that.
    pub requirements: Vec<(String, Vec<usize>)>,
}

/// So many of the most alike commits are looked at.
const LOOKED: usize = 40;
/// What is done stands among so many words of a requirement's deed; one that does not say it says so much of the rest.
const DEED: usize = 3;
const SAID: f32 = 0.5;
/// So many of the files that such a commit changed are kept for one requirement.
const KEPT: usize = 2;

/// All commits that did what requirements ask for.
///
/// # Errors
/// [`Cancelled`] once `cancel` is set.
pub fn of_requirements(engine: &Evidence<'_>, cancel: &Cancel) -> Result<Vec<Done>, Cancelled> {
    let found: Vec<Option<(usize, Vec<usize>)>> = engine
        .agenda
        .requirements
        .par_iter()
        .map(|demand| cancel.check().map(|()| one(engine, demand)))
        .collect::<Result<_, _>>()?;
    let mut all: Vec<Done> = Vec::new();
    for (demand, (commit, files)) in
        engine.agenda.requirements.iter().zip(found).filter_map(|(demand, found)| Some((demand, found?)))
    {
        let at = all.iter().position(|done| done.commit == commit).unwrap_or_else(|| {
            all.push(Done { commit, requirements: Vec::new() });
            all.len() - 1
        });
        all[at].requirements.push((demand.id.to_string(), files));
    }
    Ok(all)
}

/// The commit that did what one requirement asks for, with the best of the files that it changed.
fn one(engine: &Evidence<'_>, demand: &Demand) -> Option<(usize, Vec<usize>)> {
    if work(demand) != Work::Code {
        return None;
    }
    let query = engine.query(demand);
    let weighty = query.own();
    let wanted: BTreeSet<&str> = weighty.map(|wanted| wanted.stem.as_str()).collect();
    let commits = &engine.workspace.history.commits;
    // By how rare they are among the words of code.
    let mass = |is: &dyn Fn(&str) -> bool| -> f32 {
        let words = query.own().filter(|wanted| is(&wanted.stem));
        words.map(|wanted| wanted.weight * engine.locator.text.rarity(wanted.word)).sum()
    };
    let all = mass(&|_| true);
    let done: BTreeSet<String> = deed(&demand.statement).split_whitespace().take(DEED).flat_map(stems).collect();
    let asks_nothing_else = |one: &Commit| {
        let said: BTreeSet<String> = stems(without_kind(&one.subject)).into_iter().collect();
        said.len() > 1
            && said.iter().all(|stem| wanted.contains(stem.as_str()))
            && (said.iter().any(|stem| done.contains(stem)) || mass(&|stem| said.contains(stem)) >= SAID * all)
            && !is_about_words(&one.subject)
    };
    let alike = engine.locator.alike(query).into_iter().take(LOOKED).map(|(commit, _)| commit);
    let mut fitting = alike.filter(|&commit| !commits[commit].is_sweep() && asks_nothing_else(&commits[commit]));
    let commit = fitting.next()?;
    let ranked = engine.locator.rank(query);
    let of_it = ranked.iter().map(|ranked| ranked.file);
    let files = &engine.workspace.files;
    let files: Vec<usize> =
        of_it.filter(|&file| commits[commit].files.contains(&files[file].path)).take(KEPT).collect();
    (!files.is_empty()).then_some((commit, files))
}

/// The subject of a commit without its kind in front (`feat(api): `) and the number behind.
pub fn without_kind(subject: &str) -> &str {
    let rest = match subject.split_once(": ") {
        Some((kind, rest)) if !kind.trim().contains(' ') => rest,
        _ => subject,
    };
    rest.rsplit_once(" (#").map_or(rest, |(rest, _)| rest)
}

/// Places of requirements where a commit did such work: the best of what it changed, beside what is sure; more of it
/// where nothing is.
pub fn places(engine: &Evidence<'_>) -> Vec<(String, Vec<Spot>)> {
    let is_sure = |spot: &Spot| spot.strength > Strength::Possible;
    let of = |done: &Done, id: &String, files: &[usize]| {
        let demand = engine.agenda.requirement(id)?;
        let mut spots: Vec<Spot> = engine.spots(id).iter().filter(|spot| is_sure(spot)).cloned().collect();
        let files = if spots.is_empty() { files } else { &files[..1] };
        let new: Vec<usize> =
            files.iter().filter(|file| spots.iter().all(|spot| spot.file != **file)).copied().collect();
        let found = places::likely(engine, demand, &new);
        spots.extend(found.into_iter().map(|spot| Spot { commit: Some(done.commit), ..spot }));
        (!spots.is_empty()).then(|| (id.clone(), spots))
    };
    let all = engine.done.iter().flat_map(|done| done.requirements.iter().map(move |own| (done, own)));
    all.filter_map(|(done, (id, files))| of(done, id, files)).collect()
}

/// Where the commit that did a requirement's work is told.
#[derive(Debug)]
pub enum Told {
    /// With this requirement, in this claim.
    Here(Claim),
    /// With an earlier requirement whose work it did, too.
    Before,
    /// There is none.
    Nowhere,
}

/// What is told of a commit that did a requirement's work.
pub fn told(engine: &Evidence<'_>, id: &str) -> Told {
    let Some(done) = engine.done.iter().find(|done| done.requirements.iter().any(|(own, _)| own == id)) else {
        return Told::Nowhere;
    };
    if done.requirements.first().is_some_and(|(first, _)| first != id) {
        return Told::Before;
    }
    let commit = &engine.workspace.history.commits[done.commit];
    let mut paths: Vec<&String> = Vec::new();
    for &file in done.requirements.iter().flat_map(|(_, files)| files) {
        let path = &engine.workspace.files[file].path;
        if !paths.contains(&path) {
            paths.push(path);
        }
    }
    let ids: Vec<String> = done.requirements.iter().map(|(id, _)| id.clone()).collect();
    let names: Vec<String> = paths.iter().map(|path| format!("`{path}`")).collect();
    let of =
        if commit.files.len() > paths.len() { format!(" among {} files", commit.files.len()) } else { String::new() };
    let text = format!(
        "{} may be met already: commit {} says nothing else, and changed {}{of}; see what it left open before building",
        joined(&ids),
        named_commit(commit),
        joined(&names)
    );
    let sources = paths.iter().map(|path| engine.cite_commit(done.commit, path, Area::System)).collect();
    Told::Here(Claim::grounded(text, sources).about(&ids))
}
