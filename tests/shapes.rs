//! Repositories of unusual shapes: shallow, nested, broken, linked, without git, of several languages.

mod support;

use std::path::Path;
use std::process::Command;

use support::{config_home, git, repository};

struct Done {
    code: Option<i32>,
    out: String,
    error: String,
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_groundplan"));
    command.args(arguments).current_dir(folder);
    command.env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR")).env("XDG_CONFIG_HOME", config_home());
    command
}

fn done(mut command: Command) -> Done {
    let done = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Done { code: done.status.code(), out: text(done.stdout), error: text(done.stderr) }
}

fn run(folder: &Path, arguments: &[&str]) -> Done {
    done(command(folder, arguments))
}

/// The plan as it stands in the document afterwards, which a check finds nothing in.
fn planned(folder: &Path, document: &str) -> String {
    let plan = run(folder, &["plan", document]);
    assert_eq!(plan.code, Some(0), "{}", plan.error);
    let judged = run(folder, &["check", document]);
    assert_eq!(judged.code, Some(0), "{}{}", judged.out, judged.error);
    std::fs::read_to_string(folder.join(document)).unwrap()
}

fn write(folder: &Path, path: &str, text: &str) {
    std::fs::create_dir_all(folder.join(path).parent().unwrap()).unwrap();
    std::fs::write(folder.join(path), text).unwrap();
}

const DOCUMENT: &str = "docs/export.requirements.md";

#[test]
fn the_edge_of_a_shallow_clone_is_no_history() {
    let folder = repository();
    for text in ["1", "2"] {
        write(folder.path(), "NOTES", text);
        git(folder.path(), &["add", "."]);
        git(folder.path(), &["commit", "-q", "-m", "Export notes about orders"]);
    }
    let clone = tempfile::tempdir().unwrap();
    let url = format!("file://{}", folder.path().display());
    git(clone.path(), &["clone", "-q", "--depth", "2", &url, "it"]);
    let plan = planned(&clone.path().join("it"), DOCUMENT);
    assert!(plan.contains("Open question: this clone is shallow and knows 1 commit"), "{plan}");
    assert!(!plan.contains("git log --follow"), "nothing is known of the touched files: {plan}");
    assert!(planned(folder.path(), DOCUMENT).contains("git log --follow"));
}

#[test]
fn git_that_fails_is_said_and_its_commits_are_not_judged() {
    let folder = repository();
    let whole = planned(folder.path(), DOCUMENT);
    assert!(whole.contains("[git log --follow "), "{whole}");
    // Named by whoever started this, as a hook does: another repository.
    let other = repository();
    let mut check = command(folder.path(), &["check", DOCUMENT]);
    check.env("GIT_DIR", other.path().join(".git"));
    let judged = done(check);
    assert_eq!(judged.code, Some(0), "{}", judged.out);
    std::fs::remove_dir_all(folder.path().join(".git/objects")).unwrap();
    std::fs::remove_file(folder.path().join(".git/HEAD")).unwrap();
    let judged = run(folder.path(), &["check", DOCUMENT]);
    assert_eq!(judged.code, Some(0), "{}", judged.out);
    std::fs::write(folder.path().join(DOCUMENT), support::REQUIREMENTS).unwrap();
    let plan = planned(folder.path(), DOCUMENT);
    assert!(plan.contains("Open question: git could not be read, so no history speaks in this plan: "), "{plan}");
}

#[test]
fn other_clones_that_lie_in_a_repository_are_not_its_code() {
    let folder = repository();
    let url = format!("file://{}", folder.path().display());
    git(folder.path(), &["worktree", "add", "-q", "beside"]);
    git(folder.path(), &["clone", "-q", &url, "inner"]);
    let plan = planned(folder.path(), DOCUMENT);
    assert!(!plan.contains("beside/") && !plan.contains("inner/"), "{plan}");
    // A linked worktree is a root like any other.
    let linked = planned(&folder.path().join("beside"), DOCUMENT);
    assert!(linked.contains("[git log --follow ") && linked.contains("`src/report.rs`"), "{linked}");
    // A submodule belongs to the project.
    let above = tempfile::tempdir().unwrap();
    git(above.path(), &["init", "-q"]);
    git(above.path(), &["submodule", "--quiet", "add", &url, "shop"]);
    write(above.path(), DOCUMENT, support::REQUIREMENTS);
    assert!(planned(above.path(), DOCUMENT).contains("`shop/src/report.rs`"));
}

#[test]
fn plan_and_check_agree_about_the_root() {
    let folder = repository();
    std::fs::remove_dir_all(folder.path().join(".git")).unwrap();
    assert!(planned(folder.path(), DOCUMENT).contains("`src/report.rs`"), "the folder that one works in");
    let folder = repository();
    write(folder.path(), "src/x.requirements.md", support::REQUIREMENTS);
    let plan = run(folder.path(), &["plan", "--root", "src", "src/x.requirements.md"]);
    assert_eq!(plan.code, Some(0), "{}", plan.error);
    assert!(plan.error.contains("check it with `--root src`"), "{}", plan.error);
    let judged = run(folder.path(), &["check", "--root", "src", "src/x.requirements.md"]);
    assert_eq!(judged.code, Some(0), "{}", judged.out);
}

#[test]
fn every_part_of_a_monorepo_has_its_own_tools() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    git(root, &["init", "-q"]);
    write(root, "package.json", "{\"name\": \"all\", \"scripts\": {\"test\": \"turbo test\"}}");
    write(
        root,
        "web/package.json",
        "{\"name\": \"web\", \"dependencies\": {\"csv-parse\": \"5\"}, \"scripts\": {\"test\": \"vitest\", \"test:watch\": \"vitest -w\"}}",
    );
    write(
        root,
        "web/src/cart.ts",
        "import { parse } from 'csv-parse';\nexport function openCart() { return parse(''); }\n",
    );
    write(root, "web/src/basket.ts", "import { parse } from 'csv-parse';\nexport const basket = parse;\n");
    write(root, "api/go.mod", "module x.org/api\n\ngo 1.22\n");
    write(
        root,
        "api/orders/export.go",
        "package orders\n\nimport \"encoding/csv\"\n\n// ExportOrders writes orders as CSV.\nfunc ExportOrders() { _ = csv.NewWriter(nil) }\n",
    );
    write(
        root,
        "api/orders/import.go",
        "package orders\n\nimport \"encoding/csv\"\n\n// Read reads.\nfunc Read() { _ = csv.NewReader(nil) }\n",
    );
    write(
        root,
        "api/docs/req.md",
        "# Orders\n\n## Requirements\n\n- **FR-001**: ExportOrders MUST write orders as CSV with a header\n",
    );
    let plan = planned(root, "api/docs/req.md");
    assert!(plan.contains("Extend `api/orders/export.go` at `ExportOrders` (line 6)"), "{plan}");
    assert!(plan.contains("use encoding/csv and encoding/json of the standard library"), "{plan}");
    assert!(!plan.contains("csv-parse` 5 for"), "{plan}");
    assert!(plan.contains("- `go test ./...` in `api` passes.[^"), "{plan}");
    assert!(plan.contains("Go, as `api/go.mod` asks: `go 1.22`"), "{plan}");
    write(
        root,
        "web/docs/req.md",
        "# Cart\n\n## Requirements\n\n- **FR-001**: openCart MUST parse the cart from CSV\n",
    );
    let plan = planned(root, "web/docs/req.md");
    assert!(plan.contains("use `csv-parse` 5, already in use in 2 files"), "{plan}");
    assert!(plan.contains("`npm test` in `web` passes."), "{plan}");
}

#[cfg(unix)]
#[test]
fn a_read_only_document_is_left_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = repository();
    let path = folder.path().join(DOCUMENT);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o444)).unwrap();
    let plan = run(folder.path(), &["plan", DOCUMENT]);
    assert_eq!(plan.code, Some(2), "{}", plan.error);
    assert!(plan.error.contains("the file is read-only"), "{}", plan.error);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), support::REQUIREMENTS);
}

/// A message can hold what separates the fields of a log; it must not pass for a commit, whose id git would be given.
#[test]
fn a_commit_message_is_no_commit_and_no_option_of_git() {
    let folder = repository();
    let owned = folder.path().join("owned");
    std::fs::write(&owned, "mine").unwrap();
    for (open, field, close) in [("\x1e", "\x1f", "\x1d"), ("\x01", "\x1f", "\x02")] {
        let message = format!(
            "Work\n\n{open}--output={}{field}Eve{field}2026-01-01{field}Export orders as CSV and throttle exports{close}\nM\tsrc/report.rs\n",
            owned.display()
        );
        write(folder.path(), "NOTES", &message);
        git(folder.path(), &["add", "NOTES"]);
        git(folder.path(), &["commit", "-q", "-m", &message]);
    }
    let plan = planned(folder.path(), DOCUMENT);
    assert_eq!(std::fs::read_to_string(&owned).unwrap(), "mine");
    assert!(!plan.contains("Eve") && !plan.contains("--output"), "{plan}");
}

#[test]
fn what_git_has_moved_is_found_in_its_new_place() {
    let folder = repository();
    let plan = planned(folder.path(), DOCUMENT);
    assert!(plan.contains("](../src/report.rs#L"), "{plan}");
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "-q", "-m", "Plan"]);
    std::fs::create_dir_all(folder.path().join("src/orders")).unwrap();
    // Staged first, then committed, then moved once more.
    let check = |now: &str| {
        let judged = run(folder.path(), &["check", DOCUMENT]);
        assert!(
            judged.out.contains("moved-source") && judged.out.contains(&format!("of `{now}` now")),
            "{}",
            judged.out
        );
        assert!(!judged.out.contains("lost-source"), "{}", judged.out);
    };
    git(folder.path(), &["mv", "src/report.rs", "src/orders/report.rs"]);
    check("src/orders/report.rs");
    git(folder.path(), &["commit", "-q", "-m", "Move the report"]);
    check("src/orders/report.rs");
    git(folder.path(), &["mv", "src/orders/report.rs", "src/orders/list.rs"]);
    git(folder.path(), &["commit", "-q", "-m", "Call it a list"]);
    check("src/orders/list.rs");
}
