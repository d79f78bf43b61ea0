//! Chooses the definitions of a file at which work on a requirement starts.

use std::collections::BTreeSet;

use super::locate::{Locator, SHARPNESS, is_named};
use super::spot::Spot;
use super::{Evidence, bases, named};
use crate::document::Demand;
use crate::research::subject;
use crate::workspace::Symbol;

/// Whether a definition is what makes a type.
fn is_made_by(own: &Symbol, makes: &Symbol) -> bool {
    own.kind.is_container() && makes.parent.as_ref() == Some(&own.name) && makes.makes_parent()
}

/// A second definition with so much of the score of the best one holds a change in one of three past commits, one with less in
/// one of five (`docs/evidence.md`).
const NEXT: f32 = 0.75;

/// What the best definition has of all voices for a file's definitions, where it held a change in seven of ten past commits;
/// with less it did in four (`docs/evidence.md`).
const SURE: f32 = 0.4;

/// Where in a file work starts.
#[derive(Debug, Clone, Default)]
pub struct Start {
    /// Indices of definitions, the best first.
    pub symbols: Vec<usize>,
    /// Whether the first is likely where it starts, and not only near that.
    pub is_sure: bool,
}

/// The definitions of a file at which work on a requirement starts.
pub fn first(engine: &Evidence<'_>, locator: &Locator<'_>, demand: &Demand, file: usize) -> Start {
    let source = &engine.workspace.files[file];
    let best = locator.definitions(file, &engine.bodies(file), engine.query(demand));
    let most = best.iter().map(|(_, score)| *score).fold(0.0, f32::max);
    let voice = |score: f32| (SHARPNESS * (score / most - 1.0)).exp();
    let share =
        voice(best.first().map_or(0.0, |(_, score)| *score)) / best.iter().map(|(_, score)| voice(*score)).sum::<f32>();
    let first = best.first().map(|(at, _)| *at);
    let best = best.into_iter().filter(|(at, score)| Some(*at) == first || *score >= NEXT * most).map(|(at, _)| at);
    let best: Vec<usize> = best.collect();
    let (mut symbols, of_type) = match named::first_of_type(engine, demand, file, &best) {
        Some(own) => (own, true),
        None => (best, false),
    };
    let is_ruled = bases::instead(engine, demand, file, &mut symbols) || of_type;
    // What is chosen by more than its words is sure.
    let is_subject = |at: usize| {
        let own = &source.symbols[at];
        is_named(source, own, engine.query(demand)) && subject(&demand.statement).contains(&own.name)
    };
    let is_sure = share >= SURE || is_ruled || first.is_some_and(is_subject);
    // Overloads are one place.
    let mut seen = BTreeSet::new();
    symbols.retain(|&at| seen.insert(source.symbols[at].qualified()));
    // What makes a type is named with it only where it is handed something.
    if let [own, makes, ..] = symbols[..]
        && is_made_by(&source.symbols[own], &source.symbols[makes])
        && !named::is_handed(demand)
    {
        symbols.remove(1);
    }
    symbols.truncate(2);
    if symbols.is_empty() {
        symbols.extend(source.symbols.iter().position(|symbol| !symbol.is_test));
    }
    Start { symbols, is_sure }
}

/// A place whose work starts in the definition around a line.
pub fn around(engine: &Evidence<'_>, spot: Spot, line: usize) -> Spot {
    let symbols = &engine.workspace.files[spot.file].symbols;
    let around = (0..symbols.len()).filter(|&at| (symbols[at].first..=symbols[at].last).contains(&line));
    match around.min_by_key(|&at| symbols[at].last - symbols[at].first) {
        Some(around) => Spot { symbols: vec![around], starts_there: true, ..spot },
        None => Spot { symbols: Vec::new(), ..spot },
    }
}
