#!/usr/bin/env python3
"""Runs the sh blocks of a Markdown page, in a folder that has what the page expects.

usage: run-commands.py PAGE BUILD_DIRECTORY

Commands that install and build everything (scripts/...) are left out; any other that fails
fails the test. `build/bin` stands for the given build directory.
"""

import pathlib
import re
import subprocess
import sys
import tempfile

root = pathlib.Path(__file__).resolve().parent.parent.parent
page, build = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()

blocks = re.findall(r"```sh\n(.*?)```", page.read_text(), re.S)
commands = [line for block in blocks for line in block.splitlines()
            if line.strip() and not line.startswith(("scripts/", "#"))]
if not commands:
    sys.exit(f"{page} has no commands")

with tempfile.TemporaryDirectory() as folder:
    for name in ("models", "docs", "benchmarks", "examples"):
        (pathlib.Path(folder) / name).symlink_to(root / name)
    (pathlib.Path(folder) / "build").symlink_to(build)
    for command in commands:
        print("$", command, flush=True)
        done = subprocess.run(["bash", "-o", "pipefail", "-c", command], cwd=folder,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        # `head` ends its input early: the writer may be told so by SIGPIPE.
        if done.returncode != 0 and not (done.returncode == 141 and "| head" in command):
            sys.exit(f"exit code {done.returncode}:\n{done.stdout.decode(errors='replace')}")
