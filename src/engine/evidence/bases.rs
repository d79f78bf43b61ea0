//! Finds the type that the type of a place extends: what it shares with its likes is kept there.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::locate::can_change;
use super::spot::Spot;
use super::theme::ROLES;
use super::{Evidence, kin};
use crate::document::Demand;
use crate::text::{pattern, says, stems};
use crate::workspace::{SourceFile, Symbol, SymbolKind};

static EXTENDS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\bextends\s+(?:\w+\.)*(\w+)"));
static DERIVES: LazyLock<Regex> = LazyLock::new(|| pattern(r"\bclass\s+\w+\s*(?:\(\s*|<\s*)(?:\w+(?:\.|::))*(\w+)"));

/// A definition says what it extends in so many lines.
const HEAD: usize = 4;
/// A name that shares so many words with that of the type is of the same subject.
const SHARED: usize = 2;
/// A type that more neighbours than this use is no one's own base.
const NEIGHBOURS: usize = 2;

/// The first lines of a definition, in which it says what it is.
fn head(engine: &Evidence<'_>, file: &SourceFile, symbol: &Symbol) -> String {
    engine.reader.text(&file.path, symbol.first, symbol.last.min(symbol.first + HEAD)).unwrap_or_default()
}

/// The name of the type that a definition extends, from its first lines.
fn extended(head: &str) -> Option<&str> {
    let head = head.split('{').next().unwrap_or(head);
    let found = EXTENDS.captures(head).or_else(|| DERIVES.captures(head))?;
    found.get(1).map(|name| name.as_str())
}

/// Whether a type that another one extends is about the same: its name says nothing besides.
fn is_of_subject(base: &str, own: &str) -> bool {
    let own: BTreeSet<String> = stems(own).into_iter().collect();
    let mut base: BTreeSet<String> = stems(base).into_iter().collect();
    base.retain(|stem| !ROLES.contains(&stem.as_str()));
    base.len() >= SHARED && base.is_subset(&own)
}

/// So many types that extend one are its variants.
const VARIANTS: usize = 2;

/// Whether the first type of a place implements an interface.
pub fn implements(engine: &Evidence<'_>, spot: &Spot, interface: &str) -> bool {
    let file = &engine.workspace.files[spot.file];
    file.symbols.iter().filter(|own| own.kind == SymbolKind::Type && !own.is_test).any(|own| {
        let head = head(engine, file, own);
        head.split('{')
            .next()
            .unwrap_or_default()
            .split_once(" implements ")
            .is_some_and(|(_, all)| says(all, interface))
    })
}

/// Puts the type that the first one of some definitions extends in its place, where one file has both and the requirement
/// says nothing of what only the latter is; whether it did.
pub fn instead(engine: &Evidence<'_>, demand: &Demand, file: usize, symbols: &mut Vec<usize>) -> bool {
    let source = &engine.workspace.files[file];
    let Some(first) = symbols.first().copied().filter(|&at| source.symbols[at].kind == SymbolKind::Type) else {
        return false;
    };
    let own = &source.symbols[first];
    let own_head = head(engine, source, own);
    let Some(base) = extended(&own_head) else { return false };
    // Only what has several variants keeps there what they share.
    let extends =
        |other: &&Symbol| other.kind == SymbolKind::Type && extended(&head(engine, source, other)) == Some(base);
    if source.symbols.iter().filter(extends).count() < VARIANTS {
        return false;
    }
    let defined = source.symbols.iter().position(|other| other.name == base && other.kind == SymbolKind::Type);
    let said: BTreeSet<String> = stems(&demand.summary()).into_iter().collect();
    let shared = stems(base);
    let is_said = stems(&own.name).iter().any(|stem| !shared.contains(stem) && said.contains(stem));
    let Some(base) = defined.filter(|_| !is_said) else { return false };
    symbols.retain(|at| *at != base);
    symbols[0] = base;
    true
}

/// A type with so few functions of its own besides those that make it only hands on.
const THIN: usize = 2;

/// Whether the first type of a place has next to nothing of its own.
pub fn is_thin(engine: &Evidence<'_>, spot: &Spot) -> bool {
    let own = engine.workspace.files[spot.file].symbols.iter();
    own.filter(|own| own.kind == SymbolKind::Method && !own.makes_parent()).count() <= THIN
}

/// The file with the type of the same subject that the first type of a place extends, and how that is told.
pub fn of(engine: &Evidence<'_>, spot: &Spot) -> Option<(usize, String)> {
    let file = &engine.workspace.files[spot.file];
    let symbol = spot.symbols.iter().map(|&at| &file.symbols[at]).find(|own| own.kind == SymbolKind::Type)?;
    let head = head(engine, file, symbol);
    let base = extended(&head).filter(|base| is_of_subject(base, &symbol.name))?;
    let defines = |other: &usize| {
        let other = &engine.workspace.files[*other];
        can_change(other) && other.symbols.iter().any(|own| own.name == base && own.kind.is_container())
    };
    let files = &engine.workspace.files;
    let imported = engine.workspace.graph.uses[spot.file].iter().copied().find(defines);
    // One that is written out with its package needs no import.
    let bears = |at: &usize| kin::stem(&files[*at].path) == base && files[*at].language == file.language;
    let found = imported.or_else(|| (0..files.len()).filter(bears).find(defines))?;
    // What many of its neighbours extend has only in common what all of them have.
    let folder = kin::folder(&engine.workspace.files[found].path);
    let users = engine.workspace.graph.used_by[found].iter().map(|&user| &engine.workspace.files[user]);
    let keeps = users.filter(|user| !user.is_test && kin::folder(&user.path) == folder).count() <= NEIGHBOURS;
    (found != spot.file && keeps).then(|| (found, format!("`{}` extends its `{base}`", symbol.name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_extended_is_read_from_the_head() {
        let java = "public class TaggedBulkheadMetrics\n    extends AbstractBulkheadMetrics implements MeterBinder {";
        assert_eq!(extended(java), Some("AbstractBulkheadMetrics"));
        assert_eq!(extended("class DurationField(fields.Field):"), Some("Field"));
        assert_eq!(extended("class Cart < Store::Basket"), Some("Basket"));
        assert_eq!(extended("class Cart<T> extends Basket<T> {"), Some("Basket"));
        assert_eq!(extended("pub struct Router<S> {"), None);
        assert!(is_of_subject("AbstractBulkheadMetrics", "TaggedBulkheadMetricsPublisher"));
        assert!(!is_of_subject("AbstractMetrics", "TaggedBulkheadMetricsPublisher"));
        assert!(!is_of_subject("AbstractTimerMetrics", "TaggedBulkheadMetrics"));
    }
}
