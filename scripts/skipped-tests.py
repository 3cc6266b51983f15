#!/usr/bin/env python3
"""Says which tests a run of ctest skipped and why, and fails where the table allows fewer.

  scripts/skipped-tests.py REPORTS [--skip-budget tests/skips.txt]

REPORTS is the folder `test-reports` of a build: GoogleTest writes a file there for each entry,
and `ctest --output-junit REPORTS/ctest.xml` one for the entries themselves.
"""

import argparse
import collections
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree as xml

TREE = pathlib.Path(__file__).resolve().parent.parent


def read_budget(path):
    """[(name, most, command, pattern)] of the table."""
    lines = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        fields = [field.strip() for field in line.split("|", 3)]
        if len(fields) != 4 or not fields[1].isdigit():
            sys.exit(f"{path}:{number}: expected 'name | most | command | pattern', found '{line}'")
        lines.append((fields[0], int(fields[1]), fields[2], re.compile(fields[3])))
    return lines


def skipped(reports):
    """[(test, reason)] of all files, and the number of tests that ran or were skipped."""
    found, count = [], 0
    for path in sorted(reports.glob("*.xml")):
        for case in xml.parse(path).iter("testcase"):
            name = case.get("name")
            if path.name == "ctest.xml":
                if case.find("skipped") is None:
                    continue
                # The last line that a script printed before it ended with 77.
                printed = (case.findtext("system-out") or "").strip().splitlines()
                found.append((name, printed[-1] if printed else ""))
                continue
            count += case.get("status") == "run"
            if (why := case.find("skipped")) is not None:
                # Where, and the reason below it.
                message = (why.get("message") or "").strip().splitlines()
                found.append((f"{case.get('classname')}.{name}", message[-1] if message else ""))
    return found, count


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("reports", type=pathlib.Path)
    parser.add_argument("--skip-budget", type=pathlib.Path, default=TREE / "tests/skips.txt")
    arguments = parser.parse_args()
    budget = read_budget(arguments.skip_budget)
    found, count = skipped(arguments.reports)
    if not count:
        sys.exit(f"skipped-tests: expected reports of GoogleTest in {arguments.reports}, found none")

    wrong = []
    by_name = collections.defaultdict(list)
    for test, reason in found:
        for name, _, _, pattern in budget:
            if pattern.search(reason):
                by_name[name].append((test, reason))
                break
        else:
            wrong.append(f"{test} was skipped for a reason that {arguments.skip_budget.name} does not name: '{reason}'")
    print(f"{len(found)} of {count} tests skipped")
    for name, most, command, _ in budget:
        tests = by_name[name]
        if not tests:
            continue
        print(f"  {len(tests):4}  {name}: {tests[0][1]}")
        here = subprocess.run(["sh", "-c", command], cwd=TREE, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL).returncode == 0
        allowed = 0 if here else most
        if len(tests) > allowed:
            why = f"'{command}' succeeds here" if here else "without it"
            wrong.append(f"{name}: expected at most {allowed} skipped tests ({why}), found {len(tests)}: "
                         + ", ".join(test for test, _ in tests[:5]) + (", ..." if len(tests) > 5 else ""))
    for line in wrong:
        print(f"skipped-tests: {line}", file=sys.stderr)
    sys.exit(1 if wrong else 0)


main()
