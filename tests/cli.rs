//! The command line: exit codes, formats, places that are refused.

mod support;

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use support::{config_home, repository};

fn groundplan(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_groundplan"));
    command.args(arguments).current_dir(folder).env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"));
    command.env("XDG_CONFIG_HOME", config_home());
    let Output { status, stdout, stderr } = command.output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

#[test]
fn check_says_what_it_found_by_its_exit_code() {
    let folder = repository();
    assert_eq!(groundplan(folder.path(), &["check"]).0, Some(0));
    let path = folder.path().join("docs/export.requirements.md");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{text}- **FR-001**: The system MUST say TBD\n")).unwrap();
    let (code, out, err) = groundplan(folder.path(), &["check", "docs"]);
    assert_eq!(code, Some(1));
    assert!(out.contains("error[duplicate-requirement]: `FR-001` already names another requirement"), "{out}");
    assert!(out.contains("docs/export.requirements.md:8:5"), "{out}");
    assert_eq!(err, "groundplan: 1 document judged, 2 findings\n");
    let (code, _, err) = groundplan(folder.path(), &["check", "nowhere.md"]);
    assert_eq!((code, err.as_str()), (Some(2), "groundplan: there is no file or folder nowhere.md\n"));
    // One file that is no text does not hide the findings of the others.
    std::fs::write(folder.path().join("latin.md"), b"caf\xe9").unwrap();
    assert_eq!(groundplan(folder.path(), &["check", "."]).0, Some(1));
    assert_eq!(groundplan(folder.path(), &["check", "latin.md", "docs"]).0, Some(2));
}

#[test]
fn findings_come_in_machine_formats() {
    let folder = repository();
    let path = folder.path().join("docs/export.requirements.md");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("orders as CSV", "orders as 🙂 TBD")).unwrap();
    let (_, out, _) = groundplan(folder.path(), &["check", "docs/*.md", "--format", "json"]);
    let found: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(found[0]["rule"], "placeholder");
    assert_eq!(
        found[0]["range"],
        serde_json::json!({ "start": { "line": 5, "column": 50 }, "end": { "line": 5, "column": 53 } })
    );
    let (_, out, _) = groundplan(folder.path(), &["check", "--format", "sarif"]);
    let sarif: Value = serde_json::from_str(&out).unwrap();
    let run = &sarif["runs"][0];
    assert_eq!((&sarif["version"], &run["results"][0]["ruleId"]), (&"2.1.0".into(), &"placeholder".into()));
    let index = run["results"][0]["ruleIndex"].as_u64().unwrap() as usize;
    assert_eq!(run["tool"]["driver"]["rules"][index]["id"], "placeholder");
    let (_, out, _) = groundplan(folder.path(), &["check", "--format", "github"]);
    assert!(
        out.starts_with(
            "::warning file=./docs/export.requirements.md,line=5,endLine=5,col=50,endColumn=53,title=placeholder::"
        ),
        "{out}"
    );
}

#[test]
fn plan_refuses_what_it_cannot_do_and_says_why() {
    let folder = repository();
    let root = folder.path();
    let outside = tempfile::tempdir().unwrap();
    let target = outside.path().join("x.md").display().to_string();
    let cases: &[(&[&str], &str)] = &[
        (&["plan", "none.md"], "cannot read none.md"),
        (&["plan", "docs"], "docs is a folder; name the requirements document in it"),
        (&["plan", "Cargo.toml"], "no requirement was found; write them as list items"),
        (&["plan", "docs/export.requirements.md", "-o", &target], "is outside the workspace"),
    ];
    for (arguments, message) in cases {
        let (code, _, err) = groundplan(root, arguments);
        assert_eq!(code, Some(2), "{arguments:?}");
        assert!(err.contains(message), "{arguments:?}: {err}");
    }
    let path = root.join("docs/export.requirements.md");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{text}- **FR-001**: again\n")).unwrap();
    assert!(groundplan(root, &["plan", "docs/export.requirements.md"]).2.contains("FR-001 names two requirements"));
}

#[test]
fn a_plan_in_a_file_of_its_own_is_renewed_by_its_own_name() {
    let folder = repository();
    let root = folder.path();
    assert_eq!(groundplan(root, &["plan", "docs/export.requirements.md", "--output", "docs/../plans.md"]).0, Some(0));
    let plan = std::fs::read_to_string(root.join("plans.md")).unwrap();
    assert!(plan.contains("requirements: ./docs/export.requirements.md\n"), "{plan}");
    assert!(plan.contains("](src/report.rs#L"), "links lead from the plan's own folder");
    let (code, _, err) = groundplan(root, &["plan", "plans.md"]);
    assert_eq!((code, err.as_str()), (Some(0), "groundplan: plans.md is up to date\n"));
    assert_eq!(groundplan(root, &["check", "."]).0, Some(0));
}

#[test]
fn explain_templates_init_and_completions_print_what_they_promise() {
    let folder = repository();
    let root = folder.path();
    assert!(groundplan(root, &["explain"]).1.lines().count() == 25);
    assert!(groundplan(root, &["explain", "phase-cycle"]).1.starts_with("# phase-cycle\n"));
    assert_eq!(groundplan(root, &["explain", "nothing"]).0, Some(2));
    assert!(groundplan(root, &["templates"]).1.starts_with("backend-plan "));
    std::fs::create_dir_all(root.join(".groundplan/templates")).unwrap();
    std::fs::write(
        root.join(".groundplan/templates/own.md"),
        groundplan(root, &["templates", "--show", "backend-plan"]).1.replace("backend-plan", "own"),
    )
    .unwrap();
    assert!(groundplan(root, &["templates"]).1.contains("own                      plan           this workspace"));
    assert_eq!(groundplan(root, &["init"]).0, Some(0));
    assert_eq!(groundplan(root, &["init"]).0, Some(2), "what is there stays");
    assert_eq!(groundplan(root, &["check"]).0, Some(0));
    assert!(groundplan(root, &["completions", "bash"]).1.contains("groundplan"));
    assert!(groundplan(root, &["man"]).1.contains(".TH groundplan 1"));
    assert_eq!(groundplan(root, &["man", "pages"]).0, Some(0));
    let page = std::fs::read_to_string(root.join("pages/groundplan-plan.1")).unwrap();
    assert!(page.contains("\\-\\-dry\\-run"), "{page}");
    let version = groundplan(root, &["--version"]).1;
    assert!(version.starts_with(concat!("groundplan ", env!("CARGO_PKG_VERSION"))), "{version}");
}

#[test]
fn a_requirement_that_changed_stays_told_while_the_phases_are_a_persons() {
    let folder = repository();
    let root = folder.path();
    let path = root.join("docs/export.requirements.md");
    let plan = || groundplan(root, &["plan", "docs/export.requirements.md"]);
    assert_eq!(plan().0, Some(0));
    let text = std::fs::read_to_string(&path).unwrap();
    let changed = text.replace(
        "**FR-002**: The system MUST throttle exports to 5",
        "**FR-002**: The system MUST throttle exports to 9",
    );
    assert_ne!(text, changed);
    // Phases that nobody has touched follow the requirement.
    std::fs::write(&path, &changed).unwrap();
    assert!(groundplan(root, &["check", "docs"]).1.contains("[changed-requirement]"));
    assert_eq!(plan().0, Some(0));
    assert_eq!(groundplan(root, &["check", "docs"]).1, "");
    // Those that somebody has written do not, and nothing says that they do.
    let by_hand = changed.replace("- **Dependencies**: None found.", "- **Dependencies**: None, says Ann.");
    assert_ne!(by_hand, changed);
    std::fs::write(&path, by_hand).unwrap();
    let (code, _, error) = plan();
    assert!(code == Some(0) && error.contains("kept as you wrote it: Implementation Phases"), "{error}");
    let (_, found, _) = groundplan(root, &["check", "docs"]);
    assert!(found.contains("`FR-002` has changed since the plan was written for it"), "{found}");
    assert!(found.contains("The plan serves the new wording: record it"), "{found}");
}
