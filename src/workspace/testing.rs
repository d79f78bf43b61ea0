//! How a project tests: frameworks, files, commands.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::manifest::Dependency;
use super::walk::Found;
use super::{Language, SourceFile};
use crate::text::says;

/// What is known about a project's tests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TestFacts {
    /// Frameworks with the number of test files that their language has, most first.
    pub frameworks: Vec<Framework>,
    /// Commands that run tests, each with the place that shows it.
    pub commands: Vec<TestCommand>,
}

/// A test framework in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Framework {
    /// Its name.
    pub name: String,
    /// Where it is declared or first used: path and line.
    pub place: (String, usize),
    /// Languages of its tests.
    pub languages: Vec<Language>,
    /// Test files of its languages.
    pub files: usize,
}

/// A command that runs tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestCommand {
    /// As typed in a shell.
    pub command: String,
    /// The folder in which it is typed, relative to the root; empty for the root.
    pub folder: String,
    /// The file that shows it.
    pub path: String,
    /// One-based.
    pub line: usize,
}

impl TestCommand {
    /// Whether it tests the product as a whole, which must be set up and running for that.
    pub fn is_whole(&self) -> bool {
        ["e2e", "integration", "-tags"].iter().any(|word| self.command.contains(word))
    }
}

/// Whether a path is one of a test file, by the customs of all languages here.
pub(super) fn is_test_path(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let folder = folders
        .split('/')
        .any(|folder| matches!(folder, "test" | "tests" | "__tests__" | "spec" | "specs" | "testing" | "e2e"));
    let source = Language::of_path(path).is_some();
    source && (folder || path.starts_with("t/") || is_named_as_test(name))
}

impl SourceFile {
    /// Whether it holds tests, and not only what tests are made with.
    pub fn holds_tests(&self) -> bool {
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        // Rust marks its tests; elsewhere a framework may find them by the file's name alone.
        let named = self.language != Some(Language::Rust) && self.is_test && is_named_as_test(name);
        named || self.symbols.iter().any(|symbol| symbol.is_test)
    }
}

/// Whether a file's name says that it holds tests.
fn is_named_as_test(name: &str) -> bool {
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    name.contains(".test.")
        || name.contains(".spec.")
        || stem.starts_with("test_")
        || ["_test", "_spec", "Test", "Tests"].iter().any(|ending| stem.ends_with(ending))
}

/// Packages that are test frameworks, with the languages of their tests.
const FRAMEWORKS: &[(&str, &[Language])] = &[
    ("pytest", &[Language::Python]),
    ("jest", &[Language::TypeScript, Language::Tsx, Language::JavaScript]),
    ("vitest", &[Language::TypeScript, Language::Tsx, Language::JavaScript]),
    ("mocha", &[Language::TypeScript, Language::JavaScript]),
    ("@playwright/test", &[Language::TypeScript, Language::JavaScript]),
    ("org.junit.jupiter:junit-jupiter", &[Language::Java]),
    ("org.junit.jupiter:junit-jupiter-api", &[Language::Java]),
    ("junit:junit", &[Language::Java]),
    ("org.springframework.boot:spring-boot-starter-test", &[Language::Java]),
    ("xunit", &[Language::CSharp]),
    ("NUnit", &[Language::CSharp]),
    ("MSTest.TestFramework", &[Language::CSharp]),
    ("rspec", &[Language::Ruby]),
    ("rspec-rails", &[Language::Ruby]),
    ("minitest", &[Language::Ruby]),
    ("phpunit/phpunit", &[Language::Php]),
    ("pestphp/pest", &[Language::Php]),
];

/// What tests import, where no manifest names their framework: how the import starts, the framework, the languages.
const IMPORTED: &[(&str, &str, &[Language])] = &[
    ("org.junit.jupiter", "JUnit Jupiter", &[Language::Java]),
    ("org.junit", "JUnit 4", &[Language::Java]),
    ("org.testng", "TestNG", &[Language::Java]),
    ("vitest", "vitest", &[Language::TypeScript, Language::Tsx, Language::JavaScript]),
    ("node:test", "Node's test runner", &[Language::TypeScript, Language::JavaScript]),
    ("Xunit", "xUnit", &[Language::CSharp]),
    ("NUnit", "NUnit", &[Language::CSharp]),
];

/// The framework that a test file imports; `None` for one that needs no import, or an unknown one.
pub fn framework_of(file: &SourceFile) -> Option<&'static str> {
    let imports = |import: &str| file.imports.iter().any(|own| own.starts_with(import));
    IMPORTED.iter().find(|(import, ..)| imports(import)).map(|(_, name, _)| *name)
}

/// The first test file that imports something, and the line.
fn first_import(root: &Path, files: &[SourceFile], import: &str, languages: &[Language]) -> Option<(String, usize)> {
    let tests = files.iter().filter(|file| file.is_test && file.language.is_some_and(|own| languages.contains(&own)));
    let mut importing = tests.filter(|file| file.imports.iter().any(|own| own.starts_with(import)));
    let first = importing.next()?;
    let text = std::fs::read_to_string(root.join(&first.path)).ok()?;
    let line = text.lines().position(|line| says(line, import)).map_or(1, |line| line + 1);
    Some((first.path.clone(), line))
}

pub(super) fn read(root: &Path, files: &[SourceFile], dependencies: &[Dependency], found: &Found) -> TestFacts {
    let mut counts: BTreeMap<Language, usize> = BTreeMap::new();
    let mut first: BTreeMap<Language, (String, usize)> = BTreeMap::new();
    for file in files.iter().filter(|file| file.holds_tests()) {
        let Some(language) = file.language else { continue };
        *counts.entry(language).or_default() += 1;
        let line = file.symbols.iter().find(|symbol| symbol.is_test).map_or(1, |symbol| symbol.first);
        first.entry(language).or_insert((file.path.clone(), line));
    }
    let mut frameworks: Vec<Framework> = Vec::new();
    for (package, languages) in FRAMEWORKS {
        let files = languages.iter().filter_map(|language| counts.get(language)).sum();
        if let Some(dependency) = dependencies.iter().find(|dependency| dependency.name.eq_ignore_ascii_case(package)) {
            let place = (dependency.manifest.clone(), dependency.line);
            frameworks.push(Framework { name: (*package).to_owned(), place, languages: languages.to_vec(), files });
        }
    }
    // What no manifest declares, tests import.
    for (import, name, languages) in IMPORTED {
        let known = frameworks.iter().any(|framework| framework.languages.iter().any(|own| languages.contains(own)));
        let files_of = languages.iter().filter_map(|language| counts.get(language)).sum();
        if !known
            && files_of > 0
            && let Some(place) = first_import(root, files, import, languages)
        {
            frameworks.push(Framework {
                name: (*name).to_owned(),
                place,
                languages: languages.to_vec(),
                files: files_of,
            });
        }
    }
    // Languages whose tests need no package.
    let own = [
        (Language::Rust, "Rust's built-in test harness"),
        (Language::Go, "Go's testing package"),
        (Language::Python, "unittest"),
    ];
    for (language, name) in own {
        let declared = language == Language::Python && frameworks.iter().any(|framework| framework.name == "pytest");
        if let (Some(&files), Some(place), false) = (counts.get(&language), first.get(&language), declared) {
            let languages = vec![language];
            frameworks.push(Framework { name: name.to_owned(), place: place.clone(), languages, files });
        }
    }
    frameworks.sort_by(|a, b| b.files.cmp(&a.files).then_with(|| a.name.cmp(&b.name)));
    TestFacts { frameworks, commands: commands(root, found) }
}

/// Commands in the order of trust: what pipelines run, scripts, make targets, then the ecosystem's own.
fn commands(root: &Path, found: &Found) -> Vec<TestCommand> {
    let mut commands: Vec<TestCommand> = Vec::new();
    let mut add = |command: &str, folder: &str, path: &str, line: usize| {
        if !commands.iter().any(|known| (known.command.as_str(), known.folder.as_str()) == (command, folder)) {
            let (command, folder) = (command.to_owned(), folder.to_owned());
            commands.push(TestCommand { command, folder, path: path.to_owned(), line });
        }
    };
    let all = || found.all.iter().map(|walked| walked.path.as_str());
    // What is released, documented or measured is tested elsewhere as well.
    let beside = |path: &str| {
        ["release", "publish", "docs", "nightly", "load", "bench", "old"].iter().any(|word| path.contains(word))
    };
    let mut pipelines: Vec<&str> =
        all().filter(|path| path.contains(".github/workflows/") || path.ends_with(".gitlab-ci.yml")).collect();
    pipelines.sort_by_key(|path| beside(path));
    for path in pipelines {
        let Ok(text) = std::fs::read_to_string(root.join(path)) else { continue };
        let lines: Vec<&str> = text.lines().collect();
        for (index, line) in lines.iter().enumerate() {
            let line = line.trim().trim_start_matches("- ").trim_start_matches("run:").trim();
            let line = &without_variables(line);
            if !runs_tests(line) {
                continue;
            }
            let near = &lines[index.saturating_sub(3)..(index + 3).min(lines.len())];
            let folder = near.iter().find_map(|line| line.trim().strip_prefix("working-directory:")).map(str::trim);
            let folder = folder.unwrap_or_default().trim_matches(['"', '\'']).trim_start_matches("./");
            if folder.is_empty() || root.join(folder).is_dir() {
                add(line, folder.trim_end_matches('/'), path, index + 1);
            }
        }
    }
    for (path, name, line) in scripts(root, found) {
        let (folder, _) = path.rsplit_once('/').unwrap_or_default();
        let manager = manager(found, folder);
        let command = if name == "test" { format!("{manager} test") } else { format!("{manager} run {name}") };
        add(&command, folder, &path, line);
    }
    for path in ["runtests.py", "tests/run", ".ci/run", "Makefile", "justfile", "tox.ini", "noxfile.py"] {
        let Ok(text) = std::fs::read_to_string(root.join(path)) else { continue };
        match path {
            "Makefile" | "justfile" => {
                let tool = if path == "Makefile" { "make" } else { "just" };
                for (index, line) in text.lines().enumerate() {
                    if let Some((target, _)) =
                        line.split_once(':').filter(|(target, _)| *target == "test" || *target == "check")
                    {
                        add(&format!("{tool} {target}"), "", path, index + 1);
                    }
                }
            }
            "tox.ini" => add("tox", "", path, 1),
            "noxfile.py" => add("nox", "", path, 1),
            "runtests.py" => add("./runtests.py", "", path, 1),
            script => add(script, "", path, 1),
        }
    }
    let by_manifest = [
        ("Cargo.toml", "cargo test"),
        ("go.mod", "go test ./..."),
        ("pom.xml", "mvn test"),
        ("build.gradle", "./gradlew test"),
        ("build.gradle.kts", "./gradlew test"),
        ("pyproject.toml", "python -m pytest"),
        ("Gemfile", "bundle exec rake test"),
        ("composer.json", "vendor/bin/phpunit"),
    ];
    for (manifest, command) in by_manifest {
        let homes = found.manifests.iter().filter(|path| path.rsplit('/').next() == Some(manifest));
        let folders: Vec<(&str, &str)> =
            homes.map(|path| (path.rsplit_once('/').map_or("", |(folder, _)| folder), path.as_str())).collect();
        let tool = &command[..command.len().min(7)];
        // What stands above runs what stands below, and a pipeline knows better than a custom.
        let known = |folder: &str| {
            let runs = |known: &TestCommand| known.command.contains(tool) && !known.is_whole();
            commands.iter().any(|known| runs(known) && is_within(folder, &known.folder))
                || folders.iter().any(|(other, _)| *other != folder && is_within(folder, other))
        };
        let own: Vec<TestCommand> = folders
            .iter()
            .filter(|(folder, _)| !known(folder))
            .map(|(folder, path)| TestCommand {
                command: command.to_owned(),
                folder: (*folder).to_owned(),
                path: (*path).to_owned(),
                line: 1,
            })
            .collect();
        commands.extend(own);
    }
    commands
}

/// Whether a folder is another one or lies in it; the root is the empty name.
pub(super) fn is_within(folder: &str, other: &str) -> bool {
    other.is_empty() || folder.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Scripts of npm's manifests that run tests: the manifest, the script, its line; those of the root first.
fn scripts(root: &Path, found: &Found) -> Vec<(String, String, usize)> {
    let mut manifests: Vec<&String> =
        found.manifests.iter().filter(|path| path.rsplit('/').next() == Some("package.json")).collect();
    manifests.sort_by_key(|path| (path.matches('/').count(), path.as_str()));
    let mut scripts = Vec::new();
    for path in manifests {
        let Ok(text) = std::fs::read_to_string(root.join(path)) else { continue };
        let Ok(value) = serde_json::from_str::<Value>(&text) else { continue };
        let named = value.get("scripts").and_then(Value::as_object).into_iter().flatten();
        let runs = |name: &str, script: &Value| {
            let waits = name.contains("watch") || name.contains("debug") || name.contains("update");
            // What npm writes into a new manifest tests nothing.
            let nothing = script.as_str().is_some_and(|script| script.contains("no test specified"));
            (name == "test" || name.starts_with("test:")) && !waits && !nothing
        };
        for (name, _) in named.filter(|(name, script)| runs(name, script)) {
            let line = text.find(&format!("\"{name}\"")).map_or(1, |at| text[..at].matches('\n').count() + 1);
            scripts.push((path.clone(), name.clone(), line));
        }
    }
    scripts
}

/// The package manager whose lockfile is the nearest at or above a folder.
fn manager(found: &Found, folder: &str) -> &'static str {
    let lockfiles = [("pnpm-lock.yaml", "pnpm"), ("yarn.lock", "yarn"), ("package-lock.json", "npm")];
    let near = lockfiles.iter().flat_map(|(name, manager)| {
        found.manifests.iter().filter_map(move |path| {
            let home = path.strip_suffix(name)?.trim_end_matches('/');
            is_within(folder, home).then_some((home.len(), *manager))
        })
    });
    near.max_by_key(|(depth, _)| *depth).map_or("npm", |(_, manager)| manager)
}

/// A command without the arguments that only a pipeline can fill in: `--manifest-path ${{ matrix.folder }}/Cargo.toml`.
fn without_variables(line: &str) -> String {
    let line = line.trim_end_matches(';');
    if !line.contains("${{") {
        return line.to_owned();
    }
    // What stands in the braces has blanks of its own.
    let mut words: Vec<&str> = Vec::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("${{") {
        words.extend(before.split_whitespace());
        // The part of a word that touches the variable goes with it, and the option that it is the value of.
        if before.ends_with(|c: char| !c.is_whitespace()) {
            words.pop();
        }
        if words.last().is_some_and(|word| word.starts_with('-') && !word.contains('=')) {
            words.pop();
        }
        let after = after.split_once("}}").map_or("", |(_, after)| after);
        rest = after.split_once(char::is_whitespace).map_or("", |(_, rest)| rest);
    }
    words.extend(rest.split_whitespace());
    words.join(" ")
}

/// Whether a line of a pipeline is one plain command that runs tests.
fn runs_tests(line: &str) -> bool {
    const STARTS: &[&str] = &[
        "cargo test",
        "cargo nextest",
        "npm test",
        "npm run test",
        "pnpm test",
        "pnpm run test",
        "yarn test",
        "pytest",
        "python -m pytest",
        "uv run pytest",
        "poetry run pytest",
        "tox",
        "nox",
        "go test",
        "make test",
        "make check",
        "mage test",
        "mage check",
        "mage -v test",
        "mage -v check",
        "mvn test",
        "mvn verify",
        "mvn -B test",
        "./mvnw test",
        "./gradlew test",
        "./gradlew check",
        "gradle test",
        "dotnet test",
        "bundle exec rspec",
        "bundle exec rake test",
        "vendor/bin/phpunit",
        "composer test",
        "just test",
        "npx jest",
        "npx vitest",
        "ctest",
    ];
    STARTS
        .iter()
        .any(|start| line.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', ':'])))
        && line.len() < 100
        && !["docs", "dist", "lint"].iter().any(|aside| says(line, aside))
        && !line.contains(['|', '>', '{', '\\'])
}
