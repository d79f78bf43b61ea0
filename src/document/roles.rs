//! What a heading says about the list items and sentences below it.

use std::sync::LazyLock;

use regex::Regex;

use crate::text::pattern;

/// The part that a section plays for requirements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Nothing said: what the section above said holds on.
    Inherit,
    /// Title of a requirements document: sentences with MUST count, bare list items do not.
    Weak,
    /// A list of requirements.
    Requirements,
    /// One requirement as a heading.
    Requirement,
    /// Acceptance criteria of the requirement above.
    Criteria,
    /// One criterion as a heading, as `#### Scenario: …`.
    Scenario,
    /// One user story as a heading.
    Story,
    /// Measurable outcomes.
    Outcomes,
    /// Text in which nothing is demanded: background, exclusions, plans.
    Nothing,
}

/// `Requirement 3: …`, `Requirement: …`, `FR-001: …` at the start of a heading.
static REQUIREMENT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:requirement(?: (?P<number>\d+(?:\.\d+)*))?(?: ?[:.-] *|$)|(?P<id>(?:n?fr|req|br|ur|sr)-?\d+(?:\.\d+)*)\b[ :.-]*)(?P<title>.*)$",
    )
});

const NOTHING: &[&str] = &[
    "introduction",
    "overview",
    "background",
    "purpose",
    "glossary",
    "terminology",
    "references",
    "assumptions",
    "out of scope",
    "scope",
    "non-goals",
    "open questions",
    "clarifications",
    "edge cases",
    "key entities",
    "dependencies",
    "constraints",
    "notes",
    "history",
    "changelog",
    "review checklist",
    "review and acceptance checklist",
    "execution status",
    "motivation",
    "summary",
    "project description (input)",
    "resource requirements",
    "deployment requirements",
    "infrastructure requirements",
    "system requirements",
    "hardware requirements",
];

/// The role of a heading by its level and compared title.
pub(super) fn role(level: u8, key: &str) -> Role {
    if heading_requirement(key).is_some() {
        return Role::Requirement;
    }
    if key.starts_with("scenario") {
        return Role::Scenario;
    }
    if key.starts_with("user story") || key.starts_with("story ") {
        return Role::Story;
    }
    if key.starts_with("acceptance") || key == "criteria" || key.ends_with("acceptance criteria") {
        return Role::Criteria;
    }
    if key.starts_with("success criteria") || key.contains("measurable outcomes") || key == "success metrics" {
        return Role::Outcomes;
    }
    if NOTHING.contains(&key) || key.contains("implementation plan") || key.starts_with("non-goals") {
        return Role::Nothing;
    }
    if key.ends_with("requirements") || key == "requirements document" || key.starts_with("requirements") {
        let list = level > 1 || matches!(key, "requirements" | "functional requirements");
        return if list { Role::Requirements } else { Role::Weak };
    }
    Role::Inherit
}

/// Reads a heading that is itself a requirement: its given id, if any, and its title's length in bytes.
pub(super) fn heading_requirement(key: &str) -> Option<(Option<String>, usize)> {
    let found = REQUIREMENT.captures(key)?;
    let id = match (found.name("number"), found.name("id")) {
        (Some(number), _) => Some(format!("R{}", number.as_str())),
        (_, Some(id)) => Some(id.as_str().to_uppercase()),
        _ => None,
    };
    Some((id, found["title"].len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_play_their_parts() {
        for (level, key, expected) in [
            (1, "requirements document", Role::Weak),
            (2, "requirements", Role::Requirements),
            (3, "non-functional requirements", Role::Requirements),
            (3, "requirement 3: import", Role::Requirement),
            (3, "requirement: change creation", Role::Requirement),
            (4, "fr-001: export", Role::Requirement),
            (4, "acceptance criteria", Role::Criteria),
            (4, "scenario: duplicate rejected", Role::Scenario),
            (3, "user story 1 - sign in (priority: p1)", Role::Story),
            (2, "success criteria", Role::Outcomes),
            (2, "backend implementation plan", Role::Nothing),
            (3, "data import", Role::Inherit),
        ] {
            assert_eq!(role(level, key), expected, "{key}");
        }
    }
}
