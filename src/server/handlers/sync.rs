//! `textDocument/didOpen`, `didChange`, `didClose`: the text, changed before anything waits.

use std::sync::Arc;

use tower_lsp::ls_types::{DidChangeTextDocumentParams, DidOpenTextDocumentParams, Range, Uri};

use crate::document::Document;
use crate::lsp::Lines;
use crate::server::backend::Shared;
use crate::server::diagnose;
use crate::server::session::{key, lock};
use crate::text::{Edit, Encoding};

/// Takes a document's text.
pub fn did_open(shared: &Arc<Shared>, params: DidOpenTextDocumentParams) {
    let document = params.text_document;
    let key = key(&document.uri);
    let mut session = lock(&shared.session);
    session.disk += 1;
    let before = session.projects().count();
    session.open(document.uri, document.version, &document.text);
    let is_new_root = session.projects().count() > before;
    drop(session);
    diagnose::push(shared, &key);
    if is_new_root {
        let shared = Arc::clone(shared);
        tokio::spawn(async move { diagnose::publish_problems(&shared.client, &shared).await });
    }
}

/// Applies changes one after the other, each to the text that the one before left.
pub fn did_change(shared: &Arc<Shared>, params: DidChangeTextDocumentParams) {
    let key = key(&params.text_document.uri);
    let mut session = lock(&shared.session);
    let encoding = session.client.encoding;
    let Some(open) = session.documents.get_mut(&key) else {
        tracing::warn!(uri = params.text_document.uri.as_str(), "a change of a document that is not open");
        return;
    };
    let mut changed: Option<Document> = None;
    for change in params.content_changes {
        let before = changed.as_ref().unwrap_or(&open.document);
        changed = Some(match change.range {
            Some(range) => before.edited(&edit(before, range, change.text, encoding)),
            None => Document::parse(&change.text),
        });
    }
    let document = changed.unwrap_or_else(|| (*open.document).clone());
    open.change(params.text_document.version, document);
    let plans = session.plans_of(&key);
    drop(session);
    for key in plans.iter().chain([&key]) {
        diagnose::push(shared, key);
    }
}

fn edit(document: &Document, range: Range, text: String, encoding: Encoding) -> Edit {
    let lines = Lines { text: document.text(), encoding };
    Edit::replace(lines.bytes(range), text)
}

/// Forgets a document, stops its run, and clears what was pushed for it.
pub fn did_close(shared: &Arc<Shared>, uri: &Uri) {
    let (pulls, closed) = {
        let mut session = lock(&shared.session);
        if let Some(run) = session.runs.get(&key(uri)) {
            run.cancel();
        }
        (session.client.pulls_diagnostics, session.documents.remove(&key(uri)))
    };
    if let Some(open) = closed.filter(|_| !pulls) {
        let client = shared.client.clone();
        tokio::spawn(async move { client.publish_diagnostics(open.uri, Vec::new(), None).await });
    }
}
