//! Asks whether a generated section may take the place of a person's text: by showing the difference where the editor
//! can, else by a question.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::timeout;
use tower_lsp::ls_types::request::Request;
use tower_lsp::ls_types::{MessageActionItem, MessageType};

use super::jobs::Job;
use super::session::Snapshot;
use crate::document::Document;
use crate::plan::{Section, Step};

/// The time that a person gets to answer a question.
const ANSWER: Duration = Duration::from_secs(120);
/// The time that a person gets to read a difference.
const READ: Duration = Duration::from_secs(1800);

/// `groundplan/propose`: shows two texts side by side and asks which one stands. Sent to clients that say in their
/// experimental capabilities that they can: `{"groundplan": {"proposals": true}}`.
enum Propose {}

impl Request for Propose {
    type Params = Value;
    type Result = Option<Answer>;
    const METHOD: &'static str = "groundplan/propose";
}

#[derive(Debug, serde::Serialize, Deserialize)]
struct Answer {
    accepted: bool,
}

/// The text of a section in a document, which is the snapshot's or one made from it.
pub(super) fn stands(snapshot: &Snapshot, section: &Section, document: &Document) -> Option<String> {
    let found = section.present(document, snapshot.recognition.plan.as_ref()?)?;
    let start = document.sections()[found].heading.start;
    Some(document.text().slice(start..document.content_end(found)))
}

impl Job {
    /// Whether a person lets a step replace a section that was changed by hand; silence means no.
    pub(super) async fn may_replace(&self, snapshot: &Snapshot, section: &Section, step: &Step) -> bool {
        let answer = async {
            match snapshot.client.shows_proposals {
                true => self.shows(snapshot, section, step).await,
                false => self.asks(section).await,
            }
        };
        tokio::select! {
            answer = answer => answer,
            () = self.run.stopped.notified() => {
                self.run.stopped.notify_one();
                false
            }
        }
    }

    async fn shows(&self, snapshot: &Snapshot, section: &Section, step: &Step) -> bool {
        let params = json!({
            "uri": snapshot.uri.as_str(),
            "title": section.title,
            "before": stands(snapshot, section, &snapshot.document),
            "after": stands(snapshot, section, &step.apply(&snapshot.document)),
        });
        let answer = timeout(READ, self.shared.client.send_request::<Propose>(params)).await;
        matches!(answer, Ok(Ok(Some(Answer { accepted: true }))))
    }

    async fn asks(&self, section: &Section) -> bool {
        const REPLACE: &str = "Replace my text";
        let items = [REPLACE, "Keep it"]
            .map(|title| MessageActionItem { title: title.to_owned(), properties: Default::default() });
        let question =
            format!("groundplan: “{}” was changed by hand. Replace it by the generated section?", section.title);
        let answer = self.shared.client.show_message_request(MessageType::WARNING, question, Some(items.to_vec()));
        matches!(timeout(ANSWER, answer).await, Ok(Ok(Some(item))) if item.title == REPLACE)
    }
}
