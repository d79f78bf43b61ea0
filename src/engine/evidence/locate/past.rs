//! Signal: past commits whose messages resemble the requirement changed the file.

use std::collections::HashMap;

use super::query::Query;
use crate::workspace::{History, Word, Workspace};

/// A commit of more files is a sweep.
const SWEEP: usize = 20;
/// So many of the most alike commits count.
const ALIKE: usize = 40;

/// Commit messages by their words.
#[derive(Debug, Default)]
pub struct Past {
    postings: HashMap<Word, Vec<(u32, f32)>>,
    lengths: Vec<f32>,
    average: f32,
}

impl Past {
    /// Indexes the messages of all commits that are no sweep.
    pub fn new(history: &History) -> Self {
        let mut past = Self::default();
        for (index, commit) in history.commits.iter().enumerate() {
            let words: &[(Word, u32)] = if commit.files.len() <= SWEEP { &commit.words } else { &[] };
            past.lengths.push(words.iter().map(|(_, count)| *count as f32).sum());
            for &(word, count) in words {
                past.postings.entry(word).or_default().push((index as u32, count as f32));
            }
        }
        past.average = past.lengths.iter().sum::<f32>() / past.lengths.len().max(1) as f32;
        past
    }

    /// Commits like a query with their likeness, most alike first.
    pub fn alike(&self, query: &Query) -> Vec<(usize, f32)> {
        let total = self.lengths.len() as f32;
        let mut scores = vec![0.0f32; self.lengths.len()];
        for wanted in query.all() {
            let Some(postings) = wanted.word.and_then(|word| self.postings.get(&word)) else { continue };
            let df = postings.len() as f32;
            let rarity = (1.0 + (total - df + 0.5) / (df + 0.5)).ln();
            for &(commit, count) in postings {
                let norm = 0.25 + 0.75 * self.lengths[commit as usize] / self.average.max(1.0);
                scores[commit as usize] += wanted.weight * rarity * count * 2.2 / (count + 1.2 * norm);
            }
        }
        let mut alike: Vec<(usize, f32)> = scores.into_iter().enumerate().filter(|(_, score)| *score > 0.0).collect();
        alike.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        alike.truncate(ALIKE);
        alike
    }

    /// How much commits that are alike speak for each file.
    pub fn scores(&self, workspace: &Workspace, alike: &[(usize, f32)]) -> Vec<f32> {
        let mut scores = vec![0.0; workspace.files.len()];
        for &(commit, likeness) in alike {
            let files = &workspace.history.commits[commit].files;
            for file in files.iter().filter_map(|path| workspace.index(path)) {
                scores[file] += likeness * likeness / (files.len() as f32).sqrt();
            }
        }
        scores
    }
}
