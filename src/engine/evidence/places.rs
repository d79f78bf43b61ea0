//! Finds the files and definitions that a requirement touches, and says why.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::locate::{Locator, Query, Ranked, Wanted, is_document};
use super::members::Start;
use super::spot::{Line, LineKind, Spot};
use super::{Evidence, bases, contract, counterpart, documents, hops, kin, literal, members, named, settings};
use crate::document::Demand;
use crate::research::{Strength, Work, work};
use crate::text::{split_identifier, stems};
use crate::workspace::{Part, SourceFile, SymbolKind};

/// Places kept for one requirement by the ranking, and in all.
const KEPT: usize = 4;
const MOST: usize = 6;
/// A strong place says this share of the requirement, by the rarity of its words; a likely one half of it.
const COVERED: f32 = 0.5;
/// A place in another package than the best one is kept if it has so much of its score.
const NEARLY: f32 = 0.9;
/// Places to look at first, where none is sure.
const KEPT_POSSIBLE: usize = 3;
/// So many words are told as a reason.
const TOLD: usize = 4;

/// What is told of the places of a requirement: its words as it writes them, by their stems, and the commits that are most
/// like it.
pub(super) struct Told {
    words: BTreeMap<String, String>,
    commits: Vec<usize>,
}

impl Told {
    fn of(engine: &Evidence<'_>, demand: &Demand) -> Self {
        let mut commits = alike(engine, engine.query(demand));
        if work(demand) != Work::Documentation {
            // What only changed words speaks for no place of code.
            commits.retain(|&commit| !is_about_words(&engine.workspace.history.commits[commit].subject));
        }
        Self { words: original_words(demand), commits }
    }
}

/// The surer place first, then the one with the higher score.
fn order(a: &Spot, b: &Spot) -> Ordering {
    b.strength.cmp(&a.strength).then(b.score.total_cmp(&a.score)).then(a.file.cmp(&b.file))
}

/// The places of one requirement, the surest first; none where nothing but chance speaks for any.
pub fn find(engine: &Evidence<'_>, demand: &Demand) -> Vec<Spot> {
    let told = Told::of(engine, demand);
    let spots = by_words(engine, demand, &told);
    match work(demand) {
        Work::Code => {
            let spots = with_named(engine, demand, spots, &told);
            let mut spots = hops::one_on(engine, demand, spots, |file| place_at(engine, demand, file, &told));
            spots.truncate(MOST);
            spots
        }
        Work::Documentation => documents::with_told(engine, demand, spots, &told),
        // What must stay as it is stands where it is said.
        Work::Guard => match of_literals(engine, demand, &[demand], &told) {
            said if said.is_empty() => spots,
            said => said,
        },
    }
}

/// The places that the ranking gives, which answers for words.
fn by_words(engine: &Evidence<'_>, demand: &Demand, told: &Told) -> Vec<Spot> {
    let query = engine.query(demand);
    let ranked = engine.ranked(&demand.id);
    let shares = shares_of_twins(engine, ranked);
    let share = |one: &Ranked| shares.get(&one.file).copied().unwrap_or(one.share);
    let sure = ranked.iter().filter_map(|one| Some((one, strength(engine, one, share(one), query)?)));
    let mut spots: Vec<Spot> =
        sure.filter_map(|(ranked, strength)| spot(engine, demand, ranked, strength, told)).collect();
    let lists = |spot: &Spot| kin::is_changelog(&engine.workspace.files[spot.file].path);
    if work(demand) == Work::Documentation && !spots.iter().all(lists) {
        // What changed is told there besides, and only where that is asked for instead.
        let asked = demand.summary().to_lowercase();
        if !["changelog", "release note"].iter().any(|name| asked.contains(name)) {
            spots.retain(|spot| !lists(spot));
        }
    }
    spots.sort_by(order);
    // Weak signs are worth telling only where there is nothing better.
    if spots.first().is_some_and(|spot| spot.strength > Strength::Possible) {
        spots.retain(|spot| spot.strength > Strength::Possible);
    } else {
        spots.truncate(KEPT_POSSIBLE);
    }
    spots.truncate(KEPT);
    spots
}

/// The places of a requirement with those that it names by more than its words.
fn with_named(engine: &Evidence<'_>, demand: &Demand, mut spots: Vec<Spot>, told: &Told) -> Vec<Spot> {
    let (query, ranked) = (engine.query(demand), engine.ranked(&demand.id));
    if let Some(first) = spots.first().filter(|spot| spot.strength > Strength::Possible) {
        // Another package of the repository that only speaks alike is no place beside a better one.
        let package = |spot: &Spot| engine.parts.package_of(&engine.workspace.files[spot.file].path);
        let (own, least) = (package(first).map(str::to_owned), NEARLY * first.score);
        let stays = |spot: &Spot| spot.strength == Strength::Strong || spot.score >= least;
        spots.retain(|spot| stays(spot) || package(spot) == own.as_deref());
    }
    // What the requirement names by itself is no weak sign.
    let parts = named::in_parts(engine, demand, &spots, ranked);
    let parts = parts.into_iter().filter_map(|ranked| spot(engine, demand, ranked, Strength::Likely, told));
    let mut named: Vec<Spot> = parts.collect();
    let subjects = named::subjects(engine, demand);
    let members = named::members(engine, demand).into_iter().chain(subjects.iter().copied()).filter_map(|file| {
        let ranked = ranked.iter().find(|ranked| ranked.file == file)?;
        spot(engine, demand, ranked, Strength::Strong, told)
    });
    for member in members.collect::<Vec<_>>() {
        for known in [&mut spots, &mut named] {
            known.retain(|known| known.file != member.file);
        }
        let is_subject = subjects.contains(&member.file);
        let strength = if is_subject { Strength::Strong } else { member.strength };
        named.push(Spot { strength, ..member });
    }
    if !spots.is_empty() {
        named.retain(|spot| spot.strength > Strength::Possible);
    }
    let after = engine.theme.places(engine, demand);
    let whole = settings::of_the_whole(engine, demand);
    for place in besides(engine, demand, &after, whole, told) {
        // What speaks for it more surely than its words do is told instead of them.
        let known = spots.iter().chain(&named).find(|spot| spot.file == place.file);
        if known.is_none_or(|known| known.strength < place.strength) {
            spots.retain(|spot| spot.file != place.file);
            named.retain(|spot| spot.file != place.file);
            named.push(place);
        }
    }
    for said in of_literals(engine, demand, &[demand], told) {
        match spots.iter_mut().chain(&mut named).find(|spot| spot.file == said.file) {
            Some(known) if known.strength < said.strength => *known = said,
            // What says the very thing comes before what only speaks alike.
            Some(known) => {
                known.symbols.retain(|at| !said.symbols.contains(at));
                known.symbols.splice(0..0, said.symbols.iter().copied());
                known.symbols.truncate(2);
                known.starts_there = true;
                known.because = known.because.take().or(said.because);
            }
            None => named.push(said),
        }
    }
    // Beside what is named after the subject, what does not name it is chance, unless the requirement names that.
    let shared = engine.theme.shared(demand);
    let path =
        |spot: &Spot| -> BTreeSet<String> { stems(&engine.workspace.files[spot.file].path).into_iter().collect() };
    if named.iter().any(|spot| after.contains(&spot.file) && !shared.is_disjoint(&path(spot))) {
        spots.retain(|spot| {
            spot.strength == Strength::Strong
                || !shared.is_disjoint(&path(spot))
                || names_exactly(&engine.workspace.files[spot.file], query)
        });
    }
    if let Some((file, sibling, number)) = settings::beside(engine, demand) {
        let line = Line { number, name: sibling, kind: LineKind::Setting };
        // What demands something of a setting starts where that is kept.
        let strength = if settings::is_of_setting(demand) { Strength::Strong } else { Strength::Likely };
        let keeper = Spot { line: Some(line), strength, ..Spot::at(file) };
        match spots.iter_mut().chain(&mut named).find(|spot| spot.file == file) {
            // It is told by what stands beside the setting, and not by what its definitions say.
            Some(known) => *known = Spot { strength: known.strength.max(strength), score: known.score, ..keeper },
            None => named.push(keeper),
        }
        // What it switches is built where that is asked for.
        if settings::is_of_setting(demand) && engine.agenda.referral(&demand.id).is_some() {
            spots.retain(|spot| spot.file == file);
            named.retain(|spot| spot.file == file);
        }
    }
    if !named.is_empty() {
        spots.retain(|spot| spot.strength > Strength::Possible);
    }
    spots.extend(named);
    let mut spots = counterpart::in_own_part(engine, demand, spots);
    // What is named after what the document is about comes before what only speaks of it.
    let is_subject = |spot: &Spot| subjects.contains(&spot.file) || whole == Some(spot.file);
    let first = |spot: &Spot| (is_subject(spot), spot.strength, after.contains(&spot.file));
    spots.sort_by(|a, b| first(b).cmp(&first(a)).then(order(a, b)));
    spots.truncate(MOST);
    with_base(engine, demand, &mut spots);
    spots
}

/// Adds the type that the first place's type extends, where that is about the same.
fn with_base(engine: &Evidence<'_>, demand: &Demand, spots: &mut Vec<Spot>) {
    let Some(first) = spots.first().filter(|spot| spot.strength > Strength::Possible) else { return };
    let Some((file, because)) = bases::of(engine, first) else { return };
    if let Some(known) = spots.iter().position(|spot| spot.file == file) {
        if bases::is_thin(engine, first) {
            let strength = first.strength;
            let base = spots.remove(known);
            spots[0] =
                Spot { strength: strength.max(base.strength), because: base.because.clone().or(Some(because)), ..base };
        }
        return;
    }
    let Some(base) = likely(engine, demand, &[file]).pop() else { return };
    let base = Spot { because: Some(because), ..base };
    // What only hands on is no place beside what it hands on from.
    if bases::is_thin(engine, first) {
        spots[0] = Spot { strength: first.strength, ..base };
    } else {
        spots.push(base);
    }
}

/// Likely places by what else a requirement says: files that are named `after` what the document is about, contracts, and the
/// configuration of the `whole`.
fn besides(engine: &Evidence<'_>, demand: &Demand, after: &[usize], whole: Option<usize>, told: &Told) -> Vec<Spot> {
    let with = |because: String, file: usize| Spot { because: Some(because), ..place_at(engine, demand, file, told) };
    let after = after.iter().map(|&file| with(engine.theme.because(engine, file), file));
    let contracts = contract::places(engine, demand).into_iter();
    let contracts = contracts.map(|file| with("it says what the API accepts and answers".to_owned(), file));
    let whole = whole.into_iter();
    let often = "of the files that keep settings it changes most often";
    let whole = whole.map(|file| {
        let mut spot = Spot { strength: Strength::Strong, ..with(often.to_owned(), file) };
        // What keeps it is told, and not what else speaks of it.
        spot.symbols.truncate(1);
        spot.starts_there = true;
        spot
    });
    let paths = named::paths(engine, demand).into_iter();
    let paths =
        paths.map(|file| Spot { strength: Strength::Strong, ..with(format!("{} names its path", demand.id), file) });
    paths.chain(after).chain(contracts).chain(whole).collect()
}

/// A file as a likely place, whatever it says of the requirement.
fn place_at(engine: &Evidence<'_>, demand: &Demand, file: usize, told: &Told) -> Spot {
    let bare = || {
        let Start { symbols, is_sure } = members::first(engine, locator(engine, demand), demand, file);
        Spot { symbols, starts_there: is_sure, ..Spot::at(file) }
    };
    likely_one(engine, demand, file, told).unwrap_or_else(bare)
}

/// Files that say what some requirements write out, as likely places of one, with the definition that says it first.
pub(super) fn of_literals(engine: &Evidence<'_>, demand: &Demand, written_by: &[&Demand], told: &Told) -> Vec<Spot> {
    let found = literal::places(engine, demand, written_by).into_iter();
    let place = |(file, name, number): (usize, String, usize)| {
        let spot = place_at(engine, demand, file, told);
        let spot = members::around(engine, spot, number);
        match spot.symbols.is_empty() {
            false => Spot { because: Some(format!("line {number} says `{name}`")), ..spot },
            true => Spot { line: Some(Line { number, name, kind: LineKind::Literal }), ..spot },
        }
    };
    found.map(place).collect()
}

/// Where a requirement speaks of no side, the best file on none has so much of the score of the best of all.
const FITS: f32 = 0.7;

/// Ranks files for a requirement: code on the side and in the part of the product that it is about, or documentation.
pub fn rank(engine: &Evidence<'_>, demand: &Demand) -> Vec<Ranked> {
    let (locator, query) = (locator(engine, demand), engine.query(demand));
    if work(demand) == Work::Documentation {
        return locator.rank(query);
    }
    let on_side = engine.sides.meant(engine.workspace, demand);
    let in_part = named::in_named_package(engine, demand);
    let meant = locator.rank_where(query, |file| on_side(file) && in_part(file));
    // A repository may have none of what a requirement speaks of.
    if meant.is_empty() {
        return locator.rank(query);
    }
    if engine.sides.are_none() || engine.sides.are_spoken_of(demand) {
        return meant;
    }
    // One that speaks of no side may be about one all the same.
    let all = locator.rank_where(query, in_part);
    let best = all.first().map_or(0.0, |best| best.score);
    let best_meant = all.iter().find(|one| meant.iter().any(|meant| meant.file == one.file));
    if best_meant.map_or(0.0, |one| one.score) < FITS * best { all } else { meant }
}

/// Who ranks files for a requirement: code, or documentation where that is what it asks for.
fn locator<'e, 'w>(engine: &'e Evidence<'w>, demand: &Demand) -> &'e Locator<'w> {
    match &engine.documents {
        Some(documents) if work(demand) == Work::Documentation => documents,
        _ => &engine.locator,
    }
}

/// So far down the ranking a file may have a twin, and so many files may be one.
const TWINS: usize = 20;
const VARIANTS: usize = 3;

/// What falls to files that are the same thing for variants of the product: with the same name, in a folder of the
/// same name, and with the same first definition. What speaks for one speaks for all, so each gets the sum.
fn shares_of_twins(engine: &Evidence<'_>, ranked: &[Ranked]) -> BTreeMap<usize, f32> {
    fn name(file: &SourceFile) -> Option<(&str, &str)> {
        let first = file.symbols.iter().find(|symbol| !symbol.is_test && symbol.kind != SymbolKind::Module)?;
        // Every program has one.
        if first.name == "main" {
            return None;
        }
        let (above, _) = kin::folder(&file.path).rsplit_once('/').unwrap_or_default();
        Some((&file.path[above.len()..], &first.name))
    }
    let mut groups: BTreeMap<(&str, &str), Vec<&Ranked>> = BTreeMap::new();
    for one in ranked.iter().take(TWINS) {
        if let Some(name) = name(&engine.workspace.files[one.file]) {
            groups.entry(name).or_default().push(one);
        }
    }
    let groups = groups.into_values().filter(|group| (2..=VARIANTS).contains(&group.len()));
    groups
        .flat_map(|group| {
            let sum: f32 = group.iter().map(|one| one.share).sum();
            group.into_iter().map(move |one| (one.file, sum))
        })
        .collect()
}

/// Files as likely places of a requirement; those that say none of its words are left out.
pub fn likely(engine: &Evidence<'_>, demand: &Demand, files: &[usize]) -> Vec<Spot> {
    let told = Told::of(engine, demand);
    files.iter().filter_map(|&file| likely_one(engine, demand, file, &told)).collect()
}

fn likely_one(engine: &Evidence<'_>, demand: &Demand, file: usize, told: &Told) -> Option<Spot> {
    let found = engine.ranked(&demand.id).iter().find(|ranked| ranked.file == file);
    let unranked = Ranked { file, score: 0.0, share: 0.0, signals: Default::default() };
    let spot = spot(engine, demand, found.unwrap_or(&unranked), Strength::Likely, told)?;
    Some(Spot { strength: Strength::Likely, ..spot })
}

/// How sure a place is, by the share of the ranking that falls to it: of places with so much, in past commits of
/// seven repositories, at least two in three, one in three and one in six were changed (`docs/evidence.md`).
fn strength(engine: &Evidence<'_>, ranked: &Ranked, share: f32, query: &Query) -> Option<Strength> {
    let named = names_exactly(&engine.workspace.files[ranked.file], query);
    match share {
        share if share >= 0.5 => Some(Strength::Strong),
        share if share >= 0.15 || (named && share >= 0.03) => Some(Strength::Likely),
        share if share >= 0.06 => Some(Strength::Possible),
        _ => None,
    }
}

/// Whether a file defines a name that the requirement writes as code does, or bears it.
fn names_exactly(file: &SourceFile, query: &Query) -> bool {
    // A word of plain prose is no identifier, whatever some function is called.
    let is_name =
        |name: &String| name.contains('_') || name.contains("::") || name.chars().skip(1).any(char::is_uppercase);
    let defines = |name: &String| {
        let mut defined = file.symbols.iter().filter(|symbol| !symbol.is_test);
        defined.any(|symbol| symbol.name == *name || name.ends_with(&format!("::{}", symbol.name)))
    };
    let stem = kin::stem(&file.path);
    query.names.iter().any(|name| name == stem || (is_name(name) && defines(name)))
}

/// Whether a file of code only lists others: it defines nothing but modules, and macros where it stands for its folder.
fn only_gathers(file: &SourceFile) -> bool {
    let gathers =
        |kind: SymbolKind| kind == SymbolKind::Module || kind == SymbolKind::Macro && kin::is_index(&file.path);
    let lists = !file.symbols.is_empty() || file.imports.iter().any(|import| import.starts_with("self::"));
    // One that stands for its folder and defines nothing only hands on.
    let lists = lists || kin::is_index(&file.path) && !file.imports.is_empty();
    file.language.is_some() && lists && file.symbols.iter().all(|symbol| symbol.is_test || gathers(symbol.kind))
}

/// Stems in the subjects of commits that change what is said and not what is done.
const WORDS: &[&str] =
    &["doc", "docstr", "document", "javadoc", "typo", "readm", "changelog", "comment", "spell", "grammar"];

/// Whether a commit's subject says that it changed words and not what is done.
pub fn is_about_words(subject: &str) -> bool {
    stems(subject).iter().any(|stem| WORDS.contains(&stem.as_str()))
}

/// A commit of more files than this did several things.
pub const FOCUSED: usize = 10;

/// Past commits whose subjects share two weighty words with a query, most alike first.
pub fn alike(engine: &Evidence<'_>, query: &Query) -> Vec<usize> {
    let weighty = query.own();
    let weighty: BTreeSet<&str> = weighty.map(|wanted| wanted.stem.as_str()).collect();
    let history = &engine.workspace.history;
    let commits = &history.commits;
    let shares = |commit: &usize| {
        commits[*commit].files.len() <= FOCUSED && !history.is_start(*commit) && {
            let said: BTreeSet<String> = stems(&commits[*commit].subject).into_iter().collect();
            said.iter().filter(|stem| weighty.contains(stem.as_str())).count() >= 2
        }
    };
    engine.locator.alike(query).into_iter().map(|(commit, _)| commit).filter(shares).collect()
}

/// A ranked file as a place, with what can be told of it; `None` if none of the requirement's words can be shown there.
fn spot(engine: &Evidence<'_>, demand: &Demand, ranked: &Ranked, strength: Strength, about: &Told) -> Option<Spot> {
    let (workspace, locator, query) = (engine.workspace, locator(engine, demand), engine.query(demand));
    let text = &locator.text;
    let source = &workspace.files[ranked.file];
    let mut named: BTreeSet<String> = stems(&source.path).into_iter().collect();
    for symbol in source.symbols.iter().filter(|symbol| !symbol.is_test) {
        named.extend(stems(&symbol.name));
    }
    // Only the demand's own words say what a place is about; its criteria help to rank.
    let mut weighty: Vec<(&Wanted, f32)> =
        query.own().map(|wanted| (wanted, wanted.weight * text.rarity(wanted.word))).collect();
    weighty.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.stem.cmp(&b.0.stem)));
    let within = |part: Part, wanted: &Wanted| wanted.word.is_some_and(|word| source.says(part, word));
    let said = |wanted: &Wanted| {
        named.contains(&wanted.stem)
            || [Part::Code, Part::Comment, Part::Literal].into_iter().any(|part| within(part, wanted))
    };
    // The ranking knows only which file is better than others, not whether any is good.
    let total: f32 = weighty.iter().map(|(_, mass)| mass).sum();
    let covered = weighty.iter().filter(|(wanted, _)| said(wanted)).map(|(_, mass)| mass).sum::<f32>();
    let covered = covered / total.max(f32::MIN_POSITIVE);
    let strength = match strength {
        _ if only_gathers(source) => Strength::Possible,
        Strength::Strong if covered < COVERED => Strength::Likely,
        Strength::Likely if covered < COVERED / 2.0 => Strength::Possible,
        other => other,
    };
    let original = |wanted: &Wanted| about.words.get(&wanted.stem).unwrap_or(&wanted.stem).clone();
    let (names, others): (Vec<&Wanted>, Vec<&Wanted>) =
        weighty.into_iter().map(|(wanted, _)| wanted).partition(|wanted| named.contains(&wanted.stem));
    let words: Vec<String> = names.iter().take(TOLD).map(|wanted| original(wanted)).collect();
    let parts = [(Part::Code, "code"), (Part::Literal, "strings"), (Part::Comment, "comments")];
    let told = parts.map(|(part, place)| {
        let said = others.iter().filter(|wanted| within(part, wanted)).take(TOLD).map(|wanted| original(wanted));
        (if is_document(source) { "text" } else { place }, said.collect::<Vec<_>>())
    });
    // Where names say little, the text has to speak: that part of it which says most.
    let told = told.into_iter().max_by_key(|(_, said)| said.len());
    let told = told.filter(|(_, said)| !said.is_empty() && words.len() < 2).into_iter().collect();
    let changed = |commit: &usize| workspace.history.commits[*commit].files.contains(&source.path);
    let commit = about.commits.iter().copied().find(changed);
    // A file that only says the words somewhere in its lines is one to look at.
    let strength = match strength {
        Strength::Likely if names.is_empty() && commit.is_none() && !is_document(source) => Strength::Possible,
        other => other,
    };
    // One word of many is chance.
    let said_words = names.len() + others.iter().filter(|wanted| said(wanted)).count();
    if commit.is_none() && (said_words == 0 || (strength == Strength::Possible && said_words < 2)) {
        return None;
    }
    let Start { symbols, is_sure } = members::first(engine, locator, demand, ranked.file);
    let (score, starts_there) = (ranked.score, is_sure);
    Some(Spot { strength, score, symbols, starts_there, words, told, commit, ..Spot::at(ranked.file) })
}

/// The requirement's words by their stems, as the requirement writes them.
fn original_words(demand: &Demand) -> BTreeMap<String, String> {
    let mut words = BTreeMap::new();
    let criteria = demand.criteria.iter().map(|criterion| criterion.text.to_string());
    let said = std::iter::once(demand.summary().to_string()).chain(criteria);
    for word in said.flat_map(|text| split_identifier(&text)) {
        for stem in stems(&word) {
            words.entry(stem).or_insert_with(|| word.clone());
        }
    }
    words
}
