//! Notices changed files: through the client where it watches, else by looking at the few files that are cited.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde_json::json;
use tokio::time::timeout;
use tower_lsp::ls_types::Registration;

use super::backend::Shared;
use super::diagnose;
use super::session::lock;

/// How often cited files are looked at where the client does not watch.
const INTERVAL: Duration = Duration::from_secs(1);

/// A client that does not answer in this time does not watch.
const ANSWER: Duration = Duration::from_secs(10);

/// Asks the client to watch, or watches.
pub async fn start(shared: Arc<Shared>) {
    if lock(&shared.session).client.watches_files {
        let watchers = json!({ "watchers": [{ "globPattern": "**/*" }] });
        let registration = Registration {
            id: "groundplan-files".to_owned(),
            method: "workspace/didChangeWatchedFiles".to_owned(),
            register_options: Some(watchers),
        };
        if matches!(timeout(ANSWER, shared.client.register_capability(vec![registration])).await, Ok(Ok(()))) {
            lock(&shared.session).watching = true;
            return;
        }
    }
    let mut known: HashMap<PathBuf, Option<SystemTime>> = HashMap::new();
    loop {
        tokio::time::sleep(INTERVAL).await;
        let paths = cited(&shared);
        let looked = tokio::task::spawn_blocking(move || {
            let time = |path: &PathBuf| std::fs::metadata(path).and_then(|file| file.modified()).ok();
            paths
                .into_iter()
                .map(|path| (time(&path), path))
                .map(|(time, path)| (path, time))
                .collect::<HashMap<_, _>>()
        });
        let Ok(now) = looked.await else { return };
        let changed = now.iter().any(|(path, time)| known.get(path).is_some_and(|before| before != time));
        known = now;
        if changed {
            lock(&shared.session).disk += 1;
            diagnose::refresh(&shared);
        }
    }
}

/// Files that open plans cite, and the requirements documents beside them.
fn cited(shared: &Shared) -> Vec<PathBuf> {
    let session = lock(&shared.session);
    let mut paths: Vec<PathBuf> = session
        .documents
        .values()
        .filter(|open| open.recognition.plan.is_some())
        .flat_map(|open| {
            let root = open.project.root.clone();
            let upstream = open.upstream.clone();
            open.document
                .sources()
                .filter_map(move |source| Some(root.join(source.place?.path()?)))
                .chain(upstream)
                .collect::<Vec<_>>()
        })
        .collect();
    paths.sort();
    paths.dedup();
    paths
}
