//! Sections of a plan as they are to be written: the embedded engine's, or a model's where those pass the same checks.

use std::collections::{BTreeMap, HashMap};

use futures_util::StreamExt;
use futures_util::stream;

use super::Researched;
use crate::check::{self, Input};
use crate::document::{Document, normalise};
use crate::engine::model::synthesis::{self, Brief, Field, Job, Written};
use crate::engine::model::{Client, Failure, Usage, Worker, runtime};
use crate::plan::{Line, Section};
use crate::template::Recognition;
use crate::workspace::{Cancel, Workspace};

/// What sections are written with.
#[derive(Debug)]
pub struct Synthesis {
    /// The model.
    pub worker: Worker,
    /// Requirements and findings.
    pub brief: Brief,
    /// The facts that names are checked against.
    pub workspace: Workspace,
    /// The requirements, below which the plan is checked.
    pub requirements: Document,
}

/// Who wrote a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionReport {
    /// Its title.
    pub title: String,
    /// Why the embedded engine's lines stand; `None` where the model's do.
    pub fallback: Option<String>,
    /// What it used.
    pub usage: Usage,
}

/// Sections that only tell findings: they are told as they were verified.
const TOLD: &[&str] = &["research foundation"];
/// Fields whose content follows from the requirements and the order of phases.
const FIXED: &[&str] = &["objectives", "dependencies"];

impl Researched {
    /// Gives out each wanted section, by its number in the plan, as soon as it and those before it are ready.
    ///
    /// # Errors
    /// [`Failure::Cancelled`], and a [`Failure`] of the settings; whatever else fails leaves the draft.
    pub fn sections(
        &self,
        wanted: &[usize],
        cancel: &Cancel,
        deliver: &mut dyn FnMut(Section),
    ) -> Result<Vec<SectionReport>, Failure> {
        let Some(with) = &self.synthesis else {
            wanted.iter().filter_map(|&at| self.plan.sections.get(at)).cloned().for_each(deliver);
            return Ok(Vec::new());
        };
        runtime()?.block_on(async {
            let client = Client::new(&with.worker.settings, &with.worker.settings.synthesis).await?;
            let parallel = with.worker.settings.limits.parallel.max(1);
            let write = |at: usize| self.section(with, &client, at, cancel);
            let mut ready = stream::iter(wanted.iter().copied().map(write)).buffered(parallel);
            let mut reports = Vec::new();
            while let Some(done) = ready.next().await {
                let (section, report) = done?;
                deliver(section);
                reports.extend(report);
            }
            Ok(reports)
        })
    }

    /// One section, asked for once more where the check finds fault with it.
    async fn section(
        &self,
        with: &Synthesis,
        client: &Client,
        at: usize,
        cancel: &Cancel,
    ) -> Result<(Section, Option<SectionReport>), Failure> {
        let draft = &self.plan.sections[at];
        let fields = writable(draft);
        if fields.is_empty() {
            return Ok((draft.clone(), None));
        }
        let mut job = Job { title: draft.title.clone(), fields, wrong: None };
        let mut usage = Usage::default();
        let report =
            |fallback: Option<String>, usage| Some(SectionReport { title: draft.title.clone(), fallback, usage });
        let before = self.faults(with, at, draft);
        for _ in 0..2 {
            let facts = (&with.workspace, &self.sources);
            match synthesis::write(&with.worker, client, &with.brief, &job, facts, cancel).await {
                Ok(((lines, text), used)) => {
                    usage += used;
                    let lines: BTreeMap<String, Vec<Line>> = lines
                        .into_iter()
                        .map(|(name, lines)| (name, lines.into_iter().map(Line::from).collect()))
                        .collect();
                    let section = draft.with_lines(&lines);
                    let wrong: Vec<String> =
                        self.faults(with, at, &section).into_iter().filter(|fault| !before.contains(fault)).collect();
                    if wrong.is_empty() {
                        return Ok((section, report(None, usage)));
                    }
                    job.wrong = Some((text, wrong));
                }
                Err((Failure::Cancelled, _)) => return Err(Failure::Cancelled),
                Err((failure, used)) => {
                    usage += used;
                    with.worker.notebook.failed(&format!("section {}", draft.title), &failure.to_string(), used);
                    if failure.is_of_settings() {
                        return Err(failure);
                    }
                    return Ok((draft.clone(), report(Some(failure.to_string()), usage)));
                }
            }
        }
        let why = job.wrong.map_or_else(String::new, |(_, wrong)| wrong.join("; "));
        Ok((draft.clone(), report(Some(format!("the check found fault with it twice: {why}")), usage)))
    }

    /// What the check says of the plan with a section in place of its draft.
    fn faults(&self, with: &Synthesis, at: usize, section: &Section) -> Vec<String> {
        let mut sections = self.plan.sections.clone();
        sections[at] = section.clone();
        let Ok((document, _)) = self.write_sections(&sections, &with.requirements, "plan.md", "2026-01-01") else {
            return Vec::new();
        };
        let recognition = Recognition { plan: Some(self.template.clone()), ..Recognition::default() };
        let sources = HashMap::new();
        let input = Input { document: &document, recognition: &recognition, requirements: None, sources: &sources };
        check::check(&input, &BTreeMap::new())
            .into_iter()
            .map(|found| format!("{}: {}", found.rule, found.message))
            .collect()
    }
}

/// The fields of a section that a model may write.
fn writable(section: &Section) -> Vec<Field> {
    if TOLD.contains(&normalise(&section.title).as_str()) {
        return Vec::new();
    }
    let phases = section.has_phases();
    let is_fixed = |name: &str| phases && FIXED.contains(&normalise(name.rsplit(": ").next().unwrap_or(name)).as_str());
    let fields = section.fields().into_iter().filter(|(name, _)| !is_fixed(name));
    let draft =
        |line: &Line| Written { text: line.text.clone(), sources: line.sources.clone(), standing: line.standing };
    fields.map(|(name, lines)| Field { name, draft: lines.iter().map(draft).collect() }).collect()
}

impl From<Written> for Line {
    fn from(written: Written) -> Self {
        Self { text: written.text, sources: written.sources, standing: written.standing }
    }
}
