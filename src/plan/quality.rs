//! Success criteria of phases, and how the whole is tested, reviewed, validated and measured.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use crate::text::pattern;

use super::content::{Context, Line};
use super::fields::plain;
use super::phases::Phase;
use crate::document::Criterion;
use crate::research::{Case, Component, Facet, Standing, Subject, Work, joined, plural, sentence, work};

/// A number with a unit that a machine can measure.
static MEASURE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:(?:\b(?:no|not|never)\s+(?:\w+\s+)?)?\b(?:within|under|below|at most|less than|at least|up to|over|(?:more|longer|slower|faster) than|exceeds?|p\d\d)\s+|[<≤]=?\s*)\d[\d.,]*\s*(?:%|(?:ms|milliseconds?|s|sec|seconds?|min|minutes?|[kmg]i?b|percent|requests?(?: per \w+)?|req/s|rps|rows|files|entries|users|connections|per (?:second|minute|hour|day))(?:\b|$))",
    )
});

/// Where a criterion goes over from what is given to what is seen.
static THEN: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\bthen\b"));

/// So many commits make somebody know a file; so many people are asked, of so many files each.
const KNOWS: usize = 3;
const ASKED: usize = 3;
const PATHS: usize = 3;

/// Checks that show a phase to be finished: a case for each criterion, and the project's own test command.
pub(super) fn criteria(context: &Context<'_>, phase: &Phase) -> Vec<Line> {
    let mut lines: Vec<Line> = context
        .cases
        .iter()
        .filter(|case| phase.requirements.contains(&case.requirement))
        .map(|case| Line::cited(shown(context, case), case.home.into_iter().collect()))
        .collect();
    for id in phase.requirements.iter().filter(|id| is_told(context, id)) {
        let home = context.homes.iter().find(|home| home.requirement == **id);
        lines.push(match home {
            Some(home) => {
                let tells = |one: &&Component| one.is_document && one.requirements.contains(id);
                let told: Vec<&Component> = context.components.iter().filter(tells).collect();
                let mut paths: Vec<String> = told.iter().map(|component| format!("`{}`", component.path)).collect();
                if paths.is_empty() {
                    paths.push(format!("`{}`", home.path));
                }
                let shown = told.iter().filter_map(|component| component.sources.first().copied());
                let mut sources: Vec<_> = shown.collect();
                if sources.is_empty() {
                    sources.extend(home.source);
                }
                Line::cited(format!("{id} is shown by reading {}.", joined(&paths)), sources)
            }
            None => Line::open(format!("where {id} is told; no documentation is near to it")),
        });
    }
    let runs = context.test_runs_of(phase);
    for run in &runs {
        lines.push(Line::cited(format!("{} passes.", run.name()), vec![run.source]));
    }
    let code = phase.components.iter().map(|&index| &context.components[index]).find(|one| !one.is_document);
    if let Some(code) = code.filter(|_| runs.is_empty()) {
        lines.push(Line::open(format!("which command runs the tests of `{}`; none was found for it", code.path)));
    }
    if lines.is_empty() {
        lines.push(Line::open("how the end of this phase is shown; no criterion and no test command was found"));
    }
    lines
}

/// Whether a requirement asks for documentation.
fn is_told(context: &Context<'_>, id: &str) -> bool {
    context.material.agenda.requirement(id).is_some_and(|demand| work(demand) == Work::Documentation)
}

fn shown(context: &Context<'_>, case: &Case) -> String {
    let place = match (case.file.as_str(), case.home) {
        ("", _) => String::new(),
        (file, Some(_)) => format!(" in `{file}`"),
        (file, None) => format!(" in `{file}` (new)"),
    };
    if case.id == case.requirement {
        // The objectives say what it is; what is met already may have its tests.
        let is_met = context.built().any(|claim| claim.requirements.contains(&case.requirement));
        let unless = if is_met { ", unless tests show it already," } else { "" };
        return format!("{}{unless} is shown by a new test `{}`{place}.", case.id, case.name);
    }
    let text = sentence(&plain(&case.text));
    format!("{}: {} Shown by a new test `{}`{place}.", case.id, text, case.name)
}

pub(super) fn approach(context: &Context<'_>) -> Vec<Line> {
    // How many files hold tests stands under research; what is open there is open here.
    let customs = context.claims_about(|subject| *subject == Subject::TestCustoms).into_iter();
    let mut lines: Vec<Line> = customs.filter(|claim| claim.standing == Standing::Open).map(Line::from).collect();
    let mut by_file: BTreeMap<&str, usize> = BTreeMap::new();
    for case in context.cases.iter().filter(|case| !case.file.is_empty()) {
        *by_file.entry(&case.file).or_default() += 1;
    }
    if !by_file.is_empty() {
        let parts: Vec<String> = by_file.iter().map(|(file, count)| format!("{count} in `{file}`")).collect();
        let cases = plural(by_file.values().sum(), "case");
        let places = match by_file.keys().collect::<Vec<_>>().as_slice() {
            [one] => format!(" in `{one}`"),
            _ => format!(": {}", joined(&parts)),
        };
        lines.push(Line::plain(format!("{cases} (new){places}; the phases name them.")));
    }
    lines
}

pub(super) fn review(context: &Context<'_>) -> Vec<Line> {
    let window = context.components.iter().find_map(|component| component.window);
    let among = window.map_or_else(String::new, |most| format!(" among the last {most}"));
    let mut people: BTreeMap<&str, Vec<(usize, &Component)>> = BTreeMap::new();
    for component in &context.components {
        if let Some((author, commits)) = component.authors.first().filter(|(_, commits)| *commits >= KNOWS) {
            people.entry(author).or_default().push((*commits, component));
        }
    }
    // One commit may have changed several files, so that nothing is summed up but to tell who is asked first.
    let mut people: Vec<_> = people.into_iter().collect();
    let knows = |files: &[(usize, &Component)]| files.iter().map(|(commits, _)| commits).sum::<usize>();
    people.sort_by(|(a, own), (b, other)| knows(other).cmp(&knows(own)).then(a.cmp(b)));
    let ask = |(author, mut files): (&str, Vec<(usize, &Component)>)| {
        files.sort_by_key(|(commits, component)| (std::cmp::Reverse(*commits), &component.path));
        let told = &files[..files.len().min(PATHS)];
        let mut shown: Vec<String> =
            told.iter().map(|(commits, component)| format!("`{}` ({commits}{among})", component.path)).collect();
        if files.len() > PATHS {
            shown.push(plural(files.len() - PATHS, "other file"));
        }
        let text = format!("Ask {author}: nobody who is still at work here wrote more commits to {}.", joined(&shown));
        Line::cited(text, told.iter().filter_map(|(_, component)| component.history).collect())
    };
    let mut lines: Vec<Line> = people.into_iter().take(ASKED).map(ask).collect();
    if lines.is_empty() {
        lines.push(Line::open(format!(
            "who reviews this; nobody at work here has written {KNOWS} commits to any touched file"
        )));
    }
    lines
}

pub(super) fn validation(context: &Context<'_>) -> Vec<Line> {
    let agenda = context.material.agenda;
    let with: Vec<&str> =
        agenda.requirements.iter().filter(|demand| !demand.criteria.is_empty()).map(|demand| &*demand.id).collect();
    let criteria: usize = agenda.requirements.iter().map(|demand| demand.criteria.len()).sum();
    let mut lines = Vec::new();
    if criteria > 0 {
        let verb = if with.len() == 1 { "has" } else { "have" };
        lines.push(Line::plain(format!(
            "{} {verb} {}; each is one test case named in its phase.",
            joined(&with),
            if criteria == 1 { "1 acceptance criterion".to_owned() } else { format!("{criteria} acceptance criteria") }
        )));
    }
    if !agenda.scenarios.is_empty() && criteria == 0 {
        lines.push(Line::plain(format!(
            "The document's user stories hold {}; walk through them after the last phase.",
            plural(agenda.scenarios.len(), "acceptance scenario")
        )));
    }
    if !agenda.shared_criteria.is_empty() {
        let quoted = |criterion: &Criterion| format!("“{}”", plain(&criterion.text).trim_end_matches('.'));
        let criteria: Vec<String> = agenda.shared_criteria.iter().map(quoted).collect();
        lines.push(Line::plain(format!(
            "After the last phase, see that this holds for the whole: {}.",
            joined(&criteria)
        )));
    }
    let without: Vec<&str> = agenda
        .requirements
        .iter()
        .filter(|demand| demand.criteria.is_empty() && work(demand) == Work::Code)
        .map(|demand| &*demand.id)
        .collect();
    if !without.is_empty() {
        let (verb, each) = if without.len() == 1 { ("has", "") } else { ("have", " for each") };
        lines.push(Line::open(format!(
            "{} {verb} no acceptance criterion; say{each} what a tester would see, and what is refused",
            joined(&without)
        )));
    }
    if lines.is_empty() {
        lines.push(Line::open("how each requirement is shown to be met"));
    }
    lines
}

/// Whether a number with a unit is a status of HTTP with its name: `408 Request Timeout`.
fn is_status(found: &str) -> bool {
    let mut words = found.split_whitespace();
    let code = words.next().and_then(|word| word.parse::<u16>().ok());
    code.is_some_and(|code| (100..600).contains(&code)) && words.next().is_some_and(|word| word.starts_with("Request"))
}

pub(super) fn performance(context: &Context<'_>) -> Vec<Line> {
    let benches = context.environment(Facet::Benchmark);
    let mut lines: Vec<Line> = Vec::new();
    for demand in &context.material.agenda.requirements {
        // A criterion's number before its THEN only sets the scene.
        let criteria = demand.criteria.iter().map(|criterion| &*criterion.text);
        let seen = criteria.map(|text| THEN.find(text).map_or(text, |then| &text[then.end()..]));
        let mut numbers: Vec<String> = std::iter::once(&*demand.statement)
            .chain(seen)
            .flat_map(|text| MEASURE.find_iter(text))
            .filter(|found| !is_status(found.as_str()))
            .map(|found| format!("“{}”", found.as_str().trim()))
            .collect();
        numbers.dedup();
        if !numbers.is_empty() {
            lines.push(Line::plain(format!("{} says {}; measure it before and after.", demand.id, joined(&numbers))));
        }
    }
    let none = lines.is_empty();
    lines.extend(benches.into_iter().map(Line::from));
    if none {
        lines.push(Line::open("no requirement gives a number for speed, size or load; name one if it matters"));
    }
    lines
}
