//! `groundplan runs`: what the journal knows of runs by a language model.

use serde_json::json;

use super::output::print;
use super::plan::{self, EngineName};
use crate::research::plural;
use crate::run::journal::{Entry, Journal, Status};

/// What is done with runs.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List runs, the newest first
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Show what a run asked, what answered, and what it used
    Show {
        /// Its number
        id: i64,
        /// Print exactly what it sent, request by request
        #[arg(long)]
        sent: bool,
    },
    /// Go on with a run that was interrupted; what was answered is not asked again
    Resume {
        /// Its number
        id: i64,
    },
    /// Stop a run, also one of an editor
    Cancel {
        /// Its number
        id: i64,
    },
    /// Print all that is known of a run as JSON
    Export {
        /// Its number
        id: i64,
    },
}

pub fn run(command: &Command) -> anyhow::Result<u8> {
    let journal = Journal::open()?;
    match command {
        Command::List { json: true } => print(&format!("{}\n", serde_json::to_string_pretty(&journal.entries()?)?))?,
        Command::List { json: false } => {
            let entries = journal.entries()?;
            let lines: Vec<String> = entries.iter().map(line).collect();
            let head = "   N  started               state        answered       used         model  document\n";
            print(&match lines.as_slice() {
                [] => "No model has been asked yet.\n".to_owned(),
                lines => format!("{head}{}", lines.concat()),
            })?;
        }
        Command::Show { id, sent: true } => {
            journal.entry(*id)?;
            for request in journal.sent(*id)? {
                print(&format!("{}\n", serde_json::to_string_pretty(&request)?))?;
            }
        }
        Command::Show { id, sent: false } => print(&shown(&journal, *id)?)?,
        Command::Resume { id } => return resume(&journal, *id),
        Command::Cancel { id } => {
            journal.cancel(*id)?;
            eprintln!("groundplan: run {id} was asked to stop");
        }
        Command::Export { id } => {
            let all = json!({ "run": journal.entry(*id)?, "steps": journal.steps(*id)?, "sent": journal.sent(*id)? });
            print(&format!("{}\n", serde_json::to_string_pretty(&all)?))?;
        }
    }
    Ok(0)
}

/// A run in one line.
fn line(entry: &Entry) -> String {
    format!(
        "{:>4}  {}  {:<11}  {:>3}/{:<3} {:>8} tokens  {}  {}\n",
        entry.id,
        entry.started,
        entry.status.name(),
        entry.answered,
        entry.questions,
        entry.usage.tokens(),
        entry.model,
        entry.document
    )
}

fn shown(journal: &Journal, id: i64) -> anyhow::Result<String> {
    let entry = journal.entry(id)?;
    let usage = &entry.usage;
    let ended = entry.ended.as_ref().map_or_else(String::new, |ended| format!(", ended {ended}"));
    let mut out = format!(
        "run       {id}, {}\ndocument  {}\nmodel     {}\nstarted   {}{ended}\nanswered  {} of {}\nused      {}: {} tokens sent, {} received\n",
        entry.status.name(),
        entry.document,
        entry.model,
        entry.started,
        entry.answered,
        plural(entry.questions, "question"),
        plural(usage.requests as usize, "request"),
        usage.sent,
        usage.received,
    );
    if !entry.note.is_empty() {
        out.push_str(&format!("note      {}\n", entry.note));
    }
    out.push('\n');
    for step in journal.steps(id)? {
        let used = step.usage;
        let what = step.failure.as_ref().map_or_else(|| step.text.clone(), |why| format!("failed: {why}"));
        out.push_str(&format!(
            "  {:<14} {:>3} {:>7} sent {:>6} received  {what}\n",
            step.purpose,
            plural(used.requests as usize, "request"),
            used.sent,
            used.received
        ));
        for call in &step.calls {
            out.push_str(&format!("                 {call}\n"));
        }
    }
    if entry.status == Status::Interrupted {
        out.push_str(&format!("Interrupted: `groundplan runs resume {id}` goes on where it was.\n"));
    }
    Ok(out)
}

fn resume(journal: &Journal, id: i64) -> anyhow::Result<u8> {
    let entry = journal.entry(id)?;
    match entry.status {
        Status::Finished => anyhow::bail!("run {id} has written its plan; nothing is left to do"),
        Status::Superseded => anyhow::bail!("another run of {} took over from run {id}", entry.document),
        _ => {}
    }
    plan::run(&plan::Arguments {
        file: entry.document.into(),
        stdout: entry.output.as_deref() == Some(plan::STDOUT),
        output: entry.output.filter(|output| output != plan::STDOUT).map(Into::into),
        root: Some(entry.root.into()),
        engine: Some(EngineName::Model),
        resume: Some(id),
        ..plan::Arguments::default()
    })
}
