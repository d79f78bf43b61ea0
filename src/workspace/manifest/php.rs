//! Composer's manifest and lockfile.

use serde_json::Value;

use super::{Locked, Named, Scope, line_of};

pub(super) fn manifest(text: &str) -> Vec<Named> {
    let Ok(value) = serde_json::from_str::<Value>(text) else { return Vec::new() };
    let mut found = Vec::new();
    for (section, scope) in [("require", Scope::Runtime), ("require-dev", Scope::Development)] {
        for (name, version) in value.get(section).and_then(Value::as_object).into_iter().flatten() {
            // `php` and `ext-json` are the platform, not packages.
            if name.contains('/') {
                let line = line_of(text, &format!("\"{section}\""), name);
                found.push(Named::new(name, version.as_str().unwrap_or_default(), scope, line));
            }
        }
    }
    found
}

pub(super) fn lock(text: &str) -> Locked {
    let Ok(value) = serde_json::from_str::<Value>(text) else { return Locked::new() };
    ["packages", "packages-dev"]
        .iter()
        .filter_map(|section| value.get(*section)?.as_array())
        .flatten()
        .filter_map(|package| {
            Some((package.get("name")?.as_str()?.to_owned(), package.get("version")?.as_str()?.to_owned()))
        })
        .collect()
}
