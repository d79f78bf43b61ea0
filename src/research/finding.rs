//! What answers a question: claims with sources, components, test cases, risks.

use super::SourceId;

/// How far a claim is supported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// A retrieved source shows it.
    Grounded,
    /// Nobody has shown it.
    Assumption,
    /// Research could not settle it.
    Open,
}

/// A sentence of the plan with what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// One sentence, in markdown, without citations.
    pub text: String,
    /// What shows it.
    pub sources: Vec<SourceId>,
    /// Requirements that it bears on.
    pub requirements: Vec<String>,
    /// How far it is supported.
    pub standing: Standing,
}

impl Claim {
    /// A claim that sources show.
    pub fn grounded(text: impl Into<String>, sources: Vec<SourceId>) -> Self {
        Self { text: text.into(), sources, requirements: Vec::new(), standing: Standing::Grounded }
    }

    /// A question that facts leave open.
    pub fn open(text: impl Into<String>) -> Self {
        Self { text: text.into(), sources: Vec::new(), requirements: Vec::new(), standing: Standing::Open }
    }

    /// The same claim, about requirements.
    #[must_use]
    pub fn about(mut self, requirements: &[String]) -> Self {
        self.requirements = requirements.to_vec();
        self
    }
}

/// How surely a place must change for a requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// One weak sign.
    Possible,
    /// Several signs.
    Likely,
    /// The requirement's own words name it.
    Strong,
}

impl Strength {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Possible => "possible",
            Self::Likely => "likely",
            Self::Strong => "strong",
        }
    }
}

/// What happens to a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// It exists and is extended.
    Extend,
    /// It is written anew.
    Create,
}

/// A definition inside a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SymbolRef {
    /// With its type.
    pub name: String,
    /// What it is, one word.
    pub kind: &'static str,
    /// What its comment says; empty without one.
    pub doc: String,
    /// First line.
    pub first: usize,
    /// Last line.
    pub last: usize,
    /// Its definition.
    pub source: SourceId,
    /// The requirements that it matters for.
    pub requirements: Vec<String>,
    /// Those of them for which work likely starts there, and not only near it.
    pub starts: Vec<String>,
    /// How many files outside tests use its file and say its name.
    pub used_by: usize,
}

/// Where the work on a requirement starts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Home {
    /// The requirement.
    pub requirement: String,
    /// The file.
    pub path: String,
    /// The definition in it; empty where the file as a whole is the place, or is new.
    pub entry: String,
    /// Whether the work likely starts there, and not only near it.
    pub starts_there: bool,
    /// What shows it, for a place that exists and is likely to change.
    pub source: Option<SourceId>,
}

/// A file that the requirements touch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// Relative to the workspace root.
    pub path: String,
    /// Whether it exists.
    pub action: Action,
    /// Whether it is documentation, which no test covers.
    pub is_document: bool,
    /// How surely.
    pub strength: Strength,
    /// Requirements that touch it.
    pub requirements: Vec<String>,
    /// Why it was chosen: which words matched where.
    pub reason: String,
    /// The definitions that matter.
    pub symbols: Vec<SymbolRef>,
    /// What shows it: lines, for a new one those of its nearest kin.
    pub sources: Vec<SourceId>,
    /// Other touched files that it uses: path, and the line that shows it.
    pub uses: Vec<(String, SourceId)>,
    /// Files outside tests that use it.
    pub used_by: Vec<String>,
    /// Commits that changed it.
    pub commits: usize,
    /// Those within a year before the newest commit to anything.
    pub commits_of_year: usize,
    /// Among so many of the newest; `None` where all were looked at.
    pub window: Option<usize>,
    /// Requirements for which it only hands on to a surer place, each with what it calls of that.
    pub hands_on: Vec<(String, String)>,
    /// Authors with their commits, most first.
    pub authors: Vec<(String, usize)>,
    /// How many of them are still at work here.
    pub present_authors: usize,
    /// Years between its last change and the newest commit of the repository.
    pub idle_years: usize,
    /// Its history.
    pub history: Option<SourceId>,
    /// Tests that cover it: path, line, source.
    pub tests: Vec<(String, SourceId)>,
    /// Tests that bear its name and do not use it: path, source.
    pub namesakes: Vec<(String, SourceId)>,
    /// Whether the home of its tests is there already, in another file.
    pub has_test_home: bool,
    /// Where a test of it would go.
    pub test_home: String,
    /// Existing files in which a new component must be registered.
    pub wiring: Vec<(String, SourceId)>,
}

impl Component {
    /// Whether all that it does for its requirements is to hand on to surer places.
    pub fn only_hands_on(&self) -> bool {
        let is_handed = |id: &String| self.hands_on.iter().any(|(of, _)| of == id);
        !self.requirements.is_empty() && self.requirements.iter().all(is_handed)
    }
}

/// A test case that follows from an acceptance criterion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The criterion, or the requirement if it has none.
    pub id: String,
    /// The requirement.
    pub requirement: String,
    /// What must be seen.
    pub text: String,
    /// The test's name in the project's own style.
    pub name: String,
    /// The file in which it would go.
    pub file: String,
    /// That file, if it is there already.
    pub home: Option<SourceId>,
}

/// Kinds of risk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RiskKind {
    /// No test covers it.
    Untested,
    /// Many files use it.
    FanIn,
    /// It changes often.
    Churn,
    /// One person knows it.
    SingleAuthor,
    /// Nobody has changed it for years.
    Stale,
}

/// A risk, with the number that it is read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Risk {
    /// What kind.
    pub kind: RiskKind,
    /// The component.
    pub path: String,
    /// The claim with its numbers.
    pub claim: Claim,
    /// What to do about it.
    pub mitigation: String,
}

/// What serves a domain of technology in this work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The domain.
    pub domain: String,
    /// What is recommended, as a sentence names it; `None` where nothing here serves the domain yet.
    pub pick: Option<String>,
    /// What shows it.
    pub sources: Vec<SourceId>,
}

/// The answer to one question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The question's number in the agenda.
    pub question: usize,
    /// In the order in which they are told.
    pub claims: Vec<Claim>,
    /// Places that the answer names.
    pub components: Vec<Component>,
    /// Test cases that the answer names.
    pub cases: Vec<Case>,
    /// Where the work on each requirement starts.
    pub homes: Vec<Home>,
    /// Past changes like those that are asked for.
    pub comparables: Vec<Comparable>,
    /// Past changes that made something like it, each with the requirements that can follow it.
    pub followed: Vec<Followed>,
    /// What shows how requirements can be met.
    pub ways: Vec<Way>,
    /// The libraries that the touched code builds on.
    pub foundation: Option<Claim>,
    /// Signs that a requirement is met already.
    pub built: Vec<Claim>,
    /// What serves the domain that was asked about.
    pub choice: Option<Choice>,
    /// Commands that run tests.
    pub test_runs: Vec<TestRun>,
    /// What the work runs on and is made with.
    pub environment: Vec<(Facet, Claim)>,
}

/// A command that runs tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestRun {
    /// As typed in a shell.
    pub command: String,
    /// The folder in which it is typed, relative to the root; empty for the root.
    pub folder: String,
    /// Whether it tests the product as a whole, which must be set up and running for that.
    pub is_whole: bool,
    /// The file that shows it.
    pub shown_in: String,
    /// Its line.
    pub source: SourceId,
}

impl TestRun {
    /// As a sentence names it: `npm test` in `web`.
    pub fn name(&self) -> String {
        match self.folder.as_str() {
            "" => format!("`{}`", self.command),
            folder => format!("`{}` in `{folder}`", self.command),
        }
    }
}

/// A past commit that shows how large work on a requirement may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparable {
    /// The requirement.
    pub requirement: String,
    /// Whether it resembles the requirement, and is not only one of the last to change where that is built.
    pub is_alike: bool,
    /// The commit's id and subject, as a sentence names it.
    pub name: String,
    /// Number of files that it changed.
    pub files: usize,
    /// Lines that it added and removed; `None` if unknown.
    pub lines: Option<usize>,
    /// Commits of the same piece of work, it included.
    pub commits: usize,
    /// Calendar days from the first to the last of those commits.
    pub days: usize,
    /// The commit.
    pub source: SourceId,
}

/// What shows how a requirement can be met: something like it that was made before, or that another part has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// As a sentence names it: a definition with its file.
    pub name: String,
    /// The requirement.
    pub requirement: String,
    /// What shows it.
    pub source: SourceId,
}

/// A past change that made something like what requirements ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Followed {
    /// The id of its commit.
    pub commit: String,
    /// What it made and changed, with the requirements that can follow it.
    pub claim: Claim,
}

/// Parts of the environment of a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Facet {
    /// Libraries that the project as a whole stands on.
    Stack,
    /// Services, containers, cluster objects.
    Infrastructure,
    /// Compilers, runtimes, package managers.
    Toolchain,
    /// Pipelines and images on the way to production.
    Deployment,
    /// Benchmarks.
    Benchmark,
}
