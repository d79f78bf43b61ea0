//! What one run writes into the journal.

use std::collections::BTreeMap;
use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rusqlite::{OptionalExtension, params};
use serde_json::json;

use super::view::Status;
use super::{Journal, JournalError, now};
use crate::config::{McpServer, Model};
use crate::engine::model::{Ask, Kept, NoNotebook, Notebook, Usage, Worker};
use crate::research::Question;
use crate::text::digest;
use crate::workspace::Cancel;

/// How often a run looks whether it is to stop.
const LOOK: Duration = Duration::from_millis(200);

/// The journal's part of one run, as long as this process does it.
#[derive(Debug)]
pub struct RunLog {
    journal: Arc<Journal>,
    id: i64,
    /// Held as long as the run is at work.
    _lock: File,
    ended: Arc<AtomicBool>,
}

impl RunLog {
    pub(super) fn new(journal: Arc<Journal>, id: i64, lock: File) -> Self {
        Self { journal, id, _lock: lock, ended: Arc::default() }
    }

    /// Its number.
    pub fn id(&self) -> i64 {
        self.id
    }

    /// What the run has used so far, in this process and before.
    pub fn usage(&self) -> Usage {
        self.journal.usage_of(self.id).unwrap_or_default()
    }

    /// Cancels as soon as some process asks for it.
    pub fn watch(&self, cancel: &Cancel) {
        let (sign, ended, cancel) = (self.journal.sign(self.id), Arc::clone(&self.ended), cancel.clone());
        std::thread::spawn(move || {
            while !ended.load(Ordering::Relaxed) {
                if sign.exists() {
                    cancel.cancel();
                    return;
                }
                std::thread::sleep(LOOK);
            }
        });
    }

    /// Whether that was said.
    pub fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }

    /// Says how the run has ended.
    pub fn end(&self, status: Status, note: &str) {
        self.ended.store(true, Ordering::Relaxed);
        self.warn(self.journal.end(self.id, status, note));
    }

    /// What could not be kept costs money only where the run is killed; it goes on.
    fn warn<T>(&self, outcome: Result<T, JournalError>) -> Option<T> {
        outcome.inspect_err(|error| tracing::warn!("run {}: {error}", self.id)).ok()
    }

    fn body(&self, table: &str, key: &str) -> Option<String> {
        let found = self
            .journal
            .connection()
            .query_row(&format!("SELECT body FROM {table} WHERE key = ?1"), params![key], |row| row.get(0))
            .optional();
        self.warn(found.map_err(|error| self.journal.failed(error))).flatten()
    }

    /// Keeps a body under its key, and the step that led to it, both or neither.
    fn keep_body(&self, table: &str, key: &str, body: &str, step: &Step<'_>) {
        let kept = || -> rusqlite::Result<()> {
            let mut connection = self.journal.connection();
            let both = connection.transaction()?;
            both.execute(
                &format!("INSERT OR REPLACE INTO {table} (key, body, at) VALUES (?1, ?2, ?3)"),
                params![key, body, now()],
            )?;
            step.insert(&both, self.id, Some(key), None)?;
            both.commit()
        };
        self.warn(kept().map_err(|error| self.journal.failed(error)));
    }
}

impl Drop for RunLog {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
    }
}

/// A model at work in a run, which writes down what it does where there is a journal for it.
pub fn worker(model: Model, servers: BTreeMap<String, McpServer>, log: Option<&Arc<RunLog>>) -> Worker {
    match log {
        Some(log) => Worker::new(model, servers, Arc::clone(log) as Arc<_>, log.usage()),
        None => Worker::new(model, servers, Arc::new(NoNotebook), Usage::default()),
    }
}

/// One piece of work of a run.
struct Step<'s> {
    purpose: &'s str,
    text: &'s str,
    calls: String,
    usage: Usage,
}

impl Step<'_> {
    fn insert(
        &self,
        connection: &rusqlite::Connection,
        run: i64,
        key: Option<&str>,
        failure: Option<&str>,
    ) -> rusqlite::Result<usize> {
        let Usage { requests, sent, cached, received } = self.usage;
        connection.execute(
            "INSERT INTO steps (run, purpose, text, key, calls, failure, at, requests, sent, cached, received)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            params![
                run,
                self.purpose,
                self.text,
                key,
                self.calls,
                failure,
                now(),
                requests as i64,
                sent as i64,
                cached as i64,
                received as i64
            ],
        )
    }
}

impl Notebook for RunLog {
    fn known(&self, key: &str) -> Option<Kept> {
        let body = self.body("answers", key)?;
        serde_json::from_str(&body).ok()
    }

    fn keep(&self, question: &Question, key: &str, kept: &Kept, calls: &[String]) {
        let Ok(body) = serde_json::to_string(kept) else { return };
        let purpose = format!("{} {}", question.area.name(), question.in_area);
        let calls = json!(calls).to_string();
        self.keep_body(
            "answers",
            key,
            &body,
            &Step { purpose: &purpose, text: &question.text, calls, usage: kept.usage },
        );
    }

    fn section(&self, key: &str) -> Option<String> {
        self.body("sections", key)
    }

    fn keep_section(&self, title: &str, key: &str, text: &str, usage: Usage) {
        self.keep_body(
            "sections",
            key,
            text,
            &Step { purpose: &format!("section {title}"), text: title, calls: "[]".to_owned(), usage },
        );
    }

    fn sent(&self, purpose: &str, model: &str, ask: &Ask) {
        let body = json!({
            "messages": ask.messages, "tools": ask.tools, "must_call": ask.must_call, "schema": ask.schema,
        })
        .to_string();
        let name = digest(&ask.system).to_string();
        let noted = || -> rusqlite::Result<()> {
            let mut connection = self.journal.connection();
            let both = connection.transaction()?;
            both.execute("INSERT OR IGNORE INTO texts (digest, body) VALUES (?1, ?2)", params![name, ask.system])?;
            both.execute(
                "INSERT INTO requests (run, purpose, model, system, body, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![self.id, purpose, model, name, body, now()],
            )?;
            both.commit()
        };
        self.warn(noted().map_err(|error| self.journal.failed(error)));
    }

    fn called(&self, purpose: &str, call: &str) {
        let body = json!({ "call": call }).to_string();
        let noted = || -> rusqlite::Result<()> {
            let mut connection = self.journal.connection();
            let both = connection.transaction()?;
            both.execute("INSERT OR IGNORE INTO texts (digest, body) VALUES ('', '')", [])?;
            both.execute(
                "INSERT INTO requests (run, purpose, model, system, body, at) VALUES (?1, ?2, 'tool', '', ?3, ?4)",
                params![self.id, purpose, body, now()],
            )?;
            both.commit()
        };
        self.warn(noted().map_err(|error| self.journal.failed(error)));
    }

    fn failed(&self, purpose: &str, why: &str, usage: Usage) {
        let step = Step { purpose, text: "", calls: "[]".to_owned(), usage };
        let noted = step.insert(&self.journal.connection(), self.id, None, Some(why));
        self.warn(noted.map_err(|error| self.journal.failed(error)));
    }
}
