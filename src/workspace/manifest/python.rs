//! Python's `pyproject.toml` (standard and Poetry's tables) and `requirements*.txt`.

use toml::{Table, Value};

use super::{Named, Scope, line_at, line_of};

/// Not a requirements file's, which describes none.
pub(super) fn own_name(text: &str) -> Option<String> {
    let table = text.parse::<Table>().ok()?;
    let poetry = || table.get("tool").and_then(|tool| tool.get("poetry"));
    let name = |table: Option<&Value>| table?.get("name")?.as_str().map(str::to_owned);
    name(table.get("project")).or_else(|| name(poetry()))
}

pub(super) fn pyproject(text: &str) -> Vec<Named> {
    let Ok(table) = text.parse::<Table>() else { return Vec::new() };
    let mut found = Vec::new();
    let project = table.get("project");
    strings(text, project.and_then(|project| project.get("dependencies")), Scope::Runtime, &mut found);
    let groups = [project.and_then(|project| project.get("optional-dependencies")), table.get("dependency-groups")];
    for (group, list) in groups.into_iter().flatten().filter_map(Value::as_table).flatten() {
        let development = ["test", "dev", "doc", "lint", "typing"].iter().any(|word| group.contains(word));
        strings(text, Some(list), if development { Scope::Development } else { Scope::Runtime }, &mut found);
    }
    let poetry = table.get("tool").and_then(|tool| tool.get("poetry"));
    if let Some(poetry) = poetry {
        poetry_table(text, poetry.get("dependencies"), Scope::Runtime, &mut found);
        poetry_table(text, poetry.get("dev-dependencies"), Scope::Development, &mut found);
        for (_, group) in poetry.get("group").and_then(Value::as_table).into_iter().flatten() {
            poetry_table(text, group.get("dependencies"), Scope::Development, &mut found);
        }
    }
    found
}

fn strings(text: &str, list: Option<&Value>, scope: Scope, out: &mut Vec<Named>) {
    for requirement in list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
        if let Some((name, version)) = split(requirement) {
            let line = line_at(text, text.find(requirement).unwrap_or(0));
            out.push(Named::new(name, version, scope, line));
        }
    }
}

fn poetry_table(text: &str, table: Option<&Value>, scope: Scope, out: &mut Vec<Named>) {
    for (name, value) in table.and_then(Value::as_table).into_iter().flatten().filter(|(name, _)| *name != "python") {
        let version = value.as_str().or(value.get("version").and_then(Value::as_str)).unwrap_or_default();
        out.push(Named::new(name, version, scope, line_of(text, "[tool.poetry", name)));
    }
}

pub(super) fn requirements(text: &str) -> Vec<Named> {
    // The file's name is not known here, so the words in it decide nothing: tools for development are known by name.
    text.lines()
        .enumerate()
        .filter_map(|(index, line)| {
            let line = line.split(" #").next().unwrap_or(line).trim();
            let (name, version) = split(line).filter(|_| !line.starts_with(['#', '-']))?;
            Some(Named::new(name, version, Scope::Development, index + 1))
        })
        .collect()
}

/// `uvicorn[standard]>=0.2 ; marker` → name and version.
fn split(requirement: &str) -> Option<(&str, &str)> {
    let bare = requirement.split(';').next()?.trim();
    let end = bare.find(|c: char| !(c.is_alphanumeric() || "-_.".contains(c))).unwrap_or(bare.len());
    let name = &bare[..end];
    let rest = bare[end..].trim_start();
    let rest = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(rest, |(_, rest)| rest);
    (!name.is_empty()).then_some((name, rest.trim()))
}
