//! YAML front matter: the few keys that groundplan reads, and where they stand.

use std::ops::Range;

/// How far a document has come; it decides how hard the rules judge (see `check`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Status {
    /// Still being written: findings are softer.
    Draft,
    /// Not said, or under review.
    #[default]
    Review,
    /// Agreed: findings are harder.
    Accepted,
}

/// The front matter of a document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FrontMatter {
    /// Bytes from the start of the document to the line after the closing `---`.
    pub len: usize,
    /// The template that the document names.
    pub template: Option<String>,
    /// `status`, as it is understood.
    pub status: Status,
    /// Path of the requirements document that a plan in a file of its own belongs to.
    pub requirements: Option<String>,
    /// Keys with their values and the values' bytes, in order.
    pub entries: Vec<(String, String, Range<usize>)>,
}

impl FrontMatter {
    /// Reads the front matter at the start of a text.
    ///
    /// Only `key: value` lines without indentation count; that is all groundplan asks of it, and anything else
    /// there belongs to other tools.
    pub fn parse(text: &str) -> Self {
        let mut front = Self::default();
        let mut lines = text.split_inclusive('\n');
        let Some(opening) = lines.next().filter(|line| line.trim_end() == "---") else {
            return front;
        };
        let mut at = opening.len();
        for line in lines {
            let start = at;
            at += line.len();
            let content = line.trim_end();
            if content == "---" || content == "..." {
                front.len = at;
                break;
            }
            if let Some((key, value)) = content.split_once(':')
                && !key.starts_with([' ', '\t', '#', '-'])
            {
                let bare = value.trim();
                let unquoted = bare.trim_matches(['"', '\'']);
                let from = start + key.len() + 1 + (value.len() - value.trim_start().len());
                front.entries.push((key.trim().to_owned(), unquoted.to_owned(), from..from + bare.len()));
            }
        }
        if front.len == 0 {
            return Self::default();
        }
        front.template = front.get("template").map(str::to_owned);
        front.requirements = front.get("requirements").map(str::to_owned);
        front.status = front.get("status").map_or(Status::default(), status);
        front
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.entries
            .iter()
            .find(|(name, value, _)| name.eq_ignore_ascii_case(key) && !value.is_empty())
            .map(|(_, value, _)| value.as_str())
    }
}

fn status(text: &str) -> Status {
    match text.to_ascii_lowercase().as_str() {
        "draft" | "wip" | "proposed" | "provisional" => Status::Draft,
        "accepted" | "approved" | "implementable" | "implemented" | "final" | "done" => Status::Accepted,
        _ => Status::Review,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_with_their_places() {
        let text = "---\r\ntitle: A: b\r\nstatus: \"Draft\"\nnested:\n  template: no\nrequirements: ./a.md\n---\nbody";
        let front = FrontMatter::parse(text);
        assert_eq!(&text[front.len..], "body");
        assert_eq!(front.status, Status::Draft);
        assert_eq!(front.template, None);
        assert_eq!(front.requirements.as_deref(), Some("./a.md"));
        assert_eq!(front.get("title"), Some("A: b"));
        let (_, _, range) = &front.entries[1];
        assert_eq!(&text[range.clone()], "\"Draft\"");
    }

    #[test]
    fn an_unclosed_block_is_no_front_matter() {
        assert_eq!(FrontMatter::parse("---\ntemplate: x\n\ntext"), FrontMatter::default());
    }
}
