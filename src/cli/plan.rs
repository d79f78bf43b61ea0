//! `groundplan plan`: research and write a plan in a terminal.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};

use super::asking::{EndsFailed, begin, dry_run, tell_of_model};
use super::output::print;
use crate::config::{Target, user_file};
use crate::document::Document;
use crate::engine::model::usable;
use crate::plan::file_text;
use crate::research::{joined, plural};
use crate::run::journal::{Status, worker};
use crate::run::{Event, Request, RunError, plan_path, research, today, write_atomically};
use crate::workspace::{Cancel, Indexes, Project};

/// Arguments of `groundplan plan`.
#[derive(Debug, Default, clap::Args)]
pub struct Arguments {
    /// The requirements document
    pub file: PathBuf,
    /// Write to this file instead; a plan there is brought up to date
    #[arg(short, long, value_name = "PATH", conflicts_with = "stdout")]
    pub output: Option<PathBuf>,
    /// Print the document with its plan and write nothing
    #[arg(long)]
    pub stdout: bool,
    /// Write into NAME.plan.md beside the requirements, whatever the configuration says
    #[arg(long, conflicts_with_all = ["stdout", "output"])]
    pub apart: bool,
    /// The workspace root; by default the nearest folder above the file with .git or groundplan.toml
    #[arg(long, value_name = "DIR")]
    pub root: Option<PathBuf>,
    /// Who answers the questions; by default the model of your configuration, if it names one
    #[arg(long, value_enum)]
    pub engine: Option<EngineName>,
    /// The interrupted run that this one goes on with
    #[arg(skip)]
    pub resume: Option<i64>,
    /// Say what would be asked and at most how much it may use, and ask nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// How the journal names standard output.
pub const STDOUT: &str = "-";

/// An engine, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum EngineName {
    /// The embedded one: no key, no network.
    Evidence,
    /// The language model of your configuration.
    Model,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let path = arguments.file.canonicalize().with_context(|| format!("cannot read {}", arguments.file.display()))?;
    if path.is_dir() {
        bail!("{} is a folder; name the requirements document in it", arguments.file.display());
    }
    let text =
        std::fs::read_to_string(&path).with_context(|| format!("cannot read {} as text", arguments.file.display()))?;
    let root = match &arguments.root {
        Some(root) => root.canonicalize().with_context(|| format!("cannot open the root {}", root.display()))?,
        None => super::root_of(&path),
    };
    let project = Project::load(&root, None);
    for problem in &project.problems {
        let line = problem.text[..problem.range.start.min(problem.text.len())].matches('\n').count() + 1;
        let place = problem.path.as_ref().map_or_else(String::new, |path| format!("{}:{line}: ", path.display()));
        eprintln!("groundplan: {place}{}", problem.message);
    }
    let own = user_file();
    if arguments.engine.is_none()
        && project.problems.iter().any(|problem| problem.path.is_some() && problem.path == own)
    {
        bail!("mend your own configuration, or say who plans with --engine");
    }
    let template = project
        .plan_template()
        .context("there is no plan template; `plan.template` in groundplan.toml names none that exists")?;
    let named = Document::parse(&text);
    // A plan in a file of its own names its requirements, and is itself the place for the plan.
    let (path, requirements, target) = match project.requirements_path(&named, &path) {
        Some(upstream) => {
            let upstream = upstream.canonicalize().unwrap_or(upstream);
            let text =
                std::fs::read_to_string(&upstream).with_context(|| format!("cannot read {}", upstream.display()))?;
            let target = match target(arguments, &upstream, &project)? {
                Some(_) if arguments.output.is_none() => Some(path),
                other => other,
            };
            (upstream, Document::parse(&text), target)
        }
        None => {
            let target = target(arguments, &path, &project)?;
            (path, named, target)
        }
    };
    let own_paths =
        [Some(path.as_path()), target.as_deref()].into_iter().flatten().map(|path| project.relative(path)).collect();
    let model = match (arguments.engine, &project.config.model) {
        (Some(EngineName::Evidence), _) | (None, None) => None,
        (Some(EngineName::Model), None) => bail!(
            "no model is configured; name one in {}: model.name = \"…\"",
            user_file().map_or_else(|| "your configuration".to_owned(), |path| path.display().to_string())
        ),
        (_, Some(model)) => Some(model.clone()),
    };
    if arguments.dry_run {
        return dry_run(&requirements, model.as_ref());
    }
    if let Some(model) = &model {
        // Nothing is announced or recorded that cannot begin.
        usable(model).with_context(|| shown(&arguments.file))?;
    }
    let log = match &model {
        Some(model) => begin(arguments, &root, &path, target.as_deref(), model, &requirements)?,
        None => None,
    };
    let _failing = EndsFailed(log.clone());
    let servers = project.config.mcp_servers.clone();
    let request = Request {
        root: root.clone(),
        requirements: requirements.clone(),
        own_paths,
        template,
        indexes: Arc::new(Indexes::kept()),
        registries: project.config.registries == Some(true),
        model: model.map(|model| worker(model, servers, log.as_ref())),
    };
    let bar = progress_bar();
    let silent = bar.is_hidden() && request.model.is_some();
    let watch = |event: &Event| {
        bar.set_position(u64::from(event.percentage()));
        bar.set_message(event.message());
        // A run by a model takes minutes: a log says how far it is where no bar can.
        if let (true, Event::Answered { done, total, .. }) = (silent, event) {
            eprintln!("groundplan: {done} of {total} questions answered; {}", event.message());
        }
    };
    let cancel = Cancel::default();
    if let Some(log) = &log {
        log.watch(&cancel);
    }
    let done = research(&request, &cancel, &watch);
    bar.finish_and_clear();
    if let (Some(log), Err(error)) = (&log, &done) {
        let cancelled = matches!(error, RunError::Cancelled(_));
        log.end(if cancelled { Status::Cancelled } else { Status::Failed }, &error.to_string());
    }
    let done = done.with_context(|| arguments.file.display().to_string())?;
    let (into, before) = match &target {
        Some(target) if *target != path => (target.clone(), apart(target, &path, &requirements, &request)?),
        Some(_) => {
            // Somebody may have written into it while the run was at work; that text stays.
            let now = std::fs::read_to_string(&path).with_context(|| format!("cannot read {} again", shown(&path)))?;
            if now != requirements.text().to_string() {
                eprintln!("groundplan: {} changed during the run; the plan goes into it as it is now", shown(&path));
            }
            (path.clone(), Document::parse(&now))
        }
        None => (path.clone(), requirements),
    };
    if done.source_files == 0 && !Project::is_root(&root) {
        bail!(
            "no source file was found below {}, and nothing marks it as a project; name the root of your code with --root",
            root.display()
        );
    }
    if done.source_files == 0 {
        eprintln!(
            "groundplan: no source file was found below {}; name the root of your code with --root",
            root.display()
        );
    }
    if into.canonicalize().is_ok_and(|into| super::root_of(&into) != root) || super::root_of(&into) != root {
        eprintln!(
            "groundplan: {} has another root than its sources; check it with `--root {}`",
            shown(&into),
            shown(&root)
        );
    }
    let mut sections = Vec::new();
    let all: Vec<usize> = (0..done.plan.sections.len()).collect();
    let reports = done.sections(&all, &cancel, &mut |section| sections.push(section)).map_err(RunError::from);
    if let (Some(log), Err(RunError::Cancelled(_))) = (&log, &reports) {
        log.end(Status::Cancelled, "");
    }
    let reports = reports?;
    let written = done.write_sections(&sections, &before, &project.relative(&into), &today());
    let (document, kept) = written.with_context(|| shown(&into))?;
    let text = document.text().to_string();
    tell_of_model(&done, &reports);
    if arguments.stdout {
        print(&text)?;
    } else if text == before.text().to_string() && into.exists() {
        if let Some(log) = &log {
            log.end(Status::Finished, "");
        }
        eprintln!("groundplan: {} is up to date", shown(&into));
        return Ok(0);
    } else {
        write_atomically(&into, &text).with_context(|| format!("cannot write {}", shown(&into)))?;
    }
    if let Some(log) = &log {
        log.end(Status::Finished, "");
    }
    let written = done.plan.sections.len() - kept.len();
    let place = if arguments.stdout { "standard output".to_owned() } else { shown(&into) };
    eprintln!(
        "groundplan: {} to {place}; {} read, {} of {} claims cite one",
        plural(written, "section"),
        plural(done.sources.len(), "source"),
        done.verified.grounded,
        done.verified.claims,
    );
    if !kept.is_empty() {
        eprintln!("groundplan: kept as you wrote it: {}", joined(&kept));
        eprintln!("groundplan: to have a section written anew, delete it and run this again");
    }
    Ok(0)
}

/// The file that the plan goes to; `None` for standard output.
fn target(arguments: &Arguments, path: &Path, project: &Project) -> anyhow::Result<Option<PathBuf>> {
    if arguments.stdout {
        return Ok(None);
    }
    if let Some(output) = &arguments.output {
        let folder = output.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let folder = folder.canonicalize().with_context(|| format!("there is no folder {}", folder.display()))?;
        let name = output.file_name().with_context(|| format!("{} is no file name", output.display()))?;
        let root = project.root.canonicalize()?;
        if !folder.starts_with(&root) {
            bail!(
                "{} is outside the workspace {}, where its sources could not be found again",
                output.display(),
                root.display()
            );
        }
        return Ok(Some(folder.join(name)));
    }
    // A plan that stands apart already is brought up to date where it is.
    let stands_apart = plan_path(path).is_file();
    let apart = arguments.apart || project.config.target == Target::File || stands_apart;
    Ok(Some(if apart { plan_path(path) } else { path.to_path_buf() }))
}

/// The plan's own file as it is, or its beginning.
fn apart(
    target: &Path,
    requirements_path: &Path,
    requirements: &Document,
    request: &Request,
) -> anyhow::Result<Document> {
    if target.exists() {
        let text =
            std::fs::read_to_string(target).with_context(|| format!("cannot read {} as text", target.display()))?;
        return Ok(Document::parse(&text));
    }
    let name = link(target, requirements_path);
    let title =
        requirements.sections().first().filter(|section| section.level == 1).map_or("", |section| &section.title);
    Ok(Document::parse(&file_text(&request.template, &name, title)))
}

/// The way from one file's folder to another file.
fn link(from: &Path, to: &Path) -> String {
    let from: Vec<_> = from.parent().unwrap_or(Path::new("")).components().collect();
    let to: Vec<_> = to.components().collect();
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..".to_owned(), from.len() - common);
    let down = to[common..].iter().map(|part| part.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}

fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here).unwrap_or(path).display().to_string()
}

fn progress_bar() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(100);
    if let Ok(style) = ProgressStyle::with_template("{spinner} {bar:24} {msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}
