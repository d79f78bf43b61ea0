//! Runs as an editor shows them: those that this server does, question by question, and those that the journal knows.

use std::path::Path;
use std::sync::Mutex;

use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::Notify;
use tower_lsp::ls_types::notification::Notification;
use tower_lsp::ls_types::{ProgressToken, Uri};

use super::backend::Shared;
use super::session::{lock, path};
use crate::research::Agenda;
use crate::run::Event;
use crate::run::journal::{Entry, Journal, Status};
use crate::workspace::Cancel;

/// So many runs of the journal are shown.
const SHOWN: usize = 30;

/// A run of the server.
#[derive(Debug)]
pub struct Run {
    /// Its token of progress.
    pub token: ProgressToken,
    /// The document, as the client spells it.
    pub uri: Uri,
    pub(super) flag: Cancel,
    pub(super) stopped: Notify,
    state: Mutex<State>,
}

#[derive(Debug, Default, Clone, Serialize)]
struct State {
    message: String,
    percentage: u32,
    /// What a model has used, in words; empty without one.
    used: String,
    questions: Vec<Asked>,
}

/// A question of a run.
#[derive(Debug, Clone, Serialize)]
struct Asked {
    area: &'static str,
    text: String,
    answered: bool,
}

impl Run {
    /// A run of a document that has not begun.
    pub fn new(token: ProgressToken, uri: Uri) -> Self {
        Self { token, uri, flag: Cancel::default(), stopped: Notify::new(), state: Mutex::default() }
    }

    /// Stops it; what it has inserted stays.
    pub fn cancel(&self) {
        self.flag.cancel();
        self.stopped.notify_waiters();
        // A waiter that comes later finds this.
        self.stopped.notify_one();
    }

    /// What it does at this moment.
    pub fn message(&self) -> String {
        lock(&self.state).message.clone()
    }

    /// What it is going to ask.
    pub(super) fn asks(&self, agenda: &Agenda) {
        let asked = |question: &crate::research::Question| Asked {
            area: question.area.name(),
            text: question.text.clone(),
            answered: false,
        };
        lock(&self.state).questions = agenda.questions.iter().map(asked).collect();
    }

    /// Takes note of an answer; whether it was one.
    pub(super) fn hears(&self, event: &Event) -> bool {
        let Event::Answered { area, number, .. } = event else { return false };
        let mut state = lock(&self.state);
        let mut questions = state.questions.iter_mut().filter(|asked| asked.area == area.name());
        if let Some(asked) = questions.nth(number.saturating_sub(1)) {
            asked.answered = true;
        }
        true
    }

    /// Takes note of what a model has used.
    pub(super) fn has_used(&self, used: String) {
        lock(&self.state).used = used;
    }

    /// Takes note of what it does, and how far it is in percent.
    pub(super) fn does(&self, message: &str, percentage: u32) {
        let mut state = lock(&self.state);
        message.clone_into(&mut state.message);
        state.percentage = percentage;
    }
}

/// `groundplan/run`: a run has come further or has ended. Sent to clients that say in their experimental capabilities
/// that they take it: `{"groundplan": {"runs": true}}`.
enum Changed {}

impl Notification for Changed {
    type Params = Value;
    const METHOD: &'static str = "groundplan/run";
}

/// Tells a client that wants to know how a run stands; `ended` is its last word.
pub(super) async fn tell(shared: &Shared, run: &Run, ended: Option<&str>) {
    if !lock(&shared.session).client.follows_runs {
        return;
    }
    let state = lock(&run.state).clone();
    let params = json!({
        "uri": run.uri.as_str(),
        "state": if ended.is_some() { "ended" } else { "running" },
        "message": ended.unwrap_or(&state.message),
        "percentage": state.percentage,
    });
    shared.client.send_notification::<Changed>(params).await;
}

/// `groundplan.runs`: what runs now, and what the journal keeps of the client's folders, the newest first.
pub fn list(shared: &Shared) -> Value {
    let (runs, folders) = {
        let session = lock(&shared.session);
        (session.runs.values().cloned().collect::<Vec<_>>(), session.folders.clone())
    };
    let running: Vec<Value> = runs
        .iter()
        .map(|run| {
            let mut shown = json!(lock(&run.state).clone());
            shown["uri"] = json!(run.uri.as_str());
            shown
        })
        .collect();
    let entries = Journal::open_existing().and_then(|journal| journal.entries().ok()).unwrap_or_default();
    let here = |path: &str| folders.is_empty() || folders.iter().any(|folder| Path::new(path).starts_with(folder));
    let ours = |entry: &Entry| {
        let document = Path::new(&entry.document);
        entry.status == Status::Running && runs.iter().any(|run| path(&run.uri).as_deref() == Some(document))
    };
    let kept: Vec<Value> = entries
        .iter()
        .filter(|entry| here(&entry.document) && !ours(entry))
        .take(SHOWN)
        .map(|entry| {
            let mut shown = json!(entry);
            shown["uri"] = json!(Uri::from_file_path(&entry.document).map(|uri| uri.as_str().to_owned()));
            shown["tokens"] = json!(entry.usage.tokens());
            shown
        })
        .collect();
    json!({ "running": running, "kept": kept })
}
