//! Finds the files and definitions that a requirement touches, and says why.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Evidence;
use super::index::Query;
use super::{kin, past};
use crate::document::Demand;
use crate::research::{Strength, deed};
use crate::text::{split_identifier, stems};
use crate::workspace::{SourceFile, Symbol, SymbolKind, Workspace};

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
/// Weight of the commits' voice beside the text's (facts: 0.5 cut the misses by a quarter to two fifths).
const HISTORY: f32 = 0.5;

/// Whether a requirement could make somebody change this file.
pub fn can_change(file: &SourceFile) -> bool {
    let ending = file.path.rsplit_once('.').map_or("", |(_, ending)| ending);
    let example = file
        .path
        .split('/')
        .any(|part| matches!(part, "examples" | "example" | "fixtures" | "testdata" | "benches" | "docs"));
    !file.is_test
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

/// The words of a requirement: its statement and title count most, its criteria less, quoted names double.
pub fn query(demand: &Demand) -> Query {
    let mut query = Query::new();
    let mut add = |text: &str, weight: f32| {
        for stem in stems(text) {
            let entry = query.entry(stem).or_default();
            *entry = entry.max(weight);
        }
    };
    for criterion in &demand.criteria {
        add(&criterion.text, 0.4);
    }
    add(&demand.statement, 0.8);
    add(&deed(&demand.statement), 1.0);
    if let Some(title) = &demand.title {
        add(title, 1.2);
    }
    for name in exact_names(demand) {
        add(&name, 1.6);
    }
    let commands = demand.statement.split('`').skip(1).step_by(2).filter(|code| code.contains(' '));
    for program in commands.filter_map(|code| code.split(' ').next()) {
        for stem in stems(program) {
            query.insert(stem, 0.1);
        }
    }
    query
}

/// Names that the requirement writes as code would: `OrderStore`, `order_store`, and what stands in inline code.
fn exact_names(demand: &Demand) -> BTreeSet<String> {
    let criteria: Vec<&str> = demand.criteria.iter().map(|criterion| &*criterion.text).collect();
    let text = format!("{} {}", demand.summary(), criteria.join(" "));
    // Of a command line in inline code, the first word is the program, which names nothing inside it.
    let in_code = text.split('`').skip(1).step_by(2).flat_map(|code| {
        let words: Vec<&str> = code.split(|c: char| !(c.is_alphanumeric() || "_-:./".contains(c))).collect();
        let from = usize::from(words.len() > 1);
        words.into_iter().skip(from).collect::<Vec<_>>()
    });
    let in_prose = text
        .split(|c: char| c.is_whitespace() || ",;()[]\"'“”`".contains(c))
        .map(|word| word.trim_matches(['.', ':', '!', '?']))
        .filter(|word| {
            let inner = word.trim_start_matches(|c: char| c.is_uppercase());
            let camel = inner.len() < word.len()
                && inner.contains(|c: char| c.is_uppercase())
                && inner.contains(|c: char| c.is_lowercase());
            let lower_camel = word.starts_with(|c: char| c.is_lowercase()) && word.contains(|c: char| c.is_uppercase());
            word.len() > 4 && (camel || lower_camel || word.contains('_') || word.contains("::"))
        });
    let names = in_code.chain(in_prose).map(|name| name.trim_matches(['-', '.', ':', '/']));
    names.filter(|name| name.len() > 2).map(str::to_owned).collect()
}

/// The places of one requirement, the surest first; none where nothing but chance speaks for any.
pub fn find(engine: &Evidence<'_>, demand: &Demand) -> Vec<Spot> {
    let workspace = engine.workspace;
    let query = query(demand);
    let text = engine.index.rank(&query);
    let Some(best_text) = text.first().map(|hit| hit.score) else { return Vec::new() };
    let history = engine.past.paths(&workspace.history, &query);
    let best_history = history.values().copied().fold(0.0f32, f32::max);
    let mut scores: BTreeMap<usize, f32> = text.iter().take(200).map(|hit| (hit.file, hit.score / best_text)).collect();
    for (path, voice) in &history {
        if let Some(file) = workspace.index(path).filter(|&file| can_change(&workspace.files[file])) {
            *scores.entry(file).or_default() += HISTORY * voice / best_history.max(f32::MIN_POSITIVE);
        }
    }
    let mut ranked: Vec<(usize, f32)> = scores.into_iter().collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let best = ranked.first().map_or(0.0, |(_, score)| *score);
    let alike = alike(engine, &query);
    let exact: BTreeSet<String> = exact_names(demand);
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
            judge(engine, file, score / best, &query, &exact, &originals, commit)
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
    let weighty: BTreeSet<&String> = query.iter().filter(|(_, weight)| **weight >= 0.8).map(|(word, _)| word).collect();
    let commits = &engine.workspace.history.commits;
    let shares = |commit: &usize| {
        commits[*commit].files.len() <= FOCUSED && {
            stems(&commits[*commit].subject).iter().collect::<BTreeSet<_>>().intersection(&weighty).count() >= 2
        }
    };
    engine.past.alike(query).into_iter().map(|(commit, _)| commit).filter(shares).collect()
}

fn judge(
    engine: &Evidence<'_>,
    file: usize,
    score: f32,
    query: &Query,
    exact: &BTreeSet<String>,
    originals: &BTreeMap<String, String>,
    commit: Option<usize>,
) -> Option<Spot> {
    let source = &engine.workspace.files[file];
    // Only the demand's own words say what a place is about; its criteria help to rank.
    let weighty: Vec<(&String, f32)> = query
        .iter()
        .filter(|(_, weight)| **weight >= 0.8)
        .map(|(word, weight)| (word, weight * engine.index.rarity(word)))
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
    let symbols = best_symbols(&source.symbols, &weighty);
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

/// The two definitions whose names and comments say most of the query; else the first that is no test.
fn best_symbols(symbols: &[Symbol], query: &[(&String, f32)]) -> Vec<usize> {
    let mut scored: Vec<(f32, usize)> = symbols
        .iter()
        .enumerate()
        .filter(|(_, symbol)| !symbol.is_test && symbol.kind != SymbolKind::Constant)
        .map(|(index, symbol)| {
            let name: BTreeSet<String> = stems(&symbol.qualified()).into_iter().collect();
            let doc: BTreeSet<String> = stems(&symbol.doc).into_iter().collect();
            let score = query
                .iter()
                .map(|(word, mass)| {
                    let in_name = if name.contains(*word) { 2.0 } else { 0.0 };
                    mass * (in_name + if doc.contains(*word) { 1.0 } else { 0.0 })
                })
                .sum::<f32>();
            // A long name says a word among many others.
            (score / (2.0 + name.len() as f32).sqrt(), index)
        })
        .filter(|(score, _)| *score > 0.0)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut best: Vec<usize> = scored.into_iter().take(2).map(|(_, index)| index).collect();
    if best.is_empty() {
        best.extend(symbols.iter().position(|symbol| !symbol.is_test));
    }
    best
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

impl Spot {
    /// Why the place was chosen, with the sources' words.
    pub fn reason(&self, engine: &Evidence<'_>) -> String {
        let words: Vec<String> = self.words.iter().map(|word| format!("“{word}”")).collect();
        let mut reason = format!("its path and definitions name {}", crate::research::joined(&words));
        if let Some(commit) = self.commit {
            reason.push_str(&format!("; commit {} changed it", past::named(&engine.workspace.history.commits[commit])));
        }
        reason
    }
}
