//! A place that a requirement touches, and why it is one.

use super::Evidence;
use super::locate::is_document;
use crate::research::{Strength, joined};
use crate::workspace::Commit;

/// A place that a requirement touches.
#[derive(Debug, Clone, PartialEq)]
pub struct Spot {
    /// Index in `Workspace::files`.
    pub file: usize,
    /// How surely.
    pub strength: Strength,
    /// Rank among the places of its requirement.
    pub score: f32,
    /// Indices of the definitions that match best.
    pub symbols: Vec<usize>,
    /// Whether the work likely starts there, and not only near them.
    pub starts_there: bool,
    /// The requirement's words that its path and definitions name.
    pub words: Vec<String>,
    /// Other words of the requirement that it says, by the part of its text.
    pub told: Vec<(&'static str, Vec<String>)>,
    /// The most alike past commit that changed it.
    pub commit: Option<usize>,
    /// A line of it that shows why: beside which the requirement's own setting belongs, or that says what it writes out.
    pub line: Option<Line>,
    /// Why it is a place besides, as a sentence without its full stop.
    pub because: Option<String>,
    /// The earlier requirement that is built there and that this one speaks of.
    pub with: Option<String>,
    /// What it calls of a surer place of its requirement, where it only hands on to that.
    pub hands_on: Option<String>,
    /// What is to another part of the product what this is to the requirement's, and does there what it asks for.
    pub model: Option<Model>,
}

/// A line that says something by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// One-based.
    pub number: usize,
    /// What stands there.
    pub name: String,
    /// What that is.
    pub kind: LineKind,
}

/// What stands in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    /// A setting that is named like the requirement's.
    Setting,
    /// What the requirement writes out.
    Literal,
}

impl LineKind {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Setting => "setting",
            Self::Literal => "text",
        }
    }
}

/// A place that shows how another one is made.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Index in `Workspace::files`.
    pub file: usize,
    /// The definitions that say most of the requirement.
    pub symbols: Vec<usize>,
}

/// A subject longer than this is a message without one; git's own advice is shorter.
const SUBJECT: usize = 80;

/// A commit as a sentence names it.
pub fn named_commit(commit: &Commit) -> String {
    let subject = commit.subject.replace('`', "'");
    match subject.char_indices().nth(SUBJECT) {
        Some((end, _)) => {
            let whole = subject[..end].rsplit_once(' ').map_or(&subject[..end], |(words, _)| words);
            format!("`{}` “{}…”", commit.id, whole.trim_end_matches(['.', ',', ';', ':']))
        }
        None => format!("`{}` “{subject}”", commit.id),
    }
}

impl Spot {
    /// Whether it is told by the setting beside which another one belongs.
    pub fn is_setting(&self) -> bool {
        self.line.as_ref().is_some_and(|line| line.kind == LineKind::Setting)
    }

    /// A likely place of which nothing more is known.
    pub fn at(file: usize) -> Self {
        let (symbols, words, told) = (Vec::new(), Vec::new(), Vec::new());
        Self {
            file,
            strength: Strength::Likely,
            score: 0.0,
            symbols,
            starts_there: true,
            words,
            told,
            commit: None,
            line: None,
            because: None,
            with: None,
            hands_on: None,
            model: None,
        }
    }

    /// Why the place was chosen, with the sources' words.
    pub fn reason(&self, engine: &Evidence<'_>) -> String {
        let quoted = |words: &[String]| joined(&words.iter().map(|word| format!("“{word}”")).collect::<Vec<_>>());
        let mut reasons = Vec::new();
        if !self.words.is_empty() {
            let names = if is_document(&engine.workspace.files[self.file]) {
                "path names"
            } else {
                "path and definitions name"
            };
            reasons.push(format!("its {names} {}", quoted(&self.words)));
        }
        reasons.extend(self.told.iter().map(|(place, words)| {
            format!("its {place} {} {}", if matches!(*place, "code" | "text") { "says" } else { "say" }, quoted(words))
        }));
        if let Some(model) = &self.model {
            reasons.push(format!("it is the counterpart of `{}`", engine.workspace.files[model.file].path));
        }
        reasons.extend(self.line.iter().map(|line| match line.kind {
            LineKind::Setting => format!("it keeps settings like `{}`", line.name),
            LineKind::Literal => format!("line {} says `{}`", line.number, line.name),
        }));
        reasons.extend(self.because.clone());
        if let Some(commit) = self.commit {
            reasons.push(format!("commit {} changed it", named_commit(&engine.workspace.history.commits[commit])));
        }
        reasons.join("; ")
    }
}
