//! Facts about a repository: files, symbols, imports, dependencies, history, tests, infrastructure.
//!
//! [`scan`] reads them all, in parallel and cancellable. Nothing here writes into the workspace ([`Index`] keeps a
//! file in the user's cache folder), and nothing runs the workspace's own tools. `git` is the one program that a scan
//! asks; [`registry`] asks package clients, where the user allows it.

mod additions;
mod analyser;
mod cancel;
mod comment;
mod effort;
mod extract;
mod facts;
mod freshness;
mod graph;
mod history;
mod imports;
mod index;
mod infrastructure;
mod language;
mod lexicon;
mod live;
pub mod manifest;
mod names;
mod owners;
mod process;
mod project;
mod reader;
pub mod registry;
mod renames;
mod revision;
mod sql;
mod symbol;
mod testing;
mod walk;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use cancel::{Cancel, Cancelled};
pub use effort::Effort;
pub use facts::{Facts, Identifier, Part, SourceFile};
pub use freshness::{excerpt, lines_of, state};
pub use graph::Graph;
pub use history::{Commit, FileHistory, History};
pub use index::{Index, Indexes};
pub use infrastructure::{Infrastructure, InfrastructureKind};
pub use language::Language;
pub use lexicon::{Lexicon, Word};
pub use manifest::{Dependency, Scope};
pub use names::{Named, named, saying};
pub use project::{Project, ProjectProblem};
pub use reader::Reader;
pub use renames::Renames;
pub use revision::{NoRevision, Revisions};
pub use symbol::{Symbol, SymbolKind};
pub use testing::{Framework, TestCommand, TestFacts, framework_of};
pub use walk::{Skipped, relative};

/// What is known about a repository.
#[derive(Debug, Default)]
pub struct Workspace {
    /// The root folder.
    pub root: PathBuf,
    /// What files say, by content; their words are numbered there.
    pub index: Arc<Index>,
    /// What the product is called where the repository comes from; empty where nothing tells.
    pub product: String,
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
    /// Folders with a manifest of their own, but for the root.
    pub packages: Vec<String>,
    /// Folders of modules that the build leaves out.
    pub unbuilt: Vec<String>,
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
pub fn scan(
    root: &Path,
    index: &Arc<Index>,
    exclude: &[String],
    cancel: &Cancel,
    watch: Watch<'_>,
) -> Result<Workspace, Cancelled> {
    let changes = index.changes();
    let mut found = walk::walk(root, exclude, cancel)?;
    let (files, history) =
        rayon::join(|| extract::extract(root, &mut found, index, cancel, watch), || history::read(root, index, cancel));
    let files = files?;
    let history = history?;
    index.keep(&found.all);
    if index.changes() == changes {
        index.set_files(Arc::new(files.clone()));
    }
    watch("imports", 0, 1);
    let graph = graph::build(&files, index.words(), root);
    cancel.check()?;
    watch("dependencies", 0, 1);
    let dependencies = manifest::read(root, &found.manifests, cancel)?;
    let infrastructure = infrastructure::read(root, found.all.iter().map(|walked| walked.path.as_str()));
    let tests = testing::read(root, &files, &dependencies, &found);
    Ok(Workspace {
        root: root.to_path_buf(),
        index: Arc::clone(index),
        product: product(root).unwrap_or_default(),
        files,
        skipped: found.skipped,
        graph,
        dependencies,
        history,
        tests,
        packages: manifest::folders(&found.manifests),
        unbuilt: manifest::unbuilt(root, &found.manifests),
        infrastructure,
    })
}

/// The name of a repository where it comes from, which is the same for everybody who has a copy.
fn product(root: &Path) -> Option<String> {
    let config = std::fs::read_to_string(root.join(".git/config")).ok()?;
    let (_, origin) = config.split_once("[remote \"origin\"]")?;
    let own = origin.lines().skip(1).take_while(|line| !line.starts_with('['));
    let url = own.filter_map(|line| line.trim().strip_prefix("url")?.trim_start().strip_prefix('=')).next()?;
    let name = url.trim().trim_end_matches('/').rsplit(['/', ':']).next()?;
    Some(name.trim_end_matches(".git").to_owned()).filter(|name| !name.is_empty())
}

impl Workspace {
    /// The file of a path.
    pub fn file(&self, path: &str) -> Option<&SourceFile> {
        let index = self.index(path)?;
        Some(&self.files[index])
    }

    /// The files whose paths start so.
    pub fn starting(&self, start: &str) -> &[SourceFile] {
        let from = self.files.partition_point(|file| file.path.as_str() < start);
        let count = self.files[from..].partition_point(|file| file.path.starts_with(start));
        &self.files[from..from + count]
    }

    /// Whether the build takes a file in, as far as its settings tell.
    pub fn is_built(&self, path: &str) -> bool {
        let lies_in = |folder: &String| path.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/'));
        !self.unbuilt.iter().any(lies_in)
    }

    /// What the product is called: as where the repository comes from, else as its folder.
    pub fn name(&self) -> &str {
        if !self.product.is_empty() {
            return &self.product;
        }
        self.root.file_name().and_then(|name| name.to_str()).unwrap_or_default()
    }

    /// The index of a path in [`Workspace::files`].
    pub fn index(&self, path: &str) -> Option<usize> {
        self.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok()
    }
}
