//! Real documents of six dialects: read without a fault, recognised where they demand something, silent elsewhere.
//!
//! Runs over the folder that `GROUNDPLAN_CORPUS` names; without it there is nothing to read and the tests say so.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use groundplan::check::{Input, check};
use groundplan::document::Document;
use groundplan::template::{built_in, recognise};
use groundplan::text::{Edit, apply_all};

fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("GROUNDPLAN_CORPUS").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("GROUNDPLAN_CORPUS names no folder: nothing is read");
    }
    folder
}

fn documents(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "md") {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
                if name != "README.md" {
                    found.push((name, std::fs::read_to_string(&path).unwrap()));
                }
            }
        }
    }
    found.sort();
    found
}

#[test]
fn every_document_is_read_and_edited_alike() {
    let Some(folder) = corpus() else { return };
    for (name, text) in documents(&folder) {
        let document = Document::parse(&text);
        assert_eq!(document.text().to_string(), text, "{name}");
        for step in 1..8 {
            let mut at = text.len() * step / 8;
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            for typed in ["x", "\n", "```\n", "# h\n"] {
                let edit = Edit::insert(at, typed);
                let whole = Document::parse(&apply_all(&text, std::slice::from_ref(&edit)));
                assert_eq!(document.edited(&edit).structure(), whole.structure(), "{name} at {at}: {typed:?}");
            }
        }
    }
}

#[test]
fn dialects_are_recognised_and_their_requirements_found() {
    let Some(folder) = corpus() else { return };
    // Dialect → documents, recognised as requirements, requirements in them.
    let mut counts: BTreeMap<String, (usize, usize, usize)> = BTreeMap::new();
    for (name, text) in documents(&folder) {
        let dialect = name.split('/').next().unwrap().to_owned();
        let document = Document::parse(&text);
        let path = name.split_once('/').unwrap().1;
        let recognition = recognise(&document, path, built_in());
        let entry = counts.entry(dialect).or_default();
        entry.0 += 1;
        if recognition.requirements.is_some() {
            entry.1 += 1;
            entry.2 += document.requirements().count();
        }
        let plan = path.ends_with("plan.md") || path.ends_with("research.md") || path.ends_with("tasks.md");
        assert!(!(plan && recognition.requirements.is_some()), "{name} demands nothing by itself");
    }
    let got: Vec<_> = counts.iter().map(|(dialect, count)| (dialect.as_str(), *count)).collect();
    let expected = [
        ("cc-sdd", (12, 4, 21)),
        ("eip", (30, 0, 0)),
        ("kep", (20, 0, 0)),
        ("openspec", (40, 38, 133)),
        ("rfc", (13, 0, 0)),
        ("spec-kit-sample", (44, 11, 143)),
    ];
    assert_eq!(got, expected);
}

#[test]
fn documents_of_others_draw_few_findings() {
    let Some(folder) = corpus() else { return };
    let mut by_rule: BTreeMap<&str, usize> = BTreeMap::new();
    let mut judged = 0;
    for (name, text) in documents(&folder) {
        let document = Document::parse(&text);
        let recognition = recognise(&document, name.split_once('/').unwrap().1, built_in());
        if recognition.is_none() {
            continue;
        }
        judged += 1;
        let input =
            Input { document: &document, recognition: &recognition, requirements: None, sources: &HashMap::new() };
        for found in check(&input, &BTreeMap::new()) {
            *by_rule.entry(found.rule).or_default() += 1;
            if std::env::var_os("GROUNDPLAN_SHOW").is_some() {
                eprintln!("{name}: {}: {}", found.rule, found.message);
            }
        }
    }
    eprintln!("{judged} judged: {by_rule:?}");
    assert!(by_rule.values().sum::<usize>() <= judged, "more than one finding a document: {by_rule:?}");
}
