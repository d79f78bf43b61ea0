//! Signals: past commits whose messages resemble the requirement changed the file; all messages about it speak so.

use std::collections::HashMap;

use super::bm25;
use super::query::Query;
use crate::workspace::{Word, Workspace};

/// So many of the most alike commits count.
const ALIKE: usize = 40;
/// After so many commits, one says half as much.
const HALF_LIFE: f32 = 1500.0;

/// Commit messages by their words.
#[derive(Debug, Default)]
pub struct Past {
    postings: HashMap<Word, Vec<(u32, f32)>>,
    lengths: Vec<f32>,
    average: f32,
    /// Files of the workspace that each commit changed; none of a sweep.
    files: Vec<Vec<usize>>,
    /// For each file, the length of all messages about it, its average, and the number of files that have any.
    said: Vec<f32>,
    average_said: f32,
    told: usize,
}

impl Past {
    /// Indexes the messages of all commits that are no sweep.
    pub fn new(workspace: &Workspace) -> Self {
        let mut past = Self::default();
        for (index, commit) in workspace.history.commits.iter().enumerate() {
            let sweep = commit.is_sweep();
            let words: &[(Word, u32)] = if sweep { &[] } else { &commit.words };
            let files = commit.files.iter().filter(|_| !sweep).filter_map(|path| workspace.index(path));
            past.files.push(files.collect());
            past.lengths.push(words.iter().map(|(_, count)| *count as f32).sum());
            for &(word, count) in words {
                past.postings.entry(word).or_default().push((index as u32, count as f32));
            }
        }
        past.said = vec![0.0; workspace.files.len()];
        for (length, files) in past.lengths.iter().zip(&past.files) {
            for &file in files {
                past.said[file] += length;
            }
        }
        past.told = past.said.iter().filter(|length| **length > 0.0).count();
        past.average_said = past.said.iter().sum::<f32>() / past.told.max(1) as f32;
        past.average = past.lengths.iter().sum::<f32>() / past.lengths.len().max(1) as f32;
        past
    }

    /// How rare a word is in messages.
    pub fn rarity(&self, word: Option<Word>) -> f32 {
        let spread = word.and_then(|word| self.postings.get(&word)).map_or(0, Vec::len);
        bm25::rarity(self.lengths.len(), spread)
    }

    /// Commits like a query with their likeness, most alike first.
    pub fn alike(&self, query: &Query) -> Vec<(usize, f32)> {
        let mut scores = vec![0.0f32; self.lengths.len()];
        for wanted in query.all() {
            let Some(postings) = wanted.word.and_then(|word| self.postings.get(&word)) else { continue };
            let rarity = bm25::rarity(self.lengths.len(), postings.len());
            for &(commit, count) in postings {
                let norm = bm25::norm(self.lengths[commit as usize], self.average);
                scores[commit as usize] += wanted.weight * rarity * bm25::saturated(count / norm);
            }
        }
        let mut alike: Vec<(usize, f32)> = scores.into_iter().enumerate().filter(|(_, score)| *score > 0.0).collect();
        alike.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        alike.truncate(ALIKE);
        alike
    }

    /// How much commits that are alike speak for each file; those of long ago say less, and those of many files.
    pub fn scores(&self, workspace: &Workspace, alike: &[(usize, f32)]) -> Vec<f32> {
        let mut scores = vec![0.0; workspace.files.len()];
        for &(commit, likeness) in alike {
            let files = &self.files[commit];
            let age = 0.5f32.powf(commit as f32 / HALF_LIFE);
            for &file in files {
                scores[file] += age * likeness * likeness / (files.len() as f32).sqrt();
            }
        }
        scores
    }

    /// How well the messages of all commits that changed a file match, as if they were one text.
    pub fn messages(&self, query: &Query) -> Vec<f32> {
        let mut scores = vec![0.0f32; self.said.len()];
        for wanted in query.all() {
            let Some(postings) = wanted.word.and_then(|word| self.postings.get(&word)) else { continue };
            let mut said: HashMap<usize, f32> = HashMap::new();
            for &(commit, count) in postings {
                let files = &self.files[commit as usize];
                for &file in files {
                    *said.entry(file).or_default() += count.min(2.0) / (files.len() as f32).sqrt();
                }
            }
            let rarity = bm25::rarity(self.told, said.len());
            for (file, count) in said {
                let norm = bm25::norm(self.said[file], self.average_said);
                scores[file] += wanted.weight * rarity * bm25::saturated(count / norm);
            }
        }
        scores
    }
}
