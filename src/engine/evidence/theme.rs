//! Finds the files that are named after what a document is about: `tenant_limit.go` in one of limits for each tenant.

use std::collections::BTreeSet;

use super::precedent::meaning;
use super::{Evidence, kin};
use crate::document::Demand;
use crate::research::{Agenda, joined, subject};
use crate::text::{split_identifier, stems};

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
/// A file that bears a word of the subject is among so many of the best.
const NEAR: usize = 3;
/// More files than this are named alike for another reason.
const FILES: usize = 2;

/// What a document is about: the words of its title.
#[derive(Debug, Default)]
pub struct Theme {
    /// Its meaningful words, as stems.
    pub title: BTreeSet<String>,
}

impl Theme {
    /// Reads the title of an agenda.
    pub fn new(agenda: &Agenda) -> Self {
        Self { title: meaning(agenda.title.as_deref().unwrap_or_default()).into_iter().collect() }
    }

    /// Whether a name says nothing but what the document is about.
    pub fn is_named_after(&self, name: &str) -> bool {
        let name = meaning(name);
        !name.is_empty() && name.iter().all(|stem| self.title.contains(stem))
    }

    /// Why a file is such a place, as a sentence without its full stop.
    pub fn because(&self, engine: &Evidence<'_>, file: usize) -> String {
        let name = kin::stem(&engine.workspace.files[file].path);
        let said =
            split_identifier(name).into_iter().filter(|word| stems(word).iter().any(|stem| self.title.contains(stem)));
        let said: Vec<String> = said.map(|word| format!("“{word}”")).collect();
        format!("it is named after what the document is about: {}", joined(&said))
    }

    /// What a requirement and the title both say.
    pub fn shared(&self, demand: &Demand) -> BTreeSet<String> {
        meaning(&demand.summary()).into_iter().filter(|stem| self.title.contains(stem)).collect()
    }

    /// The files of a requirement whose names say nothing but what its document is about, and something that it says itself.
    pub fn places(&self, engine: &Evidence<'_>, demand: &Demand) -> Vec<usize> {
        let own: BTreeSet<String> = meaning(&demand.summary()).into_iter().collect();
        // A type that is the subject is found as such.
        let about = subject(&demand.statement);
        let about: BTreeSet<String> =
            if about.contains('`') { BTreeSet::new() } else { meaning(&about).into_iter().collect() };
        let is_named_after = |file: &usize| {
            let path = &engine.workspace.files[*file].path;
            let mut name: BTreeSet<String> = meaning(kin::stem(path)).into_iter().collect();
            name.retain(|stem| !ROLES.contains(&stem.as_str()));
            // What lies in a folder of what is asked for needs to say less itself.
            let folders: BTreeSet<String> = kin::folders(path).flat_map(meaning).collect();
            let lies_in = folders.intersection(&own).count() >= WORDS;
            let says_own = || name.len() >= WORDS && name.iter().any(|stem| own.contains(stem));
            !name.is_empty() && name.is_subset(&self.title) && (lies_in || says_own())
        };
        let ranked = engine.ranked(&demand.id).iter().take(LOOKED).map(|ranked| ranked.file);
        let mut found: Vec<usize> = ranked.filter(is_named_after).take(FILES + 1).collect();
        if found.len() > FILES {
            found.clear();
        }
        // One word of the subject is enough where it is near the best, and no other good one bears it.
        let bears = |file: &usize| {
            let name: BTreeSet<String> = meaning(kin::stem(&engine.workspace.files[*file].path)).into_iter().collect();
            !name.is_empty() && name.is_subset(&self.title) && name.is_subset(&about)
        };
        let ranked = engine.ranked(&demand.id).iter().take(LOOKED).map(|ranked| ranked.file);
        let mut all = ranked.enumerate().filter(|(_, file)| bears(file));
        if let (Some((rank, only)), None) = (all.next(), all.next())
            && rank < NEAR
            && !found.contains(&only)
        {
            found.push(only);
        }
        // The best of all needs only to say so among other words.
        let first = engine.ranked(&demand.id).first().map(|ranked| ranked.file);
        let says_title = |file: &usize| {
            let name: BTreeSet<String> = meaning(kin::stem(&engine.workspace.files[*file].path)).into_iter().collect();
            name.intersection(&self.title).count() >= WORDS && !name.is_disjoint(&own)
        };
        found.extend(first.filter(says_title).filter(|first| !found.contains(first)));
        found
    }
}
