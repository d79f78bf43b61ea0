//! Runs in the background: one a document, with progress, cancel, and edits that follow the document.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};
use tower_lsp::ls_types::request::ApplyWorkspaceEdit as ApplyEdit;
use tower_lsp::ls_types::{MessageType, ProgressToken, TextEdit, Uri, WorkspaceEdit};

use super::asking::{Asking, EngineName};
use super::backend::Shared;
use super::diagnose;
use super::permission;
use super::progress::Progress;
use super::proposal;
use super::runs::{self, Run};
use super::session::{Key, Snapshot, key, lock};
use crate::config::Target;
use crate::engine::model::Failure;
use crate::lsp;
use crate::plan::{self, Kept, Outcome, Section};
use crate::research::{joined, plural};
use crate::run::{Event, Request, Researched, RunError, Writer, agenda_of, plan_path, research, today};
use crate::workspace::Cancel;

/// A client that has not applied an edit in this time will not.
pub(super) const APPLY: Duration = Duration::from_secs(10);
/// The time in which a client tells of a change that it has applied.
const FOLLOW: Duration = Duration::from_secs(5);
/// How often a refused edit is tried again.
const TRIES: usize = 3;
/// Progress is told no more often than this.
const PACE: Duration = Duration::from_millis(50);

/// What a run writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Every section that no person has changed.
    All,
    /// Sections that are missing or hold only hints.
    Missing,
    /// One section, by its title.
    Section(String),
    /// Sections of these titles.
    Sections(Vec<String>),
}

/// Cancels the run of a token; a token of somebody else is no error.
pub fn cancel_token(shared: &Shared, token: &ProgressToken) {
    let session = lock(&shared.session);
    for run in session.runs.values().filter(|run| run.token == *token) {
        run.cancel();
    }
}

/// Cancels the run of a document; whether there was one.
pub fn cancel(shared: &Shared, uri: &Uri) -> bool {
    let run = lock(&shared.session).runs.get(&key(uri)).cloned();
    run.inspect(|run| run.cancel()).is_some()
}

/// Starts a run on a document; `Err` with the reason if it cannot begin.
pub fn start(
    shared: &Arc<Shared>,
    uri: &Uri,
    scope: Scope,
    target: Option<Target>,
    engine: EngineName,
    theirs: Option<ProgressToken>,
) -> Result<(), String> {
    let (snapshot, run, key) = {
        let mut session = lock(&shared.session);
        let Some(snapshot) = session.snapshot(uri) else {
            return Err("the document is not open; open it and try again".to_owned());
        };
        if snapshot.run.is_some() {
            return Err("a run is already writing into this document; cancel it first or wait for its end".to_owned());
        }
        if !session.client.applies_edits {
            return Err("this editor does not apply edits of a server; use `groundplan plan` in a terminal".to_owned());
        }
        session.next_run += 1;
        let token =
            theirs.clone().unwrap_or_else(|| ProgressToken::String(format!("groundplan-plan-{}", session.next_run)));
        let run = Arc::new(Run::new(token, snapshot.uri.clone()));
        let key = key(uri);
        session.runs.insert(key.clone(), Arc::clone(&run));
        (snapshot, run, key)
    };
    let target = target.unwrap_or(snapshot.project.config.target);
    let job = Job { shared: Arc::clone(shared), run, key, scope, target, engine, tells: false };
    tokio::spawn(async move { job.work(snapshot, theirs).await });
    Ok(())
}

/// A run at work. Dropping it frees the document for the next one.
pub(super) struct Job {
    pub(super) shared: Arc<Shared>,
    pub(super) run: Arc<Run>,
    key: Key,
    scope: Scope,
    target: Target,
    engine: EngineName,
    /// Whether its end is told by whoever ends it.
    tells: bool,
}

impl Drop for Job {
    fn drop(&mut self) {
        lock(&self.shared.session).runs.remove(&self.key);
        refresh_lenses(&self.shared);
        diagnose::refresh(&self.shared);
        if let (false, Ok(runtime)) = (self.tells, tokio::runtime::Handle::try_current()) {
            let (shared, run) = (Arc::clone(&self.shared), Arc::clone(&self.run));
            runtime.spawn(async move { runs::tell(&shared, &run, Some("stopped by a fault of groundplan")).await });
        }
    }
}

/// Tells the client that lenses have changed; nobody waits for its answer.
fn refresh_lenses(shared: &Arc<Shared>) {
    let (Ok(runtime), true) = (tokio::runtime::Handle::try_current(), lock(&shared.session).client.refreshes_lenses)
    else {
        return;
    };
    let shared = Arc::clone(shared);
    runtime.spawn(async move {
        // A client that refuses asks again by itself.
        let _ = timeout(APPLY, shared.client.code_lens_refresh()).await;
    });
}

/// Stops asking a model for sections when whoever waits for them goes away.
struct StopAsking(Cancel);

impl Drop for StopAsking {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// What became of a section.
enum Inserted {
    /// A person's text stays.
    Kept,
    /// It stands there word for word.
    Same,
    /// It was inserted, or took the place of another text.
    Written,
}

/// How a run ended.
pub(super) enum Ending {
    Written { sections: usize, kept: Vec<String> },
    Cancelled { sections: usize },
    Failed(String),
}

impl Job {
    async fn work(mut self, snapshot: Snapshot, theirs: Option<ProgressToken>) {
        let client = self.shared.client.clone();
        let shown = snapshot.client.progress;
        let undecided = snapshot.project.config.registries.is_none();
        refresh_lenses(&self.shared);
        let begin = Progress::begin(&client, self.run.token.clone(), theirs, shown, "Implementation plan");
        let mut progress = tokio::select! {
            progress = begin => progress,
            () = self.run.stopped.notified() => {
                self.run.stopped.notify_one();
                Progress::silent(&client)
            }
        };
        let mut researched = None;
        let apart = self.target == Target::File && snapshot.recognition.plan.is_none();
        let asking = Asking::begin(&snapshot, self.engine, apart, &self.run.flag).await;
        let ending = match self.research(&snapshot, &asking, &mut progress).await {
            Ok(done) => {
                let done = Arc::new(done);
                let ending = self.write(&snapshot, &done, &mut progress).await;
                researched = Some(done);
                ending
            }
            Err(RunError::Cancelled(_)) => Ending::Cancelled { sections: 0 },
            Err(error) => Ending::Failed(error.to_string()),
        };
        let (kind, message) = told(&ending, researched.as_deref(), &asking.used());
        asking.end(&ending);
        lock(&self.shared.session).interrupted.remove(&self.key);
        progress.end(&message).await;
        let run = Arc::clone(&self.run);
        self.tells = true;
        // The document is free for the next run before anybody hears of the end of this one.
        let shared = Arc::clone(&self.shared);
        drop(self);
        runs::tell(&shared, &run, Some(&message)).await;
        client.show_message(kind, format!("groundplan: {message}")).await;
        if let Some(done) = researched.filter(|_| undecided && matches!(ending, Ending::Written { .. })) {
            permission::ask(&shared, &done.unasked).await;
        }
    }

    /// Research on other threads; this task tells of it and hears a cancel at once.
    async fn research(
        &self,
        snapshot: &Snapshot,
        asking: &Asking,
        progress: &mut Progress,
    ) -> Result<Researched, RunError> {
        let project = &snapshot.project;
        let template = snapshot.recognition.plan.clone().or_else(|| project.plan_template());
        let Some(template) = template else { return Err(RunError::NoRequirements) };
        let mut own_paths = vec![snapshot.relative.clone()];
        own_paths.extend(snapshot.requirements.as_ref().map(|upstream| project.relative(&upstream.path)));
        own_paths.extend(snapshot.path.as_deref().map(plan_path).map(|path| project.relative(&path)));
        let request = Request {
            root: project.root.clone(),
            requirements: snapshot.demanding().clone(),
            own_paths,
            template,
            indexes: Arc::clone(&self.shared.indexes),
            registries: project.config.registries == Some(true),
            model: asking.worker.clone(),
        };
        self.run.asks(&agenda_of(&request.requirements));
        let (sender, mut events) = mpsc::unbounded_channel::<Event>();
        let flag = self.run.flag.clone();
        let mut work = tokio::task::spawn_blocking(move || {
            let tell = move |event: &Event| {
                // Nobody listens any more after a cancel.
                let _ = sender.send(event.clone());
            };
            research(&request, &flag, &tell)
        });
        let mut told = tokio::time::Instant::now() - PACE;
        loop {
            tokio::select! {
                biased;
                () = self.run.stopped.notified() => return Err(RunError::Cancelled(crate::workspace::Cancelled)),
                Some(event) = events.recv() => {
                    if self.run.hears(&event) {
                        self.run.has_used(asking.used());
                    }
                    let last = matches!(&event, Event::Answered { done, total, .. } if done == total);
                    if told.elapsed() >= PACE || last {
                        told = tokio::time::Instant::now();
                        self.tell(progress, &event.message(), event.percentage()).await;
                    }
                }
                done = &mut work => {
                    return match done {
                        Ok(done) => done,
                        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
                        Err(_) => Err(RunError::Cancelled(crate::workspace::Cancelled)),
                    };
                }
            }
        }
    }

    async fn tell(&self, progress: &mut Progress, message: &str, percentage: u32) {
        self.run.does(message, percentage);
        progress.report(message, percentage).await;
        runs::tell(&self.shared, &self.run, None).await;
    }

    async fn write(&self, snapshot: &Snapshot, done: &Arc<Researched>, progress: &mut Progress) -> Ending {
        let apart = self.target == Target::File && snapshot.recognition.plan.is_none();
        let apart = snapshot.path.as_deref().map(plan_path).filter(|_| apart);
        let all = done.plan.sections.iter().enumerate();
        let wanted: Vec<usize> = all
            .filter(|(_, section)| apart.is_some() || self.wants(snapshot, done, section))
            .map(|(at, _)| at)
            .collect();
        let count = wanted.len();
        let (sender, mut ready) = mpsc::unbounded_channel::<Section>();
        // However this ends early, nothing more is asked for.
        let _stop = StopAsking(self.run.flag.clone());
        let (flag, from) = (self.run.flag.clone(), Arc::clone(done));
        let work = tokio::task::spawn_blocking(move || {
            from.sections(&wanted, &flag, &mut |section| {
                // Nobody listens any more after a cancel.
                let _ = sender.send(section);
            })
        });
        let mut writer = Writer::new(done, &snapshot.document, &snapshot.relative, &today());
        let (mut index, mut written, mut kept, mut phases_kept) = (0, 0, Vec::new(), false);
        let mut whole = Vec::new();
        loop {
            let section = tokio::select! {
                biased;
                () = self.run.stopped.notified() => return Ending::Cancelled { sections: written },
                section = ready.recv() => section,
            };
            let Some(section) = section else { break };
            let share = 85 + (index * 15 / count.max(1)) as u32;
            index += 1;
            self.tell(progress, &format!("writing {index}/{count}: {}", section.title), share).await;
            if apart.is_some() {
                whole.push(section);
                continue;
            }
            // What speaks of phases must not speak of others than those that stand there.
            if phases_kept && section.speaks_of_phases() {
                kept.push(format!("{} (it speaks of the phases)", section.title));
                continue;
            }
            match self.insert(&mut writer, &section).await {
                Ok(Inserted::Kept) => {
                    phases_kept |= section.has_phases();
                    kept.push(section.title.clone());
                }
                Ok(Inserted::Same) => {}
                Ok(Inserted::Written) => written += 1,
                Err(_) if self.run.flag.is_cancelled() => return Ending::Cancelled { sections: written },
                Err(reason) => {
                    let before =
                        if written > 0 { format!(" after {}", plural(written, "section")) } else { String::new() };
                    return Ending::Failed(format!("stopped{before}: {reason}"));
                }
            }
        }
        match work.await {
            Ok(Ok(_)) => {}
            Ok(Err(Failure::Cancelled)) => return Ending::Cancelled { sections: written },
            Ok(Err(failure)) => return Ending::Failed(failure.to_string()),
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => return Ending::Cancelled { sections: written },
        }
        match apart {
            Some(path) => self.write_apart(snapshot, done, &whole, path).await,
            None => Ending::Written { sections: written, kept },
        }
    }

    /// Whether the run writes a section.
    fn wants(&self, snapshot: &Snapshot, done: &Researched, section: &Section) -> bool {
        match &self.scope {
            Scope::All => true,
            Scope::Section(title) => section.title == *title,
            Scope::Sections(titles) => {
                // What speaks of phases follows them.
                let phases = done.plan.sections.iter().any(|other| other.has_phases() && titles.contains(&other.title));
                titles.contains(&section.title) || (phases && section.speaks_of_phases())
            }
            Scope::Missing => section
                .present(&snapshot.document, &done.template)
                .is_none_or(|id| plan::standing(&snapshot.document, id) == Outcome::Inserted),
        }
    }

    /// Brings one section into the document as it is now, and waits until the client tells of it.
    async fn insert(&self, writer: &mut Writer<'_>, section: &Section) -> Result<Inserted, String> {
        let (mut refused, mut accepted) = (0, None);
        while refused < TRIES {
            if refused > 0 {
                sleep(Duration::from_millis(100)).await;
            }
            let snapshot = lock(&self.shared.session).snapshot_of(&self.key);
            let Some(snapshot) = snapshot else { return Err("the document was closed".to_owned()) };
            let mut step =
                writer.step(&snapshot.document, section, Kept::Respect).map_err(|error| error.to_string())?;
            if step.outcome == Outcome::Kept {
                if !matches!(self.scope, Scope::Section(_)) {
                    return Ok(Inserted::Kept);
                }
                step = writer.step(&snapshot.document, section, Kept::Override).map_err(|error| error.to_string())?;
                // What a person has typed since they were asked is none of what they gave up.
                let stands = proposal::stands(&snapshot, section, &snapshot.document);
                if accepted != Some(stands.clone()) {
                    if !self.may_replace(&snapshot, section, &step).await {
                        return Ok(Inserted::Kept);
                    }
                    accepted = Some(stands);
                    continue;
                }
            }
            if step.apply(&snapshot.document).text().to_string() == snapshot.document.text().to_string() {
                return Ok(Inserted::Same);
            }
            let lines = snapshot.lines();
            let edits: Vec<TextEdit> = step.edits.iter().map(|edit| lsp::text_edit(edit, lines)).collect();
            let edit =
                lsp::workspace_edit(&snapshot.uri, Some(snapshot.version), edits, snapshot.client.document_changes);
            if self.apply(&section.title, edit).await? {
                return self.follow(snapshot.version, writer, section).await.map(|()| Inserted::Written);
            }
            refused += 1;
        }
        Err(format!("the editor refused the section `{}` {TRIES} times", section.title))
    }

    /// Sends an edit; whether the client has applied it.
    pub(super) async fn apply(&self, label: &str, edit: WorkspaceEdit) -> Result<bool, String> {
        let sent = self.shared.client.send_request::<ApplyEdit>(tower_lsp::ls_types::ApplyWorkspaceEditParams {
            label: Some(format!("groundplan: {label}")),
            edit,
        });
        tokio::select! {
            biased;
            answer = timeout(APPLY, sent) => match answer {
                Ok(Ok(answer)) => Ok(answer.applied),
                Ok(Err(error)) => Err(format!("the editor could not apply an edit: {}", error.message)),
                Err(_) => Err(format!("the editor did not answer an edit within {} seconds", APPLY.as_secs())),
            },
            () = self.run.stopped.notified() => {
                self.run.stopped.notify_one();
                Err("cancelled".to_owned())
            }
        }
    }

    /// Waits until the client has told of the section that it has applied; some other change is not it.
    async fn follow(&self, version: i32, writer: &Writer<'_>, section: &Section) -> Result<(), String> {
        let until = tokio::time::Instant::now() + FOLLOW;
        let mut changed = false;
        while tokio::time::Instant::now() < until {
            match lock(&self.shared.session).documents.get(&self.key) {
                None => return Err("the document was closed".to_owned()),
                Some(open) => {
                    changed = open.version != version;
                    if changed && writer.has_written(&open.document, section) {
                        return Ok(());
                    }
                }
            }
            sleep(Duration::from_millis(2)).await;
        }
        // A formatter may have had its way with the text; the next step starts from what is there.
        if changed { Ok(()) } else { Err("the editor applied an edit but did not tell of it".to_owned()) }
    }
}

fn told(ending: &Ending, researched: Option<&Researched>, used: &str) -> (MessageType, String) {
    match ending {
        Ending::Written { sections, kept } => {
            let mut message = match (sections, kept.is_empty()) {
                (0, true) => "the plan is up to date; nothing had to be written".to_owned(),
                (0, false) => "nothing was written".to_owned(),
                _ => format!("{} written", plural(*sections, "section")),
            };
            if let Some(done) = researched.filter(|_| *sections > 0) {
                message.push_str(&format!(
                    ", {} of {} claims cite a source that was read",
                    done.verified.grounded, done.verified.claims
                ));
            }
            if !used.is_empty() {
                message.push_str(&format!(", {used}"));
            }
            if !kept.is_empty() {
                message.push_str(&format!("; kept as they were: {}", joined(kept)));
            }
            if researched.is_some_and(|done| done.source_files == 0) {
                message.push_str("; no source file was found, so the plan knows nothing of your code: open its folder");
                return (MessageType::WARNING, message);
            }
            (MessageType::INFO, message)
        }
        Ending::Cancelled { sections: 0 } => (MessageType::INFO, "cancelled; nothing was written".to_owned()),
        Ending::Cancelled { sections } => {
            (MessageType::INFO, format!("cancelled; {} stay", plural(*sections, "section")))
        }
        Ending::Failed(reason) => (MessageType::ERROR, reason.clone()),
    }
}
