//! Finds what a requirement writes out where files say it, too: a flag, a header, a key with dashes.

use std::collections::BTreeSet;

use super::Evidence;
use crate::document::Demand;
use crate::research::{Work, work};
use crate::text::{says, stems};
use crate::workspace::{Part, SourceFile};

/// So far down the ranking a file is read.
const LOOKED: usize = 60;
/// What more files of code, or documents, than this say is no way to any of them.
const FILES: usize = 3;
const DOCUMENTS: usize = 8;
/// So many documents are told.
const TOLD: usize = 2;

/// What stands in inline code and is no identifier, word for word: `--profile`, `Retry-After`.
pub fn written(text: &str) -> BTreeSet<&str> {
    let code = text.split('`').skip(1).step_by(2).flat_map(str::split_whitespace);
    let is_literal = |word: &&str| {
        let bare = word.trim_start_matches('-');
        bare.len() > 2
            && word.contains('-')
            && bare.starts_with(char::is_alphabetic)
            && word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
    };
    code.filter(is_literal).collect()
}

/// So many numbers side by side are no chance, so many digits make one telling, and so many lines list them.
const NUMBERS: usize = 3;
const DIGITS: usize = 3;
const LISTS: usize = 12;

/// Where a file lists all the numbers that a requirement writes out, such as statuses of HTTP: the first and the last line,
/// one-based and inclusive, and the numbers.
pub fn numbers(engine: &Evidence<'_>, demand: &Demand, file: usize) -> Option<(usize, usize, Vec<String>)> {
    let said = demand.summary();
    let is_number = |word: &&str| word.len() >= DIGITS && word.chars().all(|c| c.is_ascii_digit());
    let wanted: BTreeSet<&str> = said.split(|c: char| !c.is_alphanumeric()).filter(is_number).collect();
    if wanted.len() < NUMBERS {
        return None;
    }
    let lines = engine.reader.lines(&engine.workspace.files[file].path)?;
    let lists = |lines: &[Box<str>]| wanted.iter().all(|number| lines.iter().any(|line| says(line, number)));
    let last = (0..lines.len()).find(|&at| lists(&lines[(at + 1).saturating_sub(LISTS)..=at]))?;
    let first = (0..=last).rev().find(|&at| lists(&lines[at..=last]))?;
    Some((first + 1, last + 1, wanted.into_iter().map(str::to_owned).collect()))
}

/// Where a file says a literal first: its one-based line.
fn line_of(engine: &Evidence<'_>, file: &SourceFile, literal: &str, words: &[String]) -> Option<usize> {
    let known = engine.workspace.index.words();
    let holds = |stem: &String| {
        known.find(stem).is_some_and(|word| [Part::Code, Part::Literal].into_iter().any(|part| file.says(part, word)))
    };
    if words.is_empty() || !words.iter().all(holds) {
        return None;
    }
    let lines = engine.reader.lines(&file.path)?;
    lines.iter().position(|line| says(line, literal)).map(|at| at + 1)
}

/// Files for a requirement that say what some requirements write out: each with its index, what it says, and the line.
/// What many files say tells none of them.
pub fn places(engine: &Evidence<'_>, demand: &Demand, written_by: &[&Demand]) -> Vec<(usize, String, usize)> {
    let said: Vec<String> = written_by.iter().map(|demand| demand.summary()).collect();
    let literals: BTreeSet<&str> = said.iter().flat_map(|text| written(text)).collect();
    // Documents tell of one thing in several places, and the best of those is where more is told.
    let (most, told) = if work(demand) == Work::Documentation { (DOCUMENTS, TOLD) } else { (FILES, FILES) };
    let mut found: Vec<(usize, String, usize)> = Vec::new();
    for literal in literals {
        let words = stems(literal);
        let files = engine.ranked(&demand.id).iter().take(LOOKED).map(|ranked| ranked.file);
        let own = files.filter_map(|file| {
            let line = line_of(engine, &engine.workspace.files[file], literal, &words)?;
            Some((file, literal.to_owned(), line))
        });
        let own: Vec<_> = own.take(most + 1).collect();
        if own.len() <= most {
            found.extend(own.into_iter().take(told));
        }
    }
    let mut seen = BTreeSet::new();
    found.retain(|(file, ..)| seen.insert(*file));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_what_no_identifier_spells() {
        let said = written("`vite --profile` and `Retry-After`, not `server.proxy`, `my_name`, `a-` or `-1`");
        assert_eq!(said.into_iter().collect::<Vec<_>>(), ["--profile", "Retry-After"]);
    }
}
