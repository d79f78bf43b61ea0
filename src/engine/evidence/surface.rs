//! Tells what users see and call apart from what is behind it, so that a requirement about one is not looked for in another.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::text::pattern;

use super::locate::can_change;
use crate::document::Demand;
use crate::research::is_shown;
use crate::workspace::{Language, SourceFile, Workspace};

/// What a requirement says where it is about what is behind all sides, too.
static BEHIND: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:apis?|endpoints?|servers?|backend|database|scheduler|engine)\b"));

/// Folders of libraries for other programs.
const LIBRARIES: &[&str] = &["sdk", "sdks"];

/// A side of the product that stands beside its core.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    /// What is seen in a browser or a window.
    Interface,
    /// Libraries by which other programs call it.
    Library,
    /// What is typed in a shell.
    Terminal,
}

impl Surface {
    /// The surface that a file belongs to.
    pub fn of(file: &SourceFile) -> Option<Self> {
        let is = |names: &[&str]| file.path.split('/').rev().skip(1).any(|part| names.contains(&part));
        let ending = file.path.rsplit_once('.').map_or("", |(_, ending)| ending);
        if is(LIBRARIES) {
            return Some(Self::Library);
        }
        if is(&["cli", "tui"]) {
            return Some(Self::Terminal);
        }
        let drawn = file.language == Some(Language::Tsx) || matches!(ending, "jsx" | "vue" | "svelte");
        (drawn || is(&["frontend", "ui", "webapp", "dashboard"])).then_some(Self::Interface)
    }

    /// Whether a sentence is about the surface.
    fn is_spoken_of(self, said: &str) -> bool {
        static LIBRARY: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b(?:sdks?|client librar(?:y|ies))\b"));
        static TERMINAL: LazyLock<Regex> = LazyLock::new(|| {
            pattern(r"(?i)\b(?:cli|tui|command[ -]lines?|terminals?|subcommands?)\b|`[a-z][\w.-]* [^`]+`")
        });
        match self {
            Self::Interface => is_shown(said),
            Self::Library => LIBRARY.is_match(said),
            Self::Terminal => TERMINAL.is_match(said),
        }
    }
}

/// A surface that holds more of the code than one file in two is no side of the product, but the product.
const SIDE: usize = 2;

/// The sides of a workspace, and on which of them each file lies.
#[derive(Debug, Default)]
pub struct Sides {
    sides: Vec<Surface>,
    of: Vec<Option<Surface>>,
}

impl Sides {
    /// Reads the sides from the paths of a workspace.
    pub fn new(workspace: &Workspace) -> Self {
        let mut of: Vec<Option<Surface>> = workspace.files.iter().map(Surface::of).collect();
        let code = workspace.files.iter().zip(&of).filter(|(file, _)| file.language.is_some() && can_change(file));
        let code: Vec<Option<Surface>> = code.map(|(_, own)| *own).collect();
        let is_side = |surface: &Surface| {
            let own = code.iter().filter(|own| **own == Some(*surface)).count();
            own > 0 && own * SIDE < code.len()
        };
        let sides: Vec<Surface> =
            [Surface::Interface, Surface::Library, Surface::Terminal].into_iter().filter(is_side).collect();
        for own in &mut of {
            *own = own.filter(|own| sides.contains(own));
        }
        Self { sides, of }
    }

    /// Whether the product has none beside its core.
    pub fn are_none(&self) -> bool {
        self.sides.is_empty()
    }

    /// Whether a requirement speaks of one of them, or of what is behind them.
    pub fn are_spoken_of(&self, demand: &Demand) -> bool {
        let said = demand.summary();
        BEHIND.is_match(&said) || self.sides.iter().any(|side| side.is_spoken_of(&said))
    }

    /// Whether a file lies on the side that a requirement is about: where that speaks of sides, one of them; where it
    /// speaks of none, or of what is behind them as well, that.
    pub fn meant<'s>(&'s self, workspace: &'s Workspace, demand: &Demand) -> impl Fn(usize) -> bool + 's {
        let said = demand.summary();
        let spoken: Vec<Surface> = self.sides.iter().copied().filter(|surface| surface.is_spoken_of(&said)).collect();
        let behind = spoken.is_empty() || BEHIND.is_match(&said);
        // Of the libraries, the one for the language that is named.
        let library = |file: usize| {
            let mut parts = workspace.files[file].path.split('/').skip_while(|part| !LIBRARIES.contains(part));
            parts.nth(1)
        };
        let named: BTreeSet<&str> = match spoken.contains(&Surface::Library) {
            true => (0..self.of.len()).filter_map(library).filter(|name| names_language(&said, name)).collect(),
            false => BTreeSet::new(),
        };
        move |file| match self.of[file] {
            Some(Surface::Library) if !named.is_empty() => library(file).is_some_and(|name| named.contains(name)),
            Some(surface) => spoken.contains(&surface),
            None => behind,
        }
    }
}

/// Whether a text names a language as such: `the Go SDK`, and not what must `go on`.
fn names_language(text: &str, folder: &str) -> bool {
    let words = text.split(|c: char| !c.is_alphanumeric());
    words.filter(|word| word.starts_with(char::is_uppercase)).any(|word| word.eq_ignore_ascii_case(folder))
}
