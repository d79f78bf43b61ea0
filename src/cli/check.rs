//! `groundplan check`: judges documents, for people and for CI.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::Context;
use globset::Glob;
use ignore::WalkBuilder;

use super::output::print;
use super::report::{Finding, Format, render};
use crate::check::{File, find_rule};
use crate::config::Severity;
use crate::document::Document;
use crate::engine::evidence::catalogue;
use crate::research::plural;
use crate::workspace::{Project, Reader};

/// Arguments of `groundplan check`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Files, folders or globs; by default the folder that you are in
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<String>,
    /// How findings are shown
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// The root below which cited files lie, as it was given to `groundplan plan`
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// Fail on information too, not only on warnings and errors
    #[arg(long)]
    strict: bool,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let files = files(&arguments.paths)?;
    let given = match &arguments.root {
        Some(root) => root.canonicalize().with_context(|| format!("cannot open the root {}", root.display()))?,
        None => PathBuf::new(),
    };
    let mut projects: HashMap<PathBuf, Project> = HashMap::new();
    let mut findings: Vec<Finding> = Vec::new();
    let (mut judged, mut unread, mut claims) = (0, 0, Claims::default());
    for (path, named) in &files {
        let real = path.canonicalize().with_context(|| format!("cannot read {}", path.display()))?;
        let root = arguments.root.as_ref().map_or_else(|| super::root_of(&real), |_| given.clone());
        let project = projects.entry(root.clone()).or_insert_with(|| {
            let project = Project::load(&root, None);
            findings.extend(project.problems.iter().map(project_finding));
            project
        });
        match judge(project, path, *named, &mut findings, &mut claims) {
            Ok(recognised) => judged += usize::from(recognised),
            // One file must not hide the findings of all others; a file that nobody named is none of ours.
            Err(error) if *named => {
                eprintln!("groundplan: {error:#}");
                unread += 1;
            }
            Err(_) => {}
        }
    }
    findings.sort_by(|a, b| (&a.path, a.range.start, a.rule).cmp(&(&b.path, b.range.start, b.rule)));
    print(&render(arguments.format, &findings))?;
    let least = if arguments.strict { Severity::Information } else { Severity::Warning };
    let failing = findings.iter().filter(|finding| finding.severity <= least).count();
    if arguments.format == Format::Human {
        let others = findings.len() - failing;
        let rest = if others > 0 { format!(", {} to consider", others) } else { String::new() };
        eprintln!("groundplan: {} judged, {}{rest}", plural(judged, "document"), plural(failing, "finding"));
        if claims.made > 0 {
            let quoted = if claims.quoted > 0 { format!(", {} quote it", claims.quoted) } else { String::new() };
            eprintln!(
                "groundplan: when they were written, {} of {} claims cited a source that was read{quoted}",
                claims.shown, claims.made
            );
        }
    }
    Ok(if unread > 0 { 2 } else { u8::from(failing > 0) })
}

/// What the stamps of plans say of their claims.
#[derive(Default)]
struct Claims {
    made: usize,
    shown: usize,
    quoted: usize,
}

/// Judges one file; whether it was recognised.
fn judge(
    project: &Project,
    path: &Path,
    named: bool,
    findings: &mut Vec<Finding>,
    claims: &mut Claims,
) -> anyhow::Result<bool> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {} as text", path.display()))?;
    let real = path.canonicalize()?;
    let document = Document::parse(&text);
    let recognition = project.recognise(&document, &project.relative(&real));
    if recognition.is_none() {
        if named {
            eprintln!(
                "groundplan: {} is no requirements or plan document by any template; see `groundplan templates`",
                path.display()
            );
        }
        return Ok(false);
    }
    if let Some(stamp) = document.stamp() {
        claims.made += stamp.claims("made");
        claims.shown += stamp.claims("shown");
        claims.quoted += stamp.claims("quoted");
    }
    let requirements_path = project.requirements_path(&document, &real);
    let requirements = requirements_path
        .as_ref()
        .and_then(|path| std::fs::read_to_string(path).ok())
        .map(|text| Document::parse(&text));
    let reader = Reader::new(&project.root);
    let states = project.source_states(&document, &reader, &catalogue::entry_digest);
    for diagnostic in project.judge(&document, &recognition, requirements.as_ref(), &states) {
        let related = diagnostic.related.iter().map(|related| match related.file {
            File::This => (path.display().to_string(), related.range.clone(), related.message.clone(), text.clone()),
            File::Requirements => {
                let text = requirements.as_ref().map(|document| document.text().to_string()).unwrap_or_default();
                let path = requirements_path.as_ref().map_or_else(String::new, |path| path.display().to_string());
                (path, related.range.clone(), related.message.clone(), text)
            }
        });
        findings.push(Finding {
            path: path.display().to_string(),
            text: text.clone(),
            rule: diagnostic.rule,
            severity: diagnostic.severity,
            range: diagnostic.range.clone(),
            message: diagnostic.message.clone(),
            related: related.collect(),
            fix: diagnostic.fixes.first().map(|fix| fix.title.clone()),
        });
    }
    Ok(true)
}

fn project_finding(problem: &crate::workspace::ProjectProblem) -> Finding {
    Finding {
        path: problem.path.as_ref().map_or_else(String::new, |path| path.display().to_string()),
        text: problem.text.clone(),
        rule: problem.rule,
        severity: find_rule(problem.rule).map_or(Severity::Error, |rule| rule.severity),
        range: problem.range.clone(),
        message: problem.message.clone(),
        related: Vec::new(),
        fix: None,
    }
}

/// Markdown files that the arguments name, and whether each was named itself.
fn files(paths: &[String]) -> anyhow::Result<Vec<(PathBuf, bool)>> {
    let mut found: Vec<(PathBuf, bool)> = Vec::new();
    for path in paths {
        let as_path = PathBuf::from(path);
        if as_path.is_file() {
            found.push((as_path, true));
        } else if as_path.is_dir() {
            found.extend(markdown_below(&as_path).map(|path| (path, false)));
        } else if path.contains(['*', '?', '[', '{']) {
            let glob = Glob::new(path).with_context(|| format!("`{path}` is no glob"))?.compile_matcher();
            let before = found.len();
            let matching =
                markdown_below(Path::new(".")).filter(|path| glob.is_match(path.strip_prefix("./").unwrap_or(path)));
            found.extend(matching.map(|path| (path, true)));
            anyhow::ensure!(found.len() > before, "no file fits `{path}`");
        } else {
            anyhow::bail!("there is no file or folder {path}");
        }
    }
    found.sort();
    found.dedup_by(|a, b| a.0 == b.0);
    Ok(found)
}

fn markdown_below(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let walk = WalkBuilder::new(folder).hidden(false).filter_entry(|entry| entry.file_name() != ".git").build();
    walk.flatten().map(ignore::DirEntry::into_path).filter(|path| {
        path.is_file()
            && path
                .extension()
                .is_some_and(|ending| ending.eq_ignore_ascii_case("md") || ending.eq_ignore_ascii_case("markdown"))
    })
}
