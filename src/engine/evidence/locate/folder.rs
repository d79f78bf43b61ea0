//! Signal: the file stands in a folder whose files speak of the requirement.

use std::collections::HashMap;

use crate::workspace::Workspace;

/// For each file, how well the best files of its folder match, itself left out.
pub fn scores(workspace: &Workspace, seeds: &[(usize, f32)]) -> Vec<f32> {
    let folder = |file: usize| workspace.files[file].path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut sums: HashMap<&str, f32> = HashMap::new();
    for &(seed, strength) in seeds {
        *sums.entry(folder(seed)).or_default() += strength;
    }
    let own: HashMap<usize, f32> = seeds.iter().copied().collect();
    let all = 0..workspace.files.len();
    let others = |file: usize| sums.get(folder(file)).map_or(0.0, |sum| sum - own.get(&file).unwrap_or(&0.0));
    all.map(others).collect()
}
