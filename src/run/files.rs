//! Where a plan goes, and files that are there whole or not at all.

use std::io::Write;
use std::path::{Path, PathBuf};

/// Where the plan of a requirements document goes in a file of its own: `export.md` → `export.plan.md`.
pub fn plan_path(path: &Path) -> PathBuf {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or("plan");
    path.with_file_name(format!("{stem}.plan.md"))
}

/// Replaces a file's text at once, keeping its permissions.
///
/// # Errors
/// When the file is read-only or its folder cannot be written to; the file is then as it was.
pub fn write_atomically(path: &Path, text: &str) -> std::io::Result<()> {
    let target = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let before = std::fs::metadata(&target);
    if before.as_ref().is_ok_and(|before| before.permissions().readonly()) {
        return Err(std::io::Error::new(std::io::ErrorKind::PermissionDenied, "the file is read-only"));
    }
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".groundplan-").tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    match before {
        Ok(before) => file.as_file().set_permissions(before.permissions())?,
        Err(_) => default_permissions(file.as_file())?,
    }
    file.persist(&target).map_err(|error| error.error)?;
    Ok(())
}

/// A temporary file is private; a new document is not.
#[cfg(unix)]
fn default_permissions(file: &std::fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn default_permissions(_: &std::fs::File) -> std::io::Result<()> {
    Ok(())
}
