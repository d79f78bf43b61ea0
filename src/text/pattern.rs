//! Regular expressions that are written in the source.

use regex::Regex;

/// A pattern that stands in the source as it is.
pub fn pattern(source: &'static str) -> Regex {
    #[expect(clippy::expect_used, reason = "patterns are constants, and every one has tests that go through it")]
    Regex::new(source).expect("constant pattern")
}
