//! Templates: markdown files that say what a document of a kind must contain.

mod matching;
mod parse;
mod paths;
mod pattern;
mod snippet;

use std::sync::{Arc, LazyLock};

pub use matching::{Match, Recognition, recognise};
pub use parse::{Problem, parse};
pub use paths::Paths;
pub use pattern::Pattern;
pub use snippet::{field_text, section_text};

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It demands something.
    Requirements,
    /// It says how demands will be met.
    Plan,
}

/// A template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// The name by which documents and configuration speak of it.
    pub name: String,
    /// The kind of document that it describes.
    pub kind: Kind,
    /// One sentence for lists.
    pub summary: String,
    /// Headings, one of which marks a document of this template.
    pub headings: Vec<Pattern>,
    /// Globs on paths relative to the workspace root that mark one.
    pub paths: Paths,
    /// The outermost sections, in order.
    pub sections: Vec<Node>,
    /// Its markdown.
    pub source: Arc<str>,
}

/// A section that a template asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What its heading must look like.
    pub pattern: Pattern,
    /// Level in the template; only differences between levels count in documents.
    pub level: u8,
    /// Whether a document may leave it out.
    pub optional: bool,
    /// Whether it may stand several times.
    pub repeats: bool,
    /// Text below the heading that explains it.
    pub hint: String,
    /// Fields, in order.
    pub fields: Vec<FieldNode>,
    /// Subsections, in order.
    pub children: Vec<Node>,
}

/// A field that a template asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldNode {
    /// The label as written.
    pub label: String,
    /// The label as it is compared.
    pub key: String,
    /// What belongs there; a placeholder when it still stands in a document.
    pub hint: String,
    /// Whether a document may leave it out.
    pub optional: bool,
}

const BUILT_IN: &[(&str, &str)] = &[
    ("backend-plan", include_str!("builtin/backend-plan.md")),
    ("backend-requirements", include_str!("builtin/backend-requirements.md")),
];

/// The templates that come with groundplan.
pub fn built_in() -> &'static [Arc<Template>] {
    static TEMPLATES: LazyLock<Vec<Arc<Template>>> = LazyLock::new(|| {
        BUILT_IN
            .iter()
            .map(|(name, source)| {
                let (template, problems) = parse(source, name);
                debug_assert!(problems.is_empty(), "{name}: {problems:?}");
                Arc::new(template)
            })
            .collect()
    });
    &TEMPLATES
}

impl Template {
    /// The plan's own heading: the first outermost section.
    pub fn root(&self) -> Option<&Node> {
        self.sections.first()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_plan_asks_for_the_agreed_sections() {
        let plan = &built_in()[0];
        let root = plan.root().unwrap();
        assert_eq!(root.pattern.title(), "Backend Implementation Plan");
        let sections: Vec<(String, usize, usize)> = root
            .children
            .iter()
            .map(|node| (node.pattern.title().to_owned(), node.fields.len(), node.children.len()))
            .collect();
        let expected = [
            ("Executive Summary", 4, 0),
            ("Research Foundation", 4, 0),
            ("Implementation Phases", 0, 1),
            ("Resource Requirements", 4, 0),
            ("Quality Assurance Strategy", 4, 0),
            ("Timeline and Milestones", 4, 0),
        ];
        assert_eq!(sections, expected.map(|(title, fields, children)| (title.to_owned(), fields, children)));
        let phase = &root.children[2].children[0];
        assert!(phase.repeats && phase.fields.len() == 4);
    }
}
