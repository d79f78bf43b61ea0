//! The methods of the protocol, each handed to its handler.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::*;
use tower_lsp::{Client, LanguageServer};

use super::session::{Session, Snapshot, lock};
use super::{handlers, jobs};
use crate::workspace::Indexes;

/// What handlers and jobs share.
#[derive(Debug)]
pub struct Shared {
    /// The state.
    pub session: Mutex<Session>,
    /// The client; only jobs may wait for it.
    pub client: Client,
    /// Facts of the roots, kept from run to run.
    pub indexes: Arc<Indexes>,
    /// Files that have changed and that nobody has looked at yet.
    pub changed: Mutex<BTreeSet<PathBuf>>,
    /// Held by who looks at them.
    pub following: Mutex<()>,
}

/// The server.
#[derive(Debug)]
pub struct Backend {
    shared: Arc<Shared>,
}

impl Backend {
    /// A server without documents.
    pub fn new(client: Client) -> Self {
        Self {
            shared: Arc::new(Shared {
                session: Mutex::default(),
                client,
                indexes: Arc::new(Indexes::kept()),
                changed: Mutex::default(),
                following: Mutex::default(),
            }),
        }
    }

    /// Stops all runs; the process ends.
    pub fn stop(&self) {
        for run in lock(&self.shared.session).runs.values() {
            run.cancel();
        }
    }

    /// `window/workDoneProgress/cancel`, which the framework does not route.
    pub async fn progress_cancel(&self, params: WorkDoneProgressCancelParams) {
        jobs::cancel_token(&self.shared, &params.token);
    }

    /// The state of a document at this moment; taken before any wait.
    fn snapshot(&self, uri: &Uri) -> Option<Snapshot> {
        lock(&self.shared.session).snapshot(uri)
    }

    /// The state of a document that groundplan has something to say about.
    fn recognised(&self, uri: &Uri) -> Option<Snapshot> {
        self.snapshot(uri).filter(|snapshot| !snapshot.recognition.is_none())
    }
}

/// Runs what takes longer than a message may.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    // A panic is carried on, to be answered like one of the handler itself.
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => Ok(done),
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => Err(Error::request_cancelled()),
    }
}

impl LanguageServer for Backend {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        Ok(handlers::initialize(&self.shared, params))
    }

    async fn initialized(&self, _: InitializedParams) {
        handlers::initialized(&self.shared);
    }

    async fn shutdown(&self) -> Result<()> {
        self.stop();
        Ok(())
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        handlers::did_open(&self.shared, params);
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        handlers::did_change(&self.shared, params);
    }

    async fn did_save(&self, _: DidSaveTextDocumentParams) {
        handlers::disk_changed(&self.shared, false);
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        handlers::did_close(&self.shared, &params.text_document.uri);
    }

    async fn did_change_watched_files(&self, params: DidChangeWatchedFilesParams) {
        handlers::did_change_watched_files(&self.shared, &params);
    }

    async fn did_change_configuration(&self, _: DidChangeConfigurationParams) {
        handlers::pull_configuration(&self.shared);
    }

    async fn did_change_workspace_folders(&self, params: DidChangeWorkspaceFoldersParams) {
        handlers::did_change_workspace_folders(&self.shared, params);
    }

    async fn diagnostic(&self, params: DocumentDiagnosticParams) -> Result<DocumentDiagnosticReportResult> {
        let snapshot = self.snapshot(&params.text_document.uri);
        blocking(move || handlers::diagnostic(snapshot.as_ref(), params.previous_result_id.as_deref())).await
    }

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        let at = params.text_document_position_params;
        let Some(snapshot) = self.recognised(&at.text_document.uri) else { return Ok(None) };
        let shared = Arc::clone(&self.shared);
        blocking(move || handlers::hover(&shared, &snapshot, at.position)).await
    }

    async fn completion(&self, params: CompletionParams) -> Result<Option<CompletionResponse>> {
        let at = params.text_document_position;
        let snapshot = self.recognised(&at.text_document.uri);
        Ok(snapshot.map(|snapshot| CompletionResponse::Array(handlers::completion(&snapshot, at.position))))
    }

    async fn goto_definition(&self, params: GotoDefinitionParams) -> Result<Option<GotoDefinitionResponse>> {
        let at = params.text_document_position_params;
        let Some(snapshot) = self.recognised(&at.text_document.uri) else { return Ok(None) };
        let shared = Arc::clone(&self.shared);
        blocking(move || handlers::definition(&shared, &snapshot, at.position).map(GotoDefinitionResponse::Array)).await
    }

    async fn references(&self, params: ReferenceParams) -> Result<Option<Vec<Location>>> {
        let at = params.text_document_position;
        let (snapshot, others) = {
            let session = lock(&self.shared.session);
            let others = session.documents.keys().filter_map(|key| session.snapshot_of(key)).collect::<Vec<_>>();
            (session.snapshot(&at.text_document.uri).filter(|snapshot| !snapshot.recognition.is_none()), others)
        };
        let with_declaration = params.context.include_declaration;
        Ok(snapshot.map(|snapshot| handlers::references(&snapshot, &others, at.position, with_declaration)))
    }

    async fn document_symbol(&self, params: DocumentSymbolParams) -> Result<Option<DocumentSymbolResponse>> {
        let snapshot = self.recognised(&params.text_document.uri);
        Ok(snapshot.map(|snapshot| DocumentSymbolResponse::Nested(handlers::document_symbol(&snapshot))))
    }

    async fn folding_range(&self, params: FoldingRangeParams) -> Result<Option<Vec<FoldingRange>>> {
        let snapshot = self.recognised(&params.text_document.uri);
        Ok(snapshot.map(|snapshot| handlers::folding_range(&snapshot)))
    }

    async fn code_action(&self, params: CodeActionParams) -> Result<Option<CodeActionResponse>> {
        let Some(snapshot) = self.recognised(&params.text_document.uri) else { return Ok(None) };
        blocking(move || Some(handlers::code_action(&snapshot, &params))).await
    }

    async fn code_lens(&self, params: CodeLensParams) -> Result<Option<Vec<CodeLens>>> {
        let Some(snapshot) = self.recognised(&params.text_document.uri) else { return Ok(None) };
        blocking(move || Some(handlers::code_lens(&snapshot))).await
    }

    async fn execute_command(&self, params: ExecuteCommandParams) -> Result<Option<LSPAny>> {
        // What stands in the session is taken at once, in the order of the messages; answers that read files wait.
        let shared = Arc::clone(&self.shared);
        if handlers::reads_files(&params.command) {
            return blocking(move || handlers::execute_command(&shared, params)).await?;
        }
        handlers::execute_command(&shared, params)
    }
}
