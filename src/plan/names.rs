//! Short names of files, for the fields that speak of what another one has named in full.

use std::collections::{BTreeMap, BTreeSet};

/// What each path is called for short: as little of its end as no other path of the plan has, too.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeMap<String, String>);

/// Names of files that say nothing without their folder.
const EVERYWHERE: &[&str] = &["mod", "lib", "main", "index", "__init__", "page", "route", "README", "package"];

impl Names {
    /// Names all paths that a plan speaks of.
    pub fn of<'p>(paths: impl IntoIterator<Item = &'p str>) -> Self {
        let paths: BTreeSet<&str> = paths.into_iter().filter(|path| !path.is_empty()).collect();
        let mut ends: BTreeMap<&str, usize> = BTreeMap::new();
        for path in &paths {
            for end in ends_of(path) {
                *ends.entry(end).or_default() += 1;
            }
        }
        let short = |path: &&str| {
            let is_enough = |end: &&str| ends.get(end) == Some(&1) && !says_nothing(end);
            let end = ends_of(path).find(is_enough).filter(|end| end.len() < path.len())?;
            Some(((*path).to_owned(), end.to_owned()))
        };
        Self(paths.iter().filter_map(short).collect())
    }

    /// A text with the short names of those paths that it quotes as code and that are `known` to its reader.
    pub fn shorten(&self, text: &str, known: impl Fn(&str) -> bool) -> String {
        // What stands between two backticks is every other part.
        let parts = text.split('`').enumerate().map(|(at, part)| {
            let short = self.0.get(part).filter(|_| at % 2 == 1 && known(part));
            short.map_or(part, String::as_str)
        });
        parts.collect::<Vec<_>>().join("`")
    }
}

/// The ends of a path that are whole names, the shortest first.
fn ends_of(path: &str) -> impl Iterator<Item = &str> {
    let cuts = path.rmatch_indices('/').map(|(at, _)| &path[at + 1..]);
    cuts.chain(std::iter::once(path))
}

fn says_nothing(end: &str) -> bool {
    !end.contains('/') && EVERYWHERE.contains(&end.split('.').next().unwrap_or(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(paths: &[&str], text: &str, expected: &str) {
        assert_eq!(Names::of(paths.iter().copied()).shorten(text, |_| true), expected);
    }

    #[test]
    fn paths_are_told_by_as_little_as_tells_them_apart() {
        let paths = ["src/cart/mod.rs", "src/cart/line.rs", "src/order/line.rs", "src/price.rs", "README.md"];
        check(&paths, "`src/price.rs` uses `src/cart/line.rs`.", "`price.rs` uses `cart/line.rs`.");
        check(&paths, "`src/cart/mod.rs` and `README.md`", "`cart/mod.rs` and `README.md`");
        check(
            &paths,
            "src/price.rs, `src/other.rs` and `cp src/price.rs x`",
            "src/price.rs, `src/other.rs` and `cp src/price.rs x`",
        );
    }
}
