//! The house keeps its order: imports point down, pure rooms stay pure, files open with what they are for.

use std::path::{Path, PathBuf};

/// Rooms from the top of the house to its bottom; a room may use itself and those below it.
const ROOMS: &[&str] = &[
    "cli",
    "server",
    "lsp",
    "run",
    "engine",
    "plan",
    "research",
    "workspace",
    "check",
    "template",
    "document",
    "text",
    "config",
];

/// Rooms without protocol, runtime, clock and file system.
const PURE: &[&str] = &["plan", "research", "check", "template", "document", "text"];

const IMPURE: &[&str] =
    &["tower_lsp", "tokio", "std::fs", "std::net", "std::process", "std::env", "SystemTime", "Instant::", "jiff"];

fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                files.push((path, text));
            }
        }
    }
    files.sort();
    files
}

fn room(path: &Path) -> Option<usize> {
    let below = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).ok()?;
    let first = below.components().next()?.as_os_str().to_str()?;
    ROOMS.iter().position(|room| *room == first)
}

#[test]
fn imports_point_down() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let Some(home) = room(&path) else { continue };
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            for (at, _) in line.match_indices("crate::") {
                let name: String = line[at + 7..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                if let Some(used) = ROOMS.iter().position(|room| *room == name)
                    && used < home
                {
                    wrong.push(format!("{}:{}: {} uses {name}", path.display(), number + 1, ROOMS[home]));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn pure_rooms_stay_pure() {
    let mut wrong = Vec::new();
    for (path, text) in
        sources().into_iter().filter(|(path, _)| room(path).is_some_and(|room| PURE.contains(&ROOMS[room])))
    {
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            if IMPURE.iter().any(|name| line.contains(name)) {
                wrong.push(format!("{}:{}: {}", path.display(), number + 1, line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_protocol_stays_in_its_rooms() {
    let home = |path: &Path| room(path).is_some_and(|room| matches!(ROOMS[room], "server" | "lsp"));
    let wrong: Vec<PathBuf> = sources()
        .into_iter()
        .filter(|(path, text)| !home(path) && text.contains("tower_lsp"))
        .map(|(path, _)| path)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn files_have_one_idea_and_say_it() {
    let mut lengths = Vec::new();
    for (path, text) in sources() {
        let lines = text.lines().count();
        assert!(text.starts_with("//! "), "{} opens with a sentence", path.display());
        assert!(lines <= 500, "{} has {lines} lines", path.display());
        lengths.push(lines);
    }
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2];
    assert!(median <= 130, "the median file has {median} lines");
}
