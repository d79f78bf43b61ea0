//! Where a file went that is no longer there, as git tells.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::{Cancel, history};

/// A file that was renamed more often than this is another one.
const CHAIN: usize = 4;

/// Asks git for each lost file once.
#[derive(Debug)]
pub struct Renames {
    root: PathBuf,
    known: RefCell<HashMap<String, Option<String>>>,
    /// What git says of renames that are not committed.
    staged: OnceCell<String>,
}

impl Renames {
    /// The renames of a workspace.
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_path_buf(), known: RefCell::default(), staged: OnceCell::new() }
    }

    /// The present path of a file that is no longer at its old one; `None` where git knows of none that is there.
    pub fn of(&self, path: &str) -> Option<String> {
        if let Some(known) = self.known.borrow().get(path) {
            return known.clone();
        }
        let mut now = path.to_owned();
        let mut found = None;
        for _ in 0..CHAIN {
            let Some(next) = self.staged(&now).or_else(|| self.committed(&now)) else { break };
            now = next;
            if self.root.join(&now).is_file() {
                found = Some(now);
                break;
            }
        }
        self.known.borrow_mut().insert(path.to_owned(), found.clone());
        found
    }

    /// By what is staged: of the working tree git would run the filters that a repository names.
    fn staged(&self, path: &str) -> Option<String> {
        let ask = ["diff", "--cached", "--find-renames", "--relative", "--name-status", "--diff-filter=R", "HEAD"];
        renamed(self.staged.get_or_init(|| self.git(&ask).unwrap_or_default()), path)
    }

    /// By the commit that took it away.
    fn committed(&self, path: &str) -> Option<String> {
        let commit = self.git(&["log", "-1", "--no-renames", "--diff-filter=D", "--format=%H", "--", path])?;
        let commit = commit.trim();
        let show = ["show", "--find-renames", "--relative", "--name-status", "--diff-filter=R", "--format=", commit];
        (!commit.is_empty()).then(|| renamed(&self.git(&show)?, path)).flatten()
    }

    fn git(&self, arguments: &[&str]) -> Option<String> {
        let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        history::git(&self.root, &arguments, &Cancel::default()).ok().flatten()
    }
}

/// The new name of a file in what git says of renames: `R090`, the old name and the new one, between tabs.
fn renamed(said: &str, path: &str) -> Option<String> {
    said.lines().find_map(|line| {
        let (_, names) = line.split_once('\t')?;
        let (old, new) = names.split_once('\t')?;
        (old == path).then(|| new.to_owned())
    })
}
