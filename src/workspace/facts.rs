//! What is known about one file of text.

use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Language, Symbol, Word};

/// One file of text.
#[derive(Debug, Clone, Default)]
pub struct SourceFile {
    /// Relative to the workspace root, with `/` between its parts.
    pub path: String,
    /// Whether it holds tests, by its path.
    pub is_test: bool,
    /// What its text says; files of the same text share it.
    pub facts: Arc<Facts>,
}

impl Deref for SourceFile {
    type Target = Facts;

    fn deref(&self) -> &Facts {
        &self.facts
    }
}

/// The facts of a file's text, whatever it is called.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Its language; `None` for text that is only searched.
    pub language: Option<Language>,
    /// Number of lines.
    pub lines: usize,
    /// Definitions, in the order in which they stand.
    pub symbols: Vec<Symbol>,
    /// What it imports, as written.
    pub imports: Vec<String>,
    /// Identifiers, sorted by their number.
    pub identifiers: Vec<Identifier>,
    /// Stems with their number of uses, by the part of the text that they stand in; sorted by their number.
    pub terms: [Vec<(Word, u32)>; Part::ALL.len()],
}

impl Facts {
    /// The line of an identifier's first use.
    pub fn line_of(&self, identifier: Word) -> Option<usize> {
        let at = self.identifiers.binary_search_by_key(&identifier, |known| known.name).ok()?;
        Some(self.identifiers[at].line as usize)
    }

    /// Whether a part of the text says a stem.
    pub fn says(&self, part: Part, stem: Word) -> bool {
        self.terms(part).binary_search_by_key(&stem, |(known, _)| *known).is_ok()
    }

    /// The stems of a part of the text.
    pub fn terms(&self, part: Part) -> &[(Word, u32)] {
        &self.terms[part as usize]
    }
}

/// A name that a text says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Identifier {
    /// Its number.
    pub name: Word,
    /// The one-based line of its first use.
    pub line: u32,
    /// Whether it is said only of what something has, as a field, and so means no type.
    pub is_member: bool,
}

/// Parts of a source text that speak in different ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Everything that is neither comment nor string; all of a text without a grammar.
    Code,
    /// Comments.
    Comment,
    /// String literals: messages, routes, keys.
    Literal,
    /// Names of definitions.
    Name,
    /// Two neighbouring words of an identifier, or of prose.
    Pair,
}

impl Part {
    /// All parts.
    pub const ALL: [Self; 5] = [Self::Code, Self::Comment, Self::Literal, Self::Name, Self::Pair];
}
