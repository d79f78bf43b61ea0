//! Orders what is built by what needs what.

use std::collections::BTreeMap;

use super::phases::{Package, is_sure, orders};
use crate::research::{Agenda, Component, prepares};

/// How many files of one group are used by files of another that does not touch them itself.
fn uses(components: &[Component], from: &[usize], to: &[usize]) -> usize {
    from.iter()
        .flat_map(|&user| to.iter().map(move |&used| (user, used)))
        .filter(|(user, used)| {
            !from.contains(used)
                && is_sure(&components[*user])
                && orders(&components[*used])
                && components[*user].uses.iter().any(|(path, _)| *path == components[*used].path)
        })
        .count()
}

/// Where a file stands between what keeps data and what shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Layer {
    Data,
    Logic,
    Interface,
}

fn layer(path: &str) -> Layer {
    const DATA: &[&str] = &["migrations", "migration", "schema", "schemas", "models", "sql"];
    const INTERFACE: &[&str] = &[
        "frontend",
        "web",
        "ui",
        "cli",
        "dashboard",
        "sdk",
        "sdks",
        "client",
        "clients",
        "views",
        "pages",
        "components",
        "templates",
    ];
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    let says = |names: &[&str]| path.split('/').any(|part| names.contains(&part));
    match ending {
        "tsx" | "jsx" | "vue" | "svelte" | "html" | "css" => Layer::Interface,
        _ if says(INTERFACE) => Layer::Interface,
        "sql" | "prisma" => Layer::Data,
        _ if says(DATA) => Layer::Data,
        _ => Layer::Logic,
    }
}

/// The layer of what a package starts at.
fn layer_of(package: &Package, components: &[Component]) -> Layer {
    package.components.first().map_or(Layer::Logic, |&first| layer(&components[first].path))
}

/// Packages so that what is asked for comes before what speaks of it, and what is used before what uses it where they do
/// not speak of each other; else data before logic before interface, and equals in the order of the requirements.
pub(super) fn ordered(agenda: &Agenda, packages: &[Package], components: &[Component]) -> Vec<usize> {
    let count = packages.len();
    let edges: Vec<Vec<usize>> = (0..count)
        .map(|from| {
            (0..count).map(|to| uses(components, &packages[from].components, &packages[to].components)).collect()
        })
        .collect();
    let mut home = BTreeMap::new();
    for (package, id) in
        packages.iter().enumerate().flat_map(|(at, own)| own.requirements.iter().map(move |id| (at, id)))
    {
        home.insert(agenda.position(id), package);
    }
    // What each package speaks of, also by way of others.
    let mut needs = vec![vec![false; count]; count];
    for (from, package) in packages.iter().enumerate() {
        for id in &package.requirements {
            let Some(referral) = agenda.referral(id) else { continue };
            for asks in referral.all() {
                let Some(&to) = home.get(&Some(asks)).filter(|to| **to != from) else { continue };
                // What switches or keeps it is there before what it is spoken of.
                let first = agenda.requirement(id).is_some_and(prepares) && !prepares(&agenda.requirements[asks]);
                let (by, of) = if first { (to, from) } else { (from, to) };
                needs[by][of] = true;
            }
        }
    }
    for (by, from) in (0..count).flat_map(|by| (0..count).map(move |from| (by, from))) {
        if needs[from][by] {
            let further = needs[by].clone();
            for (to, need) in needs[from].iter_mut().enumerate() {
                *need |= further[to] && from != to;
            }
        }
    }
    let spoken = needs.clone();
    for (from, to) in (0..count).flat_map(|from| (0..count).map(move |to| (from, to))) {
        let speak = spoken[from][to] || spoken[to][from];
        needs[from][to] |= from != to && !speak && edges[from][to] > edges[to][from];
    }
    let layers: Vec<Layer> = packages.iter().map(|package| layer_of(package, components)).collect();
    let prepares = |id: &String| agenda.requirement(id).is_some_and(prepares);
    let first: Vec<bool> = packages.iter().map(|package| package.requirements.iter().any(prepares)).collect();
    let mut left: Vec<usize> = (0..count).collect();
    let mut order = Vec::with_capacity(count);
    while !left.is_empty() {
        let among = |needs: &[Vec<bool>], package: usize| left.iter().filter(|&&other| needs[package][other]).count();
        let unmet = |&package: &usize| (among(&spoken, package), among(&needs, package));
        // Without a circle somebody has no unmet need; in a circle the one with the fewest goes first.
        let Some(at) = left
            .iter()
            .enumerate()
            .min_by_key(|(index, package)| (unmet(package), !first[**package], layers[**package], *index))
            .map(|(at, _)| at)
        else {
            break;
        };
        order.push(left.remove(at));
    }
    order
}
