//! Cuts phases from what the requirements touch, and orders them by what needs what.

use std::collections::BTreeMap;

use super::order::ordered;
use crate::document::Demand;
use crate::research::{
    Action, Agenda, Component, Home, SourceId, Strength, Work, heading, is_negative, joined, prepares, sentence,
    switches, work,
};

/// A stage of the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phase {
    /// From 1.
    pub number: usize,
    /// A few words for it.
    pub name: String,
    /// Requirements that it serves, in the order of the document.
    pub requirements: Vec<String>,
    /// Indices of its components.
    pub components: Vec<usize>,
    /// Phases that must be finished first, each with the reason.
    pub depends_on: Vec<Needs>,
}

/// That one phase needs another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needs {
    /// The phase's number.
    pub phase: usize,
    /// Why.
    pub reason: Reason,
}

/// Why one phase needs another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// One of its files uses one of the other.
    Uses {
        /// The file that uses.
        user: String,
        /// The file that is used.
        used: String,
        /// The line that shows it.
        source: SourceId,
    },
    /// It tells what the other builds.
    Tells,
    /// One of its requirements rests on what the other keeps, or switches.
    Rests {
        /// The requirement that rests.
        on: String,
        /// The requirement that keeps, or switches.
        by: String,
    },
    /// One of its requirements speaks of what one of the other asks for.
    Speaks {
        /// The requirement that speaks.
        of: String,
        /// The requirement that asks.
        asks: String,
        /// What they share, as the first writes it.
        words: Vec<String>,
    },
}

/// More phases than this are no stages any more.
const MAX_PHASES: usize = 7;

/// So many more requirements are named in the title of a phase.
const WITH: usize = 3;

/// Requirements that are built together.
#[derive(Debug, Default)]
pub(super) struct Package {
    /// The file at which its work starts; empty where none is known.
    pub home: String,
    pub requirements: Vec<String>,
    pub components: Vec<usize>,
}

impl Package {
    /// Takes in another one.
    fn absorb(&mut self, other: Self) {
        self.requirements.extend(other.requirements);
        for component in other.components {
            if !self.components.contains(&component) {
                self.components.push(component);
            }
        }
    }
}

/// The phases of a plan.
pub fn phases(agenda: &Agenda, components: &[Component], homes: &[Home]) -> Vec<Phase> {
    let mut packages = packages(agenda, components, homes);
    let order = ordered(agenda, &packages, components);
    packages = take(packages, &order);
    // How good it is shows once it is built, and what is built is told last.
    packages.sort_by_key(|package| (is_told(agenda, &package.requirements), is_quality(&package.requirements)));
    while packages.len() > MAX_PHASES {
        let size = |i: &usize| packages[*i].requirements.len() + packages[*i + 1].requirements.len();
        let Some(smallest) = (0..packages.len() - 1).min_by_key(size) else { break };
        let merged = packages.remove(smallest + 1);
        packages[smallest].absorb(merged);
    }
    let place = |id: &String| agenda.position(id);
    let mut phases: Vec<Phase> = Vec::new();
    for (index, mut package) in packages.into_iter().enumerate() {
        package.requirements.sort_by_key(place);
        let told = is_told(agenda, &package.requirements);
        let tells = |earlier: &Phase| (told && !is_told(agenda, &earlier.requirements)).then_some(Reason::Tells);
        let asks = |earlier: &Phase| {
            let rests = || rests(agenda, &package.requirements, &earlier.requirements);
            speaks(agenda, &package.requirements, &earlier.requirements).or_else(rests)
        };
        let uses = |earlier: &Phase| {
            let (user, used, source) = first_use(components, &package.components, &earlier.components)?;
            Some(Reason::Uses { user, used, source })
        };
        let all = |why: &dyn Fn(&Phase) -> Option<Reason>| -> Vec<Needs> {
            phases.iter().filter_map(|earlier| Some(Needs { phase: earlier.number, reason: why(earlier)? })).collect()
        };
        let depends_on = if told {
            all(&tells)
        } else {
            // What is to be built says more of the order than what imports what today.
            let mut needs = all(&asks);
            let asked: Vec<usize> = needs.iter().map(|needs| needs.phase).collect();
            let known = |used: &str| {
                let touches = |phase: &&Phase| phase.components.iter().any(|&index| components[index].path == *used);
                phases.iter().filter(|phase| asked.contains(&phase.number)).any(|phase| touches(&phase))
            };
            // What comes before a phase that comes before this one need not be said again.
            let mut before = asked.clone();
            let mut at = 0;
            while let Some(number) = before.get(at).copied() {
                let needs = phases[number - 1].depends_on.iter().map(|needs| needs.phase);
                before.extend(needs.filter(|phase| !before.contains(phase)).collect::<Vec<_>>());
                at += 1;
            }
            let others = all(&uses).into_iter().filter(|needs| !before.contains(&needs.phase));
            needs.extend(others.filter(|needs| matches!(&needs.reason, Reason::Uses { used, .. } if !known(used))));
            needs.sort_by_key(|needs| needs.phase);
            needs
        };
        phases.push(Phase {
            number: index + 1,
            name: name(agenda, &package.requirements),
            requirements: package.requirements,
            components: package.components,
            depends_on,
        });
    }
    phases
}

/// Whether some requirements say only how good the rest must be, as their ids tell.
fn is_quality(requirements: &[String]) -> bool {
    !requirements.is_empty() && requirements.iter().all(|id| id.to_uppercase().starts_with("NFR"))
}

/// Whether all that some requirements ask for is documentation.
fn is_told(agenda: &Agenda, requirements: &[String]) -> bool {
    let told = |id: &String| agenda.requirement(id).is_some_and(|demand| work(demand) == Work::Documentation);
    !requirements.is_empty() && requirements.iter().all(told)
}

/// Requirements whose work starts at one definition are one package; a component belongs to every package that
/// touches it.
fn packages(agenda: &Agenda, components: &[Component], homes: &[Home]) -> Vec<Package> {
    let mut by_home: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut packages: Vec<Package> = Vec::new();
    for demand in &agenda.requirements {
        let id = demand.id.to_string();
        let mut own: Vec<usize> =
            (0..components.len()).filter(|&index| components[index].requirements.contains(&id)).collect();
        let home =
            homes.iter().find(|home| home.requirement == id).map(|home| (home.path.as_str(), home.entry.as_str()));
        // Where the work starts is told first.
        let starts = |index: usize| home.is_some_and(|(path, _)| components[index].path == path);
        own.sort_by_key(|&index| (!starts(index), std::cmp::Reverse(rank(&components[index])), index));
        let package = match home.or_else(|| own.first().map(|&home| (components[home].path.as_str(), ""))) {
            Some(home) => *by_home.entry(home).or_insert_with(|| {
                packages.push(Package { home: home.0.to_owned(), ..Package::default() });
                packages.len() - 1
            }),
            None => {
                packages.push(Package::default());
                packages.len() - 1
            }
        };
        let package = &mut packages[package];
        package.requirements.push(id);
        for component in own {
            if !package.components.contains(&component) {
                package.components.push(component);
            }
        }
    }
    let restrained: Vec<Option<usize>> = (0..packages.len()).map(|at| restrained(agenda, &packages, at)).collect();
    for (at, of) in restrained.iter().enumerate() {
        let Some(of) = *of else { continue };
        let restraining = std::mem::take(&mut packages[at]);
        packages[of].absorb(restraining);
    }
    packages.retain(|package| !package.requirements.is_empty());
    while let Some((at, of)) = (0..packages.len()).find_map(|at| Some((at, switched(agenda, &packages, at)?))) {
        // The switch is there first.
        let mut switch = std::mem::take(&mut packages[at]);
        std::mem::swap(&mut switch.components, &mut packages[of].components);
        packages[of].absorb(switch);
        packages.remove(at);
    }
    packages
}

/// The package that one only switches: a switch alone does nothing that could be shipped, or seen by a test.
fn switched(agenda: &Agenda, packages: &[Package], at: usize) -> Option<usize> {
    let own = &packages[at];
    if !own.requirements.iter().all(|id| agenda.requirement(id).is_some_and(switches)) {
        return None;
    }
    let asked = own.requirements.iter().find_map(|id| Some(agenda.referral(id)?.asks))?;
    let holds = |package: &Package| package.requirements.iter().any(|id| agenda.position(id) == Some(asked));
    (0..packages.len()).find(|&other| other != at && holds(&packages[other]))
}

/// The package that one only restrains: whoever builds that has to heed it, so they are built together. What must stay
/// restrains what it speaks of, or the code before it; what must not be done, what else is done in the same file.
fn restrained(agenda: &Agenda, packages: &[Package], at: usize) -> Option<usize> {
    let own = &packages[at];
    let all = |is: &dyn Fn(&Demand) -> bool| own.requirements.iter().all(|id| agenda.requirement(id).is_some_and(is));
    let builds = |other: &&(usize, &Package)| {
        let built = |id: &String| agenda.requirement(id).is_some_and(|one| work(one) == Work::Code && !forbids(one));
        other.0 != at && other.1.requirements.iter().any(built)
    };
    let others = || packages.iter().enumerate().filter(|other| builds(&other));
    if all(&|demand| work(demand) == Work::Guard) {
        let spoken = own.requirements.iter().filter_map(|id| Some(agenda.referral(id)?.asks)).next();
        let holds =
            |package: &Package, asked: usize| package.requirements.iter().any(|id| agenda.position(id) == Some(asked));
        let first = own.requirements.first().and_then(|id| agenda.position(id));
        let before = || others().rfind(|(_, other)| other.requirements.iter().any(|id| agenda.position(id) < first));
        let spoken = spoken.and_then(|asked| others().find(|(_, other)| holds(other, asked)));
        return spoken.or_else(before).or_else(|| others().next()).map(|(other, _)| other);
    }
    let same_home = |(_, other): &(usize, &Package)| !own.home.is_empty() && other.home == own.home;
    all(&forbids).then(|| others().find(same_home).map(|(other, _)| other)).flatten()
}

/// Whether all that a requirement asks for is that something is not done.
fn forbids(demand: &Demand) -> bool {
    work(demand) == Work::Code && is_negative(&demand.statement)
}

fn rank(component: &Component) -> (Strength, bool) {
    (component.strength, component.action == Action::Create)
}

/// Whether the order of phases may rest on a component: a place that may not change at all orders nothing.
pub(super) fn is_sure(component: &Component) -> bool {
    component.strength > Strength::Possible || component.action == Action::Create
}

/// Whether what uses a component waits for it: only where it is all but sure that it changes.
pub(super) fn orders(component: &Component) -> bool {
    component.strength == Strength::Strong || component.action == Action::Create
}

/// The first use of one group's files by another's.
fn first_use(components: &[Component], users: &[usize], used: &[usize]) -> Option<(String, String, SourceId)> {
    users.iter().find_map(|&user| {
        used.iter().filter(|&&other| other != user && !users.contains(&other)).find_map(|&other| {
            if !is_sure(&components[user]) || !orders(&components[other]) {
                return None;
            }
            let (path, source) = components[user].uses.iter().find(|(path, _)| *path == components[other].path)?;
            Some((components[user].path.clone(), path.clone(), *source))
        })
    })
}

/// The first requirement of some that speaks of what one of others asks for.
fn speaks(agenda: &Agenda, users: &[String], asked: &[String]) -> Option<Reason> {
    users.iter().find_map(|user| {
        let referral = agenda.referral(user)?;
        let mut all = referral.all().map(|asks| &agenda.requirements[asks].id);
        let asks = all.find(|asks| asked.iter().any(|id| **id == ***asks))?;
        Some(Reason::Speaks { of: user.clone(), asks: asks.to_string(), words: referral.words.clone() })
    })
}

/// The first of earlier requirements that keeps, or switches, what one of later ones asks for.
fn rests(agenda: &Agenda, later: &[String], earlier: &[String]) -> Option<Reason> {
    earlier.iter().filter(|id| agenda.requirement(id).is_some_and(prepares)).find_map(|by| {
        let asks = &agenda.requirements[agenda.referral(by)?.asks].id;
        let on = later.iter().find(|id| ***id == **asks)?;
        Some(Reason::Rests { on: on.clone(), by: by.clone() })
    })
}

fn take(mut packages: Vec<Package>, order: &[usize]) -> Vec<Package> {
    order.iter().map(|&index| std::mem::take(&mut packages[index])).collect()
}

fn name(agenda: &Agenda, requirements: &[String]) -> String {
    let Some(first) = requirements.first().and_then(|id| agenda.requirement(id)) else { return String::new() };
    let name = match &first.title {
        Some(title) => title.to_string(),
        None => heading(&first.statement),
    };
    let name = sentence(&name.replace(['[', ']', '`', '*'], "")).trim_end_matches('.').to_owned();
    match &requirements[1..] {
        [] => name,
        others if others.len() <= WITH => format!("{name} (with {})", joined(others)),
        others => format!("{name} (with {} and {} more)", others[..WITH].join(", "), others.len() - WITH),
    }
}
