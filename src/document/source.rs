//! Sources of the ledger, in the form of design section 8.

use std::ops::Range;
use std::sync::{Arc, LazyLock};

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use regex::Regex;

use super::piece::Note;
use crate::text::{Digest, pattern};

/// A footnote definition, read as a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The id between `[^` and `]`.
    pub id: String,
    /// Where the id stands in its definition.
    pub id_range: Range<usize>,
    /// The whole definition.
    pub range: Range<usize>,
    /// What it points at; `None` for a footnote that is not in the ledger's form.
    pub place: Option<Place>,
    /// The verbatim excerpt.
    pub excerpt: Arc<str>,
    /// The area of research that read it.
    pub area: Arc<str>,
    /// The day on which it was read, `2026-11-22`.
    pub date: Arc<str>,
    /// Digest of what was read.
    pub digest: Option<Digest>,
}

/// What a source points at.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// Lines of a file, one-based and inclusive; the path is relative to the workspace root.
    Lines {
        /// With `/` between its parts.
        path: String,
        /// First line.
        first: usize,
        /// Last line.
        last: usize,
    },
    /// What `git log --follow COMMIT -- PATH` says.
    History {
        /// With `/` between its parts.
        path: String,
        /// The commit that the log ends at, abbreviated.
        commit: String,
    },
    /// One commit, by what it did to a path.
    Commit {
        /// With `/` between its parts.
        path: String,
        /// Abbreviated.
        commit: String,
    },
    /// An entry of groundplan's own catalogue of technologies.
    Catalogue {
        /// The entry's name.
        entry: String,
    },
    /// What a tool of an MCP server answered.
    Tool {
        /// The call: `server.tool {"query":"x"}`.
        call: String,
    },
    /// What a registry says of a package, as its client shows it.
    Package {
        /// The command that shows it: `cargo info serde`.
        command: String,
    },
}

static NOTE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?s)^\[(?P<name>[^\]]+)\](?:\((?P<link>[^)]*)\))?\s+"(?P<excerpt>.*)"\s+·\s+(?P<area>\w+)\s+·\s+(?P<date>\d{4}-\d\d-\d\d)\s+·\s+`(?P<digest>b3:[0-9a-f]{12})`"#,
    )
});

/// What must not stand bare in a link of markdown.
const LINK: &AsciiSet = &CONTROLS.add(b' ').add(b'(').add(b')').add(b'<').add(b'>').add(b'%').add(b'#').add(b'?');

/// A path as a link of markdown writes it.
pub fn link_path(path: &str) -> String {
    utf8_percent_encode(path, LINK).to_string()
}

/// How the commands start that show a package.
const PACKAGE: &[&str] = &["cargo info ", "npm view ", "pip index versions ", "go list -m "];

static LINES: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?P<path>.+):(?P<first>\d+)(?:-(?P<last>\d+))?$"));

/// What a footnote says of a source, read once when its piece is parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Description {
    place: Option<Place>,
    excerpt: Arc<str>,
    area: Arc<str>,
    date: Arc<str>,
    digest: Option<Digest>,
}

/// Reads the text of a footnote; `None` for one that is not in the ledger's form.
pub(super) fn describe(text: &str) -> Option<Description> {
    let found = NOTE.captures(text)?;
    Some(Description {
        place: place(&found["name"]),
        excerpt: found["excerpt"].into(),
        area: found["area"].into(),
        date: found["date"].into(),
        digest: Digest::parse(&found["digest"]),
    })
}

/// A footnote definition as a source.
pub(super) fn read(note: &Note, start: usize) -> Source {
    let nothing: Arc<str> = "".into();
    let said = note.description.as_ref();
    Source {
        id: note.id.clone(),
        id_range: super::at(start, &note.id_range),
        range: super::at(start, &note.range),
        place: said.and_then(|said| said.place.clone()),
        excerpt: said.map_or_else(|| Arc::clone(&nothing), |said| Arc::clone(&said.excerpt)),
        area: said.map_or_else(|| Arc::clone(&nothing), |said| Arc::clone(&said.area)),
        date: said.map_or_else(|| Arc::clone(&nothing), |said| Arc::clone(&said.date)),
        digest: said.and_then(|said| said.digest.clone()),
    }
}

impl Place {
    /// Reads the name between the brackets of a ledger entry.
    pub fn parse(name: &str) -> Option<Self> {
        place(name)
    }
}

fn place(name: &str) -> Option<Place> {
    if let Some(rest) = name.strip_prefix("git log ") {
        let rest = rest.strip_prefix("--follow ").unwrap_or(rest);
        let (commit, path) = rest.split_once(" -- ")?;
        return Some(Place::History { path: path.to_owned(), commit: commit.to_owned() });
    }
    if let Some(rest) = name.strip_prefix("git show ") {
        let (commit, path) = rest.split_once(" -- ")?;
        return Some(Place::Commit { path: path.to_owned(), commit: commit.to_owned() });
    }
    if let Some(entry) = name.strip_prefix("catalogue ") {
        return Some(Place::Catalogue { entry: entry.to_owned() });
    }
    if let Some(call) = name.strip_prefix("mcp ") {
        return Some(Place::Tool { call: call.to_owned() });
    }
    if PACKAGE.iter().any(|start| name.starts_with(start)) {
        return Some(Place::Package { command: name.to_owned() });
    }
    let lines = LINES.captures(name)?;
    let first = lines["first"].parse().ok()?;
    let last = match lines.name("last") {
        Some(last) => last.as_str().parse().ok()?,
        None => first,
    };
    Some(Place::Lines { path: lines["path"].to_owned(), first, last })
}

impl Place {
    /// The name between the brackets of a ledger entry.
    pub fn name(&self) -> String {
        match self {
            Self::Lines { path, first, last } if first == last => format!("{path}:{first}"),
            Self::Lines { path, first, last } => format!("{path}:{first}-{last}"),
            Self::History { path, commit } => format!("git log --follow {commit} -- {path}"),
            Self::Commit { path, commit } => format!("git show {commit} -- {path}"),
            Self::Catalogue { entry } => format!("catalogue {entry}"),
            // A bracket would end the name.
            Self::Tool { call } => format!("mcp {}", call.replace('[', "(").replace(']', ")")),
            Self::Package { command } => command.clone(),
        }
    }

    /// The file that it points at.
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::Lines { path, .. } | Self::History { path, .. } | Self::Commit { path, .. } => Some(path),
            Self::Catalogue { .. } | Self::Tool { .. } | Self::Package { .. } => None,
        }
    }
}
