//! Structured findings: the form in which a model answers, and the checks that each claim must pass.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Value, json};

use super::shelf::Shelf;
use crate::engine::evidence::{Evidence, catalogue};
use crate::research::{Claim, SourceId, Sources, Standing, sentence};
use crate::text::{pattern, stems};
use crate::workspace::Workspace;

/// The action, or the tool, by which a model answers.
pub const ANSWER: &str = "answer";
/// A sentence longer than this is none.
const LONGEST: usize = 700;

/// What a model has found.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Findings {
    /// Sentences with their sources.
    pub claims: Vec<Stated>,
    /// Files that must change, or are new.
    pub places: Vec<Place>,
    /// Files that the evidence wrongly suggests.
    pub not_places: Vec<NotPlace>,
    /// Questions for a person.
    pub open: Vec<String>,
}

/// A claim as a model states it.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Stated {
    /// One sentence.
    pub text: String,
    /// Labels of sources.
    pub sources: Vec<String>,
    /// A piece of one of them, word for word; may be empty.
    pub quote: String,
    /// Ids of requirements.
    pub requirements: Vec<String>,
}

/// A file that must change, or is new.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Place {
    /// Relative to the root.
    pub path: String,
    /// The definition where the work starts; may be empty.
    pub symbol: String,
    /// Ids of requirements.
    pub requirements: Vec<String>,
    /// Why.
    pub why: String,
    /// Labels of sources.
    pub sources: Vec<String>,
}

/// A file that need not change.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct NotPlace {
    /// Relative to the root.
    pub path: String,
    /// Why not.
    pub why: String,
}

/// A claim of an answer takes up to so many tokens.
const CLAIM_TOKENS: u32 = 500;

/// The schema of an answer; citations can only be labels that are on the shelf, and there is no more of it than fits
/// into an answer.
pub fn schema(labels: &[String], requirements: &[String], answer_tokens: u32) -> Value {
    let fitting = |most: u32| (answer_tokens / CLAIM_TOKENS).clamp(1, most);
    let one_of = |names: &[String]| {
        if names.is_empty() { json!({ "type": "string" }) } else { json!({ "type": "string", "enum": names }) }
    };
    let list = |items: Value, most: u32| json!({ "type": "array", "items": items, "maxItems": most });
    let object = |properties: Value| {
        let names: Vec<String> = properties.as_object().map(|own| own.keys().cloned().collect()).unwrap_or_default();
        json!({ "type": "object", "properties": properties, "required": names, "additionalProperties": false })
    };
    let text = |most: u32| json!({ "type": "string", "maxLength": most });
    let sources = || list(one_of(labels), 6);
    let ids = || list(one_of(requirements), 12);
    object(json!({
        "claims": list(object(json!({
            "text": text(400), "sources": sources(), "quote": text(200), "requirements": ids(),
        })), fitting(12)),
        "places": list(object(json!({
            "path": text(160), "symbol": text(80), "requirements": ids(), "why": text(200), "sources": sources(),
        })), fitting(8)),
        "not_places": list(object(json!({ "path": text(160), "why": text(200) })), fitting(8)),
        "open": list(text(200), fitting(4)),
    }))
}

/// A shorter quote could stand anywhere.
const QUOTED: usize = 10;

/// Whether a path can be that of a new file: below the root, and nothing but a path.
pub fn is_new_path(path: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty()
            && !part.chars().all(|c| c == '.')
            && part.chars().all(|c| c.is_alphanumeric() || "_.@$-+()[]".contains(c))
    };
    path.len() <= 200 && path.split('/').all(part)
}

/// How many claims passed which check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Checked {
    /// Claims that were made.
    pub claims: usize,
    /// Those with a source that was retrieved.
    pub grounded: usize,
    /// Those whose quote occurs in what was retrieved.
    pub quoted: usize,
    /// Citations of sources that were not retrieved.
    pub unknown: usize,
}

/// Turns stated claims into claims of the run. A citation of something that was not retrieved is taken away; a claim
/// without a citation, with a quote that nobody wrote, or that names a file or package that does not exist becomes an
/// assumption.
pub fn check(engine: &Evidence<'_>, shelf: &Shelf, findings: &Findings, counts: &mut Checked) -> Vec<Claim> {
    let new: BTreeSet<&str> =
        findings.places.iter().map(|place| place.path.as_str()).filter(|path| is_new_path(path)).collect();
    let mut claims = Vec::new();
    for stated in &findings.claims {
        let Some(text) = one_sentence(&stated.text) else { continue };
        let mut sources = known(shelf, &stated.sources, &mut counts.unknown);
        let quote = spaced(&stated.quote);
        let shows = |text: &str| spaced(text).contains(&quote);
        let mut holds = true;
        if !quote.is_empty() {
            let cited =
                shelf.items().iter().filter(|item| sources.contains(&item.source)).any(|item| shows(&item.text));
            let says_enough = quote.len() >= QUOTED && quote.contains([' ', '(', '.', '_', ':']);
            let mut elsewhere = shelf.items().iter().filter(|item| shows(&item.text));
            match (elsewhere.next(), elsewhere.next()) {
                _ if cited => counts.quoted += usize::from(says_enough),
                // The right words with the label of another source, where there is no doubt which was meant.
                (Some(item), None) if says_enough && !sources.is_empty() => {
                    sources.insert(0, item.source);
                    counts.quoted += 1;
                }
                _ => holds = false,
            }
        }
        if quote.is_empty() {
            let item = |id: &SourceId| shelf.items().iter().find(|item| item.source == *id);
            let about =
                |id: &SourceId| item(id).is_some_and(|item| is_about(&text, &format!("{} {}", item.place, item.text)));
            sources.retain(about);
        }
        let exists = invented(engine.workspace(), engine.sources(), &text, &new).is_none();
        counts.claims += 1;
        let grounded = holds && exists && !sources.is_empty();
        counts.grounded += usize::from(grounded);
        claims.push(Claim {
            text,
            standing: if grounded { Standing::Grounded } else { Standing::Assumption },
            sources: if grounded { sources } else { Vec::new() },
            requirements: ids(engine, &stated.requirements),
        });
    }
    claims.extend(findings.open.iter().filter_map(|text| one_sentence(text)).map(Claim::open));
    claims
}

/// The sources of labels that are on the shelf.
pub fn known(shelf: &Shelf, labels: &[String], unknown: &mut usize) -> Vec<SourceId> {
    let mut sources = Vec::new();
    for label in labels {
        match shelf.get(label) {
            Some(item) if sources.contains(&item.source) => {}
            Some(item) => sources.push(item.source),
            None => *unknown += 1,
        }
    }
    sources
}

/// Ids that the agenda knows.
pub fn ids(engine: &Evidence<'_>, named: &[String]) -> Vec<String> {
    let mut known: Vec<String> = named.iter().filter(|id| engine.agenda().requirement(id).is_some()).cloned().collect();
    known.dedup();
    known
}

// Labels belong into `sources`.
static LABELS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\s*[\[(]s\d+(?:\s*,\s*s\d+)*[\])]"));

/// Fewer words than this are no sentence: `Open question: S1`.
const WORDS: usize = 3;

/// One sentence that can stand in a list; `None` if it says nothing.
pub fn one_sentence(text: &str) -> Option<String> {
    one_line(text).filter(|text| text.split(' ').count() >= WORDS).map(|text| sentence(&text))
}

/// Whether a text can be about what a source says: they share a name in code, or two words.
pub fn is_about(text: &str, source: &str) -> bool {
    let names = text.split('`').skip(1).step_by(2).filter_map(|name| name.rsplit(['.', ':', '/', '#']).next());
    let said: BTreeSet<String> = stems(source).into_iter().collect();
    let words: BTreeSet<String> = stems(text).into_iter().filter(|stem| said.contains(stem)).collect();
    words.len() > 1 || names.map(|name| name.trim_end_matches("()")).any(|name| name.len() > 2 && source.contains(name))
}

/// Words that can stand inside a sentence: no line breaks, no marks that would open something; `None` if they say
/// nothing.
pub fn one_line(text: &str) -> Option<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = LABELS.replace_all(&text, "");
    let text = text
        .trim_start_matches(['-', '*', '#', '>', '+', ' '])
        .replace("[^", "(")
        .replace("<!--", "")
        .replace("-->", "");
    let mut text = text.trim().to_owned();
    // Marks of code that pair in no way, or in more than one, would let something out of it.
    if text.matches('`').count() % 2 == 1 || text.contains("``") {
        text = text.replace('`', "");
    }
    if text.chars().count() > LONGEST {
        text = text.chars().take(LONGEST - 1).chain(['…']).collect::<String>().replace('`', "");
    }
    text.chars().any(char::is_alphanumeric).then(|| inert(&text))
}

/// The same words without links, pictures and HTML: what a model was told to write must not act when it is shown.
fn inert(text: &str) -> String {
    let parts = text.split('`').enumerate().map(|(at, part)| match at % 2 {
        0 => part
            .replace('<', "&lt;")
            .replace("](", "] (")
            .replace("][", "] [")
            .replace("[^", "[ ^")
            .replace("![", "! ["),
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("`")
}

fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

static PATH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:[\w.@$\[\]()-]+/)*[\w.@$\[\]-]+\.(?:rs|py|pyi|tsx?|jsx?|mjs|cjs|mts|vue|svelte|go|java|kt|cs|rb|php|c|h|cc|cpp|hpp|sql|md|toml|json|ya?ml|gradle|proto)$",
    )
});

static PACKAGE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:package|crate|dependency|library|gem)\s+`([^`\s]+)`|`([^`\s]+)`\s+(?:package|crate|dependency|library|gem)\b",
    )
});

/// A file or package that a sentence names and that does not exist; files that are to be `new` may be named.
pub fn invented(workspace: &Workspace, sources: &Sources, text: &str, new: &BTreeSet<&str>) -> Option<String> {
    let exists = |path: &str| {
        let tail = format!("/{path}");
        workspace.file(path).is_some()
            || new.contains(path)
            || workspace.files.iter().any(|file| file.path.ends_with(&tail))
            || workspace.dependencies.iter().any(|one| one.manifest == path || one.manifest.ends_with(&tail))
            || (is_new_path(path) && workspace.root.join(path).is_file())
    };
    let spans = text.split('`').skip(1).step_by(2);
    let file = spans.map(|span| span.split(':').next().unwrap_or(span)).filter(|span| PATH.is_match(span));
    if let Some(missing) = file.into_iter().find(|path| !exists(path)) {
        return Some(missing.to_owned());
    }
    let named = PACKAGE.captures_iter(text).filter_map(|found| found.get(1).or_else(|| found.get(2)));
    named.map(|name| name.as_str()).find(|name| !is_package(workspace, sources, name)).map(str::to_owned)
}

/// Whether a package is known: a manifest names it, an import does, the catalogue lists it, or a registry was asked.
fn is_package(workspace: &Workspace, sources: &Sources, name: &str) -> bool {
    let name = name.split('@').next().filter(|name| !name.is_empty()).unwrap_or(name);
    workspace.dependencies.iter().any(|one| one.name == name || one.name.ends_with(&format!("/{name}")))
        || workspace.files.iter().any(|file| {
            file.imports.iter().any(|import| {
                import == name || import.strip_prefix(name).is_some_and(|rest| rest.starts_with([':', '.', '/']))
            })
        })
        || catalogue::lists(name)
        || sources.has_package(name)
}
