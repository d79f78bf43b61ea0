//! Sizes with their basis, milestones, what is done about risks, and how success is known.

use std::collections::BTreeSet;

use super::content::{Context, Line};
use super::fields::plain;
use super::phases::Phase;
use crate::research::{Action, Comparable, RiskKind, SourceId, joined, plural, sentence};

/// So many past changes measure a phase.
const COMPARED: usize = 3;

pub(super) fn development(context: &Context<'_>) -> Vec<Line> {
    let mut named = BTreeSet::new();
    let mut lines: Vec<Line> = context.phases.iter().map(|phase| size(context, phase, &mut named)).collect();
    if lines
        .iter()
        .any(|line| context.comparables.iter().any(|past| is_spread(past) && line.sources.contains(&past.source)))
    {
        lines.push(Line::plain(
            "Days are calendar days from the first to the last commit of a change; the history does not tell working time.",
        ));
    }
    lines
}

/// How large a phase is: what it touches, and what comparable commits touched. Those that are `named` already are told
/// by their ids.
fn size(context: &Context<'_>, phase: &Phase, named: &mut BTreeSet<SourceId>) -> Line {
    let components = || {
        let all = phase.components.iter().map(|&index| &context.components[index]);
        all.filter(|component| context.is_changed(component))
    };
    let extended = components().filter(|component| component.action == Action::Extend).count();
    let new = components().filter(|component| component.action == Action::Create).count();
    let known = match (extended, new) {
        // No past change tells how large it is to look something over.
        (0, 0) if !phase.components.is_empty() => {
            return Line::plain(format!("Phase {}: nothing to extend but what is found amiss.", phase.number));
        }
        (0, 0) if phase.requirements.iter().all(|id| context.is_guard(id)) => "nothing to extend".to_owned(),
        (0, 0) => "no file is known yet".to_owned(),
        (extended, 0) => format!("{} to extend", plural(extended, "file")),
        (0, new) => format!("{} to add", plural(new, "file")),
        (extended, new) => format!("{} to extend, {new} to add", plural(extended, "file")),
    };
    let (is_alike, like) = comparables(context, phase);
    let mut name = |past: &&Comparable| match named.insert(past.source) {
        true => past.name.clone(),
        false => past.name.split(' ').next().unwrap_or_default().to_owned(),
    };
    // Where words are written, only those of past changes were counted.
    let tells = components().next().is_some_and(|first| first.is_document);
    let took = sizes(&like, if tells { "document" } else { "file" });
    let basis = match (is_alike, like.len()) {
        (_, 0) => "no alike past change was found, so its size is uncertain".to_owned(),
        (true, 1) => format!("the most alike past change was {}: {took}", name(&like[0])),
        (true, _) => {
            let names: Vec<String> = like.iter().map(name).collect();
            format!("the most alike past changes were {}: {took}", joined(&names))
        }
        // What they did matters little, where they only tell how large a change there is.
        (false, 1) => format!("no alike past change was found; the last small one of its first file took {took}"),
        (false, many) => {
            format!("no alike past change was found; the last {many} small ones of its first file took {took}")
        }
    };
    let text = format!("Phase {}: {known}; {basis}.", phase.number);
    Line::cited(text, like.iter().map(|past| past.source).collect())
}

/// The past changes that a phase is measured by, and whether they are alike: else they only changed its first file.
fn comparables<'m>(context: &Context<'m>, phase: &Phase) -> (bool, Vec<&'m Comparable>) {
    let own = |past: &&Comparable| phase.requirements.contains(&past.requirement);
    let mut like: Vec<&Comparable> = context.comparables.iter().copied().filter(own).collect();
    let mut seen = BTreeSet::new();
    like.retain(|past| seen.insert(past.source));
    // What only changed the same file says less than what is alike.
    let is_alike = like.iter().any(|past| past.is_alike);
    like.retain(|past| past.is_alike == is_alike);
    like.truncate(COMPARED);
    (is_alike, like)
}

/// Files, lines and days of past changes, as ranges.
fn sizes(like: &[&Comparable], unit: &str) -> String {
    let files = range(like.iter().map(|past| past.files), unit);
    let lines = range(like.iter().filter_map(|past| past.lines), "line");
    let each = if like.len() == 1 { "" } else { " each" };
    let size: Vec<String> = [files, lines].into_iter().flatten().collect();
    let spread = if like.iter().copied().any(is_spread) {
        let days = range(like.iter().map(|past| past.days), "day");
        let commits = range(like.iter().map(|past| past.commits), "commit");
        days.zip(commits).map(|(days, commits)| format!(", over {days} in {commits}"))
    } else {
        Some(" in one commit".to_owned())
    };
    format!("{}{}{each}", joined(&size), spread.unwrap_or_default())
}

/// Whether a past change took more than one commit on one day.
fn is_spread(past: &Comparable) -> bool {
    past.commits > 1 || past.days > 1
}

/// `3 to 5 files`; `None` without numbers.
fn range(numbers: impl Iterator<Item = usize> + Clone, word: &str) -> Option<String> {
    let (least, most) = (numbers.clone().min()?, numbers.max()?);
    Some(if least == most { plural(most, word) } else { format!("{least} to {}", plural(most, word)) })
}

pub(super) fn milestones(context: &Context<'_>) -> Vec<Line> {
    let after = context.phases.iter().enumerate().map(|(index, phase)| {
        let can = if index == 0 { " can be shown" } else { "" };
        format!("after phase {} {}{can}", phase.number, joined(&phase.requirements))
    });
    vec![Line::plain(sentence(&after.collect::<Vec<_>>().join("; ")))]
}

pub(super) fn mitigation(context: &Context<'_>) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for kind in [RiskKind::Untested, RiskKind::FanIn, RiskKind::Churn, RiskKind::SingleAuthor, RiskKind::Stale] {
        let risks: Vec<_> = context.risks.iter().filter(|risk| risk.kind == kind).collect();
        let sources = risks.iter().filter_map(|risk| risk.claim.sources.first().copied()).collect();
        let before = risks.iter().filter_map(|risk| phase_of(context, &risk.path)).min();
        let when = before.map_or_else(String::new, |phase| format!("From phase {phase} on: "));
        match risks.as_slice() {
            [] => {}
            [one] => lines.push(Line::cited(format!("{when}{}.", one.mitigation), sources)),
            many => {
                let paths: Vec<String> = many.iter().map(|risk| format!("`{}`", risk.path)).collect();
                lines.push(Line::cited(format!("{when}{}.", together(kind, &joined(&paths))), sources));
            }
        }
    }
    if lines.is_empty() {
        lines.push(Line::plain("Nothing beyond the tests of each phase."));
    }
    lines
}

/// What is done about several files of one risk.
fn together(kind: RiskKind, paths: &str) -> String {
    match kind {
        RiskKind::Untested => format!("write a test of what each of {paths} does today before changing it"),
        RiskKind::FanIn => {
            format!("keep what {paths} offer now and add beside it; change callers in commits of their own")
        }
        RiskKind::Churn => format!("change {paths} in small commits and merge them early"),
        RiskKind::Stale => format!("read {paths} anew before extending them"),
        RiskKind::SingleAuthor => format!("have the one author of each of {paths} review its change"),
    }
}

fn phase_of(context: &Context<'_>, path: &str) -> Option<usize> {
    let touches = |phase: &&Phase| phase.components.iter().any(|&index| context.components[index].path == path);
    context.phases.iter().find(touches).map(|phase| phase.number)
}

pub(super) fn metrics(context: &Context<'_>) -> Vec<Line> {
    let agenda = context.material.agenda;
    let mut lines: Vec<Line> = agenda
        .outcomes
        .iter()
        .map(|outcome| Line::plain(format!("{}: {}", outcome.id, sentence(&plain(&outcome.statement)))))
        .collect();
    let ids = agenda.requirements.iter().map(|demand| demand.id.to_string());
    let ids: Vec<String> = ids.filter(|id| context.cases.iter().any(|case| case.requirement == *id)).collect();
    let shown = match ids.as_slice() {
        [first, .., last] if ids.len() == agenda.requirements.len() && ids.len() > 2 => format!("{first} to {last}"),
        some => joined(some),
    };
    let cases = match context.cases.len() {
        1 => "The test case named in the phases passes".to_owned(),
        0 => "What the phases name can be read".to_owned(),
        n => format!("All {n} test cases named in the phases pass"),
    };
    let shows = if shown.is_empty() { String::new() } else { format!(", which shows {shown}") };
    let mut text = format!("{cases}{shows}");
    let runs = context.test_runs();
    if !runs.is_empty() {
        let names: Vec<String> = runs.iter().map(|run| run.name()).collect();
        let verb = if runs.len() == 1 { "stays" } else { "stay" };
        text.push_str(&format!(", and {} {verb} green", joined(&names)));
    }
    text.push('.');
    lines.push(Line::cited(text, runs.iter().map(|run| run.source).collect()));
    lines
}
