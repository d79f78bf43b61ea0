//! Ranks files by the words of a requirement: BM25F over path, symbols, comments and text.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

use crate::text::stems;
use crate::workspace::Workspace;

/// How a file's parts weigh, and how much their length counts against them (Robertson and Zaragoza, 2009).
const FIELDS: [(f32, f32); 4] = [(2.5, 0.3), (2.0, 0.6), (1.2, 0.6), (1.0, 0.75)];
const K1: f32 = 1.2;

/// Words of a query with their weights.
pub type Query = BTreeMap<String, f32>;

/// The ranking of one file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// Index in `Workspace::files`.
    pub file: usize,
    /// BM25F score.
    pub score: f32,
}

/// An inverted index of all files that a requirement could touch.
#[derive(Debug, Default)]
pub struct Index {
    postings: HashMap<String, Vec<(u32, f32)>>,
    files: usize,
}

impl Index {
    /// Indexes the files that `keep` lets in.
    pub fn new(workspace: &Workspace, keep: impl Fn(usize) -> bool + Sync) -> Self {
        let kept: Vec<usize> = (0..workspace.files.len()).filter(|&file| keep(file)).collect();
        let fields: Vec<[HashMap<String, u32>; 4]> =
            kept.par_iter().map(|&file| field_words(workspace, file)).collect();
        let mut average = [0.0f32; 4];
        for file in &fields {
            for (sum, words) in average.iter_mut().zip(file) {
                *sum += words.values().sum::<u32>() as f32 / kept.len().max(1) as f32;
            }
        }
        let mut postings: HashMap<String, Vec<(u32, f32)>> = HashMap::new();
        for (&file, fields) in kept.iter().zip(fields) {
            let mut weights: HashMap<String, f32> = HashMap::new();
            for (((weight, length_weight), average), words) in FIELDS.iter().zip(average).zip(fields) {
                let length = words.values().sum::<u32>() as f32;
                let norm = 1.0 - length_weight + length_weight * length / average.max(1.0);
                for (word, count) in words {
                    *weights.entry(word).or_default() += weight * count as f32 / norm;
                }
            }
            for (word, weight) in weights {
                postings.entry(word).or_default().push((file as u32, weight));
            }
        }
        Self { postings, files: kept.len() }
    }

    /// Whether some file has a word.
    pub fn knows(&self, word: &str) -> bool {
        self.postings.contains_key(word)
    }

    /// How rare a word is; a word that no file has is the rarest.
    pub fn rarity(&self, word: &str) -> f32 {
        let (n, df) = (self.files as f32, self.postings.get(word).map_or(0, Vec::len) as f32);
        (1.0 + (n - df + 0.5) / (df + 0.5)).ln()
    }

    /// Files by their score, best first; equal scores in order of path.
    pub fn rank(&self, query: &Query) -> Vec<Hit> {
        let mut scores: BTreeMap<u32, f32> = BTreeMap::new();
        for (word, weight) in query {
            let rarity = self.rarity(word);
            for &(file, frequency) in self.postings.get(word).into_iter().flatten() {
                *scores.entry(file).or_default() += weight * rarity * frequency / (K1 + frequency);
            }
        }
        let mut hits: Vec<Hit> = scores.into_iter().map(|(file, score)| Hit { file: file as usize, score }).collect();
        hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.file.cmp(&b.file)));
        hits
    }
}

fn field_words(workspace: &Workspace, file: usize) -> [HashMap<String, u32>; 4] {
    let file = &workspace.files[file];
    let names: Vec<&str> = file.symbols.iter().map(|symbol| symbol.name.as_str()).collect();
    let docs: Vec<&str> = file.symbols.iter().map(|symbol| symbol.doc.as_str()).collect();
    let body = file.terms.iter().map(|(word, count)| (word.to_string(), *count)).collect();
    [count(&file.path), count(&names.join(" ")), count(&docs.join(" ")), body]
}

fn count(text: &str) -> HashMap<String, u32> {
    let mut counts = HashMap::new();
    for stem in stems(text) {
        *counts.entry(stem).or_default() += 1;
    }
    counts
}
