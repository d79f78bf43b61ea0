//! Containers, clusters, cloud resources and pipelines, each with the line that shows it.

use std::path::Path;

use serde_json::Value;

/// Kinds of infrastructure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum InfrastructureKind {
    /// A container image that the repository builds.
    Container,
    /// A service of a compose file.
    Service,
    /// An object of a cluster.
    Cluster,
    /// A Terraform resource.
    Resource,
    /// A job of a pipeline.
    Pipeline,
}

/// One piece of infrastructure.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Infrastructure {
    /// What kind.
    pub kind: InfrastructureKind,
    /// Its name: an image, a service, an object, a job.
    pub name: String,
    /// What it runs on or runs: a base image, an object's kind, a job's command.
    pub detail: String,
    /// The file.
    pub path: String,
    /// One-based.
    pub line: usize,
}

/// Larger YAML files are data.
const MAX_YAML: u64 = 256 * 1024;

pub(super) fn read<'p>(root: &Path, paths: impl Iterator<Item = &'p str>) -> Vec<Infrastructure> {
    let mut found = Vec::new();
    for path in paths {
        let name = path.rsplit('/').next().unwrap_or(path);
        let lower = name.to_ascii_lowercase();
        let yaml = lower.ends_with(".yml") || lower.ends_with(".yaml");
        let read: Option<fn(&str, &str, &mut Vec<Infrastructure>)> = if lower.starts_with("dockerfile")
            || lower.starts_with("containerfile")
            || lower.ends_with(".dockerfile")
        {
            Some(container)
        } else if yaml && (lower.starts_with("docker-compose") || lower.starts_with("compose")) {
            Some(compose)
        } else if yaml && path.contains(".github/workflows/") {
            Some(workflow)
        } else if lower == ".gitlab-ci.yml" {
            Some(gitlab)
        } else if lower == "jenkinsfile" || (path.starts_with(".circleci/") && yaml) || path == ".ci/run" {
            Some(pipeline_file)
        } else if lower.ends_with(".tf") {
            Some(terraform)
        } else if yaml && !path.contains("test") {
            Some(cluster)
        } else {
            None
        };
        let small = || std::fs::metadata(root.join(path)).is_ok_and(|file| file.len() <= MAX_YAML);
        if let Some(read) = read
            && small()
            && let Ok(text) = std::fs::read_to_string(root.join(path))
        {
            read(path, &text, &mut found);
        }
    }
    found.sort();
    found
}

fn push(out: &mut Vec<Infrastructure>, kind: InfrastructureKind, name: &str, detail: &str, path: &str, line: usize) {
    out.push(Infrastructure { kind, name: name.to_owned(), detail: detail.to_owned(), path: path.to_owned(), line });
}

fn container(path: &str, text: &str, out: &mut Vec<Infrastructure>) {
    // The last stage is the image that is shipped.
    let stages = text.lines().enumerate().filter_map(|(index, line)| Some((index, line.trim().strip_prefix("FROM ")?)));
    let bases: Vec<(usize, Vec<&str>)> = stages
        .map(|(index, stage)| (index, stage.split_whitespace().filter(|word| !word.starts_with("--")).collect()))
        .collect();
    if let Some((index, words)) = bases.last() {
        let (index, mut image) = (*index, words.first().copied().unwrap_or_default());
        // A stage that stands on another one stands on what that one stands on.
        let names = |words: &[&str], name: &str| words.len() > 2 && words[2] == name;
        for _ in 0..bases.len() {
            match bases.iter().find(|(_, words)| names(words, image)) {
                Some((_, words)) => image = words[0],
                None => break,
            }
        }
        push(out, InfrastructureKind::Container, path, image, path, index + 1);
    }
}

fn compose(path: &str, text: &str, out: &mut Vec<Infrastructure>) {
    let Ok(value) = serde_saphyr::from_str::<Value>(text) else { return };
    for (name, service) in value.get("services").and_then(Value::as_object).into_iter().flatten() {
        let image = service.get("image").and_then(Value::as_str).unwrap_or("built here");
        push(out, InfrastructureKind::Service, name, image, path, key_line(text, "services:", name));
    }
}

fn workflow(path: &str, text: &str, out: &mut Vec<Infrastructure>) {
    let Ok(value) = serde_saphyr::from_str::<Value>(text) else { return };
    for (name, job) in value.get("jobs").and_then(Value::as_object).into_iter().flatten() {
        let steps = job.get("steps").and_then(Value::as_array).into_iter().flatten();
        let commands = steps.filter_map(|step| step.get("run")?.as_str()).filter_map(|run| run.lines().next());
        let detail: Vec<&str> = commands.take(4).collect();
        push(out, InfrastructureKind::Pipeline, name, &detail.join("; "), path, key_line(text, "jobs:", name));
    }
}

fn gitlab(path: &str, text: &str, out: &mut Vec<Infrastructure>) {
    let Ok(value) = serde_saphyr::from_str::<Value>(text) else { return };
    for (name, job) in value.as_object().into_iter().flatten().filter(|(_, job)| job.get("script").is_some()) {
        let script =
            job.get("script").map(|script| script.as_array().and_then(|lines| lines.first()).unwrap_or(script));
        push(
            out,
            InfrastructureKind::Pipeline,
            name,
            script.and_then(Value::as_str).unwrap_or_default(),
            path,
            key_line(text, "", name),
        );
    }
}

fn pipeline_file(path: &str, _: &str, out: &mut Vec<Infrastructure>) {
    push(out, InfrastructureKind::Pipeline, path, "", path, 1);
}

fn terraform(path: &str, text: &str, out: &mut Vec<Infrastructure>) {
    for (index, line) in text.lines().enumerate() {
        if let Some(rest) = line.strip_prefix("resource ") {
            let mut quoted = rest.split('"').skip(1).step_by(2);
            if let (Some(kind), Some(name)) = (quoted.next(), quoted.next()) {
                push(out, InfrastructureKind::Resource, name, kind, path, index + 1);
            }
        }
    }
}

fn cluster(path: &str, text: &str, out: &mut Vec<Infrastructure>) {
    if !text.contains("apiVersion:") || !text.contains("kind:") {
        return;
    }
    let mut kind = "";
    for (index, line) in text.lines().enumerate() {
        if let Some(rest) = line.strip_prefix("kind:") {
            kind = rest.trim();
            push(out, InfrastructureKind::Cluster, "", kind, path, index + 1);
        } else if let Some(rest) = line.strip_prefix("  name:")
            && let Some(last) =
                out.last_mut().filter(|last| last.name.is_empty() && last.detail == kind && last.path == path)
        {
            last.name = rest.trim().to_owned();
        }
    }
}

/// The line of a key below some other one.
fn key_line(text: &str, below: &str, key: &str) -> usize {
    let from = text.find(below).unwrap_or(0);
    let lines = text.lines().enumerate().skip(text[..from].matches('\n').count());
    let named = |line: &str| {
        line.trim_start()
            .trim_start_matches(['"', '\''])
            .strip_prefix(key)
            .is_some_and(|rest| rest.trim_start_matches(['"', '\'']).starts_with(':'))
    };
    lines.into_iter().find(|(_, line)| named(line)).map_or(1, |(index, _)| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, text: &str, expected: &[(&str, &str, usize)]) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, text).unwrap();
        let found = read(folder.path(), [path].into_iter());
        let got: Vec<_> = found.iter().map(|item| (&*item.name, &*item.detail, item.line)).collect();
        assert_eq!(got, expected, "{path}");
    }

    #[test]
    fn each_kind_is_read_with_its_line() {
        check(
            "Dockerfile",
            "FROM rust:1 AS build\nRUN x\nFROM --platform=x debian:12 AS run\n",
            &[("Dockerfile", "debian:12", 3)],
        );
        check("compose.yaml", "services:\n  db:\n    image: postgres:16\n", &[("db", "postgres:16", 2)]);
        check(
            ".github/workflows/ci.yml",
            "on: push\njobs:\n  test:\n    steps:\n      - run: cargo test\n",
            &[("test", "cargo test", 3)],
        );
        check(".gitlab-ci.yml", "image: x\nunit:\n  script:\n    - make test\n", &[("unit", "make test", 2)]);
        check("main.tf", "resource \"aws_sqs_queue\" \"jobs\" {\n}\n", &[("jobs", "aws_sqs_queue", 1)]);
        check(
            "deploy/api.yaml",
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: api\n",
            &[("api", "Deployment", 2)],
        );
    }
}
