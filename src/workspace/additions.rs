//! What the last commits to a file brought into it.

use std::collections::HashMap;
use std::path::Path;

use super::{Cancel, History, history};

/// The lines that a commit wrote into a file, and those that it took away.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Addition {
    /// The commit's index in the history.
    pub commit: usize,
    /// Lines as they stand after it.
    pub added: Vec<String>,
    /// Lines as they stood before it.
    pub removed: Vec<String>,
}

impl History {
    /// What so many of the newest commits to a file under its present name changed in it, the newest first; those of which
    /// the history does not know are left out. Empty if git does not say.
    pub fn additions(&self, root: &Path, path: &str, most: usize) -> Vec<Addition> {
        let most = format!("-{most}");
        // Neither converters nor programs that show differences, which a repository can name.
        let log = ["log", "-p", "--unified=0", "--no-textconv", "--no-ext-diff", "--abbrev=10", "--format=%x1e%h"];
        let arguments: Vec<String> = log.into_iter().chain([&*most, "--", path]).map(str::to_owned).collect();
        let said = history::git(root, &arguments, &Cancel::default()).ok().flatten().unwrap_or_default();
        let known: HashMap<&str, usize> =
            self.commits.iter().enumerate().map(|(index, commit)| (commit.id.as_str(), index)).collect();
        let read = |record: &str| {
            let (id, changes) = record.split_once('\n')?;
            Some(Addition { commit: *known.get(id)?, ..changed(changes) })
        };
        said.split('\x1e').filter_map(read).collect()
    }
}

/// The lines of a difference without context; its head ends with the first place.
fn changed(difference: &str) -> Addition {
    let mut found = Addition::default();
    for line in difference.lines().skip_while(|line| !line.starts_with("@@")) {
        match line.split_at_checked(1) {
            Some(("+", text)) => found.added.push(text.to_owned()),
            Some(("-", text)) => found.removed.push(text.to_owned()),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_read_without_its_head() {
        let found =
            changed("\ndiff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1,2 @@ fn\n---a\n+++b\n+c\n\\ No newline\n");
        assert_eq!((found.added, found.removed), (vec!["++b".to_owned(), "c".to_owned()], vec!["--a".to_owned()]));
    }
}
