//! Definitions in source files.

use serde::{Deserialize, Serialize};

/// What a definition defines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum SymbolKind {
    /// A function outside a type.
    Function,
    /// A function of a type.
    Method,
    /// A class, struct, record or other type with fields.
    Type,
    /// An interface, trait or protocol.
    Interface,
    /// An enumeration.
    Enum,
    /// A module or namespace.
    Module,
    /// A constant or global.
    Constant,
    /// A macro.
    Macro,
    /// A query of a database, by the name that its file gives it.
    Query,
    /// A table or view of a database.
    Table,
}

impl SymbolKind {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Function => "function",
            Self::Method => "method",
            Self::Type => "type",
            Self::Interface => "interface",
            Self::Enum => "enum",
            Self::Module => "module",
            Self::Constant => "constant",
            Self::Macro => "macro",
            Self::Query => "query",
            Self::Table => "table",
        }
    }

    /// Whether other definitions stand inside it.
    pub fn is_container(self) -> bool {
        matches!(self, Self::Type | Self::Interface | Self::Enum | Self::Module)
    }
}

/// A definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Symbol {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: SymbolKind,
    /// First line, one-based, without its comment.
    pub first: usize,
    /// Last line, inclusive.
    pub last: usize,
    /// The type or module that it belongs to.
    pub parent: Option<String>,
    /// First sentence of its documentation comment; empty without one.
    pub doc: String,
    /// Whether it is marked or named as a test.
    pub is_test: bool,
}

impl Symbol {
    /// Whether its documentation starts by saying that it should not be used any more.
    pub fn is_deprecated(&self) -> bool {
        self.doc
            .trim_start_matches(['@', '*', ' '])
            .get(..10)
            .is_some_and(|start| start.eq_ignore_ascii_case("deprecated"))
    }

    /// Whether it makes what it belongs to: a constructor, or a function that is called as one.
    pub fn makes_parent(&self) -> bool {
        matches!(self.name.as_str(), "new" | "New" | "__init__" | "constructor" | "initialize" | "__construct")
            || self.parent.as_ref() == Some(&self.name)
    }

    /// `Parent::name` in the way of prose: the parent, a dot, the name.
    pub fn qualified(&self) -> String {
        match &self.parent {
            Some(parent) => format!("{parent}.{}", self.name),
            None => self.name.clone(),
        }
    }
}
