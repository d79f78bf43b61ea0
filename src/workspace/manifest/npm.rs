//! npm's manifest, and the lockfiles of npm, pnpm and Yarn.

use serde_json::Value;

use super::{Locked, Named, Scope, line_of};

pub(super) fn own_name(text: &str) -> Option<String> {
    let value = serde_json::from_str::<Value>(text).ok()?;
    value.get("name")?.as_str().map(str::to_owned)
}

pub(super) fn manifest(text: &str) -> Vec<Named> {
    let Ok(value) = serde_json::from_str::<Value>(text) else { return Vec::new() };
    let sections = [
        ("dependencies", Scope::Runtime),
        ("devDependencies", Scope::Development),
        ("peerDependencies", Scope::Runtime),
        ("optionalDependencies", Scope::Runtime),
    ];
    let mut found = Vec::new();
    for (section, scope) in sections {
        for (name, version) in value.get(section).and_then(Value::as_object).into_iter().flatten() {
            let line = line_of(text, &format!("\"{section}\""), name);
            found.push(Named::new(name, version.as_str().unwrap_or_default(), scope, line));
        }
    }
    found
}

/// Only what lies directly in `node_modules`, which is what the project's own imports reach.
pub(super) fn package_lock(text: &str) -> Locked {
    let Ok(value) = serde_json::from_str::<Value>(text) else { return Locked::new() };
    let direct = |path: &str| {
        path.strip_prefix("node_modules/").filter(|name| !name.contains("node_modules/")).map(str::to_owned)
    };
    let version = |package: &Value| package.get("version").and_then(Value::as_str).map(str::to_owned);
    if let Some(packages) = value.get("packages").and_then(Value::as_object) {
        return packages.iter().filter_map(|(path, package)| Some((direct(path)?, version(package)?))).collect();
    }
    let packages = value.get("dependencies").and_then(Value::as_object);
    packages.into_iter().flatten().filter_map(|(name, package)| Some((name.clone(), version(package)?))).collect()
}

pub(super) fn pnpm_lock(text: &str) -> Locked {
    let Ok(value) = serde_saphyr::from_str::<Value>(text) else { return Locked::new() };
    let mut locked = Locked::new();
    let importers = value.get("importers").and_then(Value::as_object);
    let projects = importers.into_iter().flatten().map(|(_, project)| project).chain([&value]);
    for project in projects {
        for section in ["dependencies", "devDependencies", "optionalDependencies"] {
            for (name, entry) in project.get(section).and_then(Value::as_object).into_iter().flatten() {
                let version = entry.get("version").unwrap_or(entry).as_str().unwrap_or_default();
                let version = version.split('(').next().unwrap_or(version);
                if !version.is_empty() {
                    locked.insert(name.clone(), version.to_owned());
                }
            }
        }
    }
    locked
}

/// Both forms of Yarn's file: `version "1"` and `version: 1`.
pub(super) fn yarn_lock(text: &str) -> Locked {
    let mut locked = Locked::new();
    let mut name: Option<String> = None;
    for line in text.lines() {
        if !line.starts_with([' ', '#']) && line.ends_with(':') {
            let first = line.trim_end_matches(':').split(',').next().unwrap_or_default().trim().trim_matches('"');
            name = first.char_indices().skip(1).find(|(_, c)| *c == '@').map(|(at, _)| first[..at].to_owned());
        } else if let Some(rest) = line.trim().strip_prefix("version")
            && let Some(name) = name.take()
        {
            locked.insert(name, rest.trim_matches([':', ' ', '"']).to_owned());
        }
    }
    locked
}
