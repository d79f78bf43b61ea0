//! Numbers sources in the order in which the plan cites them, and writes the ledger.

use std::collections::BTreeMap;
use std::path::Path;

use crate::document::{Document, Place, link_path};
use crate::research::{SourceId, Sources};

/// The ledger of a plan while it is written.
#[derive(Debug)]
pub struct Ledger<'s> {
    sources: &'s Sources,
    /// Day of the run.
    date: String,
    /// From the document's folder to the workspace root, `../` for each step.
    up: String,
    /// Entries of the document before the run, as they stand: what still cites them keeps them, and a source that is
    /// read again keeps its id.
    before: BTreeMap<String, String>,
    ids: BTreeMap<SourceId, String>,
    order: Vec<SourceId>,
}

impl<'s> Ledger<'s> {
    /// A ledger for a document at a path relative to the workspace root, on a day.
    pub fn new(sources: &'s Sources, document_path: &str, date: &str) -> Self {
        let depth = Path::new(document_path).components().count().saturating_sub(1);
        Self {
            sources,
            date: date.to_owned(),
            up: "../".repeat(depth),
            before: BTreeMap::new(),
            ids: BTreeMap::new(),
            order: Vec::new(),
        }
    }

    /// Remembers the ledger of a document before the run writes into it.
    pub fn remember(&mut self, document: &Document) {
        for source in document.sources().filter(|source| source.place.is_some()) {
            self.before.insert(source.id, document.text().slice(source.range).trim_end().to_owned());
        }
    }

    /// The citation of a source; empty for one that was never retrieved.
    pub fn cite(&mut self, id: SourceId) -> String {
        if let Some(known) = self.ids.get(&id) {
            return format!("[^{known}]");
        }
        let Some(source) = self.sources.get(id) else { return String::new() };
        // The same place with the same text is the same source.
        let marks = [format!("[{}]", source.place.name()), format!("`{}`", source.digest)];
        let same = self.before.iter().find(|(_, entry)| marks.iter().all(|mark| entry.contains(mark)));
        let same = same.map(|(id, _)| id.clone()).filter(|name| !self.ids.values().any(|other| other == name));
        let name = same.unwrap_or_else(|| {
            let taken = |name: &String| self.before.contains_key(name) || self.ids.values().any(|other| other == name);
            (1..).map(|n| format!("s{n}")).find(|name| !taken(name)).unwrap_or_default()
        });
        self.ids.insert(id, name.clone());
        self.order.push(id);
        format!("[^{name}]")
    }

    /// All entries, by the number of their id, one line each: those that the run cites and, of the document's own
    /// before the run, those that `cited` says some text still cites.
    pub fn render(&self, cited: impl Fn(&str) -> bool) -> String {
        let own = |id: &str| self.ids.values().any(|name| name == id);
        let before = self.before.iter().filter(|(id, _)| cited(id) && !own(id));
        let mut entries: Vec<(usize, String)> = before.map(|(id, entry)| (number(id), entry.clone())).collect();
        for id in &self.order {
            let Some(source) = self.sources.get(*id) else { continue };
            let name = &self.ids[id];
            let link = self.link(&source.place, source.today.as_deref());
            entries.push((
                number(name),
                format!(
                    "[^{name}]: [{}]{link} \"{}\" · {} · {} · `{}`",
                    source.place.name(),
                    source.excerpt,
                    source.area.name(),
                    self.date,
                    source.digest
                ),
            ));
        }
        entries.sort();
        entries.into_iter().map(|(_, entry)| entry).collect::<Vec<_>>().join("\n")
    }

    fn link(&self, place: &Place, today: Option<&str>) -> String {
        match place {
            Place::Lines { path: file, first, last } if first == last => {
                format!("({}{}#L{first})", self.up, link_path(file))
            }
            Place::Lines { path: file, first, last } => format!("({}{}#L{first}-L{last})", self.up, link_path(file)),
            Place::History { path: file, .. } | Place::Commit { path: file, .. } => {
                format!("({}{})", self.up, link_path(today.unwrap_or(file)))
            }
            Place::Catalogue { .. } | Place::Tool { .. } | Place::Package { .. } => String::new(),
        }
    }
}

fn number(id: &str) -> usize {
    id.trim_start_matches('s').parse().unwrap_or(usize::MAX)
}
