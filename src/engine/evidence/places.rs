//! Finds the files and definitions that a requirement touches, and says why.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::locate::{Query, WEIGHTY};
use super::{Evidence, kin};
use crate::document::Demand;
use crate::research::Strength;
use crate::text::{split_identifier, stems};
use crate::workspace::{Commit, SourceFile, Workspace};

/// A place that a requirement touches.
#[derive(Debug, Clone, PartialEq)]
pub struct Spot {
    /// Index in `Workspace::files`.
    pub file: usize,
    /// How surely.
    pub strength: Strength,
    /// Rank among the places of its requirement.
    pub score: f32,
    /// Indices of the definitions that match best.
    pub symbols: Vec<usize>,
    /// The requirement's words that its path and definitions name.
    pub words: Vec<String>,
    /// The most alike past commit that changed it.
    pub commit: Option<usize>,
}

/// Candidates that are looked at closely.
const CANDIDATES: usize = 12;
/// Places kept for one requirement.
const KEPT: usize = 4;
/// A candidate with less than this share of the best score is noise.
const SHARE: f32 = 0.4;

/// Folders whose files show, measure or translate the product and are not the product.
const ELSEWHERE: &[&str] = &[
    "__snapshots__",
    "benches",
    "benchmark",
    "benchmarks",
    "dist",
    "docs",
    "docs_src",
    "example",
    "examples",
    "fixtures",
    "generated",
    "locale",
    "locales",
    "migrations",
    "playground",
    "snapshots",
    "testdata",
];

/// Whether a requirement could make somebody change this file.
pub fn can_change(file: &SourceFile) -> bool {
    let ending = file.path.rsplit_once('.').map_or("", |(_, ending)| ending);
    let example = file.path.split('/').rev().skip(1).any(|part| ELSEWHERE.contains(&part));
    !file.is_test
        && !file.path.ends_with(".d.ts")
        && !example
        && (file.language.is_some()
            || matches!(
                ending,
                "sql"
                    | "proto"
                    | "graphql"
                    | "vue"
                    | "svelte"
                    | "erb"
                    | "kt"
                    | "swift"
                    | "scala"
                    | "ex"
                    | "lua"
                    | "el"
                    | "sh"
            ))
}

/// In how many files' paths and definitions each word stands.
pub fn named(workspace: &Workspace) -> HashMap<String, usize> {
    let mut counts = HashMap::new();
    for file in workspace.files.iter().filter(|file| can_change(file)) {
        let mut words: BTreeSet<String> = stems(&file.path).into_iter().collect();
        words.extend(file.symbols.iter().flat_map(|symbol| stems(&symbol.name)));
        for word in words {
            *counts.entry(word).or_default() += 1;
        }
    }
    counts
}

/// The places of one requirement, the surest first; none where nothing but chance speaks for any.
pub fn find(engine: &Evidence<'_>, demand: &Demand) -> Vec<Spot> {
    let workspace = engine.workspace;
    let query = engine.query(demand);
    let ranked: Vec<(usize, f32)> =
        engine.locator.rank(query).iter().map(|ranked| (ranked.file, ranked.score)).collect();
    let best = ranked.first().map_or(0.0, |(_, score)| *score);
    let alike = alike(engine, query);
    let exact = &query.names;
    let originals = original_words(demand);
    let mut spots: Vec<Spot> = ranked
        .into_iter()
        .enumerate()
        // A file that bears a name from inline code is looked at wherever it ranks.
        .filter(|(rank, (file, score))| {
            *rank < CANDIDATES && *score >= SHARE * best || exact.contains(kin::stem(&workspace.files[*file].path))
        })
        .map(|(_, ranked)| ranked)
        .filter_map(|(file, score)| {
            let commit = alike
                .iter()
                .copied()
                .find(|&commit| workspace.history.commits[commit].files.contains(&workspace.files[file].path));
            judge(engine, file, score / best, query, &originals, commit)
        })
        .collect();
    spots.sort_by(|a, b| b.strength.cmp(&a.strength).then(b.score.total_cmp(&a.score)).then(a.file.cmp(&b.file)));
    // Weak signs are worth telling only where there is nothing better.
    if spots.first().is_some_and(|spot| spot.strength > Strength::Possible) {
        spots.retain(|spot| spot.strength > Strength::Possible);
    } else {
        spots.truncate(1);
    }
    spots.truncate(KEPT);
    spots
}

/// A commit of more files than this did several things.
const FOCUSED: usize = 10;

/// Past commits whose subjects share two weighty words with a query, most alike first.
pub fn alike(engine: &Evidence<'_>, query: &Query) -> Vec<usize> {
    let weighty = query.words.iter().filter(|wanted| wanted.weight >= WEIGHTY);
    let weighty: BTreeSet<&str> = weighty.map(|wanted| wanted.stem.as_str()).collect();
    let commits = &engine.workspace.history.commits;
    let shares = |commit: &usize| {
        commits[*commit].files.len() <= FOCUSED && {
            let said: BTreeSet<String> = stems(&commits[*commit].subject).into_iter().collect();
            said.iter().filter(|stem| weighty.contains(stem.as_str())).count() >= 2
        }
    };
    engine.locator.alike(query).into_iter().map(|(commit, _)| commit).filter(shares).collect()
}

fn judge(
    engine: &Evidence<'_>,
    file: usize,
    score: f32,
    query: &Query,
    originals: &BTreeMap<String, String>,
    commit: Option<usize>,
) -> Option<Spot> {
    let source = &engine.workspace.files[file];
    let exact = &query.names;
    // Only the demand's own words say what a place is about; its criteria help to rank.
    let weighty: Vec<(&String, f32)> = query
        .words
        .iter()
        .filter(|wanted| wanted.weight >= WEIGHTY)
        .map(|wanted| (&wanted.stem, wanted.weight * engine.locator.text.rarity(wanted.word)))
        .collect();
    let total: f32 = weighty.iter().map(|(_, mass)| mass).sum();
    let path: BTreeSet<String> = stems(&source.path).into_iter().collect();
    let mut named: BTreeSet<String> = path;
    for symbol in source.symbols.iter().filter(|symbol| !symbol.is_test) {
        named.extend(stems(&symbol.name));
    }
    let hits: Vec<(&String, f32)> =
        weighty.iter().filter(|(word, _)| named.contains(*word)).map(|(w, m)| (*w, *m)).collect();
    let mass = hits.iter().map(|(_, mass)| mass).sum::<f32>() / total.max(f32::MIN_POSITIVE);
    // A file that bears a name from inline code, as `check.rs` does for `groundplan check`, is meant by it.
    let stem = kin::stem(&source.path);
    let bears = exact.iter().any(|name| name == stem) && hits.len() >= 2;
    // A word of plain prose is no identifier, whatever some function is called.
    let is_name =
        |name: &String| name.contains('_') || name.contains("::") || name.chars().skip(1).any(char::is_uppercase);
    let defines = |name: &String| {
        let defined = source.symbols.iter().filter(|symbol| !symbol.is_test);
        defined.into_iter().any(|symbol| symbol.name == *name || name.ends_with(&format!("::{}", symbol.name)))
    };
    let names_exactly = bears || exact.iter().any(|name| is_name(name) && defines(name));
    let mut symbols: Vec<usize> =
        engine.locator.definitions(file, query).into_iter().take(2).map(|(at, _)| at).collect();
    if symbols.is_empty() {
        symbols.extend(source.symbols.iter().position(|symbol| !symbol.is_test));
    }
    // A word that many files name in their definitions says little about any of them.
    let telling =
        hits.iter().filter(|(word, _)| engine.named_in(word) * 6 <= engine.workspace.files.len().max(12)).count();
    let strength = if names_exactly || (hits.len() >= 2 && telling >= 1 && mass >= 0.5) {
        Strength::Strong
    } else if (hits.len() >= 2 && telling >= 1 && mass >= 0.28)
        || (!hits.is_empty() && commit.is_some() && score >= 0.75)
    {
        Strength::Likely
    } else if !hits.is_empty() {
        Strength::Possible
    } else {
        return None;
    };
    let mut words: Vec<(&String, f32)> = hits;
    words.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
    let words = words.into_iter().take(4).map(|(stem, _)| originals.get(stem).unwrap_or(stem).clone()).collect();
    Some(Spot { file, strength, score, symbols, words, commit })
}

/// The requirement's words by their stems, as the requirement writes them.
fn original_words(demand: &Demand) -> BTreeMap<String, String> {
    let mut words = BTreeMap::new();
    for word in split_identifier(&demand.summary()) {
        for stem in stems(&word) {
            words.entry(stem).or_insert_with(|| word.clone());
        }
    }
    words
}

/// A commit as a sentence names it.
pub fn named_commit(commit: &Commit) -> String {
    format!("`{}` “{}”", commit.id, commit.subject.replace('`', "'"))
}

impl Spot {
    /// Why the place was chosen, with the sources' words.
    pub fn reason(&self, engine: &Evidence<'_>) -> String {
        let words: Vec<String> = self.words.iter().map(|word| format!("“{word}”")).collect();
        let mut reason = format!("its path and definitions name {}", crate::research::joined(&words));
        if let Some(commit) = self.commit {
            reason
                .push_str(&format!("; commit {} changed it", named_commit(&engine.workspace.history.commits[commit])));
        }
        reason
    }
}
