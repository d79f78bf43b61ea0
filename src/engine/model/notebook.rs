//! What an engine writes down while it works, so that nothing is asked or paid twice.

use super::budget::Usage;
use super::client::Ask;
use super::findings::Findings;
use super::shelf::Shelf;
use crate::document::Place;
use crate::engine::evidence::Evidence;
use crate::research::{Area, Question};
use crate::text::{Digest, digest};
use crate::workspace::excerpt;

/// An answer that is kept, with the sources that its labels mean.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Kept {
    /// What was found.
    pub findings: Findings,
    /// In the order of their labels.
    pub sources: Vec<KeptSource>,
    /// What it used when it was asked.
    pub usage: Usage,
    /// When it was asked, in days since 1970: what tools outside said then is not read today.
    pub day: u64,
}

/// A source of a kept answer.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct KeptSource {
    /// What it points at, as a ledger names it.
    pub place: String,
    /// What was read there, without secrets.
    pub text: String,
    /// Digest of that text.
    pub digest: String,
}

/// Where an engine writes down what it does.
pub trait Notebook: Sync {
    /// The answer that was kept under a key.
    fn known(&self, key: &str) -> Option<Kept>;
    /// Keeps the answer to a question.
    fn keep(&self, question: &Question, key: &str, kept: &Kept, calls: &[String]);
    /// The text of a section that was kept under a key, with the tokens that it took.
    fn section(&self, key: &str) -> Option<String>;
    /// Keeps what was written for a section.
    fn keep_section(&self, title: &str, key: &str, text: &str, usage: Usage);
    /// Takes note of a request before it is sent, for a purpose such as `system 2`.
    fn sent(&self, purpose: &str, model: &str, ask: &Ask);
    /// Takes note of a call of a tool that leaves the machine, before it does.
    fn called(&self, purpose: &str, call: &str);
    /// Takes note of what failed, and what it used.
    fn failed(&self, purpose: &str, why: &str, usage: Usage);
}

/// Keeps nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoNotebook;

impl Notebook for NoNotebook {
    fn known(&self, _: &str) -> Option<Kept> {
        None
    }
    fn keep(&self, _: &Question, _: &str, _: &Kept, _: &[String]) {}
    fn section(&self, _: &str) -> Option<String> {
        None
    }
    fn keep_section(&self, _: &str, _: &str, _: &str, _: Usage) {}
    fn sent(&self, _: &str, _: &str, _: &Ask) {}
    fn called(&self, _: &str, _: &str) {}
    fn failed(&self, _: &str, _: &str, _: Usage) {}
}

/// The key of a request: what is asked, of whom, in which words.
pub fn key(model: &str, version: u32, texts: &[&str]) -> String {
    let parts: Vec<String> = texts.iter().map(|text| digest_of(text)).collect();
    digest_of(&format!("{model}\n{version}\n{}", parts.join("\n")))
}

/// A digest that is long enough to stand for a text among millions.
fn digest_of(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex()[..32].to_owned()
}

fn today() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs() / 86_400)
}

impl Kept {
    /// An answer with what was on the shelf.
    pub fn new(findings: Findings, shelf: &Shelf, usage: Usage) -> Self {
        let source = |item: &super::shelf::Item| KeptSource {
            place: item.place.clone(),
            digest: digest(&item.text).to_string(),
            text: item.text.clone(),
        };
        Self { findings, sources: shelf.items().iter().map(source).collect(), usage, day: today() }
    }

    /// The shelf of a kept answer, every source read again; `None` if one of them says something else by now.
    pub fn shelf(&self, engine: &Evidence<'_>, area: Area) -> Option<Shelf> {
        let mut shelf = Shelf::default();
        for kept in &self.sources {
            let same = Digest::parse(&kept.digest).is_some_and(|before| before == digest(&kept.text));
            let place = Place::parse(&kept.place).filter(|_| same)?;
            if matches!(place, Place::Tool { .. } | Place::Package { .. }) && self.day != today() {
                return None;
            }
            let source = match &place {
                Place::Lines { path, first, last } => engine.cite(path, *first, *last, area)?,
                Place::Commit { path, commit } => {
                    let commits = &engine.workspace().history.commits;
                    let index = commits.iter().position(|known| known.id == *commit)?;
                    engine.cite_commit(index, path, area)
                }
                _ => engine.sources().record(place.clone(), &kept.text, &excerpt(&kept.text), area),
            };
            let text = (!matches!(place, Place::Lines { .. })).then_some(kept.text.as_str());
            shelf.put(engine, source, text)?;
            if matches!(place, Place::Lines { .. }) && shelf.items().last()?.text != kept.text {
                return None;
            }
        }
        Some(shelf)
    }
}
