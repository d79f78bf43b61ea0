//! Counts the stems of a text by the part of it that they stand in.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Lexicon, Part, Word};
use crate::text::{prose, terms};

/// Words longer than this are data.
const MAX_WORD: usize = 64;
/// A cache of more words than this starts anew; a repository has some ten thousand.
const MAX_KNOWN: usize = 200_000;

/// Collects the terms of one text after the other; what it learnt about a word serves the next one.
pub(super) struct Analyser<'l> {
    pub(super) lexicon: &'l Lexicon,
    known: HashMap<Box<str>, Arc<Known>>,
    counts: [HashMap<Word, u32>; Part::ALL.len()],
}

/// The terms of a word, by their numbers.
struct Known {
    words: Vec<Word>,
    pairs: Vec<Word>,
}

impl<'l> Analyser<'l> {
    pub(super) fn new(lexicon: &'l Lexicon) -> Self {
        Self { lexicon, known: HashMap::new(), counts: Default::default() }
    }

    /// Counts the words of a text.
    pub(super) fn add(&mut self, part: Part, text: &str) {
        let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
        for word in words.filter(|word| word.len() > 1 && word.len() < MAX_WORD) {
            let known = self.known(word);
            for &stem in &known.words {
                *self.counts[part as usize].entry(stem).or_default() += 1;
            }
            for &pair in &known.pairs {
                *self.counts[Part::Pair as usize].entry(pair).or_default() += 1;
            }
        }
    }

    /// Counts the words of prose, where neighbours are pairs as they are in an identifier.
    pub(super) fn add_prose(&mut self, part: Part, text: &str) {
        for (words, pairs) in prose(text).map(terms).map(|terms| (terms.words, terms.pairs)) {
            for stem in self.lexicon.intern(words.iter().map(String::as_str)) {
                *self.counts[part as usize].entry(stem).or_default() += 1;
            }
            for pair in self.lexicon.intern(pairs.iter().map(String::as_str)) {
                *self.counts[Part::Pair as usize].entry(pair).or_default() += 1;
            }
        }
    }

    fn known(&mut self, word: &str) -> Arc<Known> {
        if let Some(known) = self.known.get(word) {
            return Arc::clone(known);
        }
        if self.known.len() > MAX_KNOWN {
            self.known.clear();
        }
        let found = terms(word);
        let known = Arc::new(Known {
            words: self.lexicon.intern(found.words.iter().map(String::as_str)),
            pairs: self.lexicon.intern(found.pairs.iter().map(String::as_str)),
        });
        self.known.insert(word.into(), Arc::clone(&known));
        known
    }

    /// The counts since the last call, sorted.
    pub(super) fn take(&mut self) -> [Vec<(Word, u32)>; Part::ALL.len()] {
        self.counts.each_mut().map(|counts| {
            let mut counts: Vec<(Word, u32)> = counts.drain().collect();
            counts.sort_unstable();
            counts
        })
    }
}
