//! Ranks the files that a requirement touches, from all the evidence that there is.
//!
//! Each signal is a module of its own that gives every file a number; here they are brought to one measure and added
//! with weights. What each signal brings is measured in `docs/evidence.md`.

mod bm25;
mod bodies;
mod candidates;
mod names;
mod neighbours;
mod past;
mod query;
mod recent;
mod switch;
mod symbols;
mod text;

use crate::workspace::{SourceFile, Word, Workspace};

pub use bodies::Bodies;
pub use candidates::{can_change, is_aside, is_document};
pub use query::{PAIR, Query, WEIGHTY, Wanted, exact_names, without_subject};
pub use switch::{STATES, is_switch};
pub use symbols::is_named;

/// Kinds of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Signal {
    /// The words stand in the file.
    Text,
    /// They stand in its path.
    Path,
    /// The messages of all commits that changed it speak so.
    Messages,
    /// Commits with messages like the requirement changed it.
    Past,
    /// It has a name that the requirement writes out.
    Names,
    /// It changes often.
    Recent,
    /// It imports the best files or is imported by them.
    Neighbours,
}

impl Signal {
    /// All, in the order of their scores.
    pub const ALL: [Self; 7] =
        [Self::Text, Self::Path, Self::Messages, Self::Past, Self::Names, Self::Recent, Self::Neighbours];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Path => "path",
            Self::Messages => "messages",
            Self::Past => "past",
            Self::Names => "names",
            Self::Recent => "recent",
            Self::Neighbours => "neighbours",
        }
    }

    /// How much it counts; found by `docs/evidence.md`'s recipe, where a repository is always judged by weights that
    /// the others gave.
    fn weight(self) -> f32 {
        match self {
            Self::Text => 1.0,
            Self::Path => 0.3,
            Self::Messages => 0.33,
            Self::Past => 0.19,
            Self::Names => 0.27,
            Self::Recent => 0.18,
            Self::Neighbours => 0.11,
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
    /// How much of all that speaks for any file speaks for this one, from 0 to 1.
    pub share: f32,
    /// What each signal says, from 0 to 1, in the order of [`Signal::ALL`].
    pub signals: [f32; Signal::ALL.len()],
}

/// How sharply a higher score is believed, and among how many; from the same measurement as the weights.
pub const SHARPNESS: f32 = 4.0;
const SHARED_BY: usize = 50;
/// Files that second-hand signals start from.
const SEEDS: usize = 15;

/// Ranks files for the queries that it was made for.
#[derive(Debug)]
pub struct Locator<'w> {
    workspace: &'w Workspace,
    /// Where words stand.
    pub text: text::Text,
    past: past::Past,
    recent: Vec<f32>,
    candidates: Vec<bool>,
    weights: [f32; Signal::ALL.len()],
}

impl<'w> Locator<'w> {
    /// Reads what all queries need, for files that somebody could change.
    pub fn new(workspace: &'w Workspace, queries: &[Query]) -> Self {
        Self::among(workspace, queries, can_change)
    }

    /// The same for files of another kind.
    pub fn among(workspace: &'w Workspace, queries: &[Query], is_candidate: fn(&SourceFile) -> bool) -> Self {
        let candidates: Vec<bool> =
            workspace.files.iter().map(|file| is_candidate(file) && workspace.is_built(&file.path)).collect();
        Self {
            workspace,
            text: text::Text::new(workspace, queries, |file| candidates[file]),
            past: past::Past::new(workspace),
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

    /// How rare a word is in the messages of commits.
    pub fn rarity_in_messages(&self, word: Option<Word>) -> f32 {
        self.past.rarity(word)
    }

    /// Definitions of a file that say something of a query, best first.
    pub fn definitions(&self, file: usize, bodies: &Bodies, query: &Query) -> Vec<(usize, f32)> {
        symbols::best(&self.workspace.files[file], bodies, query, &self.text)
    }

    /// Files that something speaks for, the surest first; equal ones in the order of their paths.
    pub fn rank(&self, query: &Query) -> Vec<Ranked> {
        self.rank_among(query, &self.candidates)
    }

    /// The same where only some files are meant.
    pub fn rank_where(&self, query: &Query, is_meant: impl Fn(usize) -> bool) -> Vec<Ranked> {
        let among: Vec<bool> = self.candidates.iter().enumerate().map(|(file, is)| *is && is_meant(file)).collect();
        self.rank_among(query, &among)
    }

    fn rank_among(&self, query: &Query, among: &[bool]) -> Vec<Ranked> {
        let workspace = self.workspace;
        let alike = self.past.alike(query);
        let mut signals = [const { Vec::new() }; Signal::ALL.len()];
        let mut set = |signal: Signal, mut scores: Vec<f32>| {
            to_unit(&mut scores, among);
            signals[signal as usize] = scores;
        };
        set(Signal::Text, self.text.scores(query));
        set(Signal::Path, self.text.path_scores(query));
        set(Signal::Messages, self.past.messages(query));
        set(Signal::Past, self.past.scores(workspace, &alike));
        set(Signal::Names, names::scores(workspace, query));
        set(Signal::Recent, self.recent.clone());
        let first: Vec<(usize, f32)> = best(among, |file| {
            let of = |signal: &Signal| self.weights[*signal as usize] * signals[*signal as usize][file];
            Signal::ALL.iter().filter(|signal| !signals[**signal as usize].is_empty()).map(of).sum()
        });
        let most = first.first().map_or(1.0, |(_, score)| score.max(f32::MIN_POSITIVE));
        let seeds: Vec<(usize, f32)> = first.iter().take(SEEDS).map(|(file, score)| (*file, score / most)).collect();
        let mut neighbours = neighbours::scores(workspace, &seeds);
        to_unit(&mut neighbours, among);
        signals[Signal::Neighbours as usize] = neighbours;
        let ranked = best(among, |file| {
            Signal::ALL.iter().map(|signal| self.weights[*signal as usize] * signals[*signal as usize][file]).sum()
        });
        let most = ranked.first().map_or(0.0, |(_, score)| *score);
        let voice = |score: f32| (SHARPNESS * (score - most)).exp();
        let all: f32 = ranked.iter().take(SHARED_BY).map(|(_, score)| voice(*score)).sum();
        let whole = |(file, score): (usize, f32)| Ranked {
            file,
            score,
            share: voice(score) / all,
            signals: signals.each_ref().map(|own| own[file]),
        };
        ranked.into_iter().map(whole).collect()
    }
}

/// Candidates with a score above nothing, best first.
fn best(among: &[bool], score: impl Fn(usize) -> f32) -> Vec<(usize, f32)> {
    let all = (0..among.len()).filter(|&file| among[file]);
    let mut scored: Vec<(usize, f32)> = all.map(|file| (file, score(file))).filter(|(_, score)| *score > 0.0).collect();
    scored.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    scored
}

/// Brings a signal to the measure of its best candidate.
fn to_unit(signal: &mut [f32], among: &[bool]) {
    let most = signal.iter().zip(among).filter(|(_, is)| **is).map(|(score, _)| *score).fold(0.0f32, f32::max);
    for score in signal.iter_mut().filter(|_| most > 0.0) {
        *score /= most;
    }
}
