//! The files of a root between runs: those of the last scan, brought up to date by what an editor tells of files.

use std::path::Path;
use std::sync::Arc;

use super::analyser::Analyser;
use super::extract::{extract, file, parse};
use super::walk::{Walked, is_read, walk};
use super::{Cancel, Cancelled, Index, Language, SourceFile};

impl Index {
    /// The files of its root. What was scanned before is believed where `told` says that every change since was told
    /// to [`Index::changed`]; else, and after a file was added, the root is walked again.
    ///
    /// # Errors
    /// [`Cancelled`] once `cancel` is set.
    pub fn files(&self, root: &Path, told: bool, cancel: &Cancel) -> Result<Arc<Vec<SourceFile>>, Cancelled> {
        // Who comes second finds what the first has read.
        let _one = self.one_scan();
        if let Some(files) = self.known_files()
            && (told || self.is_recent())
        {
            return Ok(files);
        }
        let mut found = walk(root, &[], cancel)?;
        let files = Arc::new(extract(root, &mut found, self, cancel, &|_, _, _| {})?);
        self.keep(&found.all);
        self.set_files(Arc::clone(&files));
        if let Err(error) = self.save() {
            tracing::warn!("the index of {} could not be kept: {error}", root.display());
        }
        Ok(files)
    }

    /// Reads files anew that have changed, by their paths relative to the root; a folder stands for what lies in it.
    pub fn changed(&self, root: &Path, paths: &[String]) {
        self.count_change();
        let _one = self.one_scan();
        let Some(known) = self.known_files() else { return };
        let mut files = (*known).clone();
        let mut analyser = Analyser::new(self.words());
        for path in paths {
            let at = files.binary_search_by(|file| file.path.as_str().cmp(path));
            // Links are not followed, as they are not by a walk.
            let metadata = std::fs::symlink_metadata(root.join(path)).ok();
            let file_there = metadata.as_ref().filter(|metadata| metadata.is_file() && is_read(path, metadata.len()));
            match (at, file_there) {
                (Ok(at), Some(metadata)) => {
                    let walked = Walked::new(path.clone(), Some(metadata));
                    match self.facts(root, &walked, |text| parse(&mut analyser, path, text)) {
                        Ok(facts) => files[at] = file(path, facts),
                        Err(_) => drop(files.remove(at)),
                    }
                }
                (Ok(at), None) => drop(files.remove(at)),
                // Whether git tracks a new file is for a walk to say, and so is what lies in a folder.
                (Err(next), there) => {
                    let is_source = there.is_some() && Language::of_path(path).is_some();
                    let below = files.get(next).is_some_and(|file| file.path.starts_with(&format!("{path}/")));
                    let is_rule = path.ends_with(".gitignore") || path == ".gitmodules";
                    if is_source || below || is_rule {
                        return self.forget_files();
                    }
                }
            }
        }
        self.set_files(Arc::new(files));
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Named, named, saying};
    use super::*;

    fn places(files: &[SourceFile], name: &str) -> Vec<String> {
        let place = |named: Named<'_>| match named {
            Named::File(file, line) => format!("{}:{}", file.path, line.unwrap_or(0)),
            Named::Definition(file, symbol) => format!("{}:{} {}", file.path, symbol.first, symbol.qualified()),
        };
        named(files, name).into_iter().map(place).collect()
    }

    #[test]
    fn names_are_found_as_the_files_are_now() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            std::fs::create_dir_all(root.path().join(path).parent().unwrap()).unwrap();
            std::fs::write(root.path().join(path), text).unwrap();
        };
        write(".gitignore", "out/\n");
        write("src/a.rs", "pub struct Router;\nimpl Router {\n    pub fn route(&self) {}\n}\n");
        write("src/b.py", "class Other:\n    def route(self):\n        pass\n");
        let (index, cancel) = (Index::default(), Cancel::default());
        let files = |told: bool| index.files(root.path(), told, &cancel).unwrap();
        let all = files(true);
        assert_eq!(places(&all, "Router"), ["src/a.rs:1 Router"]);
        assert_eq!(places(&all, "Router::route()"), ["src/a.rs:3 Router.route"]);
        assert_eq!(places(&all, "route"), ["src/a.rs:3 Router.route", "src/b.py:2 Other.route"]);
        assert_eq!(places(&all, "b.py:2-3"), ["src/b.py:2"]);
        assert_eq!(places(&all, "src"), [""; 0]);
        assert_eq!(saying(&all, index.words(), "route"), 2);

        write("src/a.rs", "\npub struct Router;\n");
        assert_eq!(places(&files(true), "Router"), ["src/a.rs:1 Router"], "nobody has told");
        index.changed(root.path(), &["src/a.rs".to_owned()]);
        assert_eq!(places(&files(true), "Router"), ["src/a.rs:2 Router"]);
        std::fs::remove_file(root.path().join("src/a.rs")).unwrap();
        index.changed(root.path(), &["src/a.rs".to_owned()]);
        assert_eq!(places(&files(true), "Router"), [""; 0]);
        // New files count as far as git would track them.
        write("src/c.rs", "struct Router;\n");
        write("out/d.rs", "struct Router;\n");
        index.changed(root.path(), &["out/d.rs".to_owned(), "src/c.rs".to_owned()]);
        assert_eq!(places(&files(true), "Router"), ["src/c.rs:1 Router"]);
        write("src/e.rs", "struct Router;\n");
        index.forget_files();
        assert_eq!(places(&files(false), "Router").len(), 2);
        // Build output and pictures do not make it read everything again.
        write("src/x.png", "");
        index.changed(root.path(), &["src/x.png".to_owned(), ".git/index".to_owned()]);
        assert!(index.known_files().is_some());
        std::fs::remove_dir_all(root.path().join("src")).unwrap();
        index.changed(root.path(), &["src".to_owned()]);
        assert!(index.known_files().is_none(), "a folder is gone with all that was in it");
    }
}
