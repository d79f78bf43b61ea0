//! Checks that claims cite only what the run retrieved, and counts how many do.

use super::{Answer, Sources, Standing};

/// How many claims there are and how many a retrieved source shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Verified {
    /// Claims that state something; open questions do not count.
    pub claims: usize,
    /// Claims with at least one retrieved source.
    pub grounded: usize,
    /// Claims that quote a source, word for word.
    pub quoted: usize,
}

/// Takes citations of unknown sources out of answers; a claim without a source left becomes an assumption.
pub fn verify(answers: &mut [Answer], sources: &Sources) -> Verified {
    let mut counts = Verified::default();
    // A component states that a file is a place for some requirements.
    for component in answers.iter_mut().flat_map(|answer| &mut answer.components) {
        component.sources.retain(|id| sources.get(*id).is_some());
        counts.claims += 1;
        counts.grounded += usize::from(!component.sources.is_empty());
    }
    // So does the home of a requirement.
    for home in answers.iter_mut().flat_map(|answer| &mut answer.homes) {
        if let Some(source) = home.source {
            counts.claims += 1;
            home.source = sources.get(source).map(|_| source);
            counts.grounded += usize::from(home.source.is_some());
        }
    }
    let told = answers.iter_mut().flat_map(|answer| {
        let environment = answer.environment.iter_mut().map(|(_, claim)| claim);
        let followed = answer.followed.iter_mut().map(|followed| &mut followed.claim);
        let beside = answer.built.iter_mut().chain(followed).chain(&mut answer.foundation);
        answer.claims.iter_mut().chain(beside).chain(environment)
    });
    for claim in told {
        claim.sources.retain(|id| sources.get(*id).is_some());
        if claim.standing == Standing::Open {
            continue;
        }
        counts.claims += 1;
        if claim.sources.is_empty() {
            claim.standing = Standing::Assumption;
        } else {
            counts.grounded += 1;
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Place;
    use crate::research::{Area, Claim};

    #[test]
    fn a_claim_without_a_retrieved_source_is_an_assumption() {
        let elsewhere = Sources::default();
        let place = |path: &str| Place::Lines { path: path.into(), first: 1, last: 1 };
        let known = elsewhere.record(place("a"), "a", "a", Area::System);
        let unknown = elsewhere.record(place("b"), "b", "b", Area::System);
        let sources = Sources::default();
        sources.record(place("a"), "a", "a", Area::System);
        let claims =
            vec![Claim::grounded("yes", vec![known, unknown]), Claim::grounded("no", vec![unknown]), Claim::open("?")];
        let mut answers = vec![Answer { claims, ..Answer::default() }];
        assert_eq!(verify(&mut answers, &sources), Verified { claims: 2, grounded: 1, quoted: 0 });
        assert_eq!(answers[0].claims[0].sources, [known]);
        assert_eq!(answers[0].claims[1].standing, Standing::Assumption);
    }
}
