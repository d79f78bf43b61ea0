//! Gives the criteria that a document lists for all of its requirements to the one that each of them shows.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::requirement::{Criterion, Demand, DemandKind};
use crate::text::{says, stems};

/// A criterion that shares less than this with a requirement shows none: one word that no other requirement says, or
/// several that some do.
const SHARED: f32 = 1.0;

/// The words of a sentence, and its numbers, such as a status.
fn words(text: &str) -> BTreeSet<String> {
    let numbers = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().all(|c| c.is_ascii_digit()));
    stems(text).into_iter().chain(numbers.filter(|word| word.len() > 1).map(str::to_owned)).collect()
}

/// Gives each criterion to the requirement that it names, or with which it shares most words; a word counts by how few
/// requirements say it. Returns those that share nothing with any.
pub(super) fn out(demands: &mut [Demand], criteria: Vec<Criterion>) -> Vec<Criterion> {
    if criteria.is_empty() {
        return criteria;
    }
    let all: Vec<BTreeSet<String>> = demands
        .iter()
        .map(|demand| match demand.kind {
            DemandKind::Requirement => words(&demand.summary()),
            _ => BTreeSet::new(),
        })
        .collect();
    let mut said: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, words) in all.iter().enumerate() {
        for word in words {
            said.entry(word).or_default().push(at);
        }
    }
    let homes: Vec<Option<usize>> = criteria
        .iter()
        .map(|criterion| {
            let named = demands.iter().position(|demand| demand.given && says(&criterion.text, &demand.id));
            named.or_else(|| {
                let mut shared: BTreeMap<usize, f32> = BTreeMap::new();
                for by in words(&criterion.text).iter().filter_map(|word| said.get(word.as_str())) {
                    for &at in by {
                        *shared.entry(at).or_default() += 1.0 / by.len() as f32;
                    }
                }
                let best = shared.into_iter().filter(|(_, shared)| *shared >= SHARED);
                // Of equals the first.
                best.reduce(|best, other| if other.1 > best.1 { other } else { best }).map(|(at, _)| at)
            })
        })
        .collect();
    let mut left = Vec::new();
    for (criterion, home) in criteria.into_iter().zip(homes) {
        match home {
            Some(home) => demands[home].criteria.push(criterion),
            None => left.push(criterion),
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use crate::document::Document;

    #[test]
    fn criteria_of_a_document_go_to_what_they_show() {
        let document = Document::parse(concat!(
            "## Requirements\n\n",
            "- **FR-001**: It MUST be possible to limit, for a `Router` or one route, how long reading a body may take.\n",
            "- **FR-002**: Extractors that read the body MUST reject with the status 408.\n\n",
            "## Acceptance criteria\n\n",
            "- A body that stalls is answered with 408.\n",
            "- AC-2: A route with its own limit ignores that of its router.\n",
            "- The log says so (FR-002).\n",
            "- Nothing else happens.\n",
        ));
        let shown: Vec<(&str, Vec<&str>)> = document
            .requirements()
            .map(|demand| (&*demand.id, demand.criteria.iter().map(|criterion| &*criterion.text).collect()))
            .collect();
        assert_eq!(
            shown,
            [
                ("FR-001", vec!["A route with its own limit ignores that of its router."]),
                ("FR-002", vec!["A body that stalls is answered with 408.", "The log says so (FR-002)."]),
            ]
        );
        let left: Vec<&str> = document.shared_criteria().iter().map(|criterion| &*criterion.text).collect();
        assert_eq!(left, ["Nothing else happens."]);
    }
}
