//! The embedded catalogue: domains of technology and what serves them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::text::{Digest, digest, stems};
use crate::workspace::manifest::Ecosystem;

/// A domain of technology.
#[derive(Debug, Clone, Deserialize)]
pub struct Domain {
    /// Its name in sentences.
    pub name: String,
    words: Vec<String>,
    /// Services that somebody else runs.
    pub managed: Vec<String>,
    /// Services to run oneself.
    pub hosted: Vec<String>,
    packages: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    std: BTreeMap<String, String>,
}

/// Packages of which a project needs one.
#[derive(Debug, Deserialize)]
struct Same {
    ecosystem: String,
    serves: String,
    packages: Vec<String>,
}

#[derive(Deserialize, Default)]
struct File {
    domain: Vec<Domain>,
    same: Vec<Same>,
    /// Names of modules by language and package, where they differ.
    modules: BTreeMap<String, BTreeMap<String, String>>,
}

static CATALOGUE: LazyLock<File> = LazyLock::new(|| {
    let read = toml::from_str::<File>(include_str!("catalogue.toml"));
    debug_assert!(read.is_ok(), "{:?}", read.err());
    read.unwrap_or_default()
});

/// What a package serves, of all that is listed as interchangeable.
pub fn serving(ecosystem: Ecosystem, package: &str) -> impl Iterator<Item = &'static str> {
    let lists = CATALOGUE.same.iter().filter(move |same| same.ecosystem == ecosystem.name());
    let listed = move |same: &&Same| same.packages.iter().any(|name| same_package(name, package));
    lists.filter(listed).map(|same| same.serves.as_str())
}

/// The domain that a package serves, the first that lists it.
pub fn domain_of(ecosystem: Ecosystem, package: &str) -> Option<&'static Domain> {
    let lists = |domain: &&Domain| domain.packages(ecosystem).iter().any(|listed| same_package(package, listed));
    CATALOGUE.domain.iter().find(lists)
}

/// The module of a Python package that is not called like it.
pub fn python_module(package: &str) -> Option<&'static str> {
    let modules = CATALOGUE.modules.get("python")?;
    modules.get(&package.to_ascii_lowercase().replace('_', "-")).map(String::as_str)
}

/// Words that name a technology or a need so plainly that one of them is enough.
const PLAIN: &[&str] = &[
    "auth",
    "oauth",
    "jwt",
    "sso",
    "oidc",
    "saml",
    "login",
    "password",
    "rbac",
    "postgres",
    "mysql",
    "sqlite",
    "database",
    "redis",
    "memcached",
    "kafka",
    "rabbitmq",
    "webhook",
    "cron",
    "graphql",
    "websocket",
    "csv",
    "xlsx",
    "pdf",
    "s3",
    "elasticsearch",
    "email",
    "smtp",
    "sms",
    "prometheus",
    "encrypt",
    "throttle",
    "throttling",
    "subcommand",
    "markdown",
];

/// At most so many domains are asked about; the requirements say most of those that come first.
const MAX_DOMAINS: usize = 6;

/// Whether a package is listed for any domain.
pub fn lists(package: &str) -> bool {
    CATALOGUE.domain.iter().flat_map(|domain| domain.packages.values().flatten()).any(|name| name == package)
}

/// The domain of a name.
pub fn find(name: &str) -> Option<&'static Domain> {
    CATALOGUE.domain.iter().find(|domain| domain.name == name)
}

/// Names of the domains that a text touches, those it says most of first.
pub fn touched(text: &str) -> Vec<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for stem in stems(text) {
        *counts.entry(stem).or_default() += 1;
    }
    let mut found: Vec<(usize, usize, &Domain)> = CATALOGUE
        .domain
        .iter()
        .enumerate()
        .filter_map(|(index, domain)| {
            let words: BTreeSet<String> = domain.words.iter().flat_map(|word| stems(word)).collect();
            let hits: usize = words.iter().filter_map(|word| counts.get(word)).map(|count| (*count).min(3)).sum();
            let distinct = words.iter().filter(|word| counts.contains_key(*word)).count();
            let plain = domain.words.iter().filter(|word| PLAIN.contains(&word.as_str()));
            let named = plain.flat_map(|word| stems(word)).any(|word| counts.contains_key(&word));
            (named || distinct >= 2).then_some((hits + 2 * distinct, index, domain))
        })
        .collect();
    found.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    found.into_iter().take(MAX_DOMAINS).map(|(_, _, domain)| domain.name.clone()).collect()
}

/// The digest of an entry as it is now, to tell whether a cited entry has changed.
pub fn entry_digest(name: &str) -> Option<Digest> {
    find(name).map(|domain| digest(&domain.text()))
}

/// Whether two names are one package, leaving aside case, dashes and Go's version suffixes.
pub fn same_package(name: &str, listed: &str) -> bool {
    let bare = |name: &str| {
        let name = name.to_ascii_lowercase().replace('_', "-");
        match name.rsplit_once("/v") {
            Some((rest, major)) if major.chars().all(|c| c.is_ascii_digit()) => rest.to_owned(),
            _ => name,
        }
    };
    bare(name) == bare(listed)
}

impl Domain {
    /// Packages of an ecosystem that serve the domain.
    pub fn packages(&self, ecosystem: Ecosystem) -> &[String] {
        self.packages.get(ecosystem.name()).map_or(&[], Vec::as_slice)
    }

    /// What a language's standard library offers.
    pub fn standard(&self, language: &str) -> Option<&str> {
        self.std.get(language).map(String::as_str)
    }

    /// Stems of the domain's words that a text says.
    pub fn said_in(&self, text: &str) -> BTreeSet<String> {
        let words: BTreeSet<String> = self.words.iter().flat_map(|word| stems(word)).collect();
        stems(text).into_iter().filter(|stem| words.contains(stem)).collect()
    }

    /// Whether a text says one of the domain's words that need no second one.
    pub fn is_named_in(&self, text: &str) -> bool {
        let plain = self.words.iter().filter(|word| PLAIN.contains(&word.as_str()));
        let plain: BTreeSet<String> = plain.flat_map(|word| stems(word)).collect();
        stems(text).iter().any(|stem| plain.contains(stem))
    }

    /// The entry as text: what its digest is taken of.
    pub fn text(&self) -> String {
        let mut out = self.name.clone();
        for (ecosystem, packages) in &self.packages {
            let _ = write!(out, "\n{ecosystem}: {}", packages.join(", "));
        }
        for (language, library) in &self.std {
            let _ = write!(out, "\n{language}: {library}");
        }
        let _ = write!(out, "\nmanaged: {}\nhosted: {}", self.managed.join(", "), self.hosted.join(", "));
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_touch_the_domains_that_they_speak_of() {
        assert_eq!(touched("export orders as CSV and JSON files"), ["serialisation and exchange formats"]);
        assert_eq!(
            touched("reset the password after a failed login; throttle at a rate of 5"),
            ["authentication", "rate limiting"]
        );
        assert!(touched("the plan must be short").is_empty());
        assert_eq!(touched("sign in with OAuth"), ["authentication"]);
        assert!(CATALOGUE.domain.len() >= 18);
    }
}
