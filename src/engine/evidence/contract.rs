//! Finds the contract of an interface that a requirement speaks of: the file that says what the API accepts and answers.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::locate::is_aside;
use super::{Evidence, kin};
use crate::document::Demand;
use crate::text::{pattern, stems};
use crate::workspace::SourceFile;

static API: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b(?:apis?|endpoints?)\b"));

/// So many files of a contract are told; more that say as much tell none of them.
const TOLD: usize = 2;
const ALIKE: usize = 4;

/// Whether a file is written by hand to say what an interface accepts and answers, of the style that is spoken of.
fn is_contract(file: &SourceFile, said: &str) -> bool {
    let said = said.to_lowercase();
    let is_meant = |styles: &[&str]| said.split(|c: char| !c.is_alphanumeric()).any(|word| styles.contains(&word));
    let (folders, name) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let says = |what: &[&str]| file.path.to_lowercase().split(['/', '.', '-', '_']).any(|part| what.contains(&part));
    let aside = folders.split('/').any(|part| matches!(part, "vendor" | "gen"));
    !aside
        && !is_aside(&file.path)
        && !file.is_test
        && match ending {
            "yaml" | "yml" | "json" => !is_meant(&["grpc", "graphql"]) && says(&["openapi", "swagger", "asyncapi"]),
            "proto" | "thrift" => !is_meant(&["rest", "http", "graphql"]),
            "graphql" => !is_meant(&["rest", "http", "grpc"]),
            _ => false,
        }
}

/// The contract files for what a requirement is about, where it speaks of an API: those whose names say most of it, and
/// nothing of something else.
pub fn places(engine: &Evidence<'_>, demand: &Demand) -> Vec<usize> {
    let said = demand.summary();
    if !API.is_match(&said) {
        return Vec::new();
    }
    let own: BTreeSet<String> = engine.query(demand).own().map(|wanted| wanted.stem.clone()).collect();
    let title: BTreeSet<String> = stems(engine.agenda.title.as_deref().unwrap_or_default()).into_iter().collect();
    let files: Vec<(usize, &SourceFile)> =
        engine.workspace.files.iter().enumerate().filter(|(_, file)| is_contract(file, &said)).collect();
    // One that is kept in a single file needs no name.
    if let [(only, file)] = files[..]
        && !file.path.ends_with(".proto")
    {
        return vec![only];
    }
    let says = |file: &SourceFile| -> (usize, usize) {
        let name: BTreeSet<String> = stems(kin::stem(&file.path)).into_iter().collect();
        let fits = name.iter().any(|stem| own.contains(stem))
            && name.iter().all(|stem| own.contains(stem) || title.contains(stem));
        if !fits {
            return (0, 0);
        }
        // What the document is about says more than what is mentioned.
        (name.intersection(&title).count(), name.intersection(&own).count())
    };
    let named: Vec<(usize, (usize, usize))> =
        files.into_iter().map(|(index, file)| (index, says(file))).filter(|(_, said)| said.1 > 0).collect();
    let most = named.iter().map(|(_, said)| *said).max().unwrap_or_default();
    let mut best: Vec<usize> = named.into_iter().filter(|(_, said)| *said == most).map(|(index, _)| index).collect();
    if best.len() > ALIKE {
        return Vec::new();
    }
    // What is answered at a path says first what can be asked there.
    let is_path = |index: &usize| engine.workspace.files[*index].path.split('/').any(|part| part == "paths");
    best.sort_by_key(|index| !is_path(index));
    best.truncate(TOLD);
    best
}
