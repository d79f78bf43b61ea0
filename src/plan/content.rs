//! What a plan is made of: lines with sources, and the tables that its sections share.

use std::collections::BTreeMap;

use super::names::Names;
use super::phases::{Phase, phases};
use super::risks;
use crate::research::{
    Agenda, Answer, Area, Case, Choice, Claim, Comparable, Component, Facet, Followed, Home, Risk, SourceId, Standing,
    Strength, Subject, TestRun, Verified, Way, Work, sentence, work,
};
use crate::text::says;

/// What a run hands over.
#[derive(Debug)]
pub struct Material<'r> {
    /// The questions.
    pub agenda: &'r Agenda,
    /// Their answers, in the agenda's order; questions without an answer are missing.
    pub answers: Vec<Answer>,
    /// Name and version of the engine.
    pub engine: String,
    /// How many claims a source shows.
    pub verified: Verified,
}

impl Material<'_> {
    /// Number of answered questions in an area.
    pub fn answered(&self, area: Area) -> usize {
        self.in_area(area).count()
    }

    fn in_area(&self, area: Area) -> impl Iterator<Item = &Answer> {
        self.answers
            .iter()
            .filter(move |answer| self.agenda.questions.get(answer.question).is_some_and(|q| q.area == area))
    }
}

/// One line of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Markdown without citations, a whole sentence.
    pub text: String,
    /// What shows it.
    pub sources: Vec<SourceId>,
    /// How far it is supported.
    pub standing: Standing,
}

impl Line {
    /// A line that needs no source: it speaks of the requirements or the plan itself.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), sources: Vec::new(), standing: Standing::Grounded }
    }

    /// A line that sources show.
    pub fn cited(text: impl Into<String>, sources: Vec<SourceId>) -> Self {
        Self { text: text.into(), sources, standing: Standing::Grounded }
    }

    /// A question that stays open.
    pub fn open(text: impl Into<String>) -> Self {
        Self { text: text.into(), sources: Vec::new(), standing: Standing::Open }
    }
}

impl From<&Claim> for Line {
    fn from(claim: &Claim) -> Self {
        Self { text: sentence(&claim.text), sources: claim.sources.clone(), standing: claim.standing }
    }
}

/// Tables that several sections read.
pub(super) struct Context<'m> {
    pub material: &'m Material<'m>,
    /// All components, merged by path, in the order in which they were found.
    pub components: Vec<Component>,
    pub phases: Vec<Phase>,
    pub risks: Vec<Risk>,
    pub cases: Vec<&'m Case>,
    pub comparables: Vec<&'m Comparable>,
    pub homes: Vec<Home>,
    /// Short names of the touched files and of those with their tests.
    pub names: Names,
}

impl<'m> Context<'m> {
    pub fn new(material: &'m Material<'m>) -> Self {
        let components = merged(material);
        let homes: Vec<Home> = material.answers.iter().flat_map(|answer| answer.homes.clone()).collect();
        let phases = phases(material.agenda, &components, &homes);
        let changed = components.iter().filter(|component| is_changed(material.agenda, component)).cloned();
        let risks = risks::find(&changed.collect::<Vec<_>>());
        let cases: Vec<&Case> = material.answers.iter().flat_map(|answer| &answer.cases).collect();
        let comparables = material.answers.iter().flat_map(|answer| &answer.comparables).collect();
        let tests = components.iter().flat_map(|component| {
            let known = component.tests.iter().chain(&component.namesakes).map(|(path, _)| path);
            known.chain(std::iter::once(&component.test_home)).map(String::as_str)
        });
        let places = components.iter().map(|component| component.path.as_str());
        let names = Names::of(places.chain(tests).chain(cases.iter().map(|case| case.file.as_str())));
        Self { material, components, phases, risks, cases, comparables, homes, names }
    }

    /// Claims of an area, told once each; open questions last.
    pub fn claims(&self, area: Area) -> Vec<&'m Claim> {
        let mut claims: Vec<&Claim> = Vec::new();
        for claim in self.material.in_area(area).flat_map(|answer| &answer.claims) {
            if !claims.iter().any(|known| known.text == claim.text) {
                claims.push(claim);
            }
        }
        claims.sort_by_key(|claim| claim.standing == Standing::Open);
        claims
    }

    /// Claims that answered one kind of question.
    pub fn claims_about(&self, pick: impl Fn(&Subject) -> bool) -> Vec<&'m Claim> {
        let picked =
            |answer: &&Answer| self.material.agenda.questions.get(answer.question).is_some_and(|q| pick(&q.subject));
        self.material.answers.iter().filter(picked).flat_map(|answer| &answer.claims).collect()
    }

    /// The libraries that the touched code builds on.
    pub fn foundation(&self) -> Option<&'m Claim> {
        self.material.answers.iter().find_map(|answer| answer.foundation.as_ref())
    }

    /// Signs that requirements are met already.
    pub fn built(&self) -> impl Iterator<Item = &'m Claim> {
        self.material.answers.iter().flat_map(|answer| &answer.built)
    }

    /// Past changes that made something like what is asked for.
    pub fn followed(&self) -> impl Iterator<Item = &'m Followed> {
        self.material.answers.iter().flat_map(|answer| &answer.followed)
    }

    /// What shows how requirements can be met.
    pub fn ways(&self) -> impl Iterator<Item = &'m Way> {
        self.material.answers.iter().flat_map(|answer| &answer.ways)
    }

    /// What serves each domain of technology.
    pub fn choices(&self) -> impl Iterator<Item = &'m Choice> {
        self.material.answers.iter().filter_map(|answer| answer.choice.as_ref())
    }

    pub fn environment(&self, facet: Facet) -> Vec<&'m Claim> {
        let all = self.material.answers.iter().flat_map(|answer| &answer.environment);
        all.filter(|(of, _)| *of == facet).map(|(_, claim)| claim).collect()
    }

    /// Commands that run the tests of the touched files, each once, in the order of the phases.
    pub fn test_runs(&self) -> Vec<&'m TestRun> {
        let mut runs: Vec<&TestRun> = Vec::new();
        for phase in &self.phases {
            for run in self.test_runs_of(phase) {
                if !runs.contains(&run) {
                    runs.push(run);
                }
            }
        }
        if runs.is_empty() {
            // Where no file is known yet, those of the root.
            let all = self.material.answers.iter().flat_map(|answer| &answer.test_runs);
            runs.extend(all.filter(|run| run.folder.is_empty()).take(2));
        }
        runs
    }

    /// Commands that run the tests of a phase's files and of its cases.
    pub fn test_runs_of(&self, phase: &Phase) -> Vec<&'m TestRun> {
        let mut runs: Vec<&TestRun> = Vec::new();
        let code = phase.components.iter().map(|&index| &self.components[index]).filter(|one| !one.is_document);
        let cases = self.cases.iter().filter(|case| phase.requirements.contains(&case.requirement));
        let paths = code.map(|component| component.path.as_str()).chain(cases.map(|case| case.file.as_str()));
        for run in paths.filter_map(|path| self.test_run(path)) {
            if !runs.contains(&run) {
                runs.push(run);
            }
        }
        runs
    }

    /// The command that tests a file: for its language, in the nearest folder above it; `None` where none is known.
    fn test_run(&self, path: &str) -> Option<&'m TestRun> {
        let all = self.material.answers.iter().flat_map(|answer| &answer.test_runs);
        let above = |run: &&TestRun| {
            run.folder.is_empty() || path.strip_prefix(&run.folder).is_some_and(|rest| rest.starts_with('/'))
        };
        let fitting: Vec<&TestRun> = all.filter(above).filter(|run| suits(&run.command, path)).collect();
        let depth = fitting.iter().map(|run| run.folder.len()).max()?;
        // Tests of the whole need it set up and running.
        fitting.into_iter().filter(|run| run.folder.len() == depth).min_by_key(|run| run.is_whole)
    }

    /// Components that surely or likely change, or are new.
    pub fn sure(&self) -> impl Iterator<Item = &Component> {
        use crate::research::Action;
        self.components
            .iter()
            .filter(|component| component.strength > Strength::Possible || component.action == Action::Create)
            .filter(|component| !self.is_left(component))
    }

    /// Whether a requirement only wants that something stays as it is.
    pub fn is_guard(&self, id: &str) -> bool {
        is_guard(self.material.agenda, id)
    }

    /// Whether a file is a component.
    pub fn is_touched(&self, path: &str) -> bool {
        self.components.iter().any(|component| component.path == path)
    }

    /// Whether something of a component is to change.
    pub fn is_changed(&self, component: &Component) -> bool {
        is_changed(self.material.agenda, component)
    }

    /// Whether all that is wanted of a component is that it stays as it is.
    pub fn is_left(&self, component: &Component) -> bool {
        is_left(self.material.agenda, component)
    }
}

fn is_guard(agenda: &Agenda, id: &str) -> bool {
    agenda.requirement(id).is_some_and(|demand| work(demand) == Work::Guard)
}

/// Whether something of a component is to change: it is not only left as it is, or seen to hand on what is new.
fn is_changed(agenda: &Agenda, component: &Component) -> bool {
    !is_left(agenda, component) && !component.only_hands_on()
}

fn is_left(agenda: &Agenda, component: &Component) -> bool {
    !component.requirements.is_empty() && component.requirements.iter().all(|id| is_guard(agenda, id))
}

/// Whether a command tests files of a path's language; one that names no tool of a language tests all of them.
fn suits(command: &str, path: &str) -> bool {
    const TOOLS: &[(&[&str], &[&str])] = &[
        (&["cargo"], &["rs"]),
        (&["go test", "go run", "mage"], &["go"]),
        (
            &["npm", "pnpm", "yarn", "npx", "jest", "vitest"],
            &["js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "vue", "svelte"],
        ),
        (&["pytest", "tox", "nox", "poetry", "uv run", "runtests.py"], &["py", "pyi"]),
        (&["gradle", "gradlew", "mvn", "mvnw"], &["java", "kt", "scala"]),
        (&["dotnet"], &["cs"]),
        (&["bundle", "rspec", "rake"], &["rb"]),
        (&["phpunit", "composer"], &["php"]),
        (&["ctest"], &["c", "h", "cc", "cpp", "hpp"]),
    ];
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    let tool = TOOLS.iter().find(|(names, _)| names.iter().any(|name| says(command, name)));
    tool.is_none_or(|(_, endings)| endings.contains(&ending))
}

/// Components of all answers, one for each path.
fn merged(material: &Material<'_>) -> Vec<Component> {
    let mut order: Vec<String> = Vec::new();
    let mut by_path: BTreeMap<String, Component> = BTreeMap::new();
    for component in material.answers.iter().flat_map(|answer| &answer.components) {
        match by_path.get_mut(&component.path) {
            None => {
                order.push(component.path.clone());
                by_path.insert(component.path.clone(), component.clone());
            }
            // A file that is surely touched for one requirement is not therefore touched for another.
            Some(known) if component.strength == Strength::Possible && known.strength > Strength::Possible => {}
            Some(known) if known.strength == Strength::Possible && component.strength > Strength::Possible => {
                *known = component.clone();
            }
            Some(known) => {
                known.strength = known.strength.max(component.strength);
                for id in &component.requirements {
                    if !known.requirements.contains(id) {
                        known.requirements.push(id.clone());
                    }
                }
                for symbol in &component.symbols {
                    match known.symbols.iter_mut().find(|other| other.first == symbol.first) {
                        Some(other) => {
                            other.requirements.extend(symbol.requirements.clone());
                            other.starts.extend(symbol.starts.clone());
                        }
                        None => known.symbols.push(symbol.clone()),
                    }
                }
                for called in &component.hands_on {
                    if !known.hands_on.contains(called) {
                        known.hands_on.push(called.clone());
                    }
                }
                for source in &component.sources {
                    if !known.sources.contains(source) {
                        known.sources.push(*source);
                    }
                }
            }
        }
    }
    let place = |id: &str| material.agenda.position(id);
    let mut components: Vec<Component> = order.into_iter().filter_map(|path| by_path.remove(&path)).collect();
    for component in &mut components {
        component.requirements.sort_by_key(|id| place(id));
    }
    components
}
