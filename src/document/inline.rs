//! Citations, placeholders and requirement ids in running text.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::text::pattern;

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

/// Boundaries are those of ASCII words: with Unicode's, text beyond ASCII is searched many times more slowly.
static TOKEN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\[\^[^\]\s\[]+\]",
        r"|\{\{[^{}\n]{1,80}\}\}",
        r"|\[(?:NEEDS CLARIFICATION|TBD|TODO|FIXME|e\.g\.)[^\]\n]*\]",
        r"|\[#*[A-Z][A-Z0-9_/&'#-]*(?: [A-Z0-9_/&'#-]+)+\]",
        r"|\$ARGUMENTS(?-u:\b)",
        r"|(?-u:\b)(?:NEEDS CLARIFICATION|TBD|TODO|FIXME|XXX)(?-u:\b)",
        r"|(?-u:\b)(?:Requirement [0-9]+(?:\.[0-9]+)?|[A-Z][A-Z0-9]*(?:-[A-Z][A-Z0-9]*)*(?:[-_]|–)[0-9]+(?:\.[0-9]+)*[a-z]?|(?:fr|nfr|req)[-_][0-9]+(?:\.[0-9]+)*[a-z]?|(?:R|US)[0-9]+[a-z]?(?:\.[0-9]+)?)(?-u:\b)",
    ))
});

/// Words that stand for text; everything else that starts with a letter is formed like an id.
const HOLES: &[&str] = &["NEEDS CLARIFICATION", "TBD", "TODO", "FIXME", "XXX"];

/// Finds the tokens of a piece; `masked` are code and HTML, in the coordinates of the text that `base` counts in.
pub(super) fn scan(text: &str, base: usize, masked: &[Range<usize>]) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut mask = 0;
    for found in TOKEN.find_iter(text) {
        let at = found.start() + base;
        while masked.get(mask).is_some_and(|range| range.end <= at) {
            mask += 1;
        }
        if masked.get(mask).is_some_and(|range| range.contains(&at)) {
            continue;
        }
        let said = found.as_str();
        let kind = if let Some(id) = said.strip_prefix("[^") {
            if defines_note(text, found.range()) {
                continue;
            }
            TokenKind::Citation(id.trim_end_matches(']').to_owned())
        } else if said.starts_with(['[', '{', '$']) || HOLES.contains(&said) {
            if links(text, found.range()) {
                continue;
            }
            TokenKind::Placeholder
        } else {
            TokenKind::Mention(canonical_id(said))
        };
        tokens.push(Token { kind, range: found.range() });
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

/// The form in which ids are compared: `Requirement 3` and `R3` are one, and so are `fr_003` and `FR-003`.
pub fn canonical_id(text: &str) -> String {
    if let Some(number) = text.strip_prefix("Requirement ") {
        return format!("R{number}");
    }
    let digits = text.find(|c: char| c.is_ascii_digit()).unwrap_or(text.len());
    format!("{}{}", text[..digits].to_uppercase().replace(['_', '–'], "-"), &text[digits..])
}

fn defines_note(text: &str, range: Range<usize>) -> bool {
    let line = text[..range.start].rfind('\n').map_or(0, |i| i + 1);
    text[range.end..].starts_with(':') && text[line..range.start].trim().is_empty()
}

fn links(text: &str, range: Range<usize>) -> bool {
    text[range.start..].starts_with('[') && text[range.end..].starts_with(['(', '[', ':'])
}

/// The inline code on one line around an offset, without its backticks.
pub(super) fn code_around(line: &str, offset: usize) -> Option<Range<usize>> {
    let mut at = 0;
    while let Some(open) = line[at..].find('`').map(|found| at + found) {
        let start = open + line[open..].len() - line[open..].trim_start_matches('`').len();
        let ticks = &line[open..start];
        let end = start + line[start..].find(ticks)?;
        if open <= offset && offset <= end + ticks.len() {
            return Some(start..end);
        }
        at = end + ticks.len();
    }
    None
}

/// The first inline code in a range that is formed like a file's path.
pub(super) fn code_path(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let mut at = range.start;
    while let Some(open) = text.get(at..range.end)?.find('`').map(|i| at + i + 1) {
        let close = open + text[open..range.end].find('`')?;
        let code = &text[open..close];
        let named = code.rsplit('/').next().unwrap_or(code);
        let extension = named.rsplit_once('.').map(|(_, extension)| extension);
        let like_path = code.contains('/')
            && !code.contains([' ', '(', '*', '<', '{', ':'])
            && !code.starts_with(['/', '-', '@', '.'])
            && extension.is_some_and(|e| (1..=5).contains(&e.len()) && e.chars().all(char::is_alphanumeric));
        if like_path {
            return Some(open..close);
        }
        at = close + 1;
    }
    None
}
