//! What the server knows: open documents, roots, runs. Behind one plain mutex that is never held across a wait.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tower_lsp::ls_types::Uri;

use super::runs::Run;
use crate::check::{Diagnostic, SourceState};
use crate::config::Layer;
use crate::document::Document;
use crate::lsp::Lines;
use crate::lsp::capabilities::Negotiated;
use crate::template::Recognition;
use crate::workspace::Project;

/// How a document is found: its path, whatever the spelling of its URI, or the URI of one that is no file.
pub type Key = String;

/// The key of a URI.
pub fn key(uri: &Uri) -> Key {
    match path(uri) {
        Some(path) => path.to_string_lossy().into_owned(),
        None => uri.as_str().to_owned(),
    }
}

/// The path of a URI; `None` for one that is no file.
pub fn path(uri: &Uri) -> Option<PathBuf> {
    (uri.scheme().as_str() == "file").then(|| uri.to_file_path().map(|path| path.into_owned()))?
}

/// The state of the server.
#[derive(Debug, Default)]
pub struct Session {
    /// What the client can do.
    pub client: Negotiated,
    /// Open documents.
    pub documents: HashMap<Key, Open>,
    /// Roots that the client named.
    pub folders: Vec<PathBuf>,
    /// The editor's settings.
    pub editor: Option<Layer>,
    /// Counts what is known to have changed on disk.
    pub disk: u64,
    /// Runs by the document that they write into.
    pub runs: HashMap<Key, Arc<Run>>,
    /// Number of the next run.
    pub next_run: u64,
    /// Whether the client tells of every change on disk.
    pub watching: bool,
    /// Whether this server has asked for the registries.
    pub asked_registries: bool,
    /// Interrupted runs by their document: how much of each was answered.
    pub interrupted: HashMap<Key, String>,
    /// Problems without a file that were shown.
    pub shown_problems: Vec<String>,
    /// Files on which problems were published.
    pub told_problems: Vec<Uri>,
    projects: HashMap<PathBuf, Arc<Project>>,
    /// Requirements documents that are not open, as they were at a count of disk changes.
    upstreams: Mutex<HashMap<PathBuf, (u64, Arc<Document>)>>,
}

/// An open document.
#[derive(Debug)]
pub struct Open {
    /// As the client spells it.
    pub uri: Uri,
    /// As the client counts it.
    pub version: i32,
    /// The text, parsed.
    pub document: Arc<Document>,
    /// Its root's configuration and templates.
    pub project: Arc<Project>,
    /// Its path; `None` for one that is no file.
    pub path: Option<PathBuf>,
    /// Its path relative to the root.
    pub relative: String,
    /// What it is.
    pub recognition: Recognition,
    /// The requirements document of a plan in a file of its own.
    pub upstream: Option<PathBuf>,
    /// Whether a push of diagnostics is under way, and whether another is wanted after it.
    pub pushing: bool,
    /// See `pushing`.
    pub push_again: bool,
    cache: Arc<Cache>,
}

/// What was computed for a state of a document, kept for the next request about the same state.
#[derive(Debug, Default)]
pub struct Cache {
    /// Sources by (ledger, disk).
    pub sources: Mutex<Option<CachedSources>>,
    /// Findings by (version, disk, version of the requirements document, whether a run is writing).
    pub diagnostics: Mutex<Option<CachedDiagnostics>>,
}

/// Source states with the ledger's key and the count of disk changes.
pub type CachedSources = (u64, u64, Arc<HashMap<String, SourceState>>);
/// Findings with the states that they were made from.
pub type CachedDiagnostics = ((i32, u64, i32, bool), Arc<Vec<Diagnostic>>);

/// A document as it was at one moment, with all that is needed to answer for it.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// As the client spells it.
    pub uri: Uri,
    /// The version.
    pub version: i32,
    /// The text, parsed.
    pub document: Arc<Document>,
    /// Its root's configuration and templates.
    pub project: Arc<Project>,
    /// Its path.
    pub path: Option<PathBuf>,
    /// Its path relative to the root.
    pub relative: String,
    /// What it is.
    pub recognition: Recognition,
    /// What the client can do.
    pub client: Negotiated,
    /// Count of disk changes.
    pub disk: u64,
    /// The requirements document of a plan in a file of its own.
    pub requirements: Option<Upstream>,
    /// The run that writes into the document.
    pub run: Option<Arc<Run>>,
    /// How much of an interrupted run of the document was answered.
    pub interrupted: Option<String>,
    /// See [`Cache`].
    pub cache: Arc<Cache>,
}

/// The requirements document of a plan in a file of its own.
#[derive(Debug, Clone)]
pub struct Upstream {
    /// Its URI.
    pub uri: Uri,
    /// Its path.
    pub path: PathBuf,
    /// Its version if it is open.
    pub version: Option<i32>,
    /// Its text, parsed.
    pub document: Arc<Document>,
}

impl Session {
    /// The state of an open document; `None` for one that is not open.
    pub fn snapshot(&self, uri: &Uri) -> Option<Snapshot> {
        self.snapshot_of(&key(uri))
    }

    /// The same by key.
    pub fn snapshot_of(&self, key: &Key) -> Option<Snapshot> {
        let open = self.documents.get(key)?;
        Some(Snapshot {
            uri: open.uri.clone(),
            version: open.version,
            document: Arc::clone(&open.document),
            project: Arc::clone(&open.project),
            path: open.path.clone(),
            relative: open.relative.clone(),
            recognition: open.recognition.clone(),
            client: self.client,
            disk: self.disk,
            requirements: self.upstream(open),
            run: self.runs.get(key).cloned(),
            interrupted: self.interrupted.get(key).cloned(),
            cache: Arc::clone(&open.cache),
        })
    }

    fn upstream(&self, open: &Open) -> Option<Upstream> {
        let path = open.upstream.clone()?;
        let uri = Uri::from_file_path(&path)?;
        if let Some(other) = self.documents.get(&key(&uri)) {
            let document = Arc::clone(&other.document);
            return Some(Upstream { uri: other.uri.clone(), path, version: Some(other.version), document });
        }
        let mut known = lock(&self.upstreams);
        if let Some((disk, document)) = known.get(&path)
            && *disk == self.disk
        {
            return Some(Upstream { uri, document: Arc::clone(document), path, version: None });
        }
        let document = Arc::new(Document::parse(&std::fs::read_to_string(&path).ok()?));
        known.insert(path.clone(), (self.disk, Arc::clone(&document)));
        Some(Upstream { uri, path, version: None, document })
    }

    /// Open plans in files of their own that belong to a requirements document.
    pub fn plans_of(&self, requirements: &Key) -> Vec<Key> {
        let belongs =
            |open: &Open| open.upstream.as_ref().is_some_and(|path| path.to_string_lossy() == requirements.as_str());
        self.documents.iter().filter(|(_, open)| belongs(open)).map(|(key, _)| key.clone()).collect()
    }

    /// Opens a document, or takes its whole text anew.
    pub fn open(&mut self, uri: Uri, version: i32, text: &str) {
        let path = path(&uri);
        let project = self.project(path.as_deref());
        let relative = path.as_ref().map_or_else(|| "untitled.md".to_owned(), |path| project.relative(path));
        let document = Document::parse(text);
        let recognition = project.recognise(&document, &relative);
        let upstream = upstream(&project, &document, path.as_deref(), &recognition);
        let open = Open {
            version,
            upstream,
            document: Arc::new(document),
            project,
            path,
            relative,
            recognition,
            pushing: false,
            push_again: false,
            cache: Arc::default(),
            uri,
        };
        self.documents.insert(key(&open.uri), open);
    }

    /// The project of a path; of the client's folders that hold it the deepest counts.
    pub fn project(&mut self, path: Option<&Path>) -> Arc<Project> {
        let mut folders: Vec<&Path> = self.folders.iter().map(PathBuf::as_path).collect();
        folders.sort_by_key(|folder| std::cmp::Reverse(folder.as_os_str().len()));
        let root = match path {
            Some(path) => Project::root_of(path, folders),
            None => self.folders.first().cloned().unwrap_or_default(),
        };
        let editor = self.editor.as_ref();
        Arc::clone(self.projects.entry(root).or_insert_with_key(|root| Arc::new(Project::load(root, editor))))
    }

    /// Reads configuration and templates anew, and judges all documents by them.
    pub fn reload(&mut self) {
        self.projects.clear();
        self.disk += 1;
        let keys: Vec<Key> = self.documents.keys().cloned().collect();
        for key in keys {
            let path = self.documents.get(&key).and_then(|open| open.path.clone());
            let project = self.project(path.as_deref());
            if let Some(open) = self.documents.get_mut(&key) {
                open.recognition = project.recognise(&open.document, &open.relative);
                open.upstream = upstream(&project, &open.document, open.path.as_deref(), &open.recognition);
                open.project = project;
            }
        }
    }

    /// Problems of the configuration of all roots that are in use.
    pub fn projects(&self) -> impl Iterator<Item = &Arc<Project>> {
        self.projects.values()
    }
}

/// The real path of the requirements document that a plan names.
fn upstream(project: &Project, document: &Document, path: Option<&Path>, recognition: &Recognition) -> Option<PathBuf> {
    recognition.plan.as_ref()?;
    let path = project.requirements_path(document, path?)?;
    Some(path.canonicalize().unwrap_or(path))
}

impl Open {
    /// Takes an edited document.
    pub fn change(&mut self, version: i32, document: Document) {
        self.version = version;
        self.recognition = self.project.recognise(&document, &self.relative);
        if document.front_matter().requirements != self.document.front_matter().requirements {
            self.upstream = upstream(&self.project, &document, self.path.as_deref(), &self.recognition);
        }
        self.document = Arc::new(document);
    }
}

impl Snapshot {
    /// The text with the client's unit of columns.
    pub fn lines(&self) -> Lines<'_> {
        Lines { text: self.document.text(), encoding: self.client.encoding }
    }

    /// The document that holds the requirements: the one above a plan of its own file, or this one.
    pub fn demanding(&self) -> &Document {
        self.requirements.as_ref().map_or(&self.document, |upstream| &upstream.document)
    }

    /// Lines of the document that holds the requirements, with its URI.
    pub fn demanding_lines(&self) -> (&Uri, Lines<'_>) {
        match &self.requirements {
            Some(upstream) => (&upstream.uri, Lines { text: upstream.document.text(), encoding: self.client.encoding }),
            None => (&self.uri, self.lines()),
        }
    }
}

/// Locks without regard to a panic elsewhere: what is behind the lock is replaced whole, never half.
pub fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
