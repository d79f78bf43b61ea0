//! Which template a document follows, and which of its sections fill which part of it.

use std::sync::Arc;

use super::{Kind, Node, Template};
use crate::document::{DemandKind, Document, SectionId};

/// What a document was recognised as; a document can be requirements and plan at once.
#[derive(Debug, Clone, Default)]
pub struct Recognition {
    /// The template of its requirements.
    pub requirements: Option<Arc<Template>>,
    /// The template of its plan.
    pub plan: Option<Arc<Template>>,
}

impl Recognition {
    /// Whether groundplan has nothing to say about the document.
    pub fn is_none(&self) -> bool {
        self.requirements.is_none() && self.plan.is_none()
    }
}

/// Recognises a document by its front matter, its headings and its path relative to the workspace root.
///
/// Earlier templates go before later ones, and what the front matter names goes before all else.
pub fn recognise(document: &Document, path: &str, templates: &[Arc<Template>]) -> Recognition {
    let mut found = Recognition::default();
    let front = document.front_matter();
    // A template looks like the document that it asks for; its front matter says of what kind that is.
    if front.template.is_some() && matches!(front.get("kind"), Some("plan" | "requirements")) {
        return found;
    }
    for template in templates {
        let slot = match template.kind {
            Kind::Requirements => &mut found.requirements,
            Kind::Plan => &mut found.plan,
        };
        if front.template.as_deref() == Some(&template.name) {
            *slot = Some(Arc::clone(template));
        }
    }
    for template in templates {
        let slot = match template.kind {
            Kind::Requirements => &mut found.requirements,
            Kind::Plan => &mut found.plan,
        };
        let demands = template.kind == Kind::Requirements && demands(document);
        if slot.is_none() && (by_heading(document, template) || template.paths.fit(path) || demands) {
            *slot = Some(Arc::clone(template));
        }
    }
    if front.requirements.is_some()
        || (front.template.is_some() && found.plan.is_some() && front_names(&found.plan, front.template.as_deref()))
    {
        found.requirements = None;
    }
    found
}

fn front_names(template: &Option<Arc<Template>>, name: Option<&str>) -> bool {
    template.as_ref().is_some_and(|template| Some(template.name.as_str()) == name)
}

/// Whether a document demands something under an id of its own, wherever it stands and whatever it is called.
fn demands(document: &Document) -> bool {
    document.demands().iter().any(|demand| demand.given && demand.kind == DemandKind::Requirement)
}

fn by_heading(document: &Document, template: &Template) -> bool {
    !template.headings.is_empty()
        && document
            .sections()
            .iter()
            .any(|section| template.headings.iter().any(|pattern| pattern.matches(&section.key)))
}

/// A template laid beside a document.
#[derive(Debug, Clone)]
pub struct Match<'t> {
    /// What the template asks for.
    pub node: &'t Node,
    /// The sections that fill it, in document order.
    pub sections: Vec<SectionId>,
    /// Its parts, matched below the first of those sections; empty where there is none.
    pub children: Vec<Match<'t>>,
    /// The section within which it was looked for.
    pub within: Option<SectionId>,
}

impl Template {
    /// Lays the template beside a document: its first section wherever it stands, all else below that.
    pub fn lay<'t>(&'t self, document: &Document) -> Vec<Match<'t>> {
        let all: Vec<SectionId> = (0..document.sections().len()).collect();
        self.sections.iter().map(|node| lay(node, document, &all, None)).collect()
    }
}

fn lay<'t>(node: &'t Node, document: &Document, candidates: &[SectionId], within: Option<SectionId>) -> Match<'t> {
    let sections: Vec<SectionId> =
        candidates.iter().copied().filter(|&id| node.pattern.matches(&document.sections()[id].key)).collect();
    let children = match sections.first() {
        Some(&id) => {
            let below = descendants(document, id);
            node.children.iter().map(|child| lay(child, document, &below, Some(id))).collect()
        }
        None => Vec::new(),
    };
    Match { node, sections, children, within }
}

fn descendants(document: &Document, id: SectionId) -> Vec<SectionId> {
    let end = document.sections()[id].range.end;
    (id + 1..document.sections().len()).take_while(|&child| document.sections()[child].heading.start < end).collect()
}

impl<'t> Match<'t> {
    /// This part and all below it, outermost first.
    pub fn walk(&self) -> Vec<&Match<'t>> {
        let mut all = vec![self];
        for child in &self.children {
            all.extend(child.walk());
        }
        all
    }

    /// The part of the template that a section fills.
    pub fn of_section(&self, id: SectionId) -> Option<&Match<'t>> {
        self.walk().into_iter().find(|part| part.sections.contains(&id))
    }
}
