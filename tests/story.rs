//! The whole story against the real server: lens, action, progress, plan, hover, diagnostics, quick fix, cancel.

mod support;

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::{Client, REQUIREMENTS, config_home, full, git, planned, repository};

fn pulling() -> Value {
    let mut capabilities = full();
    capabilities["textDocument"]["diagnostic"] = json!({});
    capabilities
}

fn pulled(client: &mut Client) -> Vec<Value> {
    let params = json!({ "textDocument": client.document() });
    client.request("textDocument/diagnostic", params)["result"]["items"].as_array().cloned().unwrap()
}

#[test]
fn a_plan_is_generated_section_by_section_and_has_no_finding_of_its_own() {
    let (folder, mut client) = planned(&full());
    assert_eq!(client.edits.len(), 6);
    let progress: Vec<Value> =
        client.seen.iter().filter(|m| m["method"] == "$/progress").map(|m| m["params"].clone()).collect();
    let kinds: Vec<&str> = progress.iter().map(|p| p["value"]["kind"].as_str().unwrap()).collect();
    assert_eq!((kinds.first(), kinds.last()), (Some(&"begin"), Some(&"end")));
    assert!(progress.iter().all(|p| p["token"] == progress[0]["token"]));
    let messages: Vec<&str> = progress.iter().filter_map(|p| p["value"]["message"].as_str()).collect();
    assert!(
        messages
            .iter()
            .any(|m| ["technology ", "system ", "design ", "testing "].iter().any(|area| m.starts_with(area))),
        "{messages:?}"
    );
    assert!(messages.contains(&"writing 1/6: Executive Summary"), "{messages:?}");
    assert!(client.text.starts_with(REQUIREMENTS.trim_end()), "the requirements stay as they are");
    assert_eq!(client.diagnostics(), [] as [Value; 0], "{}", client.text);
    // The same bytes from the command line.
    let path = folder.path().join("docs/export.requirements.md");
    let done = std::process::Command::new(env!("CARGO_BIN_EXE_groundplan"))
        .arg("plan")
        .arg("--stdout")
        .arg(&path)
        .env("SOURCE_DATE_EPOCH", "1795305600")
        .env("XDG_CONFIG_HOME", config_home())
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(done.stdout).unwrap(), client.text);
    client.leave();
}

#[test]
fn a_second_run_changes_nothing_and_keeps_what_a_person_wrote() {
    let (_folder, mut client) = planned(&full());
    let first = client.text.clone();
    let actions = client.actions("## Requirements");
    let update = actions
        .iter()
        .find(|action| action["title"].as_str().unwrap().starts_with("Research the implementation plan anew ("))
        .unwrap()
        .clone();
    client.execute(&update);
    client.ending();
    let different: Vec<_> = client.text.lines().zip(first.lines()).filter(|(a, b)| a != b).collect();
    assert_eq!(client.text, first, "{different:#?}");
    let edited = first.replacen("- **Implementation Approach**:", "- **Implementation Approach**: my own words.", 1);
    client.replace(&edited);
    client.execute(&update);
    assert!(client.ending().ends_with("; kept as they were: Executive Summary"));
    assert!(client.text.contains("my own words."));
    // Asked for this one section, the server asks back, and silence means no.
    let regenerate = client
        .actions("### Executive Summary")
        .into_iter()
        .find(|a| a["title"] == "Regenerate the section “Executive Summary”")
        .unwrap();
    client.execute(&regenerate);
    client.ending();
    assert!(client.text.contains("my own words."));
    client.answer = Some("Replace my text".into());
    client.execute(&regenerate);
    client.ending();
    let different: Vec<_> = client.text.lines().zip(first.lines()).filter(|(a, b)| a != b).collect();
    assert_eq!(client.text, first, "{different:#?}");
    client.leave();
}

#[test]
fn hover_and_definition_show_where_a_claim_comes_from() {
    let (folder, mut client) = planned(&full());
    let citation = client.text.find("`src/report.rs`").unwrap();
    let id = client.text[citation..].find("[^s").map(|at| citation + at).unwrap();
    let mark = client.text[id..].split(']').next().unwrap().to_owned() + "]";
    let card = client.hover(&mark, 2);
    assert!(card.contains("· fresh: as it was read on ") && card.contains("\n\n````rust\n"), "{card}");
    let place = client.place(&mark, 2);
    let ledger = client.request("textDocument/definition", place)["result"][0].clone();
    assert_eq!(ledger["uri"], client.uri.as_str());
    let line = ledger["range"]["start"]["line"].as_u64().unwrap() as usize;
    let entry = client.text.lines().nth(line).unwrap().to_owned();
    assert!(entry.starts_with(&mark.replace(']', "]: ")), "{entry}");
    let place = client.place(&entry, 4);
    let file = client.request("textDocument/definition", place)["result"][0].clone();
    assert!(file["uri"].as_str().unwrap().contains(folder.path().file_name().unwrap().to_str().unwrap()), "{file}");
    assert!(client.hover("FR-001", 3).contains("Served by phase"), "a requirement says who serves it");
    assert!(client.hover("**Reuse Strategy**", 4).starts_with("**Reuse Strategy**\n\nExisting components"));
    let place = json!({ "textDocument": client.document(), "position": client.at("FR-002", 2), "context": { "includeDeclaration": true } });
    let references = client.request("textDocument/references", place)["result"].as_array().unwrap().len();
    assert!(references >= 3, "{references}");
    client.leave();
}

#[test]
fn hover_and_definition_follow_a_file_that_git_has_moved() {
    let (folder, mut client) = planned(&full());
    let extended = client.text.find("Extend `src/report.rs`").unwrap();
    let id = client.text[extended..].find("[^s").map(|at| extended + at).unwrap();
    let mark = client.text[id..].split(']').next().unwrap().to_owned() + "]";
    git(folder.path(), &["mv", "src/report.rs", "src/list.rs"]);
    let root = folder.path().canonicalize().unwrap();
    let changes = [("report", 3), ("list", 1)]
        .map(|(name, kind)| json!({ "uri": format!("file://{}/src/{name}.rs", root.display()), "type": kind }));
    client.notify("workspace/didChangeWatchedFiles", json!({ "changes": changes }));
    let until = Instant::now() + support::PATIENCE;
    let mut card = client.hover(&mark, 2);
    while !card.contains("· moved to `src/list.rs:") {
        assert!(Instant::now() < until, "{card}");
        card = client.hover(&mark, 2);
    }
    assert!(card.contains("src/list.rs#L") && card.contains("\n\n````rust\n"), "{card}");
    let entry = client.text.lines().find(|line| line.starts_with(&mark.replace(']', "]: "))).unwrap().to_owned();
    let place = client.place(&entry, 4);
    let file = client.request("textDocument/definition", place)["result"][0].clone();
    assert!(file["uri"].as_str().unwrap().ends_with("/src/list.rs"), "{file}");
    client.leave();
}

#[test]
fn names_in_code_lead_to_the_code_as_it_is_now() {
    let folder = repository();
    let root = folder.path().canonicalize().unwrap();
    let mut capabilities = full();
    capabilities["workspace"]["didChangeWatchedFiles"] = json!({ "dynamicRegistration": true });
    let mut client = Client::start(&root, &capabilities);
    let registered = client.wait("the watcher", |message| {
        message["method"] == "client/registerCapability"
            && message["params"]["registrations"][0]["method"] == "workspace/didChangeWatchedFiles"
    });
    assert_eq!(registered["params"]["registrations"].as_array().unwrap().len(), 1);
    let text = format!("{REQUIREMENTS}- **FR-003**: `OrderStore::add` of `orders.rs` MUST refuse `nothing`\n");
    client.open(&root.join("docs/export.requirements.md"), &text);
    let card = client.hover("OrderStore::add", 3);
    assert!(card.starts_with("**`OrderStore.add`** · method · [src/orders.rs:17](file://"), "{card}");
    assert!(card.ends_with("#L17)\n\nAdds an order.\n\n`add` is named in 1 file."), "{card}");
    let card = client.hover("`orders.rs`", 3);
    assert!(
        card.starts_with("**[src/orders.rs](file://") && card.ends_with("Defines `Order`, `OrderStore`."),
        "{card}"
    );
    assert_eq!(client.hover("`nothing`", 3), "");
    let uri = format!("file://{}/src/orders.rs", root.display());
    let place = client.place("OrderStore::add", 3);
    let found = client.request("textDocument/definition", place)["result"][0].clone();
    assert_eq!((&found["uri"], &found["range"]["start"]["line"]), (&json!(uri), &json!(16)));
    // The editor tells of a change, and the next hover knows it.
    std::fs::write(root.join("src/orders.rs"), "pub struct OrderStore;\nimpl OrderStore {\n    fn add() {}\n}\n")
        .unwrap();
    client.notify("workspace/didChangeWatchedFiles", json!({ "changes": [{ "uri": uri, "type": 2 }] }));
    let until = Instant::now() + support::PATIENCE;
    while !client.hover("OrderStore::add", 3).contains("src/orders.rs:3]") {
        assert!(Instant::now() < until, "the change is never seen");
    }
    client.leave();
}

#[test]
fn a_cited_file_that_changes_makes_its_claims_stale_at_once() {
    let (folder, mut client) = planned(&pulling());
    assert_eq!(pulled(&mut client), [] as [Value; 0]);
    let path = folder.path().join("src/report.rs");
    let before = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, before.replace("pub fn export_report", "pub fn write_report")).unwrap();
    client.notify(
        "workspace/didChangeWatchedFiles",
        json!({ "changes": [{ "uri": format!("file://{}", path.display()), "type": 2 }] }),
    );
    let codes: Vec<Value> = pulled(&mut client).iter().map(|d| d["code"].clone()).collect();
    assert!(!codes.is_empty() && codes.iter().all(|code| code == "changed-source"), "{codes:?}");
    std::fs::write(&path, format!("\n\n{before}")).unwrap();
    client.notify(
        "workspace/didChangeWatchedFiles",
        json!({ "changes": [{ "uri": format!("file://{}", path.display()), "type": 2 }] }),
    );
    let found = pulled(&mut client);
    assert!(!found.is_empty() && found.iter().all(|d| d["code"] == "moved-source"), "{found:?}");
    client.leave();
}

#[test]
fn deleting_a_section_brings_a_finding_and_a_fix_that_puts_it_back() {
    let (_folder, mut client) = planned(&full());
    let start = client.text.find("### Resource Requirements").unwrap();
    let end = client.text.find("### Quality Assurance Strategy").unwrap();
    let mut text = client.text.clone();
    text.replace_range(start..end, "");
    client.replace(&text);
    let found = client.diagnostics();
    assert!(
        found.iter().any(|d| d["code"] == "missing-section"
            && d["message"] == "The section `Resource Requirements` is missing below `Backend Implementation Plan`"),
        "{found:#?}"
    );
    assert!(found.iter().all(|d| d["codeDescription"]["href"].as_str().unwrap().ends_with(".md")));
    let actions = client.actions("## Backend Implementation Plan");
    let fix = actions.iter().find(|a| a["title"] == "Insert the section `Resource Requirements`").unwrap();
    assert_eq!(fix["kind"], "quickfix");
    let generate = actions.iter().find(|a| a["title"] == "Generate the missing sections (1)").unwrap();
    client.execute(generate);
    client.ending();
    assert!(client.text.contains("### Resource Requirements\n\n- **Infrastructure**: "));
    assert_eq!(client.diagnostics(), [] as [Value; 0]);
    client.leave();
}

#[test]
fn a_run_can_be_cancelled_and_is_one_a_document() {
    let folder = repository();
    let root = folder.path().canonicalize().unwrap();
    for n in 0..400 {
        std::fs::write(root.join(format!("src/m{n}.rs")), "pub fn f() -> u32 { 1 + 1 }\n".repeat(400)).unwrap();
    }
    let mut client = Client::start(&root, &full());
    client.open(&root.join("docs/export.requirements.md"), REQUIREMENTS);
    let generate = client.actions("## Requirements").remove(0);
    client.execute(&generate);
    let token = client.wait("begin", |m| m["params"]["value"]["kind"] == "begin")["params"]["token"].clone();
    let again = client.execute(&generate);
    assert!(again["error"]["message"].as_str().unwrap().starts_with("a run is already writing"), "{again}");
    let titles: Vec<Value> = client.actions("## Requirements").iter().map(|a| a["title"].clone()).collect();
    assert!(titles[0].as_str().unwrap().starts_with("Cancel the implementation plan"), "{titles:?}");
    let asked = Instant::now();
    client.notify("window/workDoneProgress/cancel", json!({ "token": token }));
    client.wait("end", |m| m["params"]["value"]["kind"] == "end");
    assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
    assert_eq!(client.ending(), "groundplan: cancelled; nothing was written");
    assert_eq!(client.text, REQUIREMENTS);
    client.leave();
}

#[test]
fn refused_edits_are_tried_again_and_clients_without_versions_or_progress_are_served() {
    let folder = repository();
    let root = folder.path().canonicalize().unwrap();
    let mut capabilities = full();
    capabilities["workspace"]["workspaceEdit"] = json!({});
    capabilities["general"] = json!({});
    let mut client = Client::start(&root, &capabilities);
    client.refuse_edits = 2;
    client.agree_to_progress = false;
    client.open(&root.join("docs/export.requirements.md"), REQUIREMENTS);
    let generate = client.actions("## Requirements").remove(0);
    client.execute(&generate);
    assert!(client.ending().starts_with("groundplan: 6 sections written"));
    assert!(client.edits.iter().all(|edit| edit["changes"].is_object()));
    assert_eq!(client.edits.len(), 8);
    assert_eq!(client.diagnostics(), [] as [Value; 0]);
    client.leave();
}

#[test]
fn a_plan_can_go_into_a_file_of_its_own() {
    let (folder, root) = {
        let f = repository();
        let r = f.path().canonicalize().unwrap();
        (f, r)
    };
    let mut client = Client::start(&root, &full());
    let path = root.join("docs/export.requirements.md");
    client.open(&path, REQUIREMENTS);
    let actions = client.actions("## Requirements");
    let apart = actions.iter().find(|a| a["title"] == "Generate implementation plan into a new file").unwrap();
    client.execute(apart);
    client.ending();
    assert_eq!(client.text, REQUIREMENTS);
    let operations = client.edits[0]["documentChanges"].clone();
    assert_eq!(operations[0]["kind"], "create");
    let text = operations[1]["edits"][0]["newText"].as_str().unwrap().to_owned();
    assert!(text.starts_with("---\ntemplate: backend-plan\nrequirements: ./export.requirements.md\n---\n"), "{text}");
    client.open(&root.join("docs/export.requirements.plan.md"), &text);
    assert_eq!(client.diagnostics(), [] as [Value; 0], "{text}");
    assert!(client.hover("FR-001", 2).contains("export orders as CSV"));
    let gone = text.replace("FR-002", "FR-009");
    client.replace(&gone);
    let codes: Vec<Value> = client.diagnostics().iter().map(|d| d["code"].clone()).collect();
    assert!(
        codes.contains(&json!("uncovered-requirement")) && codes.contains(&json!("unknown-requirement")),
        "{codes:?}"
    );
    client.leave();
    drop(folder);
}

#[test]
fn nothing_but_the_plan_changes_on_disk() {
    let folder = repository();
    let root = folder.path().canonicalize().unwrap();
    let digest = |root: &std::path::Path| {
        let mut all: Vec<(String, String)> = Vec::new();
        let mut folders = vec![root.to_path_buf()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path)
                } else {
                    all.push((path.display().to_string(), format!("{:?}", std::fs::read(&path).unwrap())))
                }
            }
        }
        all.sort();
        all
    };
    let before = digest(&root);
    let mut client = Client::start(&root, &full());
    client.open(&root.join("docs/export.requirements.md"), REQUIREMENTS);
    let generate = client.actions("## Requirements").remove(0);
    client.execute(&generate);
    client.ending();
    client.leave();
    assert_eq!(digest(&root), before, "in an editor the editor writes");
    let done = std::process::Command::new(env!("CARGO_BIN_EXE_groundplan"))
        .args(["plan", "docs/export.requirements.md"])
        .current_dir(&root)
        .output()
        .unwrap();
    assert!(done.status.success());
    let changed: Vec<_> =
        digest(&root).into_iter().filter(|file| !before.contains(file)).map(|(path, _)| path).collect();
    assert_eq!(changed, [root.join("docs/export.requirements.md").display().to_string()]);
}

/// What a reviewer broke once: text behind the ledger, an open fence, a cancel in the middle of an update.
#[test]
fn text_around_the_plan_is_nobodys_but_its_writers() {
    let (_folder, mut client) = planned(&full());
    let first = client.text.clone();
    client.replace(&format!("{first}\nA closing note.\n\n- mine\n"));
    let update = client.actions("## Requirements").remove(0);
    for _ in 0..2 {
        client.execute(&update);
        client.ending();
    }
    assert_eq!(client.text, format!("{first}\nA closing note.\n\n- mine\n"));
    assert_eq!(client.text.matches("groundplan-stamp").count(), 1);
    client.leave();
}

#[test]
fn an_open_fence_is_no_place_for_a_plan() {
    let folder = repository();
    let root = folder.path().canonicalize().unwrap();
    let mut client = Client::start(&root, &full());
    let text = format!("{REQUIREMENTS}\n```\nopen\n");
    client.open(&root.join("docs/export.requirements.md"), &text);
    let generate = client.actions("## Requirements").remove(0);
    client.execute(&generate);
    assert!(client.ending().contains("the document ends inside an open code fence or HTML comment"));
    assert_eq!(client.text, text);
    client.leave();
}

#[test]
fn a_plan_of_its_own_file_follows_its_open_requirements() {
    let folder = repository();
    let root = folder.path().canonicalize().unwrap();
    let path = root.join("docs/export.requirements.md");
    let made = std::process::Command::new(env!("CARGO_BIN_EXE_groundplan"))
        .args(["plan", "--apart"])
        .arg(&path)
        .output()
        .unwrap();
    assert!(made.status.success());
    let plan = root.join("docs/export.requirements.plan.md");
    let mut client = Client::start(&root, &full());
    client.open(&plan, &std::fs::read_to_string(&plan).unwrap());
    assert_eq!(client.diagnostics(), [] as [Value; 0]);
    let plan_uri = client.uri.clone();
    client.open(&path, REQUIREMENTS);
    client.replace(&format!("{REQUIREMENTS}- **FR-003**: The system MUST also print 3 copies\n"));
    let found = client.wait("diagnostics of the plan", |message| {
        message["params"]["uri"] == plan_uri.as_str()
            && message["params"]["diagnostics"].as_array().is_some_and(|found| !found.is_empty())
    });
    assert_eq!(found["params"]["diagnostics"][0]["message"], "No phase of the plan serves `FR-003`");
    client.leave();
}
