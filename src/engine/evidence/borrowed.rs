//! Gives requirements without places of their own those of what they speak of, and guards those of what they guard.

use std::collections::BTreeSet;

use super::Evidence;
use super::literal;
use super::places::likely;
use super::spot::Spot;
use crate::document::Demand;
use crate::research::{Strength, Work, is_negative, work};
use crate::text::stems;
use crate::workspace::{Cancel, Cancelled};

/// The places of requirements that other work must not break: where that other work is done, which is the nearest
/// requirement that speaks of the same.
pub fn of_guards(engine: &Evidence<'_>) -> Vec<(String, Vec<Spot>)> {
    let demands = &engine.agenda.requirements;
    let words = |demand: &Demand| -> BTreeSet<String> {
        engine.query(demand).own().map(|wanted| wanted.stem.clone()).collect()
    };
    let guards = demands.iter().enumerate().filter(|(_, demand)| work(demand) == Work::Guard);
    guards
        .filter_map(|(at, guard)| {
            // What it writes out stands somewhere already, and that is what it looks after.
            let summary = guard.summary();
            if !literal::written(&summary).is_empty() && !engine.spots(&guard.id).is_empty() {
                return None;
            }
            let own = words(guard);
            let others = demands.iter().enumerate().filter(|(_, other)| work(other) == Work::Code);
            let shared = others.map(|(index, other)| (own.intersection(&words(other)).count(), index, other));
            // Of equals the one before it, which it was written to restrain.
            let near = |index: usize| (index > at, index.abs_diff(at));
            let (count, _, guarded) =
                shared.max_by_key(|(count, index, _)| (*count, std::cmp::Reverse(near(*index))))?;
            // One that speaks of nothing else here, and has a place of its own, is looked after there.
            let placed = engine.spots(&guard.id).first().is_some_and(|spot| spot.strength > Strength::Possible);
            if count == 0 && placed {
                // Of its own places, what other work touches is what it guards.
                let touched = |spot: &&Spot| {
                    let code = demands.iter().filter(|other| work(other) == Work::Code);
                    code.flat_map(|other| engine.spots(&other.id)).any(|other| other.file == spot.file)
                };
                let spots: Vec<Spot> = engine.spots(&guard.id).iter().filter(touched).cloned().collect();
                return (!spots.is_empty()).then(|| (guard.id.to_string(), spots));
            }
            let mut spots = engine.spots(&guarded.id).to_vec();
            // What the guarded one speaks of, the guard need not.
            spots.iter_mut().for_each(|spot| spot.with = None);
            (!spots.is_empty()).then(|| (guard.id.to_string(), spots))
        })
        .collect()
}

/// Places of requirements that have no sure one of their own and speak of what an earlier one asks for: those of the
/// earlier one, or of what that speaks of in turn, that bear the words by which it is spoken of.
///
/// # Errors
/// [`Cancelled`] once `cancel` is set.
pub fn of_referrals(engine: &Evidence<'_>, cancel: &Cancel) -> Result<Vec<(String, Vec<Spot>)>, Cancelled> {
    let is_sure = |spot: &&Spot| spot.strength > Strength::Possible;
    let unplaced =
        |demand: &&Demand| work(demand) == Work::Code && !engine.spots(&demand.id).iter().any(|spot| is_sure(&spot));
    let mut found = Vec::new();
    for demand in engine.agenda.requirements.iter().filter(unplaced) {
        cancel.check()?;
        let mut from = demand;
        while let Some(referral) = engine.agenda.referral(&from.id) {
            from = &engine.agenda.requirements[referral.asks];
            let shared: BTreeSet<String> = referral.words.iter().flat_map(|word| stems(word)).collect();
            let bears =
                |spot: &&Spot| stems(&engine.workspace.files[spot.file].path).iter().any(|stem| shared.contains(stem));
            let places: Vec<&Spot> = engine.spots(&from.id).iter().filter(is_sure).filter(bears).collect();
            if !places.is_empty() {
                found.push((demand.id.to_string(), led(engine, demand, &from.id, &places)));
                break;
            }
        }
    }
    found.retain(|(_, spots)| !spots.is_empty());
    Ok(found)
}

/// So many other requirements make a file the one in which the document's work is done, and so far down its own ranking
/// one is looked for that has only weak signs.
const HUB: usize = 2;
const LOOKED: usize = 10;

/// Places of requirements for which only weak signs speak: of what speaks for them the file in which most others are
/// built, two at least.
pub fn of_hubs(engine: &Evidence<'_>) -> Vec<(String, Vec<Spot>)> {
    let is_sure = |spot: &Spot| spot.strength > Strength::Possible;
    let code = || engine.agenda.requirements.iter().filter(|demand| work(demand) == Work::Code);
    let others = |file: usize| {
        code().filter(|demand| engine.spots(&demand.id).iter().any(|spot| spot.file == file && is_sure(spot))).count()
    };
    let unsure = code().filter(|demand| {
        let spots = engine.spots(&demand.id);
        !spots.is_empty() && !spots.iter().any(is_sure)
    });
    let found = unsure.filter_map(|demand| {
        let ranked = engine.ranked(&demand.id).iter().take(LOOKED).map(|ranked| ranked.file);
        let counted = ranked.enumerate().map(|(at, file)| (others(file), std::cmp::Reverse(at), file));
        let (count, _, file) = counted.filter(|(count, ..)| *count >= HUB).max()?;
        let place = likely(engine, demand, &[file]).pop()?;
        let because = format!("{count} other requirements are built there");
        let place = Spot { because: Some(because), ..place };
        // What more speaks for is worth a look all the same.
        let first = engine.spots(&demand.id).first().filter(|first| first.file != file && first.score > place.score);
        Some((demand.id.to_string(), std::iter::once(place).chain(first.cloned()).collect()))
    });
    found.collect()
}

/// Places of requirements that forbid something of what an earlier one asks for: of their own places those where that is
/// built, if any is.
pub fn of_prohibitions(engine: &Evidence<'_>) -> Vec<(String, Vec<Spot>)> {
    let forbids = |demand: &&Demand| work(demand) == Work::Code && is_negative(&demand.statement);
    let found = engine.agenda.requirements.iter().filter(forbids).filter_map(|demand| {
        let asks = &engine.agenda.requirements[engine.agenda.referral(&demand.id)?.asks].id;
        let built: BTreeSet<usize> = engine.spots(asks).iter().map(|spot| spot.file).collect();
        let own = engine.spots(&demand.id).iter().filter(|spot| built.contains(&spot.file)).cloned();
        Some((demand.id.to_string(), own.collect::<Vec<_>>()))
    });
    found.filter(|(_, spots)| !spots.is_empty()).collect()
}

/// Places of another requirement as those of one that speaks of it.
fn led(engine: &Evidence<'_>, demand: &Demand, with: &str, places: &[&Spot]) -> Vec<Spot> {
    let files: Vec<usize> = places.iter().map(|place| place.file).collect();
    likely(engine, demand, &files).into_iter().map(|spot| Spot { with: Some(with.to_owned()), ..spot }).collect()
}
