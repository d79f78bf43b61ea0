//! What a name in a document stands for in the code of its workspace.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use tower_lsp::ls_types::{DidChangeWatchedFilesParams, Location, Position, Range, Uri};

use super::backend::Shared;
use super::session::{Snapshot, lock, path};
use crate::research::plural;
use crate::workspace::{Cancel, Named, SourceFile, SymbolKind, named, relative, saying};

/// A hover does not wait longer for the first reading of a repository, which goes on without it.
const WAIT: Duration = Duration::from_secs(1);
/// So many places of one name are shown.
const SHOWN: usize = 4;

/// The files of a root; `None` while they are read for the first time.
fn files(shared: &Arc<Shared>, root: &Path) -> Option<Arc<Vec<SourceFile>>> {
    let told = {
        let session = lock(&shared.session);
        // A client tells of its own folders only.
        session.watching && session.folders.iter().any(|folder| root.starts_with(folder))
    };
    let index = shared.indexes.of(root);
    let root = root.to_path_buf();
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        // Whoever asked may have stopped waiting.
        let _ = sender.send(index.files(&root, told, &Cancel::default()));
    });
    receiver.recv_timeout(WAIT).ok()?.ok()
}

/// Brings the files of all roots that are known up to date.
pub fn changed(shared: &Arc<Shared>, params: &DidChangeWatchedFilesParams) {
    let is_first = {
        let mut waiting = lock(&shared.changed);
        let is_first = waiting.is_empty();
        waiting.extend(params.changes.iter().filter_map(|change| path(&change.uri)));
        is_first && !waiting.is_empty()
    };
    // Whoever is at work takes what comes meanwhile, so that a flood needs one thread.
    if !is_first {
        return;
    }
    let shared = Arc::clone(shared);
    tokio::task::spawn_blocking(move || {
        let _one = lock(&shared.following);
        let paths = std::mem::take(&mut *lock(&shared.changed));
        for (root, index) in shared.indexes.opened() {
            let own: Vec<String> = paths.iter().filter_map(|path| relative(&root, path)).collect();
            if !own.is_empty() {
                index.changed(&root, &own);
            }
        }
    });
}

/// Markdown about what a name stands for; `None` for a name of nothing.
pub fn card(shared: &Arc<Shared>, snapshot: &Snapshot, name: &str) -> Option<String> {
    let root = &snapshot.project.root;
    let files = files(shared, root)?;
    let found = named(&files, name);
    let mut cards: Vec<String> = found.iter().take(SHOWN).map(|named| one(root, named)).collect();
    if found.len() > SHOWN {
        cards.push(format!("and {}", plural(found.len() - SHOWN, "more place")));
    }
    if let Some(Named::Definition(_, symbol)) = found.first() {
        let count = saying(&files, shared.indexes.of(root).words(), &symbol.name);
        cards.push(format!("`{}` is named in {}.", symbol.name, plural(count, "file")));
    }
    (!cards.is_empty()).then(|| cards.join("\n\n"))
}

fn one(root: &Path, named: &Named<'_>) -> String {
    let link = |file: &SourceFile, line: Option<usize>| {
        let anchor = line.map_or_else(String::new, |line| format!("#L{line}"));
        let place = line.map_or_else(|| file.path.clone(), |line| format!("{}:{line}", file.path));
        match Uri::from_file_path(root.join(&file.path)) {
            Some(uri) => format!("[{place}]({}{anchor})", uri.as_str()),
            None => place,
        }
    };
    match named {
        Named::File(file, line) => {
            let language = file.language.map_or_else(String::new, |language| format!("{}, ", language.name()));
            let main = file
                .symbols
                .iter()
                .filter(|symbol| symbol.parent.is_none() && !symbol.is_test && symbol.kind != SymbolKind::Module);
            let main = main.take(SHOWN + 2);
            let main: Vec<String> = main.map(|symbol| format!("`{}`", symbol.name)).collect();
            let defines = if main.is_empty() { String::new() } else { format!("\n\nDefines {}.", main.join(", ")) };
            format!("**{}** · {language}{}{defines}", link(file, *line), plural(file.lines, "line"))
        }
        Named::Definition(file, symbol) => {
            let doc = if symbol.doc.is_empty() { String::new() } else { format!("\n\n{}", symbol.doc) };
            let place = link(file, Some(symbol.first));
            format!("**`{}`** · {} · {place}{doc}", symbol.qualified(), symbol.kind.name())
        }
    }
}

/// Where a name is defined.
pub fn places(shared: &Arc<Shared>, snapshot: &Snapshot, name: &str) -> Option<Vec<Location>> {
    let root = &snapshot.project.root;
    let files = files(shared, root)?;
    let location = |named: &Named<'_>| {
        let (file, line) = match named {
            Named::File(file, line) => (file, line.unwrap_or(1)),
            Named::Definition(file, symbol) => (file, symbol.first),
        };
        let start = Position { line: line.saturating_sub(1) as u32, character: 0 };
        Some(Location { uri: Uri::from_file_path(root.join(&file.path))?, range: Range { start, end: start } })
    };
    let found: Vec<Location> = named(&files, name).iter().filter_map(location).collect();
    (!found.is_empty()).then_some(found)
}
