//! `textDocument/completion`: missing sections and fields, ids of requirements, phases and sources.

use tower_lsp::ls_types::{
    CompletionItem, CompletionItemKind, CompletionTextEdit, InsertTextFormat, Position, Range, TextEdit,
};

use crate::document::SectionId;
use crate::lsp::documentation;
use crate::server::session::Snapshot;
use crate::server::subject;
use crate::template::{Match, field_text, section_text};

/// What can stand at a position.
pub fn completion(snapshot: &Snapshot, position: Position) -> Vec<CompletionItem> {
    let lines = snapshot.lines();
    let offset = lines.offset(position);
    let text = snapshot.document.text();
    let line = text.line_range(text.line_of(offset));
    let before = text.slice(line.start..offset);
    let start = lines.position(line.start);
    let whole = Range { start, end: position };
    let trimmed = before.trim_start();
    if trimmed.starts_with('#') || trimmed.is_empty() {
        let mut items = sections(snapshot, offset, whole);
        if trimmed.is_empty() {
            items.extend(fields(snapshot, offset, whole));
        }
        return items;
    }
    if let Some(open) = before.rfind("[^").filter(|open| !before[*open..].contains(']')) {
        return sources(snapshot, Range { start: lines.position(line.start + open), end: position });
    }
    if trimmed.starts_with(['-', '*']) && !trimmed.contains(':') {
        let items = fields(snapshot, offset, whole);
        if !items.is_empty() {
            return items;
        }
    }
    let word = before.len()
        - before.chars().rev().take_while(|c| c.is_alphanumeric() || *c == '-').map(char::len_utf8).sum::<usize>();
    let range = Range { start: lines.position(line.start + word), end: position };
    let mut items = requirements(snapshot, range);
    items.extend(phases(snapshot, &before, range));
    items
}

fn item(
    snapshot: &Snapshot,
    label: String,
    kind: CompletionItemKind,
    range: Range,
    text: &str,
    about: String,
) -> CompletionItem {
    // A hint in brackets becomes a stop to type over.
    let snippet = snapshot.client.snippets && text.contains('[') && !text.contains("[^");
    let new_text = if snippet { stops(text) } else { text.to_owned() };
    CompletionItem {
        filter_text: Some(text.lines().next().unwrap_or_default().to_owned()),
        label,
        kind: Some(kind),
        documentation: (!about.is_empty()).then(|| documentation(about)),
        insert_text_format: Some(if snippet { InsertTextFormat::SNIPPET } else { InsertTextFormat::PLAIN_TEXT }),
        text_edit: Some(CompletionTextEdit::Edit(TextEdit { range, new_text })),
        ..CompletionItem::default()
    }
}

/// `[hint]` → `${1:[hint]}`, with what is special in snippets escaped.
fn stops(text: &str) -> String {
    let mut out = String::new();
    let mut number = 0;
    for c in text.chars() {
        match c {
            '[' => {
                number += 1;
                out.push_str(&format!("${{{number}:["));
            }
            ']' => out.push_str("]}"),
            '$' | '}' | '\\' => out.extend(['\\', c]),
            _ => out.push(c),
        }
    }
    out
}

fn sections(snapshot: &Snapshot, offset: usize, range: Range) -> Vec<CompletionItem> {
    let document = &snapshot.document;
    let mut items = Vec::new();
    let parts = subject::parts(snapshot);
    for part in parts.iter().flat_map(Match::walk).filter(|part| part.sections.is_empty()) {
        let Some(parent) = part.within else { continue };
        let home = &document.sections()[parent];
        if !home.range.contains(&offset) && offset != home.range.end {
            continue;
        }
        let text = section_text(part.node, (home.level + 1).min(6), "\n");
        let about = format!("Section of `{}`", home.title);
        items.push(item(
            snapshot,
            part.node.pattern.title().to_owned(),
            CompletionItemKind::MODULE,
            range,
            text.trim_end(),
            about,
        ));
    }
    items
}

fn fields(snapshot: &Snapshot, offset: usize, range: Range) -> Vec<CompletionItem> {
    let document = &snapshot.document;
    let Some(id): Option<SectionId> = document.section_at(offset) else { return Vec::new() };
    let parts = subject::parts(snapshot);
    let Some(part) = parts.iter().find_map(|root| root.of_section(id)) else { return Vec::new() };
    let present = document.fields(id);
    let missing = part.node.fields.iter().filter(|field| !present.iter().any(|other| *other.key == *field.key));
    missing
        .map(|field| {
            item(
                snapshot,
                field.label.clone(),
                CompletionItemKind::FIELD,
                range,
                &field_text(field),
                field.hint.clone(),
            )
        })
        .collect()
}

fn sources(snapshot: &Snapshot, range: Range) -> Vec<CompletionItem> {
    let listed = snapshot.document.sources().filter_map(|source| Some((source.place.as_ref()?.name(), source)));
    listed
        .map(|(name, source)| {
            let about = format!("{name}\n\n“{}”", source.excerpt);
            let text = format!("[^{}]", source.id);
            let mut item = item(snapshot, source.id.clone(), CompletionItemKind::REFERENCE, range, &text, about);
            item.detail = Some(name);
            item
        })
        .collect()
}

fn requirements(snapshot: &Snapshot, range: Range) -> Vec<CompletionItem> {
    let demands = snapshot.demanding().requirements();
    demands
        .map(|demand| {
            item(snapshot, demand.id.to_string(), CompletionItemKind::INTERFACE, range, &demand.id, demand.summary())
        })
        .collect()
}

/// Phases, where a phase's dependencies are written.
fn phases(snapshot: &Snapshot, before: &str, range: Range) -> Vec<CompletionItem> {
    let document = &snapshot.document;
    if !before.to_lowercase().contains("dependencies") && !before.to_lowercase().contains("phase") {
        return Vec::new();
    }
    let all = (0..document.sections().len()).filter_map(|id| document.phase(id));
    all.map(|phase| {
        let label = format!("Phase {}", phase.number);
        item(snapshot, label.clone(), CompletionItemKind::MODULE, range, &label, document.phase_name(&phase))
    })
    .collect()
}
