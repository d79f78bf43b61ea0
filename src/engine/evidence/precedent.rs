//! Finds past commits that made what a requirement asks for, for something else: whoever follows one forgets no file.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::Evidence;
use super::done::without_kind;
use super::locate::{can_change, exact_names, is_document};
use super::named::is_type_name;
use super::places::is_about_words;
use crate::document::Demand;
use crate::research::{Work, subject, work};
use crate::text::{split_identifier, stems};
use crate::workspace::{Cancel, Cancelled, Commit, Word};

/// A past commit that made something like what a requirement asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Precedent {
    /// Its index in the history.
    pub commit: usize,
    /// How alike: the share of its subject that the requirement says, times that of the requirement that its subject
    /// says, and half of what it is to the other requirements of the document.
    pub likeness: f32,
}

/// Things that a product has many of, each made in the way of the others: a commit that adds one shows how another is
/// added. Stems.
const KINDS: &[&str] = &[
    "argument",
    "attribut",
    "button",
    "callback",
    "column",
    "command",
    "decor",
    "endpoint",
    "event",
    "extractor",
    "fallback",
    "field",
    "filter",
    "flag",
    "handler",
    "header",
    "hook",
    "listen",
    "metric",
    "middlewar",
    "option",
    "paramet",
    "properti",
    "rout",
    "set",
    "subcommand",
    "timer",
];
/// Whether a stem names such a thing.
pub fn is_kind(stem: &str) -> bool {
    KINDS.contains(&stem)
}

/// The kind that a requirement asks for which writes one out: `--profile`.
pub const FLAG: &str = "flag";

/// The kind that a requirement asks for which wants something counted in the metrics, and what wants that, as stems.
pub const METRIC: &str = "metric";
const MEASURES: &[&str] = &["count", "expos", "measur", "publish", "record", "track"];

/// Whether some words ask for one more metric.
fn is_measured(words: &BTreeSet<String>) -> bool {
    words.contains(METRIC) && MEASURES.iter().any(|verb| words.contains(*verb))
}

/// What a requirement asks for is of the kind that it names first; a commit that names it, too, says so much more than by
/// another word. A kind that is named on the way says less.
const KIND: f32 = 3.0;
const OTHER_KIND: f32 = 1.5;
/// A word of the document's title says so much, beside those of the requirement itself.
const THEME: f32 = 0.3;
/// The name of what a commit made is another one than that of what is asked for, and counts against it only so much.
const OTHER_NAME: f32 = 0.3;
/// What a commit is to the other requirements of the document.
const BESIDE: f32 = 0.5;

/// Verbs and nouns that say that something was made, or asked for, and not what. Stems.
const LIGHT: &[&str] = &[
    "abil",
    "accept",
    "add",
    "ad",
    "allow",
    "better",
    "creat",
    "defin",
    "enabl",
    "exist",
    "expos",
    "feat",
    "featur",
    "give",
    "handl",
    "implement",
    "improv",
    "introduc",
    "issu",
    "keep",
    "let",
    "make",
    "made",
    "new",
    "offer",
    "show",
    "support",
    "tell",
];

/// What says that a commit made nothing: as the kind before a colon, or as a word of its subject. Stems.
const KINDS_OF_CARE: &[&str] =
    &["build", "bump", "chore", "ci", "doc", "fix", "perf", "refactor", "revert", "style", "test"];
const CARE: &[&str] = &[
    "bump", "bug", "drop", "delet", "disallow", "clean", "deprec", "fix", "refactor", "remov", "renam", "revert",
    "typo", "regress", "move", "cover", "hotfix", "simplifi", "explain", "requir", "initi",
];

/// A commit of more files than this made several things; one of a single file shows no way through several.
const FILES: std::ops::RangeInclusive<usize> = 2..=40;
/// So many are kept for one requirement.
const KEPT: usize = 12;
/// Of a subject, so much must be said by the requirement, and the likeness must reach this.
const SAID: f32 = 0.55;
const ALIKE: f32 = 0.12;

/// A commit that changed one of so many best places, or made one more of the kind that is asked for, says so much more.
const PLACES: usize = 5;
const AT_PLACE: f32 = 1.3;
/// After so many commits, one says this much less.
const HALF_LIFE: f32 = 1500.0;
const AGED: f32 = 0.3;
/// A precedent that is near enough to the best one is followed instead where it serves more of the document.
const NEAR: f32 = 0.9;

/// The stems of a text without those of words that say only that something was made; `set` is what one does to a setting.
pub fn meaning(text: &str) -> Vec<String> {
    let words = split_identifier(text).into_iter().filter(|word| !matches!(word.as_str(), "set" | "sets"));
    // What is optional is no option.
    let stem = |word: String| if word == "optional" { vec![word] } else { stems(&word) };
    words.flat_map(stem).filter(|stem| !LIGHT.contains(&stem.as_str())).collect()
}

/// Whether a commit made something new, as far as its subject tells.
fn makes(commit: &Commit) -> bool {
    let subject = commit.subject.to_lowercase();
    let kind = subject.split([':', '(', ' ', '!']).next().unwrap_or_default();
    let kind = stems(kind);
    let cares = |stem: &String| KINDS_OF_CARE.contains(&stem.as_str());
    FILES.contains(&commit.files.len())
        && !kind.iter().any(cares)
        && !stems(&subject).iter().any(|stem| CARE.contains(&stem.as_str()))
        && !is_about_words(&commit.subject)
}

/// What is asked for stands among so many words of a deed, the verb that demands it included.
const DEED: usize = 10;
/// So many words stand between an article and its kind at most.
const BETWEEN: usize = 3;

/// What a requirement asks for, in stems.
pub struct Asked {
    /// Its meaningful words.
    pub words: BTreeSet<String>,
    /// Words that it says only in names of types: they name what it is about, and not what is to be made.
    named: BTreeSet<String>,
    /// The kind of thing that it asks for.
    pub kind: Option<String>,
    /// What the document as a whole is about: whoever says that, too, says nothing else.
    pub theme: BTreeSet<String>,
}

impl Asked {
    /// What a requirement asks for in a document.
    pub fn of(demand: &Demand, engine: &Evidence<'_>) -> Self {
        let said = demand.summary();
        let mut words: BTreeSet<String> = meaning(&said).into_iter().collect();
        let parts = said.split('`').enumerate().filter(|(at, part)| at % 2 == 0 || !is_type_name(part));
        let beside: Vec<String> = meaning(&parts.map(|(_, part)| part).collect::<Vec<_>>().join(" "));
        let named = words.iter().filter(|stem| !beside.contains(stem)).cloned().collect();
        let mut kind = kind(&said).or_else(|| is_measured(&words).then(|| METRIC.to_owned()));
        if is_about_flag(&said) {
            words.insert(FLAG.to_owned());
            kind = Some(FLAG.to_owned());
        }
        let theme = engine.theme.title.clone();
        Self { words, named, kind, theme }
    }

    /// Whether a subject, in stems, speaks of the kind of thing that is asked for.
    pub fn is_kind_of(&self, said: &BTreeSet<String>) -> bool {
        self.kind.as_ref().is_some_and(|kind| said.contains(kind))
    }

    /// How much more than another word one says that a subject shares.
    fn weight(&self, stem: &String) -> f32 {
        match () {
            () if !self.words.contains(stem) => THEME,
            () if self.kind.as_ref() == Some(stem) => KIND,
            () if KINDS.contains(&stem.as_str()) => OTHER_KIND,
            () => 1.0,
        }
    }
}

/// The flags that a text writes out: `--profile`.
pub fn flags(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !(c.is_alphanumeric() || c == '-'));
    words.filter(|word| word.strip_prefix("--").is_some_and(|name| name.starts_with(char::is_alphabetic)))
}

/// The flag that a sentence wants to be accepted, and not one of others that it speaks of.
pub fn wanted_flag(said: &str) -> Option<String> {
    let about = &*subject(said);
    let deed = said.strip_prefix(about).unwrap_or(said);
    let near: Vec<&str> = deed.split_whitespace().take(DEED / 2).collect();
    flags(&near.join(" ")).next().map(str::to_owned)
}

/// Whether a sentence is about a flag: that is its subject, or what is to be accepted.
fn is_about_flag(said: &str) -> bool {
    flags(&subject(said)).next().is_some() || wanted_flag(said).is_some()
}

/// The kind of thing that a sentence asks for: that of `define a hook`, and not of `the filters`. What a sentence is about
/// is asked for only where it is named at once: ``A setting `X` MUST …``.
fn kind(said: &str) -> Option<String> {
    let about = &*subject(said);
    let deed = said.strip_prefix(about).unwrap_or(said);
    let deed = deed.split_whitespace().take(DEED).collect::<Vec<_>>().join(" ");
    let named = about.split_whitespace().count() <= BETWEEN && about.contains('`');
    named.then(|| kind_in(about)).flatten().or_else(|| kind_in(&deed))
}

/// The first kind that follows an article.
fn kind_in(said: &str) -> Option<String> {
    let mut since = usize::MAX;
    for word in said.split_whitespace() {
        since = since.saturating_add(1);
        match &*word.to_lowercase() {
            "a" | "an" | "another" | "new" => since = 0,
            // A refused event is there already.
            said if said.ends_with("ed") => since = usize::MAX,
            // One thing is asked for: `a tenant's events` are there already.
            _ if word.contains('`') || word.ends_with('s') || since > BETWEEN => {}
            _ => {
                let kind = meaning(word).into_iter().find(|stem| KINDS.contains(&stem.as_str()));
                if kind.is_some() {
                    return kind;
                }
            }
        }
    }
    None
}

/// A subject cut into what it says and the names that it writes as code does.
pub fn said(commit: &Commit) -> (BTreeSet<String>, BTreeSet<String>) {
    let subject = without_kind(&commit.subject).replace('\'', "`");
    let flags = subject.split_whitespace().filter(|word| word.starts_with("--"));
    let names = exact_names(&subject).iter().map(String::as_str).chain(flags).flat_map(meaning).collect();
    (meaning(&subject).into_iter().collect(), names)
}

/// The precedents of all requirements that ask for code, in the order of the agenda, the most alike first.
///
/// # Errors
/// [`Cancelled`] once `cancel` is set.
pub fn of_requirements(engine: &Evidence<'_>, cancel: &Cancel) -> Result<Vec<(String, Vec<Precedent>)>, Cancelled> {
    let demands: Vec<&Demand> = engine.agenda.requirements.iter().filter(|demand| work(demand) == Work::Code).collect();
    let wants: Vec<Asked> = demands.iter().map(|demand| Asked::of(demand, engine)).collect();
    let words = engine.workspace.index.words();
    let known: BTreeSet<Word> =
        wants.iter().flat_map(|asked| &asked.words).filter_map(|stem| words.find(stem)).collect();
    let rarity = |stem: &str| engine.locator.rarity_in_messages(words.find(stem));
    let masses: Vec<f32> = wants.iter().map(|asked| asked.words.iter().map(|stem| rarity(stem)).sum()).collect();
    let commits = &engine.workspace.history.commits;
    let likeness = |commit: &Commit| -> Vec<f32> {
        let (said, names) = said(commit);
        let one = |(asked, mass): (&Asked, &f32)| {
            // What only made the thing that a requirement is about did nothing like it.
            if said.intersection(&asked.words).all(|stem| asked.named.contains(stem)) {
                return 0.0;
            }
            let is_asked = |stem: &&String| asked.words.contains(*stem) || asked.theme.contains(*stem);
            let (shared, besides): (Vec<&String>, Vec<&String>) = said.iter().partition(is_asked);
            let shared: f32 = shared.into_iter().map(|stem| rarity(stem) * asked.weight(stem)).sum();
            let besides =
                besides.into_iter().map(|stem| rarity(stem) * if names.contains(stem) { OTHER_NAME } else { 1.0 });
            let covered = shared / (shared + besides.sum::<f32>()).max(f32::MIN_POSITIVE);
            if covered < SAID { 0.0 } else { covered * shared / mass.max(f32::MIN_POSITIVE) }
        };
        wants.iter().zip(&masses).map(one).collect()
    };
    let all: Vec<(usize, Vec<f32>)> = commits
        .par_iter()
        .enumerate()
        .filter(|(index, _)| !engine.workspace.history.is_start(*index))
        .filter(|(_, commit)| commit.words.iter().any(|(word, _)| known.contains(word)) && makes(commit))
        .map(|(index, commit)| cancel.check().map(|()| (index, likeness(commit))))
        .collect::<Result<_, _>>()?;
    let files = &engine.workspace.files;
    let best = |demand: &&Demand| -> BTreeSet<&str> {
        engine.ranked(&demand.id).iter().take(PLACES).map(|ranked| files[ranked.file].path.as_str()).collect()
    };
    let places: Vec<BTreeSet<&str>> = demands.iter().map(best).collect();
    let removals = removals(engine);
    let others = demands.len().saturating_sub(1).max(1) as f32;
    let of = |at: usize| {
        let alike = all.iter().filter(|(_, likeness)| likeness[at] > 0.0).map(|(commit, likeness)| {
            let all: f32 = likeness.iter().sum();
            let age = 1.0 - AGED * (1.0 - 0.5f32.powf(*commit as f32 / HALF_LIFE));
            let of_kind = wants[at].is_kind_of(&said(&commits[*commit]).0);
            let near = of_kind || commits[*commit].files.iter().any(|path| places[at].contains(path.as_str()));
            let near = if near { AT_PLACE } else { 1.0 };
            let likeness = age * near * (likeness[at] + BESIDE * (all - likeness[at]) / others);
            (Precedent { commit: *commit, likeness }, age * all)
        });
        let mut alike: Vec<(Precedent, f32)> = alike.filter(|(one, _)| one.likeness >= ALIKE).collect();
        alike.sort_by(|(a, _), (b, _)| b.likeness.total_cmp(&a.likeness).then(a.commit.cmp(&b.commit)));
        // A commit that was carried over from another branch says the same twice; what is gone shows no way.
        let mut seen = BTreeSet::new();
        alike.retain(|(one, _)| seen.insert(commits[one.commit].subject.as_str()) && still_stands(engine, one.commit));
        alike.truncate(KEPT);
        alike.retain(|(one, _)| !is_undone(engine, one.commit, &removals));
        let near = alike.first().map_or(0.0, |(best, _)| NEAR * best.likeness);
        let near = alike.iter().enumerate().filter(|(_, (one, _))| one.likeness >= near);
        // Of equals the best one; `max_by` would give the last.
        if let Some((at, _)) = near.rev().max_by(|(_, (_, a)), (_, (_, b))| a.total_cmp(b)) {
            alike[..=at].rotate_right(1);
        }
        alike.into_iter().map(|(one, _)| one).collect()
    };
    Ok(demands.iter().enumerate().map(|(at, demand)| (demand.id.to_string(), of(at))).collect())
}

/// Of what a commit says, a later one that removed something must say so much to have removed that.
const UNDONE: f32 = 0.7;

/// What commits say that took something back, with their places in the history.
fn removals(engine: &Evidence<'_>) -> Vec<(usize, BTreeSet<String>)> {
    let commits = engine.workspace.history.commits.par_iter().enumerate();
    let removes = |commit: &Commit| {
        let subject = commit.subject.to_lowercase();
        ["remov", "revert", "drop"].iter().any(|verb| subject.contains(verb))
    };
    commits.filter(|(_, commit)| removes(commit)).map(|(index, commit)| (index, said(commit).0)).collect()
}

/// Whether a later commit, so one before it in the history, took back what a commit made.
fn is_undone(engine: &Evidence<'_>, commit: usize, removals: &[(usize, BTreeSet<String>)]) -> bool {
    let made = said(&engine.workspace.history.commits[commit]).0;
    let mut later = removals.iter().take_while(|(index, _)| *index < commit);
    later.any(|(_, taken)| {
        let both = made.intersection(taken).count();
        both > 1 && both as f32 >= UNDONE * made.len() as f32
    })
}

/// Whether at least half of what a commit changed is there today, and two files of it could be told.
fn still_stands(engine: &Evidence<'_>, commit: usize) -> bool {
    let files = &engine.workspace.history.commits[commit].files;
    let there = files.iter().filter(|path| engine.workspace.index(path).is_some()).count();
    let Changed { code, documents, tests } = changed(engine, commit);
    there * 2 >= files.len() && code.len() + documents.len() + tests.len() > 1
}

/// The files that a commit changed and that somebody could change again: code, documentation, tests.
#[derive(Debug, Default)]
pub struct Changed {
    pub code: Vec<usize>,
    pub documents: Vec<usize>,
    pub tests: Vec<usize>,
}

/// What a commit changed that is there today.
pub fn changed(engine: &Evidence<'_>, commit: usize) -> Changed {
    let workspace = engine.workspace;
    let mut changed = Changed::default();
    for file in workspace.history.commits[commit].files.iter().filter_map(|path| workspace.index(path)) {
        let source = &workspace.files[file];
        match () {
            () if source.is_test => changed.tests.push(file),
            () if is_document(source) => changed.documents.push(file),
            () if can_change(source) => changed.code.push(file),
            () => {}
        }
    }
    changed
}
