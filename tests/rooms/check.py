#!/usr/bin/env python3
"""Holds the tree to its own rules.

  tests/rooms/check.py arrows   includes go only where arrows.txt says
  tests/rooms/check.py sizes    no source over 600 lines, no folder over 25 files, but for sizes.txt
"""

import collections
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
TREE = HERE.parent.parent
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.M)
SOURCES = {".cpp", ".h", ".inc", ".td", ".fbs", ".py", ".mjs", ".sh", ".mlir", ".cmake", ".txt"}
MOST_LINES, MOST_FILES = 600, 25


def tracked():
    """The paths of all files of the tree, also where it is no checkout."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                            cwd=TREE, capture_output=True, text=True)
    if listed.returncode == 0:
        return sorted(path for path in listed.stdout.split("\0") if path and (TREE / path).is_file())
    return sorted(str(path.relative_to(TREE)) for path in TREE.rglob("*")
                  if path.is_file() and not str(path.relative_to(TREE)).startswith(("build", ".git/")))


def room_of(path, rooms):
    """The longest name among `rooms` that is a folder above `path`, "" if none is."""
    return max((room for room in rooms if path.startswith(room + "/")), key=len, default="")


def arrows():
    rooms, compiler_side = {}, set()
    behind = False
    for line in (HERE / "arrows.txt").read_text().splitlines():
        behind |= line == "# compiler side"
        if line and not line.startswith("#"):
            room, _, allowed = line.partition(":")
            rooms[room] = set(allowed.split())
            if behind:
                compiler_side.add(room)
    top = {room.split("/")[0] for room in rooms}
    wrong = [f"arrows.txt: there is no folder {room}" for room in rooms if not (TREE / room).is_dir()]
    for path in tracked():
        if not path.endswith((".cpp", ".h")) or path.split("/")[0] not in top:
            continue
        room = room_of(path, rooms)
        if not room:
            wrong.append(f"{path}: expected a line for its folder in tests/rooms/arrows.txt")
            continue
        for included in INCLUDE.findall((TREE / path).read_text()):
            if included.startswith(("mlir/", "llvm/")) and room not in compiler_side:
                wrong.append(f"{path} includes {included}: {room} is built without LLVM and MLIR")
            if "/" not in included or included.split("/")[0] not in top:
                continue
            to = room_of(included, rooms)
            allowed = rooms[room]
            fine = (to == room or to in allowed or included in allowed
                    or ("*" in allowed and not included.startswith("tests/"))
                    or ("tests" in allowed and included.startswith("tests/"))
                    or any(included.startswith(one + "/") for one in allowed if one.startswith("tests/")))
            if not fine:
                wrong.append(f"{path} includes {included}: expected one of {room}'s own or of "
                             f"{', '.join(sorted(allowed)) or 'no other room'} (tests/rooms/arrows.txt)")
    return wrong


def sizes():
    allowed = {}
    for line in (HERE / "sizes.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            path, _, reason = line.partition(" ")
            allowed[path] = reason
    wrong = [f"sizes.txt: expected a reason behind {path}" for path, reason in allowed.items() if not reason]
    folders = collections.Counter()
    needed = set()
    for path in tracked():
        folder = str(pathlib.PurePath(path).parent)
        folders[folder] += 1
        if pathlib.PurePath(path).suffix in SOURCES and not path.startswith("tests/golden/"):
            lines = (TREE / path).read_text(errors="replace").count("\n")
            if lines > MOST_LINES:
                needed.add(path)
                if path not in allowed:
                    wrong.append(f"{path}: expected at most {MOST_LINES} lines, found {lines}")
    for folder, count in folders.items():
        if count > MOST_FILES:
            needed.add(folder)
            if folder not in allowed:
                wrong.append(f"{folder}: expected at most {MOST_FILES} files, found {count}")
    return wrong + [f"sizes.txt: {path} needs no line any more" for path in allowed if path not in needed]


checks = {"arrows": arrows, "sizes": sizes}
if len(sys.argv) != 2 or sys.argv[1] not in checks:
    sys.exit(__doc__)
found = checks[sys.argv[1]]()
print("\n".join(found))
sys.exit(1 if found else 0)
