//! Which files depend on which: resolved imports, and uses of types that only one file defines.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::OnceLock;

use rayon::prelude::*;

use super::{Language, Lexicon, SourceFile, Symbol, SymbolKind, Word};

/// Dependencies between files, by their index in `Workspace::files`.
#[derive(Debug, Default)]
pub struct Graph {
    /// For each file, the files that it uses.
    pub uses: Vec<Vec<usize>>,
    /// For each file, the files that use it.
    pub used_by: Vec<Vec<usize>>,
}

/// A type's name shorter than this is used for too many things to say who means it.
const MIN_NAME: usize = 4;

pub(super) fn build(files: &[SourceFile], words: &Lexicon, root: &Path) -> Graph {
    let resolver = Resolver::new(files, words, root);
    let owners = type_owners(files, words);
    let uses_of = |(index, file): (usize, &SourceFile)| {
        let mut targets = BTreeSet::new();
        for import in &file.imports {
            resolver.resolve(file, import, &mut targets);
        }
        if let Some(language) = file.language {
            for (name, _) in &file.identifiers {
                if let Some(Some((owner, name))) = owners.get(&(family(language), *name))
                    && sees(file, &files[*owner], name)
                {
                    targets.insert(*owner);
                }
            }
        }
        targets.remove(&index);
        targets.into_iter().collect()
    };
    let uses: Vec<Vec<usize>> = files.par_iter().enumerate().map(uses_of).collect();
    let mut used_by = vec![Vec::new(); files.len()];
    for (index, targets) in uses.iter().enumerate() {
        for &target in targets {
            used_by[target].push(index);
        }
    }
    Graph { uses, used_by }
}

/// Whether a file can mean a type of another one by its name: in Java within its package, which tests share, or where it
/// takes everything from there; in Rust and Python where it imports the type or its module.
fn sees(file: &SourceFile, owner: &SourceFile, name: &str) -> bool {
    fn package(path: &str) -> Option<&str> {
        let (_, below) = path.rsplit_once("/java/")?;
        Some(below.rsplit_once('/')?.0)
    }
    match (file.language, package(&file.path), package(&owner.path)) {
        (Some(Language::Java), Some(own), Some(other)) => {
            let taken = || other.replace('/', ".");
            own == other || file.imports.iter().any(|import| import.trim_end_matches(".*") == taken())
        }
        (Some(Language::Rust | Language::Python), ..) => {
            let (folder, module) = owner.path.rsplit_once('/').unwrap_or(("", &owner.path));
            let module = module.split('.').next().unwrap_or(module);
            let of_folder = matches!(module, "mod" | "lib" | "__init__");
            let module = if of_folder { folder.rsplit('/').next().unwrap_or(module) } else { module };
            let is_above = of_folder && file.path.starts_with(folder);
            file.imports.iter().any(|import| {
                let last = import.rsplit([':', '.']).next().unwrap_or(import);
                last == name || last == module || last == "super" && is_above
            })
        }
        _ => true,
    }
}

/// Languages that call each other without ceremony.
fn family(language: Language) -> Language {
    match language {
        Language::JavaScript | Language::Tsx => Language::TypeScript,
        Language::C => Language::Cpp,
        other => other,
    }
}

/// The one file that defines each type; `None` where several do.
fn type_owners<'f>(files: &'f [SourceFile], words: &Lexicon) -> HashMap<(Language, Word), Option<(usize, &'f str)>> {
    let mut owners: HashMap<(Language, Word), Option<(usize, &'f str)>> = HashMap::new();
    for (index, file) in files.iter().enumerate().filter(|(_, file)| !file.is_test) {
        let Some(language) = file.language else { continue };
        let types = file.symbols.iter().filter(|symbol| {
            matches!(symbol.kind, SymbolKind::Type | SymbolKind::Interface | SymbolKind::Enum)
                && symbol.name.len() >= MIN_NAME
        });
        for symbol in types {
            let Some(name) = words.find(&symbol.name) else { continue };
            owners
                .entry((family(language), name))
                .and_modify(|owner| {
                    if owner.is_none_or(|(owner, _)| owner != index) {
                        *owner = None;
                    }
                })
                .or_insert(Some((index, symbol.name.as_str())));
        }
    }
    owners
}

/// Whether a package of Go defines a name for others. A method is called on what came from somewhere else.
fn is_exported(symbol: &Symbol) -> bool {
    symbol.parent.is_none() && symbol.name.starts_with(|c: char| c.is_uppercase())
}

struct Resolver<'f> {
    files: &'f [SourceFile],
    by_path: HashMap<&'f str, usize>,
    /// Files by their name without folder and ending.
    by_stem: HashMap<&'f str, Vec<usize>>,
    by_folder: HashMap<&'f str, Vec<usize>>,
    /// Rust crates in the workspace: name in code → folder of its sources.
    crates: HashMap<String, String>,
    words: &'f Lexicon,
    /// What packages of Go define for others, by folder, once somebody imports one: names with their files, of which
    /// each operating system may have one.
    exported: HashMap<&'f str, OnceLock<Vec<(Word, usize)>>>,
    /// Files of Go that import each package, by its folder.
    importers: HashMap<&'f str, Vec<usize>>,
    /// How many files of Go say a name that some package defines for others.
    said: HashMap<Word, usize>,
}

impl<'f> Resolver<'f> {
    fn new(files: &'f [SourceFile], words: &'f Lexicon, root: &Path) -> Self {
        let mut resolver = Self {
            files,
            by_path: HashMap::new(),
            by_stem: HashMap::new(),
            by_folder: HashMap::new(),
            crates: HashMap::new(),
            words,
            exported: HashMap::new(),
            importers: HashMap::new(),
            said: HashMap::new(),
        };
        for (index, file) in files.iter().enumerate() {
            let (folder, name) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
            let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
            if file.language == Some(Language::Go) {
                resolver.exported.entry(folder).or_default();
            }
            resolver.by_path.insert(&file.path, index);
            resolver.by_folder.entry(folder).or_default().push(index);
            resolver.by_stem.entry(stem).or_default().push(index);
            if matches!(stem, "__init__" | "index" | "mod") && !folder.is_empty() {
                resolver.by_stem.entry(folder.rsplit('/').next().unwrap_or(folder)).or_default().push(index);
            }
            if name == "lib.rs" || name == "main.rs" {
                let home = folder.strip_suffix("/src").or((folder == "src").then_some("")).unwrap_or(folder);
                let fallback =
                    if home.is_empty() { root.file_name().and_then(|n| n.to_str()).unwrap_or("") } else { home };
                let crate_name = fallback.rsplit('/').next().unwrap_or(fallback).replace('-', "_");
                resolver.crates.insert(crate_name, folder.to_owned());
            }
        }
        resolver.count();
        resolver
    }

    /// Counts who imports the packages of Go and who says the names that they define.
    fn count(&mut self) {
        let is_go = |file: &&SourceFile| file.language == Some(Language::Go);
        let exported = |file: &'f SourceFile| file.symbols.iter().filter(|symbol| is_exported(symbol));
        let names = self.files.iter().filter(is_go).flat_map(exported);
        self.said = names.filter_map(|symbol| Some((self.words.find(&symbol.name)?, 0))).collect();
        for (index, file) in self.files.iter().enumerate().filter(|(_, file)| is_go(file)) {
            for (name, _) in &file.identifiers {
                if let Some(count) = self.said.get_mut(name) {
                    *count += 1;
                }
            }
            for import in &file.imports {
                if let Some(folder) = self.package(import) {
                    self.importers.entry(folder).or_default().push(index);
                }
            }
        }
    }

    /// The folder of the package of Go that an import names: the longest one that it ends with.
    fn package(&self, import: &str) -> Option<&'f str> {
        let mut rest = import;
        while !rest.is_empty() {
            if let Some((folder, _)) = self.by_folder.get_key_value(rest) {
                return Some(folder);
            }
            rest = rest.split_once('/').map_or("", |(_, rest)| rest);
        }
        None
    }

    fn resolve(&self, file: &SourceFile, import: &str, out: &mut BTreeSet<usize>) {
        let Some(language) = file.language else { return };
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        match language {
            Language::Rust => self.rust(file, folder, import, out),
            Language::Python => {
                let dots = import.len() - import.trim_start_matches('.').len();
                let parts: Vec<&str> = import[dots..].split('.').filter(|part| !part.is_empty()).collect();
                if dots > 0 {
                    let mut base = folder;
                    for _ in 1..dots {
                        base = base.rsplit_once('/').map_or("", |(parent, _)| parent);
                    }
                    self.below(base, &parts, &["py", "pyi"], "__init__.py", out);
                } else {
                    self.by_suffix(&parts, language, out);
                }
            }
            Language::JavaScript | Language::TypeScript | Language::Tsx => {
                if import.starts_with('.') {
                    self.relative(folder, import, out);
                } else if let Some(rest) = import.strip_prefix("@/").or(import.strip_prefix("~/")) {
                    self.by_suffix(&rest.split('/').collect::<Vec<_>>(), language, out);
                }
            }
            Language::Go => {
                let Some((package, files)) = self.package(import).and_then(|at| self.by_folder.get_key_value(at))
                else {
                    return;
                };
                // An import names the package; what is said of it tells the files.
                let said = self.exported(package, files).iter().filter(|(name, _)| file.line_of(*name).is_some());
                let named: BTreeSet<usize> = said.map(|(_, owner)| *owner).collect();
                // A package of one file is used by whoever imports it, whatever is said of it.
                let mut own = files.iter().copied().filter(|&index| self.is_of_package(index));
                if let (true, Some(only), None) = (named.is_empty(), own.next(), own.next()) {
                    out.insert(only);
                }
                out.extend(named);
            }
            Language::Java => self.by_suffix(&import.split('.').collect::<Vec<_>>(), language, out),
            Language::Php => {
                if import.starts_with("./") {
                    self.relative(folder, import, out);
                } else {
                    self.by_suffix(&import.split('\\').collect::<Vec<_>>(), language, out);
                }
            }
            Language::C | Language::Cpp => {
                if let Some(path) = join(folder, import)
                    && let Some(&index) = self.by_path.get(path.as_str())
                {
                    out.insert(index);
                    return;
                }
                let ending = format!("/{import}");
                out.extend(self.files.iter().position(|file| file.path == import || file.path.ends_with(&ending)));
            }
            Language::Ruby => {
                if import.starts_with("./") {
                    self.relative(folder, import, out);
                } else {
                    self.by_suffix(&import.split('/').collect::<Vec<_>>(), language, out);
                }
            }
            Language::CSharp => {}
        }
    }

    /// Whether a file of Go belongs to what others can import.
    fn is_of_package(&self, index: usize) -> bool {
        self.files[index].language == Some(Language::Go) && !self.files[index].is_test
    }

    /// What the files of a package of Go define for others.
    fn exported(&self, folder: &str, files: &[usize]) -> &[(Word, usize)] {
        let read = || {
            let files = files.iter().copied().filter(|&index| self.is_of_package(index));
            let importers: Vec<&SourceFile> =
                self.importers.get(folder).into_iter().flatten().map(|&index| &self.files[index]).collect();
            let members: Vec<&SourceFile> = files.clone().map(|index| &self.files[index]).collect();
            // What most who say it say without the package is another thing: a field called `Limit`.
            let is_meant = |name: Word| {
                let says = |file: &&&SourceFile| file.line_of(name).is_some();
                let (by_importers, inside) =
                    (importers.iter().filter(says).count(), members.iter().filter(says).count());
                by_importers * 2 >= self.said.get(&name).map_or(0, |all| all.saturating_sub(inside))
            };
            let names = |index: usize| {
                let exported = self.files[index].symbols.iter().filter(|symbol| is_exported(symbol));
                let names = exported.filter_map(|symbol| self.words.find(&symbol.name)).collect::<Vec<_>>();
                names.into_iter().map(move |name| (name, index))
            };
            files.flat_map(names).filter(|(name, _)| is_meant(*name)).collect()
        };
        self.exported.get(folder).map_or(&[], |known| known.get_or_init(read))
    }

    fn rust(&self, file: &SourceFile, folder: &str, import: &str, out: &mut BTreeSet<usize>) {
        let parts: Vec<&str> = import.split("::").filter(|part| !part.is_empty()).collect();
        let Some((first, rest)) = parts.split_first() else { return };
        let name = file.path.rsplit('/').next().unwrap_or(&file.path);
        let stem = name.trim_end_matches(".rs");
        // The folder of a module's children.
        let own = if matches!(name, "mod.rs" | "lib.rs" | "main.rs") {
            folder.to_owned()
        } else {
            format!("{folder}/{stem}")
        };
        let source =
            file.path.find("/src/").map(|at| &file.path[..at + 4]).or(file.path.starts_with("src/").then_some("src"));
        let (base, rest) = match *first {
            "crate" => (source.map(str::to_owned), rest),
            "self" => (Some(own), rest),
            "super" => (own.rsplit_once('/').map(|(parent, _)| parent.to_owned()), rest),
            name => (self.crates.get(name).cloned(), rest),
        };
        if let Some(base) = base {
            self.below(&base, rest, &["rs"], "mod.rs", out);
        }
    }

    /// The longest run of `parts` that leads to a file below a folder.
    fn below(&self, base: &str, parts: &[&str], endings: &[&str], index: &str, out: &mut BTreeSet<usize>) {
        for length in (1..=parts.len()).rev() {
            let path = join(base, &parts[..length].join("/")).unwrap_or_default();
            let candidates = endings.iter().map(|ending| format!("{path}.{ending}")).chain([format!("{path}/{index}")]);
            for candidate in candidates {
                if let Some(&found) = self.by_path.get(candidate.as_str()) {
                    out.insert(found);
                    return;
                }
            }
        }
    }

    fn relative(&self, folder: &str, import: &str, out: &mut BTreeSet<usize>) {
        let Some(path) = join(folder, import) else { return };
        let bare = path.strip_suffix(".js").or(path.strip_suffix(".mjs")).unwrap_or(&path);
        const ENDINGS: &[&str] = &[
            "",
            ".ts",
            ".tsx",
            ".js",
            ".jsx",
            ".mjs",
            ".cjs",
            ".mts",
            ".d.ts",
            "/index.ts",
            "/index.tsx",
            "/index.js",
            ".rb",
            ".php",
        ];
        for base in [&path, bare] {
            for ending in ENDINGS {
                if let Some(&found) = self.by_path.get(format!("{base}{ending}").as_str()) {
                    out.insert(found);
                    return;
                }
            }
        }
    }

    /// The file whose path ends with most of `parts`, dropping names of definitions at their end.
    fn by_suffix(&self, parts: &[&str], language: Language, out: &mut BTreeSet<usize>) {
        for length in (1..=parts.len()).rev() {
            let Some(candidates) = self.by_stem.get(parts[length - 1]) else { continue };
            let wanted = &parts[..length];
            let best = candidates
                .iter()
                .filter(|&&index| self.files[index].language.is_some_and(|other| family(other) == family(language)))
                .map(|&index| (common_tail(&self.files[index].path, wanted), index))
                .max_by_key(|&(common, index)| (common, std::cmp::Reverse(index)));
            // One equal name is chance where the import names a path of several.
            if let Some((common, index)) = best
                && common >= wanted.len().min(2)
            {
                out.insert(index);
                return;
            }
        }
    }
}

/// How many parts of a path's end equal the end of `parts`.
fn common_tail(path: &str, parts: &[&str]) -> usize {
    let bare = path.rsplit_once('.').map_or(path, |(bare, _)| bare);
    let bare = bare.strip_suffix("/__init__").or(bare.strip_suffix("/index")).unwrap_or(bare);
    bare.rsplit('/').zip(parts.iter().rev()).take_while(|(ours, theirs)| ours == *theirs).count()
}

/// Joins a relative path to a folder; `None` if it climbs out.
fn join(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::analyser::Analyser;
    use super::super::extract::{file, parse};
    use super::*;

    fn check(files: &[(&str, &str)], from: &str, expected: &[&str]) {
        let lexicon = Lexicon::default();
        let mut analyser = Analyser::new(&lexicon);
        let mut files: Vec<_> =
            files.iter().map(|(path, text)| file(path, Arc::new(parse(&mut analyser, path, text)))).collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let graph = build(&files, &lexicon, Path::new("/demo"));
        let index = files.iter().position(|file| file.path == from).unwrap();
        let uses: Vec<_> = graph.uses[index].iter().map(|&i| files[i].path.as_str()).collect();
        assert_eq!(uses, expected);
    }

    #[test]
    fn imports_lead_to_files() {
        check(
            &[
                ("src/main.rs", "mod store;\nuse crate::store::cache::Lru;"),
                ("src/store/mod.rs", "mod cache;"),
                ("src/store/cache.rs", ""),
            ],
            "src/main.rs",
            &["src/store/cache.rs", "src/store/mod.rs"],
        );
        check(
            &[
                ("app/api/views.py", "from ..store import Table\nimport app.util.text"),
                ("app/store.py", ""),
                ("app/util/text.py", ""),
            ],
            "app/api/views.py",
            &["app/store.py", "app/util/text.py"],
        );
        check(
            &[("src/a/x.ts", "import '../b';\nimport 'react';"), ("src/b/index.ts", "")],
            "src/a/x.ts",
            &["src/b/index.ts"],
        );
        check(
            &[
                ("cmd/main.go", "package main\nimport \"example.com/m/pkg/store\""),
                ("pkg/store/db.go", "package store"),
                ("pkg/store/db_test.go", "package store"),
            ],
            "cmd/main.go",
            &["pkg/store/db.go"],
        );
        check(
            &[("src/com/x/A.java", "import com.x.store.Table;"), ("src/com/x/store/Table.java", "")],
            "src/com/x/A.java",
            &["src/com/x/store/Table.java"],
        );
    }

    #[test]
    fn a_type_with_one_home_is_a_dependency() {
        check(&[("a.cs", "class A { OrderStore s; }"), ("b.cs", "class OrderStore {}")], "a.cs", &["b.cs"]);
    }
}
