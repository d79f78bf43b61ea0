//! Past commits that resemble a requirement, and the files that they changed.

use std::collections::{BTreeMap, HashMap};

use super::index::Query;
use crate::text::stems;
use crate::workspace::{Commit, History};

/// A commit of more files is a sweep.
const SWEEP: usize = 20;
/// So many of the most alike commits count.
const ALIKE: usize = 40;

/// Commit messages by their words.
#[derive(Debug, Default)]
pub struct Past {
    postings: HashMap<String, Vec<(u32, f32)>>,
    lengths: Vec<f32>,
    average: f32,
}

impl Past {
    /// Indexes the subjects of all commits that are no sweep.
    pub fn new(history: &History) -> Self {
        let mut past = Self::default();
        for (index, commit) in history.commits.iter().enumerate() {
            let words = if commit.files.len() <= SWEEP { stems(&commit.subject) } else { Vec::new() };
            past.lengths.push(words.len() as f32);
            let mut counts: BTreeMap<String, f32> = BTreeMap::new();
            for word in words {
                *counts.entry(word).or_default() += 1.0;
            }
            for (word, count) in counts {
                past.postings.entry(word).or_default().push((index as u32, count));
            }
        }
        past.average = past.lengths.iter().sum::<f32>() / past.lengths.len().max(1) as f32;
        past
    }

    /// Commits like a query with their likeness, most alike first.
    pub fn alike(&self, query: &Query) -> Vec<(usize, f32)> {
        let total = self.lengths.len() as f32;
        let mut scores: BTreeMap<u32, f32> = BTreeMap::new();
        for (word, weight) in query {
            let Some(postings) = self.postings.get(word) else { continue };
            let df = postings.len() as f32;
            let rarity = (1.0 + (total - df + 0.5) / (df + 0.5)).ln();
            for &(commit, count) in postings {
                let norm = 0.25 + 0.75 * self.lengths[commit as usize] / self.average.max(1.0);
                *scores.entry(commit).or_default() += weight * rarity * count * 2.2 / (count + 1.2 * norm);
            }
        }
        let mut alike: Vec<(usize, f32)> = scores.into_iter().map(|(commit, score)| (commit as usize, score)).collect();
        alike.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        alike.truncate(ALIKE);
        alike
    }

    /// How much the commits like a query speak for each path.
    pub fn paths<'h>(&self, history: &'h History, query: &Query) -> BTreeMap<&'h str, f32> {
        let mut paths: BTreeMap<&str, f32> = BTreeMap::new();
        for (commit, likeness) in self.alike(query) {
            let files: &Vec<String> = &history.commits[commit].files;
            for file in files {
                *paths.entry(file).or_default() += likeness * likeness / (files.len() as f32).sqrt();
            }
        }
        paths
    }
}

/// A commit as a sentence names it.
pub fn named(commit: &Commit) -> String {
    format!("`{}` “{}”", commit.id, commit.subject.replace('`', "'"))
}
