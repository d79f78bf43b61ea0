//! What stands in each field of the plan, by the section and the label that the template gives it.

use super::content::{Context, Line};
use super::phases::Phase;
use super::{quality, summary, timeline};
use crate::research::{Action, Area, Facet, Subject, joined, plural, sentence};

/// The lines of a field; `None` for one that no rule here knows.
pub(super) fn content(context: &Context<'_>, section: &str, field: &str) -> Option<Vec<Line>> {
    let lines = match (section, field) {
        ("executive summary", "implementation approach") => summary::approach(context),
        ("executive summary", "key technologies") => summary::technologies(context),
        ("executive summary", "reuse strategy") => summary::reuse(context),
        ("executive summary", "risk assessment") => summary::risks(context),
        ("research foundation", "technology research") => claims(context, Area::Technology),
        ("research foundation", "system analysis") => claims(context, Area::System),
        ("research foundation", "component design") => claims(context, Area::Design),
        ("research foundation", "testing strategy") => claims(context, Area::Testing),
        ("resource requirements", "infrastructure") => {
            environment(context, Facet::Infrastructure, "no compose file, cluster object or cloud resource is kept in this repository; say where it runs if that changes with this work")
        }
        ("resource requirements", "dependencies") => dependencies(context),
        ("resource requirements", "development tools") => {
            let mut lines = environment(context, Facet::Toolchain, "no file says which toolchain to use");
            lines.extend(context.test_commands().into_iter().take(2).map(|(command, claim)| {
                Line::cited(format!("`{command}` for the tests."), claim.sources.clone())
            }));
            lines
        }
        ("resource requirements", "deployment requirements") => {
            environment(context, Facet::Deployment, "no image and no pipeline was found; say how this reaches production")
        }
        ("quality assurance strategy", "testing approach") => quality::approach(context),
        ("quality assurance strategy", "code review process") => quality::review(context),
        ("quality assurance strategy", "validation strategy") => quality::validation(context),
        ("quality assurance strategy", "performance considerations") => quality::performance(context),
        ("timeline and milestones", "development timeline") => timeline::development(context),
        ("timeline and milestones", "key milestones") => timeline::milestones(context),
        ("timeline and milestones", "risk mitigation") => timeline::mitigation(context),
        ("timeline and milestones", "success metrics") => timeline::metrics(context),
        _ => return None,
    };
    Some(lines)
}

/// The lines of a field of a phase; `None` for one that no rule here knows.
pub(super) fn phase_content(context: &Context<'_>, phase: &Phase, field: &str) -> Option<Vec<Line>> {
    Some(match field {
        "objectives" => phase.requirements.iter().filter_map(|id| context.material.agenda.requirement(id)).map(|demand| {
            Line::plain(format!("{}: {}", demand.id, sentence(&plain(&demand.summary()))))
        }).collect(),
        "components" => components(context, phase),
        "dependencies" => needs(phase),
        "success criteria" => quality::criteria(context, phase),
        _ => return None,
    })
}

/// A requirement's sentence without markup that would break the list that it is told in.
pub(super) fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace("[^", "(").replace("<!--", "")
}

fn claims(context: &Context<'_>, area: Area) -> Vec<Line> {
    context.claims(area).into_iter().map(Line::from).collect()
}

fn environment(context: &Context<'_>, facet: Facet, otherwise: &str) -> Vec<Line> {
    let found = context.environment(facet);
    if found.is_empty() { vec![Line::open(otherwise)] } else { found.into_iter().map(Line::from).collect() }
}

/// The recommendations of the technology questions; options beside them are told under research.
fn dependencies(context: &Context<'_>) -> Vec<Line> {
    let recommended = context.claims_about(|subject| matches!(subject, Subject::Domain(_)));
    let lines: Vec<Line> = recommended.into_iter().filter(|claim| claim.text.starts_with("**")).map(Line::from).collect();
    if lines.is_empty() {
        return vec![Line::plain("None beyond what the project has: no requirement touches a domain that needs one.")];
    }
    lines
}

fn components(context: &Context<'_>, phase: &Phase) -> Vec<Line> {
    let lines: Vec<Line> = phase
        .components
        .iter()
        .map(|&index| &context.components[index])
        .map(|component| {
            let serves = joined(&component.requirements.iter().filter(|id| phase.requirements.contains(id)).cloned().collect::<Vec<_>>());
            let text = match component.action {
                Action::Extend => {
                    let symbols: Vec<String> =
                        component.symbols.iter().take(2).map(|symbol| format!("`{}` (line {})", symbol.name, symbol.first)).collect();
                    let at = if symbols.is_empty() { String::new() } else { format!(" at {}", joined(&symbols)) };
                    format!("Extend `{}`{at} for {serves}; {} place.", component.path, component.strength.name())
                }
                Action::Create => {
                    let wired: Vec<String> = component.wiring.iter().map(|(path, _)| format!("`{path}`")).collect();
                    let wiring = if wired.is_empty() { String::new() } else { format!(", registered in {}", joined(&wired)) };
                    format!("Add `{}` (new) for {serves}{wiring}.", component.path)
                }
            };
            Line::cited(text, component.sources.clone())
        })
        .collect();
    if lines.is_empty() {
        return vec![Line::open(format!(
            "where {} goes; no existing file names what it asks for",
            plural(phase.requirements.len(), "requirement")
        ))];
    }
    lines
}

fn needs(phase: &Phase) -> Vec<Line> {
    if phase.depends_on.is_empty() {
        return vec![Line::plain("None.")];
    }
    phase
        .depends_on
        .iter()
        .map(|needs| Line::cited(format!("Phase {}, since `{}` uses `{}`.", needs.phase, needs.user, needs.used), vec![needs.source]))
        .collect()
}
