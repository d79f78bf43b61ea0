//! Cuts what a requirement asks for to the few words of a heading, with its verb first.

use super::wording::{ask, closed, deed, is_clause_word, passive};

/// A heading is cut to so many words, and to so many where it would lose what is done.
const HEADING: usize = 8;
const WITH_DEED: usize = 12;
/// One that is little longer is not cut at all.
const WHOLE: usize = 12;

/// Verbs that requirements use in the passive, most of them regular: `documented`.
const VERBS: &[&str] = &[
    "accept",
    "add",
    "allow",
    "announce",
    "answer",
    "apply",
    "assign",
    "await",
    "cache",
    "call",
    "cancel",
    "carry",
    "change",
    "check",
    "clear",
    "close",
    "collect",
    "configure",
    "copy",
    "count",
    "create",
    "delete",
    "deliver",
    "deny",
    "deprecate",
    "describe",
    "display",
    "document",
    "drop",
    "emit",
    "encrypt",
    "end",
    "enforce",
    "expose",
    "export",
    "filter",
    "format",
    "group",
    "handle",
    "highlight",
    "honour",
    "ignore",
    "import",
    "include",
    "inform",
    "issue",
    "limit",
    "list",
    "load",
    "log",
    "mark",
    "mask",
    "measure",
    "mention",
    "merge",
    "name",
    "notify",
    "offer",
    "omit",
    "open",
    "parse",
    "pause",
    "persist",
    "print",
    "protect",
    "publish",
    "queue",
    "raise",
    "record",
    "redact",
    "refresh",
    "refuse",
    "reject",
    "release",
    "remove",
    "rename",
    "render",
    "replace",
    "report",
    "require",
    "reset",
    "resolve",
    "respect",
    "restore",
    "resume",
    "retry",
    "return",
    "round",
    "save",
    "scan",
    "secure",
    "serve",
    "skip",
    "sort",
    "start",
    "stop",
    "store",
    "strip",
    "support",
    "switch",
    "tag",
    "track",
    "truncate",
    "type",
    "update",
    "use",
    "validate",
    "verify",
    "warn",
];
/// Participles that no rule gives.
const IRREGULAR: &[(&str, &str)] = &[
    ("bound", "bind"),
    ("built", "build"),
    ("chosen", "choose"),
    ("cut", "cut"),
    ("found", "find"),
    ("given", "give"),
    ("held", "hold"),
    ("hidden", "hide"),
    ("kept", "keep"),
    ("left", "leave"),
    ("made", "make"),
    ("paid", "pay"),
    ("put", "put"),
    ("read", "read"),
    ("run", "run"),
    ("seen", "see"),
    ("sent", "send"),
    ("set", "set"),
    ("shown", "show"),
    ("told", "tell"),
    ("written", "write"),
];
/// Short verbs double their last letter: `logged`.
const DOUBLED: &[&str] = &["cancel", "drop", "emit", "log", "omit", "scan", "skip", "stop", "strip", "tag"];

/// The verb of a participle: `refuse` of `refused`; `None` of one that is not known.
fn verb(participle: &str) -> Option<&'static str> {
    let given = IRREGULAR.iter().find(|(form, _)| *form == participle).map(|(_, verb)| *verb);
    let is_of = |verb: &&&str| {
        let rest = participle.strip_suffix("ed");
        let doubled =
            || DOUBLED.contains(*verb) && verb.ends_with(|last| rest.is_some_and(|rest| rest.ends_with(last)));
        match (rest, verb.strip_suffix('e'), verb.strip_suffix('y')) {
            (Some(rest), Some(stem), _) => rest == stem,
            (Some(rest), _, Some(stem)) if rest.strip_suffix('i') == Some(stem) => true,
            (Some(rest), ..) => rest == **verb || doubled() && rest[..rest.len() - 1] == ***verb,
            _ => false,
        }
    };
    given.or_else(|| VERBS.iter().find(is_of).copied())
}

/// What a statement asks for as a heading: short, and with its verb first, or at least with it.
pub fn heading(statement: &str) -> String {
    if let Some((subject, done)) = passive(statement) {
        if let Some(quality) = made(&subject, &done) {
            return quality;
        }
        if let Some(imperative) = imperative(&subject, &done) {
            return imperative;
        }
    }
    let deed = deed(statement);
    let words: Vec<&str> = deed.split_whitespace().collect();
    let short = if words.len() <= WHOLE { deed.trim_end_matches(',').to_owned() } else { ask(&deed, HEADING) };
    let about = words.iter().take(2).copied().collect::<Vec<_>>().join(" ");
    if !statement.trim_start().starts_with(&about) {
        return short;
    }
    // The verb of a clause about it says nothing of what is done.
    let is_verb = |at: &usize| {
        let in_clause = at.checked_sub(1).is_some_and(|before| matches!(words[before], "that" | "which" | "who"));
        matches!(words[*at], "is" | "are" | "must") && !in_clause
    };
    let verb = (0..words.len()).find(is_verb);
    let Some(verb) = verb.filter(|at| *at >= short.split_whitespace().count() && *at > 0) else { return short };
    let rest = &words[verb..words.len().min(verb + 7)];
    let ends = |at: usize| rest[at].ends_with(',') || rest.get(at + 1).is_some_and(|word| is_clause_word(word));
    let until = (1..rest.len()).find(|at| ends(*at)).map_or(rest.len(), |at| at + 1);
    let whole = closed(&words[..verb + until]);
    if whole.len() > WITH_DEED { short } else { whole.join(" ").trim_end_matches([',', ';', ':']).to_owned() }
}

/// `make it configurable in the settings` of “it” that is to be “configurable in the settings”.
fn made(subject: &str, done: &str) -> Option<String> {
    let quality = done.split_whitespace().next()?;
    let is_quality = quality.len() > 5 && (quality.ends_with("able") || quality.ends_with("ible"));
    is_quality.then(|| ask(&format!("make {} {done}", lower(subject)), HEADING))
}

/// A phrase for the middle of a sentence: with a small letter, unless it opens with a name.
fn lower(phrase: &str) -> String {
    let is_name = phrase.split_whitespace().next().is_some_and(|word| word.chars().skip(1).any(char::is_uppercase));
    let mut chars = phrase.chars();
    match chars.next() {
        Some(first) if !is_name => format!("{}{}", first.to_lowercase(), chars.as_str()),
        _ => phrase.to_owned(),
    }
}

/// `refuse events above the limit` of “events above the limit” that are “refused with an error”.
fn imperative(subject: &str, done: &str) -> Option<String> {
    let (still, done) = done.strip_prefix("still ").map_or(("", done), |done| ("still ", done));
    let (participle, rest) = done.split_once(' ').unwrap_or((done, ""));
    let verb = verb(participle.trim_end_matches(','))?;
    // `switched on` keeps its particle.
    let (particle, rest) = match rest.split_once(' ').unwrap_or((rest, "")) {
        (word @ ("on" | "off" | "out" | "up"), rest) if !rest.starts_with("the ") => (format!(" {word}"), rest),
        _ => (String::new(), rest),
    };
    // `It is refused` does not say what is.
    if matches!(&*subject.to_lowercase(), "it" | "they" | "this" | "that" | "these" | "both") {
        return None;
    }
    let subject = lower(subject);
    let about = subject.split_whitespace().count();
    if about + 1 > WITH_DEED {
        return None;
    }
    let head = format!("{still}{verb}{particle} {subject}");
    let room = HEADING.saturating_sub(about + 1);
    let all: Vec<&str> = rest.split_whitespace().take_while(|word| !is_clause_word(word)).collect();
    let until = all.iter().position(|word| word.ends_with([',', ';', '.'])).map_or(all.len(), |at| at + 1);
    let all = &all[..until];
    // What does not fit is left away as a whole phrase.
    let cut = if all.len() <= room { all } else { &[] };
    let cut = if cut.is_empty() { cut } else { closed(cut) };
    let text = if cut.is_empty() { head } else { format!("{head} {}", cut.join(" ")) };
    Some(text.trim_end_matches([',', ';', ':', '.']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(statement: &str, expected: &str) {
        assert_eq!(heading(statement), expected, "{statement}");
    }

    #[test]
    fn headings_start_with_what_is_done() {
        check("Hooks MUST be called once, even if `close` is called twice", "call hooks once");
        check(
            "Entries of the baseline that no finding matches any more MUST be reported, so that it shrinks",
            "report entries of the baseline that no finding matches any more",
        );
        check("A value that is no date MUST be refused", "refuse a value that is no date");
        check("A plugin MUST define a hook that is called when it ends", "define a hook that is called when it ends");
        check(
            "A plugin MUST define a hook that is called when it ends and its own server has been closed",
            "define a hook that is called",
        );
        check(
            "Requests to paths that no route matches MUST still be answered by the fallback",
            "still answer requests to paths that no route matches",
        );
        check(
            "Events above the limit MUST be refused with an error that names the limit",
            "refuse events above the limit with an error",
        );
        check(
            "With the format `iso-8601`, a duration MUST be written as an ISO 8601 duration",
            "write a duration as an ISO 8601 duration",
        );
        check("`Router` options MUST be documented", "document `Router` options");
        check("Keys MUST NOT be logged", "Keys are not logged");
        check(
            "The limit MUST be stored with the tenant's other limits.",
            "store the limit with the tenant's other limits",
        );
        check(
            "It MUST be configurable in the Spring Boot properties.",
            "make it configurable in the Spring Boot properties",
        );
        check(
            "The dashboard MUST show the limit and how much of it is used.",
            "show the limit and how much of it is used",
        );
        check("An event MUST be published when permissions are drained", "publish an event");
        check(
            "It MUST be possible to set, for a whole `Router` or one route, how long it takes",
            "set how long it takes",
        );
    }

    #[test]
    fn participles_have_their_verbs() {
        for (participle, expected) in [
            ("refused", Some("refuse")),
            ("logged", Some("log")),
            ("carried", Some("carry")),
            ("told", Some("tell")),
            ("documented", Some("document")),
            ("reset", None),
            ("red", None),
            ("based", None),
        ] {
            assert_eq!(verb(participle), expected, "{participle}");
        }
    }
}
