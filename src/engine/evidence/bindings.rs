//! Tells by which names a file calls what it imports from a dependency, and whether some of its lines say one.

use std::collections::BTreeSet;

use super::Evidence;
use super::dependencies::{importer, snake};
use crate::text::says;
use crate::workspace::SourceFile;
use crate::workspace::manifest::{Dependency, Ecosystem};

/// An import that runs over more lines is read no further.
const IMPORT: usize = 20;

/// Whether some lines of a file, one-based and inclusive, say what it imports from a dependency. Where an import binds no
/// name, the file as a whole does.
pub(super) fn is_said_in(
    engine: &Evidence<'_>,
    dependency: &Dependency,
    file: &SourceFile,
    ranges: &BTreeSet<(usize, usize)>,
) -> bool {
    let Some(lines) = engine.reader.lines(&file.path) else { return false };
    let is_import = importer(dependency);
    let mut names: BTreeSet<String> = BTreeSet::new();
    for import in file.imports.iter().filter(|import| is_import(import)) {
        let bound = bound(dependency.ecosystem, &lines, import);
        if bound.is_empty() {
            return true;
        }
        names.extend(bound);
    }
    // In Rust a path names the crate itself.
    if dependency.ecosystem == Ecosystem::Cargo {
        names.insert(snake(&dependency.name));
    }
    let mut inside = ranges.iter().flat_map(|&(first, last)| lines.iter().take(last).skip(first.saturating_sub(1)));
    inside.any(|line| names.iter().any(|name| says(line, name)))
}

/// The names that an import brings into a file; none where it brings whatever a namespace holds.
fn bound(ecosystem: Ecosystem, lines: &[Box<str>], import: &str) -> BTreeSet<String> {
    match ecosystem {
        Ecosystem::DotNet | Ecosystem::Ruby => BTreeSet::new(),
        Ecosystem::Jvm if import.ends_with('*') => BTreeSet::new(),
        Ecosystem::Cargo | Ecosystem::Jvm | Ecosystem::Php => last(import).into_iter().collect(),
        Ecosystem::Go => {
            let alias = lines.iter().find_map(|line| line.trim().strip_suffix(&format!("\"{import}\"")));
            let alias = alias.map(|alias| alias.trim().trim_start_matches("import").trim());
            alias.filter(|alias| !alias.is_empty()).map(str::to_owned).or_else(|| last(import)).into_iter().collect()
        }
        Ecosystem::Npm | Ecosystem::Python => {
            let statement = statement(ecosystem, lines, import);
            let words = statement.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
            words.filter(|word| !KEYWORDS.contains(word)).map(str::to_owned).chain(last(import)).collect()
        }
    }
}

/// Words of an import that are no names.
const KEYWORDS: &[&str] =
    &["import", "from", "as", "type", "typeof", "const", "let", "var", "require", "default", "export", "await"];

/// The last part of a path, without the version that ends a module of Go and the parts of its name that code leaves out.
fn last(import: &str) -> Option<String> {
    let is_version = |part: &&str| part.strip_prefix('v').is_some_and(|rest| rest.parse::<u32>().is_ok());
    let part = import.rsplit([':', '.', '/', '\\']).find(|part| !part.is_empty() && !is_version(part))?;
    Some(part.trim_start_matches("go-").to_owned())
}

/// The text of an import without what it imports from: it starts before that in JavaScript, and goes on behind it in Python.
fn statement(ecosystem: Ecosystem, lines: &[Box<str>], import: &str) -> String {
    let opens = |line: &str| {
        let first = line.trim_start().split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        ["import", "from", "const", "let", "var", "export"].contains(&first)
    };
    let quoted = |line: &str| ['\'', '"'].iter().any(|quote| line.contains(&format!("{quote}{import}{quote}")));
    let is_python = ecosystem == Ecosystem::Python;
    let names = |line: &str| if is_python { opens(line) && says(line, import) } else { quoted(line) };
    let Some(at) = lines.iter().position(|line| names(line)) else { return String::new() };
    let (first, end) = if is_python {
        let is_open = lines[at].contains('(') && !lines[at].contains(')');
        (at, (at..lines.len().min(at + IMPORT)).find(|&line| is_open && lines[line].contains(')')).unwrap_or(at))
    } else {
        ((at.saturating_sub(IMPORT)..=at).rev().find(|&line| opens(&lines[line])).unwrap_or(at), at)
    };
    lines[first..=end].iter().map(|line| line.replace(import, "")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(ecosystem: Ecosystem, text: &str, import: &str, expected: &[&str]) {
        let lines: Vec<Box<str>> = text.lines().map(Box::from).collect();
        let expected: BTreeSet<String> = expected.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(bound(ecosystem, &lines, import), expected, "{text}");
    }

    #[test]
    fn imports_bind_names_in_every_language() {
        use Ecosystem::{Cargo, DotNet, Go, Jvm, Npm, Python};
        check(
            Npm,
            "// uses 'other' for all\nimport colors, { red as r } from 'picocolors'",
            "picocolors",
            &["colors", "red", "r", "picocolors"],
        );
        check(Npm, "import {\n  z as schema,\n} from 'zod'\nimport x from 'y'", "zod", &["z", "schema", "zod"]);
        check(Npm, "const { get } = require(\"got\")", "got", &["get", "got"]);
        check(
            Python,
            "# django.core.cache is slow\nfrom django.core.cache import (\n    cache as kept,\n)\n",
            "django.core.cache",
            &["cache", "kept"],
        );
        check(Python, "import yaml\nx = yaml", "yaml", &["yaml"]);
        check(Go, "import (\n\t\"fmt\"\n\t\"github.com/go-chi/chi/v5\"\n)", "github.com/go-chi/chi/v5", &["chi"]);
        check(Go, "import (\n\tpg \"github.com/jackc/pgx/v5\"\n)", "github.com/jackc/pgx/v5", &["pg"]);
        check(Jvm, "import io.micrometer.core.instrument.Timer;", "io.micrometer.core.instrument.Timer", &["Timer"]);
        check(Jvm, "import io.micrometer.core.*;", "io.micrometer.core.*", &[]);
        check(Cargo, "use http::StatusCode;", "http::StatusCode", &["StatusCode"]);
        check(DotNet, "using Serilog;", "Serilog", &[]);
    }
}
