//! Bundler's `Gemfile` and `Gemfile.lock`.

use super::{Locked, Named, Scope};

pub(super) fn manifest(text: &str) -> Vec<Named> {
    let mut found = Vec::new();
    let mut scope = Scope::Runtime;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with("group") {
            let development = line.contains(":test") || line.contains(":development");
            scope = if development { Scope::Development } else { Scope::Runtime };
        } else if line == "end" {
            scope = Scope::Runtime;
        } else if let Some(rest) = line.strip_prefix("gem ") {
            let mut quoted = rest.split(['\'', '"']).skip(1).step_by(2);
            let Some(name) = quoted.next() else { continue };
            let version = quoted.next().filter(|version| version.starts_with(|c: char| "~><=0123456789".contains(c)));
            found.push(Named::new(name, version.unwrap_or_default(), scope, index + 1));
        }
    }
    found
}

/// Gems stand four blanks deep, what they need six.
pub(super) fn lock(text: &str) -> Locked {
    text.lines()
        .filter_map(|line| {
            let entry = line.strip_prefix("    ").filter(|entry| !entry.starts_with(' '))?;
            let (name, version) = entry.split_once(" (")?;
            Some((name.to_owned(), version.trim_end_matches(')').to_owned()))
        })
        .collect()
}
