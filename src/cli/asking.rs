//! The model behind `groundplan plan`: what it would be asked, the run's part of the journal, and what it used.

use std::path::Path;
use std::sync::Arc;

use super::output::print;
use super::plan::{Arguments, STDOUT};
use crate::config::Model;
use crate::document::Document;
use crate::engine::model::Usage;
use crate::research::{Area, plural};
use crate::run::journal::{Journal, JournalError, RunLog, Start, Status};
use crate::run::{Researched, SectionReport, agenda_of};

/// A run that is left by an error has failed, and need not be resumed.
pub struct EndsFailed(pub Option<Arc<RunLog>>);

impl Drop for EndsFailed {
    fn drop(&mut self) {
        if let Some(log) = self.0.as_ref().filter(|log| !log.has_ended()) {
            log.end(Status::Failed, "its plan could not be written");
        }
    }
}

/// Begins a run in the journal, or goes on with one; without a journal a run cannot be resumed, and says so.
pub fn begin(
    arguments: &Arguments,
    root: &Path,
    document: &Path,
    target: Option<&Path>,
    model: &Model,
    requirements: &Document,
) -> anyhow::Result<Option<Arc<RunLog>>> {
    let questions = agenda_of(requirements).questions.len();
    let output = if arguments.stdout { Some(Path::new(STDOUT)) } else { target.filter(|target| *target != document) };
    let start = Start { root, document, output, model: &model.name, questions };
    let begun = Journal::open().and_then(|journal| match arguments.resume {
        Some(id) => match journal.entry(id)? {
            entry if entry.model == model.name => journal.resume(id),
            entry => Err(JournalError::OtherModel { id, model: entry.model, configured: model.name.clone() }),
        },
        None => journal.begin(&start),
    });
    match begun {
        Ok(log) => {
            eprintln!(
                "groundplan: run {0} asks {1} {2}, at most {3} tokens; if it is interrupted: groundplan runs resume {0}",
                log.id(),
                model.name,
                plural(questions, "question"),
                model.limits.tokens
            );
            Ok(Some(Arc::new(log)))
        }
        Err(error) if arguments.resume.is_some() => Err(error.into()),
        Err(error) => {
            eprintln!("groundplan: {error}; if this run is interrupted, it cannot be resumed");
            Ok(None)
        }
    }
}

/// Says what a run would ask, and at most how much it may use.
pub fn dry_run(requirements: &Document, model: Option<&Model>) -> anyhow::Result<u8> {
    let agenda = agenda_of(requirements);
    let counts: Vec<String> = Area::ALL.iter().map(|area| format!("{} {}", agenda.count(*area), area.name())).collect();
    let mut out = format!("{} ({})\n", plural(agenda.questions.len(), "question"), counts.join(", "));
    for question in &agenda.questions {
        out.push_str(&format!("  {} {}: {}\n", question.area.name(), question.in_area, question.text));
    }
    match model {
        None => out.push_str("The embedded engine answers them; nothing leaves this machine.\n"),
        Some(model) => {
            let limits = &model.limits;
            out.push_str(&format!(
                "{} answers them: at most {} tokens, {} requests and {} seconds.\n",
                model.name, limits.tokens, limits.requests, limits.seconds
            ));
        }
    }
    print(&out)?;
    Ok(0)
}

/// Says what a model has used, and which questions the evidence answered for it.
pub fn tell_of_model(done: &Researched, reports: &[SectionReport]) {
    if done.answered.is_empty() {
        return;
    }
    let mut usage = Usage::default();
    done.answered.iter().for_each(|one| usage += one.usage);
    reports.iter().for_each(|one| usage += one.usage);
    for problem in &done.problems {
        eprintln!("groundplan: {problem}");
    }
    let reused = done.answered.iter().filter(|one| one.reused).count();
    let reused = if reused > 0 { format!(", {} known from before", plural(reused, "answer")) } else { String::new() };
    eprintln!(
        "groundplan: {} used {} requests, {} tokens sent ({} of them cached) and {} received{reused}; {} quote their source",
        done.plan.stamp.engine,
        usage.requests,
        usage.sent,
        usage.cached,
        usage.received,
        plural(done.verified.quoted, "claim")
    );
    let mut reasons: Vec<(&str, usize)> = Vec::new();
    for why in done.answered.iter().filter_map(|one| one.fallback.as_deref()) {
        match reasons.iter_mut().find(|(known, _)| *known == why) {
            Some((_, count)) => *count += 1,
            None => reasons.push((why, 1)),
        }
    }
    for (why, count) in reasons {
        eprintln!("groundplan: {} answered from the evidence alone: {why}", plural(count, "question"));
    }
    for (title, why) in reports.iter().filter_map(|one| Some((&one.title, one.fallback.as_ref()?))) {
        eprintln!("groundplan: {title} was written from the findings without the model: {why}");
    }
}
