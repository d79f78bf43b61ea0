//! Answers how the project tests, what covers the touched places, and which cases the requirements ask for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use rayon::prelude::*;
use regex::Regex;

use super::dependencies::main_language;
use super::locate::{PAIR, Ranked, WEIGHTY, Wanted};
use super::spot::Spot;
use super::{Evidence, follow, kin};
use crate::research::{
    Answer, Area, Case, Claim, Component, SourceId, Strength, TestRun, Topic, Work, deed, is_negative, joined, plural,
    subject, switches, work,
};
use crate::text::{pattern, stems};
use crate::workspace::{Cancel, Cancelled, Framework, Language, Part, TestCommand, Word, framework_of};

pub fn customs(engine: &Evidence<'_>) -> Answer {
    let facts = &engine.workspace.tests;
    let mut claims = Vec::new();
    // Frameworks of one language share its files; which of them each file uses is not told apart.
    let mut by_language: BTreeMap<Language, Vec<&Framework>> = BTreeMap::new();
    for framework in facts.frameworks.iter().filter(|framework| framework.files > 0) {
        let Some(first) = framework.languages.first() else { continue };
        by_language.entry(*first).or_default().push(framework);
    }
    // How other parts of the product are tested says nothing of how this one is.
    let touched = touched_languages(engine);
    if by_language.keys().any(|language| touched.contains(language)) {
        by_language.retain(|language, _| touched.contains(language));
    }
    let mut groups: Vec<Vec<&Framework>> = by_language.into_values().collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group[0].files));
    for frameworks in groups.into_iter().take(3) {
        let files = frameworks[0].files;
        let cited = frameworks.iter().filter_map(|own| engine.cite_line(&own.place.0, own.place.1, Area::Testing));
        let sources: Vec<_> = cited.collect();
        if !sources.is_empty() {
            let names: Vec<&str> = frameworks.iter().map(|framework| framework.name.as_str()).collect();
            let text = format!(
                "{} {} tests, written with {}",
                plural(files, "file"),
                if files == 1 { "holds" } else { "hold" },
                joined(&names)
            );
            // Of several frameworks those count in which the cases go.
            let of_homes = if names.len() > 1 { used_by_cases(engine, &frameworks[0].languages) } else { None };
            claims.push(of_homes.unwrap_or_else(|| Claim::grounded(text, sources)));
        }
    }
    let tests = engine.workspace.files.iter().filter(|file| file.is_test && file.holds_tests());
    if claims.is_empty()
        && let Some(first) = tests.clone().next()
    {
        let count = tests.count();
        let verb = if count == 1 { "holds" } else { "hold" };
        let text = format!("{} {verb} tests, such as `{}`", plural(count, "file"), first.path);
        claims.push(Claim::grounded(text, engine.cite_line(&first.path, 1, Area::Testing).into_iter().collect()));
    }
    if claims.is_empty() {
        claims.push(Claim::open("no test and no test framework was found; choose one before the first phase ends"));
    }
    let run = |command: &TestCommand| {
        Some(TestRun {
            command: command.command.clone(),
            folder: command.folder.clone(),
            is_whole: command.is_whole(),
            shown_in: command.path.clone(),
            source: engine.cite_line(&command.path, command.line, Area::Testing)?,
        })
    };
    let test_runs = facts.commands.iter().filter_map(run).collect();
    // Helpers are told that the tests use which are near.
    let (files, reused) = (&engine.workspace.files, used_by_homes(engine));
    let helpers: Vec<&str> = files
        .iter()
        .filter(|file| !file.holds_tests())
        .map(|file| file.path.as_str())
        .filter(|path| {
            let stem = kin::stem(path);
            let testing = path.split('/').any(|part| {
                matches!(part, "tests" | "test" | "spec" | "testing" | "__tests__" | "testutil" | "testutils")
            });
            testing
                && matches!(
                    stem,
                    "conftest"
                        | "common"
                        | "support"
                        | "helpers"
                        | "fixtures"
                        | "factories"
                        | "utils"
                        | "spec_helper"
                        | "setup"
                )
        })
        .filter(|path| touched.is_empty() || reused.iter().any(|file| files[*file].path == *path))
        .take(3)
        .collect();
    if !helpers.is_empty() {
        let sources = helpers.iter().filter_map(|path| engine.cite_line(path, 1, Area::Testing)).collect();
        let names: Vec<String> = helpers.iter().map(|path| format!("`{path}`")).collect();
        claims.push(Claim::grounded(format!("fixtures and helpers to reuse are in {}", joined(&names)), sources));
    }
    Answer { claims, test_runs, ..Answer::default() }
}

/// The frameworks of the test files in which cases go, each with the first such file.
fn used_by_cases(engine: &Evidence<'_>, languages: &[Language]) -> Option<Claim> {
    let homes: BTreeSet<&String> = engine.test_files.values().collect();
    let homes = homes.into_iter().filter_map(|home| engine.workspace.file(home));
    let mut used: BTreeMap<&str, &str> = BTreeMap::new();
    for home in homes.filter(|home| home.language.is_some_and(|language| languages.contains(&language))) {
        used.entry(framework_of(home)?).or_insert(&home.path);
    }
    let parts: Vec<String> = used.iter().map(|(name, path)| format!("{name} (`{path}`)")).collect();
    let sources = used.values().filter_map(|path| engine.cite_line(path, 1, Area::Testing)).collect();
    let text = format!("the tests beside which the cases go are written with {}", joined(&parts));
    (!parts.is_empty()).then(|| Claim::grounded(text, sources))
}

/// The languages of what surely changes.
fn touched_languages(engine: &Evidence<'_>) -> BTreeSet<Language> {
    let sure = engine.spots.values().flatten().filter(|spot| spot.strength > Strength::Possible);
    let languages = sure.filter_map(|spot| engine.workspace.files[spot.file].language);
    languages.map(Language::family).collect()
}

/// What the files use in which the cases go.
fn used_by_homes(engine: &Evidence<'_>) -> BTreeSet<usize> {
    let homes = engine.test_files.values().filter_map(|home| engine.workspace.index(home));
    homes.flat_map(|home| engine.workspace.graph.uses[home].iter().copied()).collect()
}

/// So many tests of one file are told.
const TOLD: usize = 3;

pub fn coverage(engine: &Evidence<'_>) -> Answer {
    let ids: Vec<String> = engine.agenda.requirements.iter().map(|demand| demand.id.to_string()).collect();
    let all = Topic { name: String::new(), requirements: ids };
    let touched: Vec<Component> = engine
        .components(&all, Area::Testing)
        .into_iter()
        .filter(|component| component.strength > Strength::Possible && Language::of_path(&component.path).is_some())
        .collect();
    let mut claims = Vec::new();
    let mut missing: Vec<&Component> = Vec::new();
    for component in &touched {
        if component.tests.is_empty() {
            missing.push(component);
            continue;
        }
        let is_own = |path: &str| {
            path == component.path || kin::tests_of(path, &component.path) || kin::tests_part_of(path, &component.path)
        };
        let (own, users): (Vec<_>, Vec<_>) = component.tests.iter().partition(|(path, _)| is_own(path));
        let name = |tests: &[&(String, SourceId)]| {
            joined(&tests.iter().map(|(path, _)| format!("`{path}`")).collect::<Vec<_>>())
        };
        let (own, users) = (&own[..own.len().min(TOLD)], &users[..users.len().min(TOLD)]);
        let path = &component.path;
        // Who only uses it may test something else.
        let (text, told): (String, Vec<_>) = match (own, users) {
            ([one, ..], _) if one.0 == *path => (format!("`{path}` holds its own tests"), vec![*one]),
            (own, []) => (format!("`{path}` is tested by {}", name(own)), own.to_vec()),
            ([], users) => {
                let verb = if users.len() == 1 { "uses" } else { "use" };
                (format!("no test of `{path}` alone was found; {} {verb} it", name(users)), users.to_vec())
            }
            (own, [first, ..]) => {
                let text = format!("`{path}` is tested by {}; {} uses it, too", name(own), name(&[*first]));
                (text, own.iter().copied().chain([*first]).collect())
            }
        };
        let sources = told.iter().map(|(_, source)| *source).collect();
        claims.push(Claim::grounded(text, sources).about(&component.requirements));
    }
    // Of what nothing is known but that no test imports it, one sentence tells.
    let (bare, told): (Vec<&Component>, Vec<&Component>) =
        missing.into_iter().partition(|component| component.namesakes.is_empty() && !component.has_test_home);
    for component in told {
        let names: Vec<String> = component.namesakes.iter().map(|(path, _)| format!("`{path}`")).collect();
        let (bear, mut sources): (String, Vec<_>) = match names.len() {
            0 => (String::new(), component.sources.iter().take(1).copied().collect()),
            1 => (format!(", but {} bears its name", names[0]), Vec::new()),
            _ => (format!(", but {} bear its name", joined(&names)), Vec::new()),
        };
        sources.extend(component.namesakes.iter().map(|(_, source)| *source));
        let home = if component.has_test_home {
            format!("what uses it is tested in `{}`", component.test_home)
        } else {
            format!("the first test of it alone would go to `{}`", component.test_home)
        };
        let text = format!("no test imports `{}`{bear}; {home}", component.path);
        claims.push(Claim::grounded(text, sources).about(&component.requirements));
    }
    claims.extend(untested(&bare));
    if touched.is_empty() {
        claims.push(Claim::open("no existing file is surely touched, so no existing test is known to cover the work"));
    }
    Answer { claims, ..Answer::default() }
}

/// What no test imports, and where the first ones of it would go.
fn untested(components: &[&Component]) -> Option<Claim> {
    let paths: Vec<String> = components.iter().map(|component| format!("`{}`", component.path)).collect();
    let homes: Vec<String> = components.iter().map(|component| format!("`{}`", component.test_home)).collect();
    let text = match components {
        [] => return None,
        [_] => format!("no test imports {}; the first test of it alone would go to {}", paths[0], homes[0]),
        _ => format!(
            "none of {} is imported by a test; the first tests of each alone would go to {}",
            joined(&paths),
            joined(&homes)
        ),
    };
    let sources = components.iter().filter_map(|component| component.sources.first().copied()).collect();
    let requirements: BTreeSet<String> = components.iter().flat_map(|one| one.requirements.clone()).collect();
    let requirements: Vec<String> = requirements.into_iter().collect();
    Some(Claim::grounded(text, sources).about(&requirements))
}

pub fn cases(engine: &Evidence<'_>, topic: &Topic) -> Answer {
    let mut answer = Answer::default();
    for id in &topic.requirements {
        // No test shows what a text says.
        let Some(demand) = engine.agenda.requirement(id).filter(|demand| work(demand) != Work::Documentation) else {
            continue;
        };
        let file = engine.test_files.get(id).cloned().unwrap_or_default();
        let home = engine.workspace.file(&file).and_then(|home| {
            let line = home.symbols.iter().find(|symbol| symbol.is_test).map_or(1, |symbol| symbol.first);
            engine.cite_line(&file, line, Area::Testing)
        });
        let language = Language::of_path(&file).or_else(|| main_language(engine));
        // Its criteria say how a requirement is shown.
        if demand.criteria.is_empty() {
            let text = demand.summary();
            // Which way a switch stands before anybody touches it is seen by itself.
            let default = DEFAULT.captures(&text).filter(|_| switches(demand));
            let said = default.as_ref().map_or_else(|| text.clone(), |default| text.replace(&default[0], ""));
            let named = demand.title.as_deref().map_or_else(|| with_condition(&said), str::to_owned);
            let name = kin::case_name(language, &named);
            if let Some(default) = &default {
                let (id, requirement, file) = (id.clone(), id.clone(), file.clone());
                let text = format!("{} {}", subject(&demand.statement), &default[1]);
                let name = kin::case_name(language, &text);
                answer.cases.push(Case { id, requirement, text, name, file, home });
            }
            answer.cases.push(Case { id: id.clone(), requirement: id.clone(), text, name, file: file.clone(), home });
        }
        for (id_of, criterion) in demand.numbered() {
            let name = kin::case_name(language, &criterion.text);
            answer.cases.push(Case {
                id: id_of,
                requirement: id.clone(),
                text: criterion.text.to_string(),
                name,
                file: file.clone(),
                home,
            });
        }
    }
    answer
}

/// How a requirement says which way its switch stands at first, beside how it is switched.
static DEFAULT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:[,;]\s*(?:and\s+|but\s+)?|\s+(?:and|but)\s+)(?:(?:it|they)\s+)?(?:(?:must|shall|should)\s+)?(?:(?:be|is|are)\s+)?((?:on|off|enabled|disabled)\s+by\s+default)",
    )
});

/// So many words of a condition fit into the name of a case.
const CONDITION: usize = 5;

/// What a requirement asks to be done; of what must not be done also when, if it says so in few words before.
fn with_condition(statement: &str) -> String {
    let deed = deed(statement);
    if !is_negative(statement) {
        return deed;
    }
    let condition = statement.split_once(',').map(|(condition, _)| condition).filter(|condition| {
        let mut words = condition.split_whitespace();
        let is_one = words.next().is_some_and(|first| matches!(&*first.to_lowercase(), "when" | "while" | "if"));
        is_one && words.count() < CONDITION
    });
    match condition.filter(|condition| !deed.contains(*condition)) {
        Some(condition) => format!("{deed} {}", condition.to_lowercase()),
        None => deed,
    }
}

/// The file in which the cases of each requirement go, but for those of documentation.
///
/// # Errors
/// [`Cancelled`] once `cancel` is set.
pub fn files(engine: &Evidence<'_>, cancel: &Cancel) -> Result<BTreeMap<String, String>, Cancelled> {
    let shown = engine.agenda.requirements.par_iter().filter(|demand| work(demand) != Work::Documentation);
    let files = shown.map(|demand| {
        cancel.check()?;
        Ok((demand.id.to_string(), test_file(engine, &demand.id)))
    });
    files.collect()
}

/// The file in which tests of a requirement would go: where its surest place is tested.
fn test_file(engine: &Evidence<'_>, id: &str) -> String {
    if let Some(home) = engine.homes.get(id) {
        return kin::test_home(engine, &home.path);
    }
    // What a setting does shows where that is tested which it is about.
    if let Some(referral) =
        engine.agenda.referral(id).filter(|_| engine.spots(id).first().is_some_and(Spot::is_setting))
    {
        return test_file(engine, &engine.agenda.requirements[referral.asks].id);
    }
    let files = &engine.workspace.files;
    // What has no tests of its own, such as queries, is tested by the nearest code.
    let is_code = |file: &usize| files[*file].language.is_some();
    let place = engine.spots(id).iter().map(|spot| spot.file).find(is_code).or_else(|| {
        let ranked = engine.ranked(id).iter().map(|ranked| ranked.file);
        ranked.filter(|_| !engine.spots(id).is_empty()).find(is_code)
    });
    let Some(place) = place else { return String::new() };
    let ranked = ranked_tests(engine, id, place);
    let surely = engine.spots(id).iter().any(|spot| spot.file == place && spot.strength == Strength::Strong);
    let home = kin::test_home(engine, &files[place].path);
    // What is sure to change is tested where its tests are.
    let of_its_own = kin::tests_of(&home, &files[place].path) && engine.workspace.index(&home).is_some();
    // Beside those, the ones that the followed commit changed speak of the same.
    let followed = follow::tests(engine, id);
    // What else is built there is tested in one file with it.
    let first = |id: &String| engine.spots(id).first().map(|spot| spot.file);
    let others = engine.spots.keys().filter(|other| *other != id && first(other) == Some(place));
    let shared: Vec<usize> = others.flat_map(|other| follow::tests(engine, other)).collect();
    let beside = |ranked: &&Ranked| kin::folder(&files[ranked.file].path) == kin::folder(&home);
    let by_commit = ranked.iter().take(AMONG).filter(beside).find(|ranked| followed.contains(&ranked.file));
    let by_commit = by_commit.map(|ranked| ranked.file);
    // What is tested with something else needs to say less of it itself.
    let with_others = || shared.iter().copied().find(|&test| kin::folder(&files[test].path) == kin::folder(&home));
    if of_its_own && let Some(test) = by_commit.filter(|_| surely).or_else(with_others) {
        return files[test].path.clone();
    }
    // The best of all that is named after what the document is about need not say so much.
    let best = ranked.first().map(|best| files[best.file].path.as_str());
    if let Some(after) = best.filter(|path| engine.theme.is_named_after(kin::tested_stem(path))) {
        return after.to_owned();
    }
    if surely && of_its_own {
        return home;
    }
    if let Some(test) = tested_by_content(engine, id, &ranked) {
        return test;
    }
    tested_alike(engine, id, &home).unwrap_or(home)
}

/// A test with so much of the ranking of tests is about what a requirement asks for; one that a followed commit changed
/// needs only to be among so many of the best.
const ABOUT: f32 = 0.4;
const AMONG: usize = 6;
/// And it says so much of it.
const SAID: f32 = 0.6;

/// The test files for the language and the package of a place, those that speak most of a requirement first.
fn ranked_tests(engine: &Evidence<'_>, id: &str, place: usize) -> Vec<Ranked> {
    let files = &engine.workspace.files;
    let own = &files[place];
    let package = engine.parts.package_of(&own.path);
    let fits = |file: usize| {
        let test = &files[file];
        test.language == own.language
            && engine.parts.package_of(&test.path) == package
            && (own.language != Some(Language::Go) || kin::folder(&test.path) == kin::folder(&own.path))
            && (kin::shows(&own.path) || !kin::shows(&test.path))
    };
    let Some(demand) = engine.agenda.requirement(id) else { return Vec::new() };
    engine.tests.rank_where(engine.query(demand), fits)
}

/// The test file that speaks most of a requirement, if it says enough of it.
fn tested_by_content(engine: &Evidence<'_>, id: &str, ranked: &[Ranked]) -> Option<String> {
    let followed = follow::tests(engine, id);
    let by_commit = ranked.iter().take(AMONG).find(|ranked| followed.contains(&ranked.file));
    let best = by_commit.or(ranked.first().filter(|ranked| ranked.share >= ABOUT))?;
    (says_of(engine, id, best.file) >= SAID).then(|| engine.workspace.files[best.file].path.clone())
}

/// How much of a requirement a file says, by the rarity of its words.
fn says_of(engine: &Evidence<'_>, id: &str, file: usize) -> f32 {
    let Some(demand) = engine.agenda.requirement(id) else { return 0.0 };
    let own = &engine.workspace.files[file];
    let weighty = engine.query(demand).own();
    let says = |word: Word| [Part::Name, Part::Code, Part::Literal].into_iter().any(|part| own.says(part, word));
    let (mut said, mut all) = (0.0, f32::MIN_POSITIVE);
    for wanted in weighty {
        let mass = wanted.weight * engine.locator.text.rarity(wanted.word);
        all += mass;
        said += if wanted.word.is_some_and(says) { mass } else { 0.0 };
    }
    said / all
}

/// Tests that say so many words of a requirement are about the same.
const ALIKE: usize = 3;
/// A test that bears the name is left for one that says so much more.
const MORE: f32 = 1.25;

/// The file whose tests already speak of a requirement more than those of its first home do: another one in that
/// folder, or one that is named after another of its places.
fn tested_alike(engine: &Evidence<'_>, id: &str, home: &str) -> Option<String> {
    let (files, query) = (&engine.workspace.files, engine.query(engine.agenda.requirement(id)?));
    let folder = kin::folder(home);
    let sure = engine.spots(id).iter().filter(|spot| spot.strength > Strength::Possible);
    let places: Vec<&str> = sure.map(|spot| kin::stem(&files[spot.file].path)).collect();
    let language = Language::of_path(home);
    let said = |path: &str| {
        let file = engine.workspace.file(path)?;
        let names: BTreeSet<String> =
            file.symbols.iter().filter(|symbol| symbol.is_test).flat_map(|symbol| stems(&symbol.name)).collect();
        // What stands together in the requirement and in the test says most: `Retry-After`.
        let says_pair = |wanted: &&Wanted| {
            wanted.weight >= WEIGHTY * PAIR && wanted.word.is_some_and(|word| file.says(Part::Pair, word))
        };
        let words = query.own().filter(|wanted| names.contains(&wanted.stem));
        let said: Vec<&Wanted> = words.chain(query.pairs.iter().filter(says_pair)).collect();
        let mass = said.iter().map(|wanted| wanted.weight * engine.locator.text.rarity(wanted.word));
        Some((said.len(), mass.sum::<f32>()))
    };
    let near = engine.workspace.starting(folder).iter().filter(|file| {
        let beside = kin::folder(&file.path) == folder;
        let named = places.contains(&kin::tested_stem(&file.path)) || language == Some(Language::Go);
        file.is_test && file.holds_tests() && file.language == language && beside && named
    });
    let best = near.filter_map(|file| said(&file.path).map(|(words, mass)| (words, mass, file)));
    let (words, mass, file) = best.max_by(|a, b| a.1.total_cmp(&b.1).then(b.2.path.cmp(&a.2.path)))?;
    let own = said(home).map_or(0.0, |(_, mass)| mass);
    (words >= ALIKE && mass > MORE * own).then(|| file.path.clone())
}
