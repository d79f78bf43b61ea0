//! The model behind a run of the server: who answers, what the journal keeps, and runs that were interrupted.

use std::path::Path;
use std::sync::Arc;

use tower_lsp::ls_types::MessageType;

use super::backend::Shared;
use super::jobs::Ending;
use super::session::{Snapshot, lock};
use crate::engine::model::Worker;
use crate::research::plural;
use crate::run::journal::{Journal, RunLog, Start, Status, worker};
use crate::run::{agenda_of, plan_path};
use crate::workspace::Cancel;

/// Who answers a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EngineName {
    /// The model of the user's configuration, or the embedded engine where it names none.
    #[default]
    Configured,
    /// The embedded engine, whatever the configuration says.
    Evidence,
}

/// A model at work in one run, with the run's part of the journal.
#[derive(Default)]
pub struct Asking {
    /// The model; `None` for the embedded engine.
    pub worker: Option<Worker>,
    log: Option<Arc<RunLog>>,
}

impl Asking {
    /// Begins; without a journal a run cannot be resumed, and the log says so.
    pub async fn begin(snapshot: &Snapshot, engine: EngineName, apart: bool, cancel: &Cancel) -> Self {
        let Some(model) = snapshot.project.config.model.clone().filter(|_| engine == EngineName::Configured) else {
            return Self::default();
        };
        let (root, document) = (snapshot.project.root.clone(), snapshot.path.clone().unwrap_or_default());
        let questions = agenda_of(snapshot.demanding()).questions.len();
        let (name, servers) = (model.name.clone(), snapshot.project.config.mcp_servers.clone());
        // Several processes share the journal; waiting for them is no work for this thread.
        let begun = tokio::task::spawn_blocking(move || {
            let output = apart.then(|| plan_path(&document));
            let output = output.as_deref();
            let start = Start { root: &root, document: &document, output, model: &name, questions };
            Journal::open()?.go_on(&start)
        });
        let log = match begun.await {
            Ok(Ok(log)) => Some(Arc::new(log)),
            Ok(Err(error)) => {
                tracing::warn!("{error}; if this run is interrupted, it cannot be resumed");
                None
            }
            Err(_) => None,
        };
        if let Some(log) = &log {
            log.watch(cancel);
        }
        let worker = worker(model, servers, log.as_ref());
        Self { worker: Some(worker), log }
    }

    /// What the run has used, in words; empty without a model.
    pub fn used(&self) -> String {
        let Some(log) = &self.log else { return String::new() };
        let usage = log.usage();
        format!("{} and {}k tokens used", plural(usage.requests as usize, "request"), usage.tokens().div_ceil(1000))
    }

    /// Says how the run has ended.
    pub fn end(&self, ending: &Ending) {
        let Some(log) = &self.log else { return };
        match ending {
            Ending::Written { .. } => log.end(Status::Finished, ""),
            Ending::Cancelled { .. } => log.end(Status::Cancelled, ""),
            Ending::Failed(reason) => log.end(Status::Failed, reason),
        }
    }
}

/// Runs below the roots whose process was killed: said once, and offered as an action of their documents.
pub async fn tell_of_interrupted(shared: &Arc<Shared>, roots: Vec<std::path::PathBuf>) {
    let found = tokio::task::spawn_blocking(move || {
        let journal = Journal::open_existing()?;
        let all = roots.iter().filter_map(|root| journal.interrupted(root).ok()).flatten();
        Some(all.collect::<Vec<_>>())
    });
    let Ok(Some(entries)) = found.await else { return };
    for entry in entries {
        let Some(uri) = tower_lsp::ls_types::Uri::from_file_path(&entry.document) else { continue };
        let done = format!("{} of {}", entry.answered, plural(entry.questions, "question"));
        let new = lock(&shared.session).interrupted.insert(super::session::key(&uri), done.clone()).is_none();
        if new {
            let name = Path::new(&entry.document).file_name().map(|name| name.to_string_lossy().into_owned());
            let text = format!(
                "groundplan: the plan for {} was interrupted with {done} answered; open it and choose “Resume”, and nothing is asked twice",
                name.unwrap_or_default()
            );
            shared.client.show_message(MessageType::INFO, text).await;
        }
    }
}
