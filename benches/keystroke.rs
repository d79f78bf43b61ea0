//! Parse, check, keystroke and the main job, on documents and a repository that the bench makes itself.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::hint::black_box;

use divan::Bencher;
use groundplan::check::{Input, check};
use groundplan::document::Document;
use groundplan::run::{Event, Request, research};
use groundplan::template::{Recognition, built_in, recognise};
use groundplan::text::Edit;
use groundplan::workspace::Cancel;

fn main() {
    divan::main();
}

const SIZES: [usize; 3] = [10_000, 100_000, 1_000_000];

/// A requirements document with its plan, of about so many bytes: prose, lists, tables, code, citations.
fn text(size: usize) -> String {
    let mut out = String::from("# Orders 🙂\n\n## Requirements\n\n");
    let mut n = 0;
    while out.len() < size * 2 / 3 {
        n += 1;
        let _ = write!(
            out,
            "### Requirement {n}: Export of kind {n}\n\n**Objective:** As a clerk, I want kind {n} exported, so that it is counted.\n\n\
             #### Acceptance Criteria\n\n1. WHEN kind {n} is asked for THE SYSTEM SHALL answer within {n} ms\n2. WHEN it fails THE SYSTEM SHALL say why — naïve, 計画\n\n\
             | a | b |\n|---|---|\n| {n} | text with `code` and [a link](x.md) |\n\n```rust\nfn kind_{n}() {{}}\n```\n\n"
        );
    }
    out.push_str("## Backend Implementation Plan\n\n### Executive Summary\n\n- **Implementation Approach**: a\n\n### Implementation Phases\n\n");
    let mut phase = 0;
    while out.len() < size {
        phase += 1;
        let _ = write!(
            out,
            "#### Phase {phase}: Part {phase}\n\n- **Objectives**: serve R{phase} and R{}[^s{}]\n- **Components**: `src/a{phase}.rs`[^s1]\n- **Dependencies**: None\n- **Success Criteria**: R{phase}.1 holds\n\n",
            phase + 1,
            phase % 40 + 1
        );
    }
    for source in 1..=40 {
        let _ = writeln!(
            out,
            "[^s{source}]: [src/a.rs:{source}-9](src/a.rs#L{source}-L9) \"fn a\" · system · 2026-01-01 · `b3:0123456789ab`"
        );
    }
    out
}

fn recognised(document: &Document) -> Recognition {
    recognise(document, "a.md", built_in())
}

#[divan::bench(args = SIZES)]
fn parse(bencher: Bencher, size: usize) {
    let text = text(size);
    bencher.bench(|| Document::parse(black_box(&text)));
}

#[divan::bench(args = SIZES)]
fn edit(bencher: Bencher, size: usize) {
    let text = text(size);
    let document = Document::parse(&text);
    let at = text.find("is counted").unwrap();
    bencher.bench(|| document.edited(black_box(&Edit::insert(at, "x"))));
}

#[divan::bench(args = SIZES)]
fn judge(bencher: Bencher, size: usize) {
    let document = Document::parse(&text(size));
    let recognition = recognised(&document);
    bencher.bench(|| diagnose(black_box(&document), &recognition));
}

fn diagnose(document: &Document, recognition: &Recognition) -> usize {
    check(&Input { document, recognition, requirements: None, sources: &HashMap::new() }, &BTreeMap::new()).len()
}

/// One key: the edit, what the document is, and its findings.
#[divan::bench(args = SIZES)]
fn keystroke(bencher: Bencher, size: usize) {
    let text = text(size);
    let document = Document::parse(&text);
    let at = text.find("is counted").unwrap();
    bencher.bench(|| {
        let document = document.edited(black_box(&Edit::insert(at, "x")));
        let recognition = recognised(&document);
        diagnose(&document, &recognition)
    });
}

/// The main job on groundplan's own sources, from a cold start: no index is kept.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn plan(bencher: Bencher) {
    let root = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("examples/baseline.requirements.md")).unwrap();
    let template = built_in()[0].clone();
    bencher.bench(|| {
        let request = Request {
            root: root.clone(),
            requirements: Document::parse(&text),
            own_paths: vec!["examples/baseline.requirements.md".into()],
            template: template.clone(),
            indexes: Default::default(),
            registries: false,
            model: None,
        };
        research(&request, &Cancel::default(), &|_: &Event| {}).unwrap().plan.sections.len()
    });
}
