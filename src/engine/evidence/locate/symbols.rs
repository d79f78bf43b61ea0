//! Definitions that say most of a requirement in their names and comments: where in a file the work starts.

use std::collections::HashSet;

use super::bodies::Bodies;
use super::query::Query;
use super::text::Text;
use crate::text::terms;
use crate::workspace::{SourceFile, Symbol, SymbolKind};

/// What the lines of a definition say beside its name and comment; found as `docs/evidence.md` says.
const BODY: f32 = 1.5;
/// A definition of up to so many lines hands something on or out, and is changed that much less often.
const SHORT: usize = 3;
const BRIEF: f32 = 0.8;

/// What is handed to a constructor is said there and used elsewhere.
const CONSTRUCTS: f32 = 0.75;

/// Whether a query writes the name of a function as code does, alone or behind that of its owner. Whoever names a type
/// means something in it.
pub fn is_named(file: &SourceFile, symbol: &Symbol, query: &Query) -> bool {
    let bears = |name: &str| match name.rsplit_once(['.', ':']) {
        None => name == symbol.name,
        Some((owner, member)) => {
            let owner = owner.rsplit(['.', ':']).find(|part| !part.is_empty()).unwrap_or_default();
            let stem = file.path.rsplit('/').next().and_then(|name| name.split('.').next());
            member == symbol.name && (symbol.parent.as_deref() == Some(owner) || stem == Some(owner))
        }
    };
    !symbol.kind.is_container() && query.names.iter().any(|name| bears(name))
}

/// How much of a query one definition says; a long name says a word among many others.
fn score(symbol: &Symbol, query: &Query, text: &Text) -> f32 {
    let name = terms(&symbol.qualified());
    let doc = terms(&symbol.doc);
    let names: HashSet<&str> = name.words.iter().chain(&name.pairs).map(String::as_str).collect();
    let docs: HashSet<&str> = doc.words.iter().map(String::as_str).collect();
    let said = query.all().map(|wanted| {
        let stem = wanted.stem.as_str();
        let voice = if names.contains(stem) { 2.0 } else { 0.0 } + if docs.contains(stem) { 1.0 } else { 0.0 };
        if voice > 0.0 { voice * wanted.weight * text.rarity(wanted.word) } else { 0.0 }
    });
    said.sum::<f32>() / (2.0 + name.words.len() as f32).sqrt()
}

/// How much of a query the lines of a definition say.
fn body_score(symbol: usize, bodies: &Bodies, query: &Query, text: &Text) -> f32 {
    let said = query.words.iter().filter_map(|wanted| {
        let word = wanted.word?;
        Some(bodies.says(symbol, word) * wanted.weight * text.rarity(wanted.word))
    });
    said.sum()
}

/// Whether work could start at a definition: not at what every type has, nor at a type that another one only names.
fn acts(symbol: &Symbol) -> bool {
    const EVERYWHERE: &[&str] = &[
        "to_s",
        "to_string",
        "toString",
        "String",
        "equals",
        "hashCode",
        "hash",
        "eql?",
        "__eq__",
        "__repr__",
        "__str__",
        "__hash__",
        "fmt",
        "clone",
        "drop",
        "inspect",
    ];
    let named = symbol.name.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '$');
    let only_named = symbol.kind == SymbolKind::Type && symbol.parent.is_some() && symbol.first == symbol.last;
    named && !only_named && !EVERYWHERE.contains(&symbol.name.as_str())
}

/// Definitions of a file that say something of a query, with how much, best first.
pub fn best(file: &SourceFile, bodies: &Bodies, query: &Query, text: &Text) -> Vec<(usize, f32)> {
    let told = file.symbols.iter().enumerate().filter(|(_, symbol)| {
        !symbol.is_test && !matches!(symbol.kind, SymbolKind::Constant | SymbolKind::Module) && acts(symbol)
    });
    let whole = |index: usize, symbol: &Symbol| {
        let sum = score(symbol, query, text) + BODY * body_score(index, bodies, query, text);
        let brief = if symbol.last - symbol.first < SHORT { BRIEF } else { 1.0 };
        sum * brief * if symbol.makes_parent() { CONSTRUCTS } else { 1.0 }
    };
    let mut scored: Vec<(usize, f32)> = told.map(|(index, symbol)| (index, whole(index, symbol))).collect();
    scored.retain(|(_, score)| *score > 0.0);
    // Nobody starts from what is on its way out.
    let outgoing = |index: usize| file.symbols[index].is_deprecated();
    let rank = |index: usize| (outgoing(index), !is_named(file, &file.symbols[index], query));
    scored.sort_by(|a, b| rank(a.0).cmp(&rank(b.0)).then(b.1.total_cmp(&a.1)).then(a.0.cmp(&b.0)));
    // One type tells where to look; a second one tells less than what does the work.
    let contains = |index: usize| file.symbols[index].kind.is_container();
    let first = scored.iter().position(|(index, _)| contains(*index));
    let (types, mut others): (Vec<_>, Vec<_>) =
        scored.into_iter().enumerate().partition(|(at, (index, _))| contains(*index) && Some(*at) != first);
    others.extend(types);
    others.into_iter().map(|(_, scored)| scored).collect()
}
