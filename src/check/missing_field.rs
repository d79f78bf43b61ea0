//! `missing-field`: a section lacks a field that the template asks for.

use super::{Context, Diagnostic, finding};
use crate::document::Field;
use crate::template::{FieldNode, field_text};
use crate::text::Edit;

pub(super) fn run(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let document = context.document;
    for part in context.parts().filter(|part| !part.node.fields.is_empty()) {
        for &id in &part.sections {
            let section = &document.sections()[id];
            if !section.has_content && document.children(id).next().is_none() {
                continue;
            }
            let present = document.fields(id);
            let range = section.heading.clone();
            for (index, field) in part.node.fields.iter().enumerate() {
                if field.optional || present.iter().any(|other| *other.key == *field.key) {
                    continue;
                }
                let edit = insertion(context, &part.node.fields, index, &present, range.end);
                out.push(
                    finding(range.clone(), format!("The field `{}` is missing in `{}`", field.label, section.title))
                        .fix(format!("Insert the field `{}`", field.label), vec![edit]),
                );
            }
        }
    }
}

/// Inserts a field after the last present one that the template has before it.
fn insertion(context: &Context<'_>, fields: &[FieldNode], index: usize, present: &[Field], heading: usize) -> Edit {
    let newline = context.newline();
    let line = field_text(&fields[index]);
    let find = |field: &FieldNode| present.iter().find(|other| *other.key == *field.key);
    if let Some(before) = fields[..index].iter().rev().find_map(find) {
        return Edit::insert(before.range.end, format!("{newline}{line}"));
    }
    match fields[index + 1..].iter().find_map(find) {
        Some(after) => Edit::insert(after.range.start, format!("{line}{newline}")),
        None => Edit::insert(heading, format!("{newline}{newline}{line}")),
    }
}
