//! Risks, read from numbers: fan-in, churn, missing tests, single authors, years without a change.

use std::collections::BTreeSet;

use crate::research::{Action, Claim, Component, Risk, RiskKind, Strength, plural};

/// A file that so many others use breaks them when it changes.
const FAN_IN: usize = 10;
/// So many commits to one file within a year are churn: one every two weeks, so that others change it meanwhile.
const CHURN: usize = 24;
/// One author in so many commits is a habit, not chance.
const SINGLE: usize = 4;
/// Of a file that nobody has changed for so many years, and whose authors have all left, nobody knows why it is as it is.
const STALE: usize = 3;
/// So many risks can be acted upon.
const TOLD: usize = 6;

/// The risks of touching components, the gravest first.
pub(super) fn find(components: &[Component]) -> Vec<Risk> {
    let mut risks: Vec<(usize, Risk)> = Vec::new();
    // Who wrote everything is no risk of any one file.
    let everybody: BTreeSet<&String> = components.iter().flat_map(|one| &one.authors).map(|(name, _)| name).collect();
    let touched = components.iter().filter(|component| {
        component.action == Action::Extend && component.strength > Strength::Possible && !component.is_document
    });
    for component in touched {
        let path = &component.path;
        let shown = |text: String| {
            let mut sources: Vec<_> = component.sources.iter().take(1).copied().collect();
            sources.extend(component.history);
            Claim::grounded(text, sources).about(&component.requirements)
        };
        // Who uses something else of a file is not reached by what changes in it.
        let starts = component.symbols.iter().filter(|symbol| !symbol.starts.is_empty());
        let (fan_in, what) = match starts.max_by_key(|symbol| symbol.used_by) {
            Some(symbol) => (symbol.used_by, format!("use `{path}` and name its `{}`", symbol.name)),
            None => (component.used_by.len(), format!("use `{path}`")),
        };
        if fan_in >= FAN_IN {
            risks.push((
                fan_in * 3,
                Risk {
                    kind: RiskKind::FanIn,
                    path: path.clone(),
                    claim: shown(format!(
                        "{} {what}, so a change of what it offers reaches them",
                        plural(fan_in, "file")
                    )),
                    mitigation: format!(
                        "keep what `{path}` offers now and add beside it; change callers in a commit of their own"
                    ),
                },
            ));
        }
        if component.tests.is_empty() && component.namesakes.is_empty() && !component.has_test_home {
            risks.push((
                10 + fan_in,
                Risk {
                    kind: RiskKind::Untested,
                    path: path.clone(),
                    claim: shown(format!(
                        "no test imports `{path}`; what covers it does so from outside, if anything does"
                    )),
                    mitigation: if component.test_home == *path {
                        format!("write a test of what `{path}` does today, beside the code, before changing it")
                    } else {
                        format!(
                            "write a test of what `{path}` does today in `{}` (new or extended) before changing it",
                            component.test_home
                        )
                    },
                },
            ));
        }
        if component.commits_of_year >= CHURN {
            risks.push((
                component.commits_of_year,
                Risk {
                    kind: RiskKind::Churn,
                    path: path.clone(),
                    claim: shown(format!(
                        "`{path}` changes often: {} within a year",
                        plural(component.commits_of_year, "commit")
                    )),
                    mitigation: format!("change `{path}` in small commits and merge them early"),
                },
            ));
        }
        if component.idle_years >= STALE && component.present_authors == 0 {
            risks.push((
                6 + component.idle_years,
                Risk {
                    kind: RiskKind::Stale,
                    path: path.clone(),
                    claim: shown(format!(
                        "nobody has changed `{path}` for {}, and none of its authors is still at work here",
                        plural(component.idle_years, "year")
                    )),
                    mitigation: format!("read `{path}` anew before extending it"),
                },
            ));
        }
        if let [(author, _)] = component.authors.as_slice()
            && component.commits >= SINGLE
            && everybody.len() > 1
        {
            risks.push((
                5,
                Risk {
                    kind: RiskKind::SingleAuthor,
                    path: path.clone(),
                    claim: shown(format!(
                        "only {author} has changed `{path}`, in {}",
                        plural(component.commits, "commit")
                    )),
                    mitigation: format!("have {author} review the change of `{path}`"),
                },
            ));
        }
    }
    risks.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.kind.cmp(&b.1.kind)).then(a.1.path.cmp(&b.1.path)));
    risks.into_iter().map(|(_, risk)| risk).take(TOLD).collect()
}
