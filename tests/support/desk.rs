//! A small repository with requirements, and a user whose configuration names a model: what tests of models start from.
#![allow(dead_code, reason = "every test file uses a part of it")]

use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::{Value, json};

use super::git;
use super::model::{Asked, Reply, Server};

pub const ORDERS: &str =
    "/** Keeps orders. */\nexport class OrderStore {\n  /** Gives all orders. */\n  all() { return [] }\n}\n";
pub const ROUTER: &str = "import { OrderStore } from './orders'\n\n/** Routes requests. */\nexport function route(path: string) { return new OrderStore().all() }\n";
pub const REQUIREMENTS: &str = "# Export\n\n## Requirements\n\n- **FR-001**: The system MUST export orders as CSV\n  - WHEN a user asks for the export THEN a file with all orders is sent\n- **FR-002**: The export route MUST refuse users who are not signed in\n";

/// A small repository with requirements, and a user's configuration that names a server.
pub struct Desk {
    pub folder: tempfile::TempDir,
    pub home: tempfile::TempDir,
}

impl Desk {
    pub fn new(server: &Server, settings: &str) -> Self {
        Self::at(&server.url, settings)
    }

    /// A desk whose model is at an address.
    pub fn at(url: &str, settings: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        git(folder.path(), &["init", "-q"]);
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("package.json", "{ \"name\": \"shop\", \"dependencies\": { \"express\": \"4.0.0\" } }\n");
        write("src/orders.ts", ORDERS);
        write("src/router.ts", ROUTER);
        write(".gitignore", "private/\n");
        write("private/notes.ts", "export const plan = 'ignored-by-git'\n");
        write("req.md", REQUIREMENTS);
        git(folder.path(), &["add", "."]);
        git(folder.path(), &["commit", "-q", "-m", "Start"]);
        let home = tempfile::tempdir().unwrap();
        let desk = Self { folder, home };
        desk.configure(&format!("model.name = 'scripted'\nmodel.endpoint = '{url}'\n{settings}"));
        desk
    }

    pub fn configure(&self, text: &str) {
        std::fs::create_dir_all(self.home.path().join("config/groundplan")).unwrap();
        let text = format!("research.registries = false\n{text}");
        std::fs::write(self.home.path().join("config/groundplan/config.toml"), text).unwrap();
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_groundplan"));
        command.args(arguments).current_dir(self.folder.path());
        command.env("XDG_CONFIG_HOME", self.home.path().join("config"));
        command.env("XDG_STATE_HOME", self.home.path().join("config/state"));
        command.env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"));
        for key in ["OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY"] {
            command.env(key, "secret-of-a-provider");
        }
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs `plan`, and gives the document and what was said.
    pub fn plan(&self) -> (String, String) {
        let done = self.run(&["plan", "req.md"]);
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(done.status.success(), "{said}");
        (std::fs::read_to_string(self.requirements()).unwrap(), said)
    }

    pub fn requirements(&self) -> PathBuf {
        self.folder.path().join("req.md")
    }

    /// The plan must obey the rules that every plan obeys.
    pub fn judge(&self) {
        let judged = self.run(&["check", "req.md"]);
        assert!(judged.status.success(), "{}", String::from_utf8_lossy(&judged.stdout));
        assert!(said(&judged).contains("claims cited a source that was read"), "{}", said(&judged));
    }
}

pub fn step(action: &str, arguments: Value) -> String {
    let mut step = arguments;
    step["action"] = json!(action);
    json!({ "step": step }).to_string()
}

/// An answer with one claim.
pub fn claim(text: &str, sources: &[&str], quote: &str) -> String {
    step(
        "answer",
        json!({
            "claims": [{ "text": text, "sources": sources, "quote": quote, "requirements": ["FR-001"] }],
            "places": [], "not_places": [], "open": [],
        }),
    )
}

pub fn nothing() -> Reply {
    Reply::Text(step("answer", json!({ "claims": [], "places": [], "not_places": [], "open": ["what else there is"] })))
}

/// Whether a request is the first of a question about places.
pub fn asks_for_places(asked: &Asked) -> bool {
    asked.text().contains("Question (system)")
}

/// The plan without citations.
pub fn bare(plan: &str) -> String {
    let mut text = plan.to_owned();
    while let Some(open) = text.find("[^s") {
        let close = open + text[open..].find(']').unwrap();
        text.replace_range(open..=close, "");
    }
    text
}

pub fn said(done: &Output) -> String {
    String::from_utf8_lossy(&done.stderr).into_owned()
}
