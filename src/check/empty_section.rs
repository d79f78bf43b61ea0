//! `empty-section`: a section that the template asks for has nothing in it.

use super::{Context, Diagnostic, finding};
use crate::template::field_text;
use crate::text::Edit;

pub(super) fn run(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let document = context.document;
    for part in context.parts() {
        for &id in &part.sections {
            let section = &document.sections()[id];
            if section.has_content || document.children(id).next().is_some() {
                continue;
            }
            let mut diagnostic = finding(section.heading.clone(), format!("The section `{}` is empty", section.title));
            if !part.node.fields.is_empty() {
                let newline = context.newline();
                let fields: Vec<String> = part.node.fields.iter().map(field_text).collect();
                let text = format!("{newline}{newline}{}", fields.join(newline));
                diagnostic = diagnostic.fix("Insert its fields", vec![Edit::insert(section.heading.end, text)]);
            }
            out.push(diagnostic);
        }
    }
}
