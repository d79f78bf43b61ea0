//! Brings a model's findings together with the evidence: tables stay, claims and places are the model's, and where two
//! areas disagree both are told.

use std::collections::BTreeMap;

use super::findings::{self, Checked, Findings};
use super::shelf::Shelf;
use crate::engine::evidence::Evidence;
use crate::research::{Action, Agenda, Answer, Area, Claim, Home, Question, Standing, Subject, joined};

/// A file that a question says need not change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Whose area it is.
    pub area: Area,
    /// The file.
    pub path: String,
    /// Why.
    pub why: String,
    /// The requirements that were asked about; for others it may well change.
    pub requirements: Vec<String>,
}

/// The answer to a question with what a model has found, and the places that it rejects.
pub fn answer(
    engine: &Evidence<'_>,
    question: &Question,
    evidence: Answer,
    findings: &Findings,
    shelf: &Shelf,
    counts: &mut Checked,
) -> (Answer, Vec<Rejected>) {
    let mut answer = evidence;
    let claims = findings::check(engine, shelf, findings, counts);
    // What is counted stays beside what is said about it.
    let facts =
        matches!(question.subject, Subject::Stack | Subject::Environment | Subject::TestCustoms | Subject::Coverage);
    if facts {
        answer.claims.extend(claims);
    } else if claims.iter().any(|claim| claim.standing == Standing::Grounded) {
        answer.claims = claims;
    } else {
        // What was found is kept where nothing better is.
        answer.claims.extend(claims);
    }
    for place in &findings.places {
        add_place(engine, question, &mut answer, place, shelf, counts);
    }
    let known = |path: &str| engine.workspace().file(path).is_some();
    let named = |path: &str| findings.places.iter().any(|place| place.path == path);
    let rejected = findings.not_places.iter().filter(|not| known(&not.path) && !named(&not.path));
    let rejected = rejected.map(|not| Rejected {
        area: question.area,
        path: not.path.clone(),
        why: findings::one_line(&not.why).unwrap_or_default(),
        requirements: asked_about(engine, question),
    });
    (answer, rejected.collect())
}

/// The requirements that a question is about.
fn asked_about(engine: &Evidence<'_>, question: &Question) -> Vec<String> {
    match &question.subject {
        Subject::Places(topic) | Subject::Building(topic) | Subject::Cases(topic) => topic.requirements.clone(),
        _ => engine.agenda().requirements.iter().map(|demand| demand.id.to_string()).collect(),
    }
}

/// A place that a model names: an existing file is described from facts, a new one stands where it was put.
fn add_place(
    engine: &Evidence<'_>,
    question: &Question,
    answer: &mut Answer,
    place: &findings::Place,
    shelf: &Shelf,
    counts: &mut Checked,
) {
    let requirements = findings::ids(engine, &place.requirements);
    let path = place.path.trim_start_matches("./");
    let sources = findings::known(shelf, &place.sources, &mut counts.unknown);
    let why = findings::one_line(&place.why).map(|why| why.trim_end_matches('.').to_owned());
    let why = why.filter(|why| {
        let new = std::collections::BTreeSet::from([path]);
        findings::invented(engine.workspace(), engine.sources(), why, &new).is_none()
    });
    if requirements.is_empty() || !(engine.workspace().file(path).is_some() || findings::is_new_path(path)) {
        return;
    }
    if let Some(known) = answer.components.iter_mut().find(|component| component.path == path) {
        let new: Vec<String> = requirements.iter().filter(|id| !known.requirements.contains(id)).cloned().collect();
        known.requirements.extend(new);
    } else if engine.workspace().file(path).is_some() {
        answer.components.extend(engine.component(path, &place.symbol, &requirements, question.area));
    } else if question.area == Area::Design && !sources.is_empty() {
        let reason = why.clone().unwrap_or_else(|| "nothing here does this yet".to_owned());
        answer.components.push(engine.new_file(path, &requirements, &reason, sources.clone()));
    }
    let Some(component) = answer.components.iter_mut().find(|component| component.path == path) else { return };
    if let Some(why) = why.filter(|_| !sources.is_empty()) {
        component.reason = why;
        let new: Vec<_> = sources.into_iter().filter(|source| !component.sources.contains(source)).collect();
        component.sources.extend(new);
    }
    if component.action == Action::Extend {
        component.strength = component.strength.max(crate::research::Strength::Likely);
    }
}

/// Takes rejected places out of all answers, unless another area names the same file: then both are told.
pub fn reconcile(agenda: &Agenda, answers: &mut [Answer], rejected: &[Rejected], named: &[(Area, String)]) {
    let area = |answer: &Answer| agenda.questions.get(answer.question).map(|question| question.area);
    let mut gone: Vec<(&str, &String)> = Vec::new();
    let mut disputes: Vec<Claim> = Vec::new();
    for one in rejected {
        let mut against: Vec<&str> = named
            .iter()
            .filter(|(other, path)| *path == one.path && *other != one.area)
            .map(|(other, _)| other.name())
            .collect();
        against.dedup();
        if against.is_empty() {
            gone.extend(one.requirements.iter().map(|id| (one.path.as_str(), id)));
            continue;
        }
        let why = if one.why.is_empty() { String::new() } else { format!(": “{}”", one.why.trim_end_matches('.')) };
        let text = format!(
            "whether `{}` must change: research of {} names it, that of {} says that it need not{why}",
            one.path,
            joined(&against),
            one.area.name()
        );
        if !disputes.iter().any(|known| known.text == text) {
            disputes.push(Claim::open(text));
        }
    }
    for answer in answers.iter_mut() {
        for component in &mut answer.components {
            let path = component.path.clone();
            component.requirements.retain(|id| !gone.contains(&(path.as_str(), id)));
        }
        answer.components.retain(|component| !component.requirements.is_empty());
        answer.cases.retain(|case| !gone.contains(&(case.file.as_str(), &case.requirement)));
        answer.homes.retain(|home| !gone.contains(&(home.path.as_str(), &home.requirement)));
    }
    if let Some(answer) = answers.iter_mut().find(|answer| area(answer) == Some(Area::Design)) {
        answer.claims.extend(disputes);
    }
    // Work whose start was rejected starts at the surest place that is left.
    let mut left: BTreeMap<String, (crate::research::Strength, Home)> = BTreeMap::new();
    for component in answers.iter().flat_map(|answer| &answer.components) {
        for id in &component.requirements {
            let own = component.symbols.iter().find(|symbol| symbol.requirements.contains(id));
            let source = own.map(|symbol| symbol.source).or(component.sources.first().copied());
            let home = Home {
                requirement: id.clone(),
                path: component.path.clone(),
                entry: own.map(|symbol| symbol.name.clone()).unwrap_or_default(),
                starts_there: own.is_none_or(|symbol| symbol.starts.contains(id)),
                source: source.filter(|_| component.action == Action::Extend),
            };
            let known = left.get(id).map(|(strength, _)| *strength);
            if known.is_none_or(|strength| strength < component.strength) {
                left.insert(id.clone(), (component.strength, home));
            }
        }
    }
    let is_there: Vec<String> =
        answers.iter().flat_map(|answer| &answer.components).map(|component| component.path.clone()).collect();
    let started: Vec<String> =
        answers.iter().flat_map(|answer| &answer.homes).map(|home| home.requirement.clone()).collect();
    let lost = left.into_iter().filter(|(id, _)| !started.contains(id)).map(|(_, (_, home))| home);
    if let Some(answer) = answers.iter_mut().find(|answer| area(answer) == Some(Area::Design)) {
        answer.homes.extend(lost);
    }
    // Work starts at one place.
    let mut started: Vec<String> = Vec::new();
    for answer in answers.iter_mut() {
        answer.homes.retain(|home| {
            let new = is_there.contains(&home.path) && !started.contains(&home.requirement);
            started.extend(new.then(|| home.requirement.clone()));
            new
        });
    }
}
