//! `groundplan init`: a configuration file that explains itself.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context, ensure};

use crate::check::rules;
use crate::config::FILE_NAME;
use crate::run::write_atomically;

/// Arguments of `groundplan init`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The folder; by default the one that you are in
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let path = arguments.folder.join(FILE_NAME);
    ensure!(arguments.folder.is_dir(), "there is no folder {}", arguments.folder.display());
    ensure!(!path.exists(), "{} is there already and stays as it is", path.display());
    write_atomically(&path, &text()).with_context(|| format!("cannot write {}", path.display()))?;
    eprintln!("groundplan: wrote {}", path.display());
    Ok(0)
}

/// The file: every setting with its default, commented out.
pub fn text() -> String {
    let mut out = String::from(
        "# Settings of groundplan for this workspace. Every line shows a default; remove the `# ` to change it.\n\n\
         # Files that are never judged.\n# exclude = [\"archive/**\"]\n\n\
         # Whether a lens above requirements offers the plan.\n# code-lens = true\n\n\
         # Which files follow which template, beside what headings and front matter say.\n\
         # [documents]\n# backend-requirements = [\"docs/**/*.requirements.md\"]\n\n\
         # [plan]\n# Where a plan goes: \"below\" the requirements, or into a \"file\" NAME.plan.md beside them.\n# target = \"below\"\n\
         # The template of new plans; `groundplan templates` lists them.\n# template = \"backend-plan\"\n\n\
         # Severities: \"off\", \"hint\", \"information\", \"warning\", \"error\". `groundplan explain RULE` says what a rule is for.\n# [rules]\n",
    );
    for rule in rules() {
        let _ = writeln!(out, "# {} = \"{}\"", rule.name, rule.severity.name());
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::config::{Owner, from_toml};

    #[test]
    fn every_line_of_the_file_is_understood() {
        let text = super::text();
        let settings: String = text
            .lines()
            .filter_map(|line| line.strip_prefix("# "))
            .filter(|line| line.contains(" = ") || line.starts_with('['))
            .map(|line| format!("{line}\n"))
            .collect();
        let (_, problems) = from_toml(&settings, Owner::Workspace);
        assert_eq!(problems, [], "{settings}");
    }
}
