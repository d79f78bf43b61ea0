//! The sources that a run has retrieved; nothing else can be cited.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::Area;
use crate::document::Place;
use crate::text::{Digest, digest};

/// Number of a source in its run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceId(usize);

/// A retrieved source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retrieved {
    /// What it points at.
    pub place: Place,
    /// A line of it.
    pub excerpt: String,
    /// The area that asked for it first.
    pub area: Area,
    /// Digest of what was read.
    pub digest: Digest,
    /// Where its file is today, if it had another name when it was what the place says.
    pub today: Option<String>,
}

/// All sources of a run; shared by the threads that answer.
#[derive(Debug, Default)]
pub struct Sources {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    all: Vec<Retrieved>,
    by_place: HashMap<Place, SourceId>,
}

impl Sources {
    /// Records what was read at a place, and gives the id by which it can be cited.
    pub fn record(&self, place: Place, text: &str, excerpt: &str, area: Area) -> SourceId {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(&known) = inner.by_place.get(&place) {
            // Which thread asks first must not show in the plan.
            let first = &mut inner.all[known.0];
            first.area = first.area.min(area);
            return known;
        }
        let id = SourceId(inner.all.len());
        let excerpt = excerpt.to_owned();
        inner.all.push(Retrieved { place: place.clone(), excerpt, area, digest: digest(text), today: None });
        inner.by_place.insert(place, id);
        id
    }

    /// Says where the file of a source is today.
    pub fn moved(&self, id: SourceId, today: &str) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(source) = inner.all.get_mut(id.0) {
            source.today = Some(today.to_owned());
        }
    }

    /// A source by its id; `None` if this run did not retrieve it.
    pub fn get(&self, id: SourceId) -> Option<Retrieved> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).all.get(id.0).cloned()
    }

    /// Whether a registry was asked about a package.
    pub fn has_package(&self, name: &str) -> bool {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let asks = |command: &str| command.split([' ', '@']).any(|word| word == name);
        inner.by_place.keys().any(|place| matches!(place, Place::Package { command } if asks(command)))
    }

    /// Number of sources retrieved so far.
    pub fn len(&self) -> usize {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).all.len()
    }

    /// Whether nothing was retrieved.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
