//! What git knows: who changed what, when, and what changed together.

use std::collections::{BTreeMap, HashMap};
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::{Cancel, Cancelled};

/// Commits looked at, from the newest; 3,000 take about a fifth of a second of CPU time.
const MAX_COMMITS: usize = 3000;
/// A commit of more files is a sweep that says nothing about which belong together.
const SWEEP: usize = 30;

/// The history of a repository.
#[derive(Debug, Default)]
pub struct History {
    /// The newest commit, abbreviated.
    pub head: Option<String>,
    /// Commits without merges, newest first.
    pub commits: Vec<Commit>,
    /// For each path, the indices of the commits that changed it, newest first.
    pub by_path: HashMap<String, Vec<usize>>,
}

/// A commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Abbreviated id.
    pub id: String,
    /// Who wrote it.
    pub author: String,
    /// The day, `2026-11-22`.
    pub date: String,
    /// First line of its message.
    pub subject: String,
    /// What it changed, relative to the workspace root.
    pub files: Vec<String>,
}

/// The history of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileHistory {
    /// Number of commits.
    pub commits: usize,
    /// Authors with their number of commits, most first.
    pub authors: Vec<(String, usize)>,
    /// Day of the last change.
    pub last: String,
    /// The last commit.
    pub last_commit: String,
}

pub(super) fn read(root: &Path, cancel: &Cancel) -> Result<History, Cancelled> {
    let arguments = [
        "log".to_owned(),
        "--no-merges".to_owned(),
        "--no-renames".to_owned(),
        "--relative".to_owned(),
        "--name-only".to_owned(),
        "--abbrev=10".to_owned(),
        "--date=short".to_owned(),
        format!("--max-count={MAX_COMMITS}"),
        "--format=%x1e%h%x1f%an%x1f%ad%x1f%s".to_owned(),
    ];
    let Some(output) = git(root, &arguments, cancel)? else { return Ok(History::default()) };
    Ok(parse(&output))
}

fn parse(log: &str) -> History {
    let mut history = History::default();
    for record in log.split('\x1e').skip(1) {
        let (head, files) = record.split_once('\n').unwrap_or((record, ""));
        let mut fields = head.splitn(4, '\x1f').map(str::to_owned);
        let mut next = || fields.next().unwrap_or_default();
        let commit = Commit {
            id: next(),
            author: next(),
            date: next(),
            subject: next(),
            files: files.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect(),
        };
        for file in &commit.files {
            history.by_path.entry(file.clone()).or_default().push(history.commits.len());
        }
        history.commits.push(commit);
    }
    history.head = history.commits.first().map(|commit| commit.id.clone());
    history
}

impl History {
    /// The history of a file; `None` if git does not know it.
    pub fn of(&self, path: &str) -> Option<FileHistory> {
        let commits = self.by_path.get(path)?;
        let mut authors: BTreeMap<&str, usize> = BTreeMap::new();
        for &commit in commits {
            *authors.entry(&self.commits[commit].author).or_default() += 1;
        }
        let mut authors: Vec<(String, usize)> =
            authors.into_iter().map(|(name, count)| (name.to_owned(), count)).collect();
        authors.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let last = &self.commits[*commits.first()?];
        Some(FileHistory { commits: commits.len(), authors, last: last.date.clone(), last_commit: last.id.clone() })
    }

    /// Files that changed together with one, with the number of common commits, most first.
    pub fn together(&self, path: &str) -> Vec<(String, usize)> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for &commit in self.by_path.get(path).into_iter().flatten() {
            let files = &self.commits[commit].files;
            for file in files.iter().filter(|file| files.len() <= SWEEP && *file != path) {
                *counts.entry(file).or_default() += 1;
            }
        }
        let mut counts: Vec<_> = counts.into_iter().map(|(file, count)| (file.to_owned(), count)).collect();
        counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        counts
    }
}

/// Asks git; `None` if there is no git, no repository or no commit.
///
/// A repository's own configuration can name programs, so those that a log could start are turned off.
pub(super) fn git(root: &Path, arguments: &[String], cancel: &Cancel) -> Result<Option<String>, Cancelled> {
    let child = Command::new("git")
        .arg("-C")
        .arg(root)
        .args([
            "--no-pager",
            "-c",
            "core.fsmonitor=false",
            "-c",
            "core.quotePath=false",
            "-c",
            "log.showSignature=false",
        ])
        .args(arguments)
        .env("GIT_OPTIONAL_LOCKS", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = child else { return Ok(None) };
    let Some(mut out) = child.stdout.take() else { return Ok(None) };
    let reader = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = out.read_to_end(&mut bytes);
        read.ok().map(|_| String::from_utf8_lossy(&bytes).into_owned())
    });
    while !reader.is_finished() {
        if cancel.is_cancelled() {
            // It may have ended in between, which is what is wanted.
            let _ = child.kill();
            let _ = child.wait();
            return Err(Cancelled);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    let succeeded = child.wait().is_ok_and(|status| status.success());
    let text = reader.join().ok().flatten();
    Ok(text.filter(|_| succeeded))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_says_who_changed_what_together() {
        let log = "\x1ec3\x1fAnn\x1f2026-03-03\x1fFix: b\n\na.rs\n\x1ec2\x1fBob\x1f2026-02-02\x1fAdd\n\na.rs\nb.rs\n\x1ec1\x1fAnn\x1f2026-01-01\x1fStart\n\na.rs\nb.rs\n";
        let history = parse(log);
        let file = history.of("a.rs").unwrap();
        assert_eq!((file.commits, file.last.as_str(), file.last_commit.as_str()), (3, "2026-03-03", "c3"));
        assert_eq!(file.authors, [("Ann".to_owned(), 2), ("Bob".to_owned(), 1)]);
        assert_eq!(history.together("a.rs"), [("b.rs".to_owned(), 2)]);
        assert!(history.of("none").is_none());
    }
}
