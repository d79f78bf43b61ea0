//! Signal: the file changed in the same commits as files that other signals point at.

use std::collections::HashMap;

use crate::workspace::Workspace;

/// A commit of more files is a sweep that says nothing about which belong together.
const SWEEP: usize = 20;
/// So many of a file's newest commits are looked at.
const LOOKED_AT: usize = 200;
/// A file with few commits is not believed as if it had many.
const DOUBT: f32 = 4.0;

/// For each file, how often it changed together with the seeds.
pub fn scores(workspace: &Workspace, seeds: &[(usize, f32)]) -> Vec<f32> {
    let mut scores = vec![0.0; workspace.files.len()];
    for &(seed, strength) in seeds {
        let path = &workspace.files[seed].path;
        let Some(commits) = workspace.history.by_path.get(path) else { continue };
        let mut counts: HashMap<usize, f32> = HashMap::new();
        let mut looked_at = 0.0;
        for &commit in commits.iter().take(LOOKED_AT) {
            let files = &workspace.history.commits[commit].files;
            if files.len() > SWEEP {
                continue;
            }
            looked_at += 1.0;
            for file in files.iter().filter(|file| *file != path).filter_map(|file| workspace.index(file)) {
                *counts.entry(file).or_default() += 1.0;
            }
        }
        for (file, count) in counts {
            scores[file] += strength * count / (looked_at + DOUBT);
        }
    }
    scores
}
