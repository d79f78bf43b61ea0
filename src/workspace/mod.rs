//! Facts about a repository: files, symbols, imports, dependencies, history, tests, infrastructure.
//!
//! [`scan`] reads them all, in parallel and cancellable. Nothing here writes, and nothing runs the workspace's own
//! tools; `git` is the one program that is asked.

mod cancel;
mod extract;
mod freshness;
mod graph;
mod history;
mod imports;
mod infrastructure;
mod language;
pub mod manifest;
mod project;
mod reader;
mod symbol;
mod testing;
mod walk;

use std::path::{Path, PathBuf};

pub use cancel::{Cancel, Cancelled};
pub use freshness::{excerpt, lines_of, state};
pub use graph::Graph;
pub use history::{Commit, FileHistory, History};
pub use infrastructure::{Infrastructure, InfrastructureKind};
pub use language::Language;
pub use manifest::{Dependency, Scope};
pub use project::{Project, ProjectProblem};
pub use reader::Reader;
pub use symbol::{Symbol, SymbolKind};
pub use testing::{TestCommand, TestFacts};
pub use walk::{Skipped, relative};

/// One file of source text.
#[derive(Debug, Clone, Default)]
pub struct SourceFile {
    /// Relative to the workspace root, with `/` between its parts.
    pub path: String,
    /// Its language; `None` for text that is only searched.
    pub language: Option<Language>,
    /// Number of lines.
    pub lines: usize,
    /// Whether it holds tests.
    pub is_test: bool,
    /// Definitions, in the order in which they stand.
    pub symbols: Vec<Symbol>,
    /// What it imports, as written.
    pub imports: Vec<String>,
    /// Identifiers with the one-based line of their first use, sorted.
    pub identifiers: Vec<(Box<str>, u32)>,
    /// Stems of all words with their number, sorted.
    pub terms: Vec<(Box<str>, u32)>,
}

/// What is known about a repository.
#[derive(Debug, Default)]
pub struct Workspace {
    /// The root folder.
    pub root: PathBuf,
    /// Source and text files, by path.
    pub files: Vec<SourceFile>,
    /// What was passed over.
    pub skipped: Skipped,
    /// Imports and references between files.
    pub graph: Graph,
    /// Dependencies of all manifests, by name.
    pub dependencies: Vec<Dependency>,
    /// What git knows; empty without git.
    pub history: History,
    /// How the project tests.
    pub tests: TestFacts,
    /// Containers, clusters, pipelines.
    pub infrastructure: Vec<Infrastructure>,
}

/// What [`scan`] tells while it works: a stage's name, and how much of it is done.
pub type Watch<'w> = &'w (dyn Fn(&str, usize, usize) + Sync);

/// Reads all facts about a workspace.
///
/// `exclude` are paths relative to the root that must not count as evidence, such as the plan being written.
///
/// # Errors
/// [`Cancelled`] once `cancel` is set; files that cannot be read are counted in [`Workspace::skipped`] instead.
pub fn scan(root: &Path, exclude: &[String], cancel: &Cancel, watch: Watch<'_>) -> Result<Workspace, Cancelled> {
    let mut found = walk::walk(root, exclude, cancel)?;
    let (files, history) =
        rayon::join(|| extract::extract(root, &mut found, cancel, watch), || history::read(root, cancel));
    let files = files?;
    let history = history?;
    watch("imports", 0, 1);
    let graph = graph::build(&files, root);
    cancel.check()?;
    watch("dependencies", 0, 1);
    let dependencies = manifest::read(root, &found.manifests, cancel)?;
    let infrastructure = infrastructure::read(root, &found.all);
    let tests = testing::read(root, &files, &dependencies, &found);
    Ok(Workspace {
        root: root.to_path_buf(),
        files,
        skipped: found.skipped,
        graph,
        dependencies,
        history,
        tests,
        infrastructure,
    })
}

impl Workspace {
    /// The file of a path.
    pub fn file(&self, path: &str) -> Option<&SourceFile> {
        let index = self.index(path)?;
        Some(&self.files[index])
    }

    /// The index of a path in [`Workspace::files`].
    pub fn index(&self, path: &str) -> Option<usize> {
        self.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok()
    }
}
