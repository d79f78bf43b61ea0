//! Walks a repository: what git would track, without what others wrote.

use std::path::Path;
use std::sync::Mutex;
use std::time::SystemTime;

use ignore::{DirEntry, WalkBuilder, WalkState};

use super::manifest;
use super::{Cancel, Cancelled};

/// Larger files hold data, not source that somebody reads.
pub(super) const MAX_BYTES: u64 = 1024 * 1024;

/// Folders that hold other people's code or build output, whether git ignores them or not.
const VENDORED: &[&str] = &[
    ".git",
    ".hg",
    ".idea",
    ".mypy_cache",
    ".next",
    ".nuxt",
    ".pytest_cache",
    ".svn",
    ".terraform",
    ".tox",
    ".venv",
    "Pods",
    "__pycache__",
    "bower_components",
    "node_modules",
    "site-packages",
    "third_party",
    "vendor",
    "venv",
];

/// Numbers of files that were passed over, by reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Skipped {
    /// Over one mebibyte.
    pub huge: usize,
    /// No UTF-8 text.
    pub binary: usize,
    /// Written by a program.
    pub generated: usize,
    /// In a folder of somebody else's code.
    pub vendored: usize,
    /// Could not be opened.
    pub unreadable: usize,
}

/// A file whose text is to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Walked {
    /// Relative to the root.
    pub path: String,
    /// In bytes.
    pub size: u64,
    /// When it was last written, where the system says so.
    pub modified: Option<SystemTime>,
    /// When its entry last changed, in nanoseconds since 1970, and its number: a copy can keep size and time.
    pub entry: (i128, u64),
}

impl Walked {
    pub fn new(path: String, metadata: Option<&std::fs::Metadata>) -> Self {
        #[cfg(unix)]
        let entry = metadata.map_or((0, 0), |metadata| {
            use std::os::unix::fs::MetadataExt;
            (i128::from(metadata.ctime()) * 1_000_000_000 + i128::from(metadata.ctime_nsec()), metadata.ino())
        });
        #[cfg(not(unix))]
        let entry = (0, 0);
        let size = metadata.map_or(0, std::fs::Metadata::len);
        Self { path, size, modified: metadata.and_then(|metadata| metadata.modified().ok()), entry }
    }
}

/// What a walk found, all paths relative to the root and sorted.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Files whose text is to be read.
    pub all: Vec<Walked>,
    /// Manifests and lockfiles.
    pub manifests: Vec<String>,
    pub skipped: Skipped,
}

pub(super) fn walk(root: &Path, exclude: &[String], cancel: &Cancel) -> Result<Found, Cancelled> {
    let found = Mutex::new(Found::default());
    let mut builder = WalkBuilder::new(root);
    builder.hidden(false).follow_links(false).require_git(false).threads(num_threads());
    let submodules = submodules(root);
    let top = root.to_path_buf();
    builder.filter_entry(move |entry| {
        // Git does not look into another clone or worktree that lies here; a submodule belongs to the project.
        let is_folder = entry.depth() > 0 && entry.file_type().is_some_and(|kind| kind.is_dir());
        !is_folder
            || !entry.path().join(".git").exists()
            || relative(&top, entry.path()).is_some_and(|path| submodules.contains(&path))
    });
    builder.build_parallel().run(|| {
        Box::new(|entry| {
            if cancel.is_cancelled() {
                return WalkState::Quit;
            }
            let mut found = found.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            match entry {
                Err(_) => found.skipped.unreadable += 1,
                Ok(entry) => return visit(root, &entry, exclude, &mut found),
            }
            WalkState::Continue
        })
    });
    cancel.check()?;
    let mut found = found.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    found.all.sort_by(|a, b| a.path.cmp(&b.path));
    found.manifests.sort();
    Ok(found)
}

fn visit(root: &Path, entry: &DirEntry, exclude: &[String], found: &mut Found) -> WalkState {
    let name = entry.file_name().to_string_lossy();
    let Some(kind) = entry.file_type() else { return WalkState::Continue };
    if kind.is_dir() {
        if VENDORED.contains(&&*name) && entry.depth() > 0 {
            found.skipped.vendored += 1;
            return WalkState::Skip;
        }
        return WalkState::Continue;
    }
    if !kind.is_file() {
        return WalkState::Continue;
    }
    let Some(path) = relative(root, entry.path()) else { return WalkState::Continue };
    if exclude.contains(&path) {
        return WalkState::Continue;
    }
    if manifest::is_manifest(&path) {
        found.manifests.push(path.clone());
    }
    let walked = Walked::new(path, entry.metadata().ok().as_ref());
    match unread(&walked.path, walked.size) {
        Some(Unread::Huge) => found.skipped.huge += 1,
        Some(Unread::Generated) => found.skipped.generated += 1,
        Some(Unread::Binary) => found.skipped.binary += 1,
        None => found.all.push(walked),
    }
    WalkState::Continue
}

/// Paths of the submodules that a repository names, relative to its root.
fn submodules(root: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(root.join(".gitmodules")).unwrap_or_default();
    let path = |line: &str| Some(line.trim().strip_prefix("path")?.trim_start().strip_prefix('=')?.trim().to_owned());
    text.lines().filter_map(path).collect()
}

/// Why a file is not opened.
enum Unread {
    Huge,
    Generated,
    Binary,
}

/// What a path and a size say against opening a file.
fn unread(path: &str, size: u64) -> Option<Unread> {
    let name = path.rsplit('/').next().unwrap_or(path);
    if size > MAX_BYTES {
        Some(Unread::Huge)
    } else if manifest::is_lockfile(path) || is_generated(name) {
        Some(Unread::Generated)
    } else if is_binary(name) {
        Some(Unread::Binary)
    } else {
        None
    }
}

/// Whether the text of a path that git tracks is read.
pub(super) fn is_read(path: &str, size: u64) -> bool {
    let folders = path.rsplit_once('/').map_or("", |(folders, _)| folders);
    !folders.split('/').any(|folder| VENDORED.contains(&folder)) && unread(path, size).is_none()
}

/// A path below the root with `/` between its parts; `None` for one outside it or without a UTF-8 name.
pub fn relative(root: &Path, path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> =
        path.strip_prefix(root).ok()?.components().map(|part| part.as_os_str().to_str()).collect();
    Some(parts?.join("/"))
}

fn is_generated(name: &str) -> bool {
    [".min.js", ".min.css", ".pb.go", ".pb.rs", "_pb2.py", ".g.dart", ".map", ".designer.cs", ".snap"]
        .iter()
        .any(|ending| name.to_ascii_lowercase().ends_with(ending))
        || name.contains("_generated.")
        || name.contains(".generated.")
}

/// Endings that need not be opened to know that they are no text.
fn is_binary(name: &str) -> bool {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    matches!(
        ending.as_str(),
        "png"
            | "jpg"
            | "jpeg"
            | "gif"
            | "ico"
            | "webp"
            | "bmp"
            | "svg"
            | "pdf"
            | "zip"
            | "gz"
            | "tgz"
            | "xz"
            | "bz2"
            | "zst"
            | "7z"
            | "jar"
            | "war"
            | "class"
            | "so"
            | "dylib"
            | "dll"
            | "exe"
            | "o"
            | "a"
            | "lib"
            | "wasm"
            | "woff"
            | "woff2"
            | "ttf"
            | "otf"
            | "eot"
            | "mp3"
            | "mp4"
            | "mov"
            | "avi"
            | "ogg"
            | "wav"
            | "sqlite"
            | "db"
            | "bin"
            | "dat"
            | "parquet"
            | "npy"
            | "pyc"
            | "gguf"
    )
}

/// Threads for reading: the machine's, at most eight.
pub(super) fn num_threads() -> usize {
    std::thread::available_parallelism().map_or(2, |n| n.get().min(8))
}
