//! Compares a source of the ledger with what stands there now, without a model and without the network.

use std::path::Path;

use super::{Cancel, Reader, Renames, history};
use crate::check::{Present, SourceState};
use crate::document::{Place, Source};
use crate::text::{Digest, digest};

/// An excerpt can stand this many lines behind the first one, where those say nothing.
const OPENING: usize = 3;
/// So many places are compared; more than this are not one place any more.
const CANDIDATES: usize = 400;

/// How a source stands; `None` for what cannot be compared here: a footnote that is no source of the ledger, a package
/// of a registry, a commit that a shallow clone may have left out or that git
/// cannot be asked about.
///
/// `catalogue` gives the digest of an entry of groundplan's own catalogue.
pub fn state(
    reader: &Reader,
    renames: &Renames,
    root: &Path,
    source: &Source,
    catalogue: &dyn Fn(&str) -> Option<Digest>,
) -> Option<SourceState> {
    let read = source.digest.as_ref()?;
    Some(match source.place.as_ref()? {
        Place::Lines { path, first, last } => {
            let at = |path: &str| lines(reader, path, *first, *last, read, &source.excerpt);
            match renames_of(reader, renames, path).map(|new| (at(&new), new)) {
                None => at(path),
                // The same lines in another file are moved.
                Some((SourceState::Fresh, new)) => SourceState::Moved(present(reader, &new, *first, *last)),
                Some((SourceState::Lost(reason), new)) => {
                    SourceState::Lost(format!("in `{new}`, as it is called now, {reason}"))
                }
                Some((state, _)) => state,
            }
        }
        // What stands in a document is no option for git.
        Place::History { commit, .. } | Place::Commit { commit, .. }
            if commit.is_empty() || !commit.chars().all(|c| c.is_ascii_hexdigit()) =>
        {
            SourceState::Lost(format!("{commit} is no id of a commit"))
        }
        Place::History { commit, .. } | Place::Commit { commit, .. } => {
            let known = history::git(
                root,
                &["cat-file".into(), "-e".into(), format!("{commit}^{{commit}}")],
                &Cancel::default(),
            );
            match known {
                Ok(Some(_)) => SourceState::Fresh,
                // Neither a shallow clone nor a git that fails knows what there is.
                _ if !history::is_whole(root) => return None,
                _ => SourceState::Lost(format!("the repository has no commit {commit}")),
            }
        }
        // Only the network knows; the ledger names the command that asks it.
        Place::Package { .. } | Place::Tool { .. } => return None,
        Place::Catalogue { entry } => match catalogue(entry) {
            Some(now) if now == *read => SourceState::Fresh,
            Some(now) => SourceState::Changed(Present {
                place: Place::Catalogue { entry: entry.clone() },
                digest: now,
                excerpt: source.excerpt.to_string(),
            }),
            None => SourceState::Lost("this version of groundplan has no such entry".into()),
        },
    })
}

/// The name that git has given to a file that is not there.
fn renames_of(reader: &Reader, renames: &Renames, path: &str) -> Option<String> {
    reader.lines(path).is_none().then(|| renames.of(path)).flatten()
}

fn lines(reader: &Reader, path: &str, first: usize, last: usize, read: &Digest, read_excerpt: &str) -> SourceState {
    let Some(all) = reader.lines(path) else {
        return SourceState::Lost("there is no such file".into());
    };
    let height = last.saturating_sub(first).saturating_add(1);
    if height > all.len() {
        return SourceState::Lost(format!("the file has only {} lines now", all.len()));
    }
    if reader.text(path, first, last).is_some_and(|text| digest(&text) == *read) {
        return SourceState::Fresh;
    }
    // The same lines elsewhere: around the lines that the excerpt was taken from, nearest to where they stood.
    let mut starts: Vec<usize> = all
        .iter()
        .enumerate()
        .filter(|(_, line)| excerpt(line) == read_excerpt)
        .flat_map(|(index, _)| (index.saturating_sub(OPENING)..=index).map(|start| start + 1))
        .filter(|start| start + height <= all.len() + 1)
        .collect();
    starts.sort_by_key(|start| (start.abs_diff(first), *start));
    starts.dedup();
    for start in starts.into_iter().take(CANDIDATES) {
        if digest(&all[start - 1..start - 1 + height].join("\n")) == *read {
            return SourceState::Moved(present(reader, path, start, start + height - 1));
        }
    }
    if all.is_empty() {
        return SourceState::Lost("the file is empty".into());
    }
    let first = first.clamp(1, all.len());
    SourceState::Changed(present(reader, path, first, (first + height - 1).min(all.len())))
}

fn present(reader: &Reader, path: &str, first: usize, last: usize) -> Present {
    let text = reader.text(path, first, last).unwrap_or_default();
    let place = Place::Lines { path: path.to_owned(), first, last };
    Present { place, digest: digest(&text), excerpt: excerpt(&text) }
}

/// The first line that says something, as a ledger shows it.
pub fn excerpt(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| line.chars().any(char::is_alphanumeric)).unwrap_or_default();
    let line = line.replace(['"', '`'], "'");
    if line.chars().count() <= 80 { line } else { line.chars().take(79).chain(['…']).collect() }
}

/// The present text of a source's lines, for a hover.
pub fn lines_of(reader: &Reader, place: &Place) -> Option<String> {
    match place {
        Place::Lines { path, first, last } => reader.text(path, *first, *last),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(now: &str, expected: impl Fn(SourceState) -> bool) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.rs"), now).unwrap();
        let read = digest("fn a() {\n}");
        let got = lines(&Reader::new(folder.path()), "a.rs", 2, 3, &read, "fn a() {");
        assert!(expected(got.clone()), "{got:?}");
    }

    #[test]
    fn the_four_states() {
        check("x\nfn a() {\n}\n", |state| state == SourceState::Fresh);
        check("x\r\nfn a() {  \r\n}\r\n", |state| state == SourceState::Fresh);
        check(
            "x\ny\nz\nfn a() {\n}\n",
            |state| matches!(state, SourceState::Moved(present) if present.place.name() == "a.rs:4-5"),
        );
        check(
            "x\nfn b() {\n}\n",
            |state| matches!(state, SourceState::Changed(present) if present.excerpt == "fn b() {"),
        );
        let reader = Reader::new(Path::new("/nowhere"));
        assert!(matches!(lines(&reader, "a.rs", 1, 1, &digest("x"), "x"), SourceState::Lost(_)));
    }
}
