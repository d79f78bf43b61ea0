//! Every rule on text: `«rule»` markers in the fixture say what is found and where.

use std::collections::{BTreeMap, HashMap};

use groundplan::check::{Diagnostic, Input, Present, SourceState, check as run, rules};
use groundplan::document::{Document, Place};
use groundplan::template::{built_in, recognise};
use groundplan::text::{apply_all, digest};

const HEAD: &str = "# Export\n\n## Requirements\n\n- **FR-001**: The system MUST export orders as CSV within 2 s\n\n";

const PLAN: &str = "## Backend Implementation Plan\n\n### Executive Summary\n\n- **Implementation Approach**: a\n- **Key Technologies**: b\n- **Reuse Strategy**: c\n- **Risk Assessment**: d\n\n### Research Foundation\n\n- **Technology Research**: a\n- **System Analysis**: b\n- **Component Design**: c\n- **Testing Strategy**: d\n\n### Implementation Phases\n\n#### Phase 1: Export\n\n- **Objectives**: serve FR-001\n- **Components**: a\n- **Dependencies**: None\n- **Success Criteria**: b\n\n### Resource Requirements\n\n- **Infrastructure**: a\n- **Dependencies**: b\n- **Development Tools**: c\n- **Deployment Requirements**: d\n\n### Quality Assurance Strategy\n\n- **Testing Approach**: a\n- **Code Review Process**: b\n- **Validation Strategy**: c\n- **Performance Considerations**: d\n\n### Timeline and Milestones\n\n- **Development Timeline**: a\n- **Key Milestones**: b\n- **Risk Mitigation**: c\n- **Success Metrics**: d\n";

fn diagnose(text: &str, sources: &HashMap<String, SourceState>) -> (Document, Vec<Diagnostic>) {
    let document = Document::parse(text);
    let recognition = recognise(&document, "docs/export.requirements.md", built_in());
    let input = Input { document: &document, recognition: &recognition, requirements: None, sources };
    let found = run(&input, &BTreeMap::new());
    (document, found)
}

/// Checks that exactly the marked findings are made: `«rule:text»` marks the text that a finding stands on.
fn check(fixture: &str) -> Vec<Diagnostic> {
    check_with(fixture, &HashMap::new())
}

fn check_with(fixture: &str, sources: &HashMap<String, SourceState>) -> Vec<Diagnostic> {
    let mut text = String::new();
    let mut expected = Vec::new();
    let mut rest = fixture;
    while let Some(open) = rest.find('«') {
        text.push_str(&rest[..open]);
        let marked = &rest[open + '«'.len_utf8()..];
        let close = marked.find('»').expect("every « has its »");
        let (rule, inner) = marked[..close].split_once(':').expect("«rule:text»");
        for rule in rule.split('+') {
            expected.push((rule.to_owned(), text.len()..text.len() + inner.len()));
        }
        text.push_str(inner);
        rest = &marked[close + '»'.len_utf8()..];
    }
    text.push_str(rest);
    let (_, found) = diagnose(&text, sources);
    let mut got: Vec<_> = found.iter().map(|d| (d.rule.to_owned(), d.range.clone())).collect();
    let key = |(rule, range): &(String, std::ops::Range<usize>)| (range.start, range.end, rule.clone());
    got.sort_by_key(key);
    expected.sort_by_key(key);
    let show = |list: &[(String, std::ops::Range<usize>)]| {
        list.iter().map(|(rule, range)| format!("{rule}: {:?}", &text[range.clone()])).collect::<Vec<_>>()
    };
    assert_eq!(show(&got), show(&expected), "{found:#?}");
    assert_eq!(got, expected);
    found
}

/// Applies the first fix of the first finding and checks that it leaves no finding of that rule.
fn mended(fixture: &str, expected: &str) {
    let found = check(fixture);
    let text = plain(fixture);
    let fix = found.iter().find_map(|d| d.fixes.first()).expect("a fix");
    let after = apply_all(&text, &fix.edits);
    assert!(after.contains(expected), "{after}");
    let (_, left) = diagnose(&after, &HashMap::new());
    let rule = found[0].rule;
    assert!(
        left.iter().filter(|d| d.rule == rule).count() < found.iter().filter(|d| d.rule == rule).count(),
        "{left:#?}"
    );
}

fn plain(fixture: &str) -> String {
    let mut text = String::new();
    let mut rest = fixture;
    while let Some(open) = rest.find('«') {
        text.push_str(&rest[..open]);
        let marked = &rest[open + '«'.len_utf8()..];
        let close = marked.find('»').expect("closed");
        text.push_str(marked[..close].split_once(':').expect("rule").1);
        rest = &marked[close + '»'.len_utf8()..];
    }
    text + rest
}

/// The whole document with one replacement.
fn with(from: &str, to: &str) -> String {
    let text = format!("{HEAD}{PLAN}");
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1)
}

#[test]
fn a_complete_plan_has_no_finding() {
    check(&format!("{HEAD}{PLAN}"));
    check(&format!("{HEAD}{PLAN}").replace('\n', "\r\n"));
}

#[test]
fn other_markdown_is_left_alone() {
    let document = Document::parse("# Readme\n\n## Requirements\n\n- Python 3\n- TBD [^1]\n");
    assert!(recognise(&document, "README.md", built_in()).is_none());
}

#[test]
fn a_template_is_no_document() {
    for template in built_in() {
        assert!(recognise(&Document::parse(&template.source), "a.plan.md", built_in()).is_none(), "{}", template.name);
    }
}

#[test]
fn missing_section() {
    let text = with(
        "### Resource Requirements\n\n- **Infrastructure**: a\n- **Dependencies**: b\n- **Development Tools**: c\n- **Deployment Requirements**: d\n\n",
        "",
    );
    let fixture = text.replace("## Backend Implementation Plan", "«missing-section:## Backend Implementation Plan»");
    let found = check(&fixture);
    assert_eq!(found[0].message, "The section `Resource Requirements` is missing below `Backend Implementation Plan`");
    let after = apply_all(&plain(&fixture), &found[0].fixes[0].edits);
    assert!(
        after.contains("- **Success Criteria**: b\n\n### Resource Requirements\n\n- **Infrastructure**: [Services"),
        "{after}"
    );
    assert!(after.contains("[What changes on the way to production]\n\n### Quality Assurance Strategy"), "{after}");
}

#[test]
fn a_missing_last_section_goes_before_the_ledger() {
    let (start, _) = PLAN.split_once("### Timeline").unwrap();
    let fixture = format!("{HEAD}{}see[^s1]\n\n[^s1]: note\n", start.trim_end().to_owned() + "\n\n")
        .replace("## Backend Implementation Plan", "«missing-section:## Backend Implementation Plan»");
    let found = check(&fixture);
    let after = apply_all(&plain(&fixture), &found[0].fixes[0].edits);
    let (timeline, ledger) = (after.find("### Timeline").unwrap(), after.find("[^s1]: note").unwrap());
    assert!(timeline < ledger, "{after}");
}

#[test]
fn misplaced_section() {
    let qa = "### Quality Assurance Strategy\n\n- **Testing Approach**: a\n- **Code Review Process**: b\n- **Validation Strategy**: c\n- **Performance Considerations**: d\n\n";
    let text = format!("{HEAD}{PLAN}").replacen(qa, "", 1).replacen(
        "### Executive Summary",
        &format!("{qa}### Executive Summary"),
        1,
    );
    mended(
        &text.replace("### Quality Assurance Strategy", "«misplaced-section:### Quality Assurance Strategy»"),
        "- **Deployment Requirements**: d\n\n### Quality",
    );
}

#[test]
fn a_section_on_the_wrong_level_is_one_finding() {
    let fixture = with("### Resource Requirements", "«misplaced-section:## Resource Requirements»");
    mended(&fixture, "\n### Resource Requirements");
}

#[test]
fn duplicate_section() {
    let twice = "- **Implementation Approach**: a\n- **Key Technologies**: b\n- **Reuse Strategy**: c\n- **Risk Assessment**: d\n\n";
    let again = format!("«duplicate-section:### Executive Summary»\n\n{twice}### Resource Requirements");
    let found = check(&with("### Resource Requirements", &again));
    assert_eq!(found[0].related[0].message, "it stands here first");
}

#[test]
fn empty_section_and_fields() {
    mended(
        &with(
            "### Research Foundation\n\n- **Technology Research**: a\n- **System Analysis**: b\n- **Component Design**: c\n- **Testing Strategy**: d\n",
            "«empty-section:### Research Foundation»\n\n<!-- later -->\n",
        ),
        "- **System Analysis**: [Existing",
    );
    mended(
        &with(
            "### Executive Summary\n\n- **Implementation Approach**: a\n",
            "«missing-field:### Executive Summary»\n\n",
        ),
        "### Executive Summary\n\n- **Implementation Approach**: [How",
    );
    mended(&with("- **Components**: a", "- **«empty-field:Components»**: <!-- x -->"), "- **Components**: [Files");
}

#[test]
fn placeholders() {
    check(&with("- **Components**: a", "- **Components**: «placeholder:[Files and symbols]»"));
    check(
        &with("- **Components**: a", "- **Components**: «placeholder:{{FILES}}» and `TODO` and [a link](x) [^1x]")
            .replace(" [^1x]", ""),
    );
    check(&with("Phase 1: Export", "Phase 1: «placeholder:[Phase Name]»"));
    check(&with("as CSV", "as CSV «placeholder:[NEEDS CLARIFICATION: which columns]»"));
    check(&with("- **Components**: a", "- **Components**: a\n\n```\nTBD [FEATURE NAME]\n```"));
}

fn phases(second: &str) -> String {
    with("### Resource Requirements", &format!("{second}### Resource Requirements"))
}

fn phase(heading: &str, dependencies: &str) -> String {
    format!(
        "#### {heading}\n\n- **Objectives**: a\n- **Components**: b\n- **Dependencies**: {dependencies}\n- **Success Criteria**: c\n\n"
    )
}

#[test]
fn phases_are_numbered_and_ordered() {
    mended(&phases(&phase("Phase «phase-number:3»: Later", "Phase 1")), "Phase 2: Later");
    check(&phases(&phase("Phase 2: Later", "Phase 1 and phase «unknown-phase:7»")));
    check(&phases(&phase("Phase 2: Later", "Phase «phase-cycle:2»")));
    let text = phases(&phase("Phase 2: Later", "None")).replacen(
        "- **Dependencies**: None",
        "- **Dependencies**: Phase «phase-order:2»",
        1,
    );
    check(&text);
    let circle = phases(&phase("Phase 2: Later", "Phase 1")).replacen(
        "- **Dependencies**: None",
        "- **Dependencies**: Phase «phase-cycle:2»",
        1,
    );
    let found = check(&circle);
    assert_eq!(found[0].message, "No phase of this circle can begin: phase 1 needs phase 2 needs phase 1");
}

#[test]
fn requirements_are_traced() {
    mended(&with("within 2 s\n", "within 2 s\n- **«duplicate-requirement:FR-001»**: again 3\n"), "**FR-002**: again");
    check(&with("within 2 s\n", "within 2 s\n- **«uncovered-requirement:FR-002»**: The system MUST keep 3 copies\n"));
    check(&with("serve FR-001", "serve FR-001 and «unknown-requirement:FR-009», see RFC-2119"));
    check(&with("as CSV within 2 s", "orders fast").replace("**FR-001**", "**«unclear-requirement:FR-001»**"));
}

#[test]
fn citations_have_sources() {
    let digest = digest("x");
    let ledger = format!("\n[^s1]: [src/a.rs:1-2](../src/a.rs#L1-L2) \"fn a\" · system · 2026-01-01 · `{digest}`\n");
    let whole = format!("{}{ledger}", with("- **Components**: a", "- **Components**: `src/a.rs`[^s1]"));
    check(&whole);
    check(&with("- **Components**: a", "- **Components**: `«missing-citation:src/a.rs»` and `src/b.rs`"));
    check(&with("- **Components**: a", "- **Components**: `src/b.rs` (new)"));
    check(&whole.replace("[^s1]\n- **Dep", "«unknown-source:[^s2]»[^s1]\n- **Dep"));
    check(&format!("{HEAD}{PLAN}{}", ledger.replace("[^s1]", "[^«unused-source:s1»]")));
    let present = Present {
        place: Place::Lines { path: "src/a.rs".into(), first: 5, last: 6 },
        digest: digest.clone(),
        excerpt: "fn a".into(),
    };
    let state = |state| HashMap::from([("s1".to_owned(), state)]);
    check_with(
        &whole.replace("[^s1]\n- **Dep", "«lost-source:[^s1]»\n- **Dep"),
        &state(SourceState::Lost("no such file".into())),
    );
    let changed = whole.replace("[^s1]\n- **Dep", "«changed-source:[^s1]»\n- **Dep");
    let moved = whole.replace("[^s1]: ", "[^«moved-source:s1»]: ");
    let place = |path: &str| Place::Lines { path: path.into(), first: 5, last: 6 };
    let at = |path: &str, excerpt: &str| Present { place: place(path), excerpt: excerpt.into(), ..present.clone() };
    for (now, told) in [
        (present.clone(), "“fn a” still stands there; other lines have changed"),
        (at("src/a.rs", "fn b"), "it read “fn a”; now “fn b” stands there"),
        (at("src/b c.rs", "fn b"), "it read “fn a”; now “fn b” stands there in `src/b c.rs`"),
    ] {
        let found = check_with(&changed, &state(SourceState::Changed(now)));
        assert_eq!(found[0].related[0].message, told);
    }
    for (now, link) in [
        ("src/a.rs", "[^s1]: [src/a.rs:5-6](../src/a.rs#L5-L6) \"fn a\""),
        ("src/b c.rs", "[^s1]: [src/b c.rs:5-6](../src/b%20c.rs#L5-L6) \"fn a\""),
    ] {
        let found = check_with(&moved, &state(SourceState::Moved(at(now, "fn a"))));
        let after = apply_all(&whole, &found[0].fixes[0].edits);
        assert!(after.contains(link), "{after}");
    }
}

#[test]
fn skipped_research() {
    let stamp = "\n<!-- groundplan-stamp\nrun: b3:x\nresearch: technology=2 system=1 design=0 testing=3\n-->\n";
    let text = format!("{HEAD}{PLAN}{stamp}")
        .replace("## Backend Implementation Plan", "«skipped-research:## Backend Implementation Plan»");
    assert!(check(&text)[0].message.ends_with(": design"));
}

#[test]
fn a_comment_silences_one_place() {
    check(&with("- **Components**: a", "- **Components**: TBD <!-- groundplan-ignore placeholder -->"));
    check(&with("- **Components**: a", "- **Components**: «placeholder:TBD» <!-- groundplan-ignore empty-field -->"));
    check(
        &with("### Resource Requirements\n\n", "<!-- groundplan-ignore -->\n### Resource Requirements\n\n")
            .replace("- **Infrastructure**: a\n", ""),
    );
}

#[test]
fn status_moves_the_severity() {
    let severity = |status: &str| {
        let text = format!("---\nstatus: {status}\n---\n{}", with("- **Components**: a", "- **Components**: TBD"));
        diagnose(&text, &HashMap::new()).1[0].severity.name()
    };
    assert_eq!([severity("draft"), severity("review"), severity("accepted")], ["information", "warning", "error"]);
}

#[test]
fn every_rule_has_a_page_that_shows_its_name_and_severity() {
    for rule in rules() {
        assert!(rule.page.starts_with(&format!("# {}\n\n", rule.name)), "{}", rule.name);
        assert!(rule.page.contains(&format!("Default: {}", rule.severity.name())), "{}", rule.name);
    }
}

#[test]
fn a_requirement_that_changed_since_the_plan() {
    let text = format!("{HEAD}{PLAN}");
    let digest = Document::parse(&text).requirements().next().unwrap().digest();
    let stamp = format!(
        "\n<!-- groundplan-stamp\nrun: x\nresearch: technology=1 system=1 design=1 testing=1\nrequirement FR-001: {digest}\n-->\n"
    );
    check(&format!("{text}{stamp}"));
    check(
        &format!("{text}{stamp}")
            .replace("**FR-001**", "**«changed-requirement:FR-001»**")
            .replace("within 2 s", "within 9 s"),
    );
}
