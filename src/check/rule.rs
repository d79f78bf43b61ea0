//! The list of rules: names, default severities, documentation.

use super::{Context, Diagnostic};
use crate::config::Severity;

/// Where the rules' pages can be read; the page of a rule is `DOCS` + name + `.md`.
pub const DOCS: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs/rules/");

/// A rule.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Its name in diagnostics, configuration and comments.
    pub name: &'static str,
    /// Its severity in a document whose status says nothing.
    pub severity: Severity,
    /// Its page, as `groundplan explain` prints it.
    pub page: &'static str,
    pub(super) run: Option<fn(&Context<'_>, &mut Vec<Diagnostic>)>,
}

macro_rules! rules {
    ($($name:literal $severity:ident $run:expr;)*) => {
        &[$(Rule {
            name: $name,
            severity: Severity::$severity,
            page: include_str!(concat!("../../docs/rules/", $name, ".md")),
            run: $run,
        }),*]
    };
}

/// All rules; those without code here judge configuration and templates, where these are read.
const RULES: &[Rule] = rules! {
    "missing-section" Warning Some(super::missing_section::run);
    "misplaced-section" Warning Some(super::misplaced_section::run);
    "duplicate-section" Warning Some(super::duplicate_section::run);
    "empty-section" Warning Some(super::empty_section::run);
    "missing-field" Warning Some(super::missing_field::run);
    "empty-field" Warning Some(super::empty_field::run);
    "placeholder" Warning Some(super::placeholder::run);
    "phase-number" Warning Some(super::phase_number::run);
    "unknown-phase" Error Some(super::unknown_phase::run);
    "phase-cycle" Error Some(super::phase_cycle::run);
    "phase-order" Warning Some(super::phase_order::run);
    "duplicate-requirement" Error Some(super::duplicate_requirement::run);
    "unclear-requirement" Information Some(super::unclear_requirement::run);
    "uncovered-requirement" Warning Some(super::uncovered_requirement::run);
    "unknown-requirement" Warning Some(super::unknown_requirement::run);
    "changed-requirement" Warning Some(super::changed_requirement::run);
    "missing-citation" Warning Some(super::missing_citation::run);
    "unknown-source" Error Some(super::unknown_source::run);
    "unused-source" Information Some(super::unused_source::run);
    "changed-source" Warning Some(super::changed_source::run);
    "lost-source" Warning Some(super::lost_source::run);
    "moved-source" Information Some(super::moved_source::run);
    "skipped-research" Warning Some(super::skipped_research::run);
    "invalid-template" Error None;
    "invalid-config" Error None;
};

/// All rules, in the order in which they are documented.
pub fn rules() -> &'static [Rule] {
    RULES
}

/// The rule of a name.
pub fn find(name: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.name == name)
}
