#!/usr/bin/env python3
"""Measures how often the definitions that groundplan names first in a changed file hold a changed line.

    definitions.py REPOSITORY CASES.json [--binary target/release/groundplan]

CASES.json: {"cases": [{"id", "commit", "parent", "text", "files": [paths that the commit changed]}]}
"""

import argparse
import json
import re
import subprocess

HUNK = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+")
FEW = 4  # in a file of fewer definitions there is little to choose


def changed_lines(repository, case):
    """Lines of the parent that a commit changed, or after which it added some, by path."""
    command = ["git", "-C", repository, "diff", "-U0", "--no-renames", case["parent"], case["commit"], "--"]
    shown = subprocess.run(command + files_of(case), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    lines, path = {}, None
    # A partial clone lacks some texts; what git could show counts.
    for line in shown.stdout.decode("utf8", "replace").splitlines():
        if line.startswith("--- "):
            path = line[6:] if line.startswith("--- a/") else None
        found = HUNK.match(line)
        if found and path:
            first, count = int(found[1]), int(found[2] or 1)
            lines.setdefault(path, []).extend(range(first, first + max(count, 1)))
    return lines


def files_of(case):
    return case.get("files") or case["gold"]


def innermost(definitions, line):
    inside = [one for one in definitions if one[1] <= line <= one[2]]
    return tuple(min(inside, key=lambda one: one[2] - one[1])) if inside else None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repository")
    parser.add_argument("cases")
    parser.add_argument("--binary", default="target/release/groundplan")
    arguments = parser.parse_args()
    with open(arguments.cases) as file:
        cases = json.load(file)["cases"]
    command = [arguments.binary, "locate", "--repository", arguments.repository, "--cases", arguments.cases]
    named = json.loads(subprocess.run(command + ["--definitions"], stdout=subprocess.PIPE, check=True).stdout)
    files, first, two, reciprocal = 0, 0, 0, 0.0
    for case in cases:
        lines = changed_lines(arguments.repository, case)
        for path, ranked in named[case["id"]].items():
            definitions = ranked["definitions"]
            right = {innermost(definitions, line) for line in lines.get(path, [])} - {None}
            if not right or len(definitions) < FEW:
                continue
            places = [at for at, one in enumerate(definitions[: len(ranked["scores"])]) if tuple(one) in right]
            files += 1
            first += bool(places) and places[0] < 1
            two += bool(places) and places[0] < 2
            reciprocal += 1 / (places[0] + 1) if places else 0
    print(f"{files} files: first {first / files:.3f}, first two {two / files:.3f}, MRR {reciprocal / files:.3f}")


if __name__ == "__main__":
    main()
