//! `initialize` and `initialized`.

use std::sync::Arc;

use tower_lsp::ls_types::{InitializeParams, InitializeResult, ServerInfo, Uri};

use crate::config::from_json;
use crate::lsp::capabilities;
use crate::server::asking::tell_of_interrupted;
use crate::server::backend::Shared;
use crate::server::session::{lock, path};
use crate::server::watch;

use super::pull_configuration;

/// Negotiates once; nothing is read from the disk yet.
pub fn initialize(shared: &Shared, params: InitializeParams) -> InitializeResult {
    let client = capabilities::negotiate(&params.capabilities);
    let mut session = lock(&shared.session);
    session.client = client;
    session.folders = roots(&params);
    if let Some(options) = &params.initialization_options {
        session.editor = Some(from_json(options).0);
    }
    InitializeResult {
        capabilities: capabilities::server(&client),
        server_info: Some(ServerInfo {
            name: "groundplan".to_owned(),
            version: Some(env!("GROUNDPLAN_VERSION").to_owned()),
        }),
        offset_encoding: None,
    }
}

fn roots(params: &InitializeParams) -> Vec<std::path::PathBuf> {
    let folders = params.workspace_folders.iter().flatten().filter_map(|folder| path(&folder.uri));
    let mut folders: Vec<_> = folders.collect();
    if folders.is_empty() {
        #[expect(deprecated, reason = "clients before workspace folders name their root this way")]
        let root: Option<&Uri> = params.root_uri.as_ref();
        folders.extend(root.and_then(path));
    }
    folders
}

/// Asks for settings and starts watching, apart from the loop.
pub fn initialized(shared: &Arc<Shared>) {
    pull_configuration(shared);
    tokio::spawn(watch::start(Arc::clone(shared)));
    let roots = lock(&shared.session).folders.clone();
    let shared = Arc::clone(shared);
    tokio::spawn(async move { tell_of_interrupted(&shared, roots).await });
}
