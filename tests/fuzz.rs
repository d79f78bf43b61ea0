//! Fuzzing on the stable toolchain: whatever comes in, outline, template, edits, ledger and frames neither panic nor hang.
//!
//! `GROUNDPLAN_CASES=1000000 cargo test --release --test fuzz` hunts for longer.

use std::collections::{BTreeMap, HashMap};

use groundplan::check::{Input, check};
use groundplan::config::{Owner, from_toml};
use groundplan::document::{Document, Stamp};
use groundplan::server::transport::{Frame, frame, read_frame};
use groundplan::template::{built_in, parse, recognise};
use groundplan::text::{Encoding, Position, Text, apply_all};
use proptest::prelude::*;

/// Pieces of every form that is read, to be thrown together.
const PARTS: &[&str] = &[
    "---\n",
    "template: backend-plan\n",
    "requirements: ./a.md\n",
    "status: draft\n",
    "kind: plan\n",
    "paths: [\"**/*.md\", '[']\n",
    "# ",
    "## Requirements\n",
    "## Backend Implementation Plan\n",
    "### Executive Summary\n",
    "### Implementation Phases\n",
    "#### Phase 1: A\n",
    "#### Phase 99999999999: B\n",
    "- **Dependencies**: Phase 1, 2 and 3\n",
    "- **Objectives**: [hint]\n",
    "- **FR-001**: The system MUST x\n",
    "- FR_1a\n",
    "R3.2 ",
    "Requirement 3",
    "[^s1]",
    "[^s1]: [a.rs:1-2](a.rs#L1-L2) \"x\" · system · 2026-01-01 · `b3:0123456789ab`\n",
    "[^s2]: [git log abc -- x](y) \"\" · a · 2026-01-01 · `b3:0123456789ab`\n",
    "[^s3]: [a.rs:99999999999999999999-1](a) \"x\" · a · 2026-01-01 · `b3:0123456789ab`\n",
    "<!-- groundplan-stamp\nrun: x\nresearch: technology=1 a=b =\nsection A: b3:0123456789ab\n-->\n",
    "<!-- groundplan-ignore placeholder -->",
    "<!--",
    "-->",
    "```\n",
    "| a | b |\n|---|---|\n",
    "> ",
    "\r\n",
    "\n",
    "\t",
    "é",
    "🙂",
    "e\u{301}",
    "\u{2028}",
    "\u{feff}",
    "\0",
    "[",
    "]",
    "{{X}}",
    "TBD",
    "**",
    "***:",
    "1. ",
    "- [ ] ",
    "<div>\n",
    "<script>",
    "    ",
    "[Additional phases as needed]\n",
    "Content-Length: ",
    "\\",
    "&amp;",
    "[a][b]",
    "[a]: /x\n",
];

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop_oneof![4 => prop::sample::select(PARTS).prop_map(str::to_owned), 1 => "\\PC{0,6}"],
        0..60,
    )
    .prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn documents_are_judged_and_their_fixes_apply(text in text()) {
        let document = Document::parse(&text);
        prop_assert_eq!(document.text().to_string(), text.clone());
        let recognition = recognise(&document, "docs/a.plan.md", built_in());
        let input = Input { document: &document, recognition: &recognition, requirements: None, sources: &HashMap::new() };
        for found in check(&input, &BTreeMap::new()) {
            prop_assert!(text.get(found.range.clone()).is_some(), "{:?} cuts a character of {:?}", found, text);
            for fix in &found.fixes {
                for edit in &fix.edits {
                    prop_assert!(text.get(edit.range.clone()).is_some(), "{:?} cuts a character of {:?}", edit, text);
                }
                apply_all(&text, &fix.edits);
            }
        }
        for id in 0..document.sections().len() {
            let section = &document.sections()[id];
            let end = document.content_end(id);
            prop_assert!(section.heading.start <= end && end <= text.len());
            document.phase(id);
            document.fields(id);
        }
    }

    #[test]
    fn templates_and_configurations_are_read(text in text()) {
        let (template, _) = parse(&text, "x");
        template.lay(&Document::parse(&text));
        from_toml(&text, Owner::User);
        Stamp::parse(&text, 0..0);
    }

    #[test]
    fn positions_lead_to_characters_and_back(text in text(), line in 0u32..80, character in 0u32..80) {
        let rope = Text::new(&text);
        for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
            let offset = rope.offset(Position { line, character }, encoding);
            prop_assert!(text.is_char_boundary(offset));
            let place = rope.position(offset, encoding);
            prop_assert_eq!(rope.offset(place, encoding), offset);
        }
    }

    #[test]
    fn frames_are_found_behind_any_noise(noise in prop::collection::vec(any::<u8>(), 0..400), bodies in prop::collection::vec("\\PC{0,40}", 1..5)) {
        // Noise that announces a body takes what follows for it; any other is passed over.
        let announces = noise.to_ascii_lowercase().windows(15).any(|window| window == b"content-length:");
        prop_assume!(!announces);
        let mut input = noise;
        input.extend_from_slice(b"\r\n\r\n");
        for body in &bodies {
            input.extend(frame(body.as_bytes()));
        }
        let mut input = input.as_slice();
        let mut got = Vec::new();
        loop {
            match read_frame(&mut input) {
                Frame::Body(body) => got.push(String::from_utf8(body).unwrap()),
                Frame::Broken(_) => {}
                Frame::End => break,
            }
        }
        prop_assert_eq!(got, bodies);
    }
}

fn cases() -> u32 {
    std::env::var("GROUNDPLAN_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(400)
}
