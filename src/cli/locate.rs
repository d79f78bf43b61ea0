//! `groundplan locate` (hidden): the ranking of files for a text at a commit, for measuring it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Context;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::output::print;
use crate::engine::evidence::locate::{Bodies, Locator, Query, Ranked, Signal};
use crate::workspace::{Revisions, Workspace};

/// Arguments of `groundplan locate`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The repository: its folder or its git directory
    #[arg(long, default_value = ".")]
    repository: PathBuf,
    /// The commit whose files are ranked; nothing later is seen
    #[arg(long, default_value = "HEAD")]
    at: String,
    /// What is asked for, as a commit message or an issue says it
    #[arg(long, required_unless_present = "cases")]
    message: Option<String>,
    /// Many at once: a JSON file with `cases`, each with `id`, `parent` and `text`; prints the paths of each by its id
    #[arg(long, conflicts_with = "message")]
    cases: Option<PathBuf>,
    /// So many files are printed
    #[arg(long, default_value_t = 50)]
    most: usize,
    /// Leave out a signal, to see what it brings; may be repeated
    #[arg(long)]
    without: Vec<String>,
    /// With `--cases`: print what each signal says, too
    #[arg(long)]
    signals: bool,
    /// With `--cases`: print the definitions of each case's own `files` instead, best first, each with its lines
    #[arg(long, requires = "cases", conflicts_with = "signals")]
    definitions: bool,
}

#[derive(Deserialize)]
struct Cases {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    parent: String,
    text: String,
    #[serde(default, alias = "gold")]
    files: Vec<String>,
}

/// A file of the ranking.
#[derive(Serialize)]
struct Place {
    path: String,
    score: f32,
    signals: BTreeMap<&'static str, f32>,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let mut without = Vec::new();
    for name in &arguments.without {
        let signal = Signal::ALL.into_iter().find(|signal| signal.name() == name);
        let names: Vec<&str> = Signal::ALL.iter().map(|signal| signal.name()).collect();
        without.push(signal.with_context(|| format!("there is no signal `{name}`; there are {}", names.join(", ")))?);
    }
    let revisions = Revisions::open(&arguments.repository)?;
    let rank = |at: &str, text: &str| -> anyhow::Result<Vec<Place>> {
        let workspace = revisions.at(at)?;
        let query = Query::of_text(text, workspace.index.words());
        let locator = Locator::new(&workspace, std::slice::from_ref(&query)).without(&without);
        Ok(locator.rank(&query).iter().take(arguments.most).map(|ranked| place(&workspace, ranked)).collect())
    };
    let Some(path) = &arguments.cases else {
        let places = rank(&arguments.at, arguments.message.as_deref().unwrap_or_default())?;
        print(&format!("{:#}\n", json!(places)))?;
        return Ok(0);
    };
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let cases: Cases = serde_json::from_str(&text).with_context(|| format!("{} holds no cases", path.display()))?;
    if arguments.definitions {
        let all: BTreeMap<&str, serde_json::Value> = cases
            .cases
            .par_iter()
            .map(|case| Ok((case.id.as_str(), definitions(&revisions, case)?)))
            .collect::<anyhow::Result<_>>()?;
        print(&format!("{}\n", json!(all)))?;
        return Ok(0);
    }
    let ranked: Vec<(String, Vec<Place>)> = cases
        .cases
        .par_iter()
        .map(|case| Ok((case.id.clone(), rank(&case.parent, &case.text)?)))
        .collect::<anyhow::Result<_>>()?;
    let all: BTreeMap<String, serde_json::Value> = ranked
        .into_iter()
        .map(|(id, places)| {
            let paths = || places.iter().map(|place| place.path.as_str()).collect::<Vec<_>>();
            (id, if arguments.signals { json!(places) } else { json!(paths()) })
        })
        .collect();
    print(&format!("{}\n", json!(all)))?;
    Ok(0)
}

/// The definitions of a case's files, best first with their scores, and all others behind them: name, first and last
/// line.
fn definitions(revisions: &Revisions, case: &Case) -> anyhow::Result<serde_json::Value> {
    let workspace = revisions.at(&case.parent)?;
    let query = Query::of_text(&case.text, workspace.index.words());
    let locator = Locator::new(&workspace, std::slice::from_ref(&query));
    let mut all = BTreeMap::new();
    for path in &case.files {
        let (Some(index), Some(text)) = (workspace.index(path), revisions.text(&case.parent, path)) else { continue };
        let file = &workspace.files[index];
        let bodies = Bodies::new(file, text.lines(), workspace.index.words());
        let (mut order, scores): (Vec<usize>, Vec<f32>) =
            locator.definitions(index, &bodies, &query).into_iter().unzip();
        order.extend((0..file.symbols.len()).filter(|symbol| !order.contains(symbol)).collect::<Vec<_>>());
        let shown = |&symbol: &usize| {
            let symbol = &file.symbols[symbol];
            json!([symbol.qualified(), symbol.first, symbol.last])
        };
        all.insert(path, json!({ "scores": scores, "definitions": order.iter().map(shown).collect::<Vec<_>>() }));
    }
    Ok(json!(all))
}

fn place(workspace: &Workspace, ranked: &Ranked) -> Place {
    let signals = Signal::ALL.into_iter().zip(ranked.signals).filter(|(_, said)| *said > 0.0);
    Place {
        path: workspace.files[ranked.file].path.clone(),
        score: ranked.score,
        signals: signals.map(|(signal, said)| (signal.name(), said)).collect(),
    }
}
