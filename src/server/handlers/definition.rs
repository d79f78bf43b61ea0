//! `textDocument/definition`: from a citation to the ledger, from the ledger to the file, from an id to its text.

use std::sync::Arc;

use tower_lsp::ls_types::{Location, Position, Range, Uri};

use crate::check::SourceState;
use crate::document::Place;
use crate::lsp::location;
use crate::server::backend::Shared;
use crate::server::session::Snapshot;
use crate::server::subject::{self, Subject};
use crate::server::{code, diagnose};

/// Where the thing at a position is defined.
pub fn definition(shared: &Arc<Shared>, snapshot: &Snapshot, position: Position) -> Option<Vec<Location>> {
    let lines = snapshot.lines();
    let (subject, _) = subject::at(snapshot, lines.offset(position))?;
    let found = match subject {
        Subject::Citation(source) => location(&snapshot.uri, lines, &source.range),
        Subject::Source(source) => {
            let states = diagnose::sources(snapshot);
            let present = states.get(&source.id).and_then(SourceState::present);
            file(snapshot, present.map_or(source.place.as_ref()?, |present| &present.place))?
        }
        Subject::Requirement(index) => {
            let demand = snapshot.demanding().demands().get(index)?;
            let (uri, lines) = snapshot.demanding_lines();
            location(uri, lines, &demand.id_range)
        }
        Subject::Phase(number) => {
            let document = &snapshot.document;
            let phase = (0..document.sections().len())
                .find_map(|id| document.phase(id).filter(|phase| phase.number == number))?;
            location(&snapshot.uri, lines, &document.sections()[phase.section].heading)
        }
        Subject::Code(name) => return code::places(shared, snapshot, &name),
        Subject::Field(_) | Subject::Section(_) | Subject::Rule(_) => return None,
    };
    Some(vec![found])
}

/// The lines of a file that a source points at.
fn file(snapshot: &Snapshot, place: &Place) -> Option<Location> {
    let path = snapshot.project.root.join(place.path()?);
    let uri = Uri::from_file_path(path)?;
    let line = |line: usize| Position { line: line.saturating_sub(1) as u32, character: 0 };
    let range = match place {
        Place::Lines { first, last, .. } => Range { start: line(*first), end: line(*last + 1) },
        _ => Range::default(),
    };
    Some(Location { uri, range })
}
