//! Signal: tests that speak of the requirement test the file.

use super::super::kin;
use crate::workspace::Workspace;

/// So many of the best tests are looked at.
const TESTS: usize = 12;

/// Tests with the files that they test, read once for all requirements.
#[derive(Debug, Default)]
pub struct Tested {
    /// For each test: its index, and the files that it tests with their share.
    tests: Vec<(usize, Vec<(usize, f32)>)>,
}

impl Tested {
    /// Finds what each test file tests: the file that it is named after, and what it imports.
    pub fn new(workspace: &Workspace) -> Self {
        let mut by_stem: std::collections::HashMap<&str, Vec<usize>> = std::collections::HashMap::new();
        for (index, file) in workspace.files.iter().enumerate().filter(|(_, file)| !file.is_test) {
            by_stem.entry(kin::stem(&file.path)).or_default().push(index);
        }
        let tests = workspace.files.iter().enumerate().filter(|(_, file)| file.is_test).map(|(index, file)| {
            let mut tested = Vec::new();
            let stem = kin::tested_stem(&file.path);
            let named = by_stem.get(stem).map_or(&[][..], Vec::as_slice);
            let named: Vec<usize> =
                named.iter().copied().filter(|&other| workspace.files[other].language == file.language).collect();
            for &other in &named {
                tested.push((other, 1.0 / named.len() as f32));
            }
            let uses = &workspace.graph.uses[index];
            for &used in uses.iter().filter(|&&used| !workspace.files[used].is_test) {
                tested.push((used, 0.7 / (1.0 + uses.len() as f32).sqrt()));
            }
            (index, tested)
        });
        Self { tests: tests.collect() }
    }

    /// For each file, how well the tests of it match; `text` is how well every file matches.
    pub fn scores(&self, workspace: &Workspace, text: &[f32]) -> Vec<f32> {
        let mut scores = vec![0.0; workspace.files.len()];
        let mut best: Vec<&(usize, Vec<(usize, f32)>)> =
            self.tests.iter().filter(|(test, _)| text[*test] > 0.0).collect();
        best.sort_by(|a, b| text[b.0].total_cmp(&text[a.0]).then(a.0.cmp(&b.0)));
        for (test, tested) in best.into_iter().take(TESTS) {
            for &(file, share) in tested {
                scores[file] += text[*test] * share;
            }
        }
        scores
    }
}
