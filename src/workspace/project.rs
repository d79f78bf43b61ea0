//! A workspace root with its configuration and templates: how its documents are recognised and judged.

use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use globset::{Glob, GlobSet, GlobSetBuilder};

use super::{Reader, Renames, relative, state};
use crate::check::{self, Diagnostic, Input, SourceState};
use crate::config::{self, Config, Layer, Owner};
use crate::document::Document;
use crate::template::{self, Kind, Recognition, Template};
use crate::text::Digest;

/// Files that mark a root where there is no git.
const MARKERS: &[&str] = &[".git", config::FILE_NAME, ".groundplan"];

/// A workspace root with what it says about its documents.
#[derive(Debug, Clone)]
pub struct Project {
    /// The folder.
    pub root: PathBuf,
    /// Settings in force.
    pub config: Config,
    /// Templates, the project's own before the built-in ones.
    pub templates: Vec<Arc<Template>>,
    /// What is wrong with configuration and templates.
    pub problems: Vec<ProjectProblem>,
    exclude: GlobSet,
    documents: Vec<(String, GlobSet)>,
}

/// Something wrong with a file of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectProblem {
    /// `invalid-config` or `invalid-template`.
    pub rule: &'static str,
    /// The file; `None` for the editor's settings.
    pub path: Option<PathBuf>,
    /// Its text.
    pub text: String,
    /// Where in it.
    pub range: Range<usize>,
    /// What, with the way out.
    pub message: String,
}

impl Project {
    /// The root of a file, for every command and editor alike, so that a source is looked for where it was found: the
    /// nearest folder above it with git, a configuration or templates; without any, the first of the folders that
    /// somebody works in which holds it; else its own folder.
    pub fn root_of<'f>(file: &Path, folders: impl IntoIterator<Item = &'f Path>) -> PathBuf {
        let own = file.parent().unwrap_or(Path::new("."));
        let marked = own.ancestors().find(|folder| Self::is_root(folder));
        let worked_in = || folders.into_iter().find(|folder| own.starts_with(folder));
        marked.or_else(worked_in).unwrap_or(own).to_path_buf()
    }

    /// Whether a folder is marked as a root.
    pub fn is_root(folder: &Path) -> bool {
        MARKERS.iter().any(|marker| folder.join(marker).exists())
    }

    /// Reads configuration and templates of a root; `editor` is the editor's layer.
    pub fn load(root: &Path, editor: Option<&Layer>) -> Self {
        let mut problems = Vec::new();
        let user = config::user_file().map(|path| read_layer(&path, Owner::User, &mut problems));
        let workspace = read_layer(&root.join(config::FILE_NAME), Owner::Workspace, &mut problems);
        let mut config = Config::layered(user.iter().chain([&workspace]).chain(editor));
        if let Some(message) = config.obey_environment(|name| std::env::var(name).ok()) {
            problems.push(ProjectProblem {
                rule: "invalid-config",
                path: None,
                text: String::new(),
                range: 0..0,
                message,
            });
        }
        let mut templates = Vec::new();
        for path in template_files(root) {
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or("template");
            let (template, wrong) = template::parse(&text, name);
            if wrong.is_empty() {
                templates.push(Arc::new(template));
            }
            problems.extend(
                wrong.into_iter().map(|problem| {
                    ProjectProblem::of("invalid-template", &path, &text, problem.range, problem.message)
                }),
            );
        }
        templates.extend(template::built_in().iter().cloned());
        let mut project = Self {
            root: root.to_path_buf(),
            config,
            templates,
            problems,
            exclude: GlobSet::empty(),
            documents: Vec::new(),
        };
        project.read_globs();
        project
    }

    fn read_globs(&mut self) {
        let mut wrong = Vec::new();
        self.exclude = globs(&self.config.exclude, &mut wrong);
        for (name, patterns) in &self.config.documents {
            if !self.templates.iter().any(|template| template.name == *name) {
                wrong.push(format!("`documents.{name}` names no template; `groundplan templates` lists them"));
            }
            self.documents.push((name.clone(), globs(patterns, &mut wrong)));
        }
        for name in self.config.rules.keys().filter(|name| check::find_rule(name).is_none()) {
            wrong.push(format!("there is no rule `{name}`; `groundplan explain` lists them"));
        }
        if let Some(name) = self.config.plan_template.as_ref()
            && !self.templates.iter().any(|template| template.name == *name && template.kind == Kind::Plan)
        {
            wrong.push(format!("`plan.template` names no plan template: `{name}`"));
        }
        let path = self.root.join(config::FILE_NAME);
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        self.problems.extend(wrong.into_iter().map(|message| {
            let named = message.split('`').nth(1).unwrap_or_default();
            let named = named.rsplit('.').next().unwrap_or(named);
            let start = text.find(named).unwrap_or(0);
            let range = if text.is_empty() { 0..0 } else { start..start + named.len().min(text.len() - start) };
            let path = (!text.is_empty()).then(|| path.clone());
            ProjectProblem { rule: "invalid-config", path, text: text.clone(), range, message }
        }));
    }

    /// What a document is, by the project's globs, its front matter, headings and path.
    pub fn recognise(&self, document: &Document, path: &str) -> Recognition {
        // A template looks like the document that it asks for, and is none.
        if self.exclude.is_match(path) || path.starts_with(config::TEMPLATE_FOLDER) {
            return Recognition::default();
        }
        let mut found = template::recognise(document, path, &self.templates);
        for (name, globs) in &self.documents {
            if let Some(template) =
                self.templates.iter().find(|template| template.name == *name && globs.is_match(path))
            {
                let slot = match template.kind {
                    Kind::Requirements => &mut found.requirements,
                    Kind::Plan => &mut found.plan,
                };
                *slot = Some(Arc::clone(template));
            }
        }
        found
    }

    /// The template that new plans are written by.
    pub fn plan_template(&self) -> Option<Arc<Template>> {
        let wanted = self.config.plan_template.as_deref().unwrap_or("backend-plan");
        self.templates.iter().find(|template| template.kind == Kind::Plan && template.name == wanted).cloned()
    }

    /// A path relative to the root; the file's own name for one outside it.
    pub fn relative(&self, path: &Path) -> String {
        relative(&self.root, path)
            .unwrap_or_else(|| path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned())
    }

    /// The path of the requirements document that a plan in a file of its own belongs to.
    pub fn requirements_path(&self, document: &Document, path: &Path) -> Option<PathBuf> {
        let named = document.front_matter().requirements.as_ref()?;
        let folder = path.parent()?;
        let joined = folder.join(named);
        // Only inside the workspace.
        let real = joined.canonicalize().ok()?;
        real.starts_with(self.root.canonicalize().ok()?).then_some(joined)
    }

    /// How the sources of a document's ledger stand.
    pub fn source_states(
        &self,
        document: &Document,
        reader: &Reader,
        catalogue: &dyn Fn(&str) -> Option<Digest>,
    ) -> HashMap<String, SourceState> {
        let renames = Renames::new(&self.root);
        let states = document.sources().map(|source| {
            let state = state(reader, &renames, &self.root, &source, catalogue);
            (source.id, state)
        });
        states.filter_map(|(id, state)| Some((id, state?))).collect()
    }

    /// Judges a document.
    pub fn judge(
        &self,
        document: &Document,
        recognition: &Recognition,
        requirements: Option<&Document>,
        sources: &HashMap<String, SourceState>,
    ) -> Vec<Diagnostic> {
        if recognition.is_none() {
            return Vec::new();
        }
        check::check(&Input { document, recognition, requirements, sources }, &self.config.rules)
    }
}

impl ProjectProblem {
    fn of(rule: &'static str, path: &Path, text: &str, range: Range<usize>, message: String) -> Self {
        Self { rule, path: Some(path.to_path_buf()), text: text.to_owned(), range, message }
    }
}

fn read_layer(path: &Path, owner: Owner, problems: &mut Vec<ProjectProblem>) -> Layer {
    let Ok(text) = std::fs::read_to_string(path) else { return Layer::default() };
    let (layer, wrong) = config::from_toml(&text, owner);
    problems.extend(
        wrong
            .into_iter()
            .map(|problem| ProjectProblem::of("invalid-config", path, &text, problem.range, problem.message)),
    );
    layer
}

fn template_files(root: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root.join(config::TEMPLATE_FOLDER)).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "md"))
        .collect();
    files.sort();
    files
}

fn globs(patterns: &[String], wrong: &mut Vec<String>) -> GlobSet {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        match Glob::new(pattern) {
            Ok(glob) => {
                set.add(glob);
            }
            Err(error) => wrong.push(format!("`{pattern}` is no glob: {}", error.kind())),
        }
    }
    set.build().unwrap_or_else(|_| GlobSet::empty())
}
