//! Signal: the file imports, or is imported by, files that other signals point at.

use crate::workspace::Workspace;

/// For each file, how strongly the seeds that it uses or is used by speak for it; who has many neighbours says less.
pub fn scores(workspace: &Workspace, seeds: &[(usize, f32)]) -> Vec<f32> {
    let mut scores = vec![0.0; workspace.files.len()];
    for &(seed, strength) in seeds {
        for neighbours in [&workspace.graph.uses[seed], &workspace.graph.used_by[seed]] {
            let share = strength / (2.0 + neighbours.len() as f32).sqrt();
            for &neighbour in neighbours {
                scores[neighbour] += share;
            }
        }
    }
    scores
}
