//! What the journal tells of runs.

use std::path::Path;

use rusqlite::{OptionalExtension, Row, params};
use serde_json::{Value, json};

use super::{Journal, JournalError};
use crate::engine::model::Usage;

/// How a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Some process does it.
    Running,
    /// Its process ended before it did: it can be resumed.
    Interrupted,
    /// It wrote its plan.
    Finished,
    /// It ended with an error.
    Failed,
    /// Somebody stopped it.
    Cancelled,
    /// Another run of the document took over.
    Superseded,
}

impl Status {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Interrupted => "interrupted",
            Self::Finished => "finished",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Superseded => "superseded",
        }
    }

    fn of(name: &str) -> Self {
        let all = [Self::Running, Self::Finished, Self::Failed, Self::Cancelled, Self::Superseded];
        all.into_iter().find(|status| status.name() == name).unwrap_or(Self::Failed)
    }
}

/// A run as the journal has it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Entry {
    /// Its number.
    pub id: i64,
    /// The workspace root.
    pub root: String,
    /// The requirements document.
    pub document: String,
    /// The file that the plan goes to, where that was said.
    pub output: Option<String>,
    /// The model.
    pub model: String,
    /// Number of questions.
    pub questions: usize,
    /// Number of those that the model has answered in this run.
    pub answered: usize,
    /// When it began.
    pub started: String,
    /// When it ended.
    pub ended: Option<String>,
    /// How it stands.
    pub status: Status,
    /// What else is to say.
    pub note: String,
    /// What it has used.
    pub usage: Usage,
}

/// A piece of work of a run.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct QuestionEntry {
    /// Area and number, or `section` and its title.
    pub purpose: String,
    /// The question, or the section's title.
    pub text: String,
    /// Tools that were called.
    pub calls: Vec<String>,
    /// Why it failed.
    pub failure: Option<String>,
    /// What it used.
    pub usage: Usage,
}

fn usage(row: &Row<'_>, from: usize) -> rusqlite::Result<Usage> {
    let number = |at: usize| row.get::<_, Option<i64>>(at).map(|count| count.unwrap_or(0).unsigned_abs());
    Ok(Usage {
        requests: number(from)?,
        sent: number(from + 1)?,
        cached: number(from + 2)?,
        received: number(from + 3)?,
    })
}

const ENTRY: &str = "SELECT id, root, document, output, model, questions, started, ended, status, note,
    (SELECT COUNT(*) FROM steps WHERE run = id AND key IS NOT NULL AND purpose NOT LIKE 'section %'),
    (SELECT SUM(requests) FROM steps WHERE run = id), (SELECT SUM(sent) FROM steps WHERE run = id),
    (SELECT SUM(cached) FROM steps WHERE run = id), (SELECT SUM(received) FROM steps WHERE run = id) FROM runs";

impl Journal {
    fn read(&self, row: &Row<'_>) -> rusqlite::Result<Entry> {
        let id = row.get(0)?;
        let count = |at: usize| row.get::<_, i64>(at).map(|count| usize::try_from(count).unwrap_or(0));
        let status = match Status::of(&row.get::<_, String>(8)?) {
            // Who was at work and holds no lock any more was killed.
            Status::Running if !self.is_locked(id) => Status::Interrupted,
            other => other,
        };
        Ok(Entry {
            id,
            root: row.get(1)?,
            document: row.get(2)?,
            output: row.get(3)?,
            model: row.get(4)?,
            questions: count(5)?,
            started: row.get(6)?,
            ended: row.get(7)?,
            status,
            note: row.get(9)?,
            answered: count(10)?,
            usage: usage(row, 11)?,
        })
    }

    /// All runs, the newest first.
    ///
    /// # Errors
    /// [`JournalError::Database`].
    pub fn entries(&self) -> Result<Vec<Entry>, JournalError> {
        let read = || -> rusqlite::Result<Vec<Entry>> {
            let connection = self.connection();
            let mut query = connection.prepare(&format!("{ENTRY} ORDER BY id DESC"))?;
            query.query_map([], |row| self.read(row))?.collect()
        };
        read().map_err(|error| self.failed(error))
    }

    /// One run.
    ///
    /// # Errors
    /// [`JournalError::NoRun`] where there is none.
    pub fn entry(&self, id: i64) -> Result<Entry, JournalError> {
        let found = self
            .connection()
            .query_row(&format!("{ENTRY} WHERE id = ?1"), params![id], |row| self.read(row))
            .optional();
        found.map_err(|error| self.failed(error))?.ok_or(JournalError::NoRun(id))
    }

    /// Runs below a root whose process ended before they did.
    ///
    /// # Errors
    /// [`JournalError::Database`].
    pub fn interrupted(&self, root: &Path) -> Result<Vec<Entry>, JournalError> {
        let all = self.entries()?;
        let here = |entry: &Entry| Path::new(&entry.root) == root || Path::new(&entry.document).starts_with(root);
        Ok(all.into_iter().filter(|entry| here(entry) && entry.status == Status::Interrupted).collect())
    }

    /// What a run has used.
    pub(super) fn usage_of(&self, id: i64) -> Option<Usage> {
        let mut usage = self.entry(id).ok()?.usage;
        // What was sent for work that was never finished was paid for, too; it is counted as it is estimated.
        let unfinished = "SELECT COUNT(*), SUM(LENGTH(requests.body) + LENGTH(texts.body)) / 3 FROM requests
            JOIN texts ON texts.digest = requests.system WHERE run = ?1 AND model <> 'tool'
            AND purpose NOT IN (SELECT purpose FROM steps WHERE run = ?1)";
        let connection = self.connection();
        let found = connection.query_row(unfinished, params![id], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, Option<i64>>(1)?.unwrap_or(0)))
        });
        let (requests, tokens) = found.ok()?;
        usage.requests += requests.unsigned_abs();
        usage.sent += tokens.unsigned_abs();
        Some(usage)
    }

    /// The work of a run, in the order in which it was done.
    ///
    /// # Errors
    /// [`JournalError::Database`].
    pub fn steps(&self, id: i64) -> Result<Vec<QuestionEntry>, JournalError> {
        let read = || -> rusqlite::Result<Vec<QuestionEntry>> {
            let connection = self.connection();
            let mut query = connection.prepare(
                "SELECT purpose, text, calls, failure, requests, sent, cached, received FROM steps WHERE run = ?1 ORDER BY rowid",
            )?;
            let entry = |row: &Row<'_>| {
                let calls: String = row.get(2)?;
                Ok(QuestionEntry {
                    purpose: row.get(0)?,
                    text: row.get(1)?,
                    calls: serde_json::from_str(&calls).unwrap_or_default(),
                    failure: row.get(3)?,
                    usage: usage(row, 4)?,
                })
            };
            query.query_map(params![id], entry)?.collect()
        };
        read().map_err(|error| self.failed(error))
    }

    /// What a run has sent, request by request.
    ///
    /// # Errors
    /// [`JournalError::Database`].
    pub fn sent(&self, id: i64) -> Result<Vec<Value>, JournalError> {
        let read = || -> rusqlite::Result<Vec<Value>> {
            let connection = self.connection();
            let mut query = connection.prepare(
                "SELECT requests.purpose, requests.model, requests.at, texts.body, requests.body FROM requests
                 JOIN texts ON texts.digest = requests.system WHERE run = ?1 ORDER BY requests.id",
            )?;
            let entry = |row: &Row<'_>| {
                let (purpose, model, at): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
                let (system, body): (String, String) = (row.get(3)?, row.get(4)?);
                let body: Value = serde_json::from_str(&body).unwrap_or_default();
                Ok(json!({ "purpose": purpose, "model": model, "at": at, "system": system, "request": body }))
            };
            query.query_map(params![id], entry)?.collect()
        };
        read().map_err(|error| self.failed(error))
    }
}
