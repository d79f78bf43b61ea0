//! Which files depend on which: resolved imports, and uses of types that only one file defines.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::OnceLock;

use rayon::prelude::*;

use super::owners::{sees, type_owners};
use super::{Language, Lexicon, SourceFile, Symbol, Word};

/// Dependencies between files, by their index in `Workspace::files`.
#[derive(Debug, Default)]
pub struct Graph {
    /// For each file, the files that it uses.
    pub uses: Vec<Vec<usize>>,
    /// For each file, the files that use it.
    pub used_by: Vec<Vec<usize>>,
}

pub(super) fn build(files: &[SourceFile], words: &Lexicon, root: &Path) -> Graph {
    let resolver = Resolver::new(files, words, root);
    let owners = type_owners(files, words);
    let uses_of = |(index, file): (usize, &SourceFile)| {
        let mut targets = BTreeSet::new();
        for import in &file.imports {
            resolver.resolve(file, import, &mut targets);
        }
        if let Some(language) = file.language {
            for said in file.identifiers.iter().filter(|said| !said.is_member) {
                if let Some(Some((owner, name))) = owners.get(&(language.family(), said.name))
                    && sees(file, &files[*owner], name, |name| resolver.crates.contains_key(name))
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
            for said in &file.identifiers {
                if let Some(count) = self.said.get_mut(&said.name) {
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
            let count = |files: &[&SourceFile]| {
                let mut counts: HashMap<Word, usize> = HashMap::new();
                let said = files.iter().flat_map(|file| &file.identifiers).map(|said| said.name);
                for name in said.filter(|name| self.said.contains_key(name)) {
                    *counts.entry(name).or_default() += 1;
                }
                counts
            };
            let (by_importers, inside) = (count(&importers), count(&members));
            let of = |counts: &HashMap<Word, usize>, name: Word| counts.get(&name).copied().unwrap_or_default();
            let is_meant = |name: Word| {
                let outside = of(&self.said, name).saturating_sub(of(&inside, name));
                of(&by_importers, name) * 2 >= outside
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
                .filter(|&&index| self.files[index].language.is_some_and(|other| other.family() == language.family()))
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

    #[test]
    fn a_name_means_what_can_be_seen() {
        let table = ("src/store/table.rs", "pub struct Debug;\npub struct OrderTable;");
        check(&[("src/a.rs", "#[derive(Debug)]\nstruct A;"), table], "src/a.rs", &[]);
        check(&[("src/a.rs", "use crate::store::OrderTable;\nstruct A(OrderTable);"), table], "src/a.rs", &[table.0]);
        let own = ("src/ws.rs", "pub enum Message {}");
        check(&[("src/b.rs", "use prost::Message;\nfn f(m: Message) {}"), own], "src/b.rs", &[]);
        check(&[("src/b.rs", "use crate::ws::Message;\nfn f(m: Message) {}"), own], "src/b.rs", &[own.0]);
        let limit = ("pkg/limit.go", "package pkg\ntype Limit struct{}");
        let fields = "package pkg\ntype page struct { Limit int }\nvar p = page{Limit: 1}.Limit";
        check(&[("pkg/page.go", fields), limit], "pkg/page.go", &[]);
        check(&[("pkg/use.go", "package pkg\nfunc f(l Limit) {}"), limit], "pkg/use.go", &[limit.0]);
        let timer = ("m/src/main/java/x/Timer.java", "package x; interface Timer {}");
        let user = "package y; import z.Timer; class A { Timer timer; }";
        check(&[("m/src/main/java/y/A.java", user), timer], "m/src/main/java/y/A.java", &[]);
        let base = ("m/src/main/java/a/b/c/Base.java", "package a.b.c; class Base {}");
        let own = "package y; class A extends a.b.c.Base {}";
        check(&[("m/src/main/java/y/A.java", own), base], "m/src/main/java/y/A.java", &[base.0]);
        let test = "package x; class ATest { Timer timer; }";
        check(&[("m/src/test/java/x/ATest.java", test), timer], "m/src/test/java/x/ATest.java", &[timer.0]);
        check(
            &[("app/a.py", "from app import b\nclass A(Shelf): pass"), ("app/store.py", "class Shelf: pass")],
            "app/a.py",
            &[],
        );
    }

    #[test]
    fn a_package_is_used_by_what_is_said_of_it() {
        let limit = ("pkg/store/limit.go", "package store\ntype Limit struct{}\nfunc Upsert() {}");
        let olap = ("pkg/store/olap.go", "package store\nfunc Query() {}");
        let own = "package main\ntype page struct { Limit int }\nvar p = page{Limit: 1}";
        let fields = ["a", "b", "c"].map(|name| format!("x/{name}.go"));
        let import = "package main\nimport \"m/pkg/store\"\n";
        let queries = format!("{import}func main() {{ _ = page{{Limit: 2}}; store.Query() }}");
        let mut files = vec![limit, olap, ("cmd/main.go", queries.as_str())];
        files.extend(fields.iter().map(|path| (path.as_str(), own)));
        check(&files, "cmd/main.go", &[olap.0]);
        let upserts = format!("{import}func main() {{ store.Upsert() }}");
        check(&[limit, olap, ("cmd/main.go", &upserts)], "cmd/main.go", &[limit.0]);
    }
}
