//! `textDocument/references`: every sentence that rests on a source, names a requirement or waits for a phase.

use std::ops::Range;

use tower_lsp::ls_types::{Location, Position};

use crate::document::{Document, canonical_id};
use crate::lsp::location;
use crate::server::session::Snapshot;
use crate::server::subject::{self, Subject};

/// Where the thing at a position is named, in this document and in open documents that share its requirements.
pub fn references(snapshot: &Snapshot, open: &[Snapshot], position: Position, with_declaration: bool) -> Vec<Location> {
    let lines = snapshot.lines();
    let document = &snapshot.document;
    let Some((subject, _)) = subject::at(snapshot, lines.offset(position)) else { return Vec::new() };
    match subject {
        Subject::Citation(source) | Subject::Source(source) => {
            let cited = document.citations().filter(|citation| citation.id == source.id).map(|citation| citation.range);
            let declared = with_declaration.then(|| source.range.clone());
            cited.chain(declared).map(|range| location(&snapshot.uri, lines, &range)).collect()
        }
        Subject::Requirement(index) => {
            let Some(demand) = snapshot.demanding().demands().get(index) else { return Vec::new() };
            let (home, home_lines) = snapshot.demanding_lines();
            let mut found: Vec<Location> = Vec::new();
            if with_declaration {
                found.push(location(home, home_lines, &demand.id_range));
            }
            let related = open.iter().filter(|other| {
                other.uri == *home || other.requirements.as_ref().is_some_and(|upstream| upstream.uri == *home)
            });
            for other in related {
                let own = other.uri == *home;
                let named = mentions(&other.document, &demand.id).filter(|range| !own || *range != demand.id_range);
                found.extend(named.map(|range| location(&other.uri, other.lines(), &range)));
            }
            found
        }
        Subject::Phase(number) => {
            let phases = (0..document.sections().len()).filter_map(|id| document.phase(id)).collect::<Vec<_>>();
            let declared = phases.iter().filter(|phase| with_declaration && phase.number == number);
            let declared = declared.map(|phase| document.sections()[phase.section].heading.clone());
            let named = phases.iter().flat_map(|phase| &phase.depends_on).filter(|found| found.number == number);
            let ranges: Vec<Range<usize>> = declared.chain(named.map(|found| found.range.clone())).collect();
            ranges.iter().map(|range| location(&snapshot.uri, lines, range)).collect()
        }
        Subject::Field(_) | Subject::Section(_) | Subject::Rule(_) | Subject::Code(_) => Vec::new(),
    }
}

/// Places that name a requirement or one of its criteria.
fn mentions<'d>(document: &'d Document, id: &'d str) -> impl Iterator<Item = Range<usize>> + 'd {
    let id = canonical_id(id);
    document
        .mentions()
        .filter(move |mention| *mention.id == id || mention.id.rsplit_once('.').is_some_and(|(base, _)| base == id))
        .map(|mention| mention.range)
}
