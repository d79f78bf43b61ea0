//! What a plan is made of: lines with sources, and the tables that its sections share.

use std::collections::BTreeMap;

use super::phases::{Phase, phases};
use super::risks;
use crate::research::{
    Agenda, Answer, Area, Case, Choice, Claim, Comparable, Component, Facet, Home, Risk, SourceId, Standing, Strength,
    Subject, Verified, sentence,
};

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
}

impl<'m> Context<'m> {
    pub fn new(material: &'m Material<'m>) -> Self {
        let components = merged(material);
        let homes: Vec<Home> = material.answers.iter().flat_map(|answer| answer.homes.clone()).collect();
        let phases = phases(material.agenda, &components, &homes);
        let risks = risks::find(&components);
        let cases = material.answers.iter().flat_map(|answer| &answer.cases).collect();
        let comparables = material.answers.iter().flat_map(|answer| &answer.comparables).collect();
        Self { material, components, phases, risks, cases, comparables }
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

    /// What serves each domain of technology.
    pub fn choices(&self) -> impl Iterator<Item = &'m Choice> {
        self.material.answers.iter().filter_map(|answer| answer.choice.as_ref())
    }

    pub fn environment(&self, facet: Facet) -> Vec<&'m Claim> {
        let all = self.material.answers.iter().flat_map(|answer| &answer.environment);
        all.filter(|(of, _)| *of == facet).map(|(_, claim)| claim).collect()
    }

    /// Commands that run tests, as the testing questions found them.
    pub fn test_commands(&self) -> Vec<(String, &'m Claim)> {
        self.claims_about(|subject| *subject == Subject::TestCustoms)
            .into_iter()
            .filter(|claim| claim.text.contains("runs tests"))
            .filter_map(|claim| Some((claim.text.split('`').nth(1)?.to_owned(), claim)))
            .collect()
    }

    /// The command that tests what stands in some files: the first that is for the language of most of them.
    pub fn test_command<'p>(&self, paths: impl Iterator<Item = &'p str>) -> Option<(String, &'m Claim)> {
        let commands = self.test_commands();
        let mut votes = vec![0; commands.len()];
        for path in paths {
            if let Some(first) = commands.iter().position(|(command, _)| suits(command, path)) {
                votes[first] += 1;
            }
        }
        let best = (0..commands.len()).max_by_key(|&index| (votes[index], std::cmp::Reverse(index)))?;
        commands.into_iter().nth(best)
    }

    /// Components that surely or likely change, or are new.
    pub fn sure(&self) -> impl Iterator<Item = &Component> {
        use crate::research::Action;
        self.components
            .iter()
            .filter(|component| component.strength > Strength::Possible || component.action == Action::Create)
    }
}

/// Whether a command tests files of a path's language; one that names no tool of a language tests all of them.
fn suits(command: &str, path: &str) -> bool {
    const TOOLS: &[(&[&str], &[&str])] = &[
        (&["cargo"], &["rs"]),
        (&["go test", "go run"], &["go"]),
        (
            &["npm", "pnpm", "yarn", "npx", "jest", "vitest"],
            &["js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "vue", "svelte"],
        ),
        (&["pytest", "tox", "nox", "poetry", "uv run"], &["py", "pyi"]),
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

/// Whether a command says a word, and not only as a part of another.
fn says(command: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    command
        .match_indices(word)
        .any(|(at, _)| !command[..at].ends_with(is_part) && !command[at + word.len()..].starts_with(is_part))
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
                        Some(other) => other.requirements.extend(symbol.requirements.clone()),
                        None => known.symbols.push(symbol.clone()),
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
