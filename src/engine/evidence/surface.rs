//! Tells what users see and call apart from what is behind it, so that a requirement about one is not looked for in another.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::Evidence;
use super::locate::can_change;
use crate::document::Demand;
use crate::workspace::{Language, SourceFile, Workspace};

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

    /// What a requirement says where it is about the surface.
    fn pattern(self) -> &'static Regex {
        fn words(pattern: &str) -> Regex {
            #[expect(clippy::expect_used, reason = "the patterns are constants and every test goes through them")]
            Regex::new(pattern).expect("constant pattern")
        }
        static INTERFACE: LazyLock<Regex> = LazyLock::new(|| {
            words(
                r"(?i)\b(?:dashboards?|frontend|ui|user interface|web (?:app|interface|page)|pages?|screens?|buttons?|dialogs?|modals?|tooltips?|banners?|toasts?|forms?|sidebar|menus?|theme)\b",
            )
        });
        static LIBRARY: LazyLock<Regex> = LazyLock::new(|| words(r"(?i)\b(?:sdks?|client librar(?:y|ies))\b"));
        static TERMINAL: LazyLock<Regex> = LazyLock::new(|| {
            words(
                r"(?i)\b(?:cli|tui|command[ -]lines?|terminals?|(?:sub)?commands?|flags?|shells?)\b|`(?:[a-z][\w.-]* )?--|`[a-z][\w.-]* [^`]+`",
            )
        });
        match self {
            Self::Interface => &INTERFACE,
            Self::Library => &LIBRARY,
            Self::Terminal => &TERMINAL,
        }
    }
}

/// A surface that holds more of the code than one file in two is no side of the product, but the product.
const SIDE: usize = 2;

/// The surfaces of a workspace that are sides of it.
pub fn sides(workspace: &Workspace) -> Vec<Surface> {
    let code = || workspace.files.iter().filter(|file| file.language.is_some() && can_change(file));
    let all = code().count();
    let is_side = |surface: &Surface| {
        let own = code().filter(|file| Surface::of(file) == Some(*surface)).count();
        own > 0 && own * SIDE < all
    };
    [Surface::Interface, Surface::Library, Surface::Terminal].into_iter().filter(is_side).collect()
}

/// Whether a file is on the side of the product that a requirement is about: where that speaks of sides, one of them;
/// where it speaks of none, what is behind them.
pub fn is_meant(engine: &Evidence<'_>, demand: &Demand) -> impl Fn(usize) -> bool {
    let said = demand.summary();
    let spoken: Vec<Surface> =
        engine.sides.iter().copied().filter(|surface| surface.pattern().is_match(&said)).collect();
    let files = &engine.workspace.files;
    // Of the libraries, the one for the language that is named.
    let words: BTreeSet<String> = said.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase).collect();
    let library = |file: &SourceFile| {
        let mut parts = file.path.split('/').skip_while(|part| !LIBRARIES.contains(part));
        parts.nth(1).map(str::to_owned)
    };
    let named: BTreeSet<String> = match spoken.contains(&Surface::Library) {
        true => files.iter().filter_map(library).filter(|name| words.contains(name)).collect(),
        false => BTreeSet::new(),
    };
    move |file| match Surface::of(&files[file]).filter(|own| engine.sides.contains(own)) {
        Some(Surface::Library) if !named.is_empty() => library(&files[file]).is_some_and(|name| named.contains(&name)),
        Some(surface) => spoken.contains(&surface),
        None => spoken.is_empty(),
    }
}
