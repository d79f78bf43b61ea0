//! Several roots in one session: each with its own configuration and templates; documents outside all of them.

mod support;

use serde_json::{Value, json};
use support::{Client, full};

const TEXT: &str = "# T\n\n## Requirements\n\n- **FR-001**: The system MUST say TBD\n";

#[test]
fn every_root_has_its_own_settings() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    for (name, level) in [("a", "error"), ("b", "off")] {
        std::fs::create_dir(root.join(name)).unwrap();
        std::fs::write(root.join(name).join("groundplan.toml"), format!("[rules]\nplaceholder = '{level}'\n")).unwrap();
    }
    // A root inside a root: the deeper one holds.
    std::fs::create_dir(root.join("a/inner")).unwrap();
    std::fs::write(root.join("a/inner/groundplan.toml"), "[rules]\nplaceholder = 'hint'\n").unwrap();
    let mut client = Client::spawn(&root);
    let uri = |name: &str| format!("file://{}", root.join(name).display());
    let folders: Vec<Value> =
        ["a", "b", "a/inner"].iter().map(|name| json!({ "uri": uri(name), "name": name })).collect();
    client.request("initialize", json!({ "processId": null, "workspaceFolders": folders, "capabilities": full() }));
    client.notify("initialized", json!({}));
    let mut severities = |name: &str| {
        client.open(&root.join(name).join("x.requirements.md"), TEXT);
        client.diagnostics().iter().map(|found| found["severity"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(severities("a"), [1]);
    assert_eq!(severities("b"), [] as [i64; 0]);
    assert_eq!(severities("a/inner"), [4]);
    client.leave();
}

#[test]
fn a_broken_configuration_is_told_on_its_file_and_mended_live() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    let settings = root.join("groundplan.toml");
    std::fs::write(&settings, "[rules]\nplaceholdr = 'off'\n[model]\nendpoint = 'http://x'\n").unwrap();
    let mut client = Client::start(&root, &full());
    client.open(&root.join("x.requirements.md"), TEXT);
    assert_eq!(client.diagnostics().len(), 1);
    let uri = format!("file://{}", settings.display());
    let told = |client: &mut Client, uri: &str| {
        client.wait("problems", |message| {
            message["method"] == "textDocument/publishDiagnostics" && message["params"]["uri"] == uri
        })["params"]["diagnostics"]
            .clone()
    };
    client.notify("workspace/didChangeWatchedFiles", json!({ "changes": [{ "uri": uri, "type": 2 }] }));
    let found = told(&mut client, &uri);
    let messages: Vec<&str> =
        found.as_array().unwrap().iter().map(|found| found["message"].as_str().unwrap()).collect();
    assert!(messages.iter().any(|message| message.starts_with("there is no rule `placeholdr`")), "{messages:?}");
    assert!(
        messages.iter().any(|message| message.starts_with("`model` is never read from a workspace")),
        "{messages:?}"
    );
    std::fs::write(&settings, "[rules]\nplaceholder = 'off'\n").unwrap();
    client.notify("workspace/didChangeWatchedFiles", json!({ "changes": [{ "uri": uri, "type": 2 }] }));
    client.wait("cleared problems", |message| {
        message["params"]["uri"] == uri.as_str() && message["params"]["diagnostics"] == json!([])
    });
    let document = client.uri.clone();
    client.wait("the finding is gone", |message| {
        message["params"]["uri"] == document.as_str() && message["params"]["diagnostics"] == json!([])
    });
    client.leave();
}
