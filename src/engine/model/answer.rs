//! Answers all questions of a run side by side, and says of each who answered it.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::StreamExt;
use futures_util::stream;

use super::agent::{Conversation, Setting};
use super::budget::Usage;
use super::client::Ask;
use super::failure::Failure;
use super::findings::Checked;
use super::merge::{self, Rejected};
use super::notebook::{Kept, Notebook, key};
use super::prompt;
use super::shelf::Shelf;
use crate::research::{Answer, Area, Question, Subject};

/// After so many questions in a row that the server did not serve, the rest does not wait for it.
const DOWN: usize = 2;

/// Who answered a question, and what it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The question's number in the agenda.
    pub question: usize,
    /// Why the evidence answers it alone; `None` where the model answered.
    pub fallback: Option<String>,
    /// Whether an earlier run had asked it already.
    pub reused: bool,
    /// What it used in this run.
    pub usage: Usage,
    /// How its claims fared.
    pub checked: Checked,
}

/// What came of all questions.
#[derive(Debug)]
pub struct Outcome {
    /// In the agenda's order.
    pub answers: Vec<Answer>,
    /// Who answered each, in the agenda's order.
    pub answered: Vec<Answered>,
    /// What could not be used.
    pub problems: Vec<String>,
}

/// One question with the evidence's answer to it, and the model's.
struct Done {
    answer: Answer,
    answered: Answered,
    rejected: Vec<Rejected>,
    named: Vec<(Area, String)>,
}

/// Asks all questions, at most so many at once as the limits allow, areas in turn.
///
/// # Errors
/// A [`Failure`] of the settings, which no question could survive, and [`Failure::Cancelled`].
pub async fn all(
    setting: Setting<'_>,
    evidence: Vec<Answer>,
    notebook: &dyn Notebook,
    told: &(dyn Fn(&Question) + Sync),
) -> Result<Outcome, Failure> {
    let agenda = setting.engine.agenda();
    let down = AtomicUsize::new(0);
    let mut order: Vec<usize> = (0..evidence.len()).collect();
    order.sort_by_key(|&at| {
        agenda.questions.get(evidence[at].question).map(|question| (question.in_area, question.area))
    });
    let shown: Vec<Answer> = evidence.iter().map(|answer| with_places(setting, answer, &evidence)).collect();
    let mut slots: Vec<Option<Answer>> = evidence.into_iter().map(Some).collect();
    let jobs: Vec<(usize, Answer)> = order.into_iter().filter_map(|at| Some((at, slots[at].take()?))).collect();
    let one = |(at, evidence): (usize, Answer)| {
        let (down, shown) = (&down, &shown[at]);
        async move {
            let question = &agenda.questions[evidence.question];
            let done = self::one(setting, question, (evidence, shown), notebook, down).await;
            told(question);
            done.map(|done| (at, done))
        }
    };
    let parallel = setting.budget.limits().parallel.max(1);
    let mut running = stream::iter(jobs.into_iter().map(one)).buffer_unordered(parallel);
    let mut all: Vec<(usize, Done)> = Vec::new();
    while let Some(done) = running.next().await {
        // Leaving drops what still runs, which closes its connections.
        all.push(done?);
    }
    drop(running);
    all.sort_by_key(|(at, _)| *at);
    let (mut answers, mut answered, mut rejected, mut named) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (_, done) in all {
        answers.push(done.answer);
        answered.push(done.answered);
        rejected.extend(done.rejected);
        named.extend(done.named);
    }
    merge::reconcile(agenda, &mut answers, &rejected, &named);
    Ok(Outcome { answers, answered, problems: setting.servers.problems.clone() })
}

/// The evidence for a question as it is shown: what is to be built or tested for a topic starts from its places.
fn with_places(setting: Setting<'_>, answer: &Answer, all: &[Answer]) -> Answer {
    let subject =
        |answer: &Answer| setting.engine.agenda().questions.get(answer.question).map(|one| one.subject.clone());
    let mut shown = answer.clone();
    let Some(Subject::Building(topic) | Subject::Cases(topic)) = subject(answer) else { return shown };
    let of_topic = |other: &&Answer| {
        let Some(Subject::Places(places)) = subject(other) else { return false };
        places.requirements.iter().any(|id| topic.requirements.contains(id))
    };
    for other in all.iter().filter(of_topic) {
        shown.built.extend(other.built.iter().cloned());
        let new = other.components.iter().filter(|one| shown.components.iter().all(|own| own.path != one.path));
        let new: Vec<_> = new.cloned().collect();
        shown.components.extend(new);
    }
    shown
}

async fn one(
    setting: Setting<'_>,
    question: &Question,
    (evidence, shown): (Answer, &Answer),
    notebook: &dyn Notebook,
    down: &AtomicUsize,
) -> Result<Done, Failure> {
    let purpose = format!("{} {}", question.area.name(), question.in_area);
    let record = |ask: &Ask| notebook.sent(&purpose, setting.client.model(), ask);
    let called = |call: &str| notebook.called(&purpose, call);
    let conversation = Conversation::new(Setting { record: &record, called: &called, ..setting }, question, shown);
    let client = setting.client;
    let offered: Vec<&str> = conversation.offered().collect();
    let way = format!("{} {:?} {}", client.endpoint(), client.tools(), offered.join(" "));
    let key = key(client.model(), prompt::VERSION, &[&way, conversation.opening()]);
    let kept = notebook.known(&key);
    if let Some((kept, shelf)) =
        kept.and_then(|kept| kept.shelf(setting.engine, question.area).map(|shelf| (kept, shelf)))
    {
        return Ok(merged(setting, question, evidence, &kept, &shelf, true));
    }
    let fallen = |why: String, usage| {
        let (question, checked) = (question.number, Checked::default());
        let answered = Answered { question, fallback: Some(why), reused: false, usage, checked };
        Ok(Done { answer: evidence.clone(), answered, rejected: Vec::new(), named: Vec::new() })
    };
    if down.load(Ordering::Relaxed) >= DOWN {
        return fallen("the server did not serve the questions before this one".to_owned(), Usage::default());
    }
    let talk = conversation.run().await;
    match talk.outcome {
        Ok(findings) => {
            down.store(0, Ordering::Relaxed);
            let kept = Kept::new(findings, &talk.shelf, talk.usage);
            notebook.keep(question, &key, &kept, &talk.calls);
            Ok(merged(setting, question, evidence, &kept, &talk.shelf, false))
        }
        Err(Failure::Cancelled) => Err(Failure::Cancelled),
        Err(failure) => {
            notebook.failed(&purpose, &failure.to_string(), talk.usage);
            if failure.is_of_settings() {
                return Err(failure);
            }
            if failure.is_of_server() {
                down.fetch_add(1, Ordering::Relaxed);
            }
            fallen(failure.to_string(), talk.usage)
        }
    }
}

fn merged(
    setting: Setting<'_>,
    question: &Question,
    evidence: Answer,
    kept: &Kept,
    shelf: &Shelf,
    reused: bool,
) -> Done {
    let mut checked = Checked::default();
    let (answer, rejected) = merge::answer(setting.engine, question, evidence, &kept.findings, shelf, &mut checked);
    let named = kept.findings.places.iter().map(|place| (question.area, place.path.clone())).collect();
    let usage = if reused { Usage::default() } else { kept.usage };
    Done {
        answer,
        answered: Answered { question: question.number, fallback: None, reused, usage, checked },
        rejected,
        named,
    }
}
