//! What package registries say, asked through each ecosystem's own client, and only with the user's permission.
//!
//! The client knows the user's private registries, proxies and credentials. It runs in an empty folder: a workspace's
//! own configuration could name other registries, and programs.

use std::collections::BTreeMap;
use std::process::Command;
use std::time::Duration;

use etcetera::BaseStrategy;

use super::manifest::Ecosystem;
use super::process::{Said, Silence, ask};
use super::{Cancel, Cancelled};

/// A client that takes longer is not waited for.
const LIMIT: Duration = Duration::from_secs(20);

/// A package by its ecosystem and name.
pub type PackageName = (Ecosystem, String);

/// What a registry says of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Package {
    /// It is there.
    Known {
        /// The command that shows it.
        command: String,
        /// Its facts.
        facts: PackageFacts,
    },
    /// There is no such package.
    Missing {
        /// The command that shows it.
        command: String,
    },
    /// The registry could not be asked.
    Unanswered {
        /// The command that failed.
        command: String,
        /// Why.
        reason: String,
    },
}

/// Facts of a package; what its client does not tell is `None`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PackageFacts {
    /// The newest version that a project would get.
    pub latest: String,
    /// Its licence.
    pub licence: Option<String>,
    /// The day of that version, `2026-11-22`.
    pub released: Option<String>,
    /// Why it should not be used any more: yanked, deprecated, retracted.
    pub withdrawn: Option<String>,
}

impl PackageFacts {
    /// One line: `1.2.3, MIT, released 2026-11-22`.
    pub fn line(&self) -> String {
        let released = self.released.as_ref().map(|day| format!("released {day}"));
        let parts = [Some(self.latest.clone()), self.licence.clone(), released, self.withdrawn.clone()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

/// What the client of an ecosystem is asked about a package; `None` where there is no client for it.
fn question(ecosystem: Ecosystem, name: &str) -> Option<Vec<String>> {
    let words: &[&str] = match ecosystem {
        Ecosystem::Cargo => &["cargo", "info"],
        Ecosystem::Npm => &["npm", "view"],
        Ecosystem::Python => &["pip", "index", "versions"],
        Ecosystem::Go => &["go", "list", "-m"],
        Ecosystem::Jvm | Ecosystem::DotNet | Ecosystem::Ruby | Ecosystem::Php => return None,
    };
    // Outside a module, Go has to be told which version.
    let name = if ecosystem == Ecosystem::Go { format!("{name}@latest") } else { name.to_owned() };
    // The name is an argument of its own; one that starts like an option is no package.
    (!name.starts_with('-')).then(|| words.iter().map(|word| (*word).to_owned()).chain([name]).collect())
}

/// Whether the packages of an ecosystem can be asked about.
pub fn can_ask(ecosystem: Ecosystem) -> bool {
    question(ecosystem, "").is_some()
}

/// So many clients run at once; each starts a program that is not small.
const AT_ONCE: usize = 4;

/// Asks about packages, several at once; names without a client are left out.
///
/// # Errors
/// [`Cancelled`] soon after `cancel` is set.
pub fn ask_about(names: &[PackageName], cancel: &Cancel) -> Result<BTreeMap<PackageName, Package>, Cancelled> {
    let known: Vec<_> = names.iter().filter_map(|name| Some((name, question(name.0, &name.1)?))).collect();
    let mut answers = BTreeMap::new();
    for some in known.chunks(AT_ONCE) {
        let said: Result<Vec<(PackageName, Package)>, Cancelled> = std::thread::scope(|scope| {
            let ask = |(name, words): &(&PackageName, Vec<String>)| {
                let (name, words) = ((*name).clone(), words.clone());
                scope.spawn(move || ask_client(name.0, &words, cancel).map(|package| (name, package)))
            };
            let asked: Vec<_> = some.iter().map(ask).collect();
            asked.into_iter().filter_map(|thread| thread.join().ok()).collect()
        });
        answers.extend(said?);
    }
    Ok(answers)
}

fn ask_client(ecosystem: Ecosystem, words: &[String], cancel: &Cancel) -> Result<Package, Cancelled> {
    let command = words.join(" ");
    let unanswered = |reason: String| Package::Unanswered { command: command.clone(), reason };
    let neutral = match neutral_folder() {
        Ok(folder) => folder,
        Err(error) => return Ok(unanswered(error.to_string())),
    };
    let mut last = String::new();
    for program in programs(&words[0]) {
        let mut client = Command::new(program);
        let (name, before) = words.split_last().map_or(("", words), |(name, before)| (name.as_str(), before));
        client.args(&before[1..]).current_dir(neutral.path());
        // Go reads options only before names, npm wants its fields behind.
        match ecosystem {
            Ecosystem::Go => client.args(options(ecosystem)).arg(name),
            _ => client.arg(name).args(options(ecosystem)),
        };
        client.env("NO_COLOR", "1").env("CARGO_TERM_COLOR", "never").env("PIP_DISABLE_PIP_VERSION_CHECK", "1");
        client.env("PIP_RETRIES", "0").env("PIP_NO_INPUT", "1");
        match ask(&mut client, Some(LIMIT), cancel) {
            Ok(said) => {
                return Ok(match read(ecosystem, &said) {
                    Answer::Facts(facts) => Package::Known { command, facts },
                    Answer::Missing => Package::Missing { command },
                    Answer::Unclear => unanswered(complaint(&said)),
                });
            }
            Err(Silence::Cancelled(cancelled)) => return Err(cancelled),
            Err(Silence::NotStarted(error)) if error.kind() == std::io::ErrorKind::NotFound => {
                last = format!("`{program}` is not installed");
            }
            Err(other) => return Ok(unanswered(other.to_string())),
        }
    }
    Ok(unanswered(last))
}

/// An empty folder for a client, which looks for configuration in the folders above it, too: one below the user's own
/// cache folder, since others write into the system's folder for temporary files.
///
/// # Errors
/// Where none can be made.
pub fn neutral_folder() -> std::io::Result<tempfile::TempDir> {
    let cache = etcetera::choose_base_strategy().map(|base| base.cache_dir().join("groundplan"));
    let folder = cache.map_err(std::io::Error::other)?;
    std::fs::create_dir_all(&folder)?;
    tempfile::Builder::new().prefix("ask-").tempdir_in(folder)
}

/// The names under which a client is installed.
fn programs(client: &str) -> &'static [&'static str] {
    match client {
        "npm" if cfg!(windows) => &["npm.cmd"],
        "npm" => &["npm"],
        "pip" => &["pip", "pip3"],
        "go" => &["go"],
        _ => &["cargo"],
    }
}

/// What makes an answer readable for us, beyond the words that a person would type.
fn options(ecosystem: Ecosystem) -> &'static [&'static str] {
    match ecosystem {
        Ecosystem::Npm => &["name", "version", "license", "deprecated", "time", "--json"],
        // Further than `go list -m NAME` says: its day, and whether it was withdrawn.
        Ecosystem::Go => &["-json", "-u", "-retracted"],
        _ => &[],
    }
}

enum Answer {
    Facts(PackageFacts),
    Missing,
    Unclear,
}

fn read(ecosystem: Ecosystem, said: &Said) -> Answer {
    let facts = match ecosystem {
        Ecosystem::Cargo => cargo(&said.out),
        Ecosystem::Npm => npm(&said.out),
        Ecosystem::Python => pip(&said.out),
        Ecosystem::Go => go(&said.out),
        _ => None,
    };
    let missing = match ecosystem {
        Ecosystem::Cargo => said.error.contains("could not find"),
        Ecosystem::Npm => said.out.contains("E404") || said.error.contains("E404"),
        // Without the network, pip says the same at its end.
        Ecosystem::Python => {
            said.error.contains("No matching distribution")
                && !["Retrying", "onnection", "Could not fetch", "timed out"]
                    .iter()
                    .any(|sign| said.error.contains(sign))
        }
        Ecosystem::Go => said.error.contains("404 Not Found") || said.error.contains("no matching versions"),
        _ => false,
    };
    match facts {
        Some(facts) if said.succeeded => Answer::Facts(facts),
        _ if missing && !said.succeeded => Answer::Missing,
        _ => Answer::Unclear,
    }
}

/// The line by which a client says what went wrong.
fn complaint(said: &Said) -> String {
    let lines = || said.error.lines().map(str::trim).filter(|line| !line.is_empty());
    let line = lines().find(|line| line.to_ascii_lowercase().contains("error")).or_else(|| lines().next());
    line.map_or_else(|| "its answer could not be read".to_owned(), |line| line.chars().take(120).collect())
}

/// `cargo info` writes `version: 1.2.3`, with `(latest 2.0.0)` behind a version that it chose for another reason.
fn cargo(out: &str) -> Option<PackageFacts> {
    let field = |name: &str| out.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).map(str::trim);
    let version = field("version")?;
    let latest = version.split_once("(latest ").map_or(version, |(_, rest)| rest);
    let latest = latest.split([' ', ')']).next()?.to_owned();
    let withdrawn = version.contains("yanked").then(|| "yanked".to_owned());
    let licence = field("license").filter(|licence| *licence != "unknown").map(str::to_owned);
    Some(PackageFacts { latest, licence, released: None, withdrawn })
}

fn npm(out: &str) -> Option<PackageFacts> {
    let value: serde_json::Value = serde_json::from_str(out).ok()?;
    let text = |name: &str| value.get(name).and_then(|value| value.as_str()).map(str::to_owned);
    let latest = text("version")?;
    let released = value.get("time").and_then(|time| time.get(&latest)).and_then(|time| time.as_str()).map(day);
    let withdrawn = text("deprecated").map(|why| format!("deprecated: {}", why.trim_end_matches('.')));
    Some(PackageFacts { licence: text("license"), released, withdrawn, latest })
}

/// `pip index versions` writes `name (1.2.3)` first.
fn pip(out: &str) -> Option<PackageFacts> {
    let (_, rest) = out.lines().next()?.split_once(" (")?;
    Some(PackageFacts { latest: rest.strip_suffix(')')?.to_owned(), ..PackageFacts::default() })
}

fn go(out: &str) -> Option<PackageFacts> {
    let value: serde_json::Value = serde_json::from_str(out).ok()?;
    let text = |name: &str| value.get(name).and_then(|value| value.as_str());
    let deprecated = text("Deprecated").map(|why| format!("deprecated: {why}"));
    let withdrawn = deprecated.or_else(|| value.get("Retracted").map(|_| "retracted".to_owned()));
    let latest = text("Version")?.to_owned();
    Some(PackageFacts { latest, licence: None, released: text("Time").map(day), withdrawn })
}

/// The day of a moment in RFC 3339.
fn day(moment: &str) -> String {
    moment.chars().take(10).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_the_clients() {
        let facts = |latest: &str, licence: Option<&str>, released: Option<&str>, withdrawn: Option<&str>| {
            let own = |text: Option<&str>| text.map(str::to_owned);
            Some(PackageFacts {
                latest: latest.to_owned(),
                licence: own(licence),
                released: own(released),
                withdrawn: own(withdrawn),
            })
        };
        assert_eq!(
            cargo("governor #gcra\nA rate limiter: fast\nversion: 0.10.4\nlicense: MIT\nrust-version: unknown\n"),
            facts("0.10.4", Some("MIT"), None, None)
        );
        assert_eq!(cargo("x\nversion: 1.0.0 (latest 2.1.0)\nlicense: unknown\n"), facts("2.1.0", None, None, None));
        let answer = r#"{"version": "2.0.1", "license": "ISC", "deprecated": "use y.", "time": {"2.0.1": "2026-01-02T03:04:05Z"}}"#;
        assert_eq!(npm(answer), facts("2.0.1", Some("ISC"), Some("2026-01-02"), Some("deprecated: use y")));
        assert_eq!(pip("slowapi (0.1.10)\nAvailable versions: 0.1.10, 0.1.9\n"), facts("0.1.10", None, None, None));
        let answer =
            r#"{"Path": "x.org/y", "Version": "v1.2.3", "Time": "2026-01-02T03:04:05Z", "Retracted": ["bad"]}"#;
        assert_eq!(go(answer), facts("v1.2.3", None, Some("2026-01-02"), Some("retracted")));
        assert_eq!((cargo(""), npm("{}"), pip(""), go("")), (None, None, None, None));
        assert_eq!(
            facts("1.0", Some("MIT"), Some("2026-01-02"), None).unwrap().line(),
            "1.0, MIT, released 2026-01-02"
        );
    }

    #[test]
    fn only_a_registry_that_answers_says_that_a_package_is_missing() {
        let said = |error: &str| Said { succeeded: false, out: String::new(), error: error.to_owned() };
        let is_missing = |ecosystem, error: &str| matches!(read(ecosystem, &said(error)), Answer::Missing);
        assert!(is_missing(Ecosystem::Python, "ERROR: No matching distribution found for x"));
        let offline = "WARNING: Retrying after connection broken\nERROR: No matching distribution found for x";
        assert!(!is_missing(Ecosystem::Python, offline));
        assert!(!is_missing(Ecosystem::Go, "go: cannot match \"x\": go.mod file not found in current directory"));
        assert_eq!(question(Ecosystem::Go, "x.org/y").unwrap().join(" "), "go list -m x.org/y@latest");
        assert_eq!(question(Ecosystem::Npm, "--registry=http://evil.example"), None);
    }

    #[test]
    fn a_client_that_is_not_there_is_said() {
        let words: Vec<String> = ["cargo", "no-such-command-of-cargo", "x"].map(str::to_owned).to_vec();
        let package = ask_client(Ecosystem::Cargo, &words, &Cancel::default()).unwrap();
        assert!(
            matches!(&package, Package::Unanswered { reason, .. } if reason.contains("no such command")),
            "{package:?}"
        );
    }
}
