//! The formula that ranks texts by the words of a query: BM25 (Robertson and Zaragoza, 2009).

/// How soon a word that is said again says no more.
const K1: f32 = 1.2;
/// How much a text's length counts against it.
const B: f32 = 0.75;

/// How rare a word is that `with` of `all` texts have; one that none has is the rarest.
pub fn rarity(all: usize, with: usize) -> f32 {
    let (all, with) = (all as f32, with as f32);
    (1.0 + (all - with + 0.5) / (with + 0.5)).ln()
}

/// What a word says that stands in a text so often, where one is the measure of a text of average length.
pub fn saturated(frequency: f32) -> f32 {
    frequency * (K1 + 1.0) / (K1 + frequency)
}

/// What the length of a text divides its frequencies by.
pub fn norm(length: f32, average: f32) -> f32 {
    norm_with(B, length, average)
}

/// The same, with another weight of the length.
pub fn norm_with(weight: f32, length: f32, average: f32) -> f32 {
    1.0 - weight + weight * length / average.max(1.0)
}
