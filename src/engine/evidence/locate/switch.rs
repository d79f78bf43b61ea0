//! Tells whether a text asks for something that can be switched on and off.

use std::sync::LazyLock;

use regex::Regex;

use crate::text::pattern;

/// The words that code says of such a thing, whatever people say.
pub const STATES: [&str; 2] = ["enabled", "disabled"];

static SWITCHED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:switch|turn)(?:s|es|ed|ing)?\s+(?P<what>(?:\S+\s+){0,4}?)(?:on|off)\b",
        r"|\bopt(?:s|ed|ing)?[- ](?:in|out)\b|\btoggl(?:e|es|ed|ing)\b|\b(?:de)?activat(?:e|es|ed|ing)\b",
        r"|\b(?:un)?(?:paus|resum)(?:e|es|ed|ing)\b(?:\s+(?P<next>\w+))?",
    ))
});

/// What stands after `pause` and `resume` where they only tell of time: `resume after an error`, `pause 5 s`.
const TIMES: &[&str] = &["after", "at", "before", "between", "for", "from", "on", "when", "where", "while"];
/// What stands between `switch` and `on` where something else is turned to: `switch to the replica on failure`.
const ELSEWHERE: &[&str] = &["between", "from", "into", "over", "to"];

/// Whether a text asks that something can be switched on and off.
pub fn is_switch(text: &str) -> bool {
    SWITCHED.captures_iter(text).any(|found| {
        let says = |name: &str, words: &[&str]| {
            found.name(name).is_some_and(|part| {
                part.as_str().split_whitespace().any(|word| words.contains(&word.to_lowercase().as_str()))
            })
        };
        let counts = found.name("next").is_some_and(|next| next.as_str().starts_with(|c: char| c.is_ascii_digit()));
        !counts && !says("next", TIMES) && !says("what", ELSEWHERE)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switches_are_told_from_other_turns() {
        for text in [
            "A user MUST be able to pause a cron trigger.",
            "A paused cron MUST NOT create runs.",
            "Users MUST be able to switch the timer off with a property.",
            "The headers MUST be opt-in.",
            "The user can toggle it.",
            "A viewer can turn off mails.",
            "An admin MUST be able to deactivate accounts.",
        ] {
            assert!(is_switch(text), "{text}");
        }
        for text in [
            "The client MUST switch to the replica on failure.",
            "Uploads MUST resume after a network error.",
            "The worker MUST pause 5 s between retries.",
            "An account activation mail MUST be sent.",
            "A user MUST be able to rename a cron trigger.",
        ] {
            assert!(!is_switch(text), "{text}");
        }
    }
}
