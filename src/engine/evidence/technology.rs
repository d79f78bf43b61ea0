//! Answers what serves a domain best here: what the project has, its language's library, a service, a new dependency.

use std::collections::BTreeSet;

use super::dependencies::{cite, ecosystem, importing, language_of, present, versioned};
use super::locate::can_change;
use super::{Evidence, catalogue, kin};
use crate::document::{Demand, Place};
use crate::research::{Answer, Area, Choice, Claim, SourceId, Strength, Subject, Work, joined, plural, work};
use crate::text::stems;
use crate::workspace::manifest::Dependency;
use crate::workspace::registry::{Package, PackageName};
use crate::workspace::{Language, SourceFile, SymbolKind};

/// Own code that so few files use is no answer for a whole domain.
const MIN_USERS: usize = 3;
/// A word of a path may be the beginning of a longer one from so many letters on.
const SHORT: usize = 5;
/// So many packages of the catalogue are considered as new dependencies.
const NEW: usize = 2;
/// So many alternatives are told.
const TOLD: usize = 4;

/// What could serve a domain besides what is recommended, the nearest first.
#[derive(Default)]
struct Alternatives {
    texts: Vec<String>,
    sources: Vec<SourceId>,
}

impl Alternatives {
    fn push(&mut self, text: String, source: Option<SourceId>) {
        if self.texts.len() < TOLD {
            self.texts.push(text);
            self.sources.extend(source);
        }
    }

    /// The claim that tells them; `None` without any.
    fn claim(&self, intro: &str, listed: SourceId, requirements: &[String]) -> Option<Claim> {
        let sources = [listed].into_iter().chain(self.sources.iter().copied()).collect();
        let text = format!("{intro}: {}", self.texts.join("; "));
        (!self.texts.is_empty()).then(|| Claim::grounded(text, sources).about(requirements))
    }
}

/// How a domain stands in the project, before anything is recommended.
struct Standing<'w> {
    /// Requirements that speak of it.
    requirements: Vec<String>,
    language: Option<Language>,
    /// What the language's standard library has for it.
    standard: Option<&'static str>,
    /// Files that import that, with the lines.
    in_use: Vec<(String, usize)>,
    /// Dependencies that serve it, with the files that use them.
    present: Vec<(Vec<String>, &'w Dependency)>,
    own: Option<OwnCode>,
}

impl<'w> Standing<'w> {
    /// `None` for a domain about which this work has nothing to decide.
    fn of(engine: &'w Evidence<'_>, domain: &'static catalogue::Domain) -> Option<Self> {
        let requirements = touching(engine, domain);
        let language = language_of(engine, &requirements);
        let standard = language.and_then(|language| domain.standard(language.name()));
        let in_use = standard.map_or_else(Vec::new, |standard| importing(engine, standard));
        let present = present(engine, domain, &requirements);
        let rarely_used = present.first().is_none_or(|(users, _)| users.len() < MIN_USERS);
        // A place that few use is no technology, where the language's own library is in use already.
        let own = if rarely_used { own_code(engine, domain, &requirements) } else { None };
        let own = own.filter(|own| own.users >= MIN_USERS || in_use.len() < 2);
        let is_near = own.as_ref().is_some_and(|own| own.is_near);
        // Where the work is done in the very code that serves the domain, the place says it.
        let is_moot = own.as_ref().is_some_and(|own| own.is_touched)
            || (!is_near && is_settled_elsewhere(engine, domain, &requirements))
            || (!builds_on(engine, &present, &in_use) && is_built_here(engine, domain, &requirements));
        (!is_moot).then_some(Self { requirements, language, standard, in_use, present, own })
    }

    /// Whether the standard library serves it here already.
    fn uses_standard(&self) -> bool {
        self.present.is_empty() && self.own.is_none() && self.in_use.len() > 1
    }

    /// Whether nothing here serves it, so that something is to be chosen.
    fn is_open(&self) -> bool {
        self.present.is_empty() && self.own.is_none() && !self.uses_standard()
    }
}

pub fn domain(engine: &Evidence<'_>, name: &str) -> Answer {
    let Some(domain) = catalogue::find(name) else { return Answer::default() };
    let Some(standing) = Standing::of(engine, domain) else { return Answer::default() };
    let uses_standard = standing.uses_standard();
    let Standing { requirements, language, standard, in_use, present, own } = standing;
    let rarely_used = present.first().is_none_or(|(users, _)| users.len() < MIN_USERS);
    let asked = joined(&requirements);
    let is_own = own.is_some();
    let listed = engine.cite_catalogue(domain, Area::Technology);
    let settled = own.is_some() || uses_standard || !rarely_used;

    // Where the project has settled the matter, only what it has besides is an alternative; where the requirements name what is
    // there, nothing is.
    let mut alternatives = Alternatives::default();
    let is_asked = present.first().is_some_and(|(_, best)| is_asked_by_name(engine, best, &requirements));
    for (_, dependency) in present.iter().skip(1).take(if own.is_some() || is_asked { 0 } else { 2 }) {
        alternatives.push(format!("{}, present too", versioned(dependency)), cite(engine, dependency));
    }
    if !settled {
        if let Some((standard, language)) = standard.zip(language) {
            let text = format!("{standard} of {}'s standard library, without a new dependency", language.name());
            alternatives.push(text, None);
        }
        if let Some(service) = domain.managed.first() {
            alternatives.push(format!("{service}, with running costs and a contract"), None);
        }
        let new = new_packages(engine, domain, &requirements).into_iter().find_map(|package| as_new(engine, &package));
        if let Some((text, source)) = new.filter(|_| present.is_empty()) {
            alternatives.push(text, source);
        }
        if let Some(service) = domain.hosted.first().filter(|_| present.is_empty()) {
            alternatives.push(format!("{service}, run by oneself"), None);
        }
    }

    let mut claims = Vec::new();
    let pick;
    let mut intro = format!("alternatives for {name}, the nearest first");
    if let Some(own) = own {
        pick = None;
        let used = match own.users {
            0 => String::new(),
            1 => ", which 1 file uses".to_owned(),
            more => format!(", which {more} files use"),
        };
        let text = format!("**{name}** ({asked}): use what this project has: `{}`{used}", own.path);
        claims.push(Claim::grounded(text, vec![own.source]).about(&requirements));
    } else if let Some((files, best)) = present.first() {
        pick = Some(versioned(best));
        claims.push(recommended(engine, &format!("**{name}** ({asked})"), best, files).about(&requirements));
        claims.extend(withdrawn(engine, best).map(|claim| claim.about(&requirements)));
    } else if uses_standard {
        pick = standard.map(|standard| format!("{standard} of the standard library"));
        let text = format!(
            "**{name}** ({asked}): use {} of the standard library, already imported in {}, first in `{}`",
            standard.unwrap_or_default(),
            plural(in_use.len(), "file"),
            in_use[0].0
        );
        let shown = engine.cite_line(&in_use[0].0, in_use[0].1, Area::Technology);
        claims.push(Claim::grounded(text, shown.into_iter().collect()).about(&requirements));
    } else {
        pick = None;
        intro = format!("**{name}** ({asked}): no dependency here serves it; options, the nearest first");
        if alternatives.texts.is_empty() {
            let text =
                format!("nothing in the manifests serves {name}, and the catalogue has nothing for this language");
            claims.push(Claim::open(text).about(&requirements));
        }
    }
    claims.extend(alternatives.claim(&intro, listed, &requirements));
    let sources = claims.first().map_or_else(Vec::new, |claim| claim.sources.clone());
    // Code of the project is no dependency of it.
    let choice = (!is_own).then(|| Choice { domain: name.to_owned(), pick, sources });
    Answer { claims, choice, ..Answer::default() }
}

/// Whether a requirement names a dependency: `Prometheus` for `github.com/prometheus/client_golang`.
fn is_asked_by_name(engine: &Evidence<'_>, dependency: &Dependency, requirements: &[String]) -> bool {
    let names: Vec<&str> =
        dependency.name.split(|c: char| !c.is_alphanumeric()).filter(|name| name.len() > 3).collect();
    let demands = requirements.iter().filter_map(|id| engine.agenda.requirement(id));
    let words: Vec<String> = demands.map(whole).collect();
    // A name is written with a capital; `client` is none.
    let mut said = words.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric()));
    said.any(|word| word.starts_with(char::is_uppercase) && names.iter().any(|name| name.eq_ignore_ascii_case(word)))
}

/// Requirements that speak of a domain.
fn touching(engine: &Evidence<'_>, domain: &catalogue::Domain) -> Vec<String> {
    // What is only told needs no technology.
    let says = |demand: &&Demand| work(demand) == Work::Code && !domain.said_in(&whole(demand)).is_empty();
    engine.agenda.requirements.iter().filter(says).map(|demand| demand.id.to_string()).collect()
}

/// Whether a domain is touched by everyday words alone (`header`, `option`) where the code that is to be extended is
/// known: then what that code builds on answers it.
fn is_settled_elsewhere(engine: &Evidence<'_>, domain: &catalogue::Domain, requirements: &[String]) -> bool {
    let mut demands = requirements.iter().filter_map(|id| engine.agenda.requirement(id));
    let placed = |id: &String| engine.spots(id).first().is_some_and(|spot| spot.strength > Strength::Possible);
    requirements.iter().all(placed) && !demands.any(|demand| domain.is_named_in(&whole(demand)))
}

/// Whether a surely touched file imports one of some dependencies, or is one of those that use the standard library.
fn builds_on(engine: &Evidence<'_>, present: &[(Vec<String>, &Dependency)], in_use: &[(String, usize)]) -> bool {
    let sure = engine.spots.values().flatten().filter(|spot| spot.strength > Strength::Possible);
    let mut touched = sure.map(|spot| &engine.workspace.files[spot.file].path);
    touched.any(|path| {
        present.iter().any(|(users, _)| users.contains(path)) || in_use.iter().any(|(user, _)| user == path)
    })
}

/// Whether each requirement that speaks of a domain has a sure place that speaks of it in its path and definitions: then
/// this project builds it itself, and what others build is nothing to choose from.
fn is_built_here(engine: &Evidence<'_>, domain: &catalogue::Domain, requirements: &[String]) -> bool {
    let files = &engine.workspace.files;
    requirements.iter().filter_map(|id| engine.agenda.requirement(id)).all(|demand| {
        let said = domain.said_in(&whole(demand));
        let says = |text: &str| stems(text).iter().any(|stem| said.contains(stem));
        // What only switches something is built where that is.
        let spoken = engine.agenda.referral(&demand.id).map(|referral| &engine.agenda.requirements[referral.asks]);
        let own = std::iter::once(demand).chain(spoken).flat_map(|demand| engine.spots(&demand.id));
        let sure = own.filter(|spot| spot.strength > Strength::Possible);
        sure.map(|spot| &files[spot.file])
            .any(|file| says(&file.path) || file.symbols.iter().any(|symbol| !symbol.is_test && says(&symbol.name)))
    })
}

/// All that a requirement says.
fn whole(demand: &Demand) -> String {
    let criteria: Vec<&str> = demand.criteria.iter().map(|criterion| &*criterion.text).collect();
    format!("{} {}", demand.summary(), criteria.join(" "))
}

/// Packages that the agenda's domains bring up and whose registries can be asked.
pub fn packages(engine: &Evidence<'_>) -> Vec<PackageName> {
    let domains = engine.agenda.questions.iter().filter_map(|question| match &question.subject {
        Subject::Domain(name) => catalogue::find(name),
        _ => None,
    });
    let mut found: BTreeSet<PackageName> = BTreeSet::new();
    for (domain, standing) in domains.filter_map(|domain| Some((domain, Standing::of(engine, domain)?))) {
        match standing.present.first().filter(|_| standing.own.is_none()) {
            Some((_, best)) => {
                found.insert((best.ecosystem, best.name.clone()));
            }
            None if standing.is_open() => found.extend(new_packages(engine, domain, &standing.requirements)),
            None => {}
        }
    }
    found.into_iter().filter(|(ecosystem, _)| crate::workspace::registry::can_ask(*ecosystem)).collect()
}

/// Packages of the catalogue that could become dependencies.
fn new_packages(engine: &Evidence<'_>, domain: &catalogue::Domain, requirements: &[String]) -> Vec<PackageName> {
    let Some(ecosystem) = ecosystem(engine, requirements) else { return Vec::new() };
    domain.packages(ecosystem).iter().take(NEW).map(|name| (ecosystem, name.clone())).collect()
}

/// A package as a new dependency; `None` for one that its registry does not have, or has withdrawn.
fn as_new(engine: &Evidence<'_>, package: &PackageName) -> Option<(String, Option<SourceId>)> {
    let name = &package.1;
    match engine.packages.get(package) {
        Some(Package::Known { facts, .. }) if facts.withdrawn.is_none() => {
            let text = format!("`{name}` as a new dependency ({})", facts.line());
            Some((text, cite_package(engine, package)))
        }
        Some(Package::Known { .. } | Package::Missing { .. }) => None,
        Some(Package::Unanswered { command, reason }) => Some((
            format!(
                "`{name}` as a new dependency; `{command}` had no answer ({reason}), so its upkeep is to be checked"
            ),
            None,
        )),
        None => Some((format!("`{name}` as a new dependency, whose licence and upkeep are to be checked"), None)),
    }
}

/// Records what a registry says of a package as a source.
fn cite_package(engine: &Evidence<'_>, package: &PackageName) -> Option<SourceId> {
    let Some(Package::Known { command, facts }) = engine.packages.get(package) else { return None };
    let line = facts.line().replace(['"', '`'], "'");
    let place = Place::Package { command: command.clone() };
    Some(engine.sources.record(place, &facts.line(), &line, Area::Technology))
}

/// A dependency that serves a domain already, with what is known of it.
fn recommended(engine: &Evidence<'_>, about: &str, best: &Dependency, files: &[String]) -> Claim {
    let mut text = format!("{about}: use {}", versioned(best));
    text.push_str(&match files.first() {
        Some(first) => format!(", already in use in {}, first in `{first}`", plural(files.len(), "file")),
        None => ", already a dependency though no import of it was found".to_owned(),
    });
    let package = (best.ecosystem, best.name.clone());
    let asked = match engine.packages.get(&package) {
        Some(Package::Known { facts, .. }) => Some(facts),
        _ => None,
    };
    let licence = best.licence.clone().or_else(|| asked.and_then(|facts| facts.licence.clone()));
    let said = best.description.iter().map(|said| format!("“{}”", said.trim_end_matches('.')));
    let details: Vec<String> = said.chain(licence).collect();
    if !details.is_empty() {
        text.push_str(&format!(" ({})", details.join(", ")));
    }
    let mut sources: Vec<SourceId> = cite(engine, best).into_iter().collect();
    if let Some(facts) = asked {
        let day = facts.released.as_ref().map_or_else(String::new, |day| format!(" of {day}"));
        text.push_str(&format!("; the registry's latest is {}{day}", facts.latest));
        sources.extend(cite_package(engine, &package));
    }
    Claim::grounded(text, sources)
}

/// That a dependency in use should not be used any more.
fn withdrawn(engine: &Evidence<'_>, dependency: &Dependency) -> Option<Claim> {
    let package = (dependency.ecosystem, dependency.name.clone());
    let Some(Package::Known { facts, .. }) = engine.packages.get(&package) else { return None };
    let why = facts.withdrawn.as_ref()?;
    let text = format!("the latest `{}` is withdrawn ({why}), so plan what replaces it", dependency.name);
    Some(Claim::grounded(text, cite_package(engine, &package).into_iter().collect()))
}

/// Code of the project itself that serves a domain.
struct OwnCode {
    path: String,
    /// Number of files outside tests that use it.
    users: usize,
    /// Whether it is surely touched itself.
    is_touched: bool,
    /// Whether a surely touched file uses it.
    is_near: bool,
    source: SourceId,
}

/// The file most used among those whose path says the domain's words.
fn own_code(engine: &Evidence<'_>, domain: &catalogue::Domain, requirements: &[String]) -> Option<OwnCode> {
    let said = requirements.iter().filter_map(|id| engine.agenda.requirement(id));
    let said: BTreeSet<String> = said.flat_map(|demand| domain.said_in(&whole(demand))).collect();
    let workspace = engine.workspace;
    // `config` is written for `configuration`.
    let short = |stem: &String| stem.len() >= SHORT && said.iter().any(|word| word.starts_with(stem.as_str()));
    // What only bears a word of the domain serves something else: `transformRequest` no HTTP interfaces.
    let domain_named = stems(&domain.name);
    let bears = |file: &SourceFile| {
        let name = stems(kin::stem(&file.path));
        name.iter().any(|stem| domain_named.iter().any(|own| own.starts_with(stem) && stem.len() >= SHORT))
    };
    let named =
        |file: &SourceFile| stems(&file.path).iter().any(|stem| said.contains(stem) || short(stem)) && bears(file);
    let users =
        |file: usize| workspace.graph.used_by[file].iter().filter(|&&user| !workspace.files[user].is_test).count();
    let is_strong = |file: usize| {
        let spots = requirements.iter().flat_map(|id| engine.spots(id));
        spots.into_iter().any(|spot| spot.file == file && spot.strength > Strength::Possible)
    };
    let files = workspace.files.iter().enumerate().filter(|(_, file)| can_change(file) && named(file));
    let (file, users) = files
        .map(|(index, _)| (index, users(index)))
        .filter(|(index, users)| *users >= MIN_USERS || is_strong(*index))
        .max_by_key(|(index, users)| (is_strong(*index), *users, std::cmp::Reverse(*index)))?;
    let source = &workspace.files[file];
    let symbol = source.symbols.iter().find(|symbol| !symbol.is_test && symbol.kind != SymbolKind::Module)?;
    let cited = engine.cite(&source.path, symbol.first, symbol.last, Area::Technology)?;
    let sure = requirements.iter().flat_map(|id| engine.spots(id)).filter(|spot| spot.strength > Strength::Possible);
    let sure: Vec<usize> = sure.map(|spot| spot.file).collect();
    let is_near = sure.iter().any(|&near| workspace.graph.uses[near].contains(&file));
    let path = source.path.clone();
    Some(OwnCode { path, users, is_touched: sure.contains(&file), is_near, source: cited })
}
