//! Words by number, so that the facts of ten thousand files share one copy of each.

use std::sync::{PoisonError, RwLock};

use indexmap::IndexSet;

/// The number of a word in a [`Lexicon`].
pub type Word = u32;

/// All words that some file's facts name; it only grows.
#[derive(Debug, Default)]
pub struct Lexicon(RwLock<IndexSet<Box<str>>>);

impl Lexicon {
    /// A lexicon of these words, numbered in their order.
    pub(super) fn of(words: Vec<Box<str>>) -> Self {
        Self(RwLock::new(words.into_iter().collect()))
    }

    /// The number of a word that some file has.
    pub fn find(&self, word: &str) -> Option<Word> {
        let words = self.0.read().unwrap_or_else(PoisonError::into_inner);
        words.get_index_of(word).map(|index| index as Word)
    }

    /// A word by its number; empty for a number that was never given out.
    pub fn word(&self, word: Word) -> String {
        let words = self.0.read().unwrap_or_else(PoisonError::into_inner);
        words.get_index(word as usize).map_or_else(String::new, |word| word.to_string())
    }

    /// The numbers of words, which are added where they are new.
    pub(super) fn intern<'w>(&self, wanted: impl Iterator<Item = &'w str>) -> Vec<Word> {
        let mut numbers = Vec::with_capacity(wanted.size_hint().0);
        let mut new = Vec::new();
        {
            let words = self.0.read().unwrap_or_else(PoisonError::into_inner);
            for (at, word) in wanted.enumerate() {
                match words.get_index_of(word) {
                    Some(index) => numbers.push(index as Word),
                    None => {
                        numbers.push(0);
                        new.push((at, word));
                    }
                }
            }
        }
        if !new.is_empty() {
            let mut words = self.0.write().unwrap_or_else(PoisonError::into_inner);
            for (at, word) in new {
                numbers[at] = match words.get_index_of(word) {
                    Some(index) => index,
                    None => words.insert_full(word.into()).0,
                } as Word;
            }
        }
        numbers
    }

    /// A copy of all words, in the order of their numbers.
    pub(super) fn all(&self) -> Vec<Box<str>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}
