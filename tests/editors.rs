//! One session with the capabilities of each editor, in its encoding; with `GROUNDPLAN_LOGS` every message is kept
//! there for the check against the official protocol types.

mod support;

use std::io::Write;

use serde_json::{Value, json};
use support::{Client, REQUIREMENTS, repository};

/// What an editor announces, shortened to what the server reads (initialize, logged from the real editors).
fn capabilities(editor: &str) -> Value {
    let action =
        json!({ "codeActionLiteralSupport": { "codeActionKind": { "valueSet": ["", "quickfix", "refactor"] } } });
    let base = |encodings: Value, document_changes: bool, pull: bool, lens: bool| {
        let mut all = json!({
            "general": { "positionEncodings": encodings },
            "window": { "workDoneProgress": true, "showDocument": { "support": editor != "emacs" } },
            "workspace": {
                "applyEdit": true,
                "configuration": true,
                "workspaceEdit": { "documentChanges": document_changes, "resourceOperations": ["create", "rename", "delete"] },
                "codeLens": { "refreshSupport": lens },
                "diagnostics": { "refreshSupport": lens },
                "didChangeWatchedFiles": { "dynamicRegistration": editor == "vscode" },
            },
            "textDocument": {
                "publishDiagnostics": { "relatedInformation": true },
                "codeAction": action,
                "completion": { "completionItem": { "snippetSupport": editor != "emacs" } },
            },
        });
        if pull {
            all["textDocument"]["diagnostic"] = json!({ "dynamicRegistration": false });
        }
        all
    };
    let ours = |mut all: Value| {
        all["experimental"] = json!({ "groundplan": { "runs": true, "proposals": editor == "neovim" } });
        all
    };
    match editor {
        "vscode" => ours(base(json!(["utf-16"]), true, true, true)),
        "neovim" => ours(base(json!(["utf-8", "utf-16", "utf-32"]), false, true, true)),
        "emacs" => base(json!(["utf-32", "utf-8", "utf-16"]), true, false, false),
        "helix" => base(json!(["utf-8", "utf-32", "utf-16"]), true, false, false),
        // eglot 1.9: no encodings, no progress.
        _ => {
            json!({ "workspace": { "applyEdit": true, "workspaceEdit": { "documentChanges": true } }, "textDocument": { "codeAction": action } })
        }
    }
}

fn session(editor: &str) {
    let folder = repository();
    let root = folder.path().canonicalize().unwrap();
    let mut client = Client::start(&root, &capabilities(editor));
    let text = REQUIREMENTS.replace("export orders", "export 🙂 e\u{301} orders");
    client.open(&root.join("docs/export.requirements.md"), &text);
    let params = json!({ "textDocument": client.document() });
    let lenses = client.request("textDocument/codeLens", params.clone());
    assert!(
        lenses["result"][0]["command"]["title"].as_str().unwrap().starts_with("Generate implementation plan ("),
        "{lenses}"
    );
    let actions = client.actions("🙂 e");
    client.execute(&actions[0]);
    assert!(client.ending().starts_with("groundplan: 6 sections written"));
    let pulls = capabilities(editor)["textDocument"]["diagnostic"].is_object();
    let report = |client: &mut Client| {
        if pulls {
            client.request("textDocument/diagnostic", json!({ "textDocument": client.document() }))["result"]["items"]
                .as_array()
                .cloned()
                .unwrap()
        } else {
            client.diagnostics()
        }
    };
    assert_eq!(report(&mut client), [] as [Value; 0]);
    // A range behind an emoji and a combining mark, in the client's own columns.
    let broken = client.text.replace("export 🙂 e\u{301} orders as CSV", "export 🙂 e\u{301} TBD orders as CSV");
    client.replace(&broken);
    let found = report(&mut client);
    let hole = found.iter().find(|found| found["code"] == "placeholder").unwrap_or_else(|| panic!("{found:#?}"));
    assert_eq!(hole["range"]["start"], client.at("TBD", 0));
    assert_eq!(hole["range"]["end"], client.at("TBD", 3));
    for method in ["textDocument/documentSymbol", "textDocument/foldingRange"] {
        assert!(!client.request(method, params.clone())["result"].as_array().unwrap().is_empty(), "{method}");
    }
    assert!(client.hover("FR-001", 1).contains("🙂"));
    let place = client.place("[^s1]", 2);
    client.request("textDocument/definition", place.clone());
    let mut place = place;
    place["context"] = json!({ "includeDeclaration": true });
    client.request("textDocument/references", place);
    // Completion of a missing field, with a stop where the client has snippets.
    let start = client.text.find("- **Components**").unwrap();
    let end = start + client.text[start..].find("- **Dependencies**").unwrap();
    let mut text = client.text.clone();
    text.replace_range(start..end, "- \n");
    client.replace(&text);
    let at = Value::clone(&client.at("- \n", 2));
    let items = client.request("textDocument/completion", json!({ "textDocument": client.document(), "position": at }))
        ["result"]
        .clone();
    let item = items
        .as_array()
        .unwrap()
        .iter()
        .find(|item| item["label"] == "Components")
        .unwrap_or_else(|| panic!("{items:#}"));
    assert_eq!(
        item["insertTextFormat"],
        if editor == "vscode" || editor == "neovim" || editor == "helix" { 2 } else { 1 }
    );
    if editor == "vscode" {
        extras(&mut client, &root);
    }
    if editor == "neovim" {
        client.accept = Some(true);
        regenerate_by_hand(&mut client);
        assert!(!client.text.contains("My words."));
    }
    client.pause(std::time::Duration::from_millis(200));
    client.shut_down();
    keep(editor, &client);
    client.exit();
}

/// Asks for a section that a person has changed.
fn regenerate_by_hand(client: &mut Client) {
    let edited = client.text.replace("### Timeline and Milestones\n", "### Timeline and Milestones\n\nMy words.\n");
    client.replace(&edited);
    let regenerate = client
        .actions("### Timeline and Milestones")
        .into_iter()
        .find(|action| action["title"].as_str().unwrap().starts_with("Regenerate"))
        .unwrap();
    client.execute(&regenerate);
    client.ending();
}

/// What only some clients reach: a refused edit by hand, a new file, a refresh.
fn extras(client: &mut Client, root: &std::path::Path) {
    regenerate_by_hand(client);
    assert!(client.text.contains("My words."));
    client.notify(
        "workspace/didChangeWatchedFiles",
        json!({ "changes": [{ "uri": format!("file://{}/src/report.rs", root.display()), "type": 2 }] }),
    );
    client.wait("a refresh", |message| message["method"] == "workspace/diagnostic/refresh");
    client.open(&root.join("docs/other.requirements.md"), REQUIREMENTS);
    let apart = client
        .actions("FR-001")
        .into_iter()
        .find(|action| action["title"] == "Generate implementation plan into a new file")
        .unwrap();
    client.execute(&apart);
    client.ending();
}

fn keep(editor: &str, client: &Client) {
    let Some(folder) = std::env::var_os("GROUNDPLAN_LOGS") else { return };
    let mut file = std::fs::File::create(std::path::Path::new(&folder).join(format!("{editor}.jsonl"))).unwrap();
    for message in &client.log {
        writeln!(file, "{message}").unwrap();
    }
}

#[test]
fn visual_studio_code() {
    session("vscode");
}

#[test]
fn neovim() {
    session("neovim");
}

#[test]
fn emacs_30() {
    session("emacs");
}

#[test]
fn emacs_28() {
    session("emacs-28");
}

#[test]
fn helix() {
    session("helix");
}
