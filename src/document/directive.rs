//! Comments that speak to groundplan: `<!-- groundplan-ignore RULE … -->`.

use std::ops::Range;

/// A request not to judge one place by some rules: it covers the block or heading after it, or its own line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// Names of rules; empty means all of them.
    pub rules: Vec<String>,
    /// The comment.
    pub range: Range<usize>,
}

/// Reads a comment's text as a directive.
pub(super) fn read(text: &str, range: Range<usize>) -> Option<Directive> {
    let rest = text.strip_prefix("groundplan-ignore")?;
    if !rest.is_empty() && !rest.starts_with([' ', '\t', '\n', ':']) {
        return None;
    }
    let rules = rest.split([' ', ',', '\t', '\n', ':']).filter(|word| !word.is_empty()).map(str::to_owned).collect();
    Some(Directive { rules, range })
}
