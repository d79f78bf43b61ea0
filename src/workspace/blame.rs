//! Which commit wrote each line of a file.

use std::collections::HashMap;
use std::path::Path;

use super::{Cancel, History, history};

impl History {
    /// The lines of a file as they were committed last, each with the commit that wrote it, as an index; `None` for one of
    /// which the history does not know. Empty if git does not say.
    pub fn of_lines(&self, root: &Path, path: &str) -> Vec<(String, Option<usize>)> {
        // Of the working tree git would run the filters, and without the option the converters, that a repository names.
        let arguments = ["blame", "--porcelain", "--no-textconv", "-w", "HEAD", "--", path].map(str::to_owned);
        let said = history::git(root, &arguments, &Cancel::default()).ok().flatten().unwrap_or_default();
        let length = self.commits.first().map_or(0, |commit| commit.id.len());
        let known: HashMap<&str, usize> =
            self.commits.iter().enumerate().map(|(index, commit)| (commit.id.as_str(), index)).collect();
        let mut current = None;
        let mut lines = Vec::new();
        for line in said.lines() {
            // What a line says follows a tab; before it stands who wrote it.
            if let Some(text) = line.strip_prefix('\t') {
                lines.push((text.to_owned(), current));
            } else if let Some((id, _)) = line.split_once(' ').filter(|(id, _)| is_id(id)) {
                current = id.get(..length).and_then(|id| known.get(id)).copied();
            }
        }
        lines
    }
}

/// Whether a word is a whole id of a commit, in SHA-1 or SHA-256.
fn is_id(word: &str) -> bool {
    matches!(word.len(), 40 | 64) && word.chars().all(|c| c.is_ascii_hexdigit())
}
