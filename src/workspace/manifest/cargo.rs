//! Cargo manifests, and lockfiles of the same form (Cargo, Poetry, uv, PDM).

use toml::{Table, Value};

use super::{Locked, Named, Scope, line_of};

pub(super) fn own_name(text: &str) -> Option<String> {
    let table = text.parse::<Table>().ok()?;
    table.get("package")?.get("name")?.as_str().map(str::to_owned)
}

pub(super) fn manifest(text: &str) -> Vec<Named> {
    let Ok(table) = text.parse::<Table>() else { return Vec::new() };
    let mut found = Vec::new();
    let sections = [
        ("dependencies", Scope::Runtime),
        ("dev-dependencies", Scope::Development),
        ("build-dependencies", Scope::Build),
    ];
    for (section, scope) in sections {
        read(text, section, table.get(section), scope, &mut found);
    }
    if let Some(Value::Table(workspace)) = table.get("workspace") {
        read(text, "workspace.dependencies", workspace.get("dependencies"), Scope::Runtime, &mut found);
    }
    if let Some(Value::Table(targets)) = table.get("target") {
        for (target, value) in targets {
            for (section, scope) in sections {
                read(text, target, value.get(section), scope, &mut found);
            }
        }
    }
    found
}

fn read(text: &str, section: &str, value: Option<&Value>, scope: Scope, out: &mut Vec<Named>) {
    let Some(Value::Table(dependencies)) = value else { return };
    let mut named: Vec<Named> = dependencies
        .iter()
        .map(|(name, value)| {
            let line = line_of(text, &format!("[{section}"), name);
            let version = match value {
                Value::String(version) => version.clone(),
                Value::Table(table) => table.get("version").and_then(Value::as_str).unwrap_or_default().to_owned(),
                _ => String::new(),
            };
            let package = value.get("package").and_then(Value::as_str).unwrap_or(name);
            Named::new(package, version, scope, line)
        })
        .collect();
    named.sort_by_key(|dependency| dependency.line);
    out.append(&mut named);
}

/// `[[package]]` tables with `name` and `version`; of several versions the last one listed counts.
pub(super) fn lock(text: &str) -> Locked {
    let Ok(table) = text.parse::<Table>() else { return Locked::new() };
    let packages = table.get("package").and_then(Value::as_array);
    packages
        .into_iter()
        .flatten()
        .filter_map(|package| {
            Some((package.get("name")?.as_str()?.to_owned(), package.get("version")?.as_str()?.to_owned()))
        })
        .collect()
}
