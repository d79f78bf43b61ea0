//! Tells which file a type's name means, where no import leads there.

use std::collections::HashMap;

use super::{Language, Lexicon, SourceFile, SymbolKind, Word};

/// A type's name shorter than this is used for too many things to say who means it.
const MIN_NAME: usize = 4;

/// Whether a file can mean a type of another one by its name: in Java within its package, which tests share, or where it
/// takes everything from there; in Rust and Python where it imports the type or its module from this workspace, which
/// has the crates that `is_crate` knows.
pub(super) fn sees(file: &SourceFile, owner: &SourceFile, name: &str, is_crate: impl Fn(&str) -> bool) -> bool {
    fn folder(path: &str) -> &str {
        path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }
    fn package(path: &str) -> Option<&str> {
        let (_, below) = path.rsplit_once("/java/")?;
        Some(below.rsplit_once('/')?.0)
    }
    match (file.language, package(&file.path), package(&owner.path)) {
        (Some(Language::Java), Some(own), Some(other)) => {
            let taken = || other.replace('/', ".");
            own == other || file.imports.iter().any(|import| import.trim_end_matches(".*") == taken())
        }
        // Another package is imported, and its files are told by what is said of it.
        (Some(Language::Go), ..) => folder(&file.path) == folder(&owner.path),
        (Some(Language::Rust | Language::Python), ..) => {
            let (folder, module) = owner.path.rsplit_once('/').unwrap_or(("", &owner.path));
            let module = module.split('.').next().unwrap_or(module);
            let of_folder = matches!(module, "mod" | "lib" | "__init__");
            let module = if of_folder { folder.rsplit('/').next().unwrap_or(module) } else { module };
            // What stands for a folder, or bears its name beside it, is above what lies in that.
            let below = if of_folder { format!("{folder}/") } else { owner.path.replacen(".rs", "/", 1) };
            let is_above = file.path.starts_with(&below);
            // What another package of the same name brings is another thing: `prost::Message`.
            let is_from_here = |import: &&String| {
                let first = import.split([':', '.']).next().unwrap_or_default();
                matches!(first, "" | "crate" | "self" | "super")
                    || is_crate(first)
                    || owner.path.split(['/', '.']).any(|part| part == first)
            };
            file.imports.iter().filter(is_from_here).any(|import| {
                let last = import.rsplit([':', '.']).next().unwrap_or(import);
                last == name || last == module || last == "prelude" || last == "super" && is_above
            })
        }
        _ => true,
    }
}

/// The one file that defines each type; `None` where several do.
pub(super) fn type_owners<'f>(
    files: &'f [SourceFile],
    words: &Lexicon,
) -> HashMap<(Language, Word), Option<(usize, &'f str)>> {
    let mut owners: HashMap<(Language, Word), Option<(usize, &'f str)>> = HashMap::new();
    for (index, file) in files.iter().enumerate().filter(|(_, file)| !file.is_test) {
        let Some(language) = file.language else { continue };
        let types = file.symbols.iter().filter(|symbol| {
            matches!(symbol.kind, SymbolKind::Type | SymbolKind::Interface | SymbolKind::Enum)
                && symbol.name.len() >= MIN_NAME
        });
        for symbol in types {
            let Some(name) = words.find(&symbol.name) else { continue };
            owners
                .entry((language.family(), name))
                .and_modify(|owner| {
                    if owner.is_none_or(|(owner, _)| owner != index) {
                        *owner = None;
                    }
                })
                .or_insert(Some((index, symbol.name.as_str())));
        }
    }
    owners
}
