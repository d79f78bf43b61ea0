//! `groundplan templates`: what documents are judged and written by.

use super::output::print;
use crate::template::Kind;
use crate::workspace::Project;

/// Arguments of `groundplan templates`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Print the markdown of one template, to start an own one from
    #[arg(long, value_name = "NAME")]
    show: Option<String>,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let here = std::env::current_dir()?;
    let project = Project::load(&Project::root_of(&here.join("x"), None), None);
    if let Some(name) = &arguments.show {
        let Some(template) = project.templates.iter().find(|template| template.name == *name) else {
            anyhow::bail!("there is no template `{name}`; `groundplan templates` lists them");
        };
        print(&template.source)?;
        return Ok(0);
    }
    let built_in = crate::template::built_in();
    let lines = project.templates.iter().map(|template| {
        let kind = if template.kind == Kind::Plan { "plan" } else { "requirements" };
        let home = if built_in.iter().any(|own| std::sync::Arc::ptr_eq(own, template)) {
            "built in"
        } else {
            "this workspace"
        };
        format!("{:<24} {kind:<14} {home:<16} {}\n", template.name, template.summary)
    });
    print(&lines.collect::<String>())?;
    Ok(0)
}
