//! Dependencies with their versions, from manifests and lockfiles; nothing of the workspace is run.

mod cargo;
mod dotnet;
mod go;
mod installed;
mod jvm;
mod npm;
mod php;
mod python;
mod ruby;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::walk::MAX_BYTES;
use super::{Cancel, Cancelled};

/// What a dependency is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Scope {
    /// The product itself.
    #[default]
    Runtime,
    /// Tests and development.
    Development,
    /// Building.
    Build,
}

/// The registry that a dependency comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ecosystem {
    /// Rust.
    Cargo,
    /// JavaScript and TypeScript.
    Npm,
    /// Python.
    Python,
    /// Go.
    Go,
    /// Java and Kotlin.
    Jvm,
    /// C# and F#.
    DotNet,
    /// Ruby.
    Ruby,
    /// PHP.
    Php,
}

impl Ecosystem {
    /// Its name in lists.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cargo => "cargo",
            Self::Npm => "npm",
            Self::Python => "python",
            Self::Go => "go",
            Self::Jvm => "jvm",
            Self::DotNet => "dotnet",
            Self::Ruby => "ruby",
            Self::Php => "php",
        }
    }
}

/// A dependency that a manifest names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dependency {
    /// As the registry knows it; for the JVM `group:artifact`.
    pub name: String,
    /// Its registry.
    pub ecosystem: Ecosystem,
    /// The versions that the manifest allows; empty if it does not say.
    pub requirement: String,
    /// The version in the lockfile.
    pub locked: Option<String>,
    /// What it is for.
    pub scope: Scope,
    /// The manifest's path.
    pub manifest: String,
    /// The manifest's line, one-based.
    pub line: usize,
    /// Its own description, where it is installed.
    pub description: Option<String>,
    /// Its licence, where it is installed.
    pub licence: Option<String>,
}

impl Dependency {
    /// The version in force, or what the manifest asks for.
    pub fn version(&self) -> &str {
        self.locked.as_deref().unwrap_or(&self.requirement)
    }
}

/// A dependency as a reader first meets it.
struct Named {
    name: String,
    requirement: String,
    scope: Scope,
    line: usize,
}

impl Named {
    fn new(name: impl Into<String>, requirement: impl Into<String>, scope: Scope, line: usize) -> Self {
        Self { name: name.into(), requirement: requirement.into(), scope, line }
    }
}

/// Versions of a lockfile by name.
type Locked = BTreeMap<String, String>;

type ReadManifest = fn(&str) -> Vec<Named>;
type ReadLock = fn(&str) -> Locked;

fn manifest_reader(name: &str) -> Option<(Ecosystem, ReadManifest)> {
    Some(match name {
        "Cargo.toml" => (Ecosystem::Cargo, cargo::manifest),
        "package.json" => (Ecosystem::Npm, npm::manifest),
        "pyproject.toml" => (Ecosystem::Python, python::pyproject),
        "go.mod" => (Ecosystem::Go, go::manifest),
        "pom.xml" => (Ecosystem::Jvm, jvm::pom),
        "build.gradle" | "build.gradle.kts" => (Ecosystem::Jvm, jvm::gradle),
        "libs.versions.toml" => (Ecosystem::Jvm, jvm::catalogue),
        "Gemfile" => (Ecosystem::Ruby, ruby::manifest),
        "composer.json" => (Ecosystem::Php, php::manifest),
        "Directory.Packages.props" => (Ecosystem::DotNet, dotnet::project),
        name if name.ends_with(".csproj") || name.ends_with(".fsproj") => (Ecosystem::DotNet, dotnet::project),
        name if name.starts_with("requirements") && name.ends_with(".txt") => (Ecosystem::Python, python::requirements),
        _ => return None,
    })
}

fn lock_reader(name: &str) -> Option<(Ecosystem, ReadLock)> {
    Some(match name {
        "Cargo.lock" => (Ecosystem::Cargo, cargo::lock),
        "package-lock.json" | "npm-shrinkwrap.json" => (Ecosystem::Npm, npm::package_lock),
        "pnpm-lock.yaml" => (Ecosystem::Npm, npm::pnpm_lock),
        "yarn.lock" => (Ecosystem::Npm, npm::yarn_lock),
        "poetry.lock" | "uv.lock" | "pdm.lock" => (Ecosystem::Python, cargo::lock),
        "Gemfile.lock" => (Ecosystem::Ruby, ruby::lock),
        "composer.lock" => (Ecosystem::Php, php::lock),
        "packages.lock.json" => (Ecosystem::DotNet, dotnet::lock),
        _ => return None,
    })
}

/// Folders of modules that the build of a repository leaves out.
pub(super) fn unbuilt(root: &Path, manifests: &[String]) -> Vec<String> {
    let settings = ["settings.gradle", "settings.gradle.kts"]
        .iter()
        .find_map(|name| std::fs::read_to_string(root.join(name)).ok());
    let Some(settings) = settings else { return Vec::new() };
    let folder = |path: &'_ String| -> Option<String> {
        let (folder, name) = path.rsplit_once('/')?;
        matches!(name, "build.gradle" | "build.gradle.kts").then(|| folder.to_owned())
    };
    let builds: Vec<String> = manifests.iter().filter_map(folder).collect();
    jvm::unbuilt(&settings, &builds.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Folders below the root with a manifest of their own, each once.
pub(super) fn folders(manifests: &[String]) -> Vec<String> {
    let own = manifests.iter().filter(|path| !is_lockfile(path));
    let folders: BTreeSet<&str> = own.filter_map(|path| path.rsplit_once('/')).map(|(folder, _)| folder).collect();
    folders.into_iter().map(str::to_owned).collect()
}

/// Whether a path names a manifest or a lockfile.
pub(super) fn is_manifest(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    manifest_reader(name).is_some() || is_lockfile(path)
}

/// Whether a path names a lockfile, which is no text that somebody wrote.
pub(super) fn is_lockfile(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    lock_reader(name).is_some() || name == "go.sum"
}

/// Reads the dependencies of all manifests; a manifest that cannot be read gives none.
pub(super) fn read(root: &Path, paths: &[String], cancel: &Cancel) -> Result<Vec<Dependency>, Cancelled> {
    let mut locks: Vec<(Ecosystem, &str, Locked)> = Vec::new();
    let mut found: Vec<Dependency> = Vec::new();
    let mut own: BTreeSet<(Ecosystem, String)> = BTreeSet::new();
    for path in paths {
        cancel.check()?;
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        if let Some((ecosystem, read)) = lock_reader(name)
            && let Ok(text) = std::fs::read_to_string(root.join(path))
        {
            locks.push((ecosystem, folder, read(&text)));
        }
    }
    for path in paths {
        cancel.check()?;
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let Some((ecosystem, read)) = manifest_reader(name) else { continue };
        let Ok(text) = std::fs::read_to_string(root.join(path)) else { continue };
        if text.len() as u64 > MAX_BYTES {
            continue;
        }
        own.extend(own_name(ecosystem, &text).map(|name| (ecosystem, key(ecosystem, &name))));
        for named in read(&text) {
            // The nearest lockfile at or above the manifest holds the version.
            let locked = locks
                .iter()
                .filter(|(kind, home, _)| {
                    *kind == ecosystem
                        && (home.is_empty() || folder == *home || folder.starts_with(&format!("{home}/")))
                })
                .max_by_key(|(_, home, _)| home.len())
                .and_then(|(_, _, versions)| versions.get(&key(ecosystem, &named.name)).cloned());
            found.push(Dependency {
                name: named.name,
                ecosystem,
                requirement: named.requirement,
                locked,
                scope: named.scope,
                manifest: path.clone(),
                line: named.line,
                description: None,
                licence: None,
            });
        }
    }
    // Packages that depend on each other inside a repository are its own code.
    found.retain(|dependency| !own.contains(&(dependency.ecosystem, key(dependency.ecosystem, &dependency.name))));
    installed::describe(root, &mut found, cancel)?;
    found.sort();
    let mut seen = BTreeSet::new();
    found.retain(|one| seen.insert((one.ecosystem, one.name.clone(), one.manifest.clone())));
    Ok(found)
}

/// The name of the package that a manifest describes.
fn own_name(ecosystem: Ecosystem, text: &str) -> Option<String> {
    match ecosystem {
        Ecosystem::Cargo => cargo::own_name(text),
        Ecosystem::Npm => npm::own_name(text),
        Ecosystem::Python => python::own_name(text),
        Ecosystem::Go => go::own_name(text),
        Ecosystem::Jvm | Ecosystem::DotNet | Ecosystem::Ruby | Ecosystem::Php => None,
    }
}

/// The form in which lockfiles are asked for a name.
fn key(ecosystem: Ecosystem, name: &str) -> String {
    match ecosystem {
        Ecosystem::Python => name.to_ascii_lowercase().replace(['_', '.'], "-"),
        _ => name.to_owned(),
    }
}

/// The one-based line on which a byte offset lies.
fn line_at(text: &str, offset: usize) -> usize {
    text[..offset.min(text.len())].matches('\n').count() + 1
}

/// The line of the first occurrence of a quoted or bare name after some heading text.
fn line_of(text: &str, section: &str, name: &str) -> usize {
    let from = text.find(section).unwrap_or(0);
    let quoted = format!("\"{name}\"");
    let place = text[from..]
        .find(&quoted)
        .or_else(|| text[from..].match_indices(name).map(|(at, _)| at).find(|&at| is_key(&text[from..], at, name)))
        .or_else(|| text[from..].find(name));
    line_at(text, place.map_or(from, |at| from + at))
}

/// Whether a line starts with a name, which does not go on as another one.
fn is_key(text: &str, at: usize, name: &str) -> bool {
    let starts = text[..at].rsplit('\n').next().is_some_and(|line| line.trim().is_empty() || line.ends_with('.'));
    starts && !text[at + name.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '-' || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, text: &str, expected: &[(&str, &str, Scope, usize)]) {
        let (_, read) = manifest_reader(name).unwrap();
        let got: Vec<_> = read(text).into_iter().map(|d| (d.name, d.requirement, d.scope, d.line)).collect();
        let want: Vec<_> = expected.iter().map(|(n, r, s, l)| ((*n).to_owned(), (*r).to_owned(), *s, *l)).collect();
        assert_eq!(got, want, "{name}");
    }

    fn check_lock(name: &str, text: &str, expected: &[(&str, &str)]) {
        let (_, read) = lock_reader(name).unwrap();
        let want: Locked = expected.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        assert_eq!(read(text), want, "{name}");
    }

    #[test]
    fn manifests() {
        use Scope::*;
        check(
            "Cargo.toml",
            "[package]\nname = \"serde-user\"\n[dependencies]\nserde = \"1\"\ntokio = { version = \"1.2\", features = [\"rt\"] }\n[dev-dependencies]\nproptest = \"1\"\n[workspace.dependencies]\nanyhow = \"1\"\n[target.'cfg(unix)'.dependencies]\nlibc = \"0.2\"\n",
            &[
                ("serde", "1", Runtime, 4),
                ("tokio", "1.2", Runtime, 5),
                ("proptest", "1", Development, 7),
                ("anyhow", "1", Runtime, 9),
                ("libc", "0.2", Runtime, 11),
            ],
        );
        check(
            "package.json",
            "{\n \"dependencies\": {\n  \"express\": \"^4.1.0\"\n },\n \"devDependencies\": {\"jest\": \"29\"}\n}",
            &[("express", "^4.1.0", Runtime, 3), ("jest", "29", Development, 5)],
        );
        check(
            "pyproject.toml",
            "[project]\ndependencies = [\n  \"Flask>=2.0\",\n  \"uvicorn[standard] ; python_version > '3'\",\n]\n[project.optional-dependencies]\ntest = [\"pytest\"]\n[tool.poetry.dependencies]\npython = \"^3.9\"\nrequests = \"^2\"\n",
            &[
                ("Flask", ">=2.0", Runtime, 3),
                ("uvicorn", "", Runtime, 4),
                ("pytest", "", Development, 7),
                ("requests", "^2", Runtime, 10),
            ],
        );
        check(
            "requirements-dev.txt",
            "# c\nflask==2.0 # x\n-r other.txt\nblack\n",
            &[("flask", "==2.0", Development, 2), ("black", "", Development, 4)],
        );
        check(
            "go.mod",
            "module example.com/m\n\ngo 1.22\n\nrequire (\n\tgithub.com/a/b v1.2.3\n\tx.org/y v0.1.0 // indirect\n)\nrequire z.org/q v2.0.0\n",
            &[("github.com/a/b", "v1.2.3", Runtime, 6), ("z.org/q", "v2.0.0", Runtime, 9)],
        );
        check(
            "pom.xml",
            "<project>\n<properties><j.v>5.1</j.v></properties>\n<dependencies>\n<dependency>\n<groupId>org.x</groupId>\n<artifactId>a</artifactId>\n<version>1.0</version></dependency>\n<dependency><groupId>org.j</groupId><artifactId>junit</artifactId><version>${j.v}</version><scope>test</scope></dependency>\n</dependencies></project>",
            &[("org.x:a", "1.0", Runtime, 4), ("org.j:junit", "5.1", Development, 8)],
        );
        check(
            "build.gradle.kts",
            "dependencies {\n    implementation(\"org.x:a:1.0\")\n    testImplementation 'org.j:junit:5'\n}\n",
            &[("org.x:a", "1.0", Runtime, 2), ("org.j:junit", "5", Development, 3)],
        );
        check(
            "App.csproj",
            "<Project>\n<ItemGroup>\n<PackageReference Include=\"Dapper\" Version=\"2.0\" />\n<PackageReference Include=\"xunit\"><Version>2.4</Version></PackageReference>\n</ItemGroup></Project>",
            &[("Dapper", "2.0", Runtime, 3), ("xunit", "2.4", Development, 4)],
        );
        check(
            "Gemfile",
            "gem 'rails', '~> 7.0'\ngroup :test do\n  gem \"rspec\"\nend\n",
            &[("rails", "~> 7.0", Runtime, 1), ("rspec", "", Development, 3)],
        );
        check(
            "composer.json",
            "{\"require\": {\"php\": \">=8\", \"a/b\": \"^1\"}, \"require-dev\": {\"c/d\": \"2\"}}",
            &[("a/b", "^1", Runtime, 1), ("c/d", "2", Development, 1)],
        );
    }

    #[test]
    fn a_package_of_the_repository_is_no_dependency() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            std::fs::create_dir_all(root.path().join(path).parent().unwrap()).unwrap();
            std::fs::write(root.path().join(path), text).unwrap();
        };
        write("core/Cargo.toml", "[package]\nname = \"core-x\"\n");
        write("app/Cargo.toml", "[package]\nname = \"app\"\n[dependencies]\ncore-x = \"1\"\nserde = \"1\"\n");
        write("web/package.json", "{\"name\": \"@x/web\", \"dependencies\": {\"@x/ui\": \"1\", \"vue\": \"3\"}}");
        write("ui/package.json", "{\"name\": \"@x/ui\"}");
        write("a/go.mod", "module x.org/a\nrequire x.org/b v1.0.0\nrequire x.org/c v1.0.0\n");
        write("b/go.mod", "module x.org/b // here\n");
        write("p/pyproject.toml", "[project]\nname = \"P_one\"\n");
        write("q/pyproject.toml", "[project]\nname = \"q\"\ndependencies = [\"p-one\", \"flask\"]\n");
        let paths =
            ["core/Cargo.toml", "app/Cargo.toml", "web/package.json", "ui/package.json", "a/go.mod", "b/go.mod"];
        let paths: Vec<String> =
            paths.iter().chain(&["p/pyproject.toml", "q/pyproject.toml"]).map(|path| (*path).to_owned()).collect();
        let found = read(root.path(), &paths, &Cancel::default()).unwrap();
        let names: Vec<&str> = found.iter().map(|dependency| dependency.name.as_str()).collect();
        assert_eq!(names, ["flask", "serde", "vue", "x.org/c"]);
    }

    #[test]
    fn modules_that_the_settings_leave_out_are_not_built() {
        let settings = "rootProject.name = 'x'\n// include 'c'\ninclude 'a', ':b'\ninclude(\"d:e\")\n";
        assert_eq!(jvm::unbuilt(settings, &["a", "b", "c", "d/e"]), ["c"]);
        assert_eq!(jvm::unbuilt("include 'a'\n", &["a", "b", "c"]), [""; 0]);
    }

    #[test]
    fn lockfiles() {
        check_lock(
            "Cargo.lock",
            "version = 4\n[[package]]\nname = \"serde\"\nversion = \"1.0.2\"\n",
            &[("serde", "1.0.2")],
        );
        check_lock(
            "package-lock.json",
            "{\"packages\": {\"\": {}, \"node_modules/a\": {\"version\": \"1.1.1\"}, \"node_modules/a/node_modules/b\": {\"version\": \"2.0.0\"}}}",
            &[("a", "1.1.1")],
        );
        check_lock(
            "pnpm-lock.yaml",
            "importers:\n  .:\n    dependencies:\n      a:\n        specifier: ^1\n        version: 1.2.3(peer@2)\n",
            &[("a", "1.2.3")],
        );
        check_lock(
            "yarn.lock",
            "\"@a/b@^1.0.0\", \"@a/b@^1.2.0\":\n  version \"1.2.5\"\n\nc@2:\n  version: 2.0.1\n",
            &[("@a/b", "1.2.5"), ("c", "2.0.1")],
        );
        check_lock(
            "Gemfile.lock",
            "GEM\n  specs:\n    rails (7.0.1)\n      rack (>= 2)\n    rack (2.2)\n",
            &[("rails", "7.0.1"), ("rack", "2.2")],
        );
        check_lock(
            "composer.lock",
            "{\"packages\": [{\"name\": \"a/b\", \"version\": \"v1.0\"}], \"packages-dev\": [{\"name\": \"c/d\", \"version\": \"2\"}]}",
            &[("a/b", "v1.0"), ("c/d", "2")],
        );
        check_lock(
            "packages.lock.json",
            "{\"dependencies\": {\"net8.0\": {\"Dapper\": {\"resolved\": \"2.1\"}}}}",
            &[("Dapper", "2.1")],
        );
    }
}
