//! `textDocument/hover`: what a citation shows, what a requirement says, what a field is for.

use std::collections::HashMap;
use std::sync::Arc;

use tower_lsp::ls_types::{Hover, HoverContents, MarkupContent, MarkupKind, Position};

use crate::check::{Context, SourceState, find_rule};
use crate::document::{Document, Place, Source};
use crate::server::backend::Shared;
use crate::server::code;
use crate::server::diagnose;
use crate::server::session::Snapshot;
use crate::server::subject::{self, Subject};
use crate::workspace::{Language, Reader, lines_of};

/// Lines of present text that a hover shows.
const SHOWN: usize = 12;

/// Markdown about what stands at a position.
pub fn hover(shared: &Arc<Shared>, snapshot: &Snapshot, position: Position) -> Option<Hover> {
    let lines = snapshot.lines();
    let (subject, range) = subject::at(snapshot, lines.offset(position))?;
    let value = match subject {
        Subject::Citation(source) | Subject::Source(source) => source_card(snapshot, &source)?,
        Subject::Requirement(index) => requirement_card(snapshot, index)?,
        Subject::Phase(number) => phase_card(&snapshot.document, number)?,
        Subject::Field(field) => format!("**{}**\n\n{}", field.label, field.hint),
        Subject::Section(node) => {
            let fields: Vec<String> =
                node.fields.iter().map(|field| format!("- **{}**: {}", field.label, field.hint)).collect();
            let text = if node.hint.is_empty() { String::new() } else { format!("{}\n\n", node.hint) };
            format!("**{}**\n\n{text}{}", node.pattern.title(), fields.join("\n"))
        }
        Subject::Code(name) => code::card(shared, snapshot, &name)?,
        Subject::Rule(name) => find_rule(name)?.page.to_owned(),
    };
    let contents = HoverContents::Markup(MarkupContent { kind: MarkupKind::Markdown, value });
    Some(Hover { contents, range: Some(lines.range(&range)) })
}

/// A source: its place, whether it is fresh, what was read, and what stands there now.
fn source_card(snapshot: &Snapshot, source: &Source) -> Option<String> {
    let place = source.place.as_ref()?;
    let states = diagnose::sources(snapshot);
    let state = states.get(&source.id);
    let name = place.name();
    // The link leads to where it stands now.
    let now = state.and_then(SourceState::present).map_or(place, |present| &present.place);
    let link = now.path().and_then(|path| tower_lsp::ls_types::Uri::from_file_path(snapshot.project.root.join(path)));
    let title = match (link, now) {
        (Some(uri), Place::Lines { first, .. }) => format!("[{name}]({}#L{first})", uri.as_str()),
        (Some(uri), _) => format!("[{name}]({})", uri.as_str()),
        (None, _) => name,
    };
    let standing = match state {
        None => match place {
            Place::Tool { .. } => "the answer of a tool, as it was then".to_owned(),
            Place::Package { command } => format!("run `{command}` to compare"),
            _ => "not compared: git does not know it here".to_owned(),
        },
        Some(SourceState::Fresh) => format!("fresh: as it was read on {}", source.date),
        Some(SourceState::Moved(present)) => {
            format!("moved to `{}`, as it was read on {}", present.place.name(), source.date)
        }
        Some(SourceState::Changed(_)) => format!("changed since it was read on {}", source.date),
        Some(SourceState::Lost(reason)) => format!("gone since it was read on {}: {reason}", source.date),
    };
    let mut card = format!("**{title}** · {standing}");
    let reader = Reader::new(&snapshot.project.root);
    let is_there = !matches!(state, None | Some(SourceState::Lost(_)));
    if let Some(text) = is_there.then(|| lines_of(&reader, now)).flatten() {
        let path = now.path().unwrap_or_default();
        let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
        let language = Language::of_path(path).map_or(ending, |language| language.identifier());
        let mut shown: Vec<&str> = text.lines().take(SHOWN).collect();
        if text.lines().count() > SHOWN {
            shown.push("…");
        }
        let changed = matches!(state, Some(SourceState::Changed(_)));
        if changed {
            card.push_str(&format!("\n\nRead then: “{}”\n\nNow:", source.excerpt));
        }
        card.push_str(&format!("\n\n````{language}\n{}\n````", shown.join("\n")));
    } else {
        card.push_str(&format!("\n\nRead then, for the research of {}: “{}”", source.area, source.excerpt));
    }
    Some(card)
}

/// A requirement: what it says, its criteria, and the phases that serve it.
fn requirement_card(snapshot: &Snapshot, index: usize) -> Option<String> {
    let demand = snapshot.demanding().demands().get(index)?;
    let mut card = format!("**{}**: {}", demand.id, demand.summary());
    for (id, criterion) in demand.numbered() {
        card.push_str(&format!("\n- {id} {}", criterion.text));
    }
    let states = HashMap::new();
    let input = diagnose::input(snapshot, &states);
    let context = Context::new(&input);
    if context.root.is_some() {
        let name = |&at: &usize| {
            let phase = &context.phases[at];
            format!("phase {} ({})", phase.number, snapshot.document.phase_name(phase))
        };
        let coverage = context.coverage();
        let serving: Vec<String> = coverage.get(&*demand.id).into_iter().flatten().map(name).collect();
        let served = if serving.is_empty() { "no phase".to_owned() } else { crate::research::joined(&serving) };
        card.push_str(&format!("\n\nServed by {served}."));
    }
    Some(card)
}

/// A phase: its objectives and what it waits for.
fn phase_card(document: &Document, number: u32) -> Option<String> {
    let phase =
        (0..document.sections().len()).find_map(|id| document.phase(id).filter(|phase| phase.number == number))?;
    let mut card = format!("**Phase {}: {}**", phase.number, document.phase_name(&phase));
    for field in
        document.fields(phase.section).iter().filter(|field| matches!(&*field.key, "objectives" | "dependencies"))
    {
        card.push_str(&format!("\n\n*{}*: {}", field.label, document.value(field)));
    }
    Some(card)
}
