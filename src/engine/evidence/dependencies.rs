//! Which dependencies of the project serve what, and who uses them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use super::locate::is_aside;
use super::{Evidence, catalogue};
use crate::research::{Area, SourceId, Strength};
use crate::workspace::manifest::{Dependency, Ecosystem};
use crate::workspace::{Language, Scope, SourceFile};

/// Dependencies of the product itself that come from a registry.
pub(super) fn runtime<'w>(engine: &'w Evidence<'_>) -> impl Iterator<Item = &'w Dependency> {
    engine
        .workspace
        .dependencies
        .iter()
        .filter(|dependency| !is_aside(&dependency.manifest))
        .filter(|dependency| dependency.scope == Scope::Runtime || dependency.manifest.contains("requirements"))
        .filter(|dependency| {
            !["file:", "link:", "workspace:"].iter().any(|local| dependency.requirement.starts_with(local))
        })
}

/// Files outside tests that import what the catalogue names of a standard library, each with the line.
pub(super) fn importing(engine: &Evidence<'_>, standard: &str) -> Vec<(String, usize)> {
    let modules: Vec<&str> =
        standard.split(" and ").flat_map(|part| part.split(", ")).filter(|module| !module.contains(' ')).collect();
    let imports = |import: &String| {
        modules.iter().any(|module| {
            import == module || import.strip_prefix(module).is_some_and(|rest| rest.starts_with([':', '.', '/']))
        })
    };
    engine
        .workspace
        .files
        .iter()
        .filter(|file| !file.is_test)
        .filter_map(|file| {
            let import = file.imports.iter().find(|import| imports(import))?;
            let last = import.rsplit("::").next().unwrap_or(import);
            let line = engine
                .reader
                .lines(&file.path)?
                .iter()
                .position(|line| line.contains(import.as_str()) || line.contains(last))?;
            Some((file.path.clone(), line + 1))
        })
        .collect()
}

/// Dependencies that serve a domain for requirements, with the files that use them, the most used first.
pub(super) fn present<'w>(
    engine: &'w Evidence<'_>,
    domain: &catalogue::Domain,
    requirements: &[String],
) -> Vec<(Vec<String>, &'w Dependency)> {
    // What serves another language than that of the touched code is of no use there.
    let Some(ecosystem) = ecosystem(engine, requirements) else { return Vec::new() };
    let serves =
        |one: &&Dependency| domain.packages(ecosystem).iter().any(|name| catalogue::same_package(&one.name, name));
    let product = |one: &&Dependency| one.ecosystem == ecosystem && !is_aside(&one.manifest);
    let all = engine.workspace.dependencies.iter().filter(product).filter(serves);
    let mut found: Vec<(Vec<String>, &Dependency)> = all
        .map(|dependency| (users(engine, dependency), dependency))
        .filter(|(users, dependency)| dependency.scope == Scope::Runtime || !users.is_empty())
        .collect();
    // The catalogue names what serves a domain most directly first; what nobody imports comes last.
    let order = |dependency: &Dependency| {
        domain.packages(ecosystem).iter().position(|name| catalogue::same_package(&dependency.name, name))
    };
    let touched: Vec<&str> = touched(engine, requirements).map(|(file, _)| file.path.as_str()).collect();
    found.sort_by_key(|(users, one)| {
        let governs = touched.iter().any(|path| path.starts_with(&home(one)));
        let aside = (users.is_empty(), one.scope != Scope::Runtime, !governs);
        (aside, order(one), std::cmp::Reverse(users.len()), one.manifest.clone())
    });
    let mut seen = BTreeSet::new();
    found.retain(|(_, one)| seen.insert(one.name.clone()));
    found
}

/// Files that requirements touch, with a vote for each.
fn touched<'e>(
    engine: &'e Evidence<'_>,
    requirements: &'e [String],
) -> impl Iterator<Item = (&'e SourceFile, usize)> + 'e {
    // A place that may not change at all says nothing about the language of the work.
    let spots = requirements.iter().flat_map(|id| engine.spots(id)).filter(|spot| spot.strength > Strength::Possible);
    spots.map(|spot| (&engine.workspace.files[spot.file], spot.strength as usize))
}

/// The folder that a manifest speaks for, with its slash.
pub(super) fn home(dependency: &Dependency) -> String {
    // Gradle's catalogue lies in a folder of its own.
    let manifest = dependency.manifest.replace("gradle/libs.versions.toml", "libs.versions.toml");
    manifest.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"))
}

/// The language of the code that requirements touch; the main one where they touch none.
pub(super) fn language_of(engine: &Evidence<'_>, requirements: &[String]) -> Option<Language> {
    let mut votes: BTreeMap<Language, usize> = BTreeMap::new();
    for (file, vote) in touched(engine, requirements) {
        if let Some(language) = file.language {
            *votes.entry(language).or_default() += vote;
        }
    }
    let most = votes.into_iter().max_by_key(|(language, votes)| (*votes, std::cmp::Reverse(*language)));
    most.map(|(language, _)| language).or_else(|| main_language(engine))
}

/// Files outside tests that import each dependency, by its manifest and its name, as far as somebody has asked.
pub(super) type Users = Mutex<HashMap<(String, String), Vec<String>>>;

/// Files outside tests that import a dependency.
pub(super) fn users(engine: &Evidence<'_>, dependency: &Dependency) -> Vec<String> {
    let key = (dependency.manifest.clone(), dependency.name.clone());
    let known = || engine.users.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(users) = known().get(&key) {
        return users.clone();
    }
    let users = find_users(engine, dependency);
    known().insert(key, users.clone());
    users
}

fn find_users(engine: &Evidence<'_>, dependency: &Dependency) -> Vec<String> {
    // A manifest speaks for its own folder.
    let home = home(dependency);
    let files = engine.workspace.starting(&home).iter().filter(|file| !file.is_test);
    files.filter(|file| imports(engine, dependency, file)).map(|file| file.path.clone()).collect()
}

/// Tells which imports are those of a dependency.
pub(super) fn importer(dependency: &Dependency) -> impl Fn(&str) -> bool {
    let name = dependency.name.as_str();
    let snake = snake(name);
    let module = catalogue::python_module(name);
    let group = name.split(':').next().unwrap_or(name);
    move |import: &str| match dependency.ecosystem {
        Ecosystem::Cargo => import.split("::").next() == Some(snake.as_str()),
        Ecosystem::Npm => import == name || import.strip_prefix(name).is_some_and(|rest| rest.starts_with('/')),
        Ecosystem::Python => match module {
            Some(module) => import == module || import.strip_prefix(module).is_some_and(|rest| rest.starts_with('.')),
            None => import.split('.').next().is_some_and(|first| first.eq_ignore_ascii_case(&snake)),
        },
        Ecosystem::Go => import == name || import.strip_prefix(name).is_some_and(|rest| rest.starts_with('/')),
        Ecosystem::Jvm => import.starts_with(group) && import[group.len()..].starts_with('.'),
        Ecosystem::DotNet => import == name || import.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')),
        Ecosystem::Ruby => import.split('/').next() == Some(name),
        Ecosystem::Php => {
            import.to_ascii_lowercase().replace('\\', "/").starts_with(&name.to_ascii_lowercase().replace('-', ""))
        }
    }
}

/// A package's name as code writes it.
pub(super) fn snake(name: &str) -> String {
    name.to_ascii_lowercase().replace(['-', '.'], "_")
}

/// Whether code of a language can import from an ecosystem.
pub(super) fn is_for(ecosystem: Ecosystem, language: Language) -> bool {
    match ecosystem {
        Ecosystem::Cargo => language == Language::Rust,
        Ecosystem::Npm => matches!(language, Language::JavaScript | Language::TypeScript | Language::Tsx),
        Ecosystem::Python => language == Language::Python,
        Ecosystem::Go => language == Language::Go,
        Ecosystem::Jvm => language == Language::Java,
        Ecosystem::DotNet => language == Language::CSharp,
        Ecosystem::Ruby => language == Language::Ruby,
        Ecosystem::Php => language == Language::Php,
    }
}

/// Whether a file imports a dependency.
pub(super) fn imports(engine: &Evidence<'_>, dependency: &Dependency, file: &SourceFile) -> bool {
    if !file.language.is_some_and(|language| is_for(dependency.ecosystem, language)) {
        return false;
    }
    // In Rust a path names a crate without an import.
    let named = || {
        dependency.ecosystem == Ecosystem::Cargo
            && (engine.workspace.index.words().find(&snake(&dependency.name)))
                .is_some_and(|name| file.line_of(name).is_some())
    };
    let is_import = importer(dependency);
    file.imports.iter().any(|import| is_import(import)) || named()
}

/// The group of an artifact of the JVM.
pub(super) fn group(dependency: &Dependency) -> Option<&str> {
    dependency.name.split_once(':').map(|(group, _)| group)
}

/// Whether imports say which artifact of its group is meant: `io.micrometer.core.…` means `micrometer-core`.
pub(super) fn says_artifact(dependency: &Dependency, imports: &[&str]) -> bool {
    let Some((group, artifact)) = dependency.name.split_once(':') else { return false };
    let mut words = artifact.split('-').filter(|word| !group.split('.').any(|part| part == *word));
    words.all(|word| {
        let mut own = imports.iter().filter(|import| import.starts_with(group));
        own.any(|import| import.split('.').any(|part| part == word))
    })
}

/// Name and version of a dependency, as a sentence names it.
pub(super) fn versioned(dependency: &Dependency) -> String {
    let version = dependency.version();
    if version.is_empty() { format!("`{}`", dependency.name) } else { format!("`{}` {version}", dependency.name) }
}

/// The line of a manifest that names a dependency.
pub(super) fn cite(engine: &Evidence<'_>, dependency: &Dependency) -> Option<SourceId> {
    engine.cite_line(&dependency.manifest, dependency.line, Area::Technology)
}

/// The language with most lines.
pub(super) fn main_language(engine: &Evidence<'_>) -> Option<Language> {
    let mut lines: BTreeMap<Language, usize> = BTreeMap::new();
    for file in engine.workspace.files.iter().filter(|file| !file.is_test) {
        if let Some(language) = file.language {
            *lines.entry(language).or_default() += file.lines;
        }
    }
    lines
        .into_iter()
        .max_by_key(|(language, lines)| (*lines, std::cmp::Reverse(*language)))
        .map(|(language, _)| language)
}

/// The registry for the code that requirements touch.
pub(super) fn ecosystem(engine: &Evidence<'_>, requirements: &[String]) -> Option<Ecosystem> {
    Some(match language_of(engine, requirements)? {
        Language::Rust => Ecosystem::Cargo,
        Language::Python => Ecosystem::Python,
        Language::JavaScript | Language::TypeScript | Language::Tsx => Ecosystem::Npm,
        Language::Go => Ecosystem::Go,
        Language::Java => Ecosystem::Jvm,
        Language::CSharp => Ecosystem::DotNet,
        Language::Ruby => Ecosystem::Ruby,
        Language::Php => Ecosystem::Php,
        Language::C | Language::Cpp => return None,
    })
}
