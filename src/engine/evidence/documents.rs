//! Finds the documents in which what is asked for is told.

use super::places::{Told, of_literals};
use super::spot::Spot;
use super::{Evidence, kin, section};
use crate::document::Demand;
use crate::research::{Strength, Work, subject, work};
use crate::text::says;

/// Documents for more requirements than this are each looked for by their own words alone.
const FEW: usize = 8;

/// The places of a documentation requirement with the documents that say what the code requirements write out.
pub(super) fn with_told(engine: &Evidence<'_>, demand: &Demand, mut spots: Vec<Spot>, told: &Told) -> Vec<Spot> {
    // Whoever names the README means no other document.
    let about = subject(&demand.statement);
    let is_meant = |spot: &Spot| {
        let name = kin::stem(&engine.workspace.files[spot.file].path);
        !name.contains(char::is_lowercase) && says(&about, name)
    };
    if spots.iter().any(is_meant) {
        spots.retain(is_meant);
        return spots;
    }
    let code: Vec<&Demand> = engine.agenda.requirements.iter().filter(|other| work(other) == Work::Code).collect();
    let said = if code.len() > FEW { Vec::new() } else { of_literals(engine, demand, &code, told) }.into_iter();
    let new: Vec<Spot> = said.filter(|said| !kin::is_changelog(&engine.workspace.files[said.file].path)).collect();
    spots.retain(|spot| {
        let is_new = new.iter().any(|new| new.file == spot.file);
        !is_new && (new.is_empty() || spot.strength > Strength::Possible) || spot.strength == Strength::Strong
    });
    let new = new.into_iter().filter(|new| spots.iter().all(|spot| spot.file != new.file)).collect::<Vec<_>>();
    spots.extend(new);
    spots
}

/// Places of documentation requirements for which only weak signs speak, where a heading of the best says what is asked for.
pub(super) fn headed(engine: &Evidence<'_>) -> Vec<(String, Vec<Spot>)> {
    let told = engine.agenda.requirements.iter().filter(|demand| work(demand) == Work::Documentation);
    let found = told.filter_map(|demand| {
        let first = engine.spots(&demand.id).first().filter(|first| first.strength == Strength::Possible)?;
        let is_headed = section::is_headed(engine, &engine.workspace.files[first.file].path, demand);
        is_headed.then(|| (demand.id.to_string(), vec![Spot { strength: Strength::Likely, ..first.clone() }]))
    });
    found.collect()
}
