//! The embedded engine: answers every question from facts of the repository, without a key and without the network.

mod bases;
mod bindings;
mod borrowed;
pub mod catalogue;
mod component;
mod contract;
mod counterpart;
mod dependencies;
mod design;
mod documents;
mod done;
mod environment;
mod follow;
mod hops;
mod kin;
mod literal;
pub mod locate;
mod members;
mod met;
mod named;
mod places;
mod precedent;
mod section;
mod settings;
mod spot;
mod stack;
mod surface;
mod system;
mod technology;
mod testing;
mod theme;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use super::Engine;
use crate::document::Place;
use crate::research::{
    Agenda, Answer, Area, Component, Question, SourceId, Sources, Strength, Subject, Topic, Work, work,
};
use crate::workspace::registry::{Package, PackageName};
use crate::workspace::{Cancel, Cancelled, Reader, Workspace, excerpt};

use locate::{Bodies, Locator, Query, Ranked, is_document};
use spot::Spot;

/// The engine over one workspace and one agenda.
pub struct Evidence<'w> {
    workspace: &'w Workspace,
    reader: &'w Reader,
    sources: &'w Sources,
    agenda: &'w Agenda,
    locator: Locator<'w>,
    /// The same over documentation, where some requirement asks for that.
    documents: Option<Locator<'w>>,
    /// What users see and call, where that is a side of the product.
    sides: surface::Sides,
    /// The words of all paths.
    paths: counterpart::Paths,
    /// Files for each requirement, the surest first.
    ranked: BTreeMap<String, Vec<Ranked>>,
    /// The same over tests.
    tests: Locator<'w>,
    /// What the document is about.
    theme: theme::Theme,
    /// The file in which the cases of each requirement go.
    test_files: BTreeMap<String, String>,
    /// The parts of the repository by their names.
    parts: named::Parts,
    /// What each requirement asks for.
    queries: BTreeMap<String, Query>,
    /// Places by requirement, the surest first.
    spots: BTreeMap<String, Vec<Spot>>,
    /// Commits that made something like it, by requirement, the most alike first.
    precedents: BTreeMap<String, Vec<precedent::Precedent>>,
    /// The commit that each requirement follows, if any.
    followed: BTreeMap<String, usize>,
    /// Those of them that are told.
    told: BTreeMap<String, usize>,
    /// Commits that did what requirements ask for.
    done: Vec<done::Done>,
    /// New components by requirement; requirements that ask for the same new thing share one.
    homes: BTreeMap<String, NewHome>,
    /// What registries say, where the user lets them be asked.
    packages: BTreeMap<PackageName, Package>,
    /// Who imports which dependency.
    users: dependencies::Users,
    /// What the definitions of files say that were looked into.
    bodies: Mutex<HashMap<usize, Arc<Bodies>>>,
}

/// Where a new component goes.
#[derive(Debug, Clone, PartialEq, Eq)]
struct NewHome {
    path: String,
    /// Index of its nearest kin in `Workspace::files`.
    kin: usize,
}

/// A definition longer than this is cited by its head: what follows may change without touching the claim.
pub const CITED_LINES: usize = 25;

impl<'w> Evidence<'w> {
    /// Indexes the workspace and finds the places of every requirement.
    ///
    /// # Errors
    /// [`Cancelled`] once `cancel` is set.
    pub fn new(
        workspace: &'w Workspace,
        reader: &'w Reader,
        sources: &'w Sources,
        agenda: &'w Agenda,
        cancel: &Cancel,
    ) -> Result<Self, Cancelled> {
        cancel.check()?;
        let words = workspace.index.words();
        let query = |demand: &crate::document::Demand| {
            (demand.id.to_string(), Query::of_demand(demand, agenda, workspace.name(), words))
        };
        let queries: BTreeMap<String, Query> = agenda.requirements.iter().map(query).collect();
        let all: Vec<Query> = queries.values().cloned().collect();
        let locator = Locator::new(workspace, &all);
        let tests = Locator::among(workspace, &all, |file| file.is_test && file.holds_tests());
        let told = agenda.requirements.iter().any(|demand| work(demand) == Work::Documentation);
        let documents = told.then(|| Locator::among(workspace, &all, is_document));
        cancel.check()?;
        let (spots, homes) = (BTreeMap::new(), BTreeMap::new());
        let (parts, packages, users) = (named::Parts::new(workspace), BTreeMap::new(), dependencies::Users::default());
        let mut engine = Self {
            workspace,
            reader,
            sources,
            agenda,
            locator,
            documents,
            tests,
            sides: surface::Sides::new(workspace),
            paths: counterpart::Paths::new(workspace),
            ranked: BTreeMap::new(),
            theme: theme::Theme::new(agenda),
            test_files: BTreeMap::new(),
            parts,
            queries,
            spots,
            precedents: BTreeMap::new(),
            followed: BTreeMap::new(),
            told: BTreeMap::new(),
            done: Vec::new(),
            homes,
            packages,
            users,
            bodies: Mutex::default(),
        };
        let ranked = agenda.requirements.par_iter().map(|demand| {
            cancel.check()?;
            Ok((demand.id.to_string(), places::rank(&engine, demand)))
        });
        engine.ranked = ranked.collect::<Result<_, Cancelled>>()?;
        engine.precedents = precedent::of_requirements(&engine, cancel)?.into_iter().collect();
        let spots: Vec<(String, Vec<Spot>)> = agenda
            .requirements
            .par_iter()
            .map(|demand| {
                cancel.check()?;
                Ok((demand.id.to_string(), places::find(&engine, demand)))
            })
            .collect::<Result<_, Cancelled>>()?;
        engine.spots = spots.into_iter().collect();
        engine.done = done::of_requirements(&engine, cancel)?;
        engine.spots.extend(done::places(&engine));
        engine.followed = follow::of_requirements(&engine);
        engine.spots.extend(follow::places(&engine, cancel)?);
        engine.spots.extend(borrowed::of_referrals(&engine, cancel)?);
        engine.spots.extend(documents::headed(&engine));
        engine.spots.extend(borrowed::of_prohibitions(&engine));
        engine.spots.extend(borrowed::of_hubs(&engine));
        engine.spots.extend(borrowed::of_guards(&engine));
        engine.spots.extend(hops::of_referrals(&engine));
        engine.homes = design::homes(&engine);
        // Questions are answered in parallel, so what several of them need is there before.
        engine.told = follow::told_commits(&engine, cancel)?;
        engine.test_files = testing::files(&engine, cancel)?;
        Ok(engine)
    }

    /// The facts that it answers from.
    pub fn workspace(&self) -> &'w Workspace {
        self.workspace
    }

    /// What reads the workspace's files.
    pub fn reader(&self) -> &'w Reader {
        self.reader
    }

    /// What was retrieved so far.
    pub fn sources(&self) -> &'w Sources {
        self.sources
    }

    /// The questions.
    pub fn agenda(&self) -> &'w Agenda {
        self.agenda
    }

    /// Files that say most of a text, the best first.
    pub fn files_for(&self, text: &str) -> Vec<usize> {
        let query = Query::of_text(text, self.workspace.index.words());
        let mut files: Vec<usize> = Vec::new();
        for locator in [Some(&self.locator), self.documents.as_ref()].into_iter().flatten() {
            files.extend(locator.rank(&query).iter().map(|ranked| ranked.file));
        }
        files
    }

    /// A file that somebody else has found to be a place for requirements, with the definition where the work starts.
    pub fn component(&self, path: &str, symbol: &str, requirements: &[String], area: Area) -> Option<Component> {
        let file = self.workspace.index(path)?;
        let wanted = symbol.rsplit(['.', ':', '#']).next().unwrap_or(symbol);
        let symbols = &self.workspace.files[file].symbols;
        let named = symbols.iter().position(|own| own.qualified() == symbol || own.name == wanted);
        let spot = Spot { symbols: named.into_iter().collect(), ..Spot::at(file) };
        let mut component = component::existing(self, &spot, requirements.to_vec(), Strength::Likely, area);
        for id in requirements {
            component::add_symbols(self, &mut component, &spot, id, area);
        }
        Some(component)
    }

    /// A file that does not exist yet, for requirements, with what shows why it goes there.
    pub fn new_file(&self, path: &str, requirements: &[String], reason: &str, sources: Vec<SourceId>) -> Component {
        component::new(self, path, requirements, reason, sources, Vec::new())
    }

    /// Packages that the plan will speak of and whose registries can be asked. All are names that groundplan's catalogue
    /// lists, so that asking tells nobody what only this project knows.
    pub fn packages(&self) -> Vec<PackageName> {
        technology::packages(self)
    }

    /// The same engine, with what registries say of packages.
    #[must_use]
    pub fn with_packages(mut self, packages: BTreeMap<PackageName, Package>) -> Self {
        self.packages = packages;
        self
    }

    /// Files for a requirement, the surest first, on the side and in the part of the product that it is about.
    fn ranked(&self, id: &str) -> &[Ranked] {
        self.ranked.get(id).map_or(&[], Vec::as_slice)
    }

    /// Whether a commit changed something in a folder where a requirement has a place of some strength; true where it has none.
    fn is_near(&self, id: &str, least: Strength) -> impl Fn(usize) -> bool {
        let places = self.spots(id).iter().filter(|spot| spot.strength >= least);
        let folders: BTreeSet<&str> = places.map(|spot| kin::folder(&self.workspace.files[spot.file].path)).collect();
        let commits = &self.workspace.history.commits;
        move |commit| folders.is_empty() || commits[commit].files.iter().any(|path| folders.contains(kin::folder(path)))
    }

    /// Whether a commit changed a place of some strength of a requirement; true where it has none.
    fn is_at(&self, id: &str, least: Strength) -> impl Fn(usize) -> bool {
        let places = self.spots(id).iter().filter(|spot| spot.strength >= least);
        self.changed_one(places.map(|spot| self.workspace.files[spot.file].path.as_str()).collect())
    }

    /// Whether a commit changed the first place of a requirement; true where none is sure.
    fn is_at_first(&self, id: &str) -> impl Fn(usize) -> bool {
        let first = self.spots(id).first().filter(|spot| spot.strength > Strength::Possible);
        self.changed_one(first.map(|spot| self.workspace.files[spot.file].path.as_str()).into_iter().collect())
    }

    /// Whether a commit changed one of some files; true where there are none.
    fn changed_one<'p>(&'p self, paths: BTreeSet<&'p str>) -> impl Fn(usize) -> bool {
        let commits = &self.workspace.history.commits;
        move |commit| paths.is_empty() || commits[commit].files.iter().any(|path| paths.contains(path.as_str()))
    }

    /// Whether some requirement touches a file.
    fn is_touched(&self, file: usize) -> bool {
        self.spots.values().flatten().any(|spot| spot.file == file)
    }

    /// Records a commit as a source.
    pub fn cite_commit(&self, commit: usize, path: &str, area: Area) -> SourceId {
        let commit = &self.workspace.history.commits[commit];
        let then = commit.renamed.iter().find(|(now, _)| now == path).map_or(path, |(_, then)| then);
        let place = Place::Commit { path: then.to_owned(), commit: commit.id.clone() };
        let subject = commit.subject.replace(['"', '`'], "'");
        let id = self.sources.record(place, &format!("{} {}", commit.id, commit.subject), &subject, area);
        if then != path {
            self.sources.moved(id, path);
        }
        id
    }

    /// What a requirement asks for.
    fn query(&self, demand: &crate::document::Demand) -> &Query {
        // Every requirement of the agenda was read at the start.
        static NOTHING: Query = Query { words: Vec::new(), pairs: Vec::new(), names: BTreeSet::new() };
        self.queries.get(&*demand.id).unwrap_or(&NOTHING)
    }

    /// What the definitions of a file say.
    fn bodies(&self, file: usize) -> Arc<Bodies> {
        let known = || self.bodies.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bodies) = known().get(&file) {
            return Arc::clone(bodies);
        }
        let source = &self.workspace.files[file];
        let lines = self.reader.lines(&source.path).unwrap_or_default();
        let words = self.workspace.index.words();
        let bodies = Arc::new(Bodies::new(source, lines.iter().map(AsRef::as_ref), words));
        known().insert(file, Arc::clone(&bodies));
        bodies
    }

    fn spots(&self, requirement: &str) -> &[Spot] {
        self.spots.get(requirement).map_or(&[], Vec::as_slice)
    }

    /// Spots of a topic by file, with the requirements that share each, surest and most shared first.
    fn topic_spots(&self, topic: &Topic) -> Vec<(usize, Vec<String>, Strength, &Spot)> {
        let mut by_file: BTreeMap<usize, (Vec<String>, Strength, &Spot)> = BTreeMap::new();
        for id in &topic.requirements {
            for spot in self.spots(id) {
                let entry = by_file.entry(spot.file).or_insert_with(|| (Vec::new(), spot.strength, spot));
                entry.0.push(id.clone());
                if spot.strength > entry.1 {
                    (entry.1, entry.2) = (spot.strength, spot);
                }
            }
        }
        let mut spots: Vec<_> =
            by_file.into_iter().map(|(file, (ids, strength, spot))| (file, ids, strength, spot)).collect();
        spots.sort_by(|a, b| {
            b.2.cmp(&a.2).then(b.1.len().cmp(&a.1.len())).then(b.3.score.total_cmp(&a.3.score)).then(a.0.cmp(&b.0))
        });
        spots
    }

    /// Reads lines and records them as a source.
    pub fn cite(&self, path: &str, first: usize, last: usize, area: Area) -> Option<SourceId> {
        let last = last.min(first + CITED_LINES - 1);
        let text = self.reader.text(path, first, last)?;
        let place = Place::Lines { path: path.to_owned(), first, last };
        Some(self.sources.record(place, &text, &excerpt(&text), area))
    }

    /// Reads one line and records it as a source.
    fn cite_line(&self, path: &str, line: usize, area: Area) -> Option<SourceId> {
        self.cite(path, line, line, area)
    }

    /// Records an entry of the catalogue as a source.
    fn cite_catalogue(&self, domain: &catalogue::Domain, area: Area) -> SourceId {
        let place = Place::Catalogue { entry: domain.name.clone() };
        self.sources.record(place, &domain.text(), &format!("{} in groundplan's catalogue", domain.name), area)
    }

    /// Every requirement with a place, as components without repetition.
    fn components(&self, topic: &Topic, area: Area) -> Vec<Component> {
        let mut components = Vec::new();
        for (file, ids, strength, spot) in self.topic_spots(topic) {
            let mut component = component::existing(self, spot, ids.clone(), strength, area);
            for id in &ids {
                if let Some(own) = self.spots(id).iter().find(|own| own.file == file) {
                    component::add_symbols(self, &mut component, own, id, area);
                }
            }
            components.push(component);
        }
        components
    }
}

impl Engine for Evidence<'_> {
    fn name(&self) -> String {
        format!("evidence {}", env!("CARGO_PKG_VERSION"))
    }

    fn answer(&self, question: &Question) -> Answer {
        let answer = match &question.subject {
            Subject::Stack => stack::stack(self),
            Subject::Environment => environment::environment(self),
            Subject::Domain(name) => technology::domain(self, name),
            Subject::Places(topic) => system::places(self, topic),
            Subject::Building(topic) => design::building(self, topic),
            Subject::TestCustoms => testing::customs(self),
            Subject::Coverage => testing::coverage(self),
            Subject::Cases(topic) => testing::cases(self, topic),
        };
        Answer { question: question.number, ..answer }
    }
}
