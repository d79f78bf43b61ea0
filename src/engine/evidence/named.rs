//! Places that a requirement names by more than its words: a part of the repository, a path, a type, a member.

use std::collections::{BTreeMap, BTreeSet};

use super::settings::KEEPERS;
use super::spot::Spot;
use super::theme::ROLES;
use super::{Evidence, kin};
use crate::document::Demand;
use crate::research::subject;
use crate::text::{split_identifier, stems};
use crate::workspace::{SourceFile, Symbol, Workspace};

use super::locate::{Ranked, can_change, without_subject};

/// Folders deeper than this are parts of parts.
const DEPTH: usize = 2;
/// A name that more folders bear tells none of them.
const BEARERS: usize = 3;
/// A folder that holds more of the code than one in so many files is no part, but the whole.
const PART: usize = 3;
/// The best file of a named part has so much of the score of the best one, or the part was only mentioned.
const NEARLY: f32 = 0.7;
/// So many parts of a repository are added for one requirement.
const ADDED: usize = 2;

/// Names that many repositories give to folders, whatever is in them.
const GENERAL: &[&str] = &[
    "app",
    "apps",
    "bin",
    "cmd",
    "code",
    "common",
    "commons",
    "config",
    "configuration",
    "core",
    "crates",
    "doc",
    "docs",
    "internal",
    "lib",
    "libs",
    "main",
    "modules",
    "org",
    "com",
    "package",
    "packages",
    "pkg",
    "project",
    "scripts",
    "shared",
    "source",
    "src",
    "test",
    "tests",
    "tool",
    "tools",
    "util",
    "utils",
];

/// Words of folders that say what kind of thing lies in them, and not which.
const KINDS: &[&str] = &[
    "adapter",
    "adapters",
    "client",
    "clients",
    "driver",
    "drivers",
    "extension",
    "extensions",
    "module",
    "plugin",
    "plugins",
    "provider",
    "providers",
    "sdk",
    "sdks",
    "service",
    "services",
];

/// Words that a requirement says for what is done, whatever folder is called so.
const DEEDS: &[&str] = &[
    "add", "build", "cache", "call", "change", "check", "create", "delete", "edit", "export", "import", "list", "load",
    "log", "make", "open", "process", "read", "release", "report", "request", "response", "run", "search", "send",
    "set", "show", "start", "state", "stop", "store", "sync", "time", "type", "update", "use", "user", "users", "view",
    "watch", "write",
];

/// Folders of the repository by the words of their names.
#[derive(Debug, Default)]
pub struct Parts {
    by_word: BTreeMap<String, BTreeSet<String>>,
    /// Folders with a manifest of their own, but for the root.
    packages: BTreeSet<String>,
    /// Words in the names of so many packages that they tell none of them.
    shared: BTreeSet<String>,
}

impl Parts {
    /// The parts of a workspace that hold code somebody could change.
    pub fn new(workspace: &Workspace) -> Self {
        let mut by_word: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut sizes: BTreeMap<String, usize> = BTreeMap::new();
        let mut all = 0;
        for file in workspace.files.iter().filter(|file| file.language.is_some() && can_change(file)) {
            all += 1;
            let mut folder = String::new();
            for part in file.path.split('/').rev().skip(1).collect::<Vec<_>>().into_iter().rev().take(DEPTH) {
                if !folder.is_empty() {
                    folder.push('/');
                }
                folder.push_str(part);
                *sizes.entry(folder.clone()).or_default() += 1;
            }
        }
        for (folder, files) in sizes {
            let name = folder.rsplit('/').next().unwrap_or(&folder).to_lowercase();
            // `plugin-legacy` is a plugin, and named by what is legacy in it.
            let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 2);
            for word in words.filter(|word| files * PART < all && !KINDS.contains(word)) {
                by_word.entry(word.to_owned()).or_default().insert(folder.clone());
            }
        }
        for folders in by_word.values_mut() {
            let outer = folders.clone();
            folders.retain(|folder| !outer.iter().any(|other| is_below(folder, other)));
        }
        let packages: BTreeSet<String> = workspace.packages.iter().cloned().collect();
        let is_shared = |folders: &BTreeSet<String>| {
            folders.len() > BEARERS
                && folders.len() < packages.len()
                && folders.iter().all(|one| packages.contains(one))
        };
        let shared = by_word.iter().filter(|(_, folders)| is_shared(folders)).map(|(word, _)| word.clone()).collect();
        by_word.retain(|word, folders| {
            // `all` and the like mean no folder.
            folders.len() <= BEARERS
                && !stems(word).is_empty()
                && !GENERAL.contains(&word.as_str())
                && !DEEDS.contains(&word.as_str())
        });

        Self { by_word, packages, shared }
    }

    /// The folder of the nearest manifest above a file; `None` for the root.
    pub fn package_of(&self, path: &str) -> Option<&str> {
        let mut folder = kin::folder(path);
        while !folder.is_empty() {
            if let Some(package) = self.packages.get(folder) {
                return Some(package);
            }
            folder = kin::folder(folder);
        }
        None
    }

    /// The folders that a text names, each name's own.
    fn named_in(&self, text: &str) -> Vec<&BTreeSet<String>> {
        let text = text.to_lowercase();
        let words: BTreeSet<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
        words.into_iter().filter_map(|word| self.by_word.get(word)).collect()
    }

    /// The packages that a text names, also in the plural or in two words: `rate limiters` are kept in `ratelimiter`.
    fn packages_in(&self, text: &str) -> BTreeSet<&String> {
        let text = text.to_lowercase();
        let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let pairs = words.windows(2).map(|pair| pair.concat());
        let all: BTreeSet<String> = words.iter().map(|word| (*word).to_owned()).chain(pairs).collect();
        let forms = all.iter().flat_map(|word| [word.as_str(), word.strip_suffix('s').unwrap_or(word)]);
        let named = forms.filter_map(|word| self.by_word.get(word)).flatten();
        named.filter(|folder| self.packages.contains(*folder)).collect()
    }
}

fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// Whether a file lies in a package that a requirement names, or else the title of its document, or in none that stands
/// beside one of those.
pub fn in_named_package(engine: &Evidence<'_>, demand: &Demand) -> impl Fn(usize) -> bool {
    let said = demand.summary();
    // What stands in brackets lists examples.
    let outside: String = said.split('(').map(|part| part.split_once(')').map_or(part, |(_, rest)| rest)).collect();
    let mut named = engine.parts.packages_in(without_subject(&outside, engine.workspace.name()));
    let others = outside.to_lowercase();
    let others = others.split(|c: char| !c.is_alphanumeric()).any(|word| engine.parts.shared.contains(word));
    if named.is_empty() && !others {
        named = engine.parts.packages_in(engine.agenda.title.as_deref().unwrap_or_default());
    }
    let beside: BTreeSet<String> = named.iter().map(|folder| kin::folder(folder).to_owned()).collect();
    move |file| match engine.parts.package_of(&engine.workspace.files[file].path) {
        Some(own) if beside.contains(kin::folder(own)) => named.iter().any(|folder| *folder == own),
        _ => true,
    }
}

/// The best ranked file of each part that a requirement names and none of its places lies in.
pub fn in_parts<'r>(engine: &Evidence<'_>, demand: &Demand, spots: &[Spot], ranked: &'r [Ranked]) -> Vec<&'r Ranked> {
    let files = &engine.workspace.files;
    let path = |file: usize| files[file].path.as_str();
    let within = |file: usize, folders: &BTreeSet<String>| folders.iter().any(|folder| is_below(path(file), folder));
    let said = demand.summary();
    let named = engine.parts.named_in(without_subject(&said, engine.workspace.name()));
    let unmet = named.into_iter().filter(|folders| !spots.iter().any(|spot| within(spot.file, folders)));
    let least = ranked.first().map_or(0.0, |best| NEARLY * best.score);
    let best = unmet.filter_map(|folders| ranked.iter().find(|ranked| within(ranked.file, folders)));
    let best = best.filter(|ranked| ranked.score >= least);
    let mut found: Vec<&Ranked> = best.collect();
    found.sort_by_key(|ranked| ranked.file);
    found.dedup_by_key(|ranked| ranked.file);
    found.truncate(ADDED);
    found
}

/// A type that more files define is no one thing.
const DEFINED: usize = 2;

/// Whether a name is written as those of types are: `RateLimiter`, and not `RATE_LIMIT`.
pub fn is_type_name(name: &str) -> bool {
    name.starts_with(char::is_uppercase) && name.contains(char::is_lowercase)
}

/// Files whose paths a requirement writes out, or the first ones of folders: `examples/sse`, wherever they lie.
pub fn paths(engine: &Evidence<'_>, demand: &Demand) -> Vec<usize> {
    let files = &engine.workspace.files;
    let said = demand.summary();
    let written =
        said.split('`').skip(1).step_by(2).map(|path| path.trim_matches('/')).filter(|path| path.contains('/'));
    let of = |path: &str| {
        let ending = format!("/{path}");
        let is = |file: &SourceFile| file.path == path || file.path.ends_with(&ending);
        let lies_in = |file: &(usize, &SourceFile)| is_below(&file.1.path, path) && file.1.language.is_some();
        let within = || {
            files.iter().enumerate().filter(lies_in).min_by_key(|(_, file)| (!kin::is_index(&file.path), &file.path))
        };
        files.iter().position(is).or_else(|| within().map(|(index, _)| index))
    };
    written.filter_map(of).collect()
}

/// The types in backticks that are the subject of a requirement.
fn subject_types(statement: &str) -> Vec<String> {
    let subject = subject(statement);
    // What stands in a condition before it is no subject.
    let said = if subject.trim_start_matches("The ").starts_with('`') { subject } else { String::new() };
    let names = said.split('`').skip(1).step_by(2).map(|name| name.trim_start_matches('@'));
    names.filter(|name| is_type_name(name)).map(str::to_owned).collect()
}

/// Words by which a requirement hands something to a type.
const HANDED: &[&str] =
    &["accept", "accepts", "argument", "arguments", "option", "options", "parameter", "take", "takes"];

/// Whether a requirement hands something to what it is about.
pub fn is_handed(demand: &Demand) -> bool {
    demand.summary().split(|c: char| !c.is_alphanumeric()).any(|word| HANDED.contains(&word))
}

/// Definitions of a file, the best first, with the type first that a requirement is about, or the one of which it speaks,
/// and then what belongs to that; what makes the type before the rest where something is handed to it. `None` without such a type.
pub fn first_of_type(engine: &Evidence<'_>, demand: &Demand, file: usize, best: &[usize]) -> Option<Vec<usize>> {
    let symbols = &engine.workspace.files[file].symbols;
    let spoken = engine.agenda.referral(&demand.id).map(|referral| &engine.agenda.requirements[referral.asks]);
    let types = std::iter::once(demand).chain(spoken).flat_map(|about| subject_types(&about.statement));
    let defines = |name: &String| symbols.iter().position(|own| own.kind.is_container() && own.name == *name);
    let (name, own) = types.into_iter().find_map(|name| Some((name.clone(), defines(&name)?)))?;
    let is_handed = is_handed(demand);
    let makes = |at: &usize| symbols[*at].makes_parent();
    let (mut members, others): (Vec<usize>, Vec<usize>) =
        best.iter().copied().filter(|at| *at != own).partition(|&at| symbols[at].parent.as_ref() == Some(&name));
    members.sort_by_key(|at| !(is_handed && makes(at)));
    Some(std::iter::once(own).chain(members).chain(others).collect())
}

/// The files that define the type which is the subject of a requirement: `Router` in “`Router` MUST let the user …”.
pub fn subjects(engine: &Evidence<'_>, demand: &Demand) -> Vec<usize> {
    let files = engine.workspace.files.iter().enumerate().filter(|(_, file)| can_change(file));
    let defines = |file: &SourceFile, name: &str| {
        file.symbols.iter().any(|symbol| symbol.name == name && symbol.parent.is_none() && symbol.kind.is_container())
    };
    let names = subject_types(&demand.statement);
    let of = |name: &str| files.clone().filter(|(_, file)| defines(file, name)).map(|(at, _)| at).collect::<Vec<_>>();
    let written = names.iter().map(|name| of(name)).find(|files| (1..=DEFINED).contains(&files.len()));
    written.unwrap_or_else(|| spelled(engine, demand))
}

/// So many words of a type's name make it one of a kind, fewer where it keeps settings that are spoken of, and so far down
/// the ranking it is looked for.
const SPELLED: usize = 4;
const SETTINGS: usize = 2;
const LOOKED: usize = 60;

/// Words for settings, as stems: what they are of is another one.
const KEPT: &[&str] = &["configur", "properti", "option", "set"];

/// Whether a type's name says that it keeps settings.
fn keeps_settings(name: &str) -> bool {
    split_identifier(name).last().is_some_and(|last| KEEPERS.contains(&last.as_str()) || last == "properties")
}

/// The files that define a type whose name a requirement spells in words, with its title: `BulkheadOnCallPermittedEvent`
/// in “the event of a permitted call”, of bulkheads.
fn spelled(engine: &Evidence<'_>, demand: &Demand) -> Vec<usize> {
    let title = engine.agenda.title.as_deref().unwrap_or_default();
    let words = |text: &str| -> BTreeSet<String> {
        let one = |stem: String| if stem == "config" { "configur".to_owned() } else { stem };
        stems(text).into_iter().map(one).collect()
    };
    let (said, about) = (words(&demand.summary()), words(title));
    let spelled_by = |symbol: &Symbol| {
        if symbol.parent.is_some() || !symbol.kind.is_container() {
            return 0;
        }
        let mut words = words(&symbol.name);
        words.retain(|word| !ROLES.contains(&word.as_str()));
        let own = words.intersection(&said).count();
        let keeps = keeps_settings(&symbol.name);
        let is_spelled = words.len() >= if keeps { SETTINGS } else { SPELLED }
            && own + 1 >= words.len()
            && words.iter().all(|word| said.contains(word) || about.contains(word))
            && words.iter().any(|word| !KEPT.contains(&word.as_str()))
            // It is the settings that are spoken of.
            && (!keeps || KEPT.iter().any(|word| words.contains(*word) && said.contains(*word)));
        if is_spelled { words.len() } else { 0 }
    };
    let ranked = engine.ranked(&demand.id).iter().take(LOOKED).map(|ranked| ranked.file);
    let spelled = |file: usize| engine.workspace.files[file].symbols.iter().map(spelled_by).max().unwrap_or(0);
    let found: Vec<(usize, usize)> = ranked.map(|file| (spelled(file), file)).filter(|(most, _)| *most > 0).collect();
    let most = found.iter().map(|(most, _)| *most).max().unwrap_or(0);
    let found: Vec<usize> = found.into_iter().filter(|(words, _)| *words == most).map(|(_, file)| file).collect();
    if found.len() > DEFINED { Vec::new() } else { found }
}

/// More files than this bear one name by chance.
const MEMBERS: usize = 4;

/// Files that a requirement names together with what they define, `runs.cancel` in `features/runs.py`; where it names
/// parts of the repository, too, those that lie in them.
pub fn members(engine: &Evidence<'_>, demand: &Demand) -> Vec<usize> {
    let files = &engine.workspace.files;
    let said = demand.summary();
    let parts = engine.parts.named_in(without_subject(&said, engine.workspace.name()));
    let is_named = |file: &SourceFile, owner: &str, member: &str| {
        can_change(file)
            && kin::stem(&file.path).eq_ignore_ascii_case(owner)
            && file.symbols.iter().any(|symbol| !symbol.is_test && symbol.name.eq_ignore_ascii_case(member))
    };
    let within = |file: usize| {
        parts.is_empty() || parts.iter().copied().flatten().any(|folder| is_below(&files[file].path, folder))
    };
    let names = engine.query(demand).names.iter().filter_map(|name| name.rsplit_once('.'));
    let mut found: Vec<usize> = Vec::new();
    for (owner, member) in names {
        let owner = owner.rsplit('.').next().unwrap_or(owner);
        let all = (0..files.len()).filter(|&file| is_named(&files[file], owner, member) && within(file));
        let all: Vec<usize> = all.take(MEMBERS + 1).collect();
        if all.len() <= MEMBERS {
            found.extend(all);
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::workspace::{Facts, Language};

    #[test]
    fn parts_are_named_by_their_folders() {
        let file = |path: &str| SourceFile {
            path: path.to_owned(),
            is_test: false,
            facts: Arc::new(Facts { language: Some(Language::Java), ..Facts::default() }),
        };
        let paths = [
            "shop-metrics/src/a.java",
            "shop-core/src/b.java",
            "shop-core/src/c.java",
            "sdks/python/d.py",
            "sdks/go/e.go",
            "src/f.java",
            "src/g.java",
        ];
        let workspace = Workspace { files: paths.iter().map(|path| file(path)).collect(), ..Workspace::default() };
        let parts = Parts::new(&workspace);
        let named = |text: &str| -> Vec<String> { parts.named_in(text).into_iter().flatten().cloned().collect() };
        assert_eq!(named("published to Metrics"), ["shop-metrics"]);
        assert_eq!(named("the Python SDK"), ["sdks/python"]);
        assert_eq!(named("the src of the core"), [""; 0]);
    }
}
