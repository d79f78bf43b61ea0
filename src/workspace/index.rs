//! Facts of files by their content, kept from scan to scan and, in the user's cache folder, from process to process.

use std::collections::{HashMap, HashSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use etcetera::BaseStrategy;
use serde::{Deserialize, Serialize};

use super::extract::is_generated;
use super::history::Log;
use super::walk::{Skipped, Walked};
use super::{Facts, Language, Lexicon, SourceFile, testing};

/// Changes whenever facts are read differently or laid out differently, so that older files are not believed.
const FORMAT: u32 = 13;
/// What the file starts with.
const MAGIC: &[u8] = b"groundplan index\n";
/// A file changed so shortly before it was read could change again without a new time.
const RACY: Duration = Duration::from_secs(2);
/// An index whose words are mostly those of texts that are gone is built anew.
const MIN_USED_WORDS: usize = 3;
/// What the name of a file starts with while it is written.
const UNFINISHED: &str = ".index-";
/// A save takes seconds; what is older was interrupted.
const LEFT: Duration = Duration::from_secs(24 * 60 * 60);
/// So long the files of a scan are believed where nobody tells of changes.
const RECENT: Duration = Duration::from_secs(1);
/// An index that was not used for so long is built anew.
const UNUSED: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// Facts by content. Several processes may share its file: each reads it once, and replaces it as a whole.
#[derive(Debug, Default)]
pub struct Index {
    words: Lexicon,
    known: Mutex<Known>,
    /// The files of the last scan, as they are now as far as is known.
    files: Mutex<Option<(Arc<Vec<SourceFile>>, Instant)>>,
    /// Counts what was told to have changed.
    changes: AtomicU64,
    /// Held by who scans for the sake of answers.
    scanning: Mutex<()>,
    /// Where it is kept; `None` for one that lives as long as its process.
    file: Option<PathBuf>,
}

#[derive(Debug, Default)]
struct Known {
    facts: HashMap<Key, Result<Arc<Facts>, Passed>>,
    seen: HashMap<String, Seen>,
    log: Log,
    changed: bool,
}

/// A digest of a text and of what its path says about it.
pub(super) type Key = u128;

/// A file as it was when its text was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    size: u64,
    /// Nanoseconds since 1970.
    modified: u128,
    /// What else tells one state of a file from another: when its entry changed, and which one it is.
    entry: (i128, u64),
    /// When it was read, in nanoseconds since 1970.
    read: u128,
    key: Key,
}

/// Why a file has no facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Passed {
    Unreadable,
    Binary,
    Generated,
}

impl Passed {
    pub(super) fn count(self, skipped: &mut Skipped) {
        match self {
            Self::Unreadable => skipped.unreadable += 1,
            Self::Binary => skipped.binary += 1,
            Self::Generated => skipped.generated += 1,
        }
    }
}

/// What stands in the file.
#[derive(Serialize, Deserialize)]
struct Pack {
    words: Vec<Box<str>>,
    facts: Vec<(Key, Result<Arc<Facts>, Passed>)>,
    seen: Vec<(String, Seen)>,
    log: Log,
}

/// The indexes of all roots that a process works on. By default they live as long as the process.
#[derive(Debug, Default)]
pub struct Indexes {
    of_roots: Mutex<HashMap<PathBuf, Arc<Index>>>,
    kept: bool,
}

impl Indexes {
    /// Indexes that are kept in the user's cache folder.
    pub fn kept() -> Self {
        Self { kept: true, ..Self::default() }
    }

    /// Indexes that somebody has asked for, by their root.
    pub fn opened(&self) -> Vec<(PathBuf, Arc<Index>)> {
        let indexes = self.of_roots.lock().unwrap_or_else(PoisonError::into_inner);
        indexes.iter().map(|(root, index)| (root.clone(), Arc::clone(index))).collect()
    }

    /// The index of a root; one that is kept is read the first time.
    pub fn of(&self, root: &Path) -> Arc<Index> {
        let mut indexes = self.of_roots.lock().unwrap_or_else(PoisonError::into_inner);
        let open = || Arc::new(file_of(root).filter(|_| self.kept).map_or_else(Index::default, Index::open));
        Arc::clone(indexes.entry(root.to_path_buf()).or_insert_with(open))
    }
}

impl Index {
    /// The index that a file keeps; empty if there is none, or none that can be believed.
    pub fn open(file: PathBuf) -> Self {
        let pack = std::fs::read(&file).ok().and_then(|bytes| unpack(&bytes));
        let Some(pack) = pack else { return Self { file: Some(file), ..Self::default() } };
        let known = Known {
            facts: pack.facts.into_iter().collect(),
            seen: pack.seen.into_iter().collect(),
            log: pack.log,
            changed: false,
        };
        // An index that is used is not old.
        let opened = std::fs::File::options().append(true).open(&file);
        let _ = opened.and_then(|opened| opened.set_modified(SystemTime::now()));
        Self { words: Lexicon::of(pack.words), known: Mutex::new(known), file: Some(file), ..Self::default() }
    }

    /// The words that its facts name.
    pub fn words(&self) -> &Lexicon {
        &self.words
    }

    /// The files of the last scan; `None` before one, and after a change that only a scan can follow.
    pub(super) fn known_files(&self) -> Option<Arc<Vec<SourceFile>>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(|(files, _)| Arc::clone(files))
    }

    pub(super) fn set_files(&self, files: Arc<Vec<SourceFile>>) {
        *self.files.lock().unwrap_or_else(PoisonError::into_inner) = Some((files, Instant::now()));
    }

    /// Whether they were scanned or told a moment ago: questions that come together share one scan.
    pub(super) fn is_recent(&self) -> bool {
        let files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.as_ref().is_some_and(|(_, since)| since.elapsed() < RECENT)
    }

    /// Takes note that something has changed, which a scan under way may have missed.
    pub(super) fn count_change(&self) {
        self.changes.fetch_add(1, Ordering::Relaxed);
    }

    /// How much has changed so far.
    pub(super) fn changes(&self) -> u64 {
        self.changes.load(Ordering::Relaxed)
    }

    pub(super) fn forget_files(&self) {
        *self.files.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub(super) fn one_scan(&self) -> std::sync::MutexGuard<'_, ()> {
        self.scanning.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The facts of a file. It is opened only if it may have changed, and parsed only if its text is a new one.
    pub(super) fn facts(
        &self,
        root: &Path,
        walked: &Walked,
        parse: impl FnOnce(&str) -> Facts,
    ) -> Result<Arc<Facts>, Passed> {
        let modified = walked.modified.map(nanoseconds);
        {
            let known = self.lock();
            if let Some(seen) = known.seen.get(&walked.path)
                && seen.size == walked.size
                && Some(seen.modified) == modified
                && seen.entry == walked.entry
                && seen.modified.max(walked.entry.0.max(0) as u128) + RACY.as_nanos() < seen.read
                && let Some(facts) = known.facts.get(&seen.key)
            {
                return facts.clone();
            }
        }
        let read = nanoseconds(SystemTime::now());
        let bytes = std::fs::read(root.join(&walked.path)).map_err(|_| Passed::Unreadable)?;
        let key = key(&walked.path, &bytes);
        if let Some(modified) = modified {
            let mut known = self.lock();
            known
                .seen
                .insert(walked.path.clone(), Seen { size: walked.size, modified, entry: walked.entry, read, key });
            known.changed = true;
        }
        self.of_text(key, || bytes, parse)
    }

    /// The facts of a text whose key is known already, such as a blob of git.
    pub(super) fn of_text(
        &self,
        key: Key,
        bytes: impl FnOnce() -> Vec<u8>,
        parse: impl FnOnce(&str) -> Facts,
    ) -> Result<Arc<Facts>, Passed> {
        if let Some(facts) = self.lock().facts.get(&key) {
            return facts.clone();
        }
        let facts = match String::from_utf8(bytes()) {
            Err(_) => Err(Passed::Binary),
            Ok(text) if text.as_bytes().iter().take(8192).any(|&byte| byte == 0) => Err(Passed::Binary),
            Ok(text) if is_generated(&text) => Err(Passed::Generated),
            Ok(text) => Ok(Arc::new(parse(&text))),
        };
        let mut known = self.lock();
        known.changed = true;
        known.facts.insert(key, facts.clone());
        facts
    }

    /// The commits that were read last.
    pub(super) fn log(&self) -> Log {
        self.lock().log.clone()
    }

    pub(super) fn set_log(&self, log: Log) {
        let mut known = self.lock();
        known.log = log;
        known.changed = true;
    }

    /// Forgets what no file of a walk has any more.
    pub(super) fn keep(&self, walked: &[Walked]) {
        let paths: HashSet<&str> = walked.iter().map(|walked| walked.path.as_str()).collect();
        let mut known = self.lock();
        let before = known.seen.len();
        known.seen.retain(|path, _| paths.contains(path.as_str()));
        known.changed |= known.seen.len() != before;
        let keys: HashSet<Key> = known.seen.values().map(|seen| seen.key).collect();
        known.facts.retain(|key, _| keys.contains(key));
    }

    /// Writes the index to its file, if it has one and something changed since it was read.
    ///
    /// # Errors
    /// When the cache folder cannot be written to; what was there before stays.
    pub fn save(&self) -> std::io::Result<()> {
        self.write().inspect_err(|_| self.lock().changed = true)
    }

    fn write(&self) -> std::io::Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        let pack = {
            let mut known = self.lock();
            if !std::mem::take(&mut known.changed) {
                return Ok(());
            }
            let mut facts: Vec<_> = known.facts.iter().map(|(key, facts)| (*key, facts.clone())).collect();
            facts.sort_by_key(|(key, _)| *key);
            let mut seen: Vec<_> = known.seen.iter().map(|(path, seen)| (path.clone(), *seen)).collect();
            seen.sort_by(|a, b| a.0.cmp(&b.0));
            Pack { words: self.words.all(), facts, seen, log: known.log.clone() }
        };
        if used_words(&pack) * MIN_USED_WORDS < pack.words.len() {
            // The next process starts with a fresh one.
            return std::fs::remove_file(file).or_else(|error| match error.kind() {
                std::io::ErrorKind::NotFound => Ok(()),
                _ => Err(error),
            });
        }
        let payload = postcard::to_stdvec(&pack).map_err(std::io::Error::other)?;
        let folder = file.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        let mut out = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(folder)?;
        out.write_all(&header(&payload))?;
        out.write_all(&payload)?;
        out.persist(file).map_err(|error| error.error)?;
        sweep(folder, SystemTime::now());
        Ok(())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Deletes indexes that nobody has opened for long, whose roots may be gone, and what an interrupted save has left.
fn sweep(folder: &Path, now: SystemTime) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let unfinished = entry.file_name().to_string_lossy().starts_with(UNFINISHED);
        let most = if unfinished { LEFT } else { UNUSED };
        let modified = entry.metadata().and_then(|metadata| metadata.modified());
        if modified.is_ok_and(|modified| now.duration_since(modified).is_ok_and(|age| age > most)) {
            // Another process may have been faster.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// Number of words that some fact names.
fn used_words(pack: &Pack) -> usize {
    let mut used = vec![false; pack.words.len()];
    for facts in pack.facts.iter().filter_map(|(_, facts)| facts.as_ref().ok()) {
        let terms = facts.terms.iter().flatten().map(|(word, _)| *word);
        for word in terms.chain(facts.identifiers.iter().map(|identifier| identifier.name)) {
            if let Some(used) = used.get_mut(word as usize) {
                *used = true;
            }
        }
    }
    for (word, _) in pack.log.commits.iter().flat_map(|commit| &commit.words) {
        if let Some(used) = used.get_mut(*word as usize) {
            *used = true;
        }
    }
    used.into_iter().filter(|used| *used).count()
}

/// The key of a text at a path: languages and tests are read differently.
pub(super) fn key(path: &str, bytes: &[u8]) -> Key {
    let mut hasher = blake3::Hasher::new();
    hasher.update(format!("{:?} {}\n", Language::of_path(path), testing::is_test_path(path)).as_bytes());
    hasher.update(bytes);
    let mut first = [0; 16];
    first.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    Key::from_le_bytes(first)
}

fn nanoseconds(time: SystemTime) -> u128 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos())
}

/// The file of a root's index: one a folder, whatever name leads to it.
fn file_of(root: &Path) -> Option<PathBuf> {
    let root = root.canonicalize().ok()?;
    let cache = etcetera::choose_base_strategy().ok()?.cache_dir();
    let name = blake3::hash(root.as_os_str().as_encoded_bytes()).to_hex();
    Some(cache.join("groundplan").join("index").join(&name[..32]))
}

/// What a believable file starts with: its format, and the digest of the rest.
fn header(payload: &[u8]) -> Vec<u8> {
    let mut header = MAGIC.to_vec();
    header.extend(format!("{} {FORMAT}\n", env!("CARGO_PKG_VERSION")).as_bytes());
    header.extend(blake3::hash(payload).as_bytes());
    header
}

fn unpack(bytes: &[u8]) -> Option<Pack> {
    let length = header(&[]).len();
    let (head, payload) = bytes.split_at_checked(length)?;
    (head == header(payload)).then(|| postcard::from_bytes(payload).ok())?
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::super::Identifier;
    use super::*;

    fn walked(root: &Path, path: &str) -> Walked {
        let metadata = std::fs::metadata(root.join(path)).unwrap();
        Walked::new(path.to_owned(), Some(&metadata))
    }

    /// The number of lines as the index says, and how many texts were parsed for it.
    fn lines(index: &Index, root: &Path, path: &str) -> (usize, usize) {
        let parsed = Cell::new(0);
        let parse = |text: &str| {
            parsed.set(parsed.get() + 1);
            let words = index.words().intern(text.split_whitespace());
            let mut facts = Facts { lines: text.lines().count(), ..Facts::default() };
            facts.identifiers = words.into_iter().map(|name| Identifier { name, line: 1, is_member: false }).collect();
            facts
        };
        let facts = index.facts(root, &walked(root, path), parse).unwrap();
        (facts.lines, parsed.get())
    }

    #[test]
    fn what_was_read_is_known_to_the_next_process_until_it_changes() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("cache/index");
        std::fs::write(root.path().join("a.rs"), "one\ntwo\n").unwrap();
        std::fs::write(root.path().join("b.rs"), "one\ntwo\n").unwrap();
        let index = Index::open(file.clone());
        assert_eq!(lines(&index, root.path(), "a.rs"), (2, 1));
        assert_eq!(lines(&index, root.path(), "b.rs"), (2, 0), "the same text under another name");
        index.save().unwrap();

        let index = Index::open(file.clone());
        assert_eq!(lines(&index, root.path(), "a.rs"), (2, 0));
        let word = index.words().find("two").unwrap();
        assert_eq!(index.words().word(word), "two");
        std::fs::write(root.path().join("a.rs"), "1\n2\n3\n\n").unwrap();
        assert_eq!(lines(&index, root.path(), "a.rs"), (4, 1), "same size, just written");
        index.keep(&[walked(root.path(), "a.rs")]);
        index.save().unwrap();
        assert_eq!(Index::open(file).lock().seen.len(), 1, "files that are gone are forgotten");
    }

    #[test]
    fn indexes_of_nobody_are_swept_away() {
        let folder = tempfile::tempdir().unwrap();
        let now = SystemTime::now();
        let age = |name: &str, days: u64| {
            let file = std::fs::File::create(folder.path().join(name)).unwrap();
            file.set_modified(now - Duration::from_secs(days * 24 * 60 * 60)).unwrap();
        };
        age("used", 80);
        age("unused", 100);
        age(".index-now", 0);
        age(".index-left", 2);
        sweep(folder.path(), now);
        let mut left: Vec<_> =
            std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, [".index-now", "used"]);
    }

    #[test]
    fn a_damaged_file_is_not_believed() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("index");
        std::fs::write(root.path().join("a.rs"), "one\n").unwrap();
        let index = Index::open(file.clone());
        lines(&index, root.path(), "a.rs");
        index.save().unwrap();
        let whole = std::fs::read(&file).unwrap();
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            std::fs::write(&file, &damaged).unwrap();
            assert!(Index::open(file.clone()).lock().facts.is_empty(), "byte {at}");
            std::fs::write(&file, &whole[..at]).unwrap();
            assert!(Index::open(file.clone()).lock().facts.is_empty(), "cut at {at}");
        }
        // It is built anew and kept again.
        let index = Index::open(file.clone());
        assert_eq!(lines(&index, root.path(), "a.rs"), (1, 1));
        index.save().unwrap();
        assert_eq!(std::fs::read(&file).unwrap().len(), whole.len());
    }
}
