//! Facts about a repository as it was at a commit, read from git alone: no work tree is needed, nothing later is seen.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use super::analyser::Analyser;
use super::history::{self, Commit, History, MAX_COMMITS};
use super::walk::is_read;
use super::{Cancel, Index, Workspace, extract, graph};

/// A repository's commits, each of which can be looked at.
#[derive(Debug)]
pub struct Revisions {
    repository: PathBuf,
    index: Arc<Index>,
    /// All commits by their abbreviated id, with their parents.
    commits: HashMap<String, (Arc<Commit>, Vec<String>)>,
    blobs: Mutex<Vec<Blobs>>,
}

/// One `git cat-file --batch`.
#[derive(Debug)]
struct Blobs {
    child: Child,
    ask: ChildStdin,
    answer: BufReader<ChildStdout>,
}

/// A repository or revision that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct NoRevision(String);

impl Revisions {
    /// Reads all commits of a repository, by its folder or its git directory.
    ///
    /// # Errors
    /// If git does not know it.
    pub fn open(repository: &Path) -> Result<Self, NoRevision> {
        let index = Arc::new(Index::default());
        let refused = || NoRevision(format!("{} is no repository that git can read", repository.display()));
        let arguments = history::arguments(i32::MAX as usize, "%h %p", "--all");
        let log =
            history::with_renames(repository, &arguments, &Cancel::default()).ok().flatten().ok_or_else(refused)?;
        let parsed = history::parse(&log, &mut Analyser::new(index.words()));
        let commits = parsed.into_iter().map(|commit| {
            let mut ids = commit.id.split(' ').map(str::to_owned);
            let id = ids.next().unwrap_or_default();
            let own = Commit { id: id.clone(), ..Commit::clone(&commit) };
            (id, (Arc::new(own), ids.collect()))
        });
        Ok(Self { repository: repository.to_path_buf(), index, commits: commits.collect(), blobs: Mutex::default() })
    }

    /// The files and the history of a commit; neither dependencies nor infrastructure are read.
    ///
    /// # Errors
    /// If there is no such commit.
    pub fn at(&self, revision: &str) -> Result<Workspace, NoRevision> {
        let refused = || NoRevision(format!("{} has no commit {revision}", self.repository.display()));
        let ask = |arguments: &[&str]| {
            let arguments: Vec<String> = arguments.iter().map(|&argument| argument.to_owned()).collect();
            history::git(&self.repository, &arguments, &Cancel::default()).ok().flatten().ok_or_else(refused)
        };
        let listed = ask(&["ls-tree", "-r", "-l", "-z", "--full-tree", "--end-of-options", revision])?;
        let start = ask(&["rev-parse", "--short=10", &format!("{revision}^{{commit}}")])?;
        let blobs: Vec<(&str, &str)> = listed
            .split('\0')
            .filter_map(|entry| {
                let (meta, path) = entry.split_once('\t')?;
                let mut meta = meta.split_whitespace().skip(1);
                let (kind, id, size) = (meta.next()?, meta.next()?, meta.next()?);
                (kind == "blob" && is_read(path, size.parse().ok()?)).then_some((path, id))
            })
            .collect();
        let read = |analyser: &mut Analyser<'_>, (path, id): &(&str, &str)| {
            let key = super::index::key(path, id.as_bytes());
            let parse = |text: &str| extract::parse(analyser, path, text);
            let facts = self.index.of_text(key, || self.blob(id).unwrap_or_else(|| vec![0]), parse).ok()?;
            Some(extract::file(path, facts))
        };
        let mut files: Vec<_> =
            blobs.par_iter().map_init(|| Analyser::new(self.index.words()), read).flatten().collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        extract::learn_paths(&files, self.index.words());
        let graph = graph::build(&files, self.index.words(), &self.repository);
        Ok(Workspace {
            root: self.repository.clone(),
            index: Arc::clone(&self.index),
            files,
            graph,
            history: History::from_commits(self.before(start.trim())),
            ..Workspace::default()
        })
    }

    /// A commit and those before it, newest first, without merges.
    fn before(&self, start: &str) -> Vec<Arc<Commit>> {
        let mut seen = std::collections::HashSet::from([start]);
        let mut open = std::collections::BinaryHeap::new();
        let mut before = Vec::new();
        open.extend(self.commits.get_key_value(start).map(|(id, (commit, _))| (commit.date.as_str(), id.as_str())));
        while let Some((_, id)) = open.pop() {
            let Some((commit, parents)) = self.commits.get(id) else { continue };
            if parents.len() < 2 {
                before.push(Arc::clone(commit));
            }
            if before.len() == MAX_COMMITS {
                break;
            }
            for parent in parents {
                if let Some((known, (commit, _))) = self.commits.get_key_value(parent)
                    && seen.insert(known)
                {
                    open.push((commit.date.as_str(), known.as_str()));
                }
            }
        }
        before
    }

    /// The text of a file of a commit; `None` where there is none.
    pub fn text(&self, revision: &str, path: &str) -> Option<String> {
        self.blob(&format!("{revision}:{path}")).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    fn blob(&self, id: &str) -> Option<Vec<u8>> {
        let free = self.blobs.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut blobs = match free {
            Some(blobs) => blobs,
            None => Blobs::start(&self.repository)?,
        };
        let bytes = blobs.read(id);
        if bytes.is_some() {
            self.blobs.lock().unwrap_or_else(PoisonError::into_inner).push(blobs);
        }
        bytes
    }
}

impl Blobs {
    fn start(repository: &Path) -> Option<Self> {
        let mut command = history::git_command(repository);
        command.args(["cat-file", "--batch"]).stderr(Stdio::null());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
        let (ask, answer) = (child.stdin.take()?, BufReader::new(child.stdout.take()?));
        Some(Self { child, ask, answer })
    }

    fn read(&mut self, id: &str) -> Option<Vec<u8>> {
        writeln!(self.ask, "{id}").ok()?;
        self.ask.flush().ok()?;
        let mut head = String::new();
        self.answer.read_line(&mut head).ok()?;
        let size: usize = head.trim_end().rsplit_once(' ')?.1.parse().ok()?;
        let mut bytes = vec![0; size + 1];
        self.answer.read_exact(&mut bytes).ok()?;
        bytes.truncate(size);
        Some(bytes)
    }
}

impl Drop for Blobs {
    fn drop(&mut self) {
        // It ends by itself once nobody can ask it; this only saves the wait.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
