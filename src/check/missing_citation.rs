//! `missing-citation`: the plan names a file as if it were there, and says nowhere how it knows.

use super::{Context, Diagnostic, finding};
use crate::document::Mention;

/// Words that mark a statement as one about the future or as unproved.
const UNPROVED: &[&str] = &["(new)", "(assumption)", "open question", "(assumed)"];

pub(super) fn run(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let document = context.document;
    let plan = context.plan_range();
    if plan.is_empty() {
        return;
    }
    let citations: Vec<Mention<'_>> =
        document.citations().filter(|mention| plan.contains(&mention.range.start)).collect();
    for (_, content) in document.items(plan) {
        let text = document.text().slice(content.clone());
        let Some((at, path)) = path_in_code(&text) else { continue };
        let lower = text.to_lowercase();
        let cited = citations.iter().any(|citation| content.contains(&citation.range.start));
        if cited || UNPROVED.iter().any(|word| lower.contains(word)) {
            continue;
        }
        let range = content.start + at..content.start + at + path.len();
        out.push(finding(
            range,
            format!("Nothing shows where `{path}` was read: cite a source, or mark it `(new)` or `(assumption)`"),
        ));
    }
}

/// The first inline code that is formed like a file's path.
fn path_in_code(text: &str) -> Option<(usize, &str)> {
    let mut at = 0;
    while let Some(open) = text[at..].find('`').map(|i| at + i + 1) {
        let close = open + text[open..].find('`')?;
        let code = &text[open..close];
        let named = code.rsplit('/').next().unwrap_or(code);
        let extension = named.rsplit_once('.').map(|(_, extension)| extension);
        let like_path = code.contains('/')
            && !code.contains([' ', '(', '*', '<', '{', ':'])
            && !code.starts_with(['/', '-', '@', '.'])
            && extension.is_some_and(|e| (1..=5).contains(&e.len()) && e.chars().all(char::is_alphanumeric));
        if like_path {
            return Some((open, code));
        }
        at = close + 1;
    }
    None
}
