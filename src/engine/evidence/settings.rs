//! Finds where settings are kept: those of the whole, and those named like one that a requirement writes in capitals.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

use super::locate::can_change;
use super::{Evidence, kin};
use crate::document::Demand;
use crate::research::{Strength, subject, switches};
use crate::text::{pattern, says, split_identifier, stems};
use crate::workspace::SourceFile;

/// A setting in small letters is one where it is called so: ``The setting `page_size` MUST …``.
static CALLED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i:\b(?:settings?|options?|keys?)) `([a-z][a-z0-9]*(?:[_-][a-z0-9]+)+)`"));
/// A line that gives such a setting its value or its type.
static KEY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"^\s*(?:pub\s+)?["']?([a-z][a-z0-9]*(?:[_-][a-z0-9]+)+)["']?\s*[:=]"#));

static SETTING: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b"));

/// A member that is true or false: `boolean strict`, `strict: bool`, `Strict bool`.
static MEMBER: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b(?:bool(?:ean)?|Boolean)\s+(\w+)|\b(\w+)\??\s*:\s*bool(?:ean)?\b|^\s*(\w+)\s+bool\b"));

/// Words of a file's name that say that it keeps settings.
pub const KEEPERS: &[&str] =
    &["settings", "setting", "config", "configuration", "options", "defaults", "conf", "env", "constants"];
/// So many siblings make a file the home of a setting.
const SIBLINGS: usize = 2;

/// Whether a file's name says that it keeps settings.
pub fn is_keeper(path: &str) -> bool {
    kin::stem(path).to_lowercase().split(['_', '-', '.']).any(|word| KEEPERS.contains(&word))
}

/// Subjects that are the configuration of the whole.
const CONFIGURATIONS: &[&str] = &["configuration", "config", "configuration file", "config file", "settings file"];
/// These days are so many commits.
const NEWEST: usize = 2000;

/// Whether a requirement demands something of the configuration of the whole: `The site configuration MUST …`.
pub fn is_of_configuration(demand: &Demand) -> bool {
    let subject = subject(&demand.statement).to_lowercase();
    CONFIGURATIONS.iter().any(|what| subject.ends_with(what)) && subject.split_whitespace().count() <= 4
}

/// The file that keeps the configuration of the whole, where a requirement demands something of that: of those that say so
/// in their names the one that changes most often these days, for every new option changes it.
pub fn of_the_whole(engine: &Evidence<'_>, demand: &Demand) -> Option<usize> {
    if !is_of_configuration(demand) {
        return None;
    }
    let keeps = |file: &SourceFile| {
        let name = kin::stem(&file.path).to_lowercase();
        file.language.is_some() && can_change(file) && KEEPERS.iter().any(|word| name.ends_with(word))
    };
    let files = engine.workspace.files.iter().enumerate().filter(|(_, file)| keeps(file));
    let newest = || engine.workspace.history.commits.iter().take(NEWEST);
    let changes = |file: &SourceFile| newest().filter(|commit| commit.files.contains(&file.path)).count();
    let counted = files.map(|(index, file)| (changes(file), std::cmp::Reverse(index)));
    counted.filter(|(changes, _)| *changes > 0).max().map(|(_, std::cmp::Reverse(index))| index)
}

/// Whether a requirement demands something of a setting: ``A setting `X_Y` MUST …``.
pub fn is_of_setting(demand: &Demand) -> bool {
    let about = subject(&demand.statement);
    SETTING.is_match(&about) || CALLED.is_match(&about)
}

/// How the settings are written that a requirement speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `PAGE_SIZE`
    Capitals,
    /// `page_size`
    Small,
}

impl Form {
    /// The settings that a line keeps.
    fn kept(self, line: &str) -> Vec<&str> {
        match self {
            Self::Capitals => SETTING.find_iter(line).map(|name| name.as_str()).collect(),
            Self::Small => {
                KEY.captures(line).and_then(|key| key.get(1)).map(|name| name.as_str()).into_iter().collect()
            }
        }
    }

    /// A word of so many letters names a setting; in small letters even a short one does.
    fn least(self) -> usize {
        match self {
            Self::Capitals => 4,
            Self::Small => 3,
        }
    }
}

/// The settings that a requirement writes in capitals, else those that it calls so.
fn asked(said: &str) -> (Form, Vec<&str>) {
    let in_capitals = Form::Capitals.kept(said);
    if !in_capitals.is_empty() {
        return (Form::Capitals, in_capitals);
    }
    let called = CALLED.captures_iter(said).filter_map(|called| called.get(1));
    (Form::Small, called.map(|name| name.as_str()).collect())
}

/// All that a requirement says.
fn whole(demand: &Demand) -> String {
    let criteria = demand.criteria.iter().map(|criterion| &*criterion.text);
    let said: Vec<String> = std::iter::once(demand.summary()).chain(criteria.map(str::to_owned)).collect();
    said.join(" ")
}

/// The file that keeps settings named like one that a requirement writes in capitals, or calls a setting, with a sibling and
/// its line.
pub fn beside(engine: &Evidence<'_>, demand: &Demand) -> Option<(usize, String, usize)> {
    let said = whole(demand);
    let (form, names) = asked(&said);
    let wanted: BTreeSet<&str> = names.into_iter().flat_map(|name| name.split(['_', '-'])).collect();
    if wanted.is_empty() {
        return None;
    }
    let keeps = |file: &SourceFile| file.language.is_some() && can_change(file) && is_keeper(&file.path);
    let files = engine.workspace.files.iter().enumerate().filter(|(_, file)| keeps(file));
    let counted = files.filter_map(|(index, file)| {
        let lines = engine.reader.lines(&file.path)?;
        let mut siblings: BTreeMap<&str, usize> = BTreeMap::new();
        for (at, line) in lines.iter().enumerate() {
            for name in form.kept(line) {
                if name.split(['_', '-']).any(|word| word.len() >= form.least() && wanted.contains(word)) {
                    siblings.entry(name).or_insert(at + 1);
                }
            }
        }
        let (name, line) = siblings.iter().next().map(|(name, line)| ((*name).to_owned(), *line))?;
        (siblings.len() >= SIBLINGS).then_some((siblings.len(), index, name, line))
    });
    let (_, file, name, line) = counted.max_by_key(|(count, index, ..)| (*count, std::cmp::Reverse(*index)))?;
    let lines = engine.reader.lines(&engine.workspace.files[file].path)?;
    let (name, line) = last_of_group(&lines, &wanted).unwrap_or((name, line));
    Some((file, name, line))
}

/// A commit of more files than this did more than to add a setting.
const FILES: usize = 20;
/// So many of the newest commits to a file with settings are looked at.
const LOOKED: usize = 50;

/// The last commit that added a setting where the one of a requirement belongs, one that is switched where that is asked
/// for: whoever follows it forgets no place.
pub fn added(engine: &Evidence<'_>, demand: &Demand) -> Option<usize> {
    if is_of_setting(demand) {
        let file = engine.spots(&demand.id).iter().find(|spot| spot.is_setting())?.file;
        let said = whole(demand);
        let (form, _) = asked(&said);
        let is_switch = |line: &str| ["true", "false"].iter().any(|value| says(&line.to_lowercase(), value));
        let name = |line: &str| form.kept(line).first().map(|name| (*name).to_owned());
        return last_added(engine, file, |line| name(line).filter(|_| !switches(demand) || is_switch(line)));
    }
    if !switches(demand) {
        return None;
    }
    // A switch is a member of the type that keeps the settings.
    let first = engine.spots(&demand.id).first().filter(|spot| spot.strength > Strength::Possible)?;
    let types = &engine.workspace.files[first.file].symbols;
    let keeps = first.symbols.first().map(|&at| &types[at]);
    let keeps = keeps.filter(|own| own.kind.is_container() && keeps_settings(&own.name))?;
    let text = engine.reader.text(&engine.workspace.files[first.file].path, keeps.first, keeps.last)?;
    last_added(engine, first.file, |line| {
        let member = MEMBER.captures(line)?.iter().skip(1).flatten().next()?.as_str().to_owned();
        says(&text, &member).then_some(member)
    })
}

/// Whether the name of a type says that it keeps settings.
fn keeps_settings(name: &str) -> bool {
    split_identifier(name).iter().any(|word| KEEPERS.contains(&word.as_str()))
}

/// The newest commit that added something to a file that is still there, and did little else; `name` tells what a line adds.
fn last_added(engine: &Evidence<'_>, file: usize, name: impl Fn(&str) -> Option<String>) -> Option<usize> {
    let (path, history) = (&engine.workspace.files[file].path, &engine.workspace.history);
    let lines = engine.reader.lines(path)?;
    let is_work = |commit: usize| !history.is_start(commit) && history.commits[commit].files.len() <= FILES;
    let mut all = history.additions(&engine.workspace.root, path, LOOKED).into_iter();
    let adds = all.find(|addition| {
        let mut names = addition.added.iter().filter_map(|line| name(line));
        // One that only gave another value had the name before.
        let is_new = |name: &String| !addition.removed.iter().any(|line| says(line, name));
        let stands = |name: &String| lines.iter().any(|line| says(line, name));
        is_work(addition.commit) && names.any(|name| is_new(&name) && stands(&name))
    });
    adds.map(|addition| addition.commit)
}

/// The last setting below a comment that says one of some words, and nothing else of weight: `# Throttling`.
fn last_of_group(lines: &[Box<str>], words: &BTreeSet<&str>) -> Option<(String, usize)> {
    let wanted: BTreeSet<String> = words.iter().filter(|word| word.len() > 3).flat_map(|word| stems(word)).collect();
    let is_comment = |line: &str| line.trim_start().starts_with(['#', '/']);
    let heads = |line: &str| {
        let said = stems(line);
        is_comment(line) && !said.is_empty() && said.iter().all(|stem| wanted.contains(stem))
    };
    let head = lines.iter().position(|line| heads(line))?;
    let group = lines.iter().enumerate().skip(head + 1);
    let group = group.take_while(|(_, line)| !line.trim().is_empty() && !is_comment(line));
    group.filter_map(|(at, line)| Some((SETTING.find(line)?.as_str().to_owned(), at + 1))).last()
}
