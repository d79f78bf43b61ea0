//! Reads lines of workspace files, and nothing else: not outside the root, not through links that lead there.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Keeps the lines of the files that were read, so that one run sees one state of each.
#[derive(Debug)]
pub struct Reader {
    root: PathBuf,
    files: Mutex<HashMap<String, Option<Lines>>>,
}

/// The lines of a file.
pub type Lines = Arc<[Box<str>]>;

impl Reader {
    /// A reader of the files below a folder.
    pub fn new(root: &Path) -> Self {
        let root = root.canonicalize().unwrap_or_else(|_| root.to_path_buf());
        Self { root, files: Mutex::new(HashMap::new()) }
    }

    /// All lines of a file, by its path relative to the root; `None` if it cannot be read as text.
    pub fn lines(&self, path: &str) -> Option<Lines> {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = files.get(path) {
            return known.clone();
        }
        let lines = self.read(path).map(|text| text.lines().map(Box::from).collect());
        files.insert(path.to_owned(), lines.clone());
        lines
    }

    /// The text of lines `first` to `last`, one-based and inclusive.
    pub fn text(&self, path: &str, first: usize, last: usize) -> Option<String> {
        let lines = self.lines(path)?;
        Some(lines.get(first.checked_sub(1)?..last)?.join("\n"))
    }

    fn read(&self, path: &str) -> Option<String> {
        let path = self.root.join(path).canonicalize().ok()?;
        path.starts_with(&self.root).then(|| std::fs::read_to_string(path).ok())?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_the_root_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("root");
        std::fs::create_dir(&root).unwrap();
        std::fs::write(folder.path().join("secret"), "no").unwrap();
        std::fs::write(root.join("a"), "one\r\ntwo\n").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink("../secret", root.join("link")).unwrap();
        let reader = Reader::new(&root);
        assert_eq!(reader.text("a", 1, 2).as_deref(), Some("one\ntwo"));
        assert_eq!(reader.text("a", 2, 3), None);
        assert_eq!(reader.text("../secret", 1, 1), None);
        assert_eq!(reader.text("link", 1, 1), None);
    }
}
