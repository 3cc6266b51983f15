#!/usr/bin/env python3
"""Makes the two texts that tokenizers are timed on, from Debian packages.

usage: tokenizer-texts.py DIRECTORY

Downloads linux-doc-6.1 and debian-handbook (apt-get download; nothing is installed) and writes
DIRECTORY/english.txt, 20 MB of the kernel's documentation, and DIRECTORY/mixed.txt, 20 MB of the
handbook in 26 languages, without and with its markup, in turn.
"""

import gzip
import html
import pathlib
import re
import subprocess
import sys

size = 20_000_000
directory = pathlib.Path(sys.argv[1])
directory.mkdir(parents=True, exist_ok=True)
for package in ("linux-doc-6.1", "debian-handbook"):
    if not list(directory.glob(f"{package}_*.deb")):
        subprocess.run(["apt-get", "download", "-q", package], cwd=directory, check=True)
    deb = next(directory.glob(f"{package}_*.deb"))
    subprocess.run(["dpkg", "-x", deb, directory / "unpacked"], check=True)
docs = directory / "unpacked/usr/share/doc"


def write(name, texts):
    data = b""
    for text in texts:
        data += text.encode()
        if len(data) >= size:
            break
    data = data[:size].decode(errors="ignore").encode()
    (directory / name).write_bytes(data)
    print(name, len(data))


def english():
    for path in sorted((docs / "linux-doc-6.1").rglob("*")):
        if path.is_file() and "translations" not in path.parts and path.name.endswith((".rst.gz", ".txt.gz", ".rst", ".txt")):
            data = path.read_bytes()
            yield (gzip.decompress(data) if path.suffix == ".gz" else data).decode(errors="replace")


def mixed():
    languages = sorted((docs / "debian-handbook/html").iterdir())
    pages = sorted(path.name for path in languages[0].glob("*.html"))
    for page in pages:
        for i, language in enumerate(languages):
            path = language / page
            if not path.exists():
                continue
            text = path.read_text(errors="replace")
            if i % 4:
                text = html.unescape(re.sub(r"<[^>]*>", "", text))
            yield text


write("english.txt", english())
write("mixed.txt", mixed())
