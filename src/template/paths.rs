//! Globs on paths, compiled once.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// Globs of a template.
#[derive(Debug, Clone)]
pub struct Paths {
    patterns: Vec<String>,
    set: GlobSet,
}

impl Paths {
    /// Compiles globs; gives back those that are none.
    pub fn new(patterns: Vec<String>) -> (Self, Vec<String>) {
        let mut set = GlobSetBuilder::new();
        let mut wrong = Vec::new();
        for pattern in &patterns {
            match GlobBuilder::new(pattern).literal_separator(true).build() {
                Ok(glob) => {
                    set.add(glob);
                }
                Err(_) => wrong.push(pattern.clone()),
            }
        }
        let set = set.build().unwrap_or_else(|_| GlobSet::empty());
        (Self { patterns, set }, wrong)
    }

    /// Whether a path with `/` between its parts fits one of them.
    pub fn fit(&self, path: &str) -> bool {
        self.set.is_match(path)
    }

    /// Number of globs.
    pub fn len(&self) -> usize {
        self.patterns.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }
}

impl PartialEq for Paths {
    fn eq(&self, other: &Self) -> bool {
        self.patterns == other.patterns
    }
}

impl Eq for Paths {}
