//! Answers what the project stands on: languages, dependencies, and which of those are there twice or for nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::bindings::is_said_in;
use super::dependencies::{
    cite, group, home, imports, is_for, main_language, runtime, says_artifact, users, versioned,
};
use super::locate::is_document;
use super::{Evidence, catalogue};
use crate::research::{Answer, Area, Claim, Facet, Strength, Subject, Work, joined, plural, work};
use crate::text::stems;
use crate::workspace::manifest::{Dependency, Ecosystem};
use crate::workspace::{Language, Part, SourceFile};

/// So many of the most used dependencies describe a project.
const MAIN: usize = 5;
/// What so many files use, or a tenth of them, is what a project stands on.
const USUAL: usize = 10;
/// Fewer libraries than this are no stack.
const STACK: usize = 3;
/// So many duplicates, unused dependencies, or libraries that the work meets are told.
const TOLD: usize = 3;

pub fn stack(engine: &Evidence<'_>) -> Answer {
    let foundation = foundation(engine);
    // What the code is written in matters only where nothing is known of what this work touches.
    let code = foundation.is_none().then(|| code(engine));
    let claims = code.into_iter().chain(duplicates(engine)).chain(unused(engine)).collect();
    let environment = stands_on(engine).into_iter().map(|claim| (Facet::Stack, claim)).collect();
    Answer { claims, foundation, environment, ..Answer::default() }
}

/// The languages of the code, with their sizes.
fn code(engine: &Evidence<'_>) -> Claim {
    let workspace = engine.workspace;
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
    if languages.is_empty() {
        return Claim::open("no source file in a known language was found; say in which language this is to be built");
    }
    let parts: Vec<String> = languages
        .iter()
        .map(|(name, (files, lines))| format!("{name} ({}, {lines} lines)", plural(*files, "file")))
        .collect();
    let manifests: BTreeSet<&str> =
        workspace.dependencies.iter().map(|dependency| dependency.manifest.as_str()).collect();
    let shortest = manifests.iter().min_by_key(|path| (path.matches('/').count(), path.len()));
    let shown = shortest.and_then(|path| engine.cite_line(path, first_said(engine, path), Area::Technology));
    let any = workspace.files.iter().find(|file| file.language.is_some() && !file.is_test && file.lines > 0);
    let shown = shown.or_else(|| any.and_then(|file| engine.cite_line(&file.path, 1, Area::Technology)));
    Claim::grounded(format!("the code is {}", joined(&parts)), shown.into_iter().collect())
}

/// The libraries that serve some domain here in the languages of the work, the most used of each first.
fn stands_on(engine: &Evidence<'_>) -> Option<Claim> {
    let mut used: Vec<(Vec<String>, &Dependency)> =
        runtime(engine).map(|dependency| (users(engine, dependency), dependency)).collect();
    used.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then(a.1.cmp(b.1)));
    let sure = engine.spots.values().flatten().filter(|spot| spot.strength > Strength::Possible);
    let languages: BTreeSet<Language> =
        sure.filter_map(|spot| engine.workspace.files[spot.file].language).chain(main_language(engine)).collect();
    let all = engine.workspace.files.iter().filter(|file| !file.is_test && file.language.is_some()).count();
    let is_usual = |users: usize| users >= USUAL || users > 0 && users * 10 >= all;
    let mut domains = BTreeSet::new();
    let serving = used.iter().filter_map(|(files, dependency)| {
        let is_near = languages.iter().any(|language| is_for(dependency.ecosystem, *language));
        let domain = catalogue::domain_of(dependency.ecosystem, &dependency.name)?.name.as_str();
        let is_told = is_near && is_usual(files.len()) && domains.insert(domain);
        is_told.then_some((files.len(), *dependency))
    });
    let told: Vec<(usize, &Dependency)> = serving.take(MAIN).collect();
    let parts: Vec<String> = told
        .iter()
        .map(|(files, dependency)| format!("{} ({})", versioned(dependency), plural(*files, "file")))
        .collect();
    let sources = told.iter().filter_map(|(_, dependency)| cite(engine, dependency)).collect();
    (parts.len() >= STACK).then(|| Claim::grounded(format!("this repository stands on {}", joined(&parts)), sources))
}

/// The first line of a file that says something.
fn first_said(engine: &Evidence<'_>, path: &str) -> usize {
    let lines = engine.reader.lines(path);
    lines.and_then(|lines| lines.iter().position(|line| line.contains(char::is_alphanumeric))).map_or(1, |at| at + 1)
}

/// The definitions of each file in which work starts or that are read first, as ranges of lines.
fn named_definitions(engine: &Evidence<'_>) -> BTreeMap<usize, BTreeSet<(usize, usize)>> {
    // What stays as it is says nothing of what is built.
    let code = engine.agenda.requirements.iter().filter(|demand| work(demand) == Work::Code);
    let sure = code.flat_map(|demand| engine.spots(&demand.id)).filter(|spot| spot.strength > Strength::Possible);
    let mut named: BTreeMap<usize, BTreeSet<(usize, usize)>> = BTreeMap::new();
    for spot in sure.filter(|spot| engine.workspace.files[spot.file].language.is_some() && spot.hands_on.is_none()) {
        let symbols = &engine.workspace.files[spot.file].symbols;
        let ranges = spot.symbols.iter().map(|&at| (symbols[at].first, symbols[at].last));
        named.entry(spot.file).or_default().extend(ranges);
    }
    named
}

/// In which language the work is, and the libraries that the definitions use at which it starts.
fn foundation(engine: &Evidence<'_>) -> Option<Claim> {
    let named = named_definitions(engine);
    let files = &engine.workspace.files;
    let languages: BTreeSet<&str> =
        named.keys().filter_map(|&file| files[file].language).map(|language| language.name()).collect();
    let first = *named.keys().next()?;
    let mut found: Vec<(Vec<usize>, &Dependency)> = Vec::new();
    // What is bundled stands among what development needs, so that the scope says nothing here.
    let mut all: Vec<&Dependency> = engine.workspace.dependencies.iter().collect();
    all.sort_by_key(|dependency| (dependency.name.as_str(), std::cmp::Reverse(dependency.manifest.len())));
    for dependency in all {
        let home = home(dependency);
        let uses = |file: &usize, ranges: &BTreeSet<(usize, usize)>| {
            let source = &files[*file];
            source.path.starts_with(&home)
                && imports(engine, dependency, source)
                && is_said_in(engine, dependency, source, ranges)
        };
        let own: Vec<usize> = named.iter().filter(|(file, ranges)| uses(file, ranges)).map(|(file, _)| *file).collect();
        // The nearest manifest names it; one above may name it, too.
        if !own.is_empty() && !found.iter().any(|(_, known)| known.name == dependency.name) {
            found.push((own, dependency));
        }
    }
    let said_by = |own: &[usize]| -> Vec<&str> {
        own.iter().flat_map(|&file| &files[file].imports).map(String::as_str).collect()
    };
    let meant: BTreeSet<String> = (found.iter())
        .filter(|(own, one)| says_artifact(one, &said_by(own)))
        .filter_map(|(_, one)| group(one).map(str::to_owned))
        .collect();
    found.retain(|(own, one)| {
        group(one).is_none_or(|group| !meant.contains(group)) || says_artifact(one, &said_by(own))
    });
    // What the places of most requirements use comes first.
    let serves =
        |file: &usize| engine.spots.values().filter(|spots| spots.iter().any(|spot| spot.file == *file)).count();
    found.sort_by_key(|(own, _)| std::cmp::Reverse((own.iter().map(serves).max(), own.len())));
    found.truncate(TOLD);
    let parts: Vec<String> = found
        .iter()
        .map(|(own, dependency)| match own.as_slice() {
            [one] => format!("{} (`{}`)", versioned(dependency), files[*one].path),
            many => format!("{} ({} files)", versioned(dependency), many.len()),
        })
        .collect();
    let languages: Vec<&str> = languages.into_iter().collect();
    let mut sources: Vec<_> = found.iter().filter_map(|(_, dependency)| cite(engine, dependency)).collect();
    if parts.is_empty() {
        sources.extend(engine.cite_line(&files[first].path, 1, Area::Technology));
    }
    // Of a line without a definition nothing is known.
    let is_read = named.values().any(|ranges| !ranges.is_empty());
    let uses = match (parts.is_empty(), is_read) {
        (false, _) => format!("; the definitions named below use {}", joined(&parts)),
        (true, true) => "; the definitions named below name no package of a manifest".to_owned(),
        (true, false) => String::new(),
    };
    Some(Claim::grounded(format!("{}{uses}", joined(&languages)), sources))
}

/// The domains of technology that the requirements touch.
fn domains<'e>(engine: &'e Evidence<'_>) -> BTreeSet<&'e str> {
    let named = engine.agenda.questions.iter().filter_map(|question| match &question.subject {
        Subject::Domain(name) => Some(name.as_str()),
        _ => None,
    });
    named.collect()
}

/// Dependencies of one manifest that do the same, where each is used.
fn duplicates(engine: &Evidence<'_>) -> Vec<Claim> {
    let mut found: BTreeMap<(&str, &str), Vec<(usize, &Dependency)>> = BTreeMap::new();
    for dependency in runtime(engine) {
        for serves in catalogue::serving(dependency.ecosystem, &dependency.name) {
            let count = users(engine, dependency).len();
            if count > 0 {
                found.entry((dependency.manifest.as_str(), serves)).or_default().push((count, dependency));
            }
        }
    }
    let domains = domains(engine);
    let sure = engine.spots.values().flatten().filter(|spot| spot.strength > Strength::Possible);
    let touched: BTreeSet<&str> = sure.map(|spot| engine.workspace.files[spot.file].path.as_str()).collect();
    // Which of two to prefer matters where the work meets one of them.
    let is_met = |one: &Dependency| users(engine, one).iter().any(|path| touched.contains(path.as_str()));
    found.retain(|_, all| {
        let is_asked = |one: &Dependency| {
            let domain = catalogue::domain_of(one.ecosystem, &one.name);
            domain.is_some_and(|domain| domains.contains(domain.name.as_str()))
        };
        let is_near = |(_, one): &(usize, &Dependency)| is_asked(one) || is_met(one);
        all.len() > 1 && (touched.is_empty() || all.iter().any(is_near))
    });
    let told = found.into_iter().take(TOLD).map(|((_, serves), mut all)| {
        all.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.name.cmp(&b.1.name)));
        let parts: Vec<String> =
            all.iter().map(|(count, one)| format!("`{}` ({})", one.name, plural(*count, "file"))).collect();
        let sources = all.iter().filter_map(|(_, dependency)| cite(engine, dependency)).collect();
        let text = format!("{} serve {serves} side by side; prefer the first in new code", joined(&parts));
        Claim::grounded(text, sources)
    });
    told.collect()
}

/// Dependencies for a domain of the requirements whose name no file says but manifests: asked only where packages are called
/// in code as in the manifest.
fn unused(engine: &Evidence<'_>) -> Option<Claim> {
    let domains = domains(engine);
    let serves = |dependency: &Dependency| {
        let domain = catalogue::domain_of(dependency.ecosystem, &dependency.name);
        domain.is_some_and(|domain| domains.contains(domain.name.as_str()))
    };
    let idle = runtime(engine).filter(|dependency| {
        serves(dependency) && !dependency.name.starts_with("@types/") && !is_named(engine, dependency)
    });
    let idle: Vec<&Dependency> = idle.collect();
    let first = idle.first()?;
    let names: Vec<String> = idle.iter().take(TOLD).map(|dependency| format!("`{}`", dependency.name)).collect();
    let sources = idle.iter().take(TOLD).filter_map(|dependency| cite(engine, dependency)).collect();
    let more = idle.len().saturating_sub(TOLD);
    let text = match (names.len(), more) {
        (1, _) => format!("`{}` of `{}` is named in no file of code", first.name, first.manifest),
        (_, 0) => format!("{} are named in no file of code", joined(&names)),
        (_, more) => {
            format!("{} and {} are named in no file of code", names.join(", "), plural(more, "more dependency"))
        }
    };
    Some(Claim::grounded(format!("{text}: unused, or needed only by being there"), sources))
}

/// Whether some file says a dependency's name.
fn is_named(engine: &Evidence<'_>, dependency: &Dependency) -> bool {
    let workspace = engine.workspace;
    let words = workspace.index.words();
    let home = home(dependency);
    // Manifests name what they depend on, and prose names everything.
    let says = |file: &&SourceFile| !is_document(file) && !file.path.ends_with("package.json");
    let mut files = workspace.starting(&home).iter().filter(says);
    match dependency.ecosystem {
        Ecosystem::Cargo => {
            // Code says another name, or the crate is there for a feature of the manifest.
            let line = engine.reader.text(&dependency.manifest, dependency.line, dependency.line);
            if line.is_some_and(|line| line.contains("package") || line.contains("optional")) {
                return true;
            }
            let name = words.find(&dependency.name.replace('-', "_"));
            name.is_some_and(|name| files.any(|file| file.line_of(name).is_some()))
        }
        Ecosystem::Npm => {
            let parts: Option<Vec<_>> = stems(&dependency.name).iter().map(|stem| words.find(stem)).collect();
            let is_said = parts.filter(|parts| !parts.is_empty()).is_some_and(|parts| {
                files.any(|file| {
                    let says = |word: &_| Part::ALL.iter().any(|part| file.says(*part, *word));
                    parts.iter().all(says)
                })
            });
            is_said || {
                // A peer is there for whoever installs the package.
                let manifest = engine.reader.lines(&dependency.manifest).map(|lines| lines.join("\n"));
                let manifest = serde_json::from_str::<serde_json::Value>(&manifest.unwrap_or_default());
                let manifest = manifest.unwrap_or_default();
                ["peerDependencies", "optionalDependencies"]
                    .iter()
                    .any(|section| manifest.get(section).and_then(|all| all.get(&dependency.name)).is_some())
            }
        }
        _ => true,
    }
}
