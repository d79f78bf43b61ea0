//! Turns the events of the markdown parser into pieces.

use std::ops::Range;

use pulldown_cmark::{BrokenLink, Event, LinkType, Options, Parser, Tag, TagEnd};

use super::heading::{Heading, normalise};
use super::inline;
use super::piece::{Block, BlockKind, Comment, Item, Label, Note, Piece, Shape};
use super::source;

/// Parses a text without front matter into pieces that cover it.
pub(super) fn build(text: &str) -> Vec<Piece> {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_TASKLISTS | Options::ENABLE_STRIKETHROUGH;
    let mut builder = Builder::new(text);
    // Whether a reference is defined can depend on other pieces, so every one of them counts as defined.
    let mut defined = |_: BrokenLink<'_>| Some(("".into(), "".into()));
    for (event, range) in Parser::new_with_broken_link_callback(text, options, Some(&mut defined)).into_offset_iter() {
        builder.event(event, range);
    }
    builder.finish_piece(text.len());
    builder.pieces
}

struct Builder<'t> {
    text: &'t str,
    pieces: Vec<Piece>,
    piece: Piece,
    start: usize,
    /// Open blocks other than headings and paragraphs.
    depth: usize,
    lists: Vec<Option<u64>>,
    /// Open items and whether their own text can still grow.
    open_items: Vec<(usize, bool)>,
    heading: Option<(Heading, String)>,
    /// Ranges whose text is code: no citation or placeholder counts there.
    masked: Vec<Range<usize>>,
    html: Option<Range<usize>>,
    in_paragraph: bool,
    references: Vec<LinkType>,
    /// A bracket stands as it is written.
    bracket: bool,
    /// A citation stands behind such a bracket: what could be a link is none where the cited source is defined, which
    /// may be in another piece.
    depends: bool,
}

impl<'t> Builder<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            pieces: Vec::new(),
            piece: Piece::default(),
            start: 0,
            depth: 0,
            lists: Vec::new(),
            open_items: Vec::new(),
            heading: None,
            masked: Vec::new(),
            html: None,
            in_paragraph: false,
            references: Vec::new(),
            bracket: false,
            depends: false,
        }
    }

    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.open(tag, range),
            Event::End(tag) => self.close(tag, range),
            Event::Text(text) => {
                self.bracket |= text.ends_with('[');
                self.inline(&text, range);
            }
            Event::Code(text) => {
                self.masked.push(range.clone());
                self.inline(&format!("`{text}`"), range);
            }
            Event::SoftBreak | Event::HardBreak => self.inline(" ", range),
            Event::InlineHtml(_) => {
                self.comments_in(range.clone());
                self.masked.push(range.clone());
                self.inline("", range);
            }
            Event::FootnoteReference(id) => {
                self.depends |= self.bracket;
                self.inline(&format!("[^{id}]"), range);
            }
            Event::TaskListMarker(_) => {}
            Event::Rule if self.depth == 0 => self.block(BlockKind::Rule, range),
            _ => {}
        }
    }

    fn open(&mut self, tag: Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::Heading { level, .. } if self.depth == 0 => {
                let at_line_start = range.start == 0 || self.text.as_bytes()[range.start - 1] == b'\n';
                if at_line_start && is_atx(&self.text[range.clone()]) && range.start > self.start {
                    self.finish_piece(range.start);
                }
                self.heading = Some((Heading::new(level as u8, self.trimmed(range)), String::new()));
            }
            Tag::Paragraph if self.depth == 0 => {
                let range = self.trimmed(range);
                self.piece.paragraphs.push((range.clone(), String::new()));
                self.block(BlockKind::Paragraph, range);
                self.in_paragraph = true;
            }
            Tag::List(number) => {
                self.stop_item_text();
                if self.depth == 0 {
                    self.block(BlockKind::List, range);
                }
                self.lists.push(number);
                self.depth += 1;
            }
            Tag::Item => self.open_item(range),
            Tag::CodeBlock(_) => {
                self.stop_item_text();
                self.masked.push(range.clone());
                self.container(BlockKind::Code, range);
            }
            Tag::HtmlBlock => {
                self.stop_item_text();
                self.comments_in(range.clone());
                self.masked.push(range.clone());
                let kind = if self.only_comments(range.clone()) { BlockKind::Comment } else { BlockKind::Html };
                self.html = Some(range.clone());
                self.container(kind, range);
            }
            Tag::Table(_) => self.container(BlockKind::Table, range),
            Tag::BlockQuote(_) => {
                self.stop_item_text();
                self.container(BlockKind::Quote, range);
            }
            Tag::FootnoteDefinition(id) => {
                self.note(&id, range.clone());
                self.container(BlockKind::Note, range);
            }
            Tag::Strong | Tag::Emphasis | Tag::Strikethrough => self.inline("", range),
            Tag::Link { link_type, .. } | Tag::Image { link_type, .. } => {
                self.references.push(link_type);
                if is_reference(link_type) {
                    self.inline("[", range.start..range.start + 1);
                }
            }
            _ => {}
        }
    }

    fn close(&mut self, tag: TagEnd, range: Range<usize>) {
        match tag {
            TagEnd::Link | TagEnd::Image => {
                // A reference reads as it is written.
                if let Some(link) = self.references.pop().filter(|link| is_reference(*link)) {
                    let source = &self.text[range.clone()];
                    let tail = match link {
                        LinkType::Reference | LinkType::ReferenceUnknown => {
                            source.rfind('[').and_then(|at| source.get(at.checked_sub(1)?..)).unwrap_or("]")
                        }
                        LinkType::Collapsed | LinkType::CollapsedUnknown => "][]",
                        _ => "]",
                    };
                    self.inline(tail, range);
                }
            }
            TagEnd::Heading(_) if self.depth == 0 => {
                if let Some((mut heading, title)) = self.heading.take() {
                    heading.finish(&title, &self.text[heading.range.clone()]);
                    self.piece.headings.push(heading);
                }
            }
            TagEnd::Paragraph => {
                self.in_paragraph = false;
                self.stop_item_text();
            }
            TagEnd::List(_) => {
                self.lists.pop();
                self.depth -= 1;
            }
            TagEnd::Item => {
                self.open_items.pop();
            }
            TagEnd::HtmlBlock => {
                self.html = None;
                self.depth -= 1;
            }
            TagEnd::CodeBlock | TagEnd::Table | TagEnd::BlockQuote(_) | TagEnd::FootnoteDefinition => self.depth -= 1,
            _ => {}
        }
    }

    fn container(&mut self, kind: BlockKind, range: Range<usize>) {
        if self.depth == 0 {
            self.block(kind, range);
        }
        self.depth += 1;
    }

    fn block(&mut self, kind: BlockKind, range: Range<usize>) {
        self.piece.blocks.push(Block { kind, range: self.trimmed(range) });
    }

    fn open_item(&mut self, range: Range<usize>) {
        let number = self.lists.last_mut().and_then(|list| {
            let number = *list;
            *list = number.map(|n| n + 1);
            number
        });
        let range = self.trimmed(range);
        let item = Item {
            content: range.start..range.start,
            range,
            text: String::new(),
            depth: self.lists.len() - 1 + usize::from(self.lists.len() < self.depth),
            parent: self.open_items.last().map(|(index, _)| *index),
            number,
            code_path: None,
            label: None,
        };
        self.open_items.push((self.piece.items.len(), true));
        self.piece.items.push(item);
    }

    /// Adds running text to the open heading or item.
    fn inline(&mut self, text: &str, range: Range<usize>) {
        if self.html.is_some() {
            return;
        }
        if let Some((_, title)) = &mut self.heading {
            title.push_str(text);
        } else if let Some(&(index, true)) = self.open_items.last() {
            let item = &mut self.piece.items[index];
            if item.content.is_empty() {
                item.content = range.clone();
            }
            item.content.end = item.content.end.max(range.end);
            item.text.push_str(text);
        } else if self.in_paragraph
            && let Some((_, paragraph)) = self.piece.paragraphs.last_mut()
        {
            paragraph.push_str(text);
        }
    }

    fn stop_item_text(&mut self) {
        if let Some((index, growing)) = self.open_items.last_mut()
            && !self.piece.items[*index].content.is_empty()
        {
            *growing = false;
        }
    }

    fn note(&mut self, id: &str, range: Range<usize>) {
        let id_start = range.start + 2;
        let rest = self.text[range.clone()].find("]:").map_or(range.end, |at| range.start + at + 2);
        let text = self.text[rest..range.end].trim();
        self.piece.notes.push(Note {
            id: id.to_owned(),
            id_range: id_start..(id_start + id.len()).min(range.end),
            description: source::describe(text),
            text: text.to_owned(),
            range: self.trimmed(range),
        });
    }

    fn comments_in(&mut self, range: Range<usize>) {
        let mut at = range.start;
        while let Some(open) = self.text[at..range.end].find("<!--").map(|i| at + i) {
            let Some(close) = self.text[open + 4..range.end].find("-->").map(|i| open + 4 + i) else {
                break;
            };
            self.piece
                .comments
                .push(Comment { range: open..close + 3, text: self.text[open + 4..close].trim().to_owned() });
            at = close + 3;
        }
    }

    fn only_comments(&self, range: Range<usize>) -> bool {
        let mut rest = self.text[range].trim();
        while let Some(inner) = rest.strip_prefix("<!--") {
            match inner.find("-->") {
                Some(end) => rest = inner[end + 3..].trim_start(),
                None => return true,
            }
        }
        rest.is_empty()
    }

    fn trimmed(&self, range: Range<usize>) -> Range<usize> {
        range.start..range.start + self.text[range].trim_end().len()
    }

    fn finish_piece(&mut self, end: usize) {
        let start = std::mem::replace(&mut self.start, end);
        let mut piece = std::mem::take(&mut self.piece);
        let masked = std::mem::take(&mut self.masked);
        let depends = std::mem::take(&mut self.depends);
        self.bracket = false;
        if end == start {
            return;
        }
        if depends
            && end - start < self.text.len()
            && let [own] = &mut build(&self.text[start..end])[..]
        {
            // A piece is what its own text says, so that it can be parsed without the others.
            self.pieces.push(std::mem::take(own));
            return;
        }
        piece.len = end - start;
        piece.tokens = inline::scan(&self.text[start..end], start, &masked);
        for heading in &mut piece.headings {
            shift(&mut heading.range, start);
            if let Some((_, digits)) = &mut heading.phase {
                shift(digits, start);
            }
        }
        for block in &mut piece.blocks {
            shift(&mut block.range, start);
        }
        for (range, text) in &mut piece.paragraphs {
            shift(range, start);
            inline::strip_citations(text);
        }
        for comment in &mut piece.comments {
            shift(&mut comment.range, start);
        }
        for note in &mut piece.notes {
            shift(&mut note.range, start);
            shift(&mut note.id_range, start);
        }
        for item in &mut piece.items {
            shift(&mut item.range, start);
            shift(&mut item.content, start);
            inline::strip_citations(&mut item.text);
            item.label = label(&self.text[start..end], item);
            item.code_path = inline::code_path(&self.text[start..end], item.content.clone());
        }
        self.pieces.push(piece);
    }
}

fn is_reference(link: LinkType) -> bool {
    use LinkType::*;
    matches!(link, Reference | ReferenceUnknown | Collapsed | CollapsedUnknown | Shortcut | ShortcutUnknown)
}

fn shift(range: &mut Range<usize>, by: usize) {
    *range = range.start - by..range.end - by;
}

/// Reads `**Label**: value` or `**Label:** value` at the start of an item's text.
fn label(text: &str, item: &Item) -> Option<Label> {
    let source = text.get(item.range.clone())?;
    let open = source.find("**").or_else(|| source.find("__"))?;
    let before =
        source[..open].trim_matches(|c: char| c.is_whitespace() || "-*+.)[]xX".contains(c) || c.is_ascii_digit());
    if !before.is_empty() {
        return None;
    }
    let delimiter = &source[open..open + 2];
    let inner = open + 2;
    let close = inner + source[inner..].find(delimiter)?;
    if source[open..close].contains('\n') || close == inner {
        return None;
    }
    let after = close + 2;
    let inside = source[inner..close].trim_end();
    let (words, value) = match inside.strip_suffix([':', '：']) {
        Some(words) => (words.trim_end(), after),
        None => {
            let rest = source[after..].trim_start_matches([' ', '\t']);
            // Templates write `**Label** *(optional)*: …`.
            let colon = rest.strip_prefix("*(optional)*").unwrap_or(rest);
            let mark = colon.chars().next().filter(|c| matches!(c, ':' | '：'))?;
            let words =
                if colon.len() < rest.len() { source[inner..source.len() - colon.len()].trim_end() } else { inside };
            (words, source.len() - colon.len() + mark.len_utf8())
        }
    };
    let base = item.range.start;
    Some(Label {
        key: normalise(words).into(),
        shape: shape(&source[value..]),
        text: words.into(),
        range: base + inner..base + inner + words.len(),
        value: base + value..base + source.len(),
    })
}

/// What stands behind a label.
fn shape(value: &str) -> Shape {
    let mut value = value.trim();
    let whole = value;
    while let Some(rest) = value.strip_prefix("<!--") {
        value = rest.find("-->").map_or("", |end| rest[end + 3..].trim());
    }
    let inner = whole.strip_prefix('[').and_then(|value| value.strip_suffix(']'));
    match inner {
        _ if value.is_empty() => Shape::Empty,
        Some(inner)
            if !inner.starts_with('^')
                && !inner.contains(['[', ']', '\n'])
                && !matches!(inner, " " | "x" | "X" | "") =>
        {
            Shape::Hint
        }
        _ => Shape::Text,
    }
}

/// Whether a heading is one by its marks; one by underlining can start with `##x`, and goes on upwards when text comes before.
fn is_atx(heading: &str) -> bool {
    let rest = heading.trim_start_matches('#');
    (1..=6).contains(&(heading.len() - rest.len())) && (rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']))
}
