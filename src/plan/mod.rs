//! From findings to the plan's text: phases, sections, ledger, and the edits that put them into a document.

mod content;
mod fields;
mod insert;
mod ledger;
mod names;
mod order;
mod overview;
mod phase_fields;
mod phases;
mod quality;
mod render;
mod risks;
mod starts;
mod summary;
mod timeline;

pub use content::{Line, Material};
pub use insert::{Kept, OpenBlock, Outcome, Step, file_text, place_of, standing, step};
pub use ledger::Ledger;
pub use overview::{Overview, Part, Served, has_drifted, overview};
pub use phases::{Phase, phases};
pub use render::{Section, render};

use crate::document::Stamp;
use crate::research::Area;
use crate::template::Template;
use crate::text::digest;

/// A plan that is ready to be rendered, section by section.
#[derive(Debug)]
pub struct Plan {
    /// The template's first section, which holds all others.
    pub title: String,
    /// Sections in the order of the template.
    pub sections: Vec<Section>,
    /// What the run records of itself; sections are added as they are written.
    pub stamp: Stamp,
}

/// Writes a plan from what a run has found.
pub fn compose(material: &Material<'_>, template: &Template) -> Plan {
    let context = content::Context::new(material);
    let root = template.root();
    let sections = root.map_or_else(Vec::new, |root| {
        root.children.iter().map(|node| render::Section::compose(&context, node)).collect()
    });
    let requirements: Vec<_> =
        material.agenda.requirements.iter().map(|demand| (demand.id.to_string(), demand.digest())).collect();
    let read: Vec<String> = requirements.iter().map(|(id, digest)| format!("{id} {digest}")).collect();
    let said: Vec<String> = sections.iter().map(Section::words).collect();
    Plan {
        title: root.map_or_else(String::new, |root| root.pattern.title().to_owned()),
        sections,
        stamp: Stamp {
            run: digest(&format!("{}\n{}\n{}", material.engine, read.join("\n"), said.join("\n"))).to_string(),
            engine: material.engine.clone(),
            research: Area::ALL.iter().map(|area| (area.name().to_owned(), material.answered(*area))).collect(),
            claims: [
                ("made", material.verified.claims),
                ("shown", material.verified.grounded),
                ("quoted", material.verified.quoted),
            ]
            .map(|(kind, count)| (kind.to_owned(), count))
            .to_vec(),
            sections: Vec::new(),
            requirements,
            read: Vec::new(),
            range: 0..0,
        },
    }
}
