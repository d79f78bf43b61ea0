//! A run: from a requirements document to a plan, with progress and cancel.

mod files;
pub mod journal;
mod progress;
mod sections;

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use crate::document::{Document, Stamp};
use crate::engine::Engine;
use crate::engine::evidence::{Evidence, catalogue};
use crate::engine::model::synthesis::Brief;
use crate::engine::model::{Answered, Failure, Worker};
use crate::plan::{self, Kept, Ledger, Material, OpenBlock, Outcome, Plan, Section, Step, compose, step};
use crate::research::{Agenda, Answer, Area, Question, Sources, Verified, agenda, verify};
use crate::template::Template;
use crate::workspace::registry::{self, PackageName};
use crate::workspace::{Cancel, Cancelled, Indexes, Reader, scan};

pub use files::{plan_path, write_atomically};
pub use progress::{Event, Progress};
pub use sections::{SectionReport, Synthesis};

/// What a run starts from.
#[derive(Debug, Clone)]
pub struct Request {
    /// The workspace root.
    pub root: PathBuf,
    /// The requirements, as the editor or the disk has them.
    pub requirements: Document,
    /// Paths relative to the root that must not count as evidence: the requirements document and the plan.
    pub own_paths: Vec<String>,
    /// The template of the plan.
    pub template: Arc<Template>,
    /// Where facts are kept from run to run.
    pub indexes: Arc<Indexes>,
    /// Whether package registries may be asked.
    pub registries: bool,
    /// The model that answers; `None` leaves it to the evidence.
    pub model: Option<Worker>,
}

/// What a run has found, ready to be written.
#[derive(Debug)]
pub struct Researched {
    /// The plan.
    pub plan: Plan,
    /// All retrieved sources.
    pub sources: Sources,
    /// The share of claims that a source shows.
    pub verified: Verified,
    /// Number of questions by area.
    pub questions: Vec<(Area, usize)>,
    /// The template of the plan.
    pub template: Arc<Template>,
    /// Number of files in a language that is parsed.
    pub source_files: usize,
    /// Packages of which registries could have said more, had the run been allowed to ask them.
    pub unasked: Vec<PackageName>,
    /// Who answered each question, where a model was asked.
    pub answered: Vec<Answered>,
    /// What could not be used.
    pub problems: Vec<String>,
    /// What sections are written with, where a model writes them.
    pub synthesis: Option<Synthesis>,
}

/// Why a run could not begin or end.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// It was cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// The document demands nothing.
    #[error(
        "no requirement was found; write them as list items such as `- **FR-001**: The system MUST …` below a \
         heading `Requirements`, or as headings such as `### Requirement 1: …`"
    )]
    NoRequirements,
    /// Two requirements have one id, so that a plan could not say which one it serves.
    #[error("{0} names two requirements; give one of them another id")]
    DuplicateId(String),
    /// The model cannot be asked as it is set up.
    #[error("{0}")]
    Model(Failure),
}

impl From<Failure> for RunError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Cancelled => Self::Cancelled(Cancelled),
            other => Self::Model(other),
        }
    }
}

/// The questions that a run would ask.
pub fn agenda_of(requirements: &Document) -> Agenda {
    agenda(requirements, &catalogue::touched)
}

/// Does the research of a run; reads only.
///
/// # Errors
/// [`RunError::NoRequirements`] at once, [`RunError::Cancelled`] soon after `cancel` was set.
pub fn research(request: &Request, cancel: &Cancel, progress: &dyn Progress) -> Result<Researched, RunError> {
    let agenda = agenda_of(&request.requirements);
    if agenda.requirements.is_empty() {
        return Err(RunError::NoRequirements);
    }
    let mut ids = HashSet::new();
    if let Some(twice) = agenda.requirements.iter().find(|demand| !ids.insert(&demand.id)) {
        return Err(RunError::DuplicateId(twice.id.to_string()));
    }
    let watch = |stage: &str, done: usize, total: usize| {
        progress.report(&Event::Facts { stage: stage.to_owned(), done, total })
    };
    let index = request.indexes.of(&request.root);
    let workspace = scan(&request.root, &index, &request.own_paths, cancel, &watch)?;
    let reader = Reader::new(&request.root);
    let sources = Sources::default();
    let (saved, engine) =
        rayon::join(|| index.save(), || Evidence::new(&workspace, &reader, &sources, &agenda, cancel));
    if let Err(error) = saved {
        tracing::warn!("the index of {} could not be kept: {error}", request.root.display());
    }
    let mut engine = engine?;
    let mut unasked = engine.packages();
    if request.registries && !unasked.is_empty() {
        let packages = std::mem::take(&mut unasked);
        watch("package registries", 0, 1);
        engine = engine.with_packages(registry::ask_about(&packages, cancel)?);
    }
    let (mut answers, name, answered, problems) = match &request.model {
        None => (answer_all(&engine, &agenda, cancel, progress)?, engine.name(), Vec::new(), Vec::new()),
        Some(worker) => {
            let evidence = answer_all(&engine, &agenda, cancel, &|_: &Event| {})?;
            let tell = Teller::new(&agenda, progress);
            let told = |question: &Question| tell.answered(question);
            let outcome = worker.answer(&engine, evidence, request.registries, cancel, &told)?;
            // A plan says whose it is.
            let by_model = outcome.answered.iter().any(|one| one.fallback.is_none());
            let name = if by_model { worker.name() } else { engine.name() };
            (outcome.answers, name, outcome.answered, outcome.problems)
        }
    };
    let mut verified = verify(&mut answers, &sources);
    verified.quoted = answered.iter().map(|one| one.checked.quoted).sum();
    let material = Material { agenda: &agenda, answers, engine: name, verified };
    let plan = compose(&material, &request.template);
    cancel.check()?;
    // A model that has answered nothing writes nothing.
    let answers_come = answered.iter().any(|one| one.fallback.is_none());
    let brief = answers_come.then(|| Brief::new(&agenda, &material.answers, &sources));
    let questions = Area::ALL.iter().map(|area| (*area, agenda.count(*area))).collect();
    let source_files = workspace.files.iter().filter(|file| file.language.is_some()).count();
    drop(engine);
    let synthesis = request.model.clone().zip(brief).map(|(worker, brief)| Synthesis {
        worker,
        brief,
        workspace,
        requirements: request.requirements.clone(),
    });
    Ok(Researched {
        synthesis,
        plan,
        sources,
        verified,
        questions,
        template: Arc::clone(&request.template),
        source_files,
        unasked,
        answered,
        problems,
    })
}

/// Tells of questions as they are answered.
struct Teller<'p> {
    agenda: &'p Agenda,
    progress: &'p dyn Progress,
    done: AtomicUsize,
}

impl<'p> Teller<'p> {
    fn new(agenda: &'p Agenda, progress: &'p dyn Progress) -> Self {
        Self { agenda, progress, done: AtomicUsize::new(0) }
    }

    fn answered(&self, question: &Question) {
        self.progress.report(&Event::Answered {
            area: question.area,
            number: question.in_area,
            of: self.agenda.count(question.area),
            text: question.text.clone(),
            done: self.done.fetch_add(1, Ordering::Relaxed) + 1,
            total: self.agenda.questions.len(),
        });
    }
}

/// All questions of all areas at once.
fn answer_all(
    engine: &dyn Engine,
    agenda: &Agenda,
    cancel: &Cancel,
    progress: &dyn Progress,
) -> Result<Vec<Answer>, Cancelled> {
    let tell = Teller::new(agenda, progress);
    agenda
        .questions
        .par_iter()
        .map(|question| {
            cancel.check()?;
            let answer = engine.answer(question);
            tell.answered(question);
            Ok(answer)
        })
        .collect()
}

/// Writes the sections of a plan one after the other.
#[derive(Debug)]
pub struct Writer<'r> {
    researched: &'r Researched,
    ledger: Ledger<'r>,
    stamp: Stamp,
    /// Whether the stamp speaks of the requirements as they are now: from when the phases that serve them are written.
    serves_now: bool,
}

impl<'r> Writer<'r> {
    /// A writer into a document at a path relative to the root.
    pub fn new(researched: &'r Researched, document: &Document, path: &str, date: &str) -> Self {
        let mut ledger = Ledger::new(&researched.sources, path, date);
        let mut stamp = researched.plan.stamp.clone();
        ledger.remember(document);
        let mut serves_now = true;
        if let Some(before) = document.stamp() {
            stamp.sections = before.sections;
            // Phases that stay as they are serve the requirements as they were.
            let there =
                |section: &Section| section.has_phases() && section.present(document, &researched.template).is_some();
            if researched.plan.sections.iter().any(there) {
                stamp.requirements = before.requirements;
                stamp.read = before.read;
                serves_now = false;
            }
        }
        Self { researched, ledger, stamp, serves_now }
    }

    /// The step that brings a section into the document as it is now.
    ///
    /// # Errors
    /// [`OpenBlock`] if there is no place for the plan.
    pub fn step(&mut self, document: &Document, section: &Section, kept: Kept) -> Result<Step, OpenBlock> {
        if section.has_phases() && !self.serves_now {
            let there = section.present(document, &self.researched.template);
            let stays = there.is_some_and(|id| plan::standing(document, id) == Outcome::Kept);
            if !stays || kept == Kept::Override {
                self.stamp.requirements.clone_from(&self.researched.plan.stamp.requirements);
                self.stamp.read.clear();
                self.serves_now = true;
            }
        }
        if !self.serves_now && !section.has_phases() {
            // The requirements below stay those of the phases; what this section has read is recorded beside it.
            let all = |stamp: &Stamp| Stamp::all(stamp.requirements.iter().map(|(id, read)| (id.as_str(), read)));
            let read = all(&self.researched.plan.stamp);
            self.stamp.read.retain(|(title, _)| *title != section.title);
            if read != all(&self.stamp) {
                self.stamp.read.push((section.title.clone(), read));
            }
        }
        step(document, &self.researched.template, section, &mut self.ledger, &mut self.stamp, kept)
    }
}

impl Writer<'_> {
    /// Whether a document has a section as this run has written it.
    pub fn has_written(&self, document: &Document, section: &Section) -> bool {
        let written = self.stamp.section(&section.title);
        let there = document.stamp().and_then(|stamp| stamp.section(&section.title).cloned());
        section.present(document, &self.researched.template).is_some() && written == there.as_ref()
    }
}

impl Researched {
    /// Writes sections into a document at once; gives the document and the titles of sections that were kept.
    ///
    /// # Errors
    /// [`OpenBlock`] if there is no place for the plan.
    pub fn write_sections(
        &self,
        sections: &[Section],
        document: &Document,
        path: &str,
        date: &str,
    ) -> Result<(Document, Vec<String>), OpenBlock> {
        let mut writer = Writer::new(self, document, path, date);
        let mut document = document.clone();
        let (mut kept, mut phases_kept) = (Vec::new(), false);
        for section in sections {
            // What speaks of phases must not speak of others than those that stand there.
            if phases_kept && section.speaks_of_phases() {
                kept.push(format!("{} (it speaks of the phases)", section.title));
                continue;
            }
            let step = writer.step(&document, section, Kept::Respect)?;
            phases_kept |= step.outcome == Outcome::Kept && section.has_phases();
            if step.outcome == Outcome::Kept {
                kept.push(section.title.clone());
            }
            document = step.apply(&document);
        }
        Ok((document, kept))
    }
}

/// Today's date, `2026-11-22`; `SOURCE_DATE_EPOCH` fixes it for reproducible output.
pub fn today() -> String {
    let fixed = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|seconds| seconds.parse::<i64>().ok());
    let fixed = fixed.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    match fixed {
        Some(moment) => moment.to_zoned(jiff::tz::TimeZone::UTC).date().to_string(),
        None => jiff::Zoned::now().date().to_string(),
    }
}
