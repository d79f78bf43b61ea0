//! Go's `go.mod`, which names its versions itself.

use super::{Named, Scope};

pub(super) fn own_name(text: &str) -> Option<String> {
    text.lines().find_map(|line| line.trim().strip_prefix("module ")?.split_whitespace().next().map(str::to_owned))
}

pub(super) fn manifest(text: &str) -> Vec<Named> {
    let mut found = Vec::new();
    let mut in_block = false;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        match line {
            "require (" => in_block = true,
            ")" => in_block = false,
            _ => {
                let entry = line.strip_prefix("require ").or(in_block.then_some(line));
                let entry = entry.filter(|entry| !entry.contains("// indirect"));
                let mut words = entry.unwrap_or_default().split_whitespace();
                if let (Some(name), Some(version)) = (words.next(), words.next()) {
                    found.push(Named::new(name, version, Scope::Runtime, index + 1));
                }
            }
        }
    }
    found
}
