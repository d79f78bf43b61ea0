//! Where a part of a template belongs among its present siblings.

use crate::document::Document;
use crate::template::{Match, section_text};
use crate::text::Edit;

use super::context::newline;

/// The edit that inserts a missing part, as its template shows it, in the template's order.
pub(super) fn insertion(document: &Document, siblings: &[Match<'_>], index: usize) -> Edit {
    let part = &siblings[index];
    let sections = document.sections();
    let after = siblings[index + 1..].iter().find_map(|next| next.sections.first());
    let before = siblings[..index].iter().rev().find_map(|earlier| earlier.sections.last());
    let level = match (after.or(before), part.within) {
        (Some(&sibling), _) => sections[sibling].level,
        (None, Some(parent)) => (sections[parent].level + 1).min(6),
        (None, None) => part.node.level,
    };
    let newline = newline(document);
    let text = section_text(part.node, level, newline);
    if let Some(&next) = after {
        return Edit::insert(sections[next].heading.start, format!("{text}{newline}"));
    }
    let at = match (before, part.within) {
        (Some(&previous), _) => document.content_end(previous),
        (None, Some(parent)) => document.content_end(parent),
        (None, None) => document.text().slice(0..document.text().len()).trim_end().len(),
    };
    Edit::insert(at, format!("{newline}{newline}{}", text.trim_end()))
}

/// Indices of `starts` that must move so that the rest ascends: all that are not in a longest ascending run.
pub(super) fn out_of_order(starts: &[usize]) -> Vec<usize> {
    let mut best: Vec<(usize, Option<usize>)> = Vec::with_capacity(starts.len());
    for (i, start) in starts.iter().enumerate() {
        let previous = (0..i).filter(|&j| starts[j] < *start).max_by_key(|&j| best[j].0);
        best.push((previous.map_or(1, |j| best[j].0 + 1), previous));
    }
    let mut keep = Vec::new();
    let mut at = (0..starts.len()).max_by_key(|&i| best[i].0);
    while let Some(i) = at {
        keep.push(i);
        at = best[i].1;
    }
    (0..starts.len()).filter(|i| !keep.contains(i)).collect()
}

#[cfg(test)]
mod tests {
    use super::out_of_order;

    #[test]
    fn the_fewest_sections_move() {
        assert_eq!(out_of_order(&[0, 50, 10, 20, 30]), [1]);
        assert_eq!(out_of_order(&[10, 20, 30]), [] as [usize; 0]);
    }
}
