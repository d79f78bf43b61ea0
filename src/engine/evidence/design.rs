//! Answers what must be built for a topic: extend where there is a home, else a new file after its nearest kin.

use std::collections::BTreeSet;

use super::places::{can_change, query};
use super::{Evidence, kin, past};
use crate::research::{Action, Answer, Area, Claim, Comparable, Component, SourceId, Strength, Topic, deed};
use crate::text::{split_identifier, stems};

pub fn building(engine: &Evidence<'_>, topic: &Topic) -> Answer {
    let mut answer = Answer::default();
    for id in &topic.requirements {
        answer.comparables.extend(comparables(engine, id));
        let spots = engine.spots(id);
        if let Some(home) = spots.first().filter(|spot| spot.strength > Strength::Possible) {
            let file = &engine.workspace.files[home.file];
            let symbol = home.symbols.first().map(|&index| &file.symbols[index]);
            let Some(source) = symbol
                .map_or_else(|| engine.cite(&file.path, 1, file.lines.clamp(1, 10), Area::Design), |symbol| engine.cite(&file.path, symbol.first, symbol.last, Area::Design))
            else {
                continue;
            };
            let entry = symbol.map_or_else(String::new, |symbol| format!(", starting from `{}`", symbol.qualified()));
            let text = format!("{id} extends `{}`{entry}; no new component is needed for it", file.path);
            answer.claims.push(Claim::grounded(text, vec![source]).about(std::slice::from_ref(id)));
            continue;
        }
        match new_component(engine, id) {
            Some((claim, component)) => {
                answer.claims.push(claim);
                answer.components.push(component);
            }
            None => answer.claims.push(
                Claim::open(format!("nothing in the workspace is near enough to {id} to say where it would go"))
                    .about(std::slice::from_ref(id)),
            ),
        }
    }
    answer
}

/// Past commits whose subjects share two rare words with a requirement, and what they changed.
fn comparables(engine: &Evidence<'_>, id: &str) -> Vec<Comparable> {
    let Some(demand) = engine.agenda.requirement(id) else { return Vec::new() };
    let query = query(demand);
    let weighty: BTreeSet<&String> = query.iter().filter(|(_, weight)| **weight >= 0.8).map(|(word, _)| word).collect();
    let history = &engine.workspace.history;
    let shares = |commit: usize| stems(&history.commits[commit].subject).iter().collect::<BTreeSet<_>>().intersection(&weighty).count() >= 2;
    let like = engine.past.alike(&query).into_iter().map(|(commit, _)| commit).filter(|&commit| shares(commit));
    like.take(3)
        .filter_map(|commit| {
            let path = history.commits[commit].files.first()?;
            Some(Comparable {
                requirement: id.to_owned(),
                name: past::named(&history.commits[commit]),
                files: history.commits[commit].files.len(),
                source: engine.cite_commit(commit, path, Area::Design),
            })
        })
        .collect()
}

/// A new file beside the source file that is nearest to the requirement.
fn new_component(engine: &Evidence<'_>, id: &str) -> Option<(Claim, Component)> {
    let demand = engine.agenda.requirement(id)?;
    let workspace = engine.workspace;
    let nearest = engine.index.rank(&query(demand)).into_iter().find(|hit| {
        let file = &workspace.files[hit.file];
        file.language.is_some() && can_change(file) && !file.symbols.is_empty()
    })?;
    let kin = &workspace.files[nearest.file];
    let wanted = match &demand.title {
        Some(title) => title.to_string(),
        None => deed(&demand.statement),
    };
    let mut words: Vec<String> = split_identifier(&wanted).into_iter().filter(|word| word.is_ascii() && !stems(word).is_empty()).collect();
    words.truncate(2);
    if words.is_empty() {
        return None;
    }
    let path = kin::new_path(engine, &kin.path, &words);
    if workspace.file(&path).is_some() {
        return None;
    }
    let shown = kin.symbols.iter().find(|symbol| !symbol.is_test)?;
    let source = engine.cite(&kin.path, shown.first, shown.last, Area::Design)?;
    let wiring = wiring(engine, nearest.file);
    let mut text = format!("{id} has no home yet: add `{path}` (new) beside `{}`, whose `{}` is its nearest kin", kin.path, shown.qualified());
    if let Some((place, _)) = wiring.first() {
        text.push_str(&format!(", and register it where `{place}` names that one"));
    }
    let mut sources = vec![source];
    sources.extend(wiring.iter().map(|(_, source)| *source));
    let component = Component {
        test_home: kin::test_home(engine, &path),
        path,
        action: Action::Create,
        strength: Strength::Possible,
        requirements: vec![id.to_owned()],
        reason: format!("nothing here does this yet; its nearest kin is `{}`", kin.path),
        symbols: Vec::new(),
        sources: sources.clone(),
        uses: vec![(kin.path.clone(), source)],
        used_by: wiring.iter().map(|(path, _)| path.clone()).collect(),
        commits: 0,
        authors: Vec::new(),
        history: None,
        tests: Vec::new(),
        wiring,
    };
    Some((Claim::grounded(text, sources).about(&[id.to_owned()]), component))
}

/// The file that uses most of a file's neighbours, and the line in it that names the file.
fn wiring(engine: &Evidence<'_>, kin: usize) -> Vec<(String, SourceId)> {
    let workspace = engine.workspace;
    let path = &workspace.files[kin].path;
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let users = workspace.graph.used_by[kin].iter().filter(|&&user| can_change(&workspace.files[user]));
    let best = users.max_by_key(|&&user| {
        let near = workspace.graph.uses[user].iter().filter(|&&used| workspace.files[used].path.starts_with(folder)).count();
        (near, std::cmp::Reverse(user))
    });
    let Some(&user) = best else { return Vec::new() };
    let file = &workspace.files[user];
    let stem = kin::stem(path);
    let names: Vec<&str> = workspace.files[kin].symbols.iter().map(|symbol| symbol.name.as_str()).collect();
    let line = engine.reader.lines(&file.path).and_then(|lines| {
        lines.iter().position(|line| line.contains(stem)).or_else(|| lines.iter().position(|line| names.iter().any(|name| line.contains(name))))
    });
    let cited = line.and_then(|line| engine.cite_line(&file.path, line + 1, Area::Design));
    cited.map(|source| (file.path.clone(), source)).into_iter().collect()
}
