//! Describes a file as a component of the plan: definitions, dependents, history, tests.

use std::collections::BTreeSet;

use super::locate::is_document;
use super::spot::Spot;
use super::{Evidence, kin, section};
use crate::document::Place;
use crate::research::{Action, Area, Component, SourceId, Strength, SymbolRef, plural};
use crate::text::stems;
use crate::workspace::{Language, SourceFile};

/// A file that exists and is extended.
pub fn existing(
    engine: &Evidence<'_>,
    spot: &Spot,
    requirements: Vec<String>,
    strength: Strength,
    area: Area,
) -> Component {
    let workspace = engine.workspace;
    let file = &workspace.files[spot.file];
    let mut sources = Vec::new();
    match &spot.line {
        Some(line) => sources.extend(engine.cite_line(&file.path, line.number, area)),
        None if spot.symbols.is_empty() => sources.extend(engine.cite(&file.path, 1, file.lines.clamp(1, 10), area)),
        None => {}
    }
    if let Some(commit) = spot.commit {
        sources.push(engine.cite_commit(commit, &file.path, area));
    }
    let name = |&index: &usize| workspace.files[index].path.clone();
    let test_home = kin::test_home(engine, &file.path);
    let (tests, code): (Vec<usize>, Vec<usize>) =
        workspace.graph.used_by[spot.file].iter().partition(|&&index| workspace.files[index].is_test);
    let tests = covering(engine, spot.file, by_words(engine, tests, &requirements));
    let history = workspace.history.of(&file.path);
    Component {
        path: file.path.clone(),
        action: Action::Extend,
        is_document: is_document(file),
        strength,
        requirements,
        reason: spot.reason(engine),
        symbols: Vec::new(),
        sources,
        uses: uses(engine, spot.file, area),
        used_by: code.iter().map(name).collect(),
        commits: history.as_ref().map_or(0, |history| history.commits),
        commits_of_year: history.as_ref().map_or(0, |history| history.commits_of_year),
        window: workspace.history.window(),
        present_authors: history.as_ref().map_or(0, |history| history.present),
        idle_years: history.as_ref().map_or(0, |history| workspace.history.years_since(&history.last)),
        authors: history.as_ref().map_or_else(Vec::new, |history| history.authors.clone()),
        history: history.map(|history| {
            let window = engine.workspace.history.window();
            let within = window.map_or_else(String::new, |most| format!(" among the last {most}"));
            let text = format!(
                "{} by {}{within}, {} within a year, last on {}",
                plural(history.commits, "commit"),
                plural(history.authors.len(), "author"),
                history.commits_of_year,
                history.last
            );
            let place = Place::History { path: file.path.clone(), commit: history.last_commit };
            engine.sources.record(place, &text, &text, area)
        }),
        namesakes: namesakes(engine, spot.file),
        tests,
        has_test_home: engine.workspace.index(&test_home).is_some_and(|home| home != spot.file),
        test_home,
        hands_on: Vec::new(),
        wiring: Vec::new(),
    }
}

/// A file that does not exist yet; `wiring` are the files in which it is registered.
pub fn new(
    engine: &Evidence<'_>,
    path: &str,
    requirements: &[String],
    reason: &str,
    sources: Vec<SourceId>,
    wiring: Vec<(String, SourceId)>,
) -> Component {
    Component {
        test_home: kin::test_home(engine, path),
        has_test_home: false,
        path: path.to_owned(),
        action: Action::Create,
        is_document: false,
        namesakes: Vec::new(),
        strength: Strength::Possible,
        requirements: requirements.to_vec(),
        reason: reason.to_owned(),
        symbols: Vec::new(),
        sources,
        uses: Vec::new(),
        used_by: wiring.iter().map(|(path, _)| path.clone()).collect(),
        commits: 0,
        commits_of_year: 0,
        window: None,
        present_authors: 0,
        idle_years: 0,
        authors: Vec::new(),
        history: None,
        tests: Vec::new(),
        hands_on: Vec::new(),
        wiring,
    }
}

/// Adds the definitions that matter for one requirement, with their sources before those of the file.
pub fn add_symbols(engine: &Evidence<'_>, component: &mut Component, spot: &Spot, requirement: &str, area: Area) {
    let file = &engine.workspace.files[spot.file];
    component.hands_on.extend(spot.hands_on.iter().map(|called| (requirement.to_owned(), called.clone())));
    if is_document(file) {
        add_section(engine, component, spot, requirement, area);
    } else if let Some(line) = &spot.line {
        add_line(engine, component, (&line.name, line.kind.name(), line.number), requirement, area);
    }
    for &index in &spot.symbols {
        let symbol = &file.symbols[index];
        let starts = spot.starts_there.then(|| requirement.to_owned());
        let known = component
            .symbols
            .iter_mut()
            .find(|known| (known.first, &known.name) == (symbol.first, &symbol.qualified()));
        if let Some(known) = known {
            known.requirements.push(requirement.to_owned());
            known.starts.extend(starts);
            continue;
        }
        let Some(source) = engine.cite(&file.path, symbol.first, symbol.last, area) else { continue };
        component.sources.insert(component.symbols.len().min(component.sources.len()), source);
        component.symbols.push(SymbolRef {
            name: symbol.qualified(),
            kind: symbol.kind.name(),
            doc: symbol.doc.clone(),
            first: symbol.first,
            last: symbol.last,
            source,
            requirements: vec![requirement.to_owned()],
            starts: starts.into_iter().collect(),
            used_by: users_of(engine, spot.file, &symbol.name),
        });
    }
}

/// How many files outside tests use a file and say a name.
fn users_of(engine: &Evidence<'_>, file: usize, name: &str) -> usize {
    let workspace = engine.workspace;
    let Some(name) = workspace.index.words().find(name) else { return 0 };
    let users = workspace.graph.used_by[file].iter().map(|&user| &workspace.files[user]);
    users.filter(|user| !user.is_test && user.line_of(name).is_some()).count()
}

/// Adds the section of a document that says most of a requirement.
fn add_section(engine: &Evidence<'_>, component: &mut Component, spot: &Spot, requirement: &str, area: Area) {
    let Some((line, title)) = section::of_spot(engine, spot, requirement) else { return };
    add_line(engine, component, (&title, "section", line), requirement, area);
}

/// Adds a line that has a name, what it is, and its number.
fn add_line(
    engine: &Evidence<'_>,
    component: &mut Component,
    (name, kind, line): (&str, &'static str, usize),
    requirement: &str,
    area: Area,
) {
    if let Some(known) = component.symbols.iter_mut().find(|known| known.first == line) {
        known.requirements.push(requirement.to_owned());
        known.starts.push(requirement.to_owned());
        return;
    }
    let Some(source) = engine.cite_line(&component.path, line, area) else { return };
    component.symbols.push(SymbolRef {
        name: name.to_owned(),
        kind,
        doc: String::new(),
        first: line,
        last: line,
        source,
        requirements: vec![requirement.to_owned()],
        starts: vec![requirement.to_owned()],
        used_by: 0,
    });
}

/// The touched files that a file uses, each with the first line that names it.
fn uses(engine: &Evidence<'_>, file: usize, area: Area) -> Vec<(String, SourceId)> {
    let workspace = engine.workspace;
    let own = &workspace.files[file];
    let touched = workspace.graph.uses[file].iter().filter(|&&used| engine.is_touched(used));
    touched
        .filter_map(|&used| {
            let target = &workspace.files[used];
            let stem = kin::stem(&target.path);
            let names = target.symbols.iter().map(|symbol| symbol.name.as_str()).chain([stem]);
            let line =
                names.filter_map(|name| own.line_of(workspace.index.words().find(name)?)).min().or_else(|| {
                    engine.reader.lines(&own.path)?.iter().position(|line| line.contains(stem)).map(|index| index + 1)
                })?;
            // A type that is only named is there before anybody changes it.
            let text = engine.reader.text(&own.path, line, line)?;
            if text.trim_start().starts_with("import type") {
                return None;
            }
            Some((target.path.clone(), engine.cite_line(&own.path, line, area)?))
        })
        .collect()
}

/// More test files than this have a word in their paths by chance.
const NAMESAKES: usize = 6;

/// Test files that are named after a file among other words, or lie in a folder of its name, such as those that drive it
/// from outside.
fn namesakes(engine: &Evidence<'_>, file: usize) -> Vec<(String, SourceId)> {
    let files = &engine.workspace.files;
    let (own, stem) = (&files[file], kin::stem(&files[file].path));
    let name = stems(stem);
    let is_named = |path: &str| {
        !name.is_empty()
            && (stems(kin::tested_stem(path)).starts_with(&name)
                || path.rsplit('/').skip(1).any(|folder| folder == stem))
    };
    // In another language or package another thing bears the name.
    let family = |file: &SourceFile| file.language.map(Language::family);
    let package = engine.parts.package_of(&own.path);
    let is_near = |path: &str| match own.language {
        Some(Language::Go) => kin::folder(path) == kin::folder(&own.path),
        _ => !kin::is_in_modules(path) || engine.parts.package_of(path) == package,
    };
    let found: Vec<&str> = files
        .iter()
        .filter(|other| other.is_test && other.holds_tests() && family(other) == family(own))
        .map(|other| other.path.as_str())
        .filter(|path| is_named(path) && is_near(path))
        .take(NAMESAKES + 1)
        .collect();
    if found.len() > NAMESAKES {
        return Vec::new();
    }
    found.into_iter().filter_map(|path| Some((path.to_owned(), engine.cite_line(path, 1, Area::Testing)?))).collect()
}

/// Test files, those that say most of some requirements first.
fn by_words(engine: &Evidence<'_>, mut tests: Vec<usize>, requirements: &[String]) -> Vec<usize> {
    let demands = requirements.iter().filter_map(|id| engine.agenda.requirement(id));
    let rankings: Vec<Vec<usize>> = demands
        .map(|demand| engine.tests.rank_where(engine.query(demand), |test| tests.contains(&test)))
        .map(|ranked| ranked.iter().map(|ranked| ranked.file).collect())
        .collect();
    let place = |test: &usize| {
        let places = rankings.iter().filter_map(|ranking| ranking.iter().position(|file| file == test));
        places.min().unwrap_or(usize::MAX)
    };
    tests.sort_by_cached_key(place);
    tests
}

/// Test files that use a file or are named after it, and tests inside it, each with its first test.
fn covering(engine: &Evidence<'_>, file: usize, users: Vec<usize>) -> Vec<(String, SourceId)> {
    let files = &engine.workspace.files;
    let stem = kin::stem(&files[file].path);
    let named = files.iter().enumerate().filter(|(_, other)| {
        other.is_test
            && other.language == files[file].language
            && (kin::tests_of(&other.path, &files[file].path) || kin::tests_part_of(&other.path, &files[file].path))
            && engine.parts.package_of(&other.path) == engine.parts.package_of(&files[file].path)
            && stem.len() > 3
            && kin::is_nearest(engine, file, &other.path)
    });
    let inside = files[file].symbols.iter().any(|symbol| symbol.is_test).then_some(file);
    let mut all: Vec<usize> = inside.into_iter().chain(named.map(|(index, _)| index)).chain(users).collect();
    let mut seen = BTreeSet::new();
    all.retain(|index| seen.insert(*index));
    all.into_iter()
        .filter(|&index| files[index].holds_tests() && engine.workspace.is_built(&files[index].path))
        .filter(|&index| kin::shows(&files[file].path) || !kin::shows(&files[index].path))
        .filter_map(|index| {
            let test = &files[index];
            let symbol = test.symbols.iter().find(|symbol| symbol.is_test).or(test.symbols.first());
            let (first, last) = symbol.map_or((1, 1), |symbol| (symbol.first, symbol.last.min(symbol.first + 4)));
            Some((test.path.clone(), engine.cite(&test.path, first, last, Area::Testing)?))
        })
        .take(5)
        .collect()
}
