//! The questions of a run: several in each of the four areas, made from the requirements.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::Area;
use super::referral::{Referral, referrals};
use super::wording::{ask, deed};
use super::work::{Work, work};
use crate::document::{Criterion, Demand, Document};
use crate::text::stems;

/// At most so many questions about places; requirements that share words share one.
const MAX_TOPICS: usize = 8;
/// More requirements than this are grouped by their order alone first.
const MAX_GROUPS: usize = 96;

/// Requirements that are asked about together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// A few words for it.
    pub name: String,
    /// Ids of its requirements.
    pub requirements: Vec<String>,
}

/// What a question is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// What the project stands on.
    Stack,
    /// What it runs on and is shipped with.
    Environment,
    /// A domain of technology, by its name in the catalogue.
    Domain(String),
    /// Existing code for a topic.
    Places(Topic),
    /// What is missing for a topic.
    Building(Topic),
    /// How the project tests.
    TestCustoms,
    /// What covers the touched components.
    Coverage,
    /// Cases from acceptance criteria of a topic.
    Cases(Topic),
}

/// One targeted piece of research.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Its number in the agenda.
    pub number: usize,
    /// Its area.
    pub area: Area,
    /// Its number among the questions of its area, from 1.
    pub in_area: usize,
    /// What it is about.
    pub subject: Subject,
    /// As it is shown.
    pub text: String,
}

/// All questions of a run with the requirements that they come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agenda {
    /// In the order of their numbers.
    pub questions: Vec<Question>,
    /// What the document is called: its first heading, if that stands above the requirements.
    pub title: Option<String>,
    /// Names that the document writes as code before its first requirement: what its author looked at.
    pub names: Vec<String>,
    /// What is demanded.
    pub requirements: Vec<Demand>,
    /// Measurable outcomes of the document.
    pub outcomes: Vec<Demand>,
    /// Scenarios of user stories, where the requirements themselves have no criteria.
    pub scenarios: Vec<Criterion>,
    /// Acceptance criteria of the whole document that speak of no one requirement.
    pub shared_criteria: Vec<Criterion>,
    by_id: HashMap<Arc<str>, usize>,
    referrals: Vec<Option<Referral>>,
}

impl Agenda {
    /// Number of questions in an area.
    pub fn count(&self, area: Area) -> usize {
        self.questions.iter().filter(|question| question.area == area).count()
    }

    /// Where a requirement stands among all.
    pub fn position(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    /// The earlier requirement of which one speaks.
    pub fn referral(&self, id: &str) -> Option<&Referral> {
        self.referrals[self.position(id)?].as_ref()
    }

    /// A requirement by its id.
    pub fn requirement(&self, id: &str) -> Option<&Demand> {
        self.by_id.get(id).map(|&index| &self.requirements[index])
    }
}

/// Makes the agenda of a requirements document; `domains` names the domains that a text touches.
pub fn agenda(document: &Document, domains: &dyn Fn(&str) -> Vec<String>) -> Agenda {
    let requirements: Vec<Demand> = document.requirements().cloned().collect();
    let kind = requirements.first().map(|demand| demand.kind);
    let others = || document.demands().iter().filter(|demand| Some(demand.kind) != kind);
    let outcomes = others().filter(|demand| demand.kind == crate::document::DemandKind::Outcome).cloned().collect();
    let shared_criteria = document.shared_criteria().to_vec();
    let scenarios = others()
        .filter(|demand| demand.kind == crate::document::DemandKind::Story)
        .flat_map(|story| story.criteria.clone())
        .collect();
    let topics = topics(&requirements);
    let mut subjects: Vec<(Area, Subject, String)> = Vec::new();
    subjects.push((Area::Technology, Subject::Stack, "what does this project stand on".into()));
    subjects.push((Area::Technology, Subject::Environment, "what is it built, run and shipped with".into()));
    // What is only told, or left as it is, needs no technology.
    let text: Vec<String> = requirements.iter().filter(|demand| work(demand) == Work::Code).map(full_text).collect();
    for domain in domains(&text.join("\n")) {
        let question = format!("what serves {domain} best here");
        subjects.push((Area::Technology, Subject::Domain(domain), question));
    }
    for topic in &topics {
        subjects.push((Area::System, Subject::Places(topic.clone()), format!("what exists for “{}”", topic.name)));
    }
    for topic in &topics {
        subjects.push((
            Area::Design,
            Subject::Building(topic.clone()),
            format!("what must be built for “{}”", topic.name),
        ));
    }
    subjects.push((Area::Testing, Subject::TestCustoms, "how does this project test".into()));
    subjects.push((Area::Testing, Subject::Coverage, "which tests cover what will change".into()));
    for topic in &topics {
        subjects.push((Area::Testing, Subject::Cases(topic.clone()), format!("which cases show “{}”", topic.name)));
    }
    let title =
        document.sections().first().filter(|section| section.level == 1).map(|section| section.title.to_string());
    let mut counts = [0; 4];
    let questions = subjects
        .into_iter()
        .enumerate()
        .map(|(number, (area, subject, text))| {
            let count = &mut counts[area as usize];
            *count += 1;
            Question { number, area, in_area: *count, subject, text }
        })
        .collect();
    let by_id = requirements.iter().enumerate().rev().map(|(index, demand)| (Arc::clone(&demand.id), index)).collect();
    let referrals = referrals(&requirements);
    let names = names(document, &requirements);
    Agenda { questions, title, names, requirements, outcomes, scenarios, shared_criteria, by_id, referrals }
}

/// So much of the text before the requirements is read for names, in bytes.
const BEFORE: usize = 4096;

/// What stands in inline code before the first requirement.
fn names(document: &Document, requirements: &[Demand]) -> Vec<String> {
    let end = requirements.iter().map(|demand| demand.range.start).min().unwrap_or(0);
    let text = document.text().to_string();
    let before = text.get(end.saturating_sub(BEFORE)..end).or_else(|| text.get(..end)).unwrap_or_default();
    before.split('`').skip(1).step_by(2).filter(|code| !code.contains(char::is_whitespace)).map(str::to_owned).collect()
}

/// Everything that a requirement says.
fn full_text(demand: &Demand) -> String {
    let criteria: Vec<&str> = demand.criteria.iter().map(|criterion| &*criterion.text).collect();
    format!("{} {}", demand.summary(), criteria.join(" "))
}

/// One topic a requirement, or neighbours with common words together where there are many.
fn topics(requirements: &[Demand]) -> Vec<Topic> {
    let mut groups: Vec<(Vec<&Demand>, BTreeSet<String>)> =
        requirements.iter().map(|demand| (vec![demand], stems(&demand.summary()).into_iter().collect())).collect();
    // Neighbours go together first where there are very many, so that the search below stays short.
    let together = groups.len().div_ceil(MAX_GROUPS);
    if together > 1 {
        groups = groups
            .chunks(together)
            .map(|chunk| {
                let demands = chunk.iter().flat_map(|(demands, _)| demands.clone()).collect();
                (demands, chunk.iter().flat_map(|(_, words)| words.clone()).collect())
            })
            .collect();
    }
    while groups.len() > MAX_TOPICS {
        let likeness = |i: usize| {
            let (left, right) = (&groups[i], &groups[i + 1]);
            let common = left.1.intersection(&right.1).count() as f64;
            let size = (left.0.len() + right.0.len()) as f64;
            (common + 0.1) / (size * size)
        };
        let best =
            (0..groups.len() - 1).max_by(|&a, &b| likeness(a).total_cmp(&likeness(b)).then(b.cmp(&a))).unwrap_or(0);
        let (demands, words) = groups.remove(best + 1);
        groups[best].0.extend(demands);
        groups[best].1.extend(words);
    }
    groups
        .into_iter()
        .map(|(demands, _)| Topic {
            name: demands.first().map_or_else(String::new, |first| topic_name(first)),
            requirements: demands.iter().map(|demand| demand.id.to_string()).collect(),
        })
        .collect()
}

fn topic_name(demand: &Demand) -> String {
    match &demand.title {
        Some(title) => title.to_string(),
        None => ask(&deed(&demand.statement), 7),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_area_has_several_questions() {
        let document = Document::parse(
            "## Requirements\n\n- **FR-001**: The system MUST export orders as CSV\n- **FR-002**: It MUST sign in users\n",
        );
        let agenda = agenda(&document, &|_| vec!["serialisation".into(), "authentication".into()]);
        for area in Area::ALL {
            assert!(agenda.count(area) >= 2, "{area:?}");
        }
        let texts: Vec<_> =
            agenda.questions.iter().filter(|q| q.area == Area::System).map(|q| q.text.as_str()).collect();
        assert_eq!(texts, ["what exists for “export orders as CSV”", "what exists for “sign in users”"]);
    }

    #[test]
    fn many_requirements_share_questions() {
        let list: String =
            (1..=30).map(|n| format!("- **FR-{n:03}**: The system MUST handle case {}\n", n / 4)).collect();
        let document = Document::parse(&format!("## Requirements\n\n{list}"));
        let agenda = agenda(&document, &|_| Vec::new());
        assert_eq!(agenda.count(Area::System), MAX_TOPICS);
        let asked: usize = agenda
            .questions
            .iter()
            .filter_map(|q| match &q.subject {
                Subject::Places(t) => Some(t.requirements.len()),
                _ => None,
            })
            .sum();
        assert_eq!(asked, 30);
    }
}
