//! What git knows: who changed what, and when.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::analyser::Analyser;
use super::process::{self, Said, Silence};
use super::{Cancel, Cancelled, Index, Part, Word};

/// Commits looked at, from the newest; they take about half a second of CPU time once.
pub(super) const MAX_COMMITS: usize = 6000;
/// So much of a message is read, in bytes.
const MAX_MESSAGE: usize = 1500;
/// Whoever has not changed a file for so many years may not remember it.
const GONE: usize = 3;
/// A commit of more files is a sweep that says nothing about which belong together.
const SWEEP: usize = 20;

/// The history of a repository.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// Commits without merges, newest first.
    pub commits: Vec<Arc<Commit>>,
    /// For each path, the indices of the commits that changed it, newest first.
    pub by_path: HashMap<String, Vec<usize>>,
    /// Why it is not whole: git failed, or the clone is shallow.
    pub gap: Option<String>,
}

/// A commit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commit {
    /// Abbreviated id.
    pub id: String,
    /// Who wrote it.
    pub author: String,
    /// The address of who wrote it, in small letters.
    pub address: String,
    /// The day, `2026-11-22`.
    pub date: String,
    /// First line of its message.
    pub subject: String,
    /// Stems of its message with their number of uses, single words and pairs; sorted by their number.
    pub words: Vec<(Word, u32)>,
    /// What it changed, relative to the workspace root, by the names of today.
    pub files: Vec<String>,
    /// Files that it moved or gave another name: the name before, the name after.
    pub moves: Vec<(String, String)>,
    /// Files that had another name then: the name of today, the name then.
    pub renamed: Vec<(String, String)>,
}

/// The history of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileHistory {
    /// Number of commits.
    pub commits: usize,
    /// Those within a year before the newest commit to anything.
    pub commits_of_year: usize,
    /// Authors with their number of commits, those who can be asked first, most commits first.
    pub authors: Vec<(String, usize)>,
    /// How many of them changed something here, this file or another one, within the last years.
    pub present: usize,
    /// Day of the last change.
    pub last: String,
    /// The last commit.
    pub last_commit: String,
}

/// Commits as they were read at some commit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Log {
    /// Full id of the commit that it was read at.
    at: String,
    pub(super) commits: Vec<Arc<Commit>>,
}

/// Reads the history; one that was read at the same commit is known already.
pub(super) fn read(root: &Path, index: &Index, cancel: &Cancel) -> Result<History, Cancelled> {
    let wanted = ["rev-parse".into(), "HEAD".into(), "--is-shallow-repository".into(), "--show-prefix".into()];
    let at = match ask_git(root, &wanted, cancel) {
        Ok(said) if said.succeeded => said.out,
        Ok(said) => return Ok(History { gap: complaint(root, &said.error), ..History::default() }),
        Err(Silence::Cancelled(cancelled)) => return Err(cancelled),
        Err(silence) => return Ok(History { gap: complaint(root, &silence.to_string()), ..History::default() }),
    };
    let mut lines = at.lines();
    let (head, shallow, prefix) = (lines.next().unwrap_or_default(), lines.next(), lines.next().unwrap_or_default());
    let known = index.log();
    if known.at == head {
        return Ok(History::from_commits(known.commits));
    }
    let mut arguments = arguments(MAX_COMMITS, "%h", head);
    arguments.extend(["--no-merges".to_owned(), "--".to_owned()]);
    if !prefix.is_empty() {
        // Commits elsewhere in a larger repository say nothing about this folder.
        arguments.push(".".to_owned());
    }
    let Some(output) = with_renames(root, &arguments, cancel)? else { return Ok(History::default()) };
    let mut commits = parse(&output, &mut Analyser::new(index.words()));
    // A shallow clone can be deepened without a new head.
    if shallow == Some("false") {
        index.set_log(Log { at: head.to_owned(), commits: commits.clone() });
        return Ok(History::from_commits(commits));
    }
    // The commits at its edge seem to have added every file.
    let edge = ["rev-parse".into(), "--git-path".into(), "shallow".into()];
    let edge = git(root, &edge, cancel)?.map(|path| root.join(path.trim()));
    let edge = edge.and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default();
    commits.retain(|commit| !edge.lines().any(|id| id.starts_with(&commit.id)));
    let gap = format!(
        "this clone is shallow and knows {} commits, so who changed what is only partly known; `git fetch --unshallow` brings the rest",
        commits.len()
    );
    Ok(History { gap: Some(gap), ..History::from_commits(commits) })
}

/// Asks git for a log in which files that got another name are told, but for commits that moved very many; of a clone that
/// left texts out, so that they cannot be compared, without.
pub(super) fn with_renames(root: &Path, arguments: &[String], cancel: &Cancel) -> Result<Option<String>, Cancelled> {
    let with = |options: &[&str]| {
        let mut arguments = arguments.to_vec();
        arguments.splice(1..1, options.iter().map(|option| (*option).to_owned()));
        git(root, &arguments, cancel)
    };
    match with(&["--find-renames", "-l200"])? {
        None => with(&["--no-renames"]),
        log => Ok(log),
    }
}

/// What git is asked for the commits of a range; `id` is how it names them.
pub(super) fn arguments(most: usize, id: &str, range: &str) -> Vec<String> {
    vec![
        "log".to_owned(),
        "--relative".to_owned(),
        "--name-status".to_owned(),
        "--abbrev=10".to_owned(),
        "--date=short".to_owned(),
        format!("--max-count={most}"),
        // No name and no message can hold a NUL, so that none can pass for a commit.
        format!("--format=%x00%x01{id}%x00%aN%x00%aE%x00%ad%x00%B%x00%x02"),
        range.to_owned(),
    ]
}

/// The commits of a log.
pub(super) fn parse(log: &str, analyser: &mut Analyser<'_>) -> Vec<Arc<Commit>> {
    let records = log.split("\0\x01").skip(1);
    let commit = |record: &str| {
        let (head, files) = record.split_once("\0\x02").unwrap_or((record, ""));
        let mut fields = head.splitn(5, '\0').map(str::to_owned);
        let mut next = || fields.next().unwrap_or_default();
        let (id, author, address, date, message) = (next(), next(), next().to_lowercase(), next(), next());
        let changed: Vec<(&str, &str)> = files.lines().filter_map(|line| line.split_once('\t')).collect();
        let renamed = |(_, path): &(&str, &str)| {
            path.split_once('\t').map(|(before, after)| (before.to_owned(), after.to_owned()))
        };
        let mut moves = moves(&changed);
        moves.extend(changed.iter().filter_map(renamed));
        // What got another name is told by the new one.
        let now = |(_, path): &(&str, &str)| path.rsplit('\t').next().unwrap_or(path).to_owned();
        let files: Vec<String> = changed.iter().map(now).collect();
        let mut words = Vec::new();
        // A sweep says nothing about any one of its files.
        if files.len() <= SWEEP {
            analyser.add_prose(Part::Code, &said(&message));
            words = analyser.take().concat();
            words.sort_unstable();
        }
        let subject = message.lines().next().unwrap_or_default().to_owned();
        Arc::new(Commit { id, author, address, date, subject, words, files, moves, renamed: Vec::new() })
    };
    records.map(commit).collect()
}

/// Names that many folders have: that one goes and another comes is no move.
const COMMON_NAMES: &[&str] = &["mod", "lib", "main", "index", "__init__", "README", "package", "Makefile", "types"];

/// Files that went in one folder and came in another under the same name, where no other of that name did either.
fn moves(changed: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut by_name: BTreeMap<&str, (Vec<&str>, Vec<&str>)> = BTreeMap::new();
    for (status, path) in changed {
        let name = path.rsplit('/').next().unwrap_or(path);
        let (went, came) = by_name.entry(name).or_default();
        match *status {
            "D" => went.push(path),
            "A" => came.push(path),
            _ => {}
        }
    }
    let is_common = |name: &str| COMMON_NAMES.contains(&name.split_once('.').map_or(name, |(stem, _)| stem));
    let moved = by_name.into_iter().filter(|(name, _)| !is_common(name));
    moved
        .filter_map(|(_, (went, came))| match (&went[..], &came[..]) {
            ([before], [after]) => Some(((*before).to_owned(), (*after).to_owned())),
            _ => None,
        })
        .collect()
}

/// What a message says about the change: without trailers and links, and not without end.
fn said(message: &str) -> String {
    let own = message.lines().filter(|line| {
        let key = line.split_once(": ").map_or("", |(key, _)| key);
        !key.ends_with("-by") && !matches!(key, "Change-Id" | "git-svn-id" | "Cc" | "CC")
    });
    let mut said = String::new();
    for line in own {
        for word in line.split_whitespace().filter(|word| !word.contains("://")) {
            said.push_str(word);
            said.push(' ');
        }
        said.push('\n');
        if said.len() > MAX_MESSAGE {
            break;
        }
    }
    said
}

impl Commit {
    /// Whether it changed so many files that it says nothing about any one of them.
    pub fn is_sweep(&self) -> bool {
        self.files.len() > SWEEP
    }
}

impl History {
    /// The history that commits make, newest first.
    pub(super) fn from_commits(mut commits: Vec<Arc<Commit>>) -> Self {
        // Who writes under two names from one address is one person, by the newest name.
        let mut names: HashMap<String, String> = HashMap::new();
        for commit in &mut commits {
            match names.get(&commit.address) {
                Some(name) if *name != commit.author => Arc::make_mut(commit).author.clone_from(name),
                None if !commit.address.is_empty() => {
                    names.insert(commit.address.clone(), commit.author.clone());
                }
                _ => {}
            }
        }
        let mut today: HashMap<String, String> = HashMap::new();
        for commit in &mut commits {
            if commit.files.iter().any(|file| today.contains_key(file)) {
                let commit = Arc::make_mut(commit);
                for file in &mut commit.files {
                    if let Some(now) = today.get(file) {
                        commit.renamed.push((now.clone(), std::mem::replace(file, now.clone())));
                    }
                }
                let mut seen = HashSet::new();
                commit.files.retain(|file| seen.insert(file.clone()));
            }
            for (before, after) in &commit.moves {
                let now = today.get(after).unwrap_or(after).clone();
                today.insert(before.clone(), now);
            }
        }
        let mut by_path: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, commit) in commits.iter().enumerate() {
            for file in &commit.files {
                match by_path.get_mut(file) {
                    Some(indices) => indices.push(index),
                    None => {
                        by_path.insert(file.clone(), vec![index]);
                    }
                }
            }
        }
        Self { commits, by_path, gap: None }
    }

    /// The number of commits that were looked at, where there may be older ones.
    pub fn window(&self) -> Option<usize> {
        (self.commits.len() >= MAX_COMMITS).then_some(MAX_COMMITS)
    }

    /// Whether a commit is the first of all, which made whatever was there and so speaks for nothing by itself.
    pub fn is_start(&self, commit: usize) -> bool {
        self.gap.is_none() && self.window().is_none() && commit + 1 == self.commits.len()
    }

    /// Whole years from a day, `2026-11-22`, to the newest commit.
    pub fn years_since(&self, day: &str) -> usize {
        let date = |day: &str| day.parse::<jiff::civil::Date>().ok();
        let newest = self.commits.first().and_then(|commit| date(&commit.date));
        let days = newest.zip(date(day)).map_or(0, |(newest, then)| (newest - then).get_days());
        usize::try_from(days / 365).unwrap_or(0)
    }

    /// The history of a file; `None` if git does not know it.
    pub fn of(&self, path: &str) -> Option<FileHistory> {
        let commits = self.by_path.get(path)?;
        let mut authors: BTreeMap<&str, usize> = BTreeMap::new();
        for &commit in commits {
            *authors.entry(&self.commits[commit].author).or_default() += 1;
        }
        let mut authors: Vec<(String, usize)> =
            authors.into_iter().map(|(name, count)| (name.to_owned(), count)).collect();
        let last = &self.commits[*commits.first()?];
        // Whom one can ask comes first: no program, and nobody who has long left.
        let away = |name: &str| {
            let own = commits.iter().map(|&commit| &self.commits[commit]).find(|commit| commit.author == name);
            name.contains("[bot]") || own.is_none_or(|commit| self.years_since(&commit.date) > GONE)
        };
        authors.sort_by_cached_key(|(name, count)| (away(name), std::cmp::Reverse(*count), name.clone()));
        let lately = self.commits.iter().filter(|commit| self.years_since(&commit.date) <= GONE);
        let at_work: BTreeSet<&str> = lately.map(|commit| commit.author.as_str()).collect();
        let present = authors.iter().filter(|(name, _)| at_work.contains(name.as_str())).count();
        let of_year = commits.iter().filter(|&&commit| self.years_since(&self.commits[commit].date) == 0).count();
        Some(FileHistory {
            commits: commits.len(),
            commits_of_year: of_year,
            authors,
            present,
            last: last.date.clone(),
            last_commit: last.id.clone(),
        })
    }
}

/// Git in a folder. What a clone left out is not fetched, since its remote is for the repository to say and may be a
/// command; nothing is locked.
pub(super) fn git_command(root: &Path) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(root);
    // A hook or an editor that was started by git names its repository, which need not be this one.
    for inherited in
        ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX"]
    {
        command.env_remove(inherited);
    }
    command.env("GIT_OPTIONAL_LOCKS", "0").env("GIT_NO_LAZY_FETCH", "1").env("GIT_ALLOW_PROTOCOL", "");
    command
}

/// Asks git; `None` if there is no git, no repository or no commit.
///
/// A repository's own configuration can name programs, so those that a log could start are turned off.
pub(super) fn git(root: &Path, arguments: &[String], cancel: &Cancel) -> Result<Option<String>, Cancelled> {
    match ask_git(root, arguments, cancel) {
        Ok(said) => Ok(said.succeeded.then_some(said.out)),
        Err(Silence::Cancelled(cancelled)) => Err(cancelled),
        Err(_) => Ok(None),
    }
}

fn ask_git(root: &Path, arguments: &[String], cancel: &Cancel) -> Result<Said, Silence> {
    let mut command = git_command(root);
    command.args(["--no-pager", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false"]);
    command.args(["-c", "log.showSignature=false"]).args(arguments);
    process::ask(&mut command, None, cancel)
}

/// Why git knows nothing of a folder that has a repository; `None` where there is none, or nothing in it yet.
fn complaint(root: &Path, error: &str) -> Option<String> {
    let marked = root.ancestors().any(|folder| folder.join(".git").exists());
    let empty = error.contains("ambiguous argument 'HEAD'") || error.contains("unknown revision");
    let line = error.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("it gave no reason");
    let line = line.trim_start_matches("fatal: ").replace('`', "'");
    (marked && !empty).then(|| format!("git could not be read, so no history speaks in this plan: {line}"))
}

/// Whether git knows all of a repository's history; not where it is shallow, or git says nothing.
pub(super) fn is_whole(root: &Path) -> bool {
    let asked = git(root, &["rev-parse".into(), "--is-shallow-repository".into()], &Cancel::default());
    asked.ok().flatten().is_some_and(|said| said.trim() == "false")
}

#[cfg(test)]
mod tests {
    use super::super::Lexicon;
    use super::*;

    #[test]
    fn a_log_says_who_changed_what() {
        let log = "\x00\x01c3\x00Ann\x00ann@a.b\x002026-03-03\x00Fix: b\n\nIt fell.\n\nSigned-off-by: Ann\n\x00\x02\nM\ta.rs\nD\told/c.rs\nA\tnew/c.rs\nR090\tone.rs\ttwo.rs\n\x00\x01c2\x00Bob\x00bob@a.b\x002026-02-02\x00Add\n\x00\x02\nM\ta.rs\nA\tb.rs\nM\told/c.rs\nM\tone.rs\n\x00\x01c1\x00Ann / a\x00Ann@a.b\x002026-01-01\x00Start\n\x00\x02\nA\ta.rs\nA\tb.rs\n";
        let lexicon = Lexicon::default();
        let history = History::from_commits(parse(log, &mut Analyser::new(&lexicon)));
        assert_eq!(history.commits[0].subject, "Fix: b");
        let said = |word: &str| lexicon.find(word).is_some();
        assert!(said("fell") && !said("ann"));
        let file = history.of("a.rs").unwrap();
        assert_eq!((file.commits, file.last.as_str(), file.last_commit.as_str()), (3, "2026-03-03", "c3"));
        assert_eq!(file.authors, [("Ann".to_owned(), 2), ("Bob".to_owned(), 1)]);
        // A file that moved keeps its history, and a commit the name that it knew.
        assert_eq!(history.of("new/c.rs").unwrap().commits, 2);
        assert_eq!(history.of("two.rs").unwrap().commits, 2);
        let renamed = [("new/c.rs", "old/c.rs"), ("two.rs", "one.rs")];
        assert_eq!(history.commits[1].renamed, renamed.map(|(now, then)| (now.to_owned(), then.to_owned())));
        assert!(history.of("none").is_none());
    }
}
