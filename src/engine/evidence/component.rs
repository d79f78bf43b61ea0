//! Describes a file as a component of the plan: definitions, dependents, history, tests.

use super::places::Spot;
use super::{Evidence, kin};
use crate::document::Place;
use crate::research::{Action, Area, Component, SourceId, Strength, SymbolRef, plural};

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
    if spot.symbols.is_empty() {
        sources.extend(engine.cite(&file.path, 1, file.lines.clamp(1, 10), area));
    }
    if let Some(commit) = spot.commit {
        sources.push(engine.cite_commit(commit, &file.path, area));
    }
    let name = |&index: &usize| workspace.files[index].path.clone();
    let (tests, code): (Vec<usize>, Vec<usize>) =
        workspace.graph.used_by[spot.file].iter().partition(|&&index| workspace.files[index].is_test);
    let history = workspace.history.of(&file.path);
    Component {
        path: file.path.clone(),
        action: Action::Extend,
        strength,
        requirements,
        reason: spot.reason(engine),
        symbols: Vec::new(),
        sources,
        uses: uses(engine, spot.file, area),
        used_by: code.iter().map(name).collect(),
        commits: history.as_ref().map_or(0, |history| history.commits),
        authors: history.as_ref().map_or_else(Vec::new, |history| history.authors.clone()),
        history: history.map(|history| {
            let window = engine.workspace.history.window();
            let within = window.map_or_else(String::new, |most| format!(" among the last {most}"));
            let text = format!(
                "{} by {}{within}, last on {}",
                plural(history.commits, "commit"),
                plural(history.authors.len(), "author"),
                history.last
            );
            let place = Place::History { path: file.path.clone(), commit: history.last_commit };
            engine.sources.record(place, &text, &text, area)
        }),
        tests: covering(engine, spot.file, &tests),
        test_home: kin::test_home(engine, &file.path),
        wiring: Vec::new(),
    }
}

/// Adds the definitions that matter for one requirement, with their sources before those of the file.
pub fn add_symbols(engine: &Evidence<'_>, component: &mut Component, spot: &Spot, requirement: &str, area: Area) {
    let file = &engine.workspace.files[spot.file];
    for &index in &spot.symbols {
        let symbol = &file.symbols[index];
        let known = component
            .symbols
            .iter_mut()
            .find(|known| (known.first, &known.name) == (symbol.first, &symbol.qualified()));
        if let Some(known) = known {
            known.requirements.push(requirement.to_owned());
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
        });
    }
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
            Some((target.path.clone(), engine.cite_line(&own.path, line, area)?))
        })
        .collect()
}

/// Test files that use a file or are named after it, and tests inside it, each with its first test.
fn covering(engine: &Evidence<'_>, file: usize, users: &[usize]) -> Vec<(String, SourceId)> {
    let files = &engine.workspace.files;
    let stem = kin::stem(&files[file].path);
    let named = files.iter().enumerate().filter(|(_, other)| {
        other.is_test
            && other.language == files[file].language
            && kin::tested_stem(&other.path) == stem
            && stem.len() > 3
    });
    let inside = files[file].symbols.iter().any(|symbol| symbol.is_test).then_some(file);
    let mut all: Vec<usize> =
        inside.into_iter().chain(named.map(|(index, _)| index)).chain(users.iter().copied()).collect();
    let mut seen = std::collections::BTreeSet::new();
    all.retain(|index| seen.insert(*index));
    all.into_iter()
        .filter(|&index| files[index].holds_tests())
        .filter_map(|index| {
            let test = &files[index];
            let symbol = test.symbols.iter().find(|symbol| symbol.is_test).or(test.symbols.first());
            let (first, last) = symbol.map_or((1, 1), |symbol| (symbol.first, symbol.last.min(symbol.first + 4)));
            Some((test.path.clone(), engine.cite(&test.path, first, last, Area::Testing)?))
        })
        .take(5)
        .collect()
}
