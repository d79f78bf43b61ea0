//! Settings and roots: pulled from the client, never taken from a notification's payload.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;
use tower_lsp::ls_types::{ConfigurationItem, DidChangeWorkspaceFoldersParams, MessageType};

use crate::config::from_json;
use crate::server::backend::Shared;
use crate::server::diagnose;
use crate::server::session::{lock, path};

/// A client that does not answer in this time keeps the settings that it gave at the start.
const ANSWER: Duration = Duration::from_secs(10);

/// Asks the client for its settings and judges all documents by them.
pub fn pull_configuration(shared: &Arc<Shared>) {
    let shared = Arc::clone(shared);
    tokio::spawn(async move {
        if lock(&shared.session).client.configuration {
            let item = ConfigurationItem { scope_uri: None, section: Some("groundplan".to_owned()) };
            if let Ok(Ok(values)) = timeout(ANSWER, shared.client.configuration(vec![item])).await
                && let Some(value) = values.first().filter(|value| !value.is_null())
            {
                let (layer, problems) = from_json(value);
                for problem in problems {
                    shared.client.show_message(MessageType::WARNING, format!("groundplan: {}", problem.message)).await;
                }
                lock(&shared.session).editor = Some(layer);
            }
        }
        reload(&shared).await;
    });
}

/// Reads the files of all roots anew.
pub async fn reload(shared: &Arc<Shared>) {
    lock(&shared.session).reload();
    diagnose::publish_problems(&shared.client, shared).await;
    diagnose::refresh(shared);
}

/// `workspace/didChangeWorkspaceFolders`.
pub fn did_change_workspace_folders(shared: &Arc<Shared>, params: DidChangeWorkspaceFoldersParams) {
    {
        let mut session = lock(&shared.session);
        let removed: Vec<_> = params.event.removed.iter().filter_map(|folder| path(&folder.uri)).collect();
        session.folders.retain(|folder| !removed.contains(folder));
        session.folders.extend(params.event.added.iter().filter_map(|folder| path(&folder.uri)));
    }
    let shared = Arc::clone(shared);
    tokio::spawn(async move { reload(&shared).await });
}
