//! The sources that one question has in hand, numbered as the model cites them.

use std::collections::HashMap;
use std::sync::Arc;

use crate::document::Place;
use crate::engine::evidence::Evidence;
use crate::research::SourceId;
use crate::text::redact;

/// A source in hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its number in the run.
    pub source: SourceId,
    /// What it points at.
    pub place: String,
    /// What was read there, without secrets.
    pub text: String,
}

/// The sources in hand; the first is `s1`.
#[derive(Debug, Clone, Default)]
pub struct Shelf {
    items: Vec<Item>,
    /// Files that were read, without secrets: a piece of a key does not look like one.
    files: HashMap<String, Arc<Vec<String>>>,
}

impl Shelf {
    /// Puts a source on the shelf, and gives the label by which it is cited; one that is there keeps its label.
    pub fn put(&mut self, engine: &Evidence<'_>, source: SourceId, text: Option<&str>) -> Option<String> {
        if let Some(at) = self.items.iter().position(|item| item.source == source) {
            return Some(format!("s{}", at + 1));
        }
        let retrieved = engine.sources().get(source)?;
        let read = match (&retrieved.place, text) {
            (_, Some(text)) => text.to_owned(),
            (Place::Lines { path, first, last }, None) => {
                self.lines(engine, path)?.get(first.checked_sub(1)?..*last)?.join("\n")
            }
            _ => retrieved.excerpt.clone(),
        };
        self.items.push(Item { source, place: retrieved.place.name(), text: redact(&read) });
        Some(format!("s{}", self.items.len()))
    }

    fn lines(&mut self, engine: &Evidence<'_>, path: &str) -> Option<Arc<Vec<String>>> {
        if let Some(known) = self.files.get(path) {
            return Some(Arc::clone(known));
        }
        let text = redact(&engine.reader().lines(path)?.join("\n"));
        let lines: Arc<Vec<String>> = Arc::new(text.split('\n').map(str::to_owned).collect());
        self.files.insert(path.to_owned(), Arc::clone(&lines));
        Some(lines)
    }

    /// The source of a label.
    pub fn get(&self, label: &str) -> Option<&Item> {
        let number: usize = label.trim().trim_matches(['[', ']', '^']).strip_prefix('s')?.parse().ok()?;
        self.items.get(number.checked_sub(1)?)
    }

    /// All labels.
    pub fn labels(&self) -> Vec<String> {
        (1..=self.items.len()).map(|number| format!("s{number}")).collect()
    }

    /// All sources.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// A source as the model reads it: label, place, text.
    pub fn shown(&self, label: &str) -> String {
        self.get(label).map_or_else(String::new, |item| format!("[{label}] {}\n{}\n", item.place, item.text))
    }
}
