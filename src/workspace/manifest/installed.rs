//! What packages say of themselves, where their own manifests are installed on this machine.

use std::path::{Component, Path, PathBuf};

use serde_json::Value;

use super::{Dependency, Ecosystem};
use crate::workspace::{Cancel, Cancelled};

/// Adds description and licence to the dependencies whose packages can be found.
pub(super) fn describe(root: &Path, dependencies: &mut [Dependency], cancel: &Cancel) -> Result<(), Cancelled> {
    let crates = crate_folders();
    let sites = site_packages(root);
    for dependency in dependencies {
        cancel.check()?;
        // A name comes from the repository, and must not lead out of the folder that it is looked up in.
        if !is_below(&dependency.name) || dependency.locked.as_deref().is_some_and(|version| !is_below(version)) {
            continue;
        }
        let manifest_folder =
            Path::new(&dependency.manifest).parent().map(|folder| root.join(folder)).unwrap_or_default();
        let said = match dependency.ecosystem {
            Ecosystem::Cargo => crate_says(&crates, dependency),
            Ecosystem::Npm => npm_says(root, &manifest_folder, &dependency.name),
            Ecosystem::Python => python_says(&sites, &dependency.name),
            Ecosystem::Php => composer_says(&manifest_folder, &dependency.name),
            Ecosystem::Go | Ecosystem::Jvm | Ecosystem::DotNet | Ecosystem::Ruby => None,
        };
        if let Some((description, licence)) = said {
            dependency.description = description.map(|text| one_line(&text)).filter(|text| !text.is_empty());
            dependency.licence = licence.filter(|text| text.len() < 60);
        }
    }
    Ok(())
}

/// Whether a name stays below the folder that it is joined to.
fn is_below(name: &str) -> bool {
    Path::new(name).components().all(|part| matches!(part, Component::Normal(_))) && !name.contains('\\')
}

type Said = Option<(Option<String>, Option<String>)>;

fn one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= 140 { line } else { line.chars().take(139).chain(['…']).collect() }
}

/// The folders in which Cargo keeps the sources of packages.
fn crate_folders() -> Vec<PathBuf> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| etcetera::home_dir().ok().map(|home| home.join(".cargo")));
    let sources = home.map(|home| home.join("registry").join("src"));
    let mut folders: Vec<PathBuf> = sources
        .and_then(|folder| std::fs::read_dir(folder).ok())
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    folders.sort();
    folders
}

fn crate_says(folders: &[PathBuf], dependency: &Dependency) -> Said {
    let version = dependency.locked.as_ref()?;
    let text = folders.iter().find_map(|folder| {
        std::fs::read_to_string(folder.join(format!("{}-{version}", dependency.name)).join("Cargo.toml")).ok()
    })?;
    let table: toml::Table = text.parse().ok()?;
    let field = |name: &str| table.get("package")?.get(name)?.as_str().map(str::to_owned);
    Some((field("description"), field("license")))
}

fn npm_says(root: &Path, folder: &Path, name: &str) -> Said {
    let text = [folder, root]
        .iter()
        .find_map(|home| std::fs::read_to_string(home.join("node_modules").join(name).join("package.json")).ok())?;
    let value: Value = serde_json::from_str(&text).ok()?;
    let field = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    Some((field("description"), field("license")))
}

/// `site-packages` of virtual environments in the workspace.
fn site_packages(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for environment in [".venv", "venv", "env"] {
        let Ok(versions) = std::fs::read_dir(root.join(environment).join("lib")) else { continue };
        found.extend(versions.flatten().map(|entry| entry.path().join("site-packages")));
    }
    found.sort();
    found
}

fn python_says(sites: &[PathBuf], name: &str) -> Said {
    let wanted = name.to_ascii_lowercase().replace('-', "_");
    for site in sites {
        for entry in std::fs::read_dir(site).into_iter().flatten().flatten() {
            let file = entry.file_name().to_string_lossy().to_ascii_lowercase();
            if !(file.ends_with(".dist-info") && file.starts_with(&format!("{wanted}-"))) {
                continue;
            }
            let text = std::fs::read_to_string(entry.path().join("METADATA")).ok()?;
            let field = |name: &str| {
                text.lines()
                    .take_while(|line| !line.is_empty())
                    .find_map(|line| line.strip_prefix(name))
                    .map(|value| value.trim().to_owned())
            };
            return Some((field("Summary:"), field("License-Expression:").or(field("License:"))));
        }
    }
    None
}

fn composer_says(folder: &Path, name: &str) -> Said {
    let text = std::fs::read_to_string(folder.join("vendor").join(name).join("composer.json")).ok()?;
    let value: Value = serde_json::from_str(&text).ok()?;
    Some((
        value.get("description")?.as_str().map(str::to_owned),
        value.get("license").and_then(Value::as_str).map(str::to_owned),
    ))
}
