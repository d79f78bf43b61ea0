//! What is kept between runs changes no plan, and reading a repository starts nothing that the repository names.

mod support;

use std::path::Path;
use std::process::Command;

use support::repository;

fn git(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(["-c", "user.name=Ann", "-c", "user.email=ann@example.invalid"]);
    let done = command.args(arguments).output().unwrap();
    assert!(done.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
}

fn plan(folder: &Path, cache: &Path) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_groundplan"));
    command.args(["plan", "docs/export.requirements.md", "--stdout"]).current_dir(folder);
    let done = command.env("XDG_CACHE_HOME", cache).env("SOURCE_DATE_EPOCH", "1795305600").output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

/// Whatever happens to a repository, the plan with a warm index is the plan without one.
#[test]
fn a_warm_index_changes_no_plan() {
    let folder = repository();
    let root = folder.path();
    let warm = tempfile::tempdir().unwrap();
    let check = |what: &str| {
        let cold = tempfile::tempdir().unwrap();
        assert_eq!(plan(root, warm.path()), plan(root, cold.path()), "{what}");
    };
    check("at first");
    // The same size and the same time.
    let file = root.join("src/report.rs");
    let modified = std::fs::metadata(&file).unwrap().modified().unwrap();
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("export_report", "xeport_report")).unwrap();
    std::fs::File::open(&file).unwrap().set_modified(modified).unwrap();
    check("edited under its old time");
    git(root, &["commit", "-qam", "Export reports by another name"]);
    check("committed");
    git(root, &["checkout", "-qb", "side"]);
    std::fs::write(root.join("src/mail.rs"), "//! Mail.\n/// Mails exports.\npub fn mail_exports() {}\n").unwrap();
    git(root, &["add", "."]);
    git(root, &["commit", "-qm", "Mail exports to customers", "--date=2020-01-01T00:00:00Z"]);
    git(root, &["checkout", "-q", "-"]);
    std::fs::create_dir(root.join("src/out")).unwrap();
    git(root, &["mv", "src/report.rs", "src/out/report.rs"]);
    git(root, &["commit", "-qm", "Move the report"]);
    check("moved");
    git(root, &["merge", "-q", "--no-edit", "side"]);
    check("merged");
    std::fs::remove_dir_all(root.join(".git")).unwrap();
    std::fs::write(root.join("groundplan.toml"), "").unwrap();
    check("without git");
}

/// A clone that left something out names where to fetch it from, and that can be a command.
#[test]
fn nothing_that_a_repository_names_is_started() {
    let folder = repository();
    let root = folder.path();
    let mark = root.join("started");
    let tree = Command::new("git").arg("-C").arg(root).args(["rev-parse", "HEAD^{tree}"]).output().unwrap();
    let tree = String::from_utf8(tree.stdout).unwrap();
    let (head, tail) = tree.trim().split_at(2);
    std::fs::remove_file(root.join(".git/objects").join(head).join(tail)).unwrap();
    let remote = format!("ext::touch {}", mark.display());
    for (key, value) in [
        ("core.repositoryformatversion", "1"),
        ("extensions.partialClone", "origin"),
        ("remote.origin.url", remote.as_str()),
        ("remote.origin.promisor", "true"),
        ("protocol.ext.allow", "always"),
    ] {
        git(root, &["config", key, value]);
    }
    // The trap works for whoever asks git without care.
    let careless = Command::new("git").arg("-C").arg(root).args(["cat-file", "-p", tree.trim()]).output().unwrap();
    assert!(!careless.status.success() && mark.exists(), "{}", String::from_utf8_lossy(&careless.stderr));
    std::fs::remove_file(&mark).unwrap();
    let cache = tempfile::tempdir().unwrap();
    plan(root, cache.path());
    assert!(!mark.exists());
}
