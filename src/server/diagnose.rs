//! Diagnostics of a document: computed once for each state, pulled or pushed.

use std::collections::HashMap;
use std::sync::Arc;

use tower_lsp::Client;
use tower_lsp::ls_types::{Diagnostic, DiagnosticSeverity, MessageType, NumberOrString, Uri};

use super::backend::Shared;
use super::session::{Key, Snapshot, lock};
use crate::check::{self, Input, SourceState};
use crate::engine::evidence::catalogue;
use crate::lsp::{self, Lines};
use crate::text::Text;
use crate::workspace::Reader;

/// A client that does not answer a refresh in this time is not waited for.
const ANSWER: std::time::Duration = std::time::Duration::from_secs(10);

/// Rules that speak of a plan which is not there in full.
const ABOUT_PLANS: &[&str] = &[
    "missing-section",
    "missing-field",
    "empty-section",
    "empty-field",
    "uncovered-requirement",
    "skipped-research",
    "unused-source",
    "unknown-source",
    "unknown-phase",
    "changed-requirement",
];

/// How the sources of a document stand, from the cache where neither ledger nor disk have changed.
pub fn sources(snapshot: &Snapshot) -> Arc<HashMap<String, SourceState>> {
    let ledger = snapshot.document.ledger_key();
    if let Some((known, disk, states)) = &*lock(&snapshot.cache.sources)
        && (*known, *disk) == (ledger, snapshot.disk)
    {
        return Arc::clone(states);
    }
    let reader = Reader::new(&snapshot.project.root);
    let states = Arc::new(snapshot.project.source_states(&snapshot.document, &reader, &catalogue::entry_digest));
    *lock(&snapshot.cache.sources) = Some((ledger, snapshot.disk, Arc::clone(&states)));
    states
}

/// A document as the rules see it.
pub fn input<'a>(snapshot: &'a Snapshot, sources: &'a HashMap<String, SourceState>) -> Input<'a> {
    Input {
        document: &snapshot.document,
        recognition: &snapshot.recognition,
        requirements: snapshot.requirements.as_ref().map(|upstream| &*upstream.document),
        sources,
    }
}

/// The findings of a document, from the cache where nothing has changed.
pub fn findings(snapshot: &Snapshot) -> Arc<Vec<check::Diagnostic>> {
    if snapshot.recognition.is_none() {
        return Arc::default();
    }
    let upstream = snapshot.requirements.as_ref().and_then(|upstream| upstream.version).unwrap_or(-1);
    let writing = snapshot.run.is_some();
    let state = (snapshot.version, snapshot.disk, upstream, writing);
    if let Some((known, found)) = &*lock(&snapshot.cache.diagnostics)
        && *known == state
    {
        return Arc::clone(found);
    }
    let states = sources(snapshot);
    let requirements = snapshot.requirements.as_ref().map(|upstream| &*upstream.document);
    let mut found = snapshot.project.judge(&snapshot.document, &snapshot.recognition, requirements, &states);
    if writing {
        // A plan that is being written lacks what is still to come.
        found.retain(|found| !ABOUT_PLANS.contains(&found.rule));
    }
    let found = Arc::new(found);
    *lock(&snapshot.cache.diagnostics) = Some((state, Arc::clone(&found)));
    found
}

/// The findings as the client takes them.
pub fn diagnostics(snapshot: &Snapshot) -> Vec<Diagnostic> {
    findings(snapshot).iter().map(|found| diagnostic(snapshot, found)).collect()
}

/// One finding as the client takes it.
pub fn diagnostic(snapshot: &Snapshot, found: &check::Diagnostic) -> Diagnostic {
    let related = snapshot.requirements.as_ref().map(|_| snapshot.demanding_lines());
    lsp::diagnostic(found, snapshot.lines(), &snapshot.uri, related, snapshot.client.related_information)
}

/// Pushes diagnostics to a client that does not pull: the newest version, once, however many came in between.
pub fn push(shared: &Arc<Shared>, key: &Key) {
    {
        let mut session = lock(&shared.session);
        if session.client.pulls_diagnostics {
            return;
        }
        let Some(open) = session.documents.get_mut(key) else { return };
        open.push_again = true;
        if std::mem::replace(&mut open.pushing, true) {
            return;
        }
    }
    let (shared, key) = (Arc::clone(shared), key.clone());
    tokio::spawn(async move {
        loop {
            let snapshot = {
                let mut session = lock(&shared.session);
                match session.documents.get_mut(&key) {
                    None => return,
                    Some(open) if !open.push_again => {
                        open.pushing = false;
                        return;
                    }
                    Some(open) => open.push_again = false,
                }
                session.snapshot_of(&key)
            };
            let Some(snapshot) = snapshot else { return };
            let (uri, version) = (snapshot.uri.clone(), snapshot.version);
            let Ok(found) = tokio::task::spawn_blocking(move || diagnostics(&snapshot)).await else {
                // A fault with one version must not silence the next.
                if let Some(open) = lock(&shared.session).documents.get_mut(&key) {
                    open.pushing = false;
                }
                return;
            };
            let current = lock(&shared.session).documents.get(&key).is_some_and(|open| open.version == version);
            if current {
                shared.client.publish_diagnostics(uri, found, Some(version)).await;
            }
        }
    });
}

/// Brings the client's view up to date after something outside the documents has changed.
pub fn refresh(shared: &Arc<Shared>) {
    let (client, keys) = {
        let session = lock(&shared.session);
        (session.client, session.documents.keys().cloned().collect::<Vec<_>>())
    };
    if client.pulls_diagnostics {
        if client.refreshes_diagnostics {
            let shared = Arc::clone(shared);
            tokio::spawn(async move {
                // A client that refuses asks again by itself.
                let _ = tokio::time::timeout(ANSWER, shared.client.workspace_diagnostic_refresh()).await;
            });
        }
    } else {
        for key in keys {
            push(shared, &key);
        }
    }
}

/// Tells what is wrong with configuration and templates on the files themselves, which no client pulls.
pub async fn publish_problems(client: &Client, shared: &Shared) {
    let mut by_file: HashMap<Uri, Vec<Diagnostic>> = HashMap::new();
    let mut news = Vec::new();
    {
        let mut session = lock(&shared.session);
        let encoding = session.client.encoding;
        let placeless = session.projects().flat_map(|project| &project.problems);
        let mut placeless: Vec<String> =
            placeless.filter(|problem| problem.path.is_none()).map(|problem| problem.message.clone()).collect();
        placeless.sort();
        placeless.dedup();
        news.extend(placeless.iter().filter(|message| !session.shown_problems.contains(message)).cloned());
        session.shown_problems = placeless;
        for project in session.projects() {
            for problem in &project.problems {
                let Some(uri) = problem.path.as_ref().and_then(Uri::from_file_path) else { continue };
                let text = Text::new(&problem.text);
                let range = Lines { text: &text, encoding }.range(&problem.range);
                let found = Diagnostic {
                    range,
                    severity: Some(DiagnosticSeverity::ERROR),
                    code: Some(NumberOrString::String(problem.rule.to_owned())),
                    source: Some("groundplan".to_owned()),
                    message: problem.message.clone(),
                    ..Diagnostic::default()
                };
                by_file.entry(uri).or_default().push(found);
            }
        }
        for uri in session.told_problems.drain(..) {
            by_file.entry(uri).or_default();
        }
        session.told_problems =
            by_file.iter().filter(|(_, found)| !found.is_empty()).map(|(uri, _)| uri.clone()).collect();
    }
    for message in news {
        client.show_message(MessageType::WARNING, format!("groundplan: {message}")).await;
    }
    for (uri, found) in by_file {
        client.publish_diagnostics(uri, found, None).await;
    }
}
