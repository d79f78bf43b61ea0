//! What the definitions of one file say in their bodies.

use super::bm25;
use crate::text::stems;
use crate::workspace::{Lexicon, SourceFile, Word};

/// How much a definition's length counts against it; found as `docs/evidence.md` says.
const LENGTH: f32 = 0.2;

/// The words that stand in each definition's own lines: those of definitions inside it are theirs.
#[derive(Debug)]
pub struct Bodies {
    /// In the order of `SourceFile::symbols`, sorted.
    words: Vec<Vec<Word>>,
    /// Words of an average definition.
    average: f32,
}

impl Bodies {
    /// Reads the lines of a file.
    pub fn new<'t>(file: &SourceFile, lines: impl Iterator<Item = &'t str>, lexicon: &Lexicon) -> Self {
        let mut words: Vec<Vec<Word>> = vec![Vec::new(); file.symbols.len()];
        let mut owners: Vec<Option<usize>> = vec![None; file.lines];
        for (index, symbol) in file.symbols.iter().enumerate() {
            let last = symbol.last.min(file.lines);
            // What is defined inside comes later and takes its lines.
            owners[symbol.first.saturating_sub(1).min(last)..last].fill(Some(index));
        }
        for (line, owner) in lines.zip(owners) {
            if let Some(owner) = owner {
                words[owner].extend(stems(line).iter().filter_map(|stem| lexicon.find(stem)));
            }
        }
        words.iter_mut().for_each(|words| words.sort_unstable());
        let (count, sum) =
            words.iter().filter(|words| !words.is_empty()).fold((0, 0), |(n, sum), words| (n + 1, sum + words.len()));
        Self { words, average: sum as f32 / (count as f32).max(1.0) }
    }

    /// How much a definition says of a word: nothing where it does not say it, less the longer it is, and never much
    /// more for saying it again.
    pub fn says(&self, symbol: usize, word: Word) -> f32 {
        let Some(words) = self.words.get(symbol) else { return 0.0 };
        let from = words.partition_point(|known| *known < word);
        let count = words[from..].iter().take_while(|known| **known == word).count() as f32;
        let norm = bm25::norm_with(LENGTH, words.len() as f32, self.average);
        bm25::saturated(count / norm)
    }
}
