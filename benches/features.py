#!/usr/bin/env python3
"""Plans features that were really built, at the commits before, and compares the places named with those changed.

    benches/features.py CLONES [--binary target/release/groundplan] [--work FOLDER] [FEATURE.md ...]

CLONES holds a clone of each repository under its name (`hugo`). The first line of a feature names repository, commit and set.
A clone without some of its texts will do. Prints, per feature: the existing files that the commit changed, how many the
phases name to extend, and how many of those are right.
"""
import argparse
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
HEAD = re.compile(r"<!-- \S+/(\S+) (\S+)(?: (\w+))? -->\n\s*")
EXTEND = re.compile(r"Extend `([^`]+)`")
# What nobody plans by hand: tests, generated code, examples, lock files.
ASIDE = re.compile(
    r"(^|/)(tests?|__tests__|testdata|examples?|playground|generated|gen|e2e)/|(\.|_|-)(test|spec|gen)\.|Test\.java$"
    r"|(^|/)test_|(^|/)clients/rest/|(^|/)rest/gen\.go$|sqlcv1/models\.go$|_pb2?\.|\.pb\.go$|\.sql\.go$|(^|/)tests?\.rs$|lock(\.yaml|\.json)?$|src/test/|/rest/models/|/rest/api/"
)


def git(folder, *arguments, check=False):
    # A partial clone lacks some texts, so that what writes files out may fail where the rest is well.
    done = subprocess.run(["git", "-C", folder, *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=check)
    return done.stdout.decode("utf8", "replace")


def at_parent(clone, commit, work):
    """A clone whose history ends before a commit, or with the newest one for `HEAD`."""
    if not (work / ".git").exists():
        work.parent.mkdir(exist_ok=True)
        subprocess.run(["git", "clone", "-q", "--no-checkout", "--no-tags", clone, work], check=True)
        revision = commit if commit == "HEAD" else f"{commit}~1"
        parent = git(work, "rev-parse", "--verify", revision, check=True).strip()
        git(work, "update-ref", "--no-deref", "HEAD", parent, check=True)
        for ref in git(work, "for-each-ref", "--format=%(refname)").split():
            git(work, "update-ref", "-d", ref, check=True)
        git(work, "read-tree", "HEAD", check=True)
        git(work, "checkout-index", "-a", "-f")
    return work


def changed(clone, commit):
    """Existing files that a commit changed."""
    shown = git(clone, "diff", "--no-renames", "--diff-filter=M", "--name-only", f"{commit}~1", commit, check=True)
    return {path for path in shown.splitlines() if not ASIDE.search(path)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clones", type=Path)
    parser.add_argument("features", nargs="*", type=Path)
    parser.add_argument("--binary", default="target/release/groundplan")
    parser.add_argument("-v", "--verbose", action="store_true", help="list what was missed and what was wrong")
    parser.add_argument("--work", type=Path, default=Path("target/features"))
    arguments = parser.parse_args()
    binary = str(Path(arguments.binary).resolve())
    work = arguments.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    sums = {}
    for feature in arguments.features or sorted((HERE / "features").glob("*.md")):
        text = feature.read_text()
        repository, commit, group = HEAD.match(text).groups()
        clone = arguments.clones / repository
        # The folder's name is that of the product.
        folder = at_parent(clone, commit, work / feature.stem / repository)
        (folder / "request.md").write_text(HEAD.sub("", text))
        ran = subprocess.run([binary, "plan", "--stdout", "request.md"], cwd=folder, capture_output=True, text=True)
        if ran.returncode:
            sys.exit(f"{feature}: {ran.stderr}")
        (work / f"{feature.stem}.plan.md").write_text(ran.stdout)
        if commit == "HEAD":
            continue
        truth = changed(clone, commit)
        phases = ran.stdout[ran.stdout.find("# Implementation Phases") :]
        named = dict.fromkeys(EXTEND.findall(phases))
        right = [path for path in named if path in truth]
        counts = (len(truth), len(named), len(right))
        print(f"{feature.stem:28} changed {counts[0]:3}  named {counts[1]:3}  right {counts[2]:3}")
        if arguments.verbose:
            for name, paths in (("missed", truth - set(named)), ("wrong", set(named) - truth)):
                print("".join(f"    {name}: {path}\n" for path in sorted(paths)), end="")
        kept = sums.setdefault(group or "all", [0, 0, 0])
        kept[:] = [a + b for a, b in zip(kept, counts)]
    for name, (all_changed, named, right) in sums.items():
        print(f"{name:28} changed {all_changed:3}  named {named:3}  right {right:3}")


if __name__ == "__main__":
    main()
