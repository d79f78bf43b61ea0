//! `empty-field`: a field has a label and nothing behind it.

use super::{Context, Diagnostic, finding};
use crate::document::Shape;
use crate::text::Edit;

pub(super) fn run(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let document = context.document;
    for part in context.parts().filter(|part| !part.node.fields.is_empty()) {
        for &id in &part.sections {
            for field in document.fields(id) {
                let Some(node) = part.node.fields.iter().find(|node| *node.key == *field.key) else { continue };
                if field.shape != Shape::Empty {
                    continue;
                }
                let mut diagnostic =
                    finding(field.label_range.clone(), format!("The field `{}` says nothing", field.label));
                if !node.hint.is_empty() {
                    let at = field.value_range.start;
                    diagnostic = diagnostic
                        .fix("Insert what belongs here as a hint", vec![Edit::insert(at, format!(" [{}]", node.hint))]);
                }
                out.push(diagnostic);
            }
        }
    }
}
