//! How much work past commits were: lines, and the calendar days of what belongs to them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use jiff::civil::Date;

use super::{Cancel, Commit, History, Lexicon, Word, history, manifest};
use crate::text::stems;

/// Commits further apart than this are not one piece of work.
const WINDOW: i32 = 30;
/// A word in more than this share of messages says nothing about what they are about.
const COMMON: usize = 50;
/// So many telling words of their subjects, half of those of one of them, and a file are shared by commits of one piece of
/// work.
const SHARED: usize = 2;

/// The work that a past commit stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effort {
    /// Files that it changed, without lockfiles and what was not to count; `None` if git does not say.
    pub files: Option<usize>,
    /// Lines that it added and removed, without lockfiles and what was not to count; `None` if git does not say.
    pub lines: Option<usize>,
    /// Indices of other commits within a month that share a file that counts and most telling words of its subject with it.
    pub others: Vec<usize>,
    /// Calendar days from the first to the last of them, both counted.
    pub days: usize,
}

impl History {
    /// The work that some commits stand for, by their index; of their files, by the names of today, those that count.
    pub fn effort(
        &self,
        root: &Path,
        lexicon: &Lexicon,
        commits: &[usize],
        counts: impl Fn(&str) -> bool,
    ) -> Vec<Effort> {
        let words: HashSet<Word> =
            commits.iter().flat_map(|&commit| &self.commits[commit].words).map(|(word, _)| *word).collect();
        let mut said: HashMap<Word, usize> = HashMap::new();
        for (word, _) in self.commits.iter().flat_map(|commit| &commit.words).filter(|(word, _)| words.contains(word)) {
            *said.entry(*word).or_default() += 1;
        }
        let most = (self.commits.len() / COMMON).max(SHARED);
        let telling = |commit: &Commit| -> HashSet<Word> {
            let words = stems(&commit.subject).into_iter().filter_map(|stem| lexicon.find(&stem));
            words.filter(|word| said.get(word).is_some_and(|count| *count <= most)).collect()
        };
        let changes = changes(root, commits.iter().map(|&commit| self.commits[commit].id.as_str()));
        commits
            .iter()
            .map(|&commit| {
                let (others, days) = self.series(commit, &telling, &counts);
                let own = &self.commits[commit];
                let today = |path: &String| {
                    let renamed = own.renamed.iter().find(|(_, then)| then == path);
                    counts(renamed.map_or(path, |(now, _)| now))
                };
                let changed = changes.get(&own.id).map(|all| all.iter().filter(|(path, _)| today(path)));
                let counted = changed.map(|own| own.fold((0, 0), |(files, sum), (_, lines)| (files + 1, sum + lines)));
                let (files, lines) = counted.unzip();
                Effort { files, lines, others, days }
            })
            .collect()
    }

    /// The other commits of one piece of work with a commit, of files that count, and the days that they all span.
    fn series(
        &self,
        commit: usize,
        telling: &dyn Fn(&Commit) -> HashSet<Word>,
        counts: &dyn Fn(&str) -> bool,
    ) -> (Vec<usize>, usize) {
        let center = &self.commits[commit];
        let own = telling(center);
        let Ok(day) = center.date.parse::<Date>() else { return (Vec::new(), 1) };
        let away = |other: &Commit| other.date.parse::<Date>().ok().map(|date| (date - day).get_days());
        let counted = center.files.iter().filter(|file| counts(file));
        let mut near: Vec<usize> = counted.filter_map(|file| self.by_path.get(file)).flatten().copied().collect();
        near.sort_unstable();
        near.dedup();
        near.retain(|&index| {
            let other = &self.commits[index];
            let is_near = away(other).is_some_and(|days| days.abs() <= WINDOW);
            index != commit && is_near && !other.is_sweep() && are_alike(&own, &telling(other))
        });
        let days = || near.iter().filter_map(|&index| away(&self.commits[index])).chain([0]);
        let span = days().max().unwrap_or_default() - days().min().unwrap_or_default();
        (near, (span + 1) as usize)
    }
}

/// Whether two sets of telling words are about one thing.
fn are_alike(one: &HashSet<Word>, other: &HashSet<Word>) -> bool {
    let shared = one.intersection(other).count();
    shared >= SHARED && shared * 2 >= one.len().min(other.len())
}

/// The files that commits changed, without lockfiles, with how many lines, by the ids that were asked for.
fn changes<'i>(root: &Path, ids: impl Iterator<Item = &'i str>) -> BTreeMap<String, Vec<(String, usize)>> {
    let options = ["log", "--no-walk=unsorted", "--relative", "--numstat", "--abbrev=10", "--format=%x1e%h"];
    let mut arguments: Vec<String> = options.map(str::to_owned).to_vec();
    let before = arguments.len();
    // An id can be nothing else than one, whatever a log has said.
    let is_id = |id: &&str| id.len() >= 7 && id.chars().all(|c| c.is_ascii_hexdigit());
    arguments.extend(ids.filter(is_id).map(str::to_owned));
    if arguments.len() == before {
        return BTreeMap::new();
    }
    arguments.push("--".to_owned());
    let out = history::with_renames(root, &arguments, &Cancel::default()).ok().flatten().unwrap_or_default();
    let record = |record: &str| {
        let (id, changes) = record.split_once('\n')?;
        let changed = |line: &str| {
            let mut parts = line.splitn(3, '\t');
            let (added, removed, path) = (parts.next()?, parts.next()?, parts.next()?);
            // Binary files have dashes for numbers.
            let sum = added.parse::<usize>().ok()? + removed.parse::<usize>().ok()?;
            let path = now(path);
            (!manifest::is_lockfile(&path)).then_some((path, sum))
        };
        Some((id.to_owned(), changes.lines().filter_map(changed).collect()))
    };
    out.split('\x1e').filter_map(record).collect()
}

/// The new name of a file, as git tells of one that got another: `src/{old => new}/a.rs`, `a.rs => b.rs`.
fn now(path: &str) -> String {
    let Some((before, after)) = path.split_once(" => ") else { return path.to_owned() };
    match (before.rsplit_once('{'), after.split_once('}')) {
        (Some((start, _)), Some((name, end))) => format!("{start}{name}{end}").replace("//", "/"),
        _ => after.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn commit(id: &str, date: &str, words: &[Word], files: &[&str]) -> Arc<Commit> {
        let words = words.iter().map(|word| (*word, 1)).collect();
        let files = files.iter().map(|file| (*file).to_owned()).collect();
        Arc::new(Commit { id: id.into(), date: date.into(), words, files, ..Commit::default() })
    }

    #[test]
    fn a_file_is_called_by_its_new_name() {
        assert_eq!(now("src/a.rs"), "src/a.rs");
        assert_eq!(now("src/{old => new}/a.rs"), "src/new/a.rs");
        assert_eq!(now("src/{old => }/a.rs"), "src/a.rs");
        assert_eq!(now("a.rs => b.rs"), "b.rs");
    }

    #[test]
    fn work_that_came_in_several_commits_is_one() {
        let history = History::from_commits(vec![
            commit("far", "2026-05-01", &[1, 2], &["a.rs"]),
            commit("fix", "2026-03-09", &[1, 2], &["a.rs"]),
            commit("other", "2026-03-05", &[1, 2], &["b.rs"]),
            commit("unlike", "2026-03-04", &[1, 3], &["a.rs"]),
            commit("it", "2026-03-02", &[1, 2, 4], &["a.rs", "c.rs"]),
            commit("start", "2026-02-27", &[2, 4], &["c.rs"]),
        ]);
        // With so few commits every word is common, so the words are told apart by hand.
        let all = |commit: &Commit| commit.words.iter().map(|(word, _)| *word).collect::<HashSet<Word>>();
        assert_eq!(history.series(4, &all, &|_| true), (vec![1, 5], 11));
        assert_eq!(history.series(4, &all, &|path| path == "c.rs"), (vec![5], 4));
        let one = |commit: &Commit| all(commit).into_iter().filter(|word| *word == 1).collect();
        assert_eq!(history.series(4, &one, &|_| true), (vec![], 1));
    }
}
