//! A client of the real server: speaks the protocol over pipes, answers what the server asks, keeps every message.
#![allow(dead_code, reason = "every test file uses a part of it")]

pub mod desk;
pub mod model;
pub mod plans;

use std::collections::VecDeque;
use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use groundplan::server::transport::{Frame, frame, read_frame};
use groundplan::text::{Edit, Encoding, Position, Text, apply_all};
use serde_json::{Value, json};

/// Longer than any answer takes on a loaded machine; a test that waits this long has failed.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The server as a child process, and the documents as an editor has them.
pub struct Client {
    pub child: Child,
    pub input: Option<ChildStdin>,
    messages: Receiver<Value>,
    next_id: i64,
    /// Notifications and requests of the server that no test has looked at yet.
    pub seen: VecDeque<Value>,
    pub uri: String,
    pub text: String,
    pub version: i32,
    pub encoding: Encoding,
    /// How `workspace/applyEdit` is answered.
    pub refuse_edits: usize,
    /// Whether `window/workDoneProgress/create` is answered.
    pub agree_to_progress: bool,
    /// Titles of answers to questions.
    pub answer: Option<String>,
    /// How a proposed section is answered.
    pub accept: Option<bool>,
    /// What a person makes of the document while they look at a proposal.
    pub meanwhile: Option<String>,
    /// Edits as they came, for looking at.
    pub edits: Vec<Value>,
    /// Every message, as the conformance check reads it.
    pub log: Vec<Value>,
}

/// The settings of a user who wants no registry asked; the developer's own are none of the tests' business.
pub fn config_home() -> PathBuf {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("home");
    let file = home.join("groundplan/config.toml");
    if !file.exists() {
        std::fs::create_dir_all(home.join("groundplan")).expect("a folder for settings");
        std::fs::write(file, "research.registries = false\n").expect("settings");
    }
    home
}

/// Capabilities with everything that the server knows to use.
pub fn full() -> Value {
    json!({
        "general": { "positionEncodings": ["utf-8", "utf-16", "utf-32"] },
        "window": { "workDoneProgress": true, "showDocument": { "support": true } },
        "workspace": {
            "applyEdit": true,
            "workspaceEdit": { "documentChanges": true, "resourceOperations": ["create", "rename", "delete"] },
            "codeLens": { "refreshSupport": true },
        },
        "textDocument": {
            "publishDiagnostics": { "relatedInformation": true },
            "codeAction": { "codeActionLiteralSupport": { "codeActionKind": { "valueSet": [] } } },
            "completion": { "completionItem": { "snippetSupport": true } },
        },
    })
}

impl Client {
    /// Starts the server without saying anything, for a user who has no wish to have registries asked.
    pub fn spawn(folder: &Path) -> Self {
        Self::spawn_for(folder, &config_home())
    }

    /// The same with variables of the environment.
    pub fn spawn_with(folder: &Path, variables: &[(&str, &str)]) -> Self {
        Self::begin(folder, &config_home(), variables)
    }

    /// Starts the server for the user whose settings stand in a folder.
    pub fn spawn_for(folder: &Path, config_home: &Path) -> Self {
        Self::begin(folder, config_home, &[])
    }

    fn begin(folder: &Path, config_home: &Path, variables: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_groundplan"))
            .arg("lsp")
            .current_dir(folder)
            .env("SOURCE_DATE_EPOCH", "1795305600")
            .env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"))
            .env("XDG_CONFIG_HOME", config_home)
            .env("XDG_STATE_HOME", config_home.join("state"))
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("the server starts");
        let output = child.stdout.take().expect("piped");
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            while let Frame::Body(body) = read_frame(&mut output) {
                let message = serde_json::from_slice(&body).expect("the server sends JSON");
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        Self {
            input: child.stdin.take(),
            child,
            messages,
            next_id: 0,
            seen: VecDeque::new(),
            uri: String::new(),
            text: String::new(),
            version: 0,
            encoding: Encoding::Utf8,
            refuse_edits: 0,
            agree_to_progress: true,
            answer: None,
            accept: None,
            meanwhile: None,
            edits: Vec::new(),
            log: Vec::new(),
        }
    }

    /// Starts the server and shakes hands.
    pub fn start(folder: &Path, capabilities: &Value) -> Self {
        Self::spawn(folder).greet(folder, capabilities)
    }

    /// Shakes hands.
    pub fn greet(self, folder: &Path, capabilities: &Value) -> Self {
        let mut client = self;
        let uri = format!("file://{}", folder.display());
        let result = client.request(
            "initialize",
            json!({
                "processId": std::process::id(),
                "rootUri": uri,
                "workspaceFolders": [{ "uri": uri, "name": "root" }],
                "capabilities": capabilities,
            }),
        );
        client.encoding = match result["result"]["capabilities"]["positionEncoding"].as_str() {
            Some("utf-8") => Encoding::Utf8,
            Some("utf-32") => Encoding::Utf32,
            _ => Encoding::Utf16,
        };
        client.notify("initialized", json!({}));
        client
    }

    pub fn raw(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().expect("the input is open");
        input.write_all(bytes).and_then(|()| input.flush()).expect("the server reads");
    }

    pub fn send(&mut self, message: &Value) {
        self.log.push(json!({ "in": message }));
        self.raw(&frame(message.to_string().as_bytes()));
    }

    pub fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    pub fn ask(&mut self, method: &str, params: Value) -> i64 {
        self.next_id += 1;
        let id = self.next_id;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        id
    }

    pub fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.ask(method, params);
        self.response(id)
    }

    /// The response to a request; what comes before it is answered and kept.
    pub fn response(&mut self, id: i64) -> Value {
        self.wait(&format!("the response to {id}"), |message| message["id"] == id && message.get("method").is_none())
    }

    /// The next message that fits, kept ones first.
    pub fn wait(&mut self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.seen.iter().position(&fits) {
            return self.seen.remove(at).expect("just found");
        }
        let until = Instant::now() + PATIENCE;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let message = match self.messages.recv_timeout(left) {
                Ok(message) => message,
                Err(error) => panic!("{error} while waiting for {what}; seen: {:#?}", self.seen),
            };
            self.take(&message);
            if fits(&message) {
                return message;
            }
            self.seen.push_back(message);
        }
    }

    /// Waits for a notification and gives its parameters.
    pub fn notification(&mut self, method: &str) -> Value {
        self.wait(method, |message| message["method"] == method)["params"].clone()
    }

    /// Takes in what arrives within a time.
    pub fn pause(&mut self, time: Duration) {
        let until = Instant::now() + time;
        loop {
            match self.messages.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(message) => {
                    self.take(&message);
                    self.seen.push_back(message);
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn take(&mut self, message: &Value) {
        self.log.push(json!({ "out": message }));
        if message.get("method").is_none() || message.get("id").is_none() {
            return;
        }
        let id = message["id"].clone();
        let result = match message["method"].as_str().expect("a method") {
            "workspace/applyEdit" => {
                let edit = message["params"]["edit"].clone();
                self.edits.push(edit.clone());
                if self.refuse_edits > 0 {
                    self.refuse_edits -= 1;
                    json!({ "applied": false })
                } else {
                    self.apply(&edit);
                    json!({ "applied": true })
                }
            }
            "window/workDoneProgress/create" if !self.agree_to_progress => return,
            "window/showMessageRequest" => match &self.answer {
                Some(title) => json!({ "title": title }),
                None => Value::Null,
            },
            "groundplan/propose" => {
                if let Some(text) = self.meanwhile.take() {
                    self.replace(&text);
                }
                match self.accept {
                    Some(accepted) => json!({ "accepted": accepted }),
                    None => Value::Null,
                }
            }
            "window/showDocument" => json!({ "success": true }),
            "workspace/configuration" => json!([null]),
            _ => Value::Null,
        };
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "result": result }));
    }

    /// Applies an edit of the open document, tells the server, as an editor does.
    fn apply(&mut self, edit: &Value) {
        let edits = match (&edit["changes"][&self.uri], &edit["documentChanges"][0]["edits"]) {
            (Value::Array(edits), _) | (_, Value::Array(edits)) => edits.clone(),
            _ => return,
        };
        if let Some(version) = edit["documentChanges"][0]["textDocument"]["version"].as_i64() {
            assert_eq!(version, i64::from(self.version), "edits name the version that they are made for");
        }
        let text = Text::new(&self.text);
        let offset = |place: &Value| {
            let number = |name: &str| u32::try_from(place[name].as_u64().expect("a number")).expect("small");
            text.offset(Position { line: number("line"), character: number("character") }, self.encoding)
        };
        let edits: Vec<Edit> = edits
            .iter()
            .map(|edit| {
                Edit::replace(
                    offset(&edit["range"]["start"])..offset(&edit["range"]["end"]),
                    edit["newText"].as_str().expect("text"),
                )
            })
            .collect();
        let after = apply_all(&self.text, &edits);
        self.replace(&after);
    }

    /// Opens a document of the folder.
    pub fn open(&mut self, path: &Path, text: &str) {
        self.uri = format!("file://{}", path.display());
        self.text = text.to_owned();
        self.version = 1;
        self.notify(
            "textDocument/didOpen",
            json!({
                "textDocument": { "uri": self.uri, "languageId": "markdown", "version": 1, "text": text },
            }),
        );
    }

    /// Replaces the whole text.
    pub fn replace(&mut self, text: &str) {
        self.text = text.to_owned();
        self.version += 1;
        self.notify(
            "textDocument/didChange",
            json!({
                "textDocument": { "uri": self.uri, "version": self.version },
                "contentChanges": [{ "text": text }],
            }),
        );
    }

    /// Position of the first occurrence of a text, some bytes behind its start.
    pub fn at(&self, needle: &str, behind: usize) -> Value {
        let offset = self.text.find(needle).unwrap_or_else(|| panic!("{needle:?} is in the text")) + behind;
        let place = Text::new(&self.text).position(offset, self.encoding);
        json!({ "line": place.line, "character": place.character })
    }

    pub fn document(&self) -> Value {
        json!({ "uri": self.uri })
    }

    pub fn place(&self, needle: &str, behind: usize) -> Value {
        json!({ "textDocument": self.document(), "position": self.at(needle, behind) })
    }

    pub fn hover(&mut self, needle: &str, behind: usize) -> String {
        let params = self.place(needle, behind);
        self.request("textDocument/hover", params)["result"]["contents"]["value"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Diagnostics pushed for the present version.
    pub fn diagnostics(&mut self) -> Vec<Value> {
        let (uri, version) = (self.uri.clone(), self.version);
        let found = self.wait("diagnostics", |message| {
            message["method"] == "textDocument/publishDiagnostics"
                && message["params"]["uri"] == uri
                && message["params"]["version"] == version
        });
        found["params"]["diagnostics"].as_array().cloned().unwrap_or_default()
    }

    pub fn actions(&mut self, needle: &str) -> Vec<Value> {
        let at = self.at(needle, 0);
        let params = json!({ "textDocument": self.document(), "range": { "start": at, "end": at }, "context": { "diagnostics": [] } });
        self.request("textDocument/codeAction", params)["result"].as_array().cloned().unwrap_or_default()
    }

    /// Executes the command of an action.
    pub fn execute(&mut self, action: &Value) -> Value {
        let command = if action["command"].is_object() { &action["command"] } else { action };
        self.request(
            "workspace/executeCommand",
            json!({ "command": command["command"], "arguments": command["arguments"] }),
        )
    }

    /// The message that ends a run.
    pub fn ending(&mut self) -> String {
        let shown = self.wait("the end of the run", |message| {
            message["method"] == "window/showMessage"
                && message["params"]["message"].as_str().is_some_and(|text| text.starts_with("groundplan:"))
        });
        shown["params"]["message"].as_str().unwrap_or_default().to_owned()
    }

    /// Waits for the process to end.
    pub fn ended(&mut self, within: Duration) -> Option<ExitStatus> {
        let until = Instant::now() + within;
        while Instant::now() < until {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return Some(status);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        None
    }

    /// Leaves as the protocol says.
    pub fn leave(mut self) {
        self.shut_down();
        self.exit();
    }

    pub fn shut_down(&mut self) {
        let answer = self.request("shutdown", Value::Null);
        assert!(answer["error"].is_null(), "{answer}");
    }

    pub fn exit(mut self) {
        self.notify("exit", Value::Null);
        let status = self.ended(PATIENCE).expect("the server ends");
        assert_eq!(status.code(), Some(0));
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // It has ended already where the test went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A small repository with git, code, tests and requirements.
pub fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        std::fs::write(path, text).expect("a file");
    };
    write(
        "Cargo.toml",
        "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\ncsv = \"1.3\"\nserde = \"1\"\n",
    );
    write("src/lib.rs", "//! A shop.\npub mod orders;\npub mod report;\n");
    write(
        "src/orders.rs",
        "//! Orders.\nuse serde::Serialize;\n\n/// An order of a customer.\n#[derive(Serialize)]\npub struct Order {\n    pub id: u32,\n}\n\n/// Keeps orders.\npub struct OrderStore {\n    orders: Vec<Order>,\n}\n\nimpl OrderStore {\n    /// Adds an order.\n    pub fn add(&mut self, order: Order) {\n        self.orders.push(order);\n    }\n}\n\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn adds() {}\n}\n",
    );
    write(
        "src/report.rs",
        "//! Reports over orders.\nuse crate::orders::OrderStore;\n\n/// Exports orders as a report.\npub fn export_report(store: &OrderStore) -> String {\n    let _ = csv::Writer::from_writer(vec![]);\n    String::new()\n}\n",
    );
    write("docs/export.requirements.md", REQUIREMENTS);
    git(folder.path(), &["init", "-q"]);
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "-q", "-m", "Add orders and the report export"]);
    folder
}

/// Runs git in a folder as Ann.
pub fn git(folder: &Path, arguments: &[&str]) {
    let done = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(["-c", "user.name=Ann", "-c", "user.email=ann@example.invalid", "-c", "protocol.file.allow=always"])
        .args(arguments)
        .output()
        .expect("git");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

pub const REQUIREMENTS: &str = "# Export 🙂\n\n## Requirements\n\n- **FR-001**: The system MUST export orders as CSV within 2 seconds\n  - WHEN there is no order THE SYSTEM SHALL write only the header\n- **FR-002**: The system MUST throttle exports to 5 a minute\n";

/// A document with a plan that the server has just written.
pub fn planned(capabilities: &Value) -> (tempfile::TempDir, Client) {
    let folder = repository();
    let root = folder.path().canonicalize().unwrap();
    let mut client = Client::start(&root, capabilities);
    client.open(&root.join("docs/export.requirements.md"), REQUIREMENTS);
    let actions = client.actions("## Requirements");
    let generate = actions
        .iter()
        .find(|action| action["title"].as_str().unwrap().starts_with("Generate implementation plan ("))
        .unwrap();
    let answer = client.execute(generate);
    assert!(answer["error"].is_null(), "{answer}");
    let ending = client.ending();
    assert!(ending.starts_with("groundplan: 6 sections written, "), "{ending}");
    (folder, client)
}
