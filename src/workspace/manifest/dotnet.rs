//! .NET project files and `packages.lock.json`.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde_json::Value;

use super::{Locked, Named, Scope, line_at};

/// Packages that only tests need.
const TESTING: &[&str] =
    &["xunit", "nunit", "mstest", "moq", "microsoft.net.test.sdk", "fluentassertions", "coverlet", "nsubstitute"];

pub(super) fn project(text: &str) -> Vec<Named> {
    let mut reader = Reader::from_str(text);
    let mut found: Vec<Named> = Vec::new();
    let mut in_version = false;
    loop {
        let before = reader.buffer_position() as usize;
        match reader.read_event() {
            Ok(Event::Start(tag) | Event::Empty(tag)) => {
                let name = tag.local_name();
                in_version = name.as_ref() == "Version";
                if matches!(name.as_ref(), "PackageReference" | "PackageVersion")
                    && let Some(package) = attribute(&tag, "Include")
                {
                    let start = before + text[before..].find('<').unwrap_or(0);
                    let lower = package.to_lowercase();
                    let testing = TESTING.iter().any(|name| lower.starts_with(name));
                    let scope = if testing { Scope::Development } else { Scope::Runtime };
                    found.push(Named::new(
                        package,
                        attribute(&tag, "Version").unwrap_or_default(),
                        scope,
                        line_at(text, start),
                    ));
                }
            }
            Ok(Event::Text(value)) if in_version => {
                if let Some(last) = found.last_mut().filter(|last| last.requirement.is_empty()) {
                    last.requirement = value.as_ref().trim().to_owned();
                }
            }
            Ok(Event::End(_)) => in_version = false,
            Ok(Event::Eof) | Err(_) => return found,
            Ok(_) => {}
        }
    }
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = tag.attributes().flatten().find(|attribute| attribute.key.local_name().as_ref() == name)?;
    Some(attribute.value.into_owned())
}

pub(super) fn lock(text: &str) -> Locked {
    let Ok(value) = serde_json::from_str::<Value>(text) else { return Locked::new() };
    let frameworks = value.get("dependencies").and_then(Value::as_object);
    frameworks
        .into_iter()
        .flatten()
        .filter_map(|(_, packages)| packages.as_object())
        .flatten()
        .filter_map(|(name, package)| Some((name.clone(), package.get("resolved")?.as_str()?.to_owned())))
        .collect()
}
