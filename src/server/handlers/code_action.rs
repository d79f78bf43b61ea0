//! `textDocument/codeAction`: quick fixes of findings, and the runs that a document offers.

use tower_lsp::ls_types::{CodeActionOrCommand, CodeActionParams, TextEdit};

use crate::lsp::{self, capabilities::ACTION_KIND};
use crate::server::session::Snapshot;
use crate::server::{diagnose, offers};

/// The actions for a range.
pub fn code_action(snapshot: &Snapshot, params: &CodeActionParams) -> Vec<CodeActionOrCommand> {
    let wanted = |kind: &str| {
        params.context.only.as_ref().is_none_or(|only| {
            only.iter().any(|only| {
                kind == only.as_str() || kind.starts_with(&format!("{}.", only.as_str())) || only.as_str().is_empty()
            })
        })
    };
    let lines = snapshot.lines();
    let range = lines.bytes(params.range);
    let mut actions = Vec::new();
    if wanted("quickfix") {
        let found = diagnose::findings(snapshot);
        let here = found.iter().filter(|found| found.range.start <= range.end && range.start <= found.range.end);
        for found in here {
            for (index, fix) in found.fixes.iter().enumerate() {
                let edits: Vec<TextEdit> = fix.edits.iter().map(|edit| lsp::text_edit(edit, lines)).collect();
                let edit =
                    lsp::workspace_edit(&snapshot.uri, Some(snapshot.version), edits, snapshot.client.document_changes);
                let action = lsp::code_action_edit(fix, index == 0, diagnose::diagnostic(snapshot, found), edit);
                actions.push(CodeActionOrCommand::CodeAction(action));
            }
        }
    }
    if wanted(ACTION_KIND) {
        let state = offers::state(snapshot);
        for command in offers::commands(snapshot, &state, offers::section_at(snapshot, range.start)) {
            actions.push(match snapshot.client.action_literals {
                true => CodeActionOrCommand::CodeAction(lsp::code_action(command.title.clone(), ACTION_KIND, command)),
                false => CodeActionOrCommand::Command(command),
            });
        }
    }
    actions
}
