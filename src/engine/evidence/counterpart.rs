//! Finds the file that is to one part of a product what a found one is to another: `workflows.py` beside `workers.py`.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::Evidence;
use super::locate::can_change;
use super::places;
use super::precedent::meaning;
use super::spot::{Model, Spot};
use crate::document::Demand;
use crate::research::deed;
use crate::text::{split_identifier, stems};
use crate::workspace::{Part, SourceFile, Word, Workspace};

/// The words of a path, and where each part of it ends, so that only paths of one build are compared.
fn words(path: &str) -> Vec<String> {
    let word = |word: String| stems(&word).pop().unwrap_or(word);
    path.split(['/', '.'])
        .flat_map(|part| split_identifier(part).into_iter().map(word).chain(["/".to_owned()]))
        .collect()
}

/// Words of paths that name no part of a product but what a file is in it; stems.
const GENERAL: &[&str] = &[
    "api",
    "base",
    "client",
    "common",
    "config",
    "control",
    "core",
    "default",
    "error",
    "handler",
    "helper",
    "impl",
    "index",
    "init",
    "intern",
    "lib",
    "main",
    "middlewar",
    "mod",
    "model",
    "new",
    "old",
    "option",
    "request",
    "respons",
    "rout",
    "schema",
    "server",
    "servic",
    "set",
    "test",
    "type",
    "util",
    "v",
    "view",
];

/// Whether two words are forms of one: `queue` and `queu`.
fn is_form(a: &str, b: &str) -> bool {
    a.starts_with(b) || b.starts_with(a)
}

/// A word of one path and the one that another path, like it in all else, has for it and that is asked for, with how often;
/// `None` if they differ otherwise.
fn swapped<'w>(found: &'w [String], other: &'w [String], asked: &BTreeSet<&str>) -> Option<(&'w str, &'w str, usize)> {
    if found.len() != other.len() || found.is_empty() {
        return None;
    }
    let mut swap: Option<(&str, &str)> = None;
    let mut times = 0;
    for (own, its) in found.iter().zip(other).filter(|(own, its)| own != its) {
        times += 1;
        match swap {
            None if asked.contains(its.as_str()) && !asked.iter().any(|word| is_form(word, own)) => {
                swap = Some((own, its));
            }
            Some(known) if known == (own, its) => {}
            _ => return None,
        }
    }
    let (own, its) = swap.filter(|(own, its)| !GENERAL.contains(own) && !GENERAL.contains(its))?;
    Some((own, its, times))
}

/// Whether two files define things whose names differ only by two words: `WorkersClient` and `WorkflowsClient`.
fn defines_alike(found: &SourceFile, other: &SourceFile, (one, its): (&str, &str)) -> bool {
    let named =
        |file: &SourceFile| -> Vec<Vec<String>> { file.symbols.iter().map(|symbol| words(&symbol.name)).collect() };
    let (own, of_other) = (named(found), named(other));
    let swap = |name: &Vec<String>| -> Vec<String> {
        name.iter().map(|word| if word == one { its.to_owned() } else { word.clone() }).collect()
    };
    // What is nothing but the word says nothing of what is built alike.
    own.iter()
        .filter(|name| name.len() > 2 && name.iter().any(|word| word == one))
        .any(|name| of_other.contains(&swap(name)))
}

/// The words of the paths of all files that somebody could change; none of others.
#[derive(Debug, Default)]
pub struct Paths(Vec<Vec<String>>);

impl Paths {
    /// Reads them.
    pub fn new(workspace: &Workspace) -> Self {
        let read = |file: &SourceFile| if can_change(file) { words(&file.path) } else { Vec::new() };
        Self(workspace.files.par_iter().map(read).collect())
    }
}

/// So many words of a deed say what is done.
const DEED: usize = 5;

/// The counterpart of a found place in the part that a requirement names. A place whose path says what the requirement
/// does not is one of another part, where that one has a file built in the same way that does not yet say what is asked
/// for, as the found one does; whether that one shows how.
fn of(engine: &Evidence<'_>, demand: &Demand, found: &Spot) -> Option<(usize, bool)> {
    let files = &engine.workspace.files;
    let query = engine.query(demand);
    let asked: BTreeSet<&str> =
        query.own().filter(|wanted| wanted.word.is_some()).map(|wanted| wanted.stem.as_str()).collect();
    let own = &engine.paths.0[found.file];
    let mut fitting = engine.paths.0.iter().enumerate().filter(|(file, its)| {
        // One word of a path may differ by chance: files that are built alike also define the like.
        swapped(own, its, &asked).is_some_and(|(one, other, times)| {
            times > 1 || defines_alike(&files[found.file], &files[*file], (one, other))
        })
    });
    let (other, _) = fitting.next()?;
    // Two that fit tell neither.
    if fitting.next().is_some() {
        return None;
    }
    let says = |file: usize, word: Word| files[file].says(Part::Code, word);
    let deed = deed(&demand.statement);
    let shows = |done: &[String]| {
        let done = query.words.iter().filter(|wanted| done.contains(&wanted.stem)).filter_map(|wanted| wanted.word);
        done.into_iter().any(|word| says(found.file, word) && !says(other, word))
    };
    let done: Vec<Vec<String>> = deed.split_whitespace().take(DEED).map(meaning).collect();
    let first = done.iter().find(|stems| !stems.is_empty()).cloned().unwrap_or_default();
    // It shows how only where it does what is asked for; the rest may be said on the way.
    shows(&done.concat()).then(|| (other, shows(&first)))
}

/// Places with those that are of another part of the product replaced by their counterparts.
pub fn in_own_part(engine: &Evidence<'_>, demand: &Demand, spots: Vec<Spot>) -> Vec<Spot> {
    let mut own: Vec<Spot> = Vec::new();
    for found in spots {
        let place = of(engine, demand, &found).and_then(|(file, shows)| {
            let [place] = places::likely(engine, demand, &[file]).try_into().ok()?;
            let model = shows.then(|| Model { file: found.file, symbols: found.symbols.clone() });
            Some(Spot { strength: found.strength, model, ..place })
        });
        let place = place.unwrap_or(found);
        match own.iter_mut().find(|known| known.file == place.file) {
            Some(known) if known.model.is_none() => known.model = place.model,
            Some(_) => {}
            None => own.push(place),
        }
    }
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word_is_swapped_wherever_it_stands() {
        let asked = BTreeSet::from(["workflow", "paus"]);
        let swap = |a: &str, b: &str| {
            swapped(&words(a), &words(b), &asked).map(|(own, its, times)| (own.to_owned(), its.to_owned(), times))
        };
        let worker = |times: usize| Some(("worker".to_owned(), "workflow".to_owned(), times));
        assert_eq!(swap("sdk/features/workers.py", "sdk/features/workflows.py"), worker(1));
        let (of_worker, of_workflow) = ("app/workers/$worker/index.tsx", "app/workflows/$workflow/index.tsx");
        assert_eq!(swap(of_worker, of_workflow), worker(2));
        assert_eq!(swap(of_workflow, of_worker), None);
        assert_eq!(swap("app/workers/$worker/index.tsx", "app/workflows/$run/index.tsx"), None);
        assert_eq!(swap("app/workers/list.tsx", "app/workflows/edit.tsx"), None);
        assert_eq!(swap("app/workers.py", "app/sub/workflows.py"), None);
    }
}
