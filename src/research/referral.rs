//! Tells which requirement speaks of what an earlier one asks for.

use std::collections::BTreeSet;

use super::Agenda;
use crate::text::stems;

/// Words that two requirements share by more than chance.
const SHARED: usize = 2;

/// Words by which a requirement speaks of what an earlier one asks for, both by their place in the agenda: several that
/// both say, or one that it calls by `the` or `same`, or opens with as something done (`Pausing`), and that the earlier one was
/// the first to say. None where it does not.
pub fn referral(agenda: &Agenda, user: usize, asked: usize) -> Vec<String> {
    let said = |at: usize| agenda.requirements[at].summary();
    let of_asked: BTreeSet<String> = stems(&said(asked)).into_iter().collect();
    let earlier: BTreeSet<String> = (0..asked).flat_map(|at| stems(&said(at))).collect();
    let text = said(user);
    let mut common: Vec<String> = Vec::new();
    let mut known: BTreeSet<String> = BTreeSet::new();
    let mut pointed = false;
    let mut before: Option<&str> = None;
    for word in text.split_whitespace() {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        if let [stem] = stems(bare).as_slice()
            && of_asked.contains(stem)
            && known.insert(stem.clone())
        {
            let points =
                before.map_or(bare.ends_with("ing"), |before| matches!(&*before.to_lowercase(), "the" | "same"));
            pointed |= points && !earlier.contains(stem);
            common.push(bare.to_owned());
        }
        before = Some(bare);
    }
    if pointed || common.len() >= SHARED { common } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;
    use crate::research::agenda;

    fn check(statements: &[&str], expected: &[&str]) {
        let items: String =
            statements.iter().enumerate().map(|(at, said)| format!("- **FR-{:03}**: {said}\n", at + 1)).collect();
        let document = Document::parse(&format!("## Requirements\n\n{items}"));
        let agenda = agenda(&document, &|_| Vec::new());
        assert_eq!(referral(&agenda, statements.len() - 1, 0), expected, "{statements:?}");
    }

    #[test]
    fn requirements_speak_of_earlier_ones() {
        let pause = "A user MUST be able to pause a cron through the API.";
        check(&[pause, "A paused cron MUST NOT create runs."], &["paused", "cron"]);
        check(&[pause, "Pausing MUST be recorded."], &["Pausing"]);
        check(&[pause, "Users MUST see the cron."], &["cron"]);
        check(&[pause, "Jobs MUST be offered by the same API."], &["API"]);
        check(&[pause, "Every cron MUST have a name."], &[]);
        check(&["A cron MUST have a name.", pause, "Users MUST see the API."], &[]);
    }
}
