//! Reads source files in parallel: definitions, imports, identifiers, words.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use tree_sitter::{Node, Parser};

use super::analyser::Analyser;
use super::comment;
use super::index::{Index, Passed};
use super::language::Language;
use super::symbol::{Symbol, SymbolKind};
use super::walk::Found;
use super::{Cancel, Cancelled, Facts, Identifier, Lexicon, Part, SourceFile, Watch, imports, sql, testing};
use crate::text::terms;

/// A tree deeper than this is generated code or an attack; what lies deeper is not looked at.
const MAX_DEPTH: usize = 200;

/// Nodes around a definition; its comments stand above them.
const WRAPPERS: &[&str] = &[
    "export_statement",
    "decorated_definition",
    "lexical_declaration",
    "variable_declaration",
    "type_declaration",
    "ambient_declaration",
    "template_declaration",
];

/// Reads the files of a walk; what the index knows is not parsed again.
pub(super) fn extract(
    root: &Path,
    found: &mut Found,
    index: &Index,
    cancel: &Cancel,
    watch: Watch<'_>,
) -> Result<Vec<SourceFile>, Cancelled> {
    let total = found.all.len();
    let done = AtomicUsize::new(0);
    let read: Vec<Result<Arc<Facts>, Passed>> = found
        .all
        .par_iter()
        .map_init(
            || Analyser::new(index.words()),
            |analyser, walked| {
                if cancel.is_cancelled() {
                    return Err(Passed::Unreadable);
                }
                let facts = index.facts(root, walked, |text| parse(analyser, &walked.path, text));
                let count = done.fetch_add(1, Ordering::Relaxed) + 1;
                if count.is_multiple_of(64) || count == total {
                    watch("files", count, total);
                }
                facts
            },
        )
        .collect();
    cancel.check()?;
    let mut files = Vec::with_capacity(read.len());
    for (walked, read) in found.all.iter().zip(read) {
        match read {
            Ok(facts) => files.push(file(&walked.path, facts)),
            Err(passed) => passed.count(&mut found.skipped),
        }
    }
    learn_paths(&files, index.words());
    Ok(files)
}

/// Gives the words of paths their numbers, so that they are found although no text says them.
pub(super) fn learn_paths(files: &[SourceFile], lexicon: &Lexicon) {
    files.par_iter().for_each(|file| {
        let found = terms(&file.path);
        lexicon.intern(found.words.iter().chain(&found.pairs).map(String::as_str));
    });
}

/// A file at a path.
pub(super) fn file(path: &str, facts: Arc<Facts>) -> SourceFile {
    SourceFile { path: path.to_owned(), is_test: testing::is_test_path(path), facts }
}

/// The mark that tools leave in the first lines of what they write.
pub(super) fn is_generated(text: &str) -> bool {
    let widest = text.lines().take(5).map(str::len).max().unwrap_or(0);
    widest > 5000
        || text.lines().take(12).any(|line| {
            line.contains("@generated")
                || line.contains("OpenAPI Generator")
                || line.contains("openapi-generator.tech")
                || (line.contains("ode generated") && line.contains("DO NOT EDIT"))
        })
}

/// The facts of one file's text.
pub(super) fn parse(analyser: &mut Analyser<'_>, path: &str, text: &str) -> Facts {
    let language = Language::of_path(path);
    let mut facts = Facts { language, lines: text.lines().count(), ..Facts::default() };
    let mut tree = None;
    if let Some(language) = language {
        let mut parser = Parser::new();
        tree = parser.set_language(&language.grammar()).ok().and_then(|()| parser.parse(text, None));
    }
    match (language, tree) {
        (Some(language), Some(tree)) => {
            let in_test_file = testing::is_test_path(path);
            let mut extractor = Extractor {
                language,
                text,
                facts: &mut facts,
                analyser,
                identifiers: HashMap::new(),
                key: usize::MAX,
                in_test_file,
                in_tests: false,
                said: 0,
            };
            extractor.visit(tree.root_node(), &mut Vec::new(), 0);
            extractor.say(Part::Code, text.len());
            let identifiers = std::mem::take(&mut extractor.identifiers);
            let words = analyser.lexicon.intern(identifiers.keys().copied());
            let numbered = words.into_iter().zip(identifiers.into_values());
            facts.identifiers =
                numbered.map(|(name, (line, is_member))| Identifier { name, line, is_member }).collect();
            facts.identifiers.sort_unstable();
        }
        _ => {
            analyser.add(Part::Code, text);
            facts.identifiers = mentions(analyser.lexicon, text);
            if path.ends_with(".sql") {
                facts.symbols = sql::definitions(text);
            }
        }
    }
    facts.terms = analyser.take();
    facts
}

/// What prose writes as code does: words with an underscore or a capital inside, and those in backquotes.
fn mentions(lexicon: &Lexicon, text: &str) -> Vec<Identifier> {
    let mut found: HashMap<&str, u32> = HashMap::new();
    for (index, line) in text.lines().enumerate() {
        for (part, run) in line.split('`').enumerate() {
            let words = run.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| word.len() > 2);
            for word in words.filter(|word| word.len() < 64 && (part % 2 == 1 || looks_like_code(word))) {
                found.entry(word).or_insert(index as u32 + 1);
            }
        }
    }
    let words = lexicon.intern(found.keys().copied());
    let found = words.into_iter().zip(found.into_values());
    let mut mentions: Vec<Identifier> = found.map(|(name, line)| Identifier { name, line, is_member: false }).collect();
    mentions.sort_unstable();
    mentions
}

/// `order_store`, `OrderStore` and `orderStore`, but not `Orders` or `ORDERS`.
fn looks_like_code(word: &str) -> bool {
    let inner = &word[word.chars().next().map_or(0, char::len_utf8)..];
    word.trim_matches('_').contains('_')
        || inner.contains(char::is_uppercase) && word.contains(|c: char| c.is_lowercase())
}

struct Extractor<'t, 'f, 'l> {
    language: Language,
    text: &'t str,
    facts: &'f mut Facts,
    analyser: &'f mut Analyser<'l>,
    /// The line of the first use of each identifier, and whether all its uses are of what something has.
    identifiers: HashMap<&'t str, (u32, bool)>,
    /// Where a key of a literal starts, which bears the name of a field.
    key: usize,
    in_test_file: bool,
    /// Inside a module that only tests see.
    in_tests: bool,
    /// The text up to here was given to the analyser.
    said: usize,
}

impl<'t> Extractor<'t, '_, '_> {
    /// Gives the text up to a place to the analyser, as one part.
    fn say(&mut self, part: Part, to: usize) {
        if self.said < to {
            self.analyser.add(part, &self.text[self.said..to]);
            self.said = to;
        }
    }

    fn visit(&mut self, node: Node<'_>, parents: &mut Vec<String>, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        let kind = node.kind();
        let part = if Language::is_comment(kind) {
            Some(Part::Comment)
        } else if node.is_named() && Language::is_literal(kind) {
            Some(Part::Literal)
        } else {
            None
        };
        if let Some(part) = part {
            self.say(Part::Code, node.start_byte());
            self.say(part, node.end_byte());
        }
        if node.child_count() == 0 {
            if kind.ends_with("identifier") || kind == "constant" || kind == "name" {
                let name = &self.text[node.byte_range()];
                if name.len() > 2 {
                    let is_member =
                        kind.starts_with("field") || kind.starts_with("property") || node.start_byte() == self.key;
                    let line = node.start_position().row as u32 + 1;
                    self.identifiers.entry(name).or_insert((line, true)).1 &= is_member;
                }
            }
            return;
        }
        match kind {
            "keyed_element" => self.key = node.start_byte(),
            // What is written out with its package needs no import.
            "scoped_type_identifier" => {
                let name = &self.text[node.byte_range()];
                let is_whole = self.language == Language::Java && name.matches('.').count() > 2;
                if is_whole && !self.facts.imports.iter().any(|known| known == name) {
                    self.facts.imports.push(name.to_owned());
                }
            }
            _ => {}
        }
        if self.language.imports(kind) {
            imports::read(self.language, node, self.text, &mut self.facts.imports);
        }
        let mut entered = false;
        if let Some(defined) = self.language.definition(kind) {
            entered = self.define(node, defined, parents);
        } else if kind == "impl_item"
            && let Some(name) = node.child_by_field_name("type")
        {
            parents.push(bare_name(&self.text[name.byte_range()]));
            entered = true;
        }
        let outside = self.in_tests;
        self.in_tests |= kind == "mod_item" && self.above(node).attributes.contains("cfg(test)");
        let mut cursor = node.walk();
        for child in node.children(&mut cursor) {
            self.visit(child, parents, depth + 1);
        }
        self.in_tests = outside;
        if entered {
            parents.pop();
        }
    }

    /// Records a definition; whether definitions inside it belong to it.
    fn define(&mut self, node: Node<'_>, kind: SymbolKind, parents: &mut Vec<String>) -> bool {
        let Some(name) = self.name(node) else { return false };
        if matches!(
            node.kind(),
            "mod_item" | "struct_specifier" | "class_specifier" | "enum_specifier" | "union_specifier"
        ) && node.child_by_field_name("body").is_none()
        {
            if node.kind() == "mod_item" {
                self.facts.imports.push(format!("self::{name}"));
            }
            return false;
        }
        if node.kind() == "variable_declarator" && !self.declares_function(node) {
            return false;
        }
        let receiver = node.child_by_field_name("receiver").map(|node| bare_name(&self.text[node.byte_range()]));
        let parent = receiver.or_else(|| parents.last().cloned());
        let kind = match kind {
            SymbolKind::Function if parent.is_some() && self.language != Language::JavaScript => SymbolKind::Method,
            other => other,
        };
        // A function inside a function is a detail of it.
        if kind == SymbolKind::Constant && parents.len() > 1 {
            return false;
        }
        let above = self.above(node);
        let is_test = self.in_tests
            || self.in_test_file && name.to_lowercase().starts_with("test")
            || above.attributes.contains("test]")
            || above.attributes.contains("@Test")
            || above.attributes.contains("[Fact")
            || above.attributes.contains("[Test");
        let first = node.start_position().row;
        // What stands above says why, what stands inside says what.
        let inside = self.inner_doc(node);
        let doc = if inside.is_empty() { above.doc } else { inside };
        self.analyser.add(Part::Name, &name);
        self.facts.symbols.push(Symbol {
            name: name.clone(),
            kind,
            first: first + 1,
            last: node.end_position().row + 1,
            parent,
            doc: comment::first_sentence(&doc),
            is_test,
        });
        if kind.is_container() && node.kind() != "mod_item"
            || matches!(self.language, Language::Rust) && kind == SymbolKind::Interface
        {
            parents.push(name);
            return true;
        }
        false
    }

    fn declares_function(&self, node: Node<'_>) -> bool {
        let value = node.child_by_field_name("value");
        value.is_some_and(|value| matches!(value.kind(), "arrow_function" | "function_expression" | "class"))
    }

    fn name(&self, node: Node<'_>) -> Option<String> {
        if let Some(name) = node.child_by_field_name("name") {
            return Some(self.text[name.byte_range()].to_owned());
        }
        // C: the name is inside nested declarators.
        let mut declarator = node.child_by_field_name("declarator")?;
        while let Some(inner) = declarator.child_by_field_name("declarator") {
            declarator = inner;
        }
        let name = self.text[declarator.byte_range()].rsplit("::").next()?.trim();
        (!name.is_empty() && name.len() < 80).then(|| name.to_owned())
    }

    /// Comments and attributes right above a definition.
    fn above(&self, node: Node<'_>) -> Above {
        let mut above = Above::default();
        let mut at = node;
        while let Some(parent) = at.parent().filter(|parent| WRAPPERS.contains(&parent.kind())) {
            at = parent;
        }
        let mut row = at.start_position().row;
        let mut comments = Vec::new();
        while let Some(before) = at.prev_sibling() {
            let kind = before.kind();
            // A line comment can end on the next line's start.
            let end = before.end_position();
            let last = if end.column == 0 { end.row.saturating_sub(1) } else { end.row };
            if last + 1 < row {
                break;
            }
            if Language::is_comment(kind) {
                comments.push(&self.text[before.byte_range()]);
            } else if kind.contains("attribute") || kind == "decorator" {
                above.attributes.push_str(&self.text[before.byte_range()]);
            } else {
                break;
            }
            row = before.start_position().row;
            at = before;
        }
        let mut cursor = node.walk();
        for child in node
            .children(&mut cursor)
            .filter(|child| child.kind().contains("modifiers") || child.kind().contains("attribute"))
        {
            above.attributes.push_str(&self.text[child.byte_range()]);
        }
        comments.reverse();
        above.doc =
            comments.iter().flat_map(|comment| comment.lines()).map(comment::text).collect::<Vec<_>>().join(" ");
        above
    }

    /// Python's documentation string.
    fn inner_doc(&self, node: Node<'_>) -> String {
        if self.language != Language::Python {
            return String::new();
        }
        let first = node.child_by_field_name("body").and_then(|body| body.named_child(0));
        let string =
            first.filter(|first| first.kind() == "expression_statement").and_then(|first| first.named_child(0));
        string.filter(|string| string.kind() == "string").map_or_else(String::new, |string| {
            self.text[string.byte_range()].trim_matches(['"', '\'', 'r', 'u']).trim().replace('\n', " ")
        })
    }
}

#[derive(Default)]
struct Above {
    doc: String,
    attributes: String,
}

/// `Router` of `impl<S> Router<S>` or `(r *Router)`.
fn bare_name(text: &str) -> String {
    let text = text.trim_matches(['(', ')', ' ']);
    let text = text.split(['<', '[']).next().unwrap_or(text);
    text.rsplit([' ', '*', '&', ':']).next().unwrap_or(text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, text: &str, expected: &[(&str, SymbolKind, &str)], imports: &[&str]) {
        let lexicon = Lexicon::default();
        let file = parse(&mut Analyser::new(&lexicon), path, text);
        let got: Vec<_> = file.symbols.iter().map(|s| (s.qualified(), s.kind, s.doc.clone())).collect();
        let want: Vec<_> = expected.iter().map(|(n, k, d)| ((*n).to_owned(), *k, (*d).to_owned())).collect();
        assert_eq!(got, want, "{path}");
        assert_eq!(file.imports, imports, "{path}");
    }

    #[test]
    fn definitions_and_imports_of_every_language() {
        use SymbolKind::*;
        check(
            "a.rs",
            "use crate::store::{Db, cache::Lru};\nmod inner;\n/// Keeps rows. More.\n#[derive(Debug)]\npub struct Table<T>(T);\nimpl<T> Table<T> {\n    /// Adds one.\n    fn add(&self) {}\n}\ntrait Named { fn name(&self); }\n",
            &[
                ("Table", Type, "Keeps rows."),
                ("Table.add", Method, "Adds one."),
                ("Named", Interface, ""),
                ("Named.name", Method, ""),
            ],
            &["crate::store::Db", "crate::store::cache::Lru", "self::inner"],
        );
        check(
            "a.py",
            "import os.path, re as r\nfrom .store import Table, Row\n\nclass Api:\n    \"\"\"Serves rows. Fast.\"\"\"\n    def get(self):\n        pass\n\n# Starts it.\ndef main(): pass\n",
            &[("Api", Type, "Serves rows."), ("Api.get", Method, ""), ("main", Function, "Starts it.")],
            &["os.path", "re", ".store", ".store.Table", ".store.Row"],
        );
        check(
            "a.ts",
            "import { a } from './store';\nexport * from '../util';\nconst x = require('fs');\n/** Says hello. */\nexport function hello() {}\nexport class C { run() {} }\nexport const go = async () => 1;\nexport interface I { a: string }\nconst n = 3;\n",
            &[
                ("hello", Function, "Says hello."),
                ("C", Type, ""),
                ("C.run", Method, ""),
                ("go", Function, ""),
                ("I", Interface, ""),
            ],
            &["./store", "../util", "fs"],
        );
        check(
            "a.go",
            "package a\nimport (\n  \"fmt\"\n  s \"example.com/x/store\"\n)\n// Router routes.\ntype Router struct{}\n// Add adds.\nfunc (r *Router) Add() {}\nfunc New() *Router { return nil }\n",
            &[("Router", Type, "Router routes."), ("Router.Add", Method, "Add adds."), ("New", Function, "")],
            &["fmt", "example.com/x/store"],
        );
        check(
            "A.java",
            "package x;\nimport java.util.List;\n/** Holds. */\npublic class A {\n  void run() {}\n}\n",
            &[("A", Type, "Holds."), ("A.run", Method, "")],
            &["java.util.List"],
        );
        check(
            "A.cs",
            "using System.Text;\nnamespace N { /// <summary>Holds.</summary>\npublic class A { public void Run() {} } interface I {} }\n",
            &[("A", Type, "Holds."), ("A.Run", Method, ""), ("I", Interface, "")],
            &["System.Text"],
        );
        check(
            "a.cpp",
            "#include \"store.h\"\n#include <vector>\nnamespace n { class A { void f() {} }; }\nint n::A::g(int x) { return 1; }\n",
            &[("n", Module, ""), ("n.A", Type, ""), ("A.f", Method, ""), ("g", Function, "")],
            &["store.h", "vector"],
        );
        check(
            "a.rb",
            "require 'json'\nrequire_relative 'store'\n# Serves.\nclass Api\n  def get; end\nend\n",
            &[("Api", Type, "Serves."), ("Api.get", Method, "")],
            &["json", "./store"],
        );
        check(
            "a.php",
            "<?php\nuse App\\Store\\Table;\n/** Serves. */\nclass Api { function get() {} }\nfunction main() {}\n",
            &[("Api", Type, "Serves."), ("Api.get", Method, ""), ("main", Function, "")],
            &["App\\Store\\Table"],
        );
    }

    #[test]
    fn marked_tests_are_known() {
        let lexicon = Lexicon::default();
        let text = "#[cfg(test)]\nmod tests {\n    #[test]\n    fn works() {}\n    fn helper() {}\n}\n";
        let file = parse(&mut Analyser::new(&lexicon), "src/a.rs", text);
        let tests: Vec<_> = file.symbols.iter().filter(|s| s.is_test).map(|s| s.name.as_str()).collect();
        assert_eq!(tests, ["works", "helper"]);
    }
}
