//! What client and server can do, negotiated once into named bools.

use tower_lsp::ls_types::{
    ClientCapabilities, CodeActionKind, CodeActionOptions, CodeActionProviderCapability, CodeLensOptions,
    CompletionOptions, DiagnosticOptions, DiagnosticServerCapabilities, ExecuteCommandOptions,
    FoldingRangeProviderCapability, HoverProviderCapability, OneOf, PositionEncodingKind, ResourceOperationKind,
    SaveOptions, ServerCapabilities, TextDocumentSyncCapability, TextDocumentSyncKind, TextDocumentSyncOptions,
    TextDocumentSyncSaveOptions, WorkspaceFoldersServerCapabilities, WorkspaceServerCapabilities,
};

use crate::text::Encoding;

/// Commands that a client can execute.
pub const COMMANDS: &[&str] = &[GENERATE, MISSING, REGENERATE, REFRESH, CANCEL, OVERVIEW, RUNS];
/// Researches and writes the whole plan.
pub const GENERATE: &str = "groundplan.generate";
/// Writes the sections that are missing or hold only hints.
pub const MISSING: &str = "groundplan.generateMissing";
/// Researches and writes one section anew.
pub const REGENERATE: &str = "groundplan.regenerateSection";
/// Researches and writes the sections anew that are out of date.
pub const REFRESH: &str = "groundplan.refresh";
/// A document's plan at a glance.
pub const OVERVIEW: &str = "groundplan.overview";
/// What runs now, and what ran.
pub const RUNS: &str = "groundplan.runs";
/// Cancels the run of a document.
pub const CANCEL: &str = "groundplan.cancel";

/// The kind of actions that write a plan; under `refactor`, so that every menu of actions shows them.
pub const ACTION_KIND: &str = "refactor.rewrite.groundplan";

/// What was negotiated with the client.
#[derive(Debug, Clone, Copy, Default)]
pub struct Negotiated {
    /// The unit of columns.
    pub encoding: Encoding,
    /// It asks for diagnostics itself.
    pub pulls_diagnostics: bool,
    /// It can be told that diagnostics have changed.
    pub refreshes_diagnostics: bool,
    /// It can be told that lenses have changed.
    pub refreshes_lenses: bool,
    /// Its edits carry the version of the document.
    pub document_changes: bool,
    /// It can create files as a part of an edit.
    pub creates_files: bool,
    /// It applies edits that the server sends.
    pub applies_edits: bool,
    /// It shows progress.
    pub progress: bool,
    /// It answers for its settings.
    pub configuration: bool,
    /// It watches files for the server.
    pub watches_files: bool,
    /// It inserts snippets with stops.
    pub snippets: bool,
    /// It shows a document that the server names.
    pub shows_documents: bool,
    /// It shows related information of diagnostics.
    pub related_information: bool,
    /// It takes code actions as literals, not only as commands.
    pub action_literals: bool,
    /// It wants to hear how runs stand.
    pub follows_runs: bool,
    /// It shows a proposed section beside the one that stands.
    pub shows_proposals: bool,
}

/// Reads what the client can do.
pub fn negotiate(client: &ClientCapabilities) -> Negotiated {
    let workspace = client.workspace.as_ref();
    let document = client.text_document.as_ref();
    let window = client.window.as_ref();
    let edit = workspace.and_then(|workspace| workspace.workspace_edit.as_ref());
    let ours = client.experimental.as_ref().map(|experimental| &experimental["groundplan"]);
    let operations = edit.and_then(|edit| edit.resource_operations.as_ref());
    Negotiated {
        encoding: encoding(client),
        pulls_diagnostics: document.is_some_and(|document| document.diagnostic.is_some()),
        refreshes_diagnostics: workspace
            .and_then(|workspace| workspace.diagnostics.as_ref())
            .is_some_and(|diagnostics| diagnostics.refresh_support == Some(true)),
        refreshes_lenses: workspace
            .and_then(|workspace| workspace.code_lens.as_ref())
            .is_some_and(|lens| lens.refresh_support == Some(true)),
        document_changes: edit.is_some_and(|edit| edit.document_changes == Some(true)),
        creates_files: edit.is_some_and(|edit| edit.document_changes == Some(true))
            && operations.is_some_and(|operations| operations.contains(&ResourceOperationKind::Create)),
        applies_edits: workspace.is_some_and(|workspace| workspace.apply_edit == Some(true)),
        progress: window.is_some_and(|window| window.work_done_progress == Some(true)),
        configuration: workspace.is_some_and(|workspace| workspace.configuration == Some(true)),
        watches_files: workspace
            .and_then(|workspace| workspace.did_change_watched_files.as_ref())
            .is_some_and(|watch| watch.dynamic_registration == Some(true)),
        snippets: document
            .and_then(|document| document.completion.as_ref())
            .and_then(|completion| completion.completion_item.as_ref())
            .is_some_and(|item| item.snippet_support == Some(true)),
        shows_documents: window.and_then(|window| window.show_document.as_ref()).is_some_and(|show| show.support),
        related_information: document
            .and_then(|document| document.publish_diagnostics.as_ref())
            .is_some_and(|diagnostics| diagnostics.related_information == Some(true)),
        action_literals: document
            .and_then(|document| document.code_action.as_ref())
            .is_some_and(|action| action.code_action_literal_support.is_some()),
        follows_runs: ours.is_some_and(|ours| ours["runs"] == true),
        shows_proposals: ours.is_some_and(|ours| ours["proposals"] == true),
    }
}

/// UTF-8 where it is offered, else UTF-32, else the protocol's default.
fn encoding(client: &ClientCapabilities) -> Encoding {
    let offered = client.general.as_ref().and_then(|general| general.position_encodings.as_deref()).unwrap_or(&[]);
    if offered.contains(&PositionEncodingKind::UTF8) {
        Encoding::Utf8
    } else if offered.contains(&PositionEncodingKind::UTF32) {
        Encoding::Utf32
    } else {
        Encoding::Utf16
    }
}

/// What the server can do for this client.
pub fn server(client: &Negotiated) -> ServerCapabilities {
    let kind = match client.encoding {
        Encoding::Utf8 => PositionEncodingKind::UTF8,
        Encoding::Utf16 => PositionEncodingKind::UTF16,
        Encoding::Utf32 => PositionEncodingKind::UTF32,
    };
    ServerCapabilities {
        position_encoding: Some(kind),
        text_document_sync: Some(TextDocumentSyncCapability::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::INCREMENTAL),
            save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions { include_text: Some(false) })),
            ..TextDocumentSyncOptions::default()
        })),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some(["#", "*", "^", "-"].map(str::to_owned).to_vec()),
            ..CompletionOptions::default()
        }),
        definition_provider: Some(OneOf::Left(true)),
        references_provider: Some(OneOf::Left(true)),
        document_symbol_provider: Some(OneOf::Left(true)),
        folding_range_provider: Some(FoldingRangeProviderCapability::Simple(true)),
        code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
            code_action_kinds: Some(vec![CodeActionKind::QUICKFIX, CodeActionKind::new(ACTION_KIND)]),
            ..CodeActionOptions::default()
        })),
        code_lens_provider: Some(CodeLensOptions { resolve_provider: Some(false) }),
        execute_command_provider: Some(ExecuteCommandOptions {
            commands: COMMANDS.iter().map(|&command| command.to_owned()).collect(),
            ..ExecuteCommandOptions::default()
        }),
        diagnostic_provider: client.pulls_diagnostics.then(|| {
            DiagnosticServerCapabilities::Options(DiagnosticOptions {
                identifier: Some("groundplan".to_owned()),
                inter_file_dependencies: true,
                workspace_diagnostics: false,
                ..DiagnosticOptions::default()
            })
        }),
        workspace: Some(WorkspaceServerCapabilities {
            workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                supported: Some(true),
                change_notifications: Some(OneOf::Left(true)),
            }),
            ..WorkspaceServerCapabilities::default()
        }),
        ..ServerCapabilities::default()
    }
}
