#!/usr/bin/env python3
"""scripts/skipped-tests.py allows what the table does, and nothing more."""

import pathlib
import subprocess
import sys
import tempfile

script = pathlib.Path(__file__).resolve().parent.parent.parent / "scripts/skipped-tests.py"


def check(budget, reasons, code, said):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        cases = "".join(f'<testcase classname="Suite" name="Case{i}" status="run" result="skipped">'
                        f'<skipped message="File.cpp:1&#x0A;{reason}"/></testcase>' for i, reason in enumerate(reasons))
        (root / "test.xml").write_text(
            f'<testsuites><testsuite>{cases}<testcase classname="Suite" name="Ran" status="run"/></testsuite></testsuites>')
        (root / "budget.txt").write_text(budget)
        done = subprocess.run([sys.executable, script, root, "--skip-budget", root / "budget.txt"],
                              capture_output=True, text=True)
    if done.returncode != code or said not in done.stdout + done.stderr:
        sys.exit(f"expected {code} and '{said}', found {done.returncode} and\n{done.stdout}{done.stderr}")


check("moon | 1 | false | moon is", ["the moon is full"], 0, "1 of 2 tests skipped")
check("moon | 1 | false | moon is", ["the moon is full", "the moon is new"], 1, "expected at most 1 skipped tests")
check("moon | 1 | true | moon is", ["the moon is full"], 1, "expected at most 0 skipped tests ('true' succeeds here)")
check("moon | 1 | false | moon is", ["the sun is up"], 1, "does not name: 'the sun is up'")
check("moon | 1 | false | moon is", [], 0, "0 of 1 tests skipped")
check("moon | some | false | moon is", [], 1, "expected 'name | most | command | pattern'")
