//! Finds where a place leads by one step: to what it hands out, to what it hands on to, and to where others act on what bears
//! the subject's name.

use std::collections::{BTreeMap, BTreeSet};

use super::locate::can_change;
use super::precedent::meaning;
use super::spot::Spot;
use super::{Evidence, bases, members};
use crate::document::Demand;
use crate::research::{Strength, Work, subject, work};
use crate::text::{says, stems};
use crate::workspace::{SourceFile, SymbolKind};

/// The places of a requirement, one step on where they lead there; `place` tells of a file as a place.
pub fn one_on(
    engine: &Evidence<'_>,
    demand: &Demand,
    mut spots: Vec<Spot>,
    place: impl Fn(usize) -> Spot,
) -> Vec<Spot> {
    for at in 0..spots.len() {
        let Some((file, because)) = handed_out(engine, &spots[at]) else { continue };
        if spots.iter().all(|spot| spot.file != file) {
            let (strength, score) = (spots[at].strength, spots[at].score);
            spots[at] = Spot { because: Some(because), strength, score, ..place(file) };
        }
    }
    for acts in acting(engine, demand, &spots) {
        let spot = members::around(engine, place(acts.file), acts.line);
        spots.push(Spot { because: Some(acts.because), ..spot });
    }
    for at in 1..spots.len() {
        let mut surer = spots[..at].iter().filter(|surer| surer.strength > spots[at].strength);
        spots[at].hands_on = surer.find_map(|surer| hands_on(engine, &spots[at], surer));
    }
    let declared: Vec<usize> =
        spots.iter().filter(|spot| is_only_declared(engine, demand, spot, &spots)).map(|spot| spot.file).collect();
    spots.retain(|spot| !declared.contains(&spot.file));
    spots
}

/// Whether a place is an interface which another one implements, so that what is asked for is built there. Whoever names an
/// interface, and not as who does it, wants something of it.
fn is_only_declared(engine: &Evidence<'_>, demand: &Demand, spot: &Spot, spots: &[Spot]) -> bool {
    let symbols = &engine.workspace.files[spot.file].symbols;
    let Some(first) = spot.symbols.first().map(|&at| &symbols[at]) else { return false };
    // A member of one that does something itself is no mere declaration.
    let name = match &first.parent {
        None => &first.name,
        Some(parent) if first.first == first.last => parent,
        Some(_) => return false,
    };
    let is_interface = symbols.iter().any(|own| own.name == *name && own.kind == SymbolKind::Interface);
    let written = format!("`{name}`");
    let named = demand.summary().matches(&written).count();
    is_interface
        && named <= usize::from(*subject(&demand.statement) == written)
        && spots.iter().any(|other| bases::implements(engine, other, name))
}

/// A definition of no more lines than this only hands out what it has.
const BRIEF: usize = 4;

/// The file whose type the first definition of a place only hands out, and how that is told: `Client.events` that returns
/// an `EventClient`.
fn handed_out(engine: &Evidence<'_>, spot: &Spot) -> Option<(usize, String)> {
    let files = &engine.workspace.files;
    let file = &files[spot.file];
    let own = &file.symbols[*spot.symbols.first()?];
    if own.kind.is_container() || own.last - own.first >= BRIEF {
        return None;
    }
    let text = engine.reader.text(&file.path, own.first, own.last)?;
    let about: BTreeSet<String> = stems(&own.name).into_iter().collect();
    let mut types = text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|name| {
        let said = stems(name);
        let is_type = name.starts_with(char::is_uppercase) && *name != own.name;
        is_type && said.len() > 1 && said.iter().any(|stem| about.contains(stem))
    });
    types.find_map(|name| {
        let defines = |other: &SourceFile| {
            let mut types = other.symbols.iter().filter(|symbol| symbol.parent.is_none() && symbol.kind.is_container());
            other.language == file.language && types.any(|symbol| symbol.name == *name)
        };
        let mut homes = (0..files.len()).filter(|&at| !files[at].is_test && defines(&files[at]));
        let home = homes.next().filter(|&home| home != spot.file && homes.next().is_none())?;
        Some((home, format!("`{}` of `{}` hands out its `{name}`", own.qualified(), file.path)))
    })
}

/// A name shorter than this is called for many reasons.
const CALLED: usize = 6;

/// What the first definition of a place calls of a surer one, where it only hands on to that.
fn hands_on(engine: &Evidence<'_>, spot: &Spot, surer: &Spot) -> Option<String> {
    called(engine, spot, *spot.symbols.first()?, surer)
}

/// The places of requirements that want what an earlier one asks for to hold elsewhere, too: where such a place calls what
/// is built for that one, it hands on what is new.
pub fn of_referrals(engine: &Evidence<'_>) -> Vec<(String, Vec<Spot>)> {
    let repeating = engine.agenda.requirements.iter().filter(|demand| {
        let mut words = demand.statement.split(|c: char| !c.is_alphanumeric());
        work(demand) == Work::Code && words.any(|word| REPEATS.contains(&&*word.to_lowercase()))
    });
    let handing = repeating.filter_map(|demand| {
        let referral = engine.agenda.referral(&demand.id)?;
        let asked = referral.all().flat_map(|asks| engine.spots(&engine.agenda.requirements[asks].id));
        let starts: Vec<&Spot> = asked.filter(|spot| spot.starts_there && spot.strength > Strength::Possible).collect();
        let mut spots = engine.spots(&demand.id).to_vec();
        for spot in spots.iter_mut().filter(|spot| spot.hands_on.is_none()) {
            let mut own = spot.symbols.iter();
            spot.hands_on = own.find_map(|&own| starts.iter().find_map(|start| called(engine, spot, own, start)));
        }
        spots.iter().any(|spot| spot.hands_on.is_some()).then(|| (demand.id.to_string(), spots))
    });
    handing.collect()
}

/// Words by which something is wanted once more.
const REPEATS: &[&str] = &["also", "likewise"];

/// What a definition of a place calls of another place.
fn called(engine: &Evidence<'_>, spot: &Spot, own: usize, surer: &Spot) -> Option<String> {
    let (file, other) = (&engine.workspace.files[spot.file], &engine.workspace.files[surer.file]);
    let own = &file.symbols[own];
    if own.kind.is_container() || file.language != other.language || spot.file == surer.file {
        return None;
    }
    let text = engine.reader.text(&file.path, own.first, own.last)?;
    let called = surer.symbols.iter().map(|&at| &other.symbols[at]).filter(|symbol| !symbol.kind.is_container());
    let mut called = called.filter(|symbol| symbol.name.len() >= CALLED && symbol.name != own.name);
    let calls =
        |name: &str| text.match_indices(name).any(|(at, _)| text[at + name.len()..].trim_start().starts_with('('));
    called.find(|symbol| calls(&symbol.name) && says(&text, &symbol.name)).map(|symbol| symbol.qualified())
}

/// The name of a constant ends on so many capitals.
const CAPITALS: usize = 3;
/// A name with so many words of what the document is about carries that.
const WORDS: usize = 2;
/// What more files than this say is said for many reasons.
const FILES: usize = 4;
/// So far down the ranking of a requirement a file is looked for.
const LOOKED: usize = 100;

/// Whether a name is written as those of constants are: `LIMIT_OF_EVENTS`, `LimitOfEVENTS`.
fn is_constant(name: &str) -> bool {
    let capitals = name.chars().rev().take_while(|c| c.is_uppercase() || *c == '_').count();
    name.starts_with(char::is_uppercase) && capitals >= CAPITALS
}

/// Whether something is more than a value.
fn does(kind: SymbolKind) -> bool {
    kind.is_container() || matches!(kind, SymbolKind::Function | SymbolKind::Method)
}

/// A file that acts on what carries the subject: its index, the one-based line, and how that is told.
struct Acts {
    /// Index in `Workspace::files`.
    file: usize,
    /// Where it does so.
    line: usize,
    /// How that is told, as a sentence without its full stop.
    because: String,
}

/// Files that use a name which spells what a requirement and the title of its document are about, `LIMIT_OF_EVENTS`, and that
/// a place of the requirement says, too.
fn acting(engine: &Evidence<'_>, demand: &Demand, spots: &[Spot]) -> Vec<Acts> {
    let files = &engine.workspace.files;
    let words = engine.workspace.index.words();
    let own: BTreeSet<String> = meaning(&demand.summary()).into_iter().collect();
    let theme: BTreeSet<&String> = engine.theme.title.iter().filter(|stem| own.contains(*stem)).collect();
    if theme.len() < WORDS {
        return Vec::new();
    }
    let ranked: Vec<usize> = engine.ranked(&demand.id).iter().take(LOOKED).map(|ranked| ranked.file).collect();
    let mut found: BTreeMap<usize, Acts> = BTreeMap::new();
    // What is named after the subject says by which names it goes.
    let after = engine.theme.places(engine, demand);
    for spot in spots.iter().filter(|spot| after.contains(&spot.file)) {
        let spells = |spelled: &String| {
            let said = || stems(spelled).into_iter().collect::<BTreeSet<String>>();
            is_constant(spelled) && said().iter().filter(|stem| theme.contains(stem)).count() >= WORDS
        };
        let named = files[spot.file].identifiers.iter().map(|said| (said.name, words.word(said.name)));
        for (name, spelled) in named.filter(|(_, spelled)| spells(spelled)) {
            // What is built by that name is the subject itself, and who uses that is told as such.
            if files.iter().flat_map(|file| &file.symbols).any(|symbol| symbol.name == spelled && does(symbol.kind)) {
                continue;
            }
            let says_it = |file: &&SourceFile| !file.is_test && can_change(file) && file.line_of(name).is_some();
            let count = files.iter().filter(says_it).count();
            if !(2..=FILES).contains(&count) {
                continue;
            }
            let beside = ranked.iter().copied().filter(|&file| says_it(&&files[file]));
            for file in beside.filter(|&file| spots.iter().all(|spot| spot.file != file)) {
                if let Some(acts) = act(engine, file, &spelled, &files[spot.file].path) {
                    found.entry(file).or_insert(acts);
                }
            }
        }
    }
    found.into_values().collect()
}

/// Where a file uses a name in what it does, and not only imports or hands it on.
fn act(engine: &Evidence<'_>, file: usize, name: &str, beside: &str) -> Option<Acts> {
    let source = &engine.workspace.files[file];
    let lines = engine.reader.lines(&source.path)?;
    let within = |line: usize| {
        let mut around = source.symbols.iter().filter(|symbol| (symbol.first..=symbol.last).contains(&line));
        around.any(|symbol| matches!(symbol.kind, SymbolKind::Function | SymbolKind::Method) && !symbol.is_test)
    };
    let line = (1..=lines.len()).find(|&line| says(&lines[line - 1], name) && within(line))?;
    let because = format!("line {line} acts on `{name}`, as `{beside}` does");
    Some(Acts { file, line, because })
}
