#!/bin/sh
# Fetch the public-domain books the demonstration model is trained on, from
# Debian packages (binary and source), and leave the raw files in DIR.
#
#   usage: fetch-text.sh DIR
#
# Needs apt-get, dpkg-deb and tar on a Debian system. The system's own package
# lists and installed packages are not touched: everything stays below DIR.
set -eu

dir=${1:?usage: fetch-text.sh DIR}
suite=${SUITE:-bookworm}
# The archive: the one this system installs from, unless MIRROR names another.
mirror=${MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' | head -n 1)}

mkdir -p "$dir/apt/lists/partial" "$dir/apt/cache/archives/partial" "$dir/raw" "$dir/unpacked"
dir=$(cd "$dir" && pwd)
printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' "$mirror" "$suite" > "$dir/apt/sources.list"
printf 'deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' "$mirror" "$suite" >> "$dir/apt/sources.list"

apt() {
    apt-get -q -o Dir::Etc::sourcelist="$dir/apt/sources.list" -o Dir::Etc::sourceparts=- \
        -o Dir::State::lists="$dir/apt/lists" -o Dir::Cache="$dir/apt/cache" \
        -o APT::Sandbox::User=root "$@"
}

# from_deb PACKAGE: unpack a binary package.
from_deb() {
    (cd "$dir/unpacked" && apt download "$1" && mkdir -p "$1" && dpkg-deb -x "$1"_*.deb "$1")
}

# from_source PACKAGE: unpack the upstream archive of a source package.
from_source() {
    (cd "$dir/unpacked" && apt source --download-only --tar-only "$1" && mkdir -p "$1" &&
        tar xaf "$1"_*.orig.tar.* -C "$1")
}

# take PACKAGE FILE-NAME NEW-NAME: copy one file out of an unpacked package.
take() {
    file=$(find "$dir/unpacked/$1" -name "$2" | sort | head -n 1)
    test -n "$file" || { echo "fetch-text.sh: $1 has no $2" >&2; exit 1; }
    case $file in
        *.gz) gzip -dc "$file" > "$dir/raw/$3" ;;
        *) cp "$file" "$dir/raw/$3" ;;
    esac
}

apt update
from_deb r-cran-janeaustenr
take r-cran-janeaustenr Rdata.rdb austen.rdb
from_deb golang-github-jdkato-prose-dev
take golang-github-jdkato-prose-dev sherlock.txt sherlock.txt
from_deb crm114
take crm114 'Hound_of_the_Baskervilles*' hound.txt
take crm114 'The_Wind_in_the_Willows*' willows.txt
from_source golang-github-pierrec-lz4
take golang-github-pierrec-lz4 Mark.Twain-Tom.Sawyer.txt sawyer.txt
from_source presage
take presage the_picture_of_dorian_gray.txt dorian.txt
from_source snappy
take snappy alice29.txt alice.txt
ls -l "$dir/raw"
