//! Signals: the words of a requirement stand in the file, and in its path; BM25F over path, names, comments, literals and code.

use std::collections::HashMap;

use rayon::prelude::*;

use super::bm25;
use super::query::Query;
use crate::text::terms;
use crate::workspace::{Part, SourceFile, Word, Workspace};

/// How the parts of a file weigh, and how much their length counts against them (Robertson and Zaragoza, 2009).
/// The order is that of [`PARTS`], the path comes last.
const FIELDS: [(f32, f32); 6] = [(1.0, 0.75), (0.8, 0.75), (0.8, 0.75), (1.5, 0.5), (1.0, 0.75), (2.5, 0.3)];
const PARTS: [Part; 5] = [Part::Code, Part::Comment, Part::Literal, Part::Name, Part::Pair];
const PATH: usize = 5;

/// Where the words of all queries stand.
#[derive(Debug, Default)]
pub struct Text {
    postings: HashMap<Word, Vec<(u32, f32)>>,
    /// The same for paths alone.
    paths: HashMap<Word, Vec<(u32, f32)>>,
    /// Number of files among those that can change that have a word.
    spread: HashMap<Word, usize>,
    /// Number of files that can change.
    files: usize,
    all: usize,
}

impl Text {
    /// Reads where the words of the queries stand. Rarity is that among the files that `counts` lets in.
    pub fn new(workspace: &Workspace, queries: &[Query], counts: impl Fn(usize) -> bool + Sync) -> Self {
        let lexicon = workspace.index.words();
        let wanted: Vec<Word> = queries.iter().flat_map(Query::all).filter_map(|wanted| wanted.word).collect();
        let mut is_wanted = vec![false; wanted.iter().max().map_or(0, |most| *most as usize + 1)];
        for word in &wanted {
            is_wanted[*word as usize] = true;
        }
        let is_wanted = |word: Word| is_wanted.get(word as usize).copied().unwrap_or(false);
        let path_words = |file: &SourceFile| -> (Vec<(Word, u32)>, u32) {
            let found = terms(&file.path);
            let length = found.words.len() as u32;
            let named = found.words.iter().chain(&found.pairs).filter_map(|stem| lexicon.find(stem));
            (named.filter(|word| is_wanted(*word)).map(|word| (word, 1)).collect(), length)
        };
        // For each file, its wanted words by field, and the length of each field.
        type Read = (Vec<(usize, Word, u32)>, [u32; 6]);
        let read: Vec<Read> = workspace
            .files
            .par_iter()
            .map(|file| {
                let mut lengths = [0; 6];
                let mut found = Vec::new();
                for (field, part) in PARTS.into_iter().enumerate() {
                    for &(word, count) in file.terms(part) {
                        lengths[field] += count;
                        if is_wanted(word) {
                            found.push((field, word, count));
                        }
                    }
                }
                let (path, length) = path_words(file);
                lengths[PATH] = length;
                found.extend(path.into_iter().map(|(word, count)| (PATH, word, count)));
                (found, lengths)
            })
            .collect();
        let files = (0..workspace.files.len()).filter(|&file| counts(file)).count();
        let mut average = [0.0f32; 6];
        for (_, lengths) in read.iter().enumerate().filter(|(file, _)| counts(*file)).map(|(_, read)| read) {
            for (sum, length) in average.iter_mut().zip(lengths) {
                *sum += *length as f32 / files.max(1) as f32;
            }
        }
        let mut text = Self { files, all: workspace.files.len(), ..Self::default() };
        for (file, (found, lengths)) in read.into_iter().enumerate() {
            let mut weights: HashMap<Word, f32> = HashMap::new();
            for (field, word, count) in found {
                let (weight, length_weight) = FIELDS[field];
                let norm = bm25::norm_with(length_weight, lengths[field] as f32, average[field]);
                *weights.entry(word).or_default() += weight * count as f32 / norm;
                if field == PATH {
                    text.paths.entry(word).or_default().push((file as u32, count as f32 / norm));
                }
            }
            for (word, weight) in weights {
                text.postings.entry(word).or_default().push((file as u32, weight));
                if counts(file) {
                    *text.spread.entry(word).or_default() += 1;
                }
            }
        }
        text
    }

    /// Whether some file that can change has a word.
    pub fn knows(&self, word: Option<Word>) -> bool {
        word.is_some_and(|word| self.spread.contains_key(&word))
    }

    /// How rare a word is; a word that no file has is the rarest.
    pub fn rarity(&self, word: Option<Word>) -> f32 {
        let spread = word.and_then(|word| self.spread.get(&word)).copied().unwrap_or(0);
        bm25::rarity(self.files, spread)
    }

    /// How well the path of every file matches, by itself: whoever named a file said what it is about.
    pub fn path_scores(&self, query: &Query) -> Vec<f32> {
        self.sum(&self.paths, query)
    }

    /// How well every file matches.
    pub fn scores(&self, query: &Query) -> Vec<f32> {
        self.sum(&self.postings, query)
    }

    fn sum(&self, postings: &HashMap<Word, Vec<(u32, f32)>>, query: &Query) -> Vec<f32> {
        let mut scores = vec![0.0; self.all];
        for wanted in query.all() {
            let Some(postings) = wanted.word.and_then(|word| postings.get(&word)) else { continue };
            let rarity = self.rarity(wanted.word);
            for &(file, frequency) in postings {
                scores[file as usize] += wanted.weight * rarity * bm25::saturated(frequency);
            }
        }
        scores
    }
}
