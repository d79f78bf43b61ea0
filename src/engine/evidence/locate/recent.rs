//! Signal: the file changes often these days.

use crate::workspace::Workspace;

/// So many of the newest commits count, the newest twice as much as the middle one.
const COMMITS: usize = 600;

/// For each file, how often it changed lately; every further change says less.
pub fn scores(workspace: &Workspace) -> Vec<f32> {
    let mut scores = vec![0.0f32; workspace.files.len()];
    let commits = workspace.history.commits.iter().take(COMMITS).enumerate();
    for (age, commit) in commits.filter(|(_, commit)| !commit.is_sweep()) {
        let weight = 0.5f32.powf(age as f32 / (COMMITS as f32 / 2.0));
        for file in commit.files.iter().filter_map(|path| workspace.index(path)) {
            scores[file] += weight;
        }
    }
    scores.iter().map(|score| score.ln_1p()).collect()
}
