//! `textDocument/documentSymbol`: requirements, sections of the plan, phases. Plain headings are left to others.

use std::ops::Range;

use tower_lsp::ls_types::{DocumentSymbol, SymbolKind};

use crate::document::{Demand, SectionId};
use crate::lsp::Lines;
use crate::plan::place_of;
use crate::server::session::Snapshot;

/// The outline of what groundplan knows.
pub fn document_symbol(snapshot: &Snapshot) -> Vec<DocumentSymbol> {
    let lines = snapshot.lines();
    let document = &snapshot.document;
    let mut symbols: Vec<DocumentSymbol> = Vec::new();
    if snapshot.recognition.requirements.is_some() {
        symbols.extend(document.requirements().map(|demand| requirement(lines, demand)));
    }
    if let Some(template) = &snapshot.recognition.plan
        && let Some(part) = place_of(document, template)
        && let Some(&root) = part.sections.first()
    {
        symbols.push(section(snapshot, lines, root));
    }
    symbols
}

fn requirement(lines: Lines<'_>, demand: &Demand) -> DocumentSymbol {
    let range = demand.range.start.min(demand.id_range.start)..demand.range.end.max(demand.id_range.end);
    // A criterion that stands with those of the whole document lies in no requirement.
    let own = demand.numbered().filter(|(_, criterion)| range.contains(&criterion.range.start));
    let children = own.map(|(id, criterion)| {
        symbol(
            lines,
            id,
            Some(criterion.text.to_string()),
            SymbolKind::EVENT,
            &criterion.range,
            &criterion.range,
            Vec::new(),
        )
    });
    let detail = Some(demand.summary());
    symbol(lines, demand.id.to_string(), detail, SymbolKind::INTERFACE, &range, &demand.id_range, children.collect())
}

fn section(snapshot: &Snapshot, lines: Lines<'_>, id: SectionId) -> DocumentSymbol {
    let document = &snapshot.document;
    let own = &document.sections()[id];
    let children = document.children(id).map(|child| section(snapshot, lines, child)).collect();
    let kind = if document.phase(id).is_some() { SymbolKind::MODULE } else { SymbolKind::NAMESPACE };
    let range = own.range.start..document.content_end(id).max(own.heading.end);
    symbol(lines, own.title.to_string(), None, kind, &range, &own.heading, children)
}

fn symbol(
    lines: Lines<'_>,
    name: String,
    detail: Option<String>,
    kind: SymbolKind,
    range: &Range<usize>,
    selection: &Range<usize>,
    children: Vec<DocumentSymbol>,
) -> DocumentSymbol {
    #[expect(deprecated, reason = "the type has no constructor and the field must be given")]
    DocumentSymbol {
        name: if name.is_empty() { "(untitled)".to_owned() } else { name },
        detail,
        kind,
        tags: None,
        deprecated: None,
        range: lines.range(range),
        selection_range: lines.range(selection),
        children: (!children.is_empty()).then_some(children),
    }
}
