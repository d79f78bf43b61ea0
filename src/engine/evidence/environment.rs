//! Answers what the project runs on, is built with and is shipped by.

use std::collections::BTreeSet;
use std::path::Path;

use super::Evidence;
use super::kin::is_changelog;
use super::locate::{is_aside, is_document};
use crate::research::{Answer, Area, Claim, Facet, SourceId, Strength, joined, plural};
use crate::workspace::{Infrastructure, InfrastructureKind, relative};

/// More of one kind are told by the files that keep them, and so many of those are named.
const NAMED: usize = 4;
const KEPT_IN: usize = 3;

pub fn environment(engine: &Evidence<'_>) -> Answer {
    let mut answer = Answer::default();
    let all = &engine.workspace.infrastructure;
    // What examples and tools of development run on is no matter of the product, where that has something itself.
    let of = |kind: InfrastructureKind| {
        let all: Vec<&Infrastructure> = all.iter().filter(move |item| item.kind == kind && !develops(item)).collect();
        let own: Vec<&Infrastructure> = all.iter().copied().filter(|item| !is_aside(&item.path)).collect();
        if own.is_empty() { all } else { own }
    };
    let mut add = |facet: Facet, text: Option<String>, items: &[&Infrastructure]| {
        let Some(text) = text else { return };
        let mut seen = BTreeSet::new();
        let told: Vec<&&Infrastructure> = match items.len() {
            ..=NAMED => items.iter().collect(),
            _ => items.iter().filter(|item| seen.insert(&item.path)).take(KEPT_IN).collect(),
        };
        let cite = |item: &&Infrastructure| engine.cite_line(&item.path, item.line, Area::Technology);
        let sources = told.into_iter().filter_map(cite).collect();
        answer.environment.push((facet, Claim::grounded(text, sources)));
    };
    let services = of(InfrastructureKind::Service);
    add(
        Facet::Infrastructure,
        listed(&services, "compose service", |item| format!("`{}` ({})", item.name, item.detail)),
        &services,
    );
    let objects = of(InfrastructureKind::Cluster);
    add(
        Facet::Infrastructure,
        listed(&objects, "cluster object", |item| format!("{} `{}`", item.detail, item.name)),
        &objects,
    );
    let resources = of(InfrastructureKind::Resource);
    add(
        Facet::Infrastructure,
        listed(&resources, "Terraform resource", |item| format!("{} `{}`", item.detail, item.name)),
        &resources,
    );
    let containers = of(InfrastructureKind::Container);
    add(
        Facet::Deployment,
        listed(&containers, "image", |item| format!("`{}` on `{}`", item.path, item.detail)),
        &containers,
    );
    let mut jobs = of(InfrastructureKind::Pipeline);
    jobs.retain(|job| ships(job));
    add(
        Facet::Deployment,
        listed(&jobs, "release job", |item| {
            if item.name == item.path {
                format!("`{}`", item.path)
            } else {
                format!("`{}` of `{}`", item.name, item.path)
            }
        }),
        &jobs,
    );
    answer.environment.extend(entry(engine).map(|claim| (Facet::Deployment, claim)));
    if let Some(gap) = &engine.workspace.history.gap {
        answer.claims.push(Claim::open(gap.clone()));
    }
    for (name, needle, tool) in TOOLCHAINS {
        // Several that ask for the same are told once.
        let mut asked: Vec<(String, Vec<String>, Vec<SourceId>)> = Vec::new();
        for path in nearest(engine, name, needle) {
            let Some(lines) = engine.reader.lines(&path) else { continue };
            let found = lines.iter().position(|line| line.trim_start().starts_with(needle));
            if let Some(line) = found
                && let Some(source) = engine.cite_line(&path, line + 1, Area::Technology)
            {
                let said = lines[line].trim().trim_end_matches(',').replace('`', "'");
                let path = format!("`{path}`");
                match asked.iter_mut().find(|(known, ..)| *known == said) {
                    Some((_, paths, sources)) => {
                        paths.push(path);
                        sources.push(source);
                    }
                    None => asked.push((said, vec![path], vec![source])),
                }
            }
        }
        answer.environment.extend(asked.into_iter().map(|(said, paths, sources)| {
            let asks = if paths.len() == 1 { "asks" } else { "ask" };
            let text = format!("{tool}, as {} {asks}: `{said}`", joined(&paths));
            (Facet::Toolchain, Claim::grounded(text, sources))
        }));
    }
    for (name, tool) in MANAGERS {
        // Where a manifest asks for one of a version, its lockfile says nothing more.
        let is_asked = |path: &str| {
            let manifest = path.replace(name, "package.json");
            let lines = engine.reader.lines(&manifest).unwrap_or_default();
            lines.iter().any(|line| line.trim_start().starts_with("\"packageManager\""))
        };
        for path in nearest(engine, name, "").into_iter().filter(|path| !is_asked(path)) {
            if let Some(source) = engine.cite_line(&path, 1, Area::Technology) {
                let text = format!("{tool}, which keeps `{path}`");
                answer.environment.push((Facet::Toolchain, Claim::grounded(text, vec![source])));
            }
        }
    }
    answer.environment.extend(benchmarks(engine).map(|claim| (Facet::Benchmark, claim)));
    answer
}

/// Folders of what measures speed.
const BENCHMARKS: &[&str] = &["bench", "benches", "benchmarks", "benchmark", "jmh"];

/// What measures speed here, before all that of what is touched.
fn benchmarks(engine: &Evidence<'_>) -> Option<Claim> {
    let files = &engine.workspace.files;
    let measures = |file: &usize| {
        files[*file].language.is_some() && files[*file].path.split('/').any(|part| BENCHMARKS.contains(&part))
    };
    let all: Vec<usize> = (0..files.len()).filter(measures).collect();
    let sure = engine.spots.values().flatten().filter(|spot| spot.strength > Strength::Possible);
    let near: BTreeSet<usize> =
        sure.flat_map(|spot| &engine.workspace.graph.used_by[spot.file]).copied().filter(measures).collect();
    let first = near.first().or(all.first())?;
    let path = &files[*first].path;
    let count = plural(all.len(), "benchmark file");
    let text = match near.len() {
        0 => format!("speed is measured here by {count}, the first in `{path}`"),
        _ => format!("speed is measured here by {count}, of which `{path}` uses what is touched"),
    };
    Some(Claim::grounded(text, engine.cite_line(path, 1, Area::Technology).into_iter().collect()))
}

/// So many of the newest commits to the touched files show a custom, and so many must keep to it, half of them at least.
const NEWEST: usize = 30;
const KEEP: usize = 5;

/// The list of changes in which commits to the touched files made entries.
fn entry(engine: &Evidence<'_>) -> Option<Claim> {
    let files = &engine.workspace.files;
    let sure = engine.spots.values().flatten().filter(|spot| spot.strength > Strength::Possible);
    let touched: BTreeSet<&str> = sure.map(|spot| files[spot.file].path.as_str()).collect();
    let commits = engine.workspace.history.commits.iter().enumerate();
    let to_them = commits.filter(|(_, commit)| commit.files.iter().any(|path| touched.contains(path.as_str())));
    let newest: Vec<_> = to_them.take(NEWEST).collect();
    let lists = files.iter().filter(|file| is_document(file) && is_changelog(&file.path));
    let made = |path: &String| newest.iter().filter(|(_, commit)| commit.files.contains(path)).count();
    let (count, list) = lists.map(|file| (made(&file.path), file)).max_by_key(|(count, _)| *count)?;
    if count < KEEP || count * 2 < newest.len() {
        return None;
    }
    let (last, _) = newest.iter().find(|(_, commit)| commit.files.contains(&list.path))?;
    let text = format!(
        "an entry in `{}`, as {count} of the last {} commits to the touched files made one",
        list.path,
        newest.len()
    );
    Some(Claim::grounded(text, vec![engine.cite_commit(*last, &list.path, Area::Technology)]))
}

/// Files of a name that speak for the work: that of the root if it says what is looked for, else the nearest above each
/// touched file.
fn nearest(engine: &Evidence<'_>, name: &str, needle: &str) -> BTreeSet<String> {
    let root = &engine.workspace.root;
    let says = |lines: &[Box<str>]| lines.iter().any(|line| line.trim_start().starts_with(needle));
    if root.join(name).is_file() && engine.reader.lines(name).is_none_or(|lines| says(&lines)) {
        return BTreeSet::from([name.to_owned()]);
    }
    let touched: BTreeSet<usize> = engine.spots.values().flatten().map(|spot| spot.file).collect();
    let above = |file: usize| {
        let folders = Path::new(&engine.workspace.files[file].path).ancestors().skip(1);
        let mut paths = folders.filter_map(|folder| relative(Path::new(""), &folder.join(name)));
        paths.find(|path| root.join(path).is_file())
    };
    touched.into_iter().filter_map(above).collect()
}

/// Whether something is only there to develop in: a workspace in a container.
fn develops(item: &Infrastructure) -> bool {
    item.path.split('/').any(|part| part == ".devcontainer") || item.detail.contains("gitpod")
}

/// Whether a job of a pipeline brings the product to somebody: by its own words, or, in a pipeline for that, by what it makes.
fn ships(job: &Infrastructure) -> bool {
    let says = |text: &str, what: &[&str]| {
        let text = text.to_lowercase();
        text.split(|c: char| !c.is_alphanumeric()).any(|word| what.contains(&word))
    };
    const SHIPS: &[&str] = &["release", "publish", "deploy", "goreleaser"];
    const MAKES: &[&str] = &["build", "docker", "image", "images", "package", "push", "upload", "version", "changelog"];
    let tests = ["test", "tests", "e2e", "lint", "check"].iter().any(|word| job.name.to_lowercase().contains(word));
    let own = says(&job.name, SHIPS) || says(&job.detail, SHIPS);
    !tests && (own || says(&job.path, SHIPS) && (job.name == job.path || says(&job.name, MAKES)))
}

/// Lines that say which toolchain a project wants.
const TOOLCHAINS: &[(&str, &str, &str)] = &[
    ("rust-toolchain.toml", "channel", "the Rust toolchain"),
    ("Cargo.toml", "rust-version", "the Rust toolchain"),
    ("Cargo.toml", "edition", "Rust"),
    ("package.json", "\"node\"", "Node.js"),
    ("package.json", "\"packageManager\"", "the package manager"),
    (".nvmrc", "", "Node.js"),
    ("pyproject.toml", "requires-python", "Python"),
    ("setup.cfg", "python_requires", "Python"),
    ("setup.py", "python_requires", "Python"),
    (".python-version", "", "Python"),
    ("go.mod", "go ", "Go"),
    ("global.json", "\"version\"", ".NET"),
    (".ruby-version", "", "Ruby"),
];

/// Lockfiles that say which package manager is in use.
const MANAGERS: &[(&str, &str)] = &[
    ("package-lock.json", "npm"),
    ("pnpm-lock.yaml", "pnpm"),
    ("yarn.lock", "Yarn"),
    ("poetry.lock", "Poetry"),
    ("uv.lock", "uv"),
    ("gradlew", "the Gradle wrapper"),
    ("mvnw", "the Maven wrapper"),
];

/// A few by their names, many by the files that keep them: nobody reads an inventory.
fn listed(items: &[&Infrastructure], word: &str, name: impl Fn(&Infrastructure) -> String) -> Option<String> {
    if items.is_empty() {
        return None;
    }
    let count = plural(items.len(), word);
    if items.len() <= NAMED {
        let names: Vec<String> = items.iter().map(|item| name(item)).collect();
        return Some(format!("{count}: {}", joined(&names)));
    }
    let files: BTreeSet<&str> = items.iter().map(|item| item.path.as_str()).collect();
    let mut names: Vec<String> = files.iter().take(KEPT_IN).map(|path| format!("`{path}`")).collect();
    if files.len() > KEPT_IN {
        names.push(format!("{} more", plural(files.len() - KEPT_IN, "file")));
    }
    Some(format!("{count} in {}", joined(&names)))
}
