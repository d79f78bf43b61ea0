//! Answers what the project stands on, and what serves a domain best here.

use std::collections::{BTreeMap, BTreeSet};

use super::locate::can_change;
use super::{Evidence, catalogue};
use crate::research::{Answer, Area, Choice, Claim, SourceId, Strength, joined, plural};
use crate::text::stems;
use crate::workspace::manifest::{Dependency, Ecosystem};
use crate::workspace::{Language, Scope, SourceFile, SymbolKind};

/// So many of the most used dependencies describe a project.
const MAIN: usize = 5;
/// Own code that so few files use is no answer for a whole domain.
const MIN_USERS: usize = 3;

pub fn stack(engine: &Evidence<'_>) -> Answer {
    let workspace = engine.workspace;
    let mut claims = Vec::new();
    let mut languages: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for file in workspace.files.iter().filter(|file| !file.is_test) {
        if let Some(language) = file.language {
            let (files, lines) = languages.entry(language.name()).or_default();
            *files += 1;
            *lines += file.lines;
        }
    }
    let mut languages: Vec<_> = languages.into_iter().collect();
    languages.sort_by(|a, b| b.1.1.cmp(&a.1.1).then(a.0.cmp(b.0)));
    let total: usize = languages.iter().map(|(_, (_, lines))| lines).sum();
    languages.retain(|(_, (_, lines))| lines * 20 >= total);
    let manifests: BTreeSet<&str> =
        workspace.dependencies.iter().map(|dependency| dependency.manifest.as_str()).collect();
    if languages.is_empty() {
        claims.push(Claim::open(
            "no source file in a known language was found; say in which language this is to be built",
        ));
    } else {
        let parts: Vec<String> = languages
            .iter()
            .map(|(name, (files, lines))| format!("{name} ({}, {lines} lines)", plural(*files, "file")))
            .collect();
        let shortest = manifests.iter().min_by_key(|path| (path.matches('/').count(), path.len()));
        let shown = shortest.and_then(|path| engine.cite_line(path, first_said(engine, path), Area::Technology));
        let any = workspace.files.iter().find(|file| file.language.is_some() && !file.is_test && file.lines > 0);
        let shown = shown.or_else(|| any.and_then(|file| engine.cite_line(&file.path, 1, Area::Technology)));
        claims.push(Claim::grounded(format!("the code is {}", joined(&parts)), shown.into_iter().collect()));
    }
    let mut used: Vec<(usize, &Dependency)> =
        runtime(engine).map(|dependency| (users(engine, dependency).len(), dependency)).collect();
    used.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.name.cmp(&b.1.name)).then(a.1.manifest.cmp(&b.1.manifest)));
    let mut seen = BTreeSet::new();
    used.retain(|(_, dependency)| seen.insert((dependency.ecosystem, &dependency.name)));
    let main: Vec<_> = used.iter().filter(|(count, _)| *count > 0).take(MAIN).collect();
    if !main.is_empty() {
        let parts: Vec<String> = main
            .iter()
            .map(|(count, dependency)| format!("{} in {}", versioned(dependency), plural(*count, "file")))
            .collect();
        let sources = main.iter().filter_map(|(_, dependency)| cite(engine, dependency)).collect();
        claims.push(Claim::grounded(format!("the most used dependencies are {}", joined(&parts)), sources));
    }
    Answer { claims, ..Answer::default() }
}

/// The first line of a file that says something.
fn first_said(engine: &Evidence<'_>, path: &str) -> usize {
    let lines = engine.reader.lines(path);
    lines.and_then(|lines| lines.iter().position(|line| line.contains(char::is_alphanumeric))).map_or(1, |at| at + 1)
}

pub fn domain(engine: &Evidence<'_>, name: &str) -> Answer {
    let Some(domain) = catalogue::find(name) else { return Answer::default() };
    let requirements: Vec<String> = engine
        .agenda
        .requirements
        .iter()
        .filter(|demand| {
            domain.is_touched_by(&format!(
                "{} {}",
                demand.summary(),
                demand.criteria.iter().map(|c| &*c.text).collect::<Vec<_>>().join(" ")
            ))
        })
        .map(|demand| demand.id.to_string())
        .collect();
    let language = main_language(engine);
    let standard = language.and_then(|language| domain.standard(language.name()));
    let present = present(engine, domain);
    let in_use = standard.map_or_else(Vec::new, |standard| importing(engine, standard));
    let rarely_used = present.first().is_none_or(|(users, _)| users.len() < MIN_USERS);
    let own = if rarely_used { own_code(engine, domain, &requirements) } else { None };
    let listed = engine.cite_catalogue(domain, Area::Technology);
    let mut alternatives: Vec<String> = present
        .iter()
        .skip(1)
        .take(2)
        .map(|(_, dependency)| format!("{}, present too", versioned(dependency)))
        .collect();
    if let (Some(standard), Some(language)) = (standard, language) {
        let home = format!("{standard} of {}'s standard library, without a new dependency", language.name());
        if present.is_empty() { alternatives.insert(0, home) } else { alternatives.push(home) }
    }
    alternatives.extend(domain.managed.first().map(|service| format!("{service}, with running costs and a contract")));
    let ecosystem = ecosystem(engine);
    let new = ecosystem.map_or(&[] as &[String], |ecosystem| domain.packages(ecosystem)).iter();
    let new: Vec<&String> = new
        .filter(|name| !present.iter().any(|(_, dependency)| same_package(&dependency.name, name)))
        .take(2)
        .collect();
    if present.is_empty()
        && let Some(first) = new.first()
    {
        alternatives.push(format!("`{first}` as a new dependency, whose licence and upkeep are to be checked"));
    }
    if present.is_empty() {
        alternatives.extend(domain.hosted.first().map(|service| format!("{service}, run by oneself")));
    }
    alternatives.truncate(4);
    let mut claims = Vec::new();
    let mut pick = None;
    match present.first().filter(|_| own.is_none()) {
        Some((files, best)) => {
            pick = Some(versioned(best));
            let mut text = format!("**{name}** ({}): use {}", joined(&requirements), versioned(best));
            text.push_str(&match files.first() {
                Some(first) => format!(", already in use in {}, first in `{first}`", plural(files.len(), "file")),
                None => ", already a dependency though no import of it was found".to_owned(),
            });
            let about: Vec<String> = best
                .description
                .iter()
                .map(|said| format!("“{}”", said.trim_end_matches('.')))
                .chain(best.licence.clone())
                .collect();
            if !about.is_empty() {
                text.push_str(&format!(" ({})", about.join(", ")));
            }
            claims.push(Claim::grounded(text, cite(engine, best).into_iter().collect()).about(&requirements));
            if !alternatives.is_empty() {
                let text = format!("alternatives for {name}, the nearest first: {}", alternatives.join("; "));
                claims.push(Claim::grounded(text, vec![listed]).about(&requirements));
            }
        }
        None if own.is_some() => {
            if let Some(own) = own {
                pick = Some(format!("`{}` of this project", own.path));
                let used = match own.users {
                    0 => String::new(),
                    1 => ", which 1 file uses".to_owned(),
                    more => format!(", which {more} files use"),
                };
                let text =
                    format!("**{name}** ({}): use what this project has: `{}`{used}", joined(&requirements), own.path);
                claims.push(Claim::grounded(text, vec![own.source]).about(&requirements));
            }
            if let Some(first) = alternatives.first() {
                let text = format!("alternative for {name}, where that is not enough: {first}");
                claims.push(Claim::grounded(text, vec![listed]).about(&requirements));
            }
        }
        None if in_use.len() > 1 => {
            pick = standard.map(|standard| format!("{standard} of the standard library"));
            let text = format!(
                "**{name}** ({}): use {} of the standard library, already imported in {}, first in `{}`",
                joined(&requirements),
                standard.unwrap_or_default(),
                plural(in_use.len(), "file"),
                in_use[0].0
            );
            let shown = engine.cite_line(&in_use[0].0, in_use[0].1, Area::Technology);
            claims.push(Claim::grounded(text, shown.into_iter().collect()).about(&requirements));
            let others: Vec<String> = alternatives.into_iter().skip(1).collect();
            if !others.is_empty() {
                let text = format!("alternatives for {name}, the nearest first: {}", others.join("; "));
                claims.push(Claim::grounded(text, vec![listed]).about(&requirements));
            }
        }
        None if alternatives.is_empty() => {
            claims.push(
                Claim::open(format!(
                    "nothing in the manifests serves {name}, and the catalogue has nothing for this language"
                ))
                .about(&requirements),
            );
        }
        None => {
            let text = format!(
                "**{name}** ({}): no dependency here serves it; options, the nearest first: {}",
                joined(&requirements),
                alternatives.join("; ")
            );
            claims.push(Claim::grounded(text, vec![listed]).about(&requirements));
        }
    }
    let sources = claims.first().map_or_else(Vec::new, |claim: &Claim| claim.sources.clone());
    let choice = Some(Choice { domain: name.to_owned(), pick, sources });
    Answer { claims, choice, ..Answer::default() }
}

/// Code of the project itself that serves a domain.
struct OwnCode {
    path: String,
    /// Number of files outside tests that use it.
    users: usize,
    source: SourceId,
}

/// The file most used among those whose path says the domain's words.
fn own_code(engine: &Evidence<'_>, domain: &catalogue::Domain, requirements: &[String]) -> Option<OwnCode> {
    let said = requirements.iter().filter_map(|id| engine.agenda.requirement(id));
    let said: BTreeSet<String> = said.flat_map(|demand| domain.said_in(&demand.summary())).collect();
    let workspace = engine.workspace;
    let named = |file: &SourceFile| stems(&file.path).iter().any(|stem| said.contains(stem));
    let users =
        |file: usize| workspace.graph.used_by[file].iter().filter(|&&user| !workspace.files[user].is_test).count();
    let is_strong = |file: usize| {
        let spots = requirements.iter().flat_map(|id| engine.spots(id));
        spots.into_iter().any(|spot| spot.file == file && spot.strength == Strength::Strong)
    };
    let files = workspace.files.iter().enumerate().filter(|(_, file)| can_change(file) && named(file));
    let (file, users) = files
        .map(|(index, _)| (index, users(index)))
        .filter(|(index, users)| *users >= MIN_USERS || is_strong(*index))
        .max_by_key(|(index, users)| (is_strong(*index), *users, std::cmp::Reverse(*index)))?;
    let source = &workspace.files[file];
    let symbol = source.symbols.iter().find(|symbol| !symbol.is_test && symbol.kind != SymbolKind::Module)?;
    let cited = engine.cite(&source.path, symbol.first, symbol.last, Area::Technology)?;
    Some(OwnCode { path: source.path.clone(), users, source: cited })
}

/// Files outside tests that import what the catalogue names of a standard library, each with the line.
fn importing(engine: &Evidence<'_>, standard: &str) -> Vec<(String, usize)> {
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

/// Dependencies that serve a domain, with the files that use them, the most used first.
fn present<'w>(engine: &'w Evidence<'_>, domain: &catalogue::Domain) -> Vec<(Vec<String>, &'w Dependency)> {
    let all = engine.workspace.dependencies.iter();
    let mut found: Vec<(Vec<String>, &Dependency)> = all
        .filter(|dependency| {
            domain.packages(dependency.ecosystem).iter().any(|name| same_package(&dependency.name, name))
        })
        .map(|dependency| (users(engine, dependency), dependency))
        .filter(|(users, dependency)| dependency.scope == Scope::Runtime || !users.is_empty())
        .collect();
    // What the product runs with in its main language comes first.
    let main = ecosystem(engine);
    // The catalogue names what serves a domain most directly first; what nobody imports comes last.
    let order = |dependency: &Dependency| {
        domain.packages(dependency.ecosystem).iter().position(|name| same_package(&dependency.name, name))
    };
    found.sort_by_key(|(users, dependency)| {
        let elsewhere = main.is_some_and(|main| main != dependency.ecosystem);
        let aside = (users.is_empty(), dependency.scope != Scope::Runtime, elsewhere);
        (aside, order(dependency), std::cmp::Reverse(users.len()), dependency.manifest.clone())
    });
    let mut seen = BTreeSet::new();
    found.retain(|(_, dependency)| seen.insert(dependency.name.clone()));
    found
}

fn runtime<'w>(engine: &'w Evidence<'_>) -> impl Iterator<Item = &'w Dependency> {
    engine
        .workspace
        .dependencies
        .iter()
        .filter(|dependency| dependency.scope == Scope::Runtime || dependency.manifest.contains("requirements"))
        .filter(|dependency| {
            !["file:", "link:", "workspace:"].iter().any(|local| dependency.requirement.starts_with(local))
        })
}

/// Whether two names are one package, leaving aside case, dashes and Go's version suffixes.
fn same_package(name: &str, listed: &str) -> bool {
    let bare = |name: &str| name.to_ascii_lowercase().replace('_', "-");
    let (name, listed) = (bare(name), bare(listed));
    name == listed || name.strip_prefix(&listed).is_some_and(|rest| rest.starts_with("/v"))
}

/// Files outside tests that import a dependency.
pub fn users(engine: &Evidence<'_>, dependency: &Dependency) -> Vec<String> {
    let name = dependency.name.as_str();
    let snake = name.to_ascii_lowercase().replace(['-', '.'], "_");
    let group = name.split(':').next().unwrap_or(name);
    let imports = |import: &str| match dependency.ecosystem {
        Ecosystem::Cargo => import.split("::").next() == Some(snake.as_str()),
        Ecosystem::Npm => import == name || import.strip_prefix(name).is_some_and(|rest| rest.starts_with('/')),
        Ecosystem::Python => import.split('.').next().is_some_and(|first| first.eq_ignore_ascii_case(&snake)),
        Ecosystem::Go => import == name || import.strip_prefix(name).is_some_and(|rest| rest.starts_with('/')),
        Ecosystem::Jvm => import.starts_with(group) && import[group.len()..].starts_with('.'),
        Ecosystem::DotNet => import == name || import.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')),
        Ecosystem::Ruby => import.split('/').next() == Some(name),
        Ecosystem::Php => {
            import.to_ascii_lowercase().replace('\\', "/").starts_with(&name.to_ascii_lowercase().replace('-', ""))
        }
    };
    let language = |language: Language| match dependency.ecosystem {
        Ecosystem::Cargo => language == Language::Rust,
        Ecosystem::Npm => matches!(language, Language::JavaScript | Language::TypeScript | Language::Tsx),
        Ecosystem::Python => language == Language::Python,
        Ecosystem::Go => language == Language::Go,
        Ecosystem::Jvm => language == Language::Java,
        Ecosystem::DotNet => language == Language::CSharp,
        Ecosystem::Ruby => language == Language::Ruby,
        Ecosystem::Php => language == Language::Php,
    };
    // A manifest speaks for its own folder.
    let home = dependency.manifest.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    let named = |file: &crate::workspace::SourceFile| {
        dependency.ecosystem == Ecosystem::Cargo
            && engine.workspace.index.words().find(&snake).is_some_and(|name| file.line_of(name).is_some())
    };
    engine
        .workspace
        .files
        .iter()
        .filter(|file| !file.is_test && file.language.is_some_and(language) && file.path.starts_with(&home))
        .filter(|file| file.imports.iter().any(|import| imports(import)) || named(file))
        .map(|file| file.path.clone())
        .collect()
}

fn versioned(dependency: &Dependency) -> String {
    let version = dependency.version();
    if version.is_empty() { format!("`{}`", dependency.name) } else { format!("`{}` {version}", dependency.name) }
}

fn cite(engine: &Evidence<'_>, dependency: &Dependency) -> Option<SourceId> {
    engine.cite_line(&dependency.manifest, dependency.line, Area::Technology)
}

/// The language with most lines.
pub fn main_language(engine: &Evidence<'_>) -> Option<Language> {
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

fn ecosystem(engine: &Evidence<'_>) -> Option<Ecosystem> {
    Some(match main_language(engine)? {
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
