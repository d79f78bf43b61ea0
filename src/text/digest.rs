//! Short content digests, as they stand in the ledger and the stamp.

/// Twelve hexadecimal digits of BLAKE3, written `b3:9f2c41d07a11`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest(String);

impl Digest {
    /// Reads the written form; `None` if it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        let hex = text.strip_prefix("b3:")?;
        (hex.len() == 12 && hex.bytes().all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase()))
            .then(|| Self(text.to_owned()))
    }

    /// The written form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The digest of a text; line ends, trailing blanks and surrounding empty lines do not count.
pub fn digest(text: &str) -> Digest {
    let mut hasher = blake3::Hasher::new();
    for line in text.trim().lines() {
        hasher.update(line.trim_end().as_bytes());
        hasher.update(b"\n");
    }
    Digest(format!("b3:{}", &hasher.finalize().to_hex()[..12]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_and_trailing_blanks_do_not_count() {
        assert_eq!(digest("a\r\nb  \r\n\r\n"), digest("\na\nb"));
        assert_ne!(digest("a\nb"), digest("a\n b"));
        assert_eq!(Digest::parse(digest("x").as_str()), Some(digest("x")));
        assert_eq!(Digest::parse("b3:XYZ"), None);
    }
}
