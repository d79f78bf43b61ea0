//! The journal of runs: what was asked, answered, written and used, in a database of the user's state folder.
//!
//! Every answer is kept by what was asked (question, requirements, evidence, model, words), so that a run that was
//! killed goes on where it was, and nothing is paid twice. Several processes may write at once.

mod log;
mod view;

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use etcetera::BaseStrategy;
use rusqlite::{Connection, params};

pub use log::{RunLog, worker};
pub use view::{Entry, QuestionEntry, Status};

/// The layout of the tables; another one is made anew.
const LAYOUT: i64 = 1;
/// A lock that is held is looked at again so often, with such a pause.
const LOOKS: u32 = 10;
const MOMENT: std::time::Duration = std::time::Duration::from_millis(20);
/// Runs and answers are kept for so many days.
const KEPT_DAYS: i64 = 90;

const TABLES: &str = "
CREATE TABLE runs (
    id INTEGER PRIMARY KEY, root TEXT NOT NULL, document TEXT NOT NULL, output TEXT, model TEXT NOT NULL,
    questions INTEGER NOT NULL, started TEXT NOT NULL, ended TEXT, status TEXT NOT NULL, note TEXT NOT NULL DEFAULT ''
);
CREATE TABLE answers (key TEXT PRIMARY KEY, body TEXT NOT NULL, at TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE sections (key TEXT PRIMARY KEY, body TEXT NOT NULL, at TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE steps (
    run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE, purpose TEXT NOT NULL, text TEXT NOT NULL,
    key TEXT, calls TEXT NOT NULL DEFAULT '[]', failure TEXT, at TEXT NOT NULL,
    requests INTEGER NOT NULL, sent INTEGER NOT NULL, cached INTEGER NOT NULL, received INTEGER NOT NULL
);
CREATE INDEX steps_of ON steps(run);
CREATE TABLE texts (digest TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE requests (
    id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE, purpose TEXT NOT NULL,
    model TEXT NOT NULL, system TEXT NOT NULL, body TEXT NOT NULL, at TEXT NOT NULL
);
CREATE INDEX requests_of ON requests(run);
";

/// Why the journal could not be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// Its folder or file could not be used.
    #[error("{path}: {error}")]
    Folder {
        /// Where.
        path: String,
        /// What went wrong.
        error: std::io::Error,
    },
    /// The database did not do what it was asked.
    #[error("the journal {path}: {error}")]
    Database {
        /// Where.
        path: String,
        /// What went wrong.
        error: rusqlite::Error,
    },
    /// There is no such run.
    #[error("there is no run {0}; `groundplan runs list` shows them")]
    NoRun(i64),
    /// The run is at work.
    #[error("run {0} is at work; cancel it first or wait for its end")]
    AtWork(i64),
    /// The run was by another model than the configuration names.
    #[error("run {id} asks {model}, your configuration names {configured}; name that one again, or begin a new run")]
    OtherModel {
        /// The run.
        id: i64,
        /// Its model.
        model: String,
        /// The model of the configuration.
        configured: String,
    },
    /// The run is not at work.
    #[error("run {0} is not at work")]
    NotAtWork(i64),
}

/// The journal.
#[derive(Debug)]
pub struct Journal {
    connection: Mutex<Connection>,
    folder: PathBuf,
}

/// What a run starts from.
#[derive(Debug, Clone)]
pub struct Start<'s> {
    /// The workspace root.
    pub root: &'s Path,
    /// The requirements document.
    pub document: &'s Path,
    /// The file that the plan goes to, where that was said.
    pub output: Option<&'s Path>,
    /// The model.
    pub model: &'s str,
    /// Number of questions.
    pub questions: usize,
}

/// The present moment, as the journal writes it.
fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

impl Journal {
    /// Opens the journal of the user.
    ///
    /// # Errors
    /// [`JournalError`] where its folder cannot be written to, or its file is no database.
    pub fn open() -> Result<Arc<Self>, JournalError> {
        let base = etcetera::choose_base_strategy().map_err(|error| JournalError::Folder {
            path: "the user's home".to_owned(),
            error: std::io::Error::other(error),
        })?;
        // Platforms without a folder for state keep it with data.
        let state = base.state_dir().unwrap_or_else(|| base.data_dir());
        Self::open_in(&state.join("groundplan"))
    }

    /// Opens the journal of the user, if there is one; `None` where no model was ever asked, or it cannot be used.
    pub fn open_existing() -> Option<Arc<Self>> {
        let base = etcetera::choose_base_strategy().ok()?;
        let folder = base.state_dir().unwrap_or_else(|| base.data_dir()).join("groundplan");
        folder.join("runs.sqlite").is_file().then(|| Self::open_in(&folder).ok())?
    }

    /// Opens the journal of a folder.
    ///
    /// # Errors
    /// As [`Journal::open`].
    pub fn open_in(folder: &Path) -> Result<Arc<Self>, JournalError> {
        let at = |error| JournalError::Folder { path: folder.display().to_string(), error };
        std::fs::create_dir_all(folder.join("locks")).map_err(at)?;
        let path = folder.join("runs.sqlite");
        let failed = |error| JournalError::Database { path: path.display().to_string(), error };
        let connection = Connection::open(&path).map_err(failed)?;
        private(&path);
        let journal = Self { connection: Mutex::new(connection), folder: folder.to_path_buf() };
        journal.prepare().map_err(failed)?;
        Ok(Arc::new(journal))
    }

    fn prepare(&self) -> rusqlite::Result<()> {
        let mut connection = self.connection();
        connection.busy_timeout(std::time::Duration::from_secs(20))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // What was paid for survives a loss of power, too.
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        let tables = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let layout: i64 = tables.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if layout != LAYOUT {
            for table in ["requests", "steps", "runs", "answers", "sections", "texts"] {
                tables.execute_batch(&format!("DROP TABLE IF EXISTS {table}"))?;
            }
            tables.execute_batch(TABLES)?;
            tables.pragma_update(None, "user_version", LAYOUT)?;
        }
        tables.commit()
    }

    /// Its file.
    pub fn path(&self) -> PathBuf {
        self.folder.join("runs.sqlite")
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn failed(&self, error: rusqlite::Error) -> JournalError {
        JournalError::Database { path: self.folder.join("runs.sqlite").display().to_string(), error }
    }

    /// Begins a run. Interrupted runs of the same document are taken over: their answers serve this one.
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn begin(self: &Arc<Self>, start: &Start<'_>) -> Result<RunLog, JournalError> {
        self.forget().map_err(|error| self.failed(error))?;
        let shown = |path: &Path| path.display().to_string();
        let (root, document) = (shown(start.root), shown(start.document));
        for entry in self.interrupted(start.root)?.into_iter().filter(|entry| entry.document == document) {
            self.end(entry.id, Status::Superseded, "another run of the document took over")?;
        }
        let id = {
            let connection = self.connection();
            let inserted = connection.execute(
                "INSERT INTO runs (root, document, output, model, questions, started, status) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'running')",
                params![root, document, start.output.map(shown), start.model, start.questions as i64, now()],
            );
            inserted.map_err(|error| self.failed(error))?;
            connection.last_insert_rowid()
        };
        self.log(id)
    }

    /// Goes on with the interrupted run of a document by the same model, or begins one.
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn go_on(self: &Arc<Self>, start: &Start<'_>) -> Result<RunLog, JournalError> {
        let document = start.document.display().to_string();
        let before = self.interrupted(start.root)?;
        match before.into_iter().find(|entry| entry.document == document && entry.model == start.model) {
            Some(entry) => self.resume(entry.id),
            None => self.begin(start),
        }
    }

    /// Goes on with an interrupted run.
    ///
    /// # Errors
    /// [`JournalError::AtWork`] where it is not interrupted.
    pub fn resume(self: &Arc<Self>, id: i64) -> Result<RunLog, JournalError> {
        self.entry(id)?;
        let log = self.log(id)?;
        let set = self
            .connection()
            .execute("UPDATE runs SET status = 'running', ended = NULL, note = '' WHERE id = ?1", params![id]);
        set.map_err(|error| self.failed(error))?;
        Ok(log)
    }

    /// Asks a run of any process to stop.
    ///
    /// # Errors
    /// [`JournalError::NotAtWork`] where it does not run.
    pub fn cancel(&self, id: i64) -> Result<(), JournalError> {
        if self.entry(id)?.status != Status::Running {
            return Err(JournalError::NotAtWork(id));
        }
        let path = self.sign(id);
        std::fs::write(&path, "").map_err(|error| JournalError::Folder { path: path.display().to_string(), error })
    }

    /// The file whose being there asks a run to stop.
    fn sign(&self, id: i64) -> PathBuf {
        self.folder.join("locks").join(format!("{id}.cancel"))
    }

    fn lock_path(&self, id: i64) -> PathBuf {
        self.folder.join("locks").join(format!("{id}.lock"))
    }

    /// The log of a run that this process does from now on: the system gives its lock back however the process ends.
    fn log(self: &Arc<Self>, id: i64) -> Result<RunLog, JournalError> {
        let path = self.lock_path(id);
        let at = |error| JournalError::Folder { path: path.display().to_string(), error };
        let lock = File::create(&path).map_err(at)?;
        // Who looks whether a run is at work holds its lock for a moment.
        for attempt in 0.. {
            match lock.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if attempt < LOOKS => std::thread::sleep(MOMENT),
                Err(TryLockError::WouldBlock) => return Err(JournalError::AtWork(id)),
                Err(TryLockError::Error(error)) => return Err(at(error)),
            }
        }
        let _ = std::fs::remove_file(self.sign(id));
        Ok(RunLog::new(Arc::clone(self), id, lock))
    }

    /// Whether some process does a run at this moment.
    fn is_locked(&self, id: i64) -> bool {
        let Ok(file) = File::open(self.lock_path(id)) else { return false };
        matches!(file.try_lock(), Err(TryLockError::WouldBlock))
    }

    fn end(&self, id: i64, status: Status, note: &str) -> Result<(), JournalError> {
        let set = self.connection().execute(
            "UPDATE runs SET status = ?2, ended = ?3, note = ?4 WHERE id = ?1",
            params![id, status.name(), now(), note],
        );
        set.map(|_| ()).map_err(|error| self.failed(error))
    }

    /// Takes out what is older than it is kept.
    fn forget(&self) -> rusqlite::Result<()> {
        let connection = self.connection();
        let before = format!("-{KEPT_DAYS} days");
        let old = "strftime('%Y-%m-%dT%H:%M:%SZ', 'now', ?1)";
        connection.execute(&format!("DELETE FROM runs WHERE started < {old}"), params![before])?;
        connection.execute(&format!("DELETE FROM answers WHERE at < {old}"), params![before])?;
        connection.execute(&format!("DELETE FROM sections WHERE at < {old}"), params![before])?;
        connection.execute("DELETE FROM texts WHERE digest NOT IN (SELECT system FROM requests)", [])?;
        Ok(())
    }
}

/// What was sent stands in it: nobody but the user reads it.
#[cfg(unix)]
fn private(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    // A file system without permissions has none to set.
    let _ = std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600));
}

#[cfg(not(unix))]
fn private(_: &Path) {}
