//! Signal: documentation that speaks of the requirement names what the file defines.

use std::collections::HashMap;

use crate::workspace::{Word, Workspace};

/// So many of the best documents are looked at.
const DOCUMENTS: usize = 8;
/// A name that more files define says nothing.
const MAX_OWNERS: usize = 3;

/// Documents with the files that they name, read once for all requirements.
#[derive(Debug, Default)]
pub struct Named {
    documents: Vec<(usize, Vec<(usize, f32)>)>,
}

impl Named {
    /// Finds what each document names.
    pub fn new(workspace: &Workspace) -> Self {
        let mut owners: HashMap<Word, Vec<usize>> = HashMap::new();
        let sources = workspace.files.iter().enumerate().filter(|(_, file)| file.language.is_some() && !file.is_test);
        for (index, file) in sources {
            for symbol in file.symbols.iter().filter(|symbol| !symbol.is_test && symbol.name.len() > 3) {
                if let Some(word) = workspace.index.words().find(&symbol.name) {
                    let owners = owners.entry(word).or_default();
                    if owners.last() != Some(&index) {
                        owners.push(index);
                    }
                }
            }
        }
        let is_document = |path: &str| [".md", ".rst", ".adoc", ".txt", ".mdx"].iter().any(|end| path.ends_with(end));
        let documents = workspace.files.iter().enumerate().filter(|(_, file)| is_document(&file.path));
        let documents = documents.map(|(index, file)| {
            let mut named: HashMap<usize, f32> = HashMap::new();
            for (word, _) in &file.identifiers {
                let owners = owners.get(word).map_or(&[][..], Vec::as_slice);
                for &owner in owners.iter().filter(|_| owners.len() <= MAX_OWNERS) {
                    *named.entry(owner).or_default() += 1.0 / owners.len() as f32;
                }
            }
            let total: f32 = named.values().sum();
            let mut named: Vec<(usize, f32)> =
                named.into_iter().map(|(file, count)| (file, count / (total + 2.0))).collect();
            named.sort_by_key(|(file, _)| *file);
            (index, named)
        });
        Self { documents: documents.collect() }
    }

    /// For each file, how well the documents that name it match; `text` is how well every file matches.
    pub fn scores(&self, workspace: &Workspace, text: &[f32]) -> Vec<f32> {
        let mut scores = vec![0.0; workspace.files.len()];
        let mut best: Vec<&(usize, Vec<(usize, f32)>)> =
            self.documents.iter().filter(|(document, _)| text[*document] > 0.0).collect();
        best.sort_by(|a, b| text[b.0].total_cmp(&text[a.0]).then(a.0.cmp(&b.0)));
        for (document, named) in best.into_iter().take(DOCUMENTS) {
            for &(file, share) in named {
                scores[file] += text[*document] * share;
            }
        }
        scores
    }
}
