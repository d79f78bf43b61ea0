//! Tells where in a component the work on each requirement of a phase starts, or what is read first.

use crate::research::{Component, SourceId, SymbolRef, joined};

/// Where in a component work starts.
pub(super) struct Starts {
    /// What follows its path.
    pub at: String,
    /// What follows the whole sentence.
    pub first: String,
    /// What shows it.
    pub sources: Vec<SourceId>,
}

/// So many definitions are told for each requirement, and one more where several are read.
const TOLD: usize = 2;

/// Requirements that start at the same definitions, or that are only near some.
struct Group<'c> {
    requirements: Vec<String>,
    is_sure: bool,
    symbols: Vec<&'c SymbolRef>,
}

/// Where the work on some requirements starts; with `all`, everything that it could be near is told as one place.
pub(super) fn starts(component: &Component, serves: &[String], all: bool) -> Starts {
    let groups = groups(component, serves, all);
    let (mut at, mut first) = (String::new(), String::new());
    for Group { requirements, is_sure, symbols } in &groups {
        let names: Vec<String> =
            symbols.iter().map(|symbol| format!("`{}` (line {})", symbol.name, symbol.first)).collect();
        let (names, whose, is_whole) = (joined(&names), joined(requirements), requirements.len() == serves.len());
        match (is_sure, is_whole) {
            (true, true) => {
                // One more setting goes beside its sibling.
                let beside = symbols.iter().all(|symbol| symbol.kind == "setting");
                at = format!(" {} {names}", if beside { "beside" } else { "at" });
            }
            (true, false) => {
                let verb = if requirements.len() == 1 { "starts" } else { "start" };
                first.push_str(&format!(" {whose} {verb} at {names}."));
            }
            (false, true) => first.push_str(&format!(" Read {names} first.")),
            (false, false) => first.push_str(&format!(" Read {names} first for {whose}.")),
        }
    }
    let mut sources: Vec<SourceId> = Vec::new();
    for symbol in groups.iter().flat_map(|group| &group.symbols) {
        if !sources.contains(&symbol.source) {
            sources.push(symbol.source);
        }
    }
    if sources.is_empty() {
        sources = component.sources.iter().take(TOLD + 1).copied().collect();
    }
    Starts { at, first, sources }
}

fn groups<'c>(component: &'c Component, serves: &[String], all: bool) -> Vec<Group<'c>> {
    let mut groups: Vec<Group<'c>> = Vec::new();
    for id in serves {
        let near = || component.symbols.iter().filter(|symbol| symbol.requirements.contains(id));
        // Where work starts somewhere for sure, what else it could be near is not told.
        let mut own: Vec<&SymbolRef> = near().filter(|symbol| all || symbol.starts.contains(id)).collect();
        let is_sure = !own.is_empty();
        if !is_sure {
            own = near().collect();
        }
        own.truncate(TOLD);
        // What is only near is read whatever it is for.
        let same = |group: &&mut Group<'_>| group.is_sure == is_sure && (all || !is_sure || group.symbols == own);
        match groups.iter_mut().find(same) {
            Some(group) => {
                group.requirements.push(id.clone());
                let new: Vec<&SymbolRef> = own.into_iter().filter(|symbol| !group.symbols.contains(symbol)).collect();
                group.symbols.extend(new);
                group.symbols.truncate(TOLD + 1);
            }
            None if own.is_empty() => {}
            None => groups.push(Group { requirements: vec![id.clone()], is_sure, symbols: own }),
        }
    }
    // What is a start for one need not be read for another.
    let sure: Vec<&SymbolRef> =
        groups.iter().filter(|group| group.is_sure).flat_map(|group| group.symbols.clone()).collect();
    for group in groups.iter_mut().filter(|group| !group.is_sure) {
        group.symbols.retain(|symbol| !sure.contains(symbol));
    }
    groups.retain(|group| !group.symbols.is_empty());
    groups
}
