//! What a name in prose stands for in code: a file, a line of it, a definition.

use super::{Lexicon, SourceFile, Symbol};

/// So many definitions of one name are told apart; more of them say nothing.
const MOST: usize = 8;

/// What a name stands for.
#[derive(Debug, Clone, Copy)]
pub enum Named<'f> {
    /// A file, and the one-based line that the name gives, if it does.
    File(&'f SourceFile, Option<usize>),
    /// A definition in a file.
    Definition(&'f SourceFile, &'f Symbol),
}

/// What a name stands for, the product's own before its tests; empty for a name that nothing has, or too much has.
pub fn named<'f>(files: &'f [SourceFile], name: &str) -> Vec<Named<'f>> {
    let name = name.trim().trim_end_matches("()").trim_start_matches("./");
    if name.is_empty() {
        return Vec::new();
    }
    let (path, line) = match name.rsplit_once(':').map(|(path, line)| (path, line.split('-').next().unwrap_or(line))) {
        Some((path, line)) if line.parse::<usize>().is_ok() => (path, line.parse().ok()),
        _ => (name, None),
    };
    let of_path: Vec<Named<'f>> =
        files.iter().filter(|file| ends_with(&file.path, path)).map(|file| Named::File(file, line)).collect();
    if !of_path.is_empty() {
        return if of_path.len() > MOST { Vec::new() } else { of_path };
    }
    let parts: Vec<&str> =
        name.split(['.', '#']).flat_map(|part| part.split("::")).filter(|part| !part.is_empty()).collect();
    let Some((last, parents)) = parts.split_last() else { return Vec::new() };
    let fits = |symbol: &&Symbol| {
        let parent = symbol.parent.as_deref().map(|parent| parent.rsplit(['.', ':']).next().unwrap_or(parent));
        symbol.name == *last && parents.last().is_none_or(|wanted| parent == Some(*wanted))
    };
    let mut found: Vec<(&SourceFile, &Symbol)> =
        files.iter().flat_map(|file| file.symbols.iter().filter(fits).map(move |symbol| (file, symbol))).collect();
    found.sort_by_key(|(file, symbol)| (file.is_test || symbol.is_test, !symbol.kind.is_container()));
    if found.len() > MOST {
        return Vec::new();
    }
    found.into_iter().map(|(file, symbol)| Named::Definition(file, symbol)).collect()
}

/// Whether a path is a name, or ends with it behind a slash.
fn ends_with(path: &str, name: &str) -> bool {
    path.strip_suffix(name).is_some_and(|before| before.is_empty() || before.ends_with('/'))
}

/// Number of files whose code says an identifier.
pub fn saying(files: &[SourceFile], words: &Lexicon, identifier: &str) -> usize {
    let word = words.find(identifier);
    let says = |file: &&SourceFile, word| file.language.is_some() && file.line_of(word).is_some();
    word.map_or(0, |word| files.iter().filter(|file| says(file, word)).count())
}
