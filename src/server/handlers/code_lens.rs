//! `textDocument/codeLens`: the run that a document offers, above its requirements or its plan.

use tower_lsp::ls_types::CodeLens;

use crate::lsp::capabilities::CANCEL;
use crate::server::offers;
use crate::server::session::Snapshot;

/// One line of offers.
pub fn code_lens(snapshot: &Snapshot) -> Vec<CodeLens> {
    if !snapshot.project.config.code_lens {
        return Vec::new();
    }
    let document = &snapshot.document;
    let state = offers::state(snapshot);
    let first = document.requirements().next().map(|demand| demand.range.start);
    let place = match state.root {
        Some(root) => document.sections()[root].heading.start,
        None => first
            .and_then(|offset| document.section_at(offset))
            .map_or_else(|| first.unwrap_or(0), |id| document.sections()[id].heading.start),
    };
    let position = snapshot.lines().position(place);
    let range = tower_lsp::ls_types::Range { start: position, end: position };
    let mut commands = offers::commands(snapshot, &state, None);
    for command in commands.iter_mut().filter(|command| command.command == CANCEL) {
        // A lens stands until it is asked for again, and would tell of a step that is long past.
        command.title = offers::CANCEL_TITLE.to_owned();
    }
    commands.into_iter().map(|command| CodeLens { range, command: Some(command), data: None }).collect()
}
