//! Takes secrets out of text before it leaves the machine.

use std::sync::LazyLock;

use super::pattern;
use regex::{Captures, Regex};

/// What stands where a secret stood.
pub const REDACTED: &str = "[redacted]";

/// Tokens that have a form of their own; the forms are those that their issuers document.
static TOKENS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?s:.*?)(?:-----END [A-Z ]*PRIVATE KEY-----|\z)",
        r"|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
        r"|\bgh[pousr]_[0-9A-Za-z]{36,}\b|\bgithub_pat_[0-9A-Za-z_]{22,}\b|\bglpat-[0-9A-Za-z_-]{20,}",
        r"|\bxox[abeoprs]-[0-9A-Za-z-]{10,}",
        r"|\bsk-(?:ant-|proj-|svcacct-)?[0-9A-Za-z_-]{20,}|\b[sr]k_(?:live|test)_[0-9A-Za-z]{16,}",
        r"|\bAIza[0-9A-Za-z_-]{35}|\bya29\.[0-9A-Za-z_-]{20,}",
        r"|\bnpm_[0-9A-Za-z]{36}\b|\bpypi-[0-9A-Za-z_-]{50,}|\bhf_[0-9A-Za-z]{30,}\b",
        r"|\beyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{10,}",
    ))
});

/// A password inside an address: `https://user:password@host`.
static ADDRESS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?P<before>\b[a-z][a-z0-9+.-]*://[^\s:/@'\x22]*:)(?P<secret>[^\s/@'\x22]{3,})@"));

/// A value behind a name that says what it is.
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)(?P<before>[\w.-]*(?:password|passwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential)[\w.-]*",
        r#"["']?\s*(?::=|=>|[:=])\s*["']?)(?P<secret>[^\s"'`,;<>(){}\[\]$]{8,})"#,
    ))
});

/// The same text without what looks like a secret; names and addresses around it stay.
pub fn redact(text: &str) -> String {
    // Lines keep their numbers.
    let text = TOKENS
        .replace_all(text, |found: &Captures<'_>| format!("{REDACTED}{}", "\n".repeat(found[0].matches('\n').count())));
    let text = ADDRESS.replace_all(&text, |found: &Captures<'_>| format!("{}{REDACTED}@", &found["before"]));
    let named = NAMED.replace_all(&text, |found: &Captures<'_>| {
        let secret = &found["secret"];
        if looks_random(secret) { format!("{}{REDACTED}", &found["before"]) } else { found[0].to_owned() }
    });
    named.into_owned()
}

/// Whether a value could be a secret, and not a name, a call or a type: it mixes letters with digits or signs.
fn looks_random(value: &str) -> bool {
    let letters = value.chars().any(char::is_alphabetic);
    let digits = value.chars().filter(char::is_ascii_digit).count();
    let signs = value.chars().any(|c| "!@#%^&*+/=~".contains(c));
    letters && (digits > 1 || signs) && value != REDACTED && !value.contains("::")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(redact(text), expected, "{text}");
    }

    #[test]
    fn secrets_go_and_their_surroundings_stay() {
        check("let key = \"AKIAIOSFODNN7EXAMPLE\";", "let key = \"[redacted]\";");
        check("DB=postgres://app:hunter22@db:5432/x", "DB=postgres://app:[redacted]@db:5432/x");
        check("api_key: 'f00ba7c0ffee1234'", "api_key: '[redacted]'");
        check("PASSWORD=correct1horse2battery", "PASSWORD=[redacted]");
        check("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nrest", "[redacted]\n\n\nrest");
        check(&format!("token ghp_{}", "a1".repeat(18)), "token [redacted]");
        check(&format!("sk-ant-api03-{}", "aB3".repeat(12)), "[redacted]");
    }

    #[test]
    fn code_stays_code() {
        for text in [
            "let token = self.next_token()?;",
            "password: String,",
            "fn secret(name: &str) -> Secret<String>",
            "token = CancellationToken::new1()",
            "api_key = os.environ[\"API_KEY\"]",
            "https://example.org/a?b=c",
        ] {
            check(text, text);
        }
    }
}
