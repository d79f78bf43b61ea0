//! Fields: list items of the form `- **Label**: value`.

use std::ops::Range;
use std::sync::Arc;

use super::piece::Shape;
use super::{Document, SectionId};

/// A labelled list item of a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The label's words.
    pub label: Arc<str>,
    /// The label as it is compared.
    pub key: Arc<str>,
    /// The label's bytes.
    pub label_range: Range<usize>,
    /// The whole item.
    pub range: Range<usize>,
    /// Everything after the colon.
    pub value_range: Range<usize>,
    /// What the value is, without reading it.
    pub shape: Shape,
}

impl Document {
    /// The fields that stand directly in a section's body, in order.
    pub fn fields(&self, id: SectionId) -> Vec<Field> {
        let section = &self.sections[id];
        let placed = &self.pieces[section.piece];
        let body = section.body.start - placed.start..section.body.end - placed.start;
        placed
            .piece
            .items
            .iter()
            .filter(|item| item.depth == 0 && body.contains(&item.range.start))
            .filter_map(|item| {
                let label = item.label.as_ref()?;
                let value_range = placed.start + label.value.start..placed.start + label.value.end;
                Some(Field {
                    label: Arc::clone(&label.text),
                    key: Arc::clone(&label.key),
                    shape: label.shape,
                    label_range: placed.start + label.range.start..placed.start + label.range.end,
                    range: placed.start + item.range.start..placed.start + item.range.end,
                    value_range,
                })
            })
            .collect()
    }

    /// A field's value without surrounding blanks.
    pub fn value(&self, field: &Field) -> String {
        self.text.slice(field.value_range.clone()).trim().to_owned()
    }
}
