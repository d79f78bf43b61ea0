//! Sentences of requirements, cut to the words that a heading or a question needs.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::text::pattern;

static SHALL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?is)^(?P<subject>.*?)\b(?:MUST|SHALL|should|will|needs? to|has to|have to)\b(?P<not>\s+NOT\b|\s+never\b)?\s+(?:be able to\s+)?(?P<deed>.+)$",
    )
});

/// What is only allowed is asked for as well, where nothing stronger is.
static MAY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?s)^(?P<subject>.*?)\b(?:MAY|can)\b(?P<not>\s+(?i:not)\b)?\s+(?:be able to\s+)?(?P<deed>.+)$")
});

static STORY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?is)^as an? .{1,80}?,?\s+I (?:want|need|can|would like)(?: to)?\s+(?P<deed>.+?)(?:,?\s+so that\b.*)?$")
});

/// What a requirement asks to be done: `The system MUST export orders as CSV.` gives `export orders as CSV`. Where
/// something must *be* or *not be* done, what it is about says more than the verb, and the sentence starts with that.
pub fn deed(statement: &str) -> String {
    let statement = &*plain(statement);
    let (not, deed, subject) = if let Some(found) = STORY.captures(statement) {
        (false, found["deed"].to_owned(), None)
    } else if let Some(found) = demanded(statement) {
        let deed = found["deed"].to_owned();
        let subject = about(found["subject"].trim());
        let told = !subject.is_empty() && !subject.to_lowercase().starts_with("when");
        let passive = done(&deed);
        if let Some((_, thing)) = passive.filter(|_| subject.eq_ignore_ascii_case("there")) {
            return first_clause(thing);
        }
        if let Some((how, done)) = passive.filter(|_| told) {
            let be = if is_plural(subject) { "are" } else { "is" };
            let verb = if found.name("not").is_some() { format!("{be} not") } else { be.to_owned() };
            return first_clause(&format!("{subject} {verb} {how}{done}"));
        }
        // `say so` and `also work` say nothing without who must.
        let points = deed.starts_with("also ")
            || deed.split_whitespace().count() <= 3
                && deed
                    .split(|c: char| !c.is_alphanumeric())
                    .any(|word| matches!(word, "so" | "it" | "this" | "that" | "them"));
        if points && told {
            let must = if found.name("not").is_some() { "must not" } else { "must" };
            return first_clause(&format!("{subject} {must} {deed}"));
        }
        (found.name("not").is_some(), deed, Some(subject.to_owned()))
    } else {
        (false, statement.to_owned(), None)
    };
    let deed = first_clause(&deed);
    match subject {
        // What must not be done says too little without who must not.
        Some(subject) if not && !is_general(&subject) => format!("{subject} must not {deed}"),
        _ if not => format!("never {deed}"),
        _ => deed,
    }
}

/// What must be done, where a deed says so in the passive: how, and the rest from the participle on.
fn done(deed: &str) -> Option<(&'static str, &str)> {
    let ways = [("be ", ""), ("either be ", "either "), ("only be ", "only "), ("still be ", "still ")];
    ways.into_iter().find_map(|(is, how)| Some((how, deed.strip_prefix(is)?)))
}

/// What must be done to what, where a statement asks for it in the passive and plainly: `The log MUST be kept`. A
/// condition before what it is about is left away.
pub(super) fn passive(statement: &str) -> Option<(String, String)> {
    let statement = &*plain(statement);
    let found =
        demanded(statement).filter(|found| found.name("not").is_none() && STORY.captures(statement).is_none())?;
    let (how, done) = done(&found["deed"]).filter(|(how, _)| matches!(*how, "" | "still "))?;
    let about = about(found["subject"].trim());
    if opens_condition(about) {
        return None;
    }
    let says = !matches!(&*about.to_lowercase(), "" | "there");
    (says && !about.contains(',')).then(|| (about.to_owned(), format!("{how}{}", first_clause(done))))
}

/// What a sentence is about, without a condition before it.
fn about(subject: &str) -> &str {
    // The rest of a list is no sentence's subject.
    let last = subject.rsplit_once(", ").filter(|(_, about)| !about.starts_with("or ") && !about.starts_with("and "));
    match last.or_else(|| subject.split_once(", ")) {
        Some((_, about)) if opens_condition(subject) => about,
        _ => subject,
    }
}

/// Whether a phrase opens with a condition.
fn opens_condition(phrase: &str) -> bool {
    phrase.split_whitespace().next().is_some_and(|first| CONDITIONS.contains(&&*first.to_lowercase()))
}

/// Words that open a condition before what a sentence is about.
const CONDITIONS: &[&str] = &[
    "after", "as", "before", "during", "for", "if", "in", "on", "unless", "when", "where", "while", "with", "without",
];

static POSSIBLE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^it (must|shall|should|will) be possible (?:for [\w' ]+ )?to\s+"));

static ASIDE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^((?:.*\b(?:MUST|SHALL|must|shall|should)\s+)(?:be able to\s+)?(?:let an? \w+ )?\w+(?: on| off| out| up)?), (?:for|in|on|at|from|with|per|one|when|if) [^,]+, (.+)$",
    )
});

/// A statement without what stands around what it asks for: that it must be possible, and an aside behind its verb.
fn plain(statement: &str) -> Cow<'_, str> {
    let statement = statement.trim();
    let said = POSSIBLE.replace(statement, "The system $1 ");
    match ASIDE.captures(&said) {
        Some(found) => Cow::Owned(format!("{} {}", &found[1], &found[2])),
        None => said,
    }
}

/// A statement cut at the word that demands: what is demanded, or else allowed, of whom.
fn demanded(statement: &str) -> Option<Captures<'_>> {
    let allowed = || MAY.captures(statement).filter(|found| !is_clause(&found["subject"]));
    SHALL.captures(statement).or_else(allowed)
}

/// Whether the verb of a statement stands in a clause about its subject: `files that can be large`.
fn is_clause(subject: &str) -> bool {
    subject.split_whitespace().any(|word| matches!(&*word.to_lowercase(), "that" | "which" | "who" | "as"))
}

/// Of whom a statement demands something; empty where it does not say.
pub fn subject(statement: &str) -> String {
    demanded(statement).map_or_else(String::new, |found| found["subject"].trim().to_owned())
}

/// Whether a statement only demands that something is not done.
pub fn is_negative(statement: &str) -> bool {
    demanded(statement).is_some_and(|found| found.name("not").is_some())
}

/// Whether a subject says nothing about the requirement: `The system`, or a condition before it.
fn is_general(subject: &str) -> bool {
    let subject = subject.to_lowercase();
    let last = subject.split_whitespace().last().unwrap_or_default();
    subject.starts_with("when")
        || matches!(
            last,
            "" | "system" | "it" | "they" | "tool" | "application" | "app" | "product" | "software" | "service"
        )
}

/// Whether a subject takes "are": its head, which stands before the first preposition, ends like a plural.
fn is_plural(subject: &str) -> bool {
    let words: Vec<&str> = subject.split_whitespace().collect();
    let head =
        words.iter().position(|word| matches!(*word, "of" | "for" | "in" | "from" | "to" | "with" | "at" | "on"));
    let head = words[..head.unwrap_or(words.len())].last().map_or("", |word| word.trim_matches('`'));
    (head.ends_with('s') && !head.ends_with("ss") && !head.ends_with("us")) || words.contains(&"and")
}

/// Up to the first end of a sentence or aside.
fn first_clause(text: &str) -> String {
    let end = [". ", "; ", " (", ": ", " — ", " – ", ", and they MUST ", ", and it MUST ", ", and MUST "]
        .iter()
        .filter_map(|stop| text.find(stop))
        .filter(|&at| at > 12)
        .min();
    text[..end.unwrap_or(text.len())].trim_end_matches(['.', ';', ':', ',']).trim().to_owned()
}

/// Words that open a clause which a short name can do without.
const CLAUSES: &[&str] = &[
    "so", "that", "which", "when", "where", "while", "because", "since", "unless", "until", "if", "after", "before",
    "without", "within",
];

/// Whether a word opens a clause which a short name can do without.
pub(super) fn is_clause_word(word: &str) -> bool {
    CLAUSES.contains(&word.to_lowercase().as_str())
}

/// A deed for a question or a heading: at most `words` words, cut where the sense allows.
pub fn ask(deed: &str, words: usize) -> String {
    let all: Vec<&str> = deed.split_whitespace().collect();
    if all.len() <= words {
        return all.join(" ");
    }
    let opens = |(index, word): &(usize, &&str)| {
        // What three words name is nothing without the clause that tells which.
        let least = if matches!(**word, "that" | "which") { 3 } else { 2 };
        *index > least && (is_clause_word(word) || all[index - 1].ends_with(','))
    };
    let clause = all.iter().enumerate().find(opens).map(|(index, _)| index);
    let mut cut = &all[..clause.unwrap_or(words).min(words)];
    let mut whole = clause.is_some_and(|clause| clause <= words);
    // Within a long phrase, a preposition is where a shorter one ends.
    const JOINTS: &[&str] = &["with", "for", "of", "in", "to", "by", "from", "on", "under", "into", "as"];
    if clause.is_none_or(|clause| clause > words)
        && let Some(joint) = (4..cut.len()).rev().find(|&index| JOINTS.contains(&cut[index]))
    {
        // `the time to` leaves nothing without what it is for.
        let before = (joint.saturating_sub(3).max(5)..joint).find(|&index| JOINTS.contains(&cut[index]));
        cut = &cut[..before.unwrap_or(joint)];
        whole = true;
    }
    cut = closed(cut);
    // Half of a pair is no pair.
    if !whole && cut.len() > 3 && cut[cut.len() - 2].eq_ignore_ascii_case("and") && cut.len() < all.len() {
        cut = &cut[..cut.len() - 2];
    }
    cut.join(" ").trim_end_matches([',', ';', ':']).to_owned()
}

/// Words that only open what comes next, on which nothing ends.
const OPENERS: &[&str] = &[
    "a", "an", "the", "of", "to", "and", "or", "with", "for", "in", "on", "by", "as", "from", "that", "which", "when",
    "at", "into", "least", "its", "their", "any", "all", "each", "is", "are", "be", "if", "than", "more", "no", "not",
    "such", "how", "whether", "through", "via", "per", "under", "must", "may", "can", "will", "should",
];

/// Words without those at the end that only open what comes next.
pub(super) fn closed<'w, 't>(mut words: &'w [&'t str]) -> &'w [&'t str] {
    while words.len() > 2 && words.last().is_some_and(|last| OPENERS.contains(&last.to_lowercase().as_str())) {
        words = &words[..words.len() - 1];
    }
    words
}

/// A sentence: first letter large, a full stop at its end.
pub fn sentence(text: &str) -> String {
    let text = text.trim();
    let mut chars = text.chars();
    let Some(first) = chars.next() else { return String::new() };
    let stop = if text.ends_with(['.', '!', '?', '…', '”']) { "" } else { "." };
    format!("{}{}{stop}", first.to_uppercase(), chars.as_str())
}

/// `a`, `a and b`, `a, b and c`.
pub fn joined<T: AsRef<str>>(parts: &[T]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [head @ .., last] => {
            let head: Vec<&str> = head.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", head.join(", "), last.as_ref())
        }
    }
}

/// `1 file`, `2 files`.
pub fn plural(count: usize, word: &str) -> String {
    if count == 1 {
        return format!("1 {word}");
    }
    match word.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u'])) {
        Some(stem) => format!("{count} {stem}ies"),
        None => format!("{count} {word}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deeds_are_what_is_to_be_done() {
        for (statement, expected) in [
            ("The system MUST export orders as CSV.", "export orders as CSV"),
            ("WHEN a file is bad THE SYSTEM SHALL answer 400 with a reason; it logs it", "answer 400 with a reason"),
            ("Keys MUST NOT be logged", "Keys are not logged"),
            (
                "A paused cron MUST NOT create workflow runs; nor make them up",
                "A paused cron must not create workflow runs",
            ),
            ("The system MUST NOT keep files", "never keep files"),
            ("As a clerk, I want to see all orders, so that I can answer calls", "see all orders"),
            ("Users MUST be able to reset their password", "reset their password"),
            ("A pause MAY have a time to live, after which it ends", "have a time to live, after which it ends"),
            ("Users that can log in MUST see it in a list", "see it in a list"),
            ("New runs MUST either be queued or refused", "New runs are either queued or refused"),
            ("The log of a paused task MUST say so", "The log of a paused task must say so"),
            ("Both options MUST also work for the preview", "Both options must also work for the preview"),
            ("The exporter of orders MUST NOT change them", "The exporter of orders must not change them"),
            ("The log MUST never show it", "The log must not show it"),
            ("Import of files that can be large", "Import of files that can be large"),
            ("Report sales since May for each customer", "Report sales since May for each customer"),
            ("Users can export orders", "export orders"),
            ("There MUST be a decorator for views", "a decorator for views"),
            ("When it is off, reading a file MUST NOT open it", "reading a file must not open it"),
            ("When it closes, the hook MUST be called", "the hook is called"),
            ("A setting MUST turn the headers on, and they MUST be off by default", "turn the headers on"),
            ("Import of CSV files", "Import of CSV files"),
        ] {
            assert_eq!(deed(statement), expected);
        }
    }

    #[test]
    fn headings_end_on_a_word_with_sense() {
        assert_eq!(ask("export all orders of a customer as CSV or JSON", 5), "export all orders");
        assert_eq!(ask("export orders", 5), "export orders");
        assert_eq!(ask("write a baseline file with every present finding of the check", 7), "write a baseline file");
        assert_eq!(
            ask("name the baseline file, so that the server and the command line agree", 7),
            "name the baseline file"
        );
        assert_eq!(ask("never fail for findings that the baseline holds", 7), "never fail for findings");
        assert_eq!(ask("offer `pause` and `unpause` on the workflows client", 7), "offer `pause` and `unpause`");
        assert_eq!(plural(2, "query"), "2 queries");
        assert_eq!(joined(&["a", "b", "c"]), "a, b and c");
    }
}
