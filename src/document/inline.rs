//! Citations, placeholders and requirement ids in running text.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// Something in running text that rules ask about; the range is relative to the piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Its bytes.
    pub range: Range<usize>,
}

/// Kinds of tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenKind {
    /// `[^s3]`, with the id between caret and bracket.
    Citation(String),
    /// Text that stands for text: `TBD`, `{{TOKEN}}`, `[FEATURE NAME]`, `[NEEDS CLARIFICATION: …]`.
    Placeholder,
    /// Something formed like a requirement's id: `FR-001`, `REQ-12`, `R3`, `R3.2`, `Requirement 3`.
    Mention(String),
}

static TOKEN: LazyLock<Regex> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the pattern is a constant and every test goes through it")]
    Regex::new(concat!(
        r"(?P<note>\[\^(?P<id>[^\]\s\[]+)\])",
        r"|(?P<hole>\{\{[^{}\n]{1,80}\}\}",
        r"|\[(?:NEEDS CLARIFICATION|TBD|TODO|FIXME|e\.g\.)[^\]\n]*\]",
        r"|\[#*[A-Z][A-Z0-9_/&'#-]*(?: [A-Z0-9_/&'#-]+)+\]",
        r"|\bNEEDS CLARIFICATION\b|\bTBD\b|\bTODO\b|\bFIXME\b|\bXXX\b|\$ARGUMENTS\b)",
        r"|(?P<mention>\b(?:Requirement \d+(?:\.\d+)?|[A-Z][A-Z0-9]*(?:-[A-Z][A-Z0-9]*)*-\d+(?:\.\d+)*|R\d+(?:\.\d+)?)\b)",
    ))
    .expect("constant pattern")
});

/// Finds the tokens of a piece; `masked` are code and HTML, in the coordinates of the text that `base` counts in.
pub(super) fn scan(text: &str, base: usize, masked: &[Range<usize>]) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut mask = 0;
    for found in TOKEN.captures_iter(text) {
        let Some(whole) = found.get(0) else { continue };
        let at = whole.start() + base;
        while masked.get(mask).is_some_and(|range| range.end <= at) {
            mask += 1;
        }
        if masked.get(mask).is_some_and(|range| range.contains(&at)) {
            continue;
        }
        let kind = if let Some(id) = found.name("id") {
            if defines_note(text, whole.range()) {
                continue;
            }
            TokenKind::Citation(id.as_str().to_owned())
        } else if found.name("hole").is_some() {
            if links(text, whole.range()) {
                continue;
            }
            TokenKind::Placeholder
        } else {
            TokenKind::Mention(canonical_id(whole.as_str()))
        };
        tokens.push(Token { kind, range: whole.range() });
    }
    tokens
}

/// Takes citations out of a sentence.
pub(super) fn strip_citations(text: &mut String) {
    while let Some(open) = text.find("[^") {
        let Some(close) = text[open..].find(']') else { break };
        text.replace_range(open..open + close + 1, "");
    }
}

/// The form in which ids are compared: `Requirement 3` and `R3` are one.
pub fn canonical_id(text: &str) -> String {
    match text.strip_prefix("Requirement ") {
        Some(number) => format!("R{number}"),
        None => text.to_owned(),
    }
}

fn defines_note(text: &str, range: Range<usize>) -> bool {
    let line = text[..range.start].rfind('\n').map_or(0, |i| i + 1);
    text[range.end..].starts_with(':') && text[line..range.start].trim().is_empty()
}

fn links(text: &str, range: Range<usize>) -> bool {
    text[range.start..].starts_with('[') && text[range.end..].starts_with(['(', '[', ':'])
}
