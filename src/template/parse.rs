//! Reads a template from its markdown.

use std::ops::Range;

use super::{FieldNode, Kind, Node, Paths, Pattern, Template};
use crate::document::{Document, SectionId};

/// Something that keeps a template from saying what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where, in the template's text.
    pub range: Range<usize>,
    /// What, with the way out.
    pub message: String,
}

/// Reads a template; what it cannot read it reports, and uses the rest.
///
/// `fallback` names a template whose front matter does not.
pub fn parse(source: &str, fallback: &str) -> (Template, Vec<Problem>) {
    let document = Document::parse(source);
    let front = document.front_matter();
    let mut problems = Vec::new();
    let start = 0..front.len.min(3);
    let kind = match front.get("kind") {
        Some("plan") => Kind::Plan,
        Some("requirements") => Kind::Requirements,
        other => {
            let said = other.map_or("is missing".to_owned(), |kind| format!("is `{kind}`"));
            problems.push(Problem {
                range: start.clone(),
                message: format!("`kind` {said}; write `kind: plan` or `kind: requirements` in the front matter"),
            });
            Kind::Plan
        }
    };
    let roots = (0..document.sections().len()).filter(|&id| document.sections()[id].parent.is_none());
    let sections: Vec<Node> = merge(roots.map(|id| node(&document, id, &mut problems)).collect());
    if sections.is_empty() {
        problems.push(Problem { range: start, message: "the template asks for no section; add a heading".into() });
    }
    let (paths, wrong) = Paths::new(list(front.get("paths")));
    for pattern in wrong {
        let range = front.entries.iter().find(|(key, _, _)| key == "paths").map_or(0..0, |(_, _, range)| range.clone());
        problems.push(Problem { range, message: format!("`{pattern}` is no glob") });
    }
    let template = Template {
        name: front.get("template").unwrap_or(fallback).to_owned(),
        kind,
        summary: front.get("summary").unwrap_or_default().to_owned(),
        headings: list(front.get("headings")).iter().map(|title| Pattern::new(title)).collect(),
        paths,
        sections,
        source: source.into(),
    };
    (template, problems)
}

/// A front-matter list in flow form, `["a", "b"]` or `a, b`.
fn list(value: Option<&str>) -> Vec<String> {
    let value = value.unwrap_or_default().trim();
    let inner = value.strip_prefix('[').and_then(|v| v.strip_suffix(']')).unwrap_or(value);
    split_quoted(inner).into_iter().filter(|part| !part.is_empty()).collect()
}

fn split_quoted(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quote = None;
    for c in text.chars() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if c == open => quote = None,
            (None, ',') => parts.push(String::new()),
            _ => {
                if let Some(part) = parts.last_mut() {
                    part.push(c);
                }
            }
        }
    }
    parts.into_iter().map(|part| part.trim().to_owned()).collect()
}

fn node(document: &Document, id: SectionId, problems: &mut Vec<Problem>) -> Node {
    let section = &document.sections()[id];
    let (title, optional) = strip_optional(&section.title);
    let fields: Vec<FieldNode> = document
        .fields(id)
        .into_iter()
        .map(|field| {
            let value = document.value(&field);
            let (label, optional) = strip_optional(&field.label.replace("**", ""));
            let (hint, said_after) = strip_optional(&value);
            FieldNode {
                key: crate::document::normalise(&label),
                label,
                hint: hint.trim().trim_start_matches('[').trim_end_matches(']').to_owned(),
                optional: optional || said_after,
            }
        })
        .collect();
    for (i, field) in fields.iter().enumerate() {
        if fields[..i].iter().any(|earlier| earlier.key == field.key) {
            problems.push(Problem {
                range: section.heading.clone(),
                message: format!("the field `{}` stands twice in `{title}`; remove one", field.label),
            });
        }
    }
    let body = document.text().slice(section.body.clone());
    let hint = body.lines().take_while(|line| !line.trim_start().starts_with("- **")).collect::<Vec<_>>().join("\n");
    let children = document.children(id).collect::<Vec<_>>();
    Node {
        pattern: Pattern::new(&title),
        level: section.level,
        optional,
        repeats: body.contains("[Additional"),
        hint: hint.trim().trim_start_matches('[').trim_end_matches(']').to_owned(),
        fields,
        children: merge(children.into_iter().map(|child| node(document, child, problems)).collect()),
    }
}

/// `Title *(optional)*` → the title, and whether the remark was there.
fn strip_optional(title: &str) -> (String, bool) {
    let bare = title.trim_end();
    for remark in ["*(optional)*", "(optional)", "_(optional)_"] {
        if let Some(rest) = bare.strip_suffix(remark) {
            return (rest.trim_end().to_owned(), true);
        }
    }
    (bare.to_owned(), false)
}

/// Pattern siblings that differ only in number are one section that repeats.
fn merge(nodes: Vec<Node>) -> Vec<Node> {
    let mut merged: Vec<Node> = Vec::new();
    for node in nodes {
        match merged.iter_mut().find(|earlier| earlier.pattern.same_but_number(&node.pattern)) {
            Some(earlier) => earlier.repeats = true,
            None => merged.push(node),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_says_what_it_asks_for() {
        let source = "---\ntemplate: rfc\nkind: plan\nheadings: [\"RFC: [Name]\", 'x, y']\npaths: [\"rfcs/*.md\"]\n---\n\
            # RFC: [Name]\n## Summary\n[One paragraph]\n## Drawbacks *(optional)*\n### Step 1: [What]\n- **Owner**: [Who]\n- **Date** *(optional)*: [When]\n\
            ### Step 2: [What]\n";
        let (template, problems) = parse(source, "file");
        assert_eq!(problems, []);
        assert_eq!((template.name.as_str(), template.headings.len(), template.paths.len()), ("rfc", 2, 1));
        let root = &template.sections[0];
        assert_eq!(root.children[0].hint, "One paragraph");
        assert!(root.children[1].optional && root.children[1].children[0].repeats);
        let labels: Vec<_> =
            root.children[1].children[0].fields.iter().map(|f| (&*f.label, &*f.hint, f.optional)).collect();
        assert_eq!(labels, [("Owner", "Who", false), ("Date", "When", true)]);
    }

    #[test]
    fn what_is_wrong_is_said() {
        let (_, problems) = parse("---\nkind: book\n---\n", "x");
        assert_eq!(problems.len(), 2);
        assert!(problems[0].message.starts_with("`kind` is `book`"));
    }
}
