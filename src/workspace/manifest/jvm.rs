//! Maven's `pom.xml`, Gradle's build files and version catalogues.

use std::collections::HashMap;
use std::sync::LazyLock;

use quick_xml::Reader;
use quick_xml::events::Event;
use regex::Regex;

use crate::text::pattern;
use toml::{Table, Value};

use super::{Named, Scope, line_at, line_of};

pub(super) fn pom(text: &str) -> Vec<Named> {
    let mut reader = Reader::from_str(text);
    let mut path: Vec<String> = Vec::new();
    let mut properties: HashMap<String, String> = HashMap::new();
    let mut open: Option<(usize, HashMap<String, String>)> = None;
    let mut found = Vec::new();
    loop {
        let before = reader.buffer_position() as usize;
        match reader.read_event() {
            Ok(Event::Start(tag)) => {
                let name = tag.local_name().as_ref().to_owned();
                if name == "dependency" {
                    let start = before + text[before..].find('<').unwrap_or(0);
                    open = Some((line_at(text, start), HashMap::new()));
                }
                path.push(name);
            }
            Ok(Event::Text(value)) => {
                let value = value.as_ref().trim().to_owned();
                let Some(name) = path.last().filter(|_| !value.is_empty()) else { continue };
                if let Some((_, fields)) = &mut open {
                    if path.iter().rev().nth(1).is_some_and(|parent| parent == "dependency") {
                        fields.insert(name.clone(), value);
                    }
                } else if path.iter().any(|part| part == "properties") {
                    properties.insert(name.clone(), value);
                }
            }
            Ok(Event::End(_)) => {
                if path.pop().as_deref() == Some("dependency")
                    && let Some((line, fields)) = open.take()
                {
                    found.extend(dependency(&fields, &properties, line));
                }
            }
            Ok(Event::Eof) | Err(_) => return found,
            Ok(_) => {}
        }
    }
}

fn dependency(fields: &HashMap<String, String>, properties: &HashMap<String, String>, line: usize) -> Option<Named> {
    let version = fields.get("version").map(|version| {
        let property = version.strip_prefix("${").and_then(|name| name.strip_suffix('}'));
        property.and_then(|name| properties.get(name)).unwrap_or(version).clone()
    });
    let scope =
        if fields.get("scope").is_some_and(|scope| scope == "test") { Scope::Development } else { Scope::Runtime };
    let name = format!("{}:{}", fields.get("groupId")?, fields.get("artifactId")?);
    Some(Named::new(name, version.unwrap_or_default(), scope, line))
}

static GRADLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r#"(?m)^\s*(?P<how>\w+)\s*\(?\s*["'](?P<name>[\w.-]+:[\w.-]+)(?::(?P<version>[^"'@]+))?["']"#)
});

pub(super) fn gradle(text: &str) -> Vec<Named> {
    GRADLE
        .captures_iter(text)
        .filter(|found| {
            let how = found["how"].to_lowercase();
            ["implementation", "api", "only", "processor", "classpath", "kapt"].iter().any(|word| how.contains(word))
        })
        .map(|found| {
            let scope = if found["how"].to_lowercase().contains("test") { Scope::Development } else { Scope::Runtime };
            let start = found.name("name").map_or(0, |name| name.start());
            Named::new(
                &found["name"],
                found.name("version").map_or("", |version| version.as_str()),
                scope,
                line_at(text, start),
            )
        })
        .collect()
}

/// Gradle's version catalogue.
pub(super) fn catalogue(text: &str) -> Vec<Named> {
    let Ok(table) = text.parse::<Table>() else { return Vec::new() };
    let versions = table.get("versions").and_then(Value::as_table);
    let libraries = table.get("libraries").and_then(Value::as_table);
    libraries
        .into_iter()
        .flatten()
        .filter_map(|(alias, library)| {
            let module =
                library.get("module").and_then(Value::as_str).map(str::to_owned).or_else(|| {
                    Some(format!("{}:{}", library.get("group")?.as_str()?, library.get("name")?.as_str()?))
                })?;
            let version = library.get("version").and_then(|version| {
                version.as_str().or_else(|| versions?.get(version.get("ref")?.as_str()?)?.as_str())
            });
            Some(Named::new(module, version.unwrap_or_default(), Scope::Runtime, line_of(text, "[libraries]", alias)))
        })
        .collect()
}
/// Folders with a Gradle build of their own that the root's settings leave out, so that nobody builds them; none where
/// the settings name fewer than half of all builds, since then something else includes them.
pub(super) fn unbuilt(settings: &str, builds: &[&str]) -> Vec<String> {
    let lines = settings.lines().map(str::trim).filter(|line| !line.starts_with("//"));
    let named = lines
        .filter(|line| !line.contains("pluginManagement"))
        .flat_map(|line| line.split(['\'', '"']).skip(1).step_by(2));
    let included: Vec<String> = named.map(|name| name.trim_start_matches(':').replace(':', "/")).collect();
    let is_in = |folder: &str| included.iter().any(|one| one == folder || one.starts_with(&format!("{folder}/")));
    let (inside, outside): (Vec<&str>, Vec<&str>) = builds.iter().copied().partition(|folder| is_in(folder));
    if inside.len() < outside.len() { Vec::new() } else { outside.into_iter().map(str::to_owned).collect() }
}
