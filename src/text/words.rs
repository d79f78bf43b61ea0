//! Words of prose and identifiers, brought to a common form so that they can be compared.

use std::borrow::Cow;

use rust_stemmers::{Algorithm, Stemmer};

/// Words that carry no meaning for finding code, among them the verbs of requirement sentences; sorted.
const STOP: &[&str] = &[
    "a", "able", "about", "after", "again", "all", "allow", "already", "also", "an", "and", "any", "are", "as", "at",
    "be", "been", "before", "being", "but", "by", "can", "could", "did", "do", "does", "each", "either", "etc",
    "every", "existing", "for", "from", "given", "had", "has", "have", "how", "i", "if", "in", "into", "is", "it",
    "its", "least", "let", "may", "might", "more", "most", "must", "new", "no", "nor", "not", "of", "on", "once",
    "one", "only", "or", "other", "our", "out", "own", "present", "provide", "same", "shall", "should", "so", "some",
    "such", "support", "system", "than", "that", "the", "their", "them", "then", "there", "these", "they", "this",
    "those", "to", "two", "under", "until", "up", "upon", "use", "used", "user", "users", "using", "via", "was", "we",
    "were", "what", "when", "where", "whether", "which", "while", "who", "will", "with", "within", "without", "would",
    "you", "your",
];

/// Splits an identifier at case changes, digits and punctuation: `parseHTTPHeader2` gives `parse http header`.
pub fn split_identifier(identifier: &str) -> Vec<String> {
    let chars: Vec<char> = identifier.chars().collect();
    let mut words = Vec::new();
    let mut word = String::new();
    for (i, &c) in chars.iter().enumerate() {
        if !c.is_alphabetic() {
            flush(&mut word, &mut words);
            continue;
        }
        let before = i.checked_sub(1).map(|j| chars[j]);
        let starts_word = c.is_uppercase()
            && (before.is_some_and(|b| b.is_lowercase())
                || (before.is_some_and(|b| b.is_uppercase()) && chars.get(i + 1).is_some_and(|n| n.is_lowercase())));
        if starts_word {
            flush(&mut word, &mut words);
        }
        word.extend(c.to_lowercase());
    }
    flush(&mut word, &mut words);
    words
}

fn flush(word: &mut String, words: &mut Vec<String>) {
    if !word.is_empty() {
        words.push(std::mem::take(word));
    }
}

/// The words of an identifier as an index knows them: split at every seam, numbers of two digits and more kept.
pub fn index_words(identifier: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut from = 0;
    let bytes = identifier.as_bytes();
    while from < bytes.len() {
        let digits = bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits > 0 {
            if digits > 1 {
                words.push(identifier[from..from + digits].to_owned());
            }
            from += digits;
            continue;
        }
        let rest = bytes[from..].iter().take_while(|byte| !byte.is_ascii_digit()).count();
        words.extend(split_identifier(&identifier[from..from + rest]));
        from += rest;
    }
    words
}

/// Words that British English writes in its own way, by what they begin with: people write both, code mostly the other.
const SPELLINGS: &[(&str, &str)] = &[
    ("artefact", "artifact"),
    ("behaviour", "behavior"),
    ("catalogue", "catalog"),
    ("centre", "center"),
    ("colour", "color"),
    ("defence", "defense"),
    ("favour", "favor"),
    ("flavour", "flavor"),
    ("honour", "honor"),
    ("labour", "labor"),
    ("licence", "license"),
    ("neighbour", "neighbor"),
];
/// Endings of which the same holds.
const ENDINGS: &[(&str, &str)] = &[
    ("isation", "ization"),
    ("isations", "izations"),
    ("ise", "ize"),
    ("ised", "ized"),
    ("iser", "izer"),
    ("isers", "izers"),
    ("ises", "izes"),
    ("ising", "izing"),
    ("yse", "yze"),
    ("ysed", "yzed"),
    ("yser", "yzer"),
    ("ysers", "yzers"),
    ("yses", "yzes"),
    ("ysing", "yzing"),
];
/// Words in `able` that are no verbs.
const NO_VERBS: &[&str] = &["available", "reliable", "variable"];
/// An ending counts after so many letters: `wise` and `rising` are no such words.
const BEFORE_ENDING: usize = 4;

/// A word as American English spells it, so that `honour` finds `honor` and `authorisation` finds `authorization`.
/// Other words than those (`promise`) come out as no word at all, but always as the same.
fn one_spelling(word: &str) -> Cow<'_, str> {
    if let Some((own, other)) = SPELLINGS.iter().find(|(own, _)| word.starts_with(own)) {
        return Cow::Owned(format!("{other}{}", &word[own.len()..]));
    }
    // What is `pausable` can be paused.
    if let Some(verb) = word.strip_suffix("able").filter(|verb| verb.len() >= BEFORE_ENDING)
        && !NO_VERBS.iter().any(|other| word.ends_with(other))
    {
        return Cow::Owned(format!("{verb}e"));
    }
    let ending = ENDINGS.iter().find(|(own, _)| word.len() >= own.len() + BEFORE_ENDING && word.ends_with(own));
    match ending {
        Some((own, other)) => Cow::Owned(format!("{}{other}", &word[..word.len() - own.len()])),
        None => Cow::Borrowed(word),
    }
}

/// Whether a word carries no meaning for finding code.
fn is_stop_word(word: &str) -> bool {
    STOP.binary_search(&word).is_ok()
}

/// What a word of source text, or several that stand together, is found by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms {
    /// Stems of the meaningful words, in order and with repetitions.
    pub words: Vec<String>,
    /// Stems of two neighbouring words, such as `retri after` of `parseRetryAfter` and of "the Retry-After header".
    pub pairs: Vec<String>,
}

/// Terms of a run of words: an identifier, or prose between two marks of punctuation.
pub fn terms(text: &str) -> Terms {
    let stemmer = Stemmer::create(Algorithm::English);
    let words: Vec<String> = index_words(text).into_iter().filter(|word| word.chars().count() > 1).collect();
    let mut terms = Terms::default();
    let mut before: Option<(String, bool)> = None;
    for word in words {
        let meaningful = !is_stop_word(&word);
        let stem = stemmer.stem(&one_spelling(&word)).into_owned();
        if let Some((earlier, said)) = &before
            && (meaningful || *said)
        {
            terms.pairs.push(format!("{earlier} {stem}"));
        }
        if meaningful {
            terms.words.push(stem.clone());
        }
        before = Some((stem, meaningful));
    }
    terms
}

/// Runs of words that stand together: between two marks of punctuation other than dashes, dots inside words and the like.
pub fn prose(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ';', ':', '(', ')', '[', ']', '{', '}', '"', '\n', '!', '?', '|', '“', '”', '<', '>'])
        .flat_map(|run| run.split(". "))
        .filter(|run| run.len() > 1)
}

/// The stems of a text's meaningful words, in order and with repetitions; identifiers are split first.
pub fn stems(text: &str) -> Vec<String> {
    let stemmer = Stemmer::create(Algorithm::English);
    split_identifier(text)
        .into_iter()
        .filter(|word| word.chars().count() > 1 && !is_stop_word(word))
        .map(|word| stemmer.stem(&one_spelling(&word)).into_owned())
        .collect()
}

/// Whether a line says a name by itself, and not as a part of a longer one.
pub fn says(line: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    line.match_indices(name)
        .any(|(at, _)| !line[..at].ends_with(is_part) && !line[at + name.len()..].starts_with(is_part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_split_at_every_seam() {
        assert_eq!(split_identifier("parseHTTPHeader2_raw-line"), ["parse", "http", "header", "raw", "line"]);
        assert_eq!(split_identifier("Überweisung"), ["überweisung"]);
    }

    #[test]
    fn terms_keep_numbers_and_neighbours() {
        let got = terms("parseRetryAfter429");
        assert_eq!(got.words, ["pars", "retri", "429"]);
        assert_eq!(got.pairs, ["pars retri", "retri after", "after 429"]);
        assert_eq!(terms("in the file").pairs, ["the file"]);
    }

    #[test]
    fn both_spellings_of_english_meet() {
        assert_eq!(stems("honoured behaviours, unauthorised"), stems("honored behaviors, unauthorized"));
        assert_eq!(stems("serialiser analysing licences"), stems("serializer analyzing licenses"));
        assert_eq!(stems("rising raised wise"), ["rise", "rais", "wise"]);
        assert_eq!(stems("pausable configurable tables"), stems("paused configure table"));
    }

    #[test]
    fn stop_words_are_sorted() {
        assert!(STOP.is_sorted());
    }

    #[test]
    fn prose_and_identifiers_meet_at_their_stems() {
        assert_eq!(stems("The system MUST register routes"), stems("registered_route"));
    }
}
