//! The project's own customs of naming: where a new file or a test would go, and what it would be called.

use std::collections::BTreeSet;

use super::Evidence;
use super::theme::ROLES;
use crate::text::{index_words, stems};
use crate::workspace::{Language, SourceFile};

/// A file's name without folder and endings.
pub fn stem(path: &str) -> &str {
    let stem = file_stem(path);
    if is_index(path) { path.rsplit('/').nth(1).unwrap_or(stem) } else { stem }
}

/// Whether a file stands for its folder.
pub fn is_index(path: &str) -> bool {
    matches!(file_stem(path), "mod" | "index" | "__init__" | "main" | "lib")
}

/// Whether a document lists what changed from release to release, or announces one.
pub fn is_changelog(path: &str) -> bool {
    let name = stem(path).to_lowercase().replace(['-', '_'], "");
    ["changelog", "changes", "releasenotes", "history", "news", "whatsnew"].contains(&name.as_str())
        || path.ends_with("announcement.md")
        || folders(path).any(|folder| matches!(folder, "blog" | "news" | "releases"))
}

/// The names of the two folders in which a file lies, the inner one first.
pub fn folders(path: &str) -> impl Iterator<Item = &str> {
    path.rsplit('/').skip(1).take(2)
}

/// The name of what a test file tests: `order_store` for `test_order_store.py`.
pub fn tested_stem(path: &str) -> &str {
    let stem = stem(path);
    let stem = stem.strip_prefix("test_").unwrap_or(stem);
    ["_test", "_spec", "Tests", "Test"].iter().find_map(|ending| stem.strip_suffix(ending)).unwrap_or(stem)
}

/// The folder of a file; empty for the root.
pub fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn common_parts(a: &str, b: &str) -> usize {
    a.split('/').zip(b.split('/')).take_while(|(a, b)| a == b).count()
}

/// Whether a file shows how a product is used and is no part of it.
pub fn shows(path: &str) -> bool {
    path.split('/').any(|part| matches!(part, "example" | "examples" | "playground" | "benches"))
}

/// Whether the tests of a file lie in the module that they test, as those of Java and Go do.
pub fn is_in_modules(path: &str) -> bool {
    matches!(Language::of_path(path), Some(Language::Java | Language::Go | Language::CSharp))
}

/// Whether no other file of the same name lies nearer to a test.
pub fn is_nearest(engine: &Evidence<'_>, file: usize, test: &str) -> bool {
    let files = &engine.workspace.files;
    let own = &files[file];
    let near = common_parts(&own.path, test);
    let is_rival =
        |other: &SourceFile| !other.is_test && other.language == own.language && stem(&other.path) == stem(&own.path);
    !files.iter().any(|other| is_rival(other) && common_parts(&other.path, test) > near)
}

/// The file in which a test of `path` would go, after the project's nearest test file.
pub fn test_home(engine: &Evidence<'_>, path: &str) -> String {
    let files = &engine.workspace.files;
    let language = Language::of_path(path);
    // What runs the tests may look for those of one ending only.
    let is_tested = |language: Language| files.iter().any(|file| file.is_test && file.language == Some(language));
    let language = match language {
        Some(Language::Tsx) if !is_tested(Language::Tsx) && is_tested(Language::TypeScript) => {
            Some(Language::TypeScript)
        }
        other => other,
    };
    let same = |file: &&SourceFile| file.language == language && language.is_some();
    let own = files.iter().find(|file| file.path == path);
    if language == Some(Language::Rust) {
        let holds_tests = |file: &SourceFile| file.symbols.iter().any(|symbol| symbol.is_test);
        // A folder with tests of its own keeps those of the whole folder there.
        let apart = format!("{}/tests/mod.rs", folder(path));
        if is_index(path) && files.iter().any(|file| file.path == apart) {
            return apart;
        }
        let inside = files.iter().filter(same).filter(|file| !file.is_test && holds_tests(file)).count();
        let apart = files.iter().filter(same).filter(|file| file.is_test).count();
        if own.is_some_and(holds_tests) || inside >= apart {
            return path.to_owned();
        }
    }
    // The test that is named after it, the nearest where several are.
    // A test of Go stands in the package that it tests.
    let package = engine.parts.package_of(path);
    let near = |file: &&SourceFile| match language {
        Some(Language::Go) => folder(&file.path) == folder(path),
        // A module is tested in itself.
        Some(Language::Java) => engine.parts.package_of(&file.path) == package,
        _ => true,
    };
    let named = files.iter().filter(same).filter(near);
    let named = named.filter(|file| file.holds_tests() && tests_of(&file.path, path));
    if let Some(named) = named.max_by_key(|file| (common_parts(&file.path, path), std::cmp::Reverse(&file.path))) {
        return named.path.clone();
    }
    if language == Some(Language::Go) {
        let part = files.iter().find(|file| file.is_test && tests_part_of(&file.path, path));
        return part.map_or_else(|| own_custom(path, language), |part| part.path.clone());
    }
    // What only others extend is tested with them.
    let name = stems(stem(path));
    if let Some(tested) = tested_with_users(engine, path, &name) {
        return tested;
    }
    // A test that uses it, the one that uses least besides.
    let index = engine.workspace.index(path);
    let users = index.map_or(&[][..], |index| &engine.workspace.graph.used_by[index]).iter().copied();
    // One that uses it on the way to something else is no home.
    let says = |file: &SourceFile| {
        let tests = file.symbols.iter().filter(|symbol| symbol.is_test).map(|symbol| symbol.name.as_str());
        let said: BTreeSet<String> = tests.flat_map(stems).collect();
        name.iter().any(|stem| said.contains(stem))
    };
    let covering = users.filter(|&user| {
        let test = &files[user];
        test.is_test && test.holds_tests() && near(&test) && (shows(path) || !shows(&test.path)) && says(test)
    });
    if let Some(covering) = covering.min_by_key(|&user| (engine.workspace.graph.uses[user].len(), user)) {
        return files[covering].path.clone();
    }
    // A class that only its package sees is tested there.
    if language == Some(Language::Java) && path.contains("src/main/") {
        return own_custom(path, language);
    }
    let is_named_as_test = |file: &SourceFile| {
        tested_stem(&file.path) != stem(&file.path) || file.path.contains(".test.") || file.path.contains(".spec.")
    };
    let any_named = files.iter().filter(same).any(|file| file.is_test && is_named_as_test(file));
    // In Python both orders are read as tests, and most projects keep to one of them.
    let opens = |file: &&SourceFile| file.path.rsplit('/').next().is_some_and(|name| name.starts_with("test_"));
    let tests = || files.iter().filter(same).filter(|file| file.is_test && is_named_as_test(file));
    let mostly_opens = language == Some(Language::Python) && tests().filter(opens).count() * 2 > tests().count();
    let nearest = files
        .iter()
        .filter(same)
        .filter(|file| file.is_test && file.holds_tests() && (is_named_as_test(file) || !any_named))
        .filter(|file| !mostly_opens || opens(file))
        .filter(|file| !matches!(stem(&file.path), "conftest" | "setup" | "helpers" | "common" | "support" | "utils"))
        .max_by_key(|file| {
            (common_parts(&file.path, path), std::cmp::Reverse(file.path.len()), std::cmp::Reverse(file.path.clone()))
        });
    let Some(nearest) = nearest else { return own_custom(path, language) };
    let name = nearest.path.rsplit('/').next().unwrap_or(&nearest.path);
    let renamed = name.replacen(tested_stem(&nearest.path), stem(path).trim_start_matches('_'), 1);
    let home = folder(&nearest.path);
    // Tests beside their source stay beside it.
    let with_source = files
        .iter()
        .any(|file| !file.is_test && folder(&file.path) == home && stem(&file.path) == tested_stem(&nearest.path));
    let beside = with_source
        || folder(path) == home
        || (common_parts(home, folder(path)) == home.split('/').count() && !home.contains("test"));
    let home = if beside { folder(path) } else { home };
    if home.is_empty() { renamed } else { format!("{home}/{renamed}") }
}

/// The test of a file beside a class that is named after that and something more: what extends it is where it is seen.
fn tested_with_users(engine: &Evidence<'_>, path: &str, name: &[String]) -> Option<String> {
    let files = &engine.workspace.files;
    let index = engine.workspace.index(path)?;
    let own: Vec<&String> = name.iter().filter(|stem| !ROLES.contains(&stem.as_str())).collect();
    if own.len() == name.len() || own.is_empty() {
        return None;
    }
    let users = engine.workspace.graph.used_by[index].iter().map(|&user| &files[user]);
    let extends = |user: &&SourceFile| {
        let said = stems(stem(&user.path));
        !user.is_test && folder(&user.path) == folder(path) && own.iter().all(|stem| said.contains(stem))
    };
    let package = engine.parts.package_of(path);
    let tested = |user: &SourceFile| {
        let mut tests = files.iter().filter(|test| test.holds_tests() && tests_of(&test.path, &user.path));
        tests.find(|test| engine.parts.package_of(&test.path) == package).map(|test| test.path.clone())
    };
    users.filter(extends).filter_map(tested).min_by_key(|test| (test.len(), test.clone()))
}

/// Whether a test is named after a file: `test_main.py` after `_main.py`, too.
pub fn tests_of(test: &str, path: &str) -> bool {
    tested_stem(test).trim_matches('_') == stem(path).trim_matches('_')
}

/// Whether a test beside a file is named after it and a part of what it does: `order_integration_test.go`.
pub fn tests_part_of(test: &str, path: &str) -> bool {
    folder(test) == folder(path)
        && tested_stem(test).strip_prefix(stem(path)).is_some_and(|rest| rest.starts_with(['_', '-']))
}

/// The name of a file that its folder names, as it stands: `index`.
fn file_stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.split_once('.').map_or(name, |(stem, _)| stem)
}

/// The custom of a language, where the project has no test to learn from.
fn own_custom(path: &str, language: Option<Language>) -> String {
    let (folder, stem) = (folder(path), stem(path));
    let slash = if folder.is_empty() { "" } else { "/" };
    match language {
        Some(Language::Python) => format!("tests/test_{stem}.py"),
        Some(Language::Go) => format!("{folder}{slash}{stem}_test.go"),
        Some(Language::Java) => path.replace("src/main/", "src/test/").replace(".java", "Test.java"),
        Some(Language::CSharp) => format!("tests/{stem}Tests.cs"),
        Some(Language::Ruby) => format!("spec/{stem}_spec.rb"),
        Some(Language::Php) => format!("tests/{stem}Test.php"),
        Some(Language::JavaScript | Language::TypeScript | Language::Tsx) => {
            let ending = path.rsplit_once('.').map_or("js", |(_, ending)| ending);
            format!("{folder}{slash}{}.test.{ending}", file_stem(path))
        }
        Some(Language::C | Language::Cpp) => format!("tests/{stem}_test.cpp"),
        Some(Language::Rust) | None => path.to_owned(),
    }
}

/// A new file's path beside its kin, named in the way of the folder.
pub fn new_path(engine: &Evidence<'_>, kin: &str, words: &[String]) -> String {
    let home = folder(kin);
    let ending = kin.rsplit_once('.').map_or("", |(_, ending)| ending);
    let siblings =
        engine.workspace.files.iter().filter(|file| folder(&file.path) == home && !file.is_test).map(|file| {
            let name = file.path.rsplit('/').next().unwrap_or(&file.path);
            name.split_once('.').map_or(name, |(stem, _)| stem)
        });
    let name = named_like(siblings, words);
    if home.is_empty() { format!("{name}.{ending}") } else { format!("{home}/{name}.{ending}") }
}

/// Joins words in the style that most names have.
fn named_like<'s>(names: impl Iterator<Item = &'s str>, words: &[String]) -> String {
    let (mut pascal, mut kebab, mut snake, mut camel) = (0, 0, 0, 0);
    for name in names {
        if name.contains('-') {
            kebab += 2;
        } else if name.contains('_') {
            snake += 2;
        } else if name.starts_with(|c: char| c.is_uppercase()) {
            pascal += 1;
        } else if name.contains(|c: char| c.is_uppercase()) {
            camel += 2;
        } else {
            snake += 1;
        }
    }
    let most = pascal.max(kebab).max(snake).max(camel);
    if most == pascal && pascal > 0 {
        words.iter().map(|word| capital(word)).collect()
    } else if most == kebab && kebab > 0 {
        words.join("-")
    } else if most == camel && camel > 0 {
        camel_case(words)
    } else {
        words.join("_")
    }
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn camel_case(words: &[String]) -> String {
    let digit = |word: Option<char>| word.is_some_and(|c| c.is_ascii_digit());
    let mut name = String::new();
    for (index, word) in words.iter().enumerate() {
        // Numbers that follow each other are not one.
        if digit(name.chars().last()) && digit(word.chars().next()) {
            name.push('_');
        }
        name.push_str(&if index == 0 { word.clone() } else { capital(word) });
    }
    name
}

/// The name of a test case in the way of a language.
pub fn case_name(language: Option<Language>, text: &str) -> String {
    const EMPTY: &[&str] = &[
        "the", "a", "an", "system", "must", "shall", "should", "may", "is", "are", "be", "then", "given", "when", "it",
        "its", "their",
    ];
    // A name does not end on a word that opens what comes next.
    const OPENERS: &[&str] = &[
        "after", "and", "as", "at", "been", "being", "by", "every", "for", "from", "how", "if", "in", "not", "of",
        "on", "one", "only", "or", "per", "same", "so", "such", "than", "through", "to", "under", "which", "while",
        "who", "with", "within",
    ];
    const WORDS: usize = 9;
    const MOST_WORDS: usize = 13;
    // A number makes the case, be it of one digit; the rest of `user's` does not.
    let split = |part: &str| match part.chars().all(|c| c.is_ascii_digit()) {
        true => vec![part.to_owned()],
        false => index_words(part),
    };
    // What stands in inline code is a name, and no part of it opens anything.
    let parts = text.split('`').enumerate().flat_map(|(at, part)| {
        part.split(|c: char| !c.is_alphanumeric() && c != '_').map(move |word| (at % 2 == 1, word))
    });
    let words = parts.filter(|(_, part)| !part.is_empty() && *part != "s");
    let mut words: Vec<(bool, String)> = words
        .flat_map(|(is_code, part)| split(part).into_iter().map(move |word| (is_code, word)))
        .filter(|(is_code, word)| (*is_code || !EMPTY.contains(&word.as_str())) && word.is_ascii())
        .take(MOST_WORDS + 1)
        .collect();
    // What is whole ends as it should, and what tells two cases apart is often a number at the end.
    let is_number = |(_, word): &(bool, String)| word.chars().all(|c| c.is_ascii_digit());
    let numbered = words.iter().take(MOST_WORDS).rposition(is_number).map_or(0, |at| at + 1);
    let most = WORDS.max(numbered);
    let is_cut = words.len() > most;
    words.truncate(most);
    while is_cut
        && words.len() > 2
        && words.last().is_some_and(|(is_code, last)| !is_code && OPENERS.contains(&last.as_str()))
    {
        words.pop();
    }
    let words: Vec<String> = words.into_iter().map(|(_, word)| word).collect();
    match language {
        Some(Language::Python) => format!("test_{}", words.join("_")),
        Some(Language::Ruby | Language::JavaScript | Language::TypeScript | Language::Tsx) => words.join(" "),
        Some(Language::Go) => format!("Test{}", capital(&camel_case(&words))),
        Some(Language::Java) => camel_case(&words),
        Some(Language::CSharp) => words.iter().map(|word| capital(word)).collect::<Vec<_>>().join("_"),
        Some(Language::Php) => camel_case(&[vec!["test".to_owned()], words].concat()),
        Some(Language::Rust | Language::C | Language::Cpp) | None => words.join("_"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_their_neighbours() {
        let words = ["rate".to_owned(), "limit".to_owned()];
        assert_eq!(named_like(["order-list", "cart"].into_iter(), &words), "rate-limit");
        assert_eq!(named_like(["OrderList", "Cart"].into_iter(), &words), "RateLimit");
        assert_eq!(named_like(["router", "order_list"].into_iter(), &words), "rate_limit");
        assert_eq!(tested_stem("tests/test_order.py"), "order");
        assert_eq!(tested_stem("src/OrderTest.java"), "Order");
        assert_eq!(stem("src/store/mod.rs"), "store");
        assert!(tests_of("tests/test_main.py", "src/_main.py") && !tests_of("tests/test_menu.py", "src/_main.py"));
        assert!(tests_part_of("a/order_integration_test.go", "a/order.go"));
        assert!(!tests_part_of("b/order_integration_test.go", "a/order.go"));
    }

    #[test]
    fn cases_are_named_in_the_way_of_the_language() {
        let text = "WHEN the file is bad THE SYSTEM SHALL answer 400";
        assert_eq!(case_name(Some(Language::Python), text), "test_file_bad_answer_400");
        assert_eq!(case_name(Some(Language::Go), text), "TestFileBadAnswer400");
        assert_eq!(case_name(Some(Language::Tsx), text), "file bad answer 400");
        let statuses = "Statuses 429 and 503 MUST keep the header `Retry-After`";
        assert_eq!(case_name(Some(Language::Go), statuses), "TestStatuses429And503KeepHeaderRetryAfter");
        assert_eq!(case_name(Some(Language::Java), "answer 429, 503"), "answer429_503");
        let last = "A backend that does not answer in time is reported with 504";
        assert_eq!(case_name(Some(Language::Tsx), last), "backend that does not answer in time reported with 504");
        let counted = "WHEN a client has 3 of 10 requests of the day's left";
        assert_eq!(case_name(Some(Language::Python), counted), "test_client_has_3_of_10_requests_of_day_left");
    }
}
