//! Reads what comments say of definitions.

/// A line of a comment without its marks.
pub(super) fn text(line: &str) -> &str {
    line.trim().trim_start_matches(['/', '*', '!', '#']).trim_end_matches("*/").trim()
}

/// The first sentence of a comment, at most 160 characters.
pub(super) fn first_sentence(doc: &str) -> String {
    let doc = doc.replace("{@inheritDoc}", "").replace("<summary>", "").replace("</summary>", "").replace("<p>", " ");
    let doc = doc.split_whitespace().take_while(|word| !word.starts_with('@')).collect::<Vec<_>>().join(" ");
    let abbreviates = |at: usize| ["e.g", "i.e", "etc", "vs", "cf"].iter().any(|short| doc[..at].ends_with(short));
    let end = doc.match_indices(". ").map(|(at, _)| at).find(|&at| !abbreviates(at)).map_or(doc.len(), |at| at + 1);
    let sentence = &doc[..end];
    if sentence.chars().count() <= 160 {
        return sentence.to_owned();
    }
    let cut: String = sentence.chars().take(159).collect();
    format!("{}…", cut.rsplit_once(' ').map_or(cut.as_str(), |(head, _)| head))
}
