//! The text of a template's parts, as it is inserted where a document lacks them.

use super::{FieldNode, Node};

/// A section with its fields and required subsections, at a level of the document; ends with a line break.
pub fn section_text(node: &Node, level: u8, newline: &str) -> String {
    let mut out = format!("{} {}{newline}", "#".repeat(level.clamp(1, 6) as usize), node.pattern.title());
    let children: Vec<_> = node.children.iter().filter(|child| !child.optional).collect();
    if node.fields.is_empty() && (children.is_empty() || !node.hint.is_empty()) {
        let hint = if node.hint.is_empty() { "To be written".to_owned() } else { one_line(&node.hint) };
        out.push_str(&format!("{newline}[{hint}]{newline}"));
    }
    if !node.fields.is_empty() {
        out.push_str(newline);
        for field in node.fields.iter().filter(|field| !field.optional) {
            out.push_str(&field_text(field));
            out.push_str(newline);
        }
    }
    for child in children {
        out.push_str(newline);
        out.push_str(&section_text(child, level + (child.level - node.level), newline));
    }
    out
}

/// A field with its hint, without a line break.
pub fn field_text(field: &FieldNode) -> String {
    let hint = if field.hint.is_empty() { "To be written" } else { &field.hint };
    format!("- **{}**: [{}]", field.label, one_line(hint))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
