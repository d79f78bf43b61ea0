//! Package registries: asked only with the user's permission, through the real clients.
//!
//! Where `GROUNDPLAN_REGISTRIES` is set, as `tests/run` sets it, the registries have to answer; without it a plan may
//! also say that they did not.

mod support;

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use support::{Client, full};

const REQUIREMENTS: &str =
    "# Limits\n\n## Requirements\n\n- **FR-001**: The system MUST throttle sign-in at a rate of 5 a minute.\n";

/// A folder with a project in an ecosystem, and a user's settings beside it.
fn project(manifest: &str, text: &str, source: &str) -> (tempfile::TempDir, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("src")).unwrap();
    std::fs::write(folder.path().join(manifest), text).unwrap();
    std::fs::write(folder.path().join(source), "").unwrap();
    std::fs::write(folder.path().join("limits.md"), REQUIREMENTS).unwrap();
    std::fs::write(folder.path().join("groundplan.toml"), "").unwrap();
    (folder, tempfile::tempdir().unwrap())
}

fn allow(home: &Path) {
    std::fs::create_dir_all(home.join("groundplan")).unwrap();
    std::fs::write(home.join("groundplan/config.toml"), "[research]\nregistries = true\n").unwrap();
}

fn plan(folder: &Path, home: &Path) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_groundplan"));
    command.args(["plan", "--stdout", "limits.md"]).current_dir(folder);
    command.env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR")).env("XDG_CONFIG_HOME", home);
    let done = command.output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

/// The plan cites what a client has said of a package, or says why it has not.
fn check(manifest: &str, text: &str, source: &str, command: &str, package: &str) {
    let (folder, home) = project(manifest, text, source);
    let silent = plan(folder.path(), home.path());
    assert!(silent.contains(&format!("`{package}` as a new dependency, whose licence and upkeep")), "{silent}");
    assert!(!silent.contains(command), "{silent}");
    allow(home.path());
    let told = plan(folder.path(), home.path());
    if std::env::var_os("GROUNDPLAN_REGISTRIES").is_none() && told.contains("had no answer") {
        return;
    }
    let cited = told
        .lines()
        .find(|line| line.contains(&format!("[{command} {package}] \"")))
        .unwrap_or_else(|| panic!("{told}"));
    let facts = cited.split('"').nth(1).unwrap();
    assert!(facts.starts_with(|c: char| c.is_ascii_digit()), "{facts}");
    assert!(told.contains(&format!("`{package}` as a new dependency ({facts})")), "{told}");
    // What was read from the network is no finding of a check without it.
    std::fs::write(folder.path().join("limits.md"), &told).unwrap();
    let judged = Command::new(env!("CARGO_BIN_EXE_groundplan"))
        .args(["check", "limits.md"])
        .current_dir(folder.path())
        .env("XDG_CONFIG_HOME", home.path())
        .output()
        .unwrap();
    assert!(judged.status.success(), "{}", String::from_utf8_lossy(&judged.stdout));
}

#[test]
fn cargo_says_what_it_knows() {
    check("Cargo.toml", "[package]\nname = \"x\"\nversion = \"0.1.0\"\n", "src/lib.rs", "cargo info", "governor");
}

#[test]
fn npm_says_what_it_knows() {
    check("package.json", "{ \"name\": \"x\" }\n", "src/index.js", "npm view", "express-rate-limit");
}

#[test]
fn pip_says_what_it_knows() {
    check("pyproject.toml", "[project]\nname = \"x\"\n", "src/x.py", "pip index versions", "limits");
}

/// A workspace's own settings do not give the permission.
#[test]
fn a_workspace_cannot_allow_it() {
    let (folder, home) = project("Cargo.toml", "[package]\nname = \"x\"\n", "src/lib.rs");
    std::fs::write(folder.path().join("groundplan.toml"), "research.registries = true\n").unwrap();
    assert!(!plan(folder.path(), home.path()).contains("cargo info"));
}

fn run_in_editor(folder: &Path, home: &Path, answer: Option<&str>) -> (String, Vec<Value>) {
    let mut client = Client::spawn_for(folder, home).greet(folder, &full());
    client.answer = answer.map(str::to_owned);
    client.open(&folder.join("limits.md"), REQUIREMENTS);
    let actions = client.actions("## Requirements");
    let generate = actions.iter().find(|action| action["title"].as_str().unwrap().starts_with("Generate"));
    client.execute(generate.unwrap());
    let ending = client.ending();
    assert!(ending.starts_with("groundplan: 6 sections written"), "{ending}");
    if answer.is_some() {
        let kept = client.ending();
        assert!(kept.starts_with("groundplan: kept as `research.registries`"), "{kept}");
    }
    // A question that comes after the end of the run would be seen here.
    client.request("textDocument/hover", client.place("FR-001", 1));
    let asked = |message: &Value| message["out"]["method"] == "window/showMessageRequest";
    let questions = client.log.iter().filter(|message| asked(message)).cloned().collect();
    let text = client.text.clone();
    client.leave();
    (text, questions)
}

#[test]
fn the_editor_asks_once_and_keeps_the_answer() {
    let (folder, home) = project("Cargo.toml", "[package]\nname = \"x\"\n", "src/lib.rs");
    let folder = folder.path().canonicalize().unwrap();
    std::fs::create_dir_all(home.path().join("groundplan")).unwrap();
    let settings = home.path().join("groundplan/config.toml");
    std::fs::write(&settings, "# mine\ncode-lens = false\n").unwrap();
    let (text, questions) = run_in_editor(&folder, home.path(), Some("Never"));
    assert!(!text.contains("cargo info"), "{text}");
    assert_eq!(questions.len(), 1);
    let question = questions[0]["out"]["params"]["message"].as_str().unwrap();
    assert!(question.contains("`governor`"), "{question}");
    let kept = std::fs::read_to_string(&settings).unwrap();
    assert_eq!(kept, "# mine\ncode-lens = false\n\n[research]\nregistries = false\n");
    // The next server does not ask again.
    let (_, questions) = run_in_editor(&folder, home.path(), None);
    assert_eq!(questions, [] as [Value; 0]);
    std::fs::write(&settings, "").unwrap();
    run_in_editor(&folder, home.path(), Some("Allow"));
    assert_eq!(std::fs::read_to_string(&settings).unwrap(), "[research]\nregistries = true\n");
}
