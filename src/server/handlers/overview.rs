//! `groundplan.overview`: a document's plan at a glance, for a side bar or a floating window.

use serde::Serialize;
use tower_lsp::ls_types::{Range, Uri};

use crate::check::SourceState;
use crate::document::Place;
use crate::lsp::Lines;
use crate::plan::{self, Outcome};
use crate::server::diagnose;
use crate::server::session::Snapshot;

/// A plan at a glance. Places are in the negotiated encoding.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    uri: String,
    /// `requirements`, `plan` or `both`; `none` for any other markdown file.
    kind: &'static str,
    /// The model that a run would ask.
    model: Option<Model>,
    /// The engine that wrote the plan, with its version.
    engine: Option<String>,
    /// Where the plan starts.
    plan: Option<Range>,
    sections: Vec<Section>,
    requirements: Vec<Requirement>,
    sources: Vec<Source>,
    /// What a run that writes into the document is doing.
    running: Option<String>,
    /// How much of an interrupted run was answered.
    interrupted: Option<String>,
}

#[derive(Debug, Serialize)]
struct Model {
    name: String,
    tokens: u64,
}

#[derive(Debug, Serialize)]
struct Section {
    title: String,
    /// `missing`, `hints`, `generated` or `yours`.
    state: &'static str,
    range: Option<Range>,
    stale: Vec<String>,
    phases: Vec<Phase>,
}

#[derive(Debug, Serialize)]
struct Phase {
    number: u32,
    name: String,
    range: Range,
}

#[derive(Debug, Serialize)]
struct Requirement {
    id: String,
    summary: String,
    uri: String,
    range: Range,
    /// Numbers of the phases that serve it.
    phases: Vec<u32>,
    changed: bool,
}

#[derive(Debug, Serialize)]
struct Source {
    id: String,
    name: String,
    excerpt: String,
    /// `fresh`, `moved`, `changed`, `gone`, or `unknown` where nothing here can tell.
    state: &'static str,
    range: Range,
    /// The file that it points at, and its first line from 1.
    uri: Option<String>,
    line: Option<usize>,
}

/// The overview of a document.
pub fn overview(snapshot: &Snapshot) -> Answer {
    let states = diagnose::sources(snapshot);
    let input = diagnose::input(snapshot, &states);
    let found = plan::overview(&input);
    let (document, lines) = (&*snapshot.document, snapshot.lines());
    let sections = document.sections();
    let (demanding_uri, demanding) = snapshot.demanding_lines();
    let phase = |phase: &crate::document::Phase| Phase {
        number: phase.number,
        name: document.phase_name(phase),
        range: lines.range(&sections[phase.section].heading),
    };
    let part = |part: &plan::Part| {
        let bytes = part.section.map(|id| sections[id].range.clone()).filter(|_| found.root.is_some());
        let inside = |phase: &&crate::document::Phase| {
            bytes.as_ref().is_some_and(|bytes| bytes.contains(&sections[phase.section].heading.start))
        };
        Section {
            title: part.title.clone(),
            state: match (part.section, part.standing) {
                (None, _) => "missing",
                (_, Outcome::Inserted) => "hints",
                (_, Outcome::Replaced) => "generated",
                (_, Outcome::Kept) => "yours",
            },
            range: part.section.map(|id| lines.range(&sections[id].heading)),
            stale: part.stale.clone(),
            phases: found.phases.iter().filter(inside).map(phase).collect(),
        }
    };
    let requirement = |served: &plan::Served<'_>| Requirement {
        id: served.demand.id.to_string(),
        summary: served.demand.summary(),
        uri: demanding_uri.as_str().to_owned(),
        range: demanding.range(&served.demand.id_range),
        phases: served.phases.iter().map(|&at| found.phases[at].number).collect(),
        changed: served.changed,
    };
    let recognition = &snapshot.recognition;
    Answer {
        uri: snapshot.uri.as_str().to_owned(),
        kind: match (&recognition.requirements, &recognition.plan) {
            (Some(_), Some(_)) => "both",
            (Some(_), None) => "requirements",
            (None, Some(_)) => "plan",
            (None, None) => "none",
        },
        model: snapshot
            .project
            .config
            .model
            .as_ref()
            .map(|model| Model { name: model.name.clone(), tokens: model.limits.tokens }),
        engine: found.root.and_then(|_| document.stamp()).map(|stamp| stamp.engine),
        plan: found.root.map(|root| lines.range(&sections[root].heading)),
        sections: found.parts.iter().map(part).collect(),
        requirements: found.demands.iter().map(requirement).collect(),
        sources: sources(snapshot, &states, lines),
        running: snapshot.run.as_ref().map(|run| run.message()),
        interrupted: snapshot.interrupted.clone(),
    }
}

fn sources(
    snapshot: &Snapshot,
    states: &std::collections::HashMap<String, SourceState>,
    lines: Lines<'_>,
) -> Vec<Source> {
    let shown = |source: crate::document::Source| {
        let place = source.place.as_ref()?;
        let state = states.get(&source.id);
        let now = state.and_then(SourceState::present).map_or(place, |present| &present.place);
        let line = match now {
            Place::Lines { first, .. } => Some(*first),
            _ => None,
        };
        let state = match state {
            None => "unknown",
            Some(SourceState::Fresh) => "fresh",
            Some(SourceState::Moved(_)) => "moved",
            Some(SourceState::Changed(_)) => "changed",
            Some(SourceState::Lost(_)) => "gone",
        };
        let file = now.path().and_then(|path| Uri::from_file_path(snapshot.project.root.join(path)));
        Some(Source {
            name: place.name(),
            excerpt: source.excerpt.to_string(),
            state,
            range: lines.range(&source.id_range),
            uri: file.map(|uri| uri.as_str().to_owned()),
            line,
            id: source.id,
        })
    };
    snapshot.document.sources().filter_map(shown).collect()
}
