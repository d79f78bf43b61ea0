//! Finds the files that are named after what a document is about: `tenant_limit.go` in one of limits for each tenant.

use std::collections::BTreeSet;

use super::precedent::meaning;
use super::{Evidence, kin};
use crate::document::Demand;
use crate::research::Agenda;

/// Words of a file's name that say what a file is among those of its subject, and not what that is; stems.
pub const ROLES: &[&str] = &[
    "abstract",
    "base",
    "client",
    "common",
    "control",
    "core",
    "default",
    "handler",
    "impl",
    "manag",
    "model",
    "repositori",
    "servic",
    "simpl",
];

/// A name of fewer words is that of many things, and so far down the ranking a file is looked for.
const WORDS: usize = 2;
const LOOKED: usize = 30;
/// More files than this are named alike for another reason.
const FILES: usize = 2;

/// What a document is about: the words of its title.
#[derive(Debug, Default)]
pub struct Theme {
    title: BTreeSet<String>,
}

impl Theme {
    /// Reads the title of an agenda.
    pub fn new(agenda: &Agenda) -> Self {
        Self { title: meaning(agenda.title.as_deref().unwrap_or_default()).into_iter().collect() }
    }

    /// The files of a requirement whose names say nothing but what its document is about, and something that it says itself.
    pub fn places(&self, engine: &Evidence<'_>, demand: &Demand) -> Vec<usize> {
        let own: BTreeSet<String> = meaning(&demand.summary()).into_iter().collect();
        let is_named_after = |file: &usize| {
            let mut name: BTreeSet<String> =
                meaning(kin::stem(&engine.workspace.files[*file].path)).into_iter().collect();
            name.retain(|stem| !ROLES.contains(&stem.as_str()));
            name.len() >= WORDS && name.is_subset(&self.title) && name.iter().any(|stem| own.contains(stem))
        };
        let ranked = engine.ranked(&demand.id).iter().take(LOOKED).map(|ranked| ranked.file);
        let found: Vec<usize> = ranked.filter(is_named_after).take(FILES + 1).collect();
        if found.len() > FILES { Vec::new() } else { found }
    }
}
