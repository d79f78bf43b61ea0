//! An edited document equals the document parsed from the edited text, whatever is typed where.

use groundplan::document::Document;
use groundplan::text::{Edit, apply_all};
use proptest::prelude::*;

/// Lines that open, close, interrupt and continue each other.
const LINES: &[&str] = &[
    "# Title",
    "## Requirements",
    "### Requirement 3: Import",
    "#### Acceptance Criteria",
    "## Phase 1: Data",
    "#",
    "Setext",
    "===",
    "---",
    "```",
    "~~~rust",
    "<!-- groundplan-ignore x -->",
    "<!--",
    "-->",
    "<div>",
    "</div>",
    "<script>",
    "</script>",
    "- **FR-001**: The system MUST keep it",
    "  - nested [^s1]",
    "1. WHEN x THE SYSTEM SHALL y",
    "2) second",
    "> quote # no",
    "    # code",
    "\t# tab",
    "[^s1]: [a.rs:1-2](a.rs#L1) \"x\" · system · 2026-01-01 · `b3:0123456789ab`",
    "[ref]: /url \"title",
    "[ref]",
    "text with `code` TBD and {{HOLE}}",
    "| a | b |",
    "|---|---|",
    "",
    "",
    "",
    "é🙂 MUST e\u{301}",
    "- [ ] task",
    "* **Objectives**: [What]",
    "   # indented heading",
    "  ```",
    "- ```",
    "  # in a list",
    "<?php",
    "?>",
    "<b",
    "\\",
];

fn line() -> impl Strategy<Value = String> {
    (prop::sample::select(LINES), prop::bool::ANY)
        .prop_map(|(line, crlf)| format!("{line}{}", if crlf { "\r\n" } else { "\n" }))
}

fn document() -> impl Strategy<Value = String> {
    (prop::bool::ANY, prop::collection::vec(line(), 0..40)).prop_map(|(front, lines)| {
        format!("{}{}", if front { "---\nstatus: draft\n---\n" } else { "" }, lines.concat())
    })
}

fn typed() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(
            &["", "#", "`", "```\n", "\n", "\r\n", " ", "-", "<!--", "-->", "\n# x\n", "🙂", "a", ">", "="][..]
        )
        .prop_map(str::to_owned),
        line(),
        prop::collection::vec(line(), 0..4).prop_map(|lines| lines.concat()),
    ]
}

fn boundary(text: &str, at: prop::sample::Index) -> usize {
    let mut at = at.index(text.len() + 1);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn editing_equals_parsing(
        text in document(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..30usize, typed()), 1..8),
    ) {
        let mut text = text;
        let mut edited = Document::parse(&text);
        for (start, end, most, typed) in edits {
            let start = boundary(&text, start);
            let end = boundary(&text, end).clamp(start, start + most.min(text.len() - start));
            let end = (end..=text.len()).find(|&at| text.is_char_boundary(at)).unwrap_or(text.len());
            let edit = Edit::replace(start..end, typed);
            text = apply_all(&text, std::slice::from_ref(&edit));
            edited = edited.edited(&edit);
            let whole = Document::parse(&text);
            prop_assert_eq!(edited.text().to_string(), text.clone());
            prop_assert_eq!(edited.structure(), whole.structure(), "text: {:?}", text);
        }
    }
}

/// What is a link depends on whether a source that is cited in it is defined; a piece does not ask the others.
#[test]
fn a_citation_in_a_link_reads_the_same_wherever_its_source_stands() {
    let text = "[^s1]: [a.rs](a.rs) \"x\"\n\n# A\n\n[see [^s1] there](u) and x\n\n# B\n\nEnd\n";
    let at = text.find(" and x").unwrap();
    let edit = Edit::insert(at, "!");
    let edited = Document::parse(text).edited(&edit);
    let whole = Document::parse(&apply_all(text, std::slice::from_ref(&edit)));
    assert_eq!(edited.structure(), whole.structure());
}

/// `GROUNDPLAN_CASES` lengthens the hunt.
fn cases() -> u32 {
    std::env::var("GROUNDPLAN_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(600)
}
