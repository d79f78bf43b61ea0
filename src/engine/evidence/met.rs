//! Finds signs that a requirement is met already: what was done, tested or can be switched before anybody plans it.

use std::collections::BTreeSet;

use super::done::{self, Told};
use super::locate::{STATES, exact_names, is_switch};
use super::places::{alike, is_about_words};
use super::spot::named_commit;
use super::{Evidence, kin, literal, precedent};
use crate::document::Demand;
use crate::research::{Area, Claim, Strength, Work, joined, work};
use crate::text::{says, stems};
use crate::workspace::{Commit, Language, SourceFile, SymbolKind};

/// What says that a requirement may be met already; `None` where nothing does.
pub fn signs(engine: &Evidence<'_>, id: &str) -> Option<Claim> {
    match done::told(engine, id) {
        Told::Here(claim) => Some(claim),
        Told::Before => None,
        Told::Nowhere => built(engine, id)
            .or_else(|| switched(engine, id))
            .or_else(|| flagged(engine, id))
            .or_else(|| listed(engine, id)),
    }
}

/// A commit to its place, or a test of it, that says so much of a requirement, by the rarity of its words, may have
/// met it.
const SAYS_MOST: f32 = 0.5;
/// So many of its words at least.
const SAID: usize = 4;

/// Whether a text says most of a requirement's words, so many of them beside the names that it writes as code.
fn says_most(engine: &Evidence<'_>, demand: &Demand) -> impl Fn(&str, usize) -> bool {
    let text = &engine.locator.text;
    let wanted: Vec<(String, f32)> = engine
        .query(demand)
        .own()
        .map(|wanted| (wanted.stem.clone(), wanted.weight * text.rarity(wanted.word)))
        .collect();
    let total: f32 = wanted.iter().map(|(_, mass)| mass).sum();
    let names: BTreeSet<String> = engine.query(demand).names.iter().flat_map(|name| stems(name)).collect();
    // A test of a type says the type's name, whatever it tests.
    move |said, beside_names| {
        let said: BTreeSet<String> = stems(said).into_iter().collect();
        let shared: Vec<&(String, f32)> = wanted.iter().filter(|(stem, _)| said.contains(stem)).collect();
        let mass: f32 = shared.iter().map(|(_, mass)| mass).sum();
        let own = shared.iter().filter(|(stem, _)| !names.contains(stem)).count();
        shared.len() >= SAID && own >= beside_names && mass >= SAYS_MOST * total
    }
}

/// The commit to a place of a requirement that says most of its words, or names all that it names.
pub fn commit(engine: &Evidence<'_>, id: &str) -> Option<usize> {
    let demand = engine.agenda.requirement(id).filter(|demand| work(demand) == Work::Code)?;
    let (workspace, says_most) = (engine.workspace, says_most(engine, demand));
    let sure = engine.spots(id).iter().filter(|spot| spot.strength > Strength::Possible);
    let changed = |one: &Commit| sure.clone().any(|spot| one.files.contains(&workspace.files[spot.file].path));
    let named = exact_names(&demand.summary());
    let names_all = |subject: &str| named.len() > 1 && named.iter().all(|name| says(subject, name));
    // What a requirement names as code and no place of it does is not there yet.
    let is_there = |subject: &str, name: &String| {
        let last = name.rsplit(['.', ':', '/']).next().unwrap_or(name);
        let word = workspace.index.words().find(last);
        // A word of prose names nothing in code.
        let is_plain = name.chars().all(|c| c.is_ascii_lowercase());
        !is_plain && says(subject, name)
            || !last.chars().all(|c| c.is_alphanumeric() || c == '_')
            || word.is_some_and(|word| sure.clone().any(|spot| workspace.files[spot.file].line_of(word).is_some()))
    };
    let mut commits = alike(engine, engine.query(demand)).into_iter().take(10);
    commits.find(|&index| {
        let one = &workspace.history.commits[index];
        let said = names_all(&one.subject) || says_most(&one.subject, 0);
        said && !is_about_words(&one.subject) && changed(one) && named.iter().all(|name| is_there(&one.subject, name))
    })
}

/// The commit and the test that say most of a requirement's words, as signs that it is met already.
fn built(engine: &Evidence<'_>, id: &str) -> Option<Claim> {
    let demand = engine.agenda.requirement(id).filter(|demand| work(demand) == Work::Code)?;
    let (workspace, says_most) = (engine.workspace, says_most(engine, demand));
    let sure = engine.spots(id).iter().filter(|spot| spot.strength > Strength::Possible);
    let tests = sure.flat_map(|spot| &workspace.graph.used_by[spot.file]).map(|&file| &workspace.files[file]);
    let test = tests
        .filter(|file| file.is_test)
        .flat_map(|file| file.symbols.iter().map(move |symbol| (file, symbol)))
        .find(|(_, symbol)| symbol.is_test && says_most(&symbol.name, 2));
    let (mut signs, mut sources) = (Vec::new(), Vec::new());
    if let Some(index) = commit(engine, id) {
        let one = &workspace.history.commits[index];
        signs.push(format!("commit {}", named_commit(one)));
        sources.push(engine.cite_commit(index, one.files.first()?, Area::System));
    }
    if let Some((file, symbol)) = test {
        signs.push(format!("the test `{}` in `{}`", symbol.name, file.path));
        sources.extend(engine.cite(&file.path, symbol.first, symbol.last, Area::System));
    }
    let verb = if signs.len() == 1 { "says" } else { "say" };
    let text =
        format!("{id} may be met already: {} {verb} most of what it says; look there before building", joined(&signs));
    (!signs.is_empty()).then(|| Claim::grounded(text, sources).about(&[id.to_owned()]))
}

/// That a place of a requirement defines a flag already which is to be accepted.
fn flagged(engine: &Evidence<'_>, id: &str) -> Option<Claim> {
    let demand = engine.agenda.requirement(id).filter(|demand| work(demand) == Work::Code)?;
    let flag = precedent::wanted_flag(&demand.summary())?;
    let sure = engine.spots(id).iter().filter(|spot| spot.strength > Strength::Possible);
    let (path, line) = sure.map(|spot| &engine.workspace.files[spot.file].path).find_map(|path| {
        let lines = engine.reader.lines(path)?;
        // Many libraries take the name without its dashes, as a string.
        let bare = flag.trim_start_matches('-');
        let names = |line: &str| {
            says(line, &flag) || ['"', '\''].iter().any(|quote| line.contains(&format!("{quote}{bare}{quote}")))
        };
        Some((path, lines.iter().position(|line| names(line))? + 1))
    })?;
    let source = engine.cite(path, line, line, Area::System)?;
    let text = format!("{id} may be met already: `{path}` names `{flag}` in line {line}; look there before building");
    Some(Claim::grounded(text, vec![source]).about(&[id.to_owned()]))
}

/// That a place of a requirement lists all the numbers already that are written out, and says what else is.
fn listed(engine: &Evidence<'_>, id: &str) -> Option<Claim> {
    let demand = engine.agenda.requirement(id).filter(|demand| work(demand) == Work::Code)?;
    let sure = engine.spots(id).iter().filter(|spot| spot.strength > Strength::Possible);
    let (file, (first, last, said)) =
        sure.map(|spot| spot.file).find_map(|file| Some((file, literal::numbers(engine, demand, file)?)))?;
    let path = &engine.workspace.files[file].path;
    let summary = demand.summary();
    let written = literal::written(&summary);
    let says_rest = |path: &str| {
        let lines = engine.reader.lines(path).unwrap_or_default();
        written.iter().all(|literal| lines.iter().any(|line| says(line, literal)))
    };
    if !says_rest(path) {
        return None;
    }
    // A test that says it all shows more than the code.
    let is_near =
        |test: &SourceFile| test.is_test && test.holds_tests() && kin::folder(&test.path) == kin::folder(path);
    let mut tests = engine.workspace.files.iter().enumerate().filter(|(_, test)| is_near(test));
    let test = tests.find_map(|(at, test)| {
        let (first, last, _) = literal::numbers(engine, demand, at).filter(|_| says_rest(&test.path))?;
        Some((&test.path, engine.cite(&test.path, first, last, Area::System)?))
    });
    let besides: Vec<String> = written.iter().map(|literal| format!("`{literal}`")).collect();
    let besides = if besides.is_empty() { String::new() } else { format!(", and says {}", joined(&besides)) };
    let tested = test.map_or_else(String::new, |(path, _)| format!(", and `{path}` tests with the same"));
    let mut sources = vec![engine.cite(path, first, last, Area::System)?];
    sources.extend(test.map(|(_, source)| source));
    let text = format!(
        "{id} may be met already: `{path}` lists {} from line {first} on{besides}{tested}; look there before building",
        joined(&said)
    );
    Some(Claim::grounded(text, sources).about(&[id.to_owned()]))
}

/// A switch is looked for in so many of the best ranked files.
const LOOKED: usize = 40;

/// Definitions that already speak of enabled and disabled for what a requirement wants to be switched on and off: code
/// seldom says `paused` where people do.
fn switched(engine: &Evidence<'_>, id: &str) -> Option<Claim> {
    let demand = engine.agenda.requirement(id).filter(|demand| work(demand) == Work::Code)?;
    if !is_switch(&demand.summary()) || is_told(engine, id) {
        return None;
    }
    let (files, query, text) = (&engine.workspace.files, engine.query(demand), &engine.locator.text);
    let number = |word: &str| stems(word).first().and_then(|stem| engine.workspace.index.words().find(stem));
    let states = STATES.map(number);
    let mut found: Vec<(f32, usize, usize)> = Vec::new();
    for ranked in engine.locator.rank(query).iter().take(LOOKED) {
        let file = &files[ranked.file];
        // Every button of a page can be disabled.
        if file.language == Some(Language::Tsx) || file.path.ends_with(".jsx") {
            continue;
        }
        let bodies = engine.bodies(ranked.file);
        let functions =
            file.symbols.iter().enumerate().filter(|(_, symbol)| {
                !symbol.is_test && matches!(symbol.kind, SymbolKind::Function | SymbolKind::Method)
            });
        let best = functions.filter_map(|(index, symbol)| {
            let said = states.iter().flatten().map(|word| bodies.says(index, *word)).fold(0.0, f32::max);
            let named = stems(&symbol.name);
            let words = query.own().filter(|wanted| named.contains(&wanted.stem));
            let masses: Vec<f32> = words.map(|wanted| wanted.weight * text.rarity(wanted.word)).collect();
            (said > 0.0 && masses.len() >= 2).then(|| (said * masses.iter().sum::<f32>(), ranked.file, index))
        });
        found.extend(best.max_by(|a, b| a.0.total_cmp(&b.0)));
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    found.truncate(2);
    let name = |&(_, file, symbol): &(f32, usize, usize)| {
        format!("`{}` in `{}`", files[file].symbols[symbol].qualified(), files[file].path)
    };
    let cite = |&(_, file, symbol): &(f32, usize, usize)| {
        let symbol = &files[file].symbols[symbol];
        engine.cite(&files[file].path, symbol.first, symbol.last, Area::System)
    };
    let names: Vec<String> = found.iter().map(name).collect();
    let verb = if names.len() == 1 { "speaks" } else { "speak" };
    let text = format!(
        "{} {verb} of what is enabled or disabled: {id} may be met there, or find its model there",
        joined(&names)
    );
    (!found.is_empty()).then(|| Claim::grounded(text, found.iter().filter_map(cite).collect()).about(&[id.to_owned()]))
}

/// Whether an earlier requirement, of which one speaks, asks for a switch, too, and is told where that is.
fn is_told(engine: &Evidence<'_>, id: &str) -> bool {
    let mut from = id;
    while let Some(referral) = engine.agenda.referral(from) {
        let asks = &engine.agenda.requirements[referral.asks];
        if is_switch(&asks.summary()) {
            return true;
        }
        from = &asks.id;
    }
    false
}
