//! Words in a demand that every reader measures differently.

/// Words that every reader measures differently; a number beside them makes them clear.
const VAGUE: &[&str] = &[
    "adequate",
    "appropriate",
    "appropriately",
    "as needed",
    "as soon as possible",
    "easily",
    "easy to use",
    "efficient",
    "efficiently",
    "fast",
    "flexible",
    "friendly",
    "if possible",
    "intuitive",
    "quickly",
    "reasonable",
    "reasonably",
    "robust",
    "seamless",
    "seamlessly",
    "simple to use",
    "state of the art",
    "sufficient",
    "timely",
    "user friendly",
    "user-friendly",
    "where possible",
];

/// The first such word of a statement that gives no number.
pub(super) fn vague(statement: &str) -> Option<&'static str> {
    if statement.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let text = format!(" {} ", statement.to_lowercase().replace([',', '.', ';', ':', '(', ')'], " "));
    VAGUE.iter().copied().find(|word| {
        text.match_indices(word).any(|(at, _)| text[..at].ends_with(' ') && text[at + word.len()..].starts_with(' '))
    })
}
