//! What a side bar shows and does: a plan at a glance, sections that are out of date, runs, and proposed differences.

mod support;

use serde_json::{Value, json};
use support::{Client, REQUIREMENTS, full, planned, repository};

fn following() -> Value {
    let mut capabilities = full();
    capabilities["experimental"] = json!({ "groundplan": { "runs": true, "proposals": true } });
    capabilities
}

fn command(client: &mut Client, name: &str, more: Value) -> Value {
    let mut argument = json!({ "uri": client.uri });
    argument.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    client.request("workspace/executeCommand", json!({ "command": name, "arguments": [argument] }))
}

fn overview(client: &mut Client) -> Value {
    command(client, "groundplan.overview", json!({}))["result"].clone()
}

fn states(overview: &Value) -> Vec<(String, String)> {
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let sections = overview["sections"].as_array().unwrap();
    sections.iter().map(|section| (word(&section["title"]), word(&section["state"]))).collect()
}

fn stale(overview: &Value) -> Vec<(String, Value)> {
    let sections = overview["sections"].as_array().unwrap().iter();
    let stale = sections.filter(|section| !section["stale"].as_array().unwrap().is_empty());
    stale.map(|section| (section["title"].as_str().unwrap().to_owned(), section["stale"].clone())).collect()
}

#[test]
fn an_overview_shows_sections_phases_coverage_and_sources() {
    let folder = repository();
    let root = folder.path().canonicalize().unwrap();
    let mut client = Client::start(&root, &full());
    client.open(&root.join("docs/export.requirements.md"), REQUIREMENTS);
    let before = overview(&mut client);
    assert_eq!(
        (&before["kind"], &before["plan"], &before["model"]),
        (&json!("requirements"), &Value::Null, &Value::Null)
    );
    assert_eq!(states(&before), []);
    assert_eq!(before["requirements"].as_array().unwrap().len(), 2);
    client.leave();

    let (folder, mut client) = planned(&full());
    let text = client.text.replacen("- **Testing Approach**:", "- **Testing Approach**: by hand.", 1);
    client.replace(&text);
    let found = overview(&mut client);
    let states: Vec<_> = states(&found);
    let yours: Vec<_> = states.iter().filter(|(_, state)| state == "yours").map(|(title, _)| title.as_str()).collect();
    assert_eq!(yours, ["Quality Assurance Strategy"]);
    assert_eq!(states.iter().filter(|(_, state)| state == "generated").count(), 5);
    let heading = client.at("## Backend Implementation Plan", 0);
    assert_eq!(found["plan"]["start"], heading);
    assert!(found["engine"].as_str().unwrap().starts_with("evidence "), "{found:#}");
    let phases = &found["sections"][2]["phases"];
    assert_eq!((&phases[0]["number"], &phases[0]["range"]["start"]), (&json!(1), &client.at("#### Phase 1", 0)));
    for requirement in found["requirements"].as_array().unwrap() {
        assert!(!requirement["phases"].as_array().unwrap().is_empty() && requirement["changed"] == false, "{found:#}");
    }
    let source = &found["sources"][0];
    assert_eq!((&source["id"], &source["state"]), (&json!("s1"), &json!("fresh")));
    assert!(source["uri"].as_str().unwrap().contains(folder.path().file_name().unwrap().to_str().unwrap()));
    client.leave();
}

#[test]
fn what_is_out_of_date_is_named_with_its_reason_and_refreshed_alone() {
    let (folder, mut client) = planned(&full());
    let nothing = command(&mut client, "groundplan.refresh", json!({}));
    assert_eq!(nothing["error"]["message"], "nothing in this plan is out of date");
    // A requirement says something else, and another one is new.
    let text = client.text.replacen("within 2 seconds", "within 9 seconds", 1);
    let text = text.replacen("- **FR-002**", "- **FR-003**: The system MUST keep a log of exports\n- **FR-002**", 1);
    assert_ne!(text, client.text);
    client.replace(&text);
    let found = overview(&mut client);
    let stale_now = stale(&found);
    let reasons = |title: &str| stale_now.iter().find(|(named, _)| named == title).map(|(_, reasons)| reasons.clone());
    let phases = reasons("Implementation Phases").unwrap();
    assert_eq!(phases, json!(["FR-001 says something else now", "FR-003 is new"]));
    assert!(reasons("Resource Requirements").is_none(), "{stale_now:?}");
    assert_eq!(found["requirements"][0]["changed"], true);
    let actions = client.actions("## Requirements");
    let title = format!("Refresh what is out of date ({} sections)", stale_now.len());
    let refresh =
        actions.iter().find(|action| action["title"] == title.as_str()).unwrap_or_else(|| panic!("{actions:#?}"));
    client.execute(&refresh.clone());
    let ending = client.ending();
    assert!(ending.contains("sections written"), "{ending}");
    assert_eq!(stale(&overview(&mut client)), [] as [(String, Value); 0], "{}", client.text);
    assert_eq!(client.diagnostics(), [] as [Value; 0]);

    // A cited file changes.
    let path = folder.path().join("src/report.rs");
    let before = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, before.replace("pub fn export_report", "pub fn write_report")).unwrap();
    let uri = format!("file://{}", path.display());
    client.notify("workspace/didChangeWatchedFiles", json!({ "changes": [{ "uri": uri, "type": 2 }] }));
    let found = overview(&mut client);
    assert!(found["sources"].as_array().unwrap().iter().any(|source| source["state"] == "changed"), "{found:#}");
    let reasons = stale(&found);
    assert!(
        reasons
            .iter()
            .any(|(_, why)| why.to_string().contains("src/report.rs") && why.to_string().contains("has changed")),
        "{reasons:?}"
    );
    client.leave();
}

#[test]
fn a_run_is_followed_question_by_question_only_by_who_wants_to() {
    let (_folder, mut client) = planned(&following());
    let told: Vec<Value> =
        client.seen.iter().filter(|m| m["method"] == "groundplan/run").map(|m| m["params"].clone()).collect();
    assert!(told.iter().any(|run| run["state"] == "running" && run["uri"] == client.uri.as_str()), "{told:?}");
    let last = told.last().unwrap();
    assert_eq!(last["state"], "ended");
    assert!(last["message"].as_str().unwrap().starts_with("6 sections written, "), "{last}");
    assert_eq!(command(&mut client, "groundplan.runs", json!({}))["result"]["running"], json!([]));
    client.leave();
    let (_folder, client) = planned(&full());
    assert!(!client.seen.iter().any(|m| m["method"] == "groundplan/run"));
    client.leave();
}

#[test]
fn a_run_at_work_lists_its_questions() {
    let folder = repository();
    let root = folder.path().canonicalize().unwrap();
    for n in 0..400 {
        std::fs::write(root.join(format!("src/m{n}.rs")), "pub fn f() -> u32 { 1 + 1 }\n".repeat(400)).unwrap();
    }
    let mut client = Client::start(&root, &following());
    client.open(&root.join("docs/export.requirements.md"), REQUIREMENTS);
    command(&mut client, "groundplan.generate", json!({}));
    client.wait("a step", |m| m["method"] == "groundplan/run");
    let runs = command(&mut client, "groundplan.runs", json!({}))["result"].clone();
    let run = &runs["running"][0];
    assert_eq!(run["uri"], client.uri.as_str(), "{runs:#}");
    let questions = run["questions"].as_array().unwrap();
    for area in ["technology", "system", "design", "testing"] {
        assert!(questions.iter().any(|question| question["area"] == area), "{runs:#}");
    }
    assert!(questions.iter().all(|question| question["answered"].is_boolean()), "{runs:#}");
    assert_eq!(command(&mut client, "groundplan.cancel", json!({}))["result"], true);
    let ended = client.wait("the end", |m| m["method"] == "groundplan/run" && m["params"]["state"] == "ended");
    assert_eq!(ended["params"]["message"], "cancelled; nothing was written");
    client.leave();
}

#[test]
fn a_section_of_a_person_is_replaced_only_after_its_difference_was_accepted() {
    let (_folder, mut client) = planned(&following());
    let first = client.text.clone();
    let edited = first.replacen("- **Implementation Approach**:", "- **Implementation Approach**: my own words.", 1);
    for (accept, expected) in [(None, &edited), (Some(false), &edited), (Some(true), &first)] {
        client.replace(&edited);
        client.accept = accept;
        client.seen.clear();
        let answer = command(&mut client, "groundplan.regenerateSection", json!({ "section": "Executive Summary" }));
        assert!(answer["error"].is_null(), "{answer}");
        let asked = client.wait("the proposal", |m| m["method"] == "groundplan/propose")["params"].clone();
        assert_eq!(asked["title"], "Executive Summary");
        let (before, after) = (asked["before"].as_str().unwrap(), asked["after"].as_str().unwrap());
        assert!(before.starts_with("### Executive Summary\n") && before.contains("my own words."), "{before}");
        assert!(after.starts_with("### Executive Summary\n") && !after.contains("my own words."), "{after}");
        assert!(first.contains(after), "{after}");
        client.ending();
        assert_eq!(client.text, *expected);
    }
    // What is typed while the difference is looked at is asked about, too.
    client.replace(&edited);
    client.accept = Some(true);
    client.meanwhile = Some(edited.replacen("my own words.", "my own words, and more.", 1));
    client.seen.clear();
    command(&mut client, "groundplan.regenerateSection", json!({ "section": "Executive Summary" }));
    client.ending();
    let asked: Vec<Value> = client
        .seen
        .iter()
        .filter(|m| m["method"] == "groundplan/propose")
        .map(|m| m["params"]["before"].clone())
        .collect();
    assert_eq!(asked.len(), 2, "{asked:#?}");
    assert!(asked[1].as_str().unwrap().contains("my own words, and more."), "{asked:#?}");
    assert_eq!(client.text, first);
    client.leave();
}

#[test]
fn a_mistake_in_the_environment_is_said_once_in_an_editor() {
    let folder = repository();
    let root = folder.path().canonicalize().unwrap();
    let mut client = Client::spawn_with(&root, &[("GROUNDPLAN_MODEL", "x"), ("GROUNDPLAN_MODEL_PROVIDER", "nobody")])
        .greet(&root, &full());
    client.open(&root.join("docs/export.requirements.md"), REQUIREMENTS);
    let said = client.wait("the mistake", |m| m["method"] == "window/showMessage");
    let text = said["params"]["message"].as_str().unwrap();
    assert!(text.starts_with("groundplan: GROUNDPLAN_MODEL_PROVIDER: unknown variant `nobody`"), "{text}");
    let titles: Vec<String> =
        client.actions("## Requirements").iter().map(|action| action["title"].to_string()).collect();
    assert!(titles[0].contains("no model"), "{titles:?}");
    client.leave();
}

#[test]
fn phases_of_a_person_stay_out_of_date_and_the_others_do_not() {
    let (_folder, mut client) = planned(&full());
    let text = client.text.replacen("within 2 seconds", "within 9 seconds", 1);
    let text = text.replacen("- **Objectives**:", "- **Objectives**: as I see them.", 1);
    client.replace(&text);
    let answer = command(&mut client, "groundplan.refresh", json!({}));
    assert!(answer["error"].is_null(), "{answer}");
    let ending = client.ending();
    assert!(
        ending.contains("sections written") && ending.contains("; kept as they were: Implementation Phases"),
        "{ending}"
    );
    let left = stale(&overview(&mut client));
    let speak: Vec<&str> = left.iter().map(|(title, _)| title.as_str()).collect();
    // What tells of the phases waits for them.
    assert!(speak.contains(&"Implementation Phases") && !speak.contains(&"Research Foundation"), "{speak:?}");
    let before = client.text.clone();
    command(&mut client, "groundplan.refresh", json!({}));
    let ending = client.ending();
    assert!(ending.starts_with("groundplan: nothing was written; kept as they were: "), "{ending}");
    assert_eq!(client.text, before);
    client.leave();
}
