//! A plan at a glance: how each section stands, which phases serve which requirement, and what is out of date.

use std::collections::HashSet;
use std::ops::Range;

use super::{Outcome, place_of, standing};
use crate::check::{Context, Input, SourceState};
use crate::document::{Demand, Phase, Place, SectionId, Source, Stamp, canonical_id};

/// A plan at a glance.
#[derive(Debug, Clone, PartialEq)]
pub struct Overview<'a> {
    /// The plan's own section; `None` where there is no plan.
    pub root: Option<SectionId>,
    /// The sections that the template asks for, in its order.
    pub parts: Vec<Part>,
    /// The phases, as they stand.
    pub phases: Vec<Phase>,
    /// What the plan has to serve.
    pub demands: Vec<Served<'a>>,
}

/// A section that the template asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its title, as the template has it.
    pub title: String,
    /// Where it stands; `None` where it is missing.
    pub section: Option<SectionId>,
    /// What it would be to a run; [`Outcome::Inserted`] where it is missing or holds only hints.
    pub standing: Outcome,
    /// Why it is out of date, each reason one clause.
    pub stale: Vec<String>,
}

/// A requirement and what serves it.
#[derive(Debug, Clone, PartialEq)]
pub struct Served<'a> {
    /// The requirement.
    pub demand: &'a Demand,
    /// Indices of the phases that name it.
    pub phases: Vec<usize>,
    /// Whether it says something else than when the plan was written for it.
    pub changed: bool,
}

/// Whether anything that a plan rests on is not as it was: without it, no section is out of date. Far cheaper than the overview.
pub fn has_drifted(input: &Input<'_>) -> bool {
    if input.sources.values().any(|state| matches!(state, SourceState::Changed(_) | SourceState::Lost(_))) {
        return true;
    }
    let Some(stamp) = input.document.stamp() else { return false };
    let demands = input.requirements.unwrap_or(input.document).requirements();
    let now = demands.map(|demand| (&*demand.id, demand.digest()));
    !now.eq(stamp.requirements.iter().map(|(id, read)| (id.as_str(), read.clone())))
}

/// Looks at a document's plan.
pub fn overview<'a>(input: &'a Input<'a>) -> Overview<'a> {
    let context = Context::new(input);
    let document = input.document;
    let mut coverage = context.coverage();
    let stamp = context.root.and_then(|_| document.stamp());
    let read = |id: &str| stamp.as_ref().and_then(|stamp| stamp.requirements.iter().find(|(read, _)| read == id));
    let demands: Vec<Served<'a>> = context
        .demands
        .iter()
        .map(|&demand| Served {
            demand,
            phases: coverage.remove(&*demand.id).unwrap_or_default(),
            changed: read(&demand.id).is_some_and(|(_, read)| *read != demand.digest()),
        })
        .collect();
    let mut overview = Overview { root: context.root, parts: Vec::new(), phases: Vec::new(), demands };
    let Some(part) = input.recognition.plan.as_deref().and_then(|template| place_of(document, template)) else {
        return overview;
    };
    let gone: Vec<String> = stamp
        .iter()
        .flat_map(|stamp| &stamp.requirements)
        .filter(|(id, _)| context.demanded(id).is_none())
        .map(|(id, _)| canonical_id(id))
        .collect();
    let changed: HashSet<&str> =
        overview.demands.iter().filter(|served| served.changed).map(|served| &*served.demand.id).collect();
    let digests: Vec<_> = context.demands.iter().map(|demand| (&*demand.id, demand.digest())).collect();
    let now = Stamp::all(digests.iter().map(|(id, digest)| (*id, digest)));
    let ledger: Vec<Source> = document.sources().filter(|source| source.place.is_some()).collect();
    for child in &part.children {
        let section = child.sections.first().copied().filter(|_| context.root.is_some());
        if section.is_none() && child.node.optional {
            continue;
        }
        let range = section.map_or(0..0, |id| document.sections()[id].range.clone());
        let mut stale = sources(input, &ledger, &range);
        let mentions = document.mentions().filter(|mention| range.contains(&mention.range.start));
        let title = child.node.pattern.title();
        let has_read = stamp.iter().flat_map(|stamp| &stamp.read).find(|(read, _)| read == title);
        let is_current = has_read.is_some_and(|(_, read)| *read == now);
        for mention in mentions.filter(|_| !is_current) {
            let reason = match context.demanded(mention.id) {
                Some(demand) if changed.contains(&*demand.id) => format!("{} says something else now", demand.id),
                None if gone.contains(&canonical_id(mention.id)) => format!("{} is no longer demanded", mention.id),
                _ => continue,
            };
            if !stale.contains(&reason) {
                stale.push(reason);
            }
        }
        let holds_phases = context
            .phases
            .first()
            .is_some_and(|phase| range.contains(&document.sections()[phase.section].heading.start));
        // What no phase has ever served is new; a person may have taken out the others on purpose.
        let unserved = overview.demands.iter().filter(|served| served.phases.is_empty());
        let new = unserved.filter(|served| stamp.is_some() && read(&served.demand.id).is_none());
        stale.extend(new.filter(|_| holds_phases).map(|served| format!("{} is new", served.demand.id)));
        overview.parts.push(Part {
            title: child.node.pattern.title().to_owned(),
            section,
            standing: section.map_or(Outcome::Inserted, |id| standing(document, id)),
            stale,
        });
    }
    overview.phases = context.phases;
    overview
}

/// What a range cites that is not as it was.
fn sources(input: &Input<'_>, ledger: &[Source], range: &Range<usize>) -> Vec<String> {
    let mut reasons = Vec::new();
    for citation in input.document.citations().filter(|citation| range.contains(&citation.range.start)) {
        let what = match input.sources.get(citation.id) {
            Some(SourceState::Changed(_)) => "has changed",
            Some(SourceState::Lost(_)) => "is gone",
            _ => continue,
        };
        let name = ledger.iter().find(|source| source.id == citation.id).and_then(|source| source.place.as_ref());
        let reason = format!("{} {what}", name.map_or_else(|| citation.id.to_owned(), Place::name));
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    reasons
}
