//! Finds the section of a document in which a requirement is told.

use std::collections::{BTreeMap, BTreeSet};

use super::locate::{WEIGHTY, Wanted, exact_names};
use super::spot::{LineKind, Spot};
use super::{Evidence, follow, kin, literal};
use crate::document::Demand;
use crate::research::{Work, work};
use crate::text::{says, stems};

/// A heading's text without the targets of its links.
fn without_links(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text.trim();
    while let Some((before, target)) = rest.split_once("](") {
        out.push_str(&before.replace('[', ""));
        rest = target.split_once(')').map_or("", |(_, after)| after);
    }
    out.push_str(&rest.replace(['[', ']'], ""));
    out.trim().to_owned()
}

/// The section in which a requirement is told at a place: the one that says what it writes out, else [`of`].
pub fn of_spot(engine: &Evidence<'_>, spot: &Spot, requirement: &str) -> Option<(usize, String)> {
    let path = &engine.workspace.files[spot.file].path;
    let above = |line: usize| {
        let lines = engine.reader.lines(path)?;
        headings(&lines)
            .into_iter()
            .take_while(|(index, _)| *index < line)
            .last()
            .map(|(index, title)| (index + 1, title))
    };
    let literal = spot.line.as_ref().filter(|line| line.kind == LineKind::Literal);
    literal.and_then(|line| above(line.number)).or_else(|| of(engine, path, engine.agenda.requirement(requirement)?))
}

/// The headings of a document outside its blocks of code: index of the line, and what it says without its marks, its
/// anchor and the targets of its links.
fn headings(lines: &[Box<str>]) -> Vec<(usize, String)> {
    let mut in_code = false;
    let mut found = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let fence = ["```", "~~~"].into_iter().find(|fence| line.trim_start().starts_with(fence));
        in_code ^= fence.is_some_and(|fence| line.matches(fence).count() == 1);
        let title = line.trim_start_matches('#');
        if line.starts_with('#') && title.starts_with(' ') && !in_code {
            let title = without_links(title.split(" {#").next().unwrap_or(title)).replace(['`', '*'], "");
            found.push((index, title.trim().to_owned()));
        }
    }
    found
}

/// So many of a requirement's own words in a heading are no chance.
const HEADED: usize = 2;

/// Whether the section in which a requirement would be told says so in its heading.
pub fn is_headed(engine: &Evidence<'_>, path: &str, demand: &Demand) -> bool {
    let own = engine.query(demand).own();
    let own: BTreeSet<&str> = own.map(|wanted| wanted.stem.as_str()).collect();
    let said = of(engine, path, demand).map(|(_, title)| stems(&title)).unwrap_or_default();
    said.iter().filter(|stem| own.contains(stem.as_str())).collect::<BTreeSet<_>>().len() >= HEADED
}

/// Whether a document has a heading that is one of some names.
pub fn titles(engine: &Evidence<'_>, path: &str, names: &BTreeSet<&str>) -> bool {
    engine
        .reader
        .lines(path)
        .is_some_and(|lines| headings(&lines).iter().any(|(_, title)| names.contains(title.as_str())))
}

/// What the name of a model says as a heading: more than words can; what another requirement writes out says less below one.
const MODEL: f32 = 100.0;
const WRITTEN: f32 = 25.0;

/// The heading of a document under which most of a requirement's words stand: its line and its title.
pub fn of(engine: &Evidence<'_>, path: &str, demand: &Demand) -> Option<(usize, String)> {
    let lines = engine.reader.lines(path)?;
    let wanted = &engine.query(demand).words;
    let models = follow::names(engine, demand);
    let about: BTreeSet<String> = stems(path).into_iter().collect();
    let code = engine.agenda.requirements.iter().filter(|other| work(other) == Work::Code);
    let own = exact_names(&demand.statement);
    let built: BTreeSet<String> = code.flat_map(|other| exact_names(&other.statement)).collect();
    let others = engine.agenda.requirements.iter().filter(|other| work(other) != Work::Documentation);
    let written: BTreeSet<&str> = others.flat_map(|other| literal::written(&other.statement)).collect();
    // A new setting is told where its sibling is.
    let spots = engine.spots.values().flatten();
    let siblings = spots.filter_map(|spot| spot.line.as_ref()).filter(|line| line.kind == LineKind::Setting);
    let siblings: BTreeSet<&str> = siblings.map(|line| line.name.as_str()).collect();
    let heads: BTreeMap<usize, String> = headings(&lines).into_iter().collect();
    let mut best: Option<(f32, usize, String)> = None;
    let mut at: Option<(usize, String)> = None;
    let mut said: BTreeMap<&str, f32> = BTreeMap::new();
    let mut weigh = |at: &Option<(usize, String)>, said: &mut BTreeMap<&str, f32>| {
        let sum: f32 = said.values().sum();
        if let Some((line, title)) = at
            && best.as_ref().is_none_or(|(most, ..)| sum > *most)
            && sum > 0.0
        {
            best = Some((sum, *line, title.clone()));
        }
        said.clear();
    };
    for (index, line) in lines.iter().enumerate() {
        let is_heading = heads.contains_key(&index);
        if let Some(bare) = heads.get(&index).cloned() {
            weigh(&at, &mut said);
            // What was made in the same way is told where this one will be told, if the requirement does not say where.
            if let Some(name) = own.get(&bare) {
                said.insert(name, 3.0 * MODEL);
            } else if let Some(name) = siblings.get(bare.as_str()) {
                said.insert(name, 2.0 * MODEL);
            } else if let Some(name) = models.get(&bare) {
                said.insert(name, MODEL);
            } else if let Some(name) = built.get(&bare) {
                said.insert(name, MODEL / 2.0);
            }
            at = Some((index + 1, bare));
        }
        for literal in written.iter().filter(|literal| says(line, literal)) {
            said.insert(literal, WRITTEN);
        }
        // What a heading says counts for more than what stands below it, most of all in the requirement's own words.
        let voice = |wanted: &Wanted| match is_heading {
            true if wanted.weight >= WEIGHTY => 6.0,
            true => 3.0,
            false => 1.0,
        };
        let stems: BTreeSet<String> = stems(line).into_iter().collect();
        // What the whole document is about tells no section, and `Setting up` is about no setting.
        let here = |wanted: &&Wanted| {
            stems.contains(&wanted.stem) && !about.contains(&wanted.stem) && !(is_heading && wanted.stem == "set")
        };
        for wanted in wanted.iter().filter(here) {
            let weight = voice(wanted) * wanted.weight * engine.locator.text.rarity(wanted.word);
            let known = said.entry(wanted.stem.as_str()).or_default();
            *known = known.max(weight);
        }
    }
    weigh(&at, &mut said);
    // A changelog is continued at its top.
    if matches!(kin::stem(path).to_lowercase().as_str(), "changelog" | "changes" | "history" | "news" | "releases") {
        let top = lines.iter().enumerate().find(|(_, line)| line.starts_with("## ") || line.contains("nreleased"));
        return top.map(|(index, line)| (index + 1, without_links(line.trim_start_matches(['#', ' ']))));
    }
    best.map(|(_, line, title)| (line, title))
}
