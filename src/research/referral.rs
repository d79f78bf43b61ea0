//! Tells which requirement speaks of what an earlier one asks for.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use super::{Work, deed, is_shown, subject, work};
use crate::document::Demand;
use crate::text::stems;

/// That a requirement speaks of what an earlier one asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Referral {
    /// The place of the earlier one in the agenda.
    pub asks: usize,
    /// The second of two, where a word with `both` before it points to them.
    pub also: Option<usize>,
    /// The words by which it is spoken of, as the later one writes them.
    pub words: Vec<String>,
}

impl Referral {
    /// The places of all earlier ones that are spoken of.
    pub fn all(&self) -> impl Iterator<Item = usize> {
        std::iter::once(self.asks).chain(self.also)
    }
}

/// Words that two requirements share by more than chance.
const SHARED: usize = 2;

/// What each requirement speaks of, if anything: the earlier one that it points to, else the one with which it shares
/// most words, of equals the first. It points to one by a word with `the`, `same` or `both` before it, or by opening with
/// something done (`Pausing`), where that one was the first to say the word; with `both`, to the second one, too. Only what is built can be spoken of.
pub(super) fn referrals(requirements: &[Demand]) -> Vec<Option<Referral>> {
    let shown: Vec<bool> = requirements.iter().map(|demand| is_shown(&demand.summary())).collect();
    let mut said_by: HashMap<String, Vec<usize>> = HashMap::new();
    let mut found = Vec::with_capacity(requirements.len());
    for (at, demand) in requirements.iter().enumerate() {
        let words = words(&asked(demand));
        let mut shared: BTreeMap<usize, (bool, Vec<&String>)> = BTreeMap::new();
        let mut both = None;
        for (word, stem, points) in &words {
            for (nth, asks) in said_by.get(stem).into_iter().flatten().enumerate() {
                let (pointed, common) = shared.entry(*asks).or_default();
                // `The same limit` is that of whichever says most of it.
                *pointed |= *points == Points::ToSame || *points != Points::Nowhere && nth == 0;
                common.push(word);
                if *points == Points::ToBoth && nth == 1 {
                    both = said_by[stem].first().map(|first| (*first, *asks));
                }
            }
        }
        // `The same MUST exist for …` repeats what stands before it.
        let repeats = subject(&demand.statement).eq_ignore_ascii_case("the same");
        let before = at.checked_sub(1).filter(|before| repeats && work(&requirements[*before]) == Work::Code);
        if let Some(before) = before {
            shared.entry(before).or_default().0 = true;
        }
        let is_meant = |pointed: bool, common: usize| pointed || common >= SHARED;
        // What is shown waits for what is behind it, and not the other way round.
        let shows = shown[at];
        let best = shared
            .into_iter()
            .filter(|(asks, _)| shows || !shown[*asks])
            .filter(|(_, (pointed, common))| is_meant(*pointed, common.len()))
            .max_by_key(|(asks, (pointed, common))| (*pointed, common.len(), Reverse(*asks)));
        found.push(best.map(|(asks, (_, common))| {
            let words: Vec<String> = common.into_iter().cloned().collect();
            let also = both.filter(|(first, second)| *first == asks && (shows || !shown[*second]));
            let also = also.map(|(_, second)| second);
            Referral { asks, also, words: if words.is_empty() { vec!["the same".to_owned()] } else { words } }
        }));
        if work(demand) == Work::Code {
            for stem in stems(&asked(demand)).into_iter().collect::<HashSet<_>>() {
                said_by.entry(stem).or_default().push(at);
            }
        }
    }
    found
}

/// What a requirement asks for: of a user story the wish, with what its criteria say.
fn asked(demand: &Demand) -> String {
    let story = demand.statement.trim_start().to_lowercase().starts_with("as a");
    if !story && !demand.statement.is_empty() {
        return demand.summary();
    }
    let criteria: Vec<&str> = demand.criteria.iter().map(|criterion| &*criterion.text).collect();
    format!("{}. {}. {}", demand.title.as_deref().unwrap_or_default(), deed(&demand.statement), criteria.join(". "))
}

/// Where the word before another one points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Points {
    Nowhere,
    Back,
    ToSame,
    ToBoth,
}

/// The meaningful words of a sentence, each once: as written, its stem, and where the word before it points.
fn words(text: &str) -> Vec<(String, String, Points)> {
    let mut words: Vec<(String, String, Points)> = Vec::new();
    let mut before: Option<&str> = None;
    for word in text.split_whitespace() {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        if let [stem] = stems(bare).as_slice()
            && !words.iter().any(|(_, known, _)| known == stem)
        {
            let points = match before.map(str::to_lowercase).as_deref() {
                None if bare.ends_with("ing") => Points::Back,
                Some("the") => Points::Back,
                Some("same") => Points::ToSame,
                Some("both") => Points::ToBoth,
                _ => Points::Nowhere,
            };
            words.push((bare.to_owned(), stem.clone(), points));
        }
        // `the new limit` is the limit.
        if bare != "new" || before.is_none() {
            before = Some(bare);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;

    /// The last of some requirements speaks of the one at a place, in these words; `None` where of none.
    fn check(statements: &[&str], expected: Option<(usize, &[&str])>) {
        let items: String =
            statements.iter().enumerate().map(|(at, said)| format!("- **FR-{:03}**: {said}\n", at + 1)).collect();
        let document = Document::parse(&format!("## Requirements\n\n{items}"));
        let requirements: Vec<Demand> = document.requirements().cloned().collect();
        let got = referrals(&requirements).pop().unwrap();
        let got = got.as_ref().map(|found| (found.asks, found.words.iter().map(String::as_str).collect::<Vec<_>>()));
        assert_eq!(got, expected.map(|(asks, words)| (asks, words.to_vec())), "{statements:?}");
    }

    #[test]
    fn requirements_speak_of_earlier_ones() {
        let pause = "A user MUST be able to pause a cron through the API.";
        check(&[pause, "A paused cron MUST NOT create runs."], Some((0, &["paused", "cron"])));
        check(&[pause, "Pausing MUST be recorded."], Some((0, &["Pausing"])));
        check(&[pause, "Users MUST see the cron."], Some((0, &["cron"])));
        check(&[pause, "Jobs MUST be offered by the same API."], Some((0, &["API"])));
        check(&[pause, "Every cron MUST have a name."], None);
        check(&[pause, "Names MUST be set for both crons."], Some((0, &["crons"])));
        check(
            &[
                "A check MUST write all findings.",
                "It MUST leave out old findings.",
                "Lists MUST leave out the same findings.",
            ],
            Some((1, &["leave", "findings"])),
        );
        check(&[pause, "The same MUST exist for jobs."], Some((0, &["the same"])));
        check(&[pause, "The same customer MUST NOT be charged twice."], None);
        check(&["A cron MUST have a name.", pause, "Users MUST see the API."], Some((1, &["API"])));
        check(
            &[
                "The API MUST list orders and jobs.",
                "An export MUST write orders as rows.",
                "Orders of an export are rows.",
            ],
            Some((1, &["Orders", "export", "rows"])),
        );
        check(&["The guide MUST explain how a cron is paused.", "A user MUST be able to pause a cron."], None);
    }

    #[test]
    fn both_points_to_two() {
        let all = |last: &str| {
            let said =
                ["It MUST take an option `a`.", "It MUST take an option `b`.", "It MUST take an option `c`.", last];
            let items: String =
                said.iter().enumerate().map(|(at, said)| format!("- **FR-{:03}**: {said}\n", at + 1)).collect();
            let document = Document::parse(&format!("## Requirements\n\n{items}"));
            let requirements: Vec<Demand> = document.requirements().cloned().collect();
            let last = referrals(&requirements).pop().flatten();
            last.map_or_else(Vec::new, |found| found.all().collect())
        };
        assert_eq!(all("The site MUST allow defaults for both options."), [0, 1]);
        assert_eq!(all("The site MUST allow defaults for the options."), [0]);
    }
}
