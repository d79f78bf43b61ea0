//! Tools that a model may call: all of them only read, inside the workspace, what git does not ignore.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::shelf::Shelf;
use crate::document::Place;
use crate::engine::evidence::{Evidence, catalogue};
use crate::research::{Area, plural};
use crate::text::stems;
use crate::workspace::SourceFile;
use crate::workspace::manifest::Ecosystem;
use crate::workspace::registry::{Package, PackageName};

/// A tool as a model is told of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// What it does and when it helps.
    pub description: String,
    /// JSON schema of its arguments.
    pub schema: Value,
}

/// So many lines are read at once.
const LINES: usize = 120;
/// So many places are told of a search.
const FOUND: usize = 8;
/// Lines around what was found.
const AROUND: usize = 4;
/// So many entries of a list are told.
const LISTED: usize = 60;

/// The tools over one repository.
pub struct Toolbox<'e> {
    engine: &'e Evidence<'e>,
    area: Area,
    registries: bool,
}

/// An argument that must be a string.
fn text(name: &str, about: &str) -> (String, Value) {
    (name.to_owned(), json!({ "type": "string", "description": about }))
}

fn number(name: &str, about: &str) -> (String, Value) {
    (name.to_owned(), json!({ "type": "integer", "description": about }))
}

fn tool(name: &str, description: &str, arguments: &[(String, Value)]) -> Tool {
    let names: Vec<&String> = arguments.iter().map(|(name, _)| name).collect();
    let properties: serde_json::Map<String, Value> = arguments.iter().cloned().collect();
    let schema =
        json!({ "type": "object", "properties": properties, "required": names, "additionalProperties": false });
    Tool { name: name.to_owned(), description: description.to_owned(), schema }
}

impl<'e> Toolbox<'e> {
    /// The tools for a question of an area; `registries` says whether package registries may be asked.
    pub fn new(engine: &'e Evidence<'e>, area: Area, registries: bool) -> Self {
        Self { engine, area, registries }
    }

    /// All tools that there are.
    pub fn tools(&self) -> Vec<Tool> {
        let mut tools = vec![
            tool(
                "search",
                "Finds the files and lines that say most of some words. Use words of the code, not whole sentences.",
                &[text("query", "a few words, or a name")],
            ),
            tool(
                "read_file",
                "Reads up to 120 lines of a file.",
                &[
                    text("path", "relative to the root"),
                    number("first", "first line, from 1"),
                    number("last", "last line"),
                ],
            ),
            tool(
                "list_files",
                "Lists what stands in a folder.",
                &[text("path", "relative to the root; empty for the root")],
            ),
            tool(
                "symbols",
                "Names the definitions of a file, or those of a name in all files.",
                &[text("of", "the path of a file, or a name")],
            ),
            tool("references", "Names the files and lines that say a name.", &[text("name", "an identifier")]),
            tool(
                "history",
                "Names the commits that changed a file, newest first.",
                &[text("path", "relative to the root")],
            ),
            tool(
                "dependencies",
                "Names the dependencies of the manifests whose names say a word.",
                &[text("query", "part of a name; empty for all")],
            ),
        ];
        if self.registries {
            tools.push(tool(
                "package",
                "Asks a package's registry for its latest version, licence and day of release.",
                &[text("registry", "cargo, npm, pip or go"), text("name", "the package")],
            ));
        }
        tools
    }

    /// Calls a tool; what it retrieved goes onto the shelf, and what it says is text for the model.
    pub fn call(&self, name: &str, arguments: &Value, offered: &[Tool], shelf: &mut Shelf) -> String {
        let said = |key: &str| arguments.get(key).and_then(Value::as_str).unwrap_or_default().trim().to_owned();
        let line = |key: &str| {
            let value = arguments.get(key)?;
            value.as_u64().or_else(|| value.as_str()?.trim().parse().ok()).map(|line| line as usize)
        };
        match name {
            "search" => self.search(&said("query"), shelf),
            "read_file" => self.read(&said("path"), line("first"), line("last"), shelf),
            "list_files" => self.list(&said("path")),
            "symbols" => self.symbols(&said("of"), shelf),
            "references" => self.references(&said("name"), shelf),
            "history" => self.history(&said("path"), shelf),
            "dependencies" => self.dependencies(&said("query"), shelf),
            other => {
                let names: Vec<&str> = offered.iter().map(|tool| tool.name.as_str()).collect();
                format!("There is no tool `{other}`; there are {}.", names.join(", "))
            }
        }
    }

    /// Puts lines onto the shelf and shows them.
    fn show(&self, path: &str, first: usize, last: usize, shelf: &mut Shelf) -> Option<String> {
        let source = self.engine.cite(path, first, last, self.area)?;
        let label = shelf.put(self.engine, source, None)?;
        Some(shelf.shown(&label))
    }

    fn search(&self, query: &str, shelf: &mut Shelf) -> String {
        let wanted: Vec<String> = stems(query);
        if wanted.is_empty() {
            return "Say what to search for.".to_owned();
        }
        let files = &self.engine.workspace().files;
        let mut out = String::new();
        let mut found = 0;
        for file in self.engine.files_for(query) {
            let path = &files[file].path;
            let Some(lines) = self.engine.reader().lines(path) else { continue };
            let says = |line: &str| {
                let said = stems(line);
                let exact = usize::from(line.contains(query));
                wanted.iter().filter(|stem| said.contains(stem)).count() + exact * wanted.len()
            };
            let best = lines.iter().enumerate().map(|(at, line)| (says(line), std::cmp::Reverse(at))).max();
            let Some((score, std::cmp::Reverse(at))) = best.filter(|(score, _)| *score > 0) else { continue };
            if score * 2 < wanted.len() && found > 2 {
                continue;
            }
            let (first, last) = (at.saturating_sub(AROUND) + 1, (at + 1 + AROUND).min(lines.len()));
            out.extend(self.show(path, first, last, shelf));
            found += 1;
            if found == FOUND {
                break;
            }
        }
        if out.is_empty() { format!("Nothing says “{query}”.") } else { out }
    }

    /// A file of the workspace: only those that git does not ignore are known.
    fn known(&self, path: &str) -> Result<&'e SourceFile, String> {
        let path = path.trim_start_matches("./").trim_start_matches('/');
        let workspace = self.engine.workspace();
        workspace.file(path).ok_or_else(|| {
            let name = path.rsplit('/').next().unwrap_or(path);
            let alike: Vec<&str> = workspace
                .files
                .iter()
                .map(|file| file.path.as_str())
                .filter(|other| !name.is_empty() && other.rsplit('/').next() == Some(name))
                .take(5)
                .collect();
            let hint = if alike.is_empty() { String::new() } else { format!(" Did you mean {}?", alike.join(" or ")) };
            format!("There is no file `{path}` here.{hint}")
        })
    }

    fn read(&self, path: &str, first: Option<usize>, last: Option<usize>, shelf: &mut Shelf) -> String {
        let file = match self.known(path) {
            Ok(file) => file,
            Err(why) => return why,
        };
        let first = first.unwrap_or(1).clamp(1, file.lines.max(1));
        let last = last.unwrap_or(first + LINES - 1).clamp(first, first + LINES - 1).min(file.lines.max(1));
        // A source is at most as long as the ledger's: a long reading is several.
        let mut out = String::new();
        let mut at = first;
        while at <= last {
            let end = (at + crate::engine::evidence::CITED_LINES - 1).min(last);
            match self.show(&file.path, at, end, shelf) {
                Some(shown) => out.push_str(&shown),
                None => return format!("`{}` cannot be read.", file.path),
            }
            at = end + 1;
        }
        out.push_str(&format!("({} has {}.)\n", file.path, plural(file.lines, "line")));
        out
    }

    fn list(&self, path: &str) -> String {
        let folder = path.trim_matches(['/', '.']).to_owned();
        let start = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let mut entries: BTreeMap<String, usize> = BTreeMap::new();
        for file in self.engine.workspace().starting(&start) {
            let rest = &file.path[start.len()..];
            match rest.split_once('/') {
                Some((below, _)) => *entries.entry(format!("{below}/")).or_default() += 1,
                None => drop(entries.insert(rest.to_owned(), 0)),
            }
        }
        if entries.is_empty() {
            return format!("There is no folder `{path}` with files that can be read.");
        }
        let shown: Vec<String> = entries
            .iter()
            .take(LISTED)
            .map(|(name, count)| if *count > 0 { format!("{name} ({count})") } else { name.clone() })
            .collect();
        let more = entries.len().saturating_sub(LISTED);
        let more = if more > 0 { format!("\nand {more} more") } else { String::new() };
        format!("{}{more}\n", shown.join("\n"))
    }

    fn symbols(&self, of: &str, shelf: &mut Shelf) -> String {
        let files = &self.engine.workspace().files;
        if let Ok(file) = self.known(of) {
            let named = file.symbols.iter().take(LISTED);
            let lines: Vec<String> = named
                .map(|symbol| format!("{}:{} {} {}", file.path, symbol.first, symbol.kind.name(), symbol.qualified()))
                .collect();
            return if lines.is_empty() { format!("`{of}` defines nothing.") } else { lines.join("\n") };
        }
        let mut out = String::new();
        let named = files.iter().flat_map(|file| file.symbols.iter().map(move |symbol| (file, symbol)));
        for (file, symbol) in named.filter(|(_, symbol)| symbol.name == of || symbol.qualified() == of).take(FOUND) {
            out.extend(self.show(&file.path, symbol.first, symbol.last, shelf));
        }
        if out.is_empty() { format!("Nothing here is called `{of}`.") } else { out }
    }

    fn references(&self, name: &str, shelf: &mut Shelf) -> String {
        let workspace = self.engine.workspace();
        let Some(word) = workspace.index.words().find(name) else { return format!("Nothing says `{name}`.") };
        let mut out = String::new();
        let saying: Vec<(&SourceFile, usize)> =
            workspace.files.iter().filter_map(|file| Some((file, file.line_of(word)?))).collect();
        for (file, line) in saying.iter().take(FOUND * 2) {
            out.extend(self.show(&file.path, *line, *line, shelf));
        }
        if saying.len() > FOUND * 2 {
            out.push_str(&format!("and {} more\n", plural(saying.len() - FOUND * 2, "file")));
        }
        if out.is_empty() { format!("Nothing says `{name}`.") } else { out }
    }

    fn history(&self, path: &str, shelf: &mut Shelf) -> String {
        let history = &self.engine.workspace().history;
        let changed =
            history.commits.iter().enumerate().filter(|(_, commit)| commit.files.iter().any(|own| own == path));
        let mut out = String::new();
        for (index, commit) in changed.take(FOUND * 2) {
            let source = self.engine.cite_commit(index, path, self.area);
            if let Some(label) = shelf.put(self.engine, source, Some(&commit.subject)) {
                out.push_str(&shelf.shown(&label));
            }
        }
        if out.is_empty() { format!("No commit that is known changed `{path}`.") } else { out }
    }

    fn dependencies(&self, query: &str, shelf: &mut Shelf) -> String {
        let query = query.to_lowercase();
        let all = &self.engine.workspace().dependencies;
        let mut out = String::new();
        for dependency in all.iter().filter(|one| one.name.to_lowercase().contains(&query)).take(LISTED / 2) {
            out.extend(self.show(&dependency.manifest, dependency.line, dependency.line, shelf));
        }
        if out.is_empty() { format!("No manifest names “{query}”.") } else { out }
    }

    /// The package that a call asks about. Only names that this project or groundplan's catalogue has leave the machine:
    /// that is what the user was asked to allow.
    pub fn package(&self, arguments: &Value) -> Result<PackageName, String> {
        let said = |key: &str| arguments.get(key).and_then(Value::as_str).unwrap_or_default().trim();
        let ecosystem = match said("registry") {
            _ if !self.registries => return Err("Registries may not be asked.".to_owned()),
            "cargo" => Ecosystem::Cargo,
            "npm" => Ecosystem::Npm,
            "pip" => Ecosystem::Python,
            "go" => Ecosystem::Go,
            other => return Err(format!("There is no registry `{other}`; there are cargo, npm, pip and go.")),
        };
        let name = said("name");
        let known =
            self.engine.workspace().dependencies.iter().any(|one| one.name == name && one.ecosystem == ecosystem);
        if known || catalogue::lists(name) {
            Ok((ecosystem, name.to_owned()))
        } else {
            Err(format!("`{name}` is neither a dependency here nor in the catalogue; only those may be asked about."))
        }
    }

    /// What a registry said of a package, as a source.
    pub fn told(&self, answer: Option<Package>, name: &str, shelf: &mut Shelf) -> String {
        match answer {
            Some(Package::Known { command, facts }) => {
                let line = facts.line().replace(['"', '`'], "'");
                let source = self.engine.sources().record(Place::Package { command }, &facts.line(), &line, self.area);
                let label = shelf.put(self.engine, source, Some(&line));
                label.map_or_else(String::new, |label| shelf.shown(&label))
            }
            Some(Package::Missing { .. }) => format!("The registry has no `{name}`."),
            Some(Package::Unanswered { reason, .. }) => format!("The registry did not answer: {reason}."),
            None => format!("`{name}` cannot be asked about."),
        }
    }
}
