//! What a requirement asks for, as words to look for.

use std::collections::{BTreeMap, BTreeSet};

use std::sync::LazyLock;

use regex::Regex;

use super::switch::{STATES, is_switch};
use crate::document::Demand;
use crate::research::{Agenda, Work, deed, work};
use crate::text::{pattern, prose, split_identifier, terms};
use crate::workspace::{Lexicon, Word};

/// Words of a requirement that say what it is about weigh at least this; those of its criteria less.
pub const WEIGHTY: f32 = 0.8;
/// A word said again weighs so much more, and said a third time no more.
const AGAIN: f32 = 1.25;
/// Weights of the words that other requirements share, and of the document's title.
const BESIDE: f32 = 0.2;
const TITLE: f32 = 0.4;
/// Weight of a word that a text implies.
const IMPLIED: f32 = 0.5;
/// Weight of words that only say where something is used.
const FRAME: f32 = 0.2;
/// Weight of what the other requirements ask for, where one asks for its documentation.
const BUILT: f32 = 0.4;
const BUILT_NAME: f32 = 0.7;
/// More requirements than this are not all told in one place.
const FEW: usize = 8;
/// Weight of a pair of neighbouring words beside that of its rarer word.
pub const PAIR: f32 = 0.7;

/// A word, or a pair of neighbours, with its weight.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// Its stem, or stems.
    pub stem: String,
    /// Its number; `None` if no file of the workspace has it.
    pub word: Option<Word>,
    /// How much it says.
    pub weight: f32,
}

/// What is looked for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Query {
    /// Single words, by stem.
    pub words: Vec<Wanted>,
    /// Neighbours, by stem.
    pub pairs: Vec<Wanted>,
    /// Names that are written as code writes them.
    pub names: BTreeSet<String>,
}

impl Query {
    /// What a requirement asks for: its title and deed say most, its criteria less, quoted names double. The title of
    /// its document and the words that the requirements share say what it leaves unsaid, and least. The name of the
    /// `product`, which is that of the root folder, says nothing where it only stands for "the system".
    pub fn of_demand(demand: &Demand, agenda: &Agenda, product: &str, words: &Lexicon) -> Self {
        let mut query = Collector::default();
        query.raise(&theme(agenda, demand).join("; "), BESIDE);
        query.raise(agenda.title.as_deref().unwrap_or_default(), TITLE);
        for name in &agenda.names {
            query.raise(name, TITLE);
        }
        // Where there is only a title, its criteria say what is asked for.
        let voice = if demand.statement.is_empty() { WEIGHTY } else { 0.4 };
        for criterion in &demand.criteria {
            query.add(&criterion.text, voice);
        }
        query.add(without_subject(&demand.statement, product), WEIGHTY);
        query.raise(&deed(&demand.statement), 1.0);
        if let Some(title) = &demand.title {
            query.raise(title, 1.2);
        }
        let criteria: Vec<&str> = demand.criteria.iter().map(|criterion| &*criterion.text).collect();
        query.names = exact_names(&format!("{} {}", without_subject(&demand.summary(), product), criteria.join(" ")));
        query.names.retain(|name| !is_value(name));
        for name in query.names.clone() {
            query.raise(&name, 1.6);
        }
        let summary = demand.summary().to_lowercase();
        let lists = ["changelog", "release notes"].iter().any(|name| summary.contains(name));
        if work(demand) == Work::Documentation && !lists {
            // What is told is what the others ask for: of a few all, of many the one of which it speaks.
            let code = || agenda.requirements.iter().filter(|other| work(other) == Work::Code);
            let few = code().count() <= FEW;
            let spoken = agenda.referral(&demand.id).map(|referral| &agenda.requirements[referral.asks].id);
            for other in code().filter(|other| few || Some(&other.id) == spoken) {
                query.raise(&deed(&other.statement), BUILT);
                for name in exact_names(&other.summary()) {
                    query.raise(&name, BUILT_NAME);
                }
            }
        }
        // What every sentence says tells no file and no function; names that are written as code say what they say.
        let named: Vec<String> = query.names.iter().flat_map(|name| terms(name).words).collect();
        for word in FILLERS.iter().filter(|word| !named.iter().any(|name| name == **word)) {
            if let Some((weight, _)) = query.words.get_mut(*word) {
                *weight = weight.min(FRAME);
            }
        }
        // Who names the command line means neither commands nor lines.
        if summary.contains("command line") || summary.contains("command-line") {
            query.lower("command line", FRAME);
        }
        for role in roles(&demand.statement) {
            // Who wants it says nothing of what it is, unless that is what it is about, too.
            let rest = terms(&demand.statement.replacen(role, "", 1)).words;
            for word in role.split_whitespace().filter(|word| terms(word).words.iter().all(|stem| !rest.contains(stem)))
            {
                query.lower(word, FRAME);
            }
        }
        query.imply(&demand.summary());
        let commands = demand.statement.split('`').skip(1).step_by(2).filter(|code| code.contains(' '));
        for program in commands.filter_map(|code| code.split(' ').next()) {
            query.lower(program, 0.1);
        }
        query.finish(words)
    }

    /// What a text of two parts asks for: its first line, and the rest.
    pub fn of_text(text: &str, words: &Lexicon) -> Self {
        let mut query = Collector::default();
        let (first, rest) = text.trim().split_once('\n').unwrap_or((text.trim(), ""));
        query.add(first, 1.0);
        query.add(rest, WEIGHTY);
        query.imply(text);
        query.names = exact_names(text);
        query.finish(words)
    }

    /// The words that say what is asked for: the demand's own, and not those of its criteria and its document.
    pub fn own(&self) -> impl Iterator<Item = &Wanted> {
        self.words.iter().filter(|wanted| wanted.weight >= WEIGHTY)
    }

    /// Words and pairs, without distinction.
    pub fn all(&self) -> impl Iterator<Item = &Wanted> {
        self.words.iter().chain(&self.pairs)
    }
}

/// Words of prose that code uses for other things; stems.
const FILLERS: &[&str] =
    &["take", "go", "mani", "give", "make", "let", "keep", "say", "tell", "left", "whole", "same", "els", "possibl"];

/// Who is meant to do something, before what must be possible for them, or behind what must let them.
static ROLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)(?:^(?:(?:an?|the|every|each|any)\s+)?(?P<subject>(?:[\w-]+\s+)?",
        r"(?:users?|members?|owners?|operators?|admins?|administrators?|authors?|developers?|engineers?|maintainers?",
        r"|customers?|visitors?|people|teams?|callers?))\s+(?:must|shall|should|can|may)\b",
        r"|\b(?:let|lets|allow|allows)\s+(?:an?|the|every|each|any)\s+(?P<object>(?:[\w-]+\s+)?",
        r"(?:users?|members?|owners?|operators?|admins?|administrators?|authors?|developers?|engineers?|maintainers?",
        r"|customers?|visitors?|people|teams?|callers?))\s+\w)",
    ))
});

/// The people for whom a requirement is: `operator` in “An operator MUST be able to …”.
fn roles(statement: &str) -> impl Iterator<Item = &str> {
    ROLE.captures_iter(statement)
        .filter_map(|found| found.name("subject").or(found.name("object")))
        .map(|role| role.as_str())
}

/// Whether what stands in inline code is a short word such as `css`, which is a value more often than a name.
fn is_value(name: &str) -> bool {
    name.len() < 5 && name.chars().all(|c| c.is_ascii_lowercase())
}

/// A sentence without the name of the product at its start, where that only stands for "the system".
pub fn without_subject<'t>(text: &'t str, product: &str) -> &'t str {
    let (subject, rest) = text.split_once(' ').unwrap_or((text, ""));
    if subject.trim_matches('`').eq_ignore_ascii_case(product) { rest } else { text }
}

/// Words that two other requirements of the document say: what all of them are about.
fn theme(agenda: &Agenda, demand: &Demand) -> Vec<String> {
    let mut said: BTreeMap<String, usize> = BTreeMap::new();
    for beside in agenda.requirements.iter().filter(|beside| beside.id != demand.id) {
        let words: BTreeSet<String> = split_identifier(&beside.summary()).into_iter().collect();
        for word in words {
            *said.entry(word).or_default() += 1;
        }
    }
    said.into_iter().filter(|(_, count)| *count > 1).map(|(word, _)| word).collect()
}

#[derive(Default)]
struct Collector {
    words: BTreeMap<String, (f32, u32)>,
    pairs: BTreeMap<String, f32>,
    names: BTreeSet<String>,
}

impl Collector {
    /// Adds a text; a word that stands in it several times is counted.
    fn add(&mut self, text: &str, weight: f32) {
        self.put(text, weight, |count| count + 1);
    }

    /// Lifts words to a weight, without counting them again.
    fn raise(&mut self, text: &str, weight: f32) {
        self.put(text, weight, |count| count.max(1));
    }

    fn put(&mut self, text: &str, weight: f32, count: impl Fn(u32) -> u32) {
        for found in prose(text).map(terms) {
            for stem in found.words {
                let (most, said) = self.words.entry(stem).or_default();
                *most = most.max(weight);
                *said = count(*said);
            }
            for pair in found.pairs {
                let most = self.pairs.entry(pair).or_default();
                *most = most.max(weight * PAIR);
            }
        }
    }

    /// Adds the words that code says for what a text says in others.
    fn imply(&mut self, text: &str) {
        if is_switch(text) {
            self.raise(&STATES.join("; "), IMPLIED);
        }
    }

    fn lower(&mut self, text: &str, weight: f32) {
        for stem in terms(text).words {
            self.words.insert(stem, (weight, 1));
        }
    }

    fn finish(self, words: &Lexicon) -> Query {
        let wanted = |stem: String, weight: f32| Wanted { word: words.find(&stem), stem, weight };
        let again = |(weight, count): (f32, u32)| if count > 1 { weight * AGAIN } else { weight };
        Query {
            words: self.words.into_iter().map(|(stem, said)| wanted(stem, again(said))).collect(),
            pairs: self.pairs.into_iter().map(|(stem, weight)| wanted(stem, weight)).collect(),
            names: self.names,
        }
    }
}

/// Names that a text writes as code would: `OrderStore`, `order_store`, and what stands in inline code.
pub fn exact_names(text: &str) -> BTreeSet<String> {
    // Of a command line in inline code, the first word is the program, which names nothing inside it.
    let in_code = text.split('`').skip(1).step_by(2).flat_map(|code| {
        let words: Vec<&str> = code.split(|c: char| !(c.is_alphanumeric() || "_-:./".contains(c))).collect();
        let from = usize::from(words.len() > 1 && !code.contains(['(', '.', '{', '=']));
        words.into_iter().skip(from).collect::<Vec<_>>()
    });
    let in_prose = text
        .split(|c: char| c.is_whitespace() || ",;()[]\"'“”`".contains(c))
        .map(|word| word.trim_matches(['.', ':', '!', '?']))
        .filter(|word| {
            let inner = word.trim_start_matches(|c: char| c.is_uppercase());
            let camel = inner.len() < word.len()
                && inner.contains(|c: char| c.is_uppercase())
                && inner.contains(|c: char| c.is_lowercase());
            let lower_camel = word.starts_with(|c: char| c.is_lowercase()) && word.contains(|c: char| c.is_uppercase());
            word.len() > 4 && (camel || lower_camel || word.contains('_') || word.contains("::"))
        });
    let names = in_code.chain(in_prose).map(|name| name.trim_matches(['-', '.', ':', '/']));
    names.filter(|name| name.len() > 2).map(str::to_owned).collect()
}
