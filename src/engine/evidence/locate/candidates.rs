//! Files that a requirement could make somebody change: what is ranked at all.

use crate::workspace::SourceFile;

/// Folders whose files show, measure or translate the product and are not the product.
const ELSEWHERE: &[&str] = &[
    "__snapshots__",
    "benches",
    "benchmark",
    "benchmarks",
    "dist",
    "docs",
    "docs_src",
    "example",
    "examples",
    "fixtures",
    "generated",
    "hack",
    "jmh",
    "locale",
    "locales",
    "migrations",
    "playground",
    "snapshots",
    "spec",
    "specs",
    "test",
    "testdata",
    "tests",
];

/// Whether a path lies beside the product: examples, benches, tests, translations.
pub fn is_aside(path: &str) -> bool {
    let folders = path.rsplit_once('/').map_or("", |(folders, _)| folders).split('/');
    // Below these stand packages, whose names say nothing: `com.example`.
    let mut folders = folders.take_while(|part| !matches!(*part, "java" | "kotlin" | "scala"));
    folders.any(|part| ELSEWHERE.contains(&part))
}

/// Whether most of what a file defines is marked as deprecated: new work goes elsewhere.
fn is_outgoing(file: &SourceFile) -> bool {
    let types = || file.symbols.iter().filter(|symbol| symbol.parent.is_none());
    let outgoing = types().filter(|symbol| symbol.is_deprecated()).count();
    outgoing * 2 > types().count()
}

/// Folders whose prose is no documentation of the product.
const UNDOCUMENTED: &[&str] = &[
    ".github",
    ".kiro",
    ".specify",
    "fixtures",
    "node_modules",
    "openspec",
    "spec",
    "specs",
    "test",
    "testdata",
    "tests",
];

/// Whether a file is documentation that a requirement could make somebody change.
pub fn is_document(file: &SourceFile) -> bool {
    let ending = file.path.rsplit_once('.').map_or("", |(_, ending)| ending);
    matches!(ending, "md" | "mdx" | "markdown" | "rst" | "adoc" | "asciidoc")
        && !file.path.split('/').any(|part| UNDOCUMENTED.contains(&part))
        // A plan says what is to be, not what is.
        && !file.path.ends_with(".plan.md")
}

/// Whether a requirement could make somebody change this file.
pub fn can_change(file: &SourceFile) -> bool {
    let ending = file.path.rsplit_once('.').map_or("", |(_, ending)| ending);
    !file.is_test
        && !is_outgoing(file)
        && !file.path.ends_with(".d.ts")
        && !is_aside(&file.path)
        && (file.language.is_some()
            || matches!(
                ending,
                "sql" | "proto" | "graphql" | "vue" | "svelte" | "erb" | "kt" | "swift" | "scala" | "ex" | "lua" | "el"
            ))
}
