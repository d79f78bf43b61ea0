//! The server as a process: order, broken frames, ends of life, and a loop that nothing blocks.

mod support;

use std::io::{BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use groundplan::server::serve::serve;
use groundplan::server::transport::{Frame, frame, read_frame};
use serde_json::{Value, json};
use support::{Client, PATIENCE, REQUIREMENTS, full};
use tower_lsp::jsonrpc::Result as Answer;
use tower_lsp::ls_types::*;
use tower_lsp::{LanguageServer, LspService};

fn idle() -> (tempfile::TempDir, Client) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    let client = Client::start(&root, &full());
    (folder, client)
}

/// Five thousand single keys with hovers in between: every hover sees the text of its moment.
#[test]
fn five_thousand_edits_and_hovers_keep_their_order() {
    let (folder, mut client) = idle();
    let path = folder.path().canonicalize().unwrap().join("a.requirements.md");
    client.open(&path, "# T\n\n## Requirements\n\n- **FR-001**: The system MUST count 🙂\n");
    let base = client.text.clone();
    let line = 4;
    let column = base.lines().nth(line).unwrap().len();
    let mut typed = String::new();
    let mut asked = Vec::new();
    for n in 0..5000 {
        let key = char::from(b'a' + (n % 26) as u8);
        let at = json!({ "line": line, "character": column + typed.len() });
        typed.push(key);
        client.version += 1;
        client.notify(
            "textDocument/didChange",
            json!({
                "textDocument": { "uri": client.uri, "version": client.version },
                "contentChanges": [{ "range": { "start": at, "end": at }, "text": key.to_string() }],
            }),
        );
        if n % 3 == 0 {
            let params = json!({ "textDocument": client.document(), "position": { "line": line, "character": 6 } });
            asked.push((client.ask("textDocument/hover", params), typed.clone()));
        }
    }
    for (id, typed) in asked {
        let card = client.response(id)["result"]["contents"]["value"].as_str().unwrap().to_owned();
        assert!(card.contains(&format!("count 🙂{typed}")), "a hover saw another text than that of its moment");
    }
    client.text = base.replace("🙂\n", &format!("🙂{typed}\n"));
    client.diagnostics();
    client.leave();
}

#[test]
fn broken_messages_are_answered_and_the_server_lives() {
    let long = "x".repeat(20_000);
    let cases: Vec<(&str, Vec<u8>, i64)> = vec![
        ("bad JSON", frame(b"{\"jsonrpc\": \"2.0\", \"id\": 1, "), -32700),
        ("invalid UTF-8", frame(b"{\"jsonrpc\":\"2.0\",\"method\":\"\xff\xfe\"}"), -32700),
        ("a batch", frame(b"[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"shutdown\"}]"), -32600),
        ("a number", frame(b"42"), -32600),
        ("no method", frame(b"{\"jsonrpc\":\"2.0\",\"id\":77}"), -32600),
        ("no length", b"X-Header: 1\r\n\r\n{\"a\":1}".to_vec(), -32700),
        ("a length that is none", b"Content-Length: ten\r\n\r\n{}".to_vec(), -32700),
        ("ten gigabytes", b"Content-Length: 10000000000\r\n\r\n{\"a\":1}".to_vec(), -32700),
        ("noise", format!("{long}\r\n").into_bytes(), -32700),
    ];
    for (what, bytes, code) in cases {
        let (_folder, mut client) = idle();
        client.raw(&bytes);
        let answer = client.wait(what, |message| message.get("error").is_some());
        assert_eq!(answer["error"]["code"], code, "{what}: {answer}");
        assert!(!answer["error"]["message"].as_str().unwrap().is_empty());
        client.leave();
    }
    // Headers of other spellings are no errors at all.
    let (_folder, mut client) = idle();
    let body = json!({ "jsonrpc": "2.0", "id": 900, "method": "shutdown" }).to_string();
    client
        .raw(format!("content-length: {}\r\nContent-Type: application/x\r\nX: y\r\n\r\n{body}", body.len()).as_bytes());
    assert!(client.response(900)["error"].is_null());
}

#[test]
fn unknown_methods_and_wrong_arguments_are_answered() {
    let (_folder, mut client) = idle();
    assert_eq!(client.request("groundplan/unknown", json!({}))["error"]["code"], -32601);
    assert_eq!(client.request("textDocument/hover", json!({ "no": 1 }))["error"]["code"], -32602);
    let answer =
        client.request("workspace/executeCommand", json!({ "command": "groundplan.generate", "arguments": [] }));
    assert_eq!(answer["error"]["message"], "groundplan.generate takes one argument: {\"uri\": \"file:///…\"}");
    let answer = client.request(
        "workspace/executeCommand",
        json!({ "command": "groundplan.generate", "arguments": ["file:///nowhere.md"] }),
    );
    assert_eq!(answer["error"]["message"], "the document is not open; open it and try again");
    client.notify("$/unknown", json!({}));
    client.notify(
        "textDocument/didChange",
        json!({ "textDocument": { "uri": "file:///nowhere.md", "version": 2 }, "contentChanges": [{ "text": "x" }] }),
    );
    client.leave();
}

#[test]
fn every_end_of_life_ends_the_process_in_time() {
    const SOON: Duration = Duration::from_secs(2);
    let (_folder, mut client) = idle();
    client.input = None;
    assert_eq!(client.ended(SOON).expect("end of input").code(), Some(1));
    let (_folder, mut client) = idle();
    client.notify("exit", Value::Null);
    assert_eq!(client.ended(SOON).expect("exit alone").code(), Some(1));
    let (_folder, mut client) = idle();
    client.request("shutdown", Value::Null);
    client.notify("exit", Value::Null);
    assert_eq!(client.ended(SOON).expect("exit with the input held open").code(), Some(0));
    let (_folder, mut client) = idle();
    client.request("shutdown", Value::Null);
    client.input = None;
    assert_eq!(client.ended(SOON).expect("end of input after shutdown").code(), Some(0));
}

/// The client's process dies while another one holds the pipe open.
#[cfg(unix)]
#[test]
fn the_death_of_the_client_ends_the_server() {
    let mut sleeper = Command::new("sleep").arg("600").stdin(Stdio::null()).spawn().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::spawn(folder.path());
    client.request("initialize", json!({ "processId": sleeper.id(), "capabilities": {} }));
    sleeper.kill().unwrap();
    sleeper.wait().unwrap();
    assert_eq!(client.ended(Duration::from_secs(2)).expect("the server ends").code(), Some(1));
}

/// The client's process was dead before the server could look.
#[cfg(unix)]
#[test]
fn a_client_that_is_dead_already_ends_the_server() {
    let mut sleeper = Command::new("sleep").arg("600").stdin(Stdio::null()).spawn().unwrap();
    sleeper.kill().unwrap();
    sleeper.wait().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::spawn(folder.path());
    client.ask("initialize", json!({ "processId": sleeper.id(), "capabilities": {} }));
    assert_eq!(client.ended(Duration::from_secs(2)).expect("the server ends").code(), Some(1));
}

/// A run is going on when the input ends: no child is left and nothing holds the process.
#[cfg(unix)]
#[test]
fn no_child_is_left_behind() {
    let folder = support::repository();
    let root = folder.path().canonicalize().unwrap();
    let mut client = Client::start(&root, &full());
    client.open(&root.join("docs/export.requirements.md"), REQUIREMENTS);
    let generate = client.actions("## Requirements").remove(0);
    client.execute(&generate);
    let pid = client.child.id();
    client.input = None;
    assert!(client.ended(Duration::from_secs(2)).is_some());
    let children = Command::new("ps").args(["--ppid", &pid.to_string(), "-o", "pid="]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&children.stdout).trim(), "");
}

/// A client that asks a thousand questions and reads no answer gets every one when it reads again.
#[test]
fn a_client_that_does_not_read_loses_no_response() {
    let (folder, mut client) = idle();
    let path = folder.path().canonicalize().unwrap().join("a.requirements.md");
    client.open(&path, REQUIREMENTS);
    let ids: Vec<i64> = (0..1000)
        .map(|_| {
            let params = client.place("FR-001", 2);
            client.ask("textDocument/hover", params)
        })
        .collect();
    for id in ids {
        assert!(client.response(id)["error"].is_null());
    }
    client.leave();
}

/// A server that misbehaves in every way that a handler can, on the same loop.
struct Rough {
    client: tower_lsp::Client,
    changes: Mutex<usize>,
}

impl LanguageServer for Rough {
    async fn initialize(&self, _: InitializeParams) -> Answer<InitializeResult> {
        Ok(InitializeResult::default())
    }

    async fn shutdown(&self) -> Answer<()> {
        Ok(())
    }

    async fn hover(&self, params: HoverParams) -> Answer<Option<Hover>> {
        match params.text_document_position_params.position.line {
            0 => panic!("on purpose"),
            1 => {
                tokio::task::yield_now().await;
                panic!("later, on purpose");
            }
            2 => std::future::pending().await,
            _ => Ok(None),
        }
    }

    async fn did_save(&self, _: DidSaveTextDocumentParams) {
        panic!("in a notification");
    }

    async fn did_change(&self, _: DidChangeTextDocumentParams) {
        *self.changes.lock().unwrap() += 1;
        self.client.log_message(MessageType::INFO, "changed").await;
    }

    async fn code_lens(&self, _: CodeLensParams) -> Answer<Option<Vec<CodeLens>>> {
        let applied = self.client.apply_edit(WorkspaceEdit::default()).await;
        Ok(applied.ok().map(|_| Vec::new()))
    }
}

/// Speaks to [`Rough`] over pipes inside this process.
struct Talk {
    input: std::io::PipeWriter,
    messages: std::sync::mpsc::Receiver<Value>,
    kept: Vec<Value>,
}

impl Talk {
    fn start() -> Self {
        let (reads, input) = std::io::pipe().unwrap();
        let (output, writes) = std::io::pipe().unwrap();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            runtime.block_on(async {
                let (service, socket) = LspService::new(|client| Rough { client, changes: Mutex::new(0) });
                serve(service, socket, reads, writes, |_| {}).await
            });
            runtime.shutdown_background();
        });
        let (sender, messages) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            while let Frame::Body(body) = read_frame(&mut output) {
                if sender.send(serde_json::from_slice(&body).unwrap()).is_err() {
                    return;
                }
            }
        });
        let mut talk = Self { input, messages, kept: Vec::new() };
        talk.send(json!({ "id": 1, "method": "initialize", "params": { "capabilities": {} } }));
        talk.answer(1);
        talk.send(json!({ "method": "initialized", "params": {} }));
        talk
    }

    fn send(&mut self, mut message: Value) {
        message["jsonrpc"] = json!("2.0");
        self.input.write_all(&frame(message.to_string().as_bytes())).unwrap();
    }

    fn hover(&mut self, id: i64, line: u32) {
        let position = json!({ "line": line, "character": 0 });
        self.send(json!({ "id": id, "method": "textDocument/hover", "params": { "textDocument": { "uri": "file:///a" }, "position": position } }));
    }

    fn find(&mut self, fits: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.kept.iter().position(&fits) {
            return self.kept.remove(at);
        }
        let until = Instant::now() + PATIENCE;
        loop {
            let message =
                self.messages.recv_timeout(until.saturating_duration_since(Instant::now())).expect("an answer");
            if fits(&message) {
                return message;
            }
            self.kept.push(message);
        }
    }

    fn answer(&mut self, id: i64) -> Value {
        self.find(|message| message["id"] == id && message.get("method").is_none())
    }
}

#[test]
fn a_panic_is_answered_and_the_server_lives() {
    let mut talk = Talk::start();
    for (id, line) in [(2, 0), (3, 1)] {
        talk.hover(id, line);
        let answer = talk.answer(id);
        assert_eq!(answer["error"]["code"], -32603, "{answer}");
        assert!(answer["error"]["message"].as_str().unwrap().contains("on purpose"));
    }
    for _ in 0..2 {
        talk.send(json!({ "method": "textDocument/didSave", "params": { "textDocument": { "uri": "file:///a" } } }));
    }
    let told = talk.find(|message| message["method"] == "window/showMessage");
    assert!(told["params"]["message"].as_str().unwrap().contains("textDocument/didSave failed (in a notification)"));
    talk.hover(4, 9);
    assert!(talk.answer(4)["error"].is_null());
    assert!(!talk.kept.iter().any(|message| message["method"] == "window/showMessage"), "a fault is told once");
}

#[test]
fn cancel_is_heard_behind_slow_requests() {
    let mut talk = Talk::start();
    for id in 10..20 {
        talk.hover(id, 2);
    }
    talk.send(json!({ "method": "$/cancelRequest", "params": { "id": 17 } }));
    assert_eq!(talk.answer(17)["error"]["code"], -32800);
    talk.hover(30, 9);
    assert!(talk.answer(30)["error"].is_null());
}

#[test]
fn handlers_that_wait_for_the_client_block_nothing() {
    let mut talk = Talk::start();
    for id in 40..44 {
        talk.send(json!({ "id": id, "method": "textDocument/codeLens", "params": { "textDocument": { "uri": "file:///a" } } }));
    }
    let asked: Vec<Value> =
        (0..4).map(|_| talk.find(|message| message["method"] == "workspace/applyEdit")["id"].clone()).collect();
    for n in 0..400 {
        talk.send(json!({ "method": "textDocument/didChange", "params": { "textDocument": { "uri": "file:///a", "version": n }, "contentChanges": [] } }));
    }
    talk.hover(50, 9);
    assert!(talk.answer(50)["error"].is_null());
    for id in asked {
        talk.send(json!({ "id": id, "result": { "applied": true } }));
    }
    for id in 40..44 {
        assert!(talk.answer(id)["error"].is_null());
    }
}
