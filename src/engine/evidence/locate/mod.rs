//! Ranks the files that a requirement touches, from all the evidence that there is.
//!
//! Each signal is a module of its own that gives every file a number; here they are brought to one measure and added
//! with weights. What each signal brings is measured in `docs/evidence.md`.

mod docs;
mod folder;
mod names;
mod neighbours;
mod past;
mod query;
mod recent;
mod symbols;
mod tests;
mod text;
mod together;

use super::places::can_change;
use crate::workspace::Workspace;

pub use query::{Query, WEIGHTY, Wanted, exact_names};

/// Kinds of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Signal {
    /// The words stand in the file.
    Text,
    /// Commits with messages like the requirement changed the file.
    Past,
    /// One definition says most of it.
    Symbols,
    /// The file has a name that the requirement writes out.
    Names,
    /// It changed together with the best files.
    Together,
    /// It imports the best files or is imported by them.
    Neighbours,
    /// Tests that speak of the requirement test it.
    Tests,
    /// Documentation that speaks of it names the file.
    Docs,
    /// It stands beside the best files.
    Folder,
    /// It changes often.
    Recent,
}

impl Signal {
    /// All, in the order of their scores.
    pub const ALL: [Self; 10] = [
        Self::Text,
        Self::Past,
        Self::Symbols,
        Self::Names,
        Self::Together,
        Self::Neighbours,
        Self::Tests,
        Self::Docs,
        Self::Folder,
        Self::Recent,
    ];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Past => "past",
            Self::Symbols => "symbols",
            Self::Names => "names",
            Self::Together => "together",
            Self::Neighbours => "neighbours",
            Self::Tests => "tests",
            Self::Docs => "docs",
            Self::Folder => "folder",
            Self::Recent => "recent",
        }
    }

    /// How much it counts.
    fn weight(self) -> f32 {
        match self {
            Self::Text => 1.0,
            Self::Past => 0.5,
            Self::Symbols => 0.2,
            Self::Names => 0.2,
            Self::Together => 0.1,
            Self::Neighbours => 0.1,
            Self::Tests => 0.1,
            Self::Docs => 0.05,
            Self::Folder => 0.05,
            Self::Recent => 0.05,
        }
    }
}

/// A file with what speaks for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked {
    /// Index in `Workspace::files`.
    pub file: usize,
    /// The sum.
    pub score: f32,
    /// What each signal says, from 0 to 1, in the order of [`Signal::ALL`].
    pub signals: [f32; Signal::ALL.len()],
}

/// Files that second-hand signals start from.
const SEEDS: usize = 15;
/// Files whose definitions are looked at one by one.
const LOOKED_INTO: usize = 80;

/// Ranks files for the queries that it was made for.
#[derive(Debug)]
pub struct Locator<'w> {
    workspace: &'w Workspace,
    /// Where words stand.
    pub text: text::Text,
    past: past::Past,
    tested: tests::Tested,
    named: docs::Named,
    recent: Vec<f32>,
    candidates: Vec<bool>,
    weights: [f32; Signal::ALL.len()],
}

impl<'w> Locator<'w> {
    /// Reads what all queries need.
    pub fn new(workspace: &'w Workspace, queries: &[Query]) -> Self {
        let candidates: Vec<bool> = workspace.files.iter().map(can_change).collect();
        Self {
            workspace,
            text: text::Text::new(workspace, queries, |file| candidates[file]),
            past: past::Past::new(&workspace.history),
            tested: tests::Tested::new(workspace),
            named: docs::Named::new(workspace),
            recent: recent::scores(workspace),
            candidates,
            weights: Signal::ALL.map(Signal::weight),
        }
    }

    /// The same without some signals, to measure what they bring.
    #[must_use]
    pub fn without(mut self, signals: &[Signal]) -> Self {
        for signal in signals {
            self.weights[*signal as usize] = 0.0;
        }
        self
    }

    /// Past commits like a query, most alike first.
    pub fn alike(&self, query: &Query) -> Vec<(usize, f32)> {
        self.past.alike(query)
    }

    /// Definitions of a file that say something of a query, best first.
    pub fn definitions(&self, file: usize, query: &Query) -> Vec<(usize, f32)> {
        symbols::best(&self.workspace.files[file], query, &self.text)
    }

    /// Files that something speaks for, the surest first; equal ones in the order of their paths.
    pub fn rank(&self, query: &Query) -> Vec<Ranked> {
        let workspace = self.workspace;
        let text = self.text.scores(query);
        let past = self.past.scores(workspace, &self.past.alike(query));
        let mut signals = [const { Vec::new() }; Signal::ALL.len()];
        signals[Signal::Tests as usize] = self.tested.scores(workspace, &text);
        signals[Signal::Docs as usize] = self.named.scores(workspace, &text);
        signals[Signal::Names as usize] = names::scores(workspace, query);
        signals[Signal::Recent as usize] = self.recent.clone();
        signals[Signal::Text as usize] = text;
        signals[Signal::Past as usize] = past;
        for signal in [Signal::Tests, Signal::Docs, Signal::Names, Signal::Recent, Signal::Text, Signal::Past] {
            self.to_unit(&mut signals[signal as usize]);
        }
        let first: Vec<(usize, f32)> = self.best(|file| {
            let of = |signal: Signal| self.weights[signal as usize] * signals[signal as usize][file];
            of(Signal::Text) + of(Signal::Past) + of(Signal::Names)
        });
        let most = first.first().map_or(1.0, |(_, score)| score.max(f32::MIN_POSITIVE));
        let seeds: Vec<(usize, f32)> = first.iter().take(SEEDS).map(|(file, score)| (*file, score / most)).collect();
        signals[Signal::Together as usize] = together::scores(workspace, &seeds);
        signals[Signal::Neighbours as usize] = neighbours::scores(workspace, &seeds);
        signals[Signal::Folder as usize] = folder::scores(workspace, &seeds);
        let mut symbols = vec![0.0; workspace.files.len()];
        for (file, _) in first.iter().take(LOOKED_INTO) {
            symbols[*file] = self.definitions(*file, query).first().map_or(0.0, |(_, score)| *score);
        }
        signals[Signal::Symbols as usize] = symbols;
        for signal in [Signal::Together, Signal::Neighbours, Signal::Folder, Signal::Symbols] {
            self.to_unit(&mut signals[signal as usize]);
        }
        let ranked = self.best(|file| {
            Signal::ALL.iter().map(|signal| self.weights[*signal as usize] * signals[*signal as usize][file]).sum()
        });
        let whole =
            |(file, score): (usize, f32)| Ranked { file, score, signals: signals.each_ref().map(|own| own[file]) };
        ranked.into_iter().map(whole).collect()
    }

    /// Candidates with a score above nothing, best first.
    fn best(&self, score: impl Fn(usize) -> f32) -> Vec<(usize, f32)> {
        let all = (0..self.workspace.files.len()).filter(|&file| self.candidates[file]);
        let mut scored: Vec<(usize, f32)> =
            all.map(|file| (file, score(file))).filter(|(_, score)| *score > 0.0).collect();
        scored.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        scored
    }

    /// Brings a signal to the measure of its best candidate.
    fn to_unit(&self, signal: &mut [f32]) {
        let candidates = || signal.iter().zip(&self.candidates).filter(|(_, is)| **is).map(|(score, _)| *score);
        let most = candidates().fold(0.0f32, f32::max);
        for score in signal.iter_mut().filter(|_| most > 0.0) {
            *score /= most;
        }
    }
}
