//! What the rules look at: the document laid beside its templates, and small tables made once for all rules.

use std::collections::HashMap;
use std::ops::Range;

use crate::document::{Demand, Document, Phase, Place, SectionId, canonical_id};
use crate::template::{Match, Recognition};
use crate::text::Digest;

/// What is judged, and by what.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The document.
    pub document: &'a Document,
    /// The templates that it follows.
    pub recognition: &'a Recognition,
    /// The requirements document, for a plan in a file of its own.
    pub requirements: Option<&'a Document>,
    /// How the sources of the ledger stand, by id; sources that are missing here are not judged.
    pub sources: &'a HashMap<String, SourceState>,
}

/// How a source compares with what was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceState {
    /// The text is as it was.
    Fresh,
    /// The same text stands elsewhere: on other lines, or in the file to which git has moved it.
    Moved(Present),
    /// There is other text now.
    Changed(Present),
    /// The file or the commit is gone, with the reason.
    Lost(String),
}

/// The text that stands at a source now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Present {
    /// Where it stands: of lines, those that hold it now.
    pub place: Place,
    /// Its digest.
    pub digest: Digest,
    /// Its first line, as an excerpt.
    pub excerpt: String,
}

impl SourceState {
    /// What stands at a source now, where that is not what was read there.
    pub fn present(&self) -> Option<&Present> {
        match self {
            Self::Moved(present) | Self::Changed(present) => Some(present),
            Self::Fresh | Self::Lost(_) => None,
        }
    }
}

/// An input with its tables.
pub struct Context<'a> {
    pub(super) document: &'a Document,
    pub(super) input: &'a Input<'a>,
    /// Parts of the plan's template beside the document.
    pub(super) plan: Vec<Match<'a>>,
    /// Parts of the requirements' template beside the document.
    pub(super) requirements: Vec<Match<'a>>,
    /// The plan's own section.
    pub root: Option<SectionId>,
    /// The plan's phases, as they stand.
    pub phases: Vec<Phase>,
    /// What the plan has to serve.
    pub demands: Vec<&'a Demand>,
    /// The same by id.
    by_id: HashMap<String, &'a Demand>,
}

impl<'a> Context<'a> {
    /// Lays a document beside its templates.
    pub fn new(input: &'a Input<'a>) -> Self {
        let document = input.document;
        let plan = input.recognition.plan.as_deref().map_or_else(Vec::new, |template| template.lay(document));
        let requirements =
            input.recognition.requirements.as_deref().map_or_else(Vec::new, |template| template.lay(document));
        let root = plan.first().and_then(|part| part.sections.first().copied());
        let phases = root.map_or_else(Vec::new, |root| document.phases(root));
        let demands: Vec<&Demand> = input.requirements.unwrap_or(document).requirements().collect();
        // The first one of an id counts; `duplicate-requirement` speaks of the others.
        // Without a plan nobody asks.
        let asked = if root.is_some() { demands.as_slice() } else { &[] };
        let by_id = asked.iter().rev().map(|demand| (canonical_id(&demand.id), *demand)).collect();
        Self { document, input, plan, requirements, root, phases, demands, by_id }
    }

    /// All parts of both templates, outermost first.
    pub(super) fn parts(&self) -> impl Iterator<Item = &Match<'a>> {
        self.plan.iter().chain(&self.requirements).flat_map(Match::walk)
    }

    /// The plan's bytes; empty without a plan.
    pub(super) fn plan_range(&self) -> Range<usize> {
        self.root.map_or(0..0, |root| self.document.sections()[root].range.clone())
    }

    /// Whether the plan stands in a file of its own.
    pub(super) fn apart(&self) -> bool {
        self.input.requirements.is_some()
    }

    /// The part of the plan's template that holds the phases.
    pub(super) fn phases_section(&self) -> Option<SectionId> {
        let first = self.phases.first().map(|phase| self.document.sections()[phase.section].parent);
        first.flatten().or_else(|| {
            let holds = |part: &&Match<'a>| part.node.children.iter().any(|child| child.repeats);
            self.plan.iter().flat_map(Match::walk).find(holds).and_then(|part| part.sections.first().copied())
        })
    }

    /// The base id of a mention: `R3` for the criterion `R3.2`.
    pub fn demanded(&self, mention: &str) -> Option<&'a Demand> {
        let named = |id: &str| self.by_id.get(id).copied();
        named(mention).or_else(|| named(mention.rsplit_once('.')?.0))
    }

    pub(super) fn newline(&self) -> &'static str {
        newline(self.document)
    }
}

/// The line break that a document uses.
pub(super) fn newline(document: &Document) -> &'static str {
    let text = document.text();
    let next = text.line_range(1).start;
    if text.slice(text.line_range(0).end..next).starts_with("\r\n") { "\r\n" } else { "\n" }
}
