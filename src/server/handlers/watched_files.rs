//! `workspace/didChangeWatchedFiles` and `textDocument/didSave`: something on disk is not what it was.

use std::sync::Arc;

use tower_lsp::ls_types::DidChangeWatchedFilesParams;

use super::configuration::reload;
use crate::config::{FILE_NAME, TEMPLATE_FOLDER};
use crate::server::backend::Shared;
use crate::server::code;
use crate::server::diagnose;
use crate::server::session::lock;

/// Judges again what rests on changed files; reads configuration and templates anew if they are among them.
pub fn did_change_watched_files(shared: &Arc<Shared>, params: &DidChangeWatchedFilesParams) {
    let settings = params.changes.iter().any(|change| {
        let uri = change.uri.as_str();
        uri.ends_with(FILE_NAME) || uri.contains(TEMPLATE_FOLDER)
    });
    code::changed(shared, params);
    disk_changed(shared, settings);
}

/// Forgets what was read from the disk.
pub fn disk_changed(shared: &Arc<Shared>, settings: bool) {
    if settings {
        let shared = Arc::clone(shared);
        tokio::spawn(async move { reload(&shared).await });
        return;
    }
    lock(&shared.session).disk += 1;
    diagnose::refresh(shared);
}
