#!/usr/bin/env python3
"""Builds groundplan for a target and packs it, the same bytes from the same commit: release.py TARGET OUT

OUT gets groundplan-vVERSION-TARGET.tar.gz (.zip for Windows), the extension for Visual Studio Code of every platform that the
target serves, and a .sha256 beside each. The target must be one that this machine can run, since manual pages and completions
come from the program itself. With --no-extension the extension is left out.
"""

import gzip
import hashlib
import io
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
SHELLS = {"bash": "groundplan.bash", "zsh": "_groundplan", "fish": "groundplan.fish", "powershell": "groundplan.ps1"}
# What the marketplace calls the platforms that a target serves. On Linux that is the static program, which runs everywhere.
PLATFORMS = {
    "x86_64-unknown-linux-musl": ["linux-x64", "alpine-x64"],
    "aarch64-unknown-linux-musl": ["linux-arm64", "alpine-arm64"],
    "x86_64-apple-darwin": ["darwin-x64"],
    "aarch64-apple-darwin": ["darwin-arm64"],
    "x86_64-pc-windows-msvc": ["win32-x64"],
}


def output(*command: str, cwd: pathlib.Path = ROOT) -> str:
    return subprocess.run(command, cwd=cwd, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def build(target: str, epoch: int) -> pathlib.Path:
    """Builds the program without any path of this machine in it."""
    home = pathlib.Path(os.environ.get("CARGO_HOME", pathlib.Path.home() / ".cargo"))
    sysroot = output("rustc", "--print", "sysroot")
    moved = [f"{ROOT}=.", f"{home}=cargo", f"{sysroot}=rust"]
    flags = [f"--remap-path-prefix={place}" for place in moved] + ["-Cstrip=symbols"]
    environment = {
        **os.environ,
        "CARGO_ENCODED_RUSTFLAGS": "\x1f".join(flags),
        "CARGO_INCREMENTAL": "0",
        "SOURCE_DATE_EPOCH": str(epoch),
        "GROUNDPLAN_COMMIT": output("git", "rev-parse", "HEAD"),
    }
    if not target.endswith("msvc"):
        environment["CFLAGS"] = " ".join(f"-ffile-prefix-map={place}" for place in moved)
    subprocess.run(["cargo", "build", "--release", "--locked", "--target", target], cwd=ROOT, check=True, env=environment)
    folder = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / target / "release"
    return folder / ("groundplan.exe" if "windows" in target else "groundplan")


def contents(program: pathlib.Path) -> dict[str, tuple[bytes, int]]:
    """The files of an archive by name, with their modes."""
    files = {program.name: (program.read_bytes(), 0o755)}
    for name in ["README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE"]:
        files[name] = ((ROOT / name).read_bytes(), 0o644)
    for shell, name in SHELLS.items():
        script = subprocess.run([program, "completions", shell], check=True, stdout=subprocess.PIPE).stdout
        files[f"completions/{name}"] = (script, 0o644)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([program, "man", folder], check=True)
        for page in pathlib.Path(folder).iterdir():
            files[f"man/{page.name}"] = (page.read_bytes(), 0o644)
    return dict(sorted(files.items()))


def pack_tar(path: pathlib.Path, top: str, files: dict[str, tuple[bytes, int]], epoch: int) -> None:
    # The name inside the compressed file would be that of this machine's path.
    with open(path, "wb") as raw, gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=epoch) as packed:
        with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
            for name, (data, mode) in files.items():
                entry = tarfile.TarInfo(f"{top}/{name}")
                entry.size, entry.mode, entry.mtime = len(data), mode, epoch
                archive.addfile(entry, io.BytesIO(data))


def pack_zip(path: pathlib.Path, top: str, files: dict[str, tuple[bytes, int]]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (data, _) in files.items():
            # The earliest moment that a zip can hold; entries of one commit have one time.
            archive.writestr(zipfile.ZipInfo(f"{top}/{name}", (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)


def main() -> None:
    arguments = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    if len(arguments) != 2:
        sys.exit(__doc__)
    target, out = arguments[0], pathlib.Path(arguments[1]).resolve()
    out.mkdir(parents=True, exist_ok=True)
    version = tomllib.loads((ROOT / "Cargo.toml").read_text(encoding="utf-8"))["package"]["version"]
    epoch = int(output("git", "log", "-1", "--format=%ct"))
    program = build(target, epoch)
    top = f"groundplan-v{version}-{target}"
    archive = out / f"{top}{'.zip' if 'windows' in target else '.tar.gz'}"
    if archive.suffix == ".zip":
        pack_zip(archive, top, contents(program))
    else:
        pack_tar(archive, top, contents(program), epoch)
    made = [archive]
    if "--no-extension" not in sys.argv:
        for platform in PLATFORMS.get(target, []):
            package = out / f"groundplan-v{version}-{platform}.vsix"
            shell = shutil.which("bash") or sys.exit("bash is needed to pack the extension")
            command = [shell, ROOT / "editors/vscode/package", program, platform, package]
            subprocess.run(command, check=True, env={**os.environ, "SOURCE_DATE_EPOCH": str(epoch)})
            made.append(package)
    for path in made:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        path.with_name(path.name + ".sha256").write_text(f"{digest}  {path.name}\n", encoding="utf-8", newline="\n")
        print(f"{digest}  {path.name}")


if __name__ == "__main__":
    main()
