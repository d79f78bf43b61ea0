//! `groundplan explain`: the pages of the rules.

use super::output::print;
use crate::check::{find_rule, rules};

/// Arguments of `groundplan explain`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The rule, as diagnostics name it
    rule: Option<String>,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let Some(name) = &arguments.rule else {
        let lines = rules().iter().map(|rule| {
            format!("{:<24} {:<12} {}\n", rule.name, rule.severity.name(), rule.page.lines().nth(2).unwrap_or_default())
        });
        print(&lines.collect::<String>())?;
        return Ok(0);
    };
    let Some(rule) = find_rule(name) else {
        anyhow::bail!("there is no rule `{name}`; `groundplan explain` lists them");
    };
    print(rule.page)?;
    Ok(0)
}
