//! `placeholder`: text that stands for text was left in.

use std::ops::Range;

use super::{Context, Diagnostic, finding};
use crate::document::Shape;

pub(super) fn run(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let document = context.document;
    let plan = context.plan_range();
    let mut places: Vec<(Range<usize>, Option<String>)> = document
        .placeholders()
        .filter(|range| match plan.contains(&range.start) {
            true => true,
            false => context.input.recognition.requirements.is_some(),
        })
        .map(|range| (range, None))
        .collect();
    for part in context.parts() {
        for &id in &part.sections {
            let section = &document.sections()[id];
            if part.node.pattern.is_open()
                && let Some(range) = bracketed(context, section.heading.clone())
            {
                places.push((range, None));
            }
            for field in document.fields(id) {
                let node = part.node.fields.iter().find(|node| *node.key == *field.key);
                if node.is_some() && field.shape == Shape::Hint {
                    let value = document.value(&field);
                    let start = field.value_range.start + leading(context, field.value_range.clone());
                    let hint = node.map(|node| node.hint.clone()).filter(|hint| !hint.is_empty());
                    places.push((start..start + value.len(), hint));
                }
            }
            if !part.node.fields.is_empty() {
                continue;
            }
            let body = document.text().slice(section.body.start..section.body.end.min(section.body.start + 400));
            let first = body.trim_start();
            let line = first.lines().next().unwrap_or_default().trim_end();
            if is_bracketed(line) && !line.starts_with("[Additional") {
                let start = section.body.start + body.len() - first.len();
                places.push((start..start + line.len(), None));
            }
        }
    }
    places.sort_by_key(|(range, hint)| (range.start, std::cmp::Reverse(range.end), hint.is_none()));
    let mut covered = 0;
    for (range, hint) in places {
        if range.end <= covered {
            continue;
        }
        covered = range.end;
        let text = document.text().slice(range.clone());
        let shown: String =
            if text.chars().count() > 60 { format!("{}…", text.chars().take(59).collect::<String>()) } else { text };
        let message = match hint {
            Some(hint) => format!("This is still the template's hint; write: {hint}"),
            None => format!("`{shown}` stands for text that is still to be written"),
        };
        out.push(finding(range, message));
    }
}

fn is_bracketed(value: &str) -> bool {
    let inner = value.strip_prefix('[').and_then(|value| value.strip_suffix(']'));
    inner.is_some_and(|inner| {
        !inner.starts_with('^') && !inner.contains(['[', ']', '\n']) && !matches!(inner, " " | "x" | "X" | "")
    })
}

fn bracketed(context: &Context<'_>, range: Range<usize>) -> Option<Range<usize>> {
    let text = context.document.text().slice(range.clone());
    let open = text.find('[')?;
    let close = open + text[open..].find(']')?;
    (!text[close + 1..].starts_with('(') && !text[open..].starts_with("[^"))
        .then(|| range.start + open..range.start + close + 1)
}

fn leading(context: &Context<'_>, range: Range<usize>) -> usize {
    let text = context.document.text().slice(range);
    text.len() - text.trim_start().len()
}
