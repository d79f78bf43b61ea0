//! What stands at a place in a document: what hover, definition and references are asked about.

use std::ops::Range;

use super::session::Snapshot;
use crate::check::find_rule;
use crate::document::{Source, canonical_id, phase_number};
use crate::template::{FieldNode, Match, Node};

/// Something that can be asked about.
#[derive(Debug, Clone)]
pub enum Subject {
    /// A citation in the text.
    Citation(Source),
    /// A source in the ledger.
    Source(Source),
    /// A requirement, by the index of its demand in the document that holds it.
    Requirement(usize),
    /// A phase, by its number.
    Phase(u32),
    /// A field of the template.
    Field(FieldNode),
    /// A section of the template.
    Section(Node),
    /// The name of a rule in a comment.
    Rule(&'static str),
    /// Inline code, which may name something of the workspace.
    Code(String),
}

/// What stands at an offset, and the bytes that name it.
pub fn at(snapshot: &Snapshot, offset: usize) -> Option<(Subject, Range<usize>)> {
    citation(snapshot, offset)
        .or_else(|| source(snapshot, offset))
        .or_else(|| code(snapshot, offset))
        .or_else(|| requirement(snapshot, offset))
        .or_else(|| phase(snapshot, offset))
        .or_else(|| part(snapshot, offset))
        .or_else(|| rule(snapshot, offset))
}

fn touches(range: &Range<usize>, offset: usize) -> bool {
    range.start <= offset && offset <= range.end
}

fn citation(snapshot: &Snapshot, offset: usize) -> Option<(Subject, Range<usize>)> {
    let citation = snapshot.document.citations().find(|citation| touches(&citation.range, offset))?;
    let source = snapshot.document.sources().find(|source| source.id == citation.id)?;
    Some((Subject::Citation(source), citation.range))
}

fn source(snapshot: &Snapshot, offset: usize) -> Option<(Subject, Range<usize>)> {
    let source = snapshot.document.sources().find(|source| source.place.is_some() && touches(&source.range, offset))?;
    let range = source.range.clone();
    Some((Subject::Source(source), range))
}

fn code(snapshot: &Snapshot, offset: usize) -> Option<(Subject, Range<usize>)> {
    let range = snapshot.document.code_at(offset)?;
    let text = snapshot.document.text().slice(range.clone()).to_string();
    // An id stays an id when it is written as code.
    let id = canonical_id(&text);
    let demand = snapshot.demanding().demands().iter().position(|demand| canonical_id(&demand.id) == id);
    Some((demand.map_or(Subject::Code(text), Subject::Requirement), range))
}

fn requirement(snapshot: &Snapshot, offset: usize) -> Option<(Subject, Range<usize>)> {
    let demands = snapshot.demanding().demands();
    let find = |id: &str| {
        let named = |id: &str| demands.iter().position(|demand| canonical_id(&demand.id) == id);
        named(id).or_else(|| named(id.rsplit_once('.')?.0))
    };
    if snapshot.requirements.is_none() {
        let defined = demands.iter().position(|demand| touches(&demand.id_range, offset));
        if let Some(index) = defined {
            return Some((Subject::Requirement(index), demands[index].id_range.clone()));
        }
    }
    let mention = snapshot.document.mentions().find(|mention| touches(&mention.range, offset))?;
    Some((Subject::Requirement(find(mention.id)?), mention.range))
}

fn phase(snapshot: &Snapshot, offset: usize) -> Option<(Subject, Range<usize>)> {
    let document = &snapshot.document;
    let section = document.section_at(offset)?;
    let heading = &document.sections()[section];
    if touches(&heading.heading, offset) {
        return Some((Subject::Phase(phase_number(&heading.title)?), heading.heading.clone()));
    }
    let line = document.text().line_range(document.text().line_of(offset));
    let found = document.phase_refs(line).into_iter().find(|found| {
        // The word before the number belongs to it.
        touches(&(found.range.start.saturating_sub("phase ".len())..found.range.end), offset)
    })?;
    Some((Subject::Phase(found.number), found.range))
}

/// Both templates beside the document.
pub fn parts(snapshot: &Snapshot) -> Vec<Match<'_>> {
    let templates = snapshot.recognition.plan.iter().chain(&snapshot.recognition.requirements);
    templates.flat_map(|template| template.lay(&snapshot.document)).collect()
}

fn part(snapshot: &Snapshot, offset: usize) -> Option<(Subject, Range<usize>)> {
    let document = &snapshot.document;
    let id = document.section_at(offset)?;
    let parts = parts(snapshot);
    let part = parts.iter().find_map(|root| root.of_section(id))?;
    let section = &document.sections()[id];
    if touches(&section.heading, offset) {
        return Some((Subject::Section(part.node.clone()), section.heading.clone()));
    }
    let field = document.fields(id).into_iter().find(|field| touches(&field.label_range, offset))?;
    let node = part.node.fields.iter().find(|node| *node.key == *field.key)?;
    Some((Subject::Field(node.clone()), field.label_range))
}

fn rule(snapshot: &Snapshot, offset: usize) -> Option<(Subject, Range<usize>)> {
    let directive = snapshot.document.directives().find(|directive| touches(&directive.range, offset))?;
    let text = snapshot.document.text().slice(directive.range.clone());
    directive.rules.iter().find_map(|name| {
        let start = directive.range.start + text.find(name.as_str())?;
        let range = start..start + name.len();
        let rule = find_rule(name).filter(|_| touches(&range, offset))?;
        Some((Subject::Rule(rule.name), range))
    })
}
