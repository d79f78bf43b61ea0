//! Reads what a file of SQL defines: named queries, tables, views and functions.

use std::sync::LazyLock;

use regex::Regex;

use crate::text::pattern;

use super::symbol::{Symbol, SymbolKind};

/// The comment by which sqlc and its likes name a query: `-- name: ListOrders :many`, `-- :name list_orders`.
static NAMED: LazyLock<Regex> = LazyLock::new(|| pattern(r"^--\s*(?::name|name:)\s+(\w+)"));

static CREATED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)^create\s+(?:or\s+replace\s+)?(?:(?:unlogged|temp|temporary|materialized)\s+)?(table|view|function|procedure)\s+",
        r#"(?:if\s+not\s+exists\s+)?(?:[\w"`]+\.)?["`]?(\w+)"#,
    ))
});

/// The definitions of a text, in the order in which they stand; each ends before the next one.
pub(super) fn definitions(text: &str) -> Vec<Symbol> {
    let mut found: Vec<Symbol> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let (name, kind) = if let Some(named) = NAMED.captures(line) {
            (named[1].to_owned(), SymbolKind::Query)
        } else if let Some(created) = CREATED.captures(line)
            // A query that is named is called so, whatever it creates.
            && !found.last().is_some_and(|last| last.kind == SymbolKind::Query && last.first == index)
        {
            let kind = match &*created[1].to_lowercase() {
                "function" | "procedure" => SymbolKind::Function,
                _ => SymbolKind::Table,
            };
            (created[2].to_owned(), kind)
        } else {
            if let Some(last) = found.last_mut().filter(|_| !line.trim().is_empty()) {
                last.last = index + 1;
            }
            continue;
        };
        let (first, doc) = (index + 1, String::new());
        found.push(Symbol { name, kind, first, last: first, parent: None, doc, is_test: false });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_and_tables_have_names() {
        let text = concat!(
            "CREATE TABLE IF NOT EXISTS \"public\".orders (\n    id INT\n);\n\n",
            "-- name: ListOrders :many\nSELECT *\nFROM orders;\n\n",
            "create or replace function sum_orders() returns int;\n",
            "-- name of the order is unique\n",
            "-- :name get_order\nSELECT 1;\n",
        );
        let found: Vec<(String, &str, usize, usize)> = definitions(text)
            .into_iter()
            .map(|symbol| (symbol.name, symbol.kind.name(), symbol.first, symbol.last))
            .collect();
        let expected = [
            ("orders", "table", 1, 3),
            ("ListOrders", "query", 5, 7),
            ("sum_orders", "function", 9, 10),
            ("get_order", "query", 11, 12),
        ];
        assert_eq!(found, expected.map(|(name, kind, first, last)| (name.to_owned(), kind, first, last)));
    }
}
