//! Plans of small repositories that tests make: files, commits, requirements, and what the plan says.

use std::path::Path;
use std::process::Command;

use super::{config_home, git};

/// A repository with a commit for each group of files.
pub fn repository(commits: &[(&str, &[(&str, &str)])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), &["init", "-q"]);
    for (message, files) in commits {
        for (path, text) in *files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        git(folder.path(), &["add", "."]);
        git(folder.path(), &["commit", "-q", "--allow-empty", "-m", message]);
    }
    folder
}

/// The plan for requirements, without citations; requirements that open with a title are a whole document.
pub fn plan(folder: &Path, requirements: &str) -> String {
    let path = folder.join("req.md");
    let title = if requirements.starts_with("# ") { "" } else { "# Work\n\n## Requirements\n\n" };
    std::fs::write(&path, format!("{title}{requirements}\n")).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_groundplan"));
        command.args(arguments).current_dir(folder).env("XDG_CONFIG_HOME", config_home());
        command.env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR")).output().unwrap()
    };
    let done = run(&["plan", "req.md"]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let judged = run(&["check", "req.md"]);
    assert!(judged.status.success(), "{}", String::from_utf8_lossy(&judged.stdout));
    let mut text = std::fs::read_to_string(&path).unwrap();
    while let Some(open) = text.find("[^s") {
        let close = open + text[open..].find(']').unwrap();
        text.replace_range(open..=close, "");
    }
    text
}

/// Commits, requirements, what the plan says and what it does not say; it draws no finding.
pub fn check(commits: &[(&str, &[(&str, &str)])], requirements: &str, says: &[&str], silent: &[&str]) {
    let folder = repository(commits);
    let plan = plan(folder.path(), requirements);
    for said in says {
        assert!(plan.contains(said), "{said:?} is missing in\n{plan}");
    }
    for other in silent {
        assert!(!plan.contains(other), "{other:?} stands in\n{plan}");
    }
}
