#!/bin/sh
# What random schemas and expressions allow, checked by ajv (with ajv-formats) and JavaScript's
# RegExp: check-with-ajv.sh TEST-PROGRAM
# Exits with 77 (skipped) where there is no node or its registry is not reached.
set -eu
program=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
command -v npm >/dev/null || { echo "skipped: no npm"; exit 77; }
npm install --silent --no-audit --no-fund ajv@8 ajv-formats@3 >/dev/null 2>&1 || { echo "skipped: npm does not reach ajv"; exit 77; }
WEFT_DOCUMENTS=$folder/documents "$program" --gtest_filter='RandomSchemas.WhatTheMasksAllow*' >/dev/null
cat >check.cjs <<'JS'
const Ajv = require("ajv/dist/2020");
const ajv = new Ajv({ strict: false, multipleOfPrecision: 9 });
require("ajv-formats")(ajv);
const validators = new Map();
function accepts({ schema, regex, text }) {
  if (regex !== undefined) return new RegExp(`^(?:${regex})$`, "u").test(text);
  const key = JSON.stringify(schema);
  if (!validators.has(key)) validators.set(key, ajv.compile(schema));
  return validators.get(key)(JSON.parse(text));
}
let wrong = 0, all = 0;
for (const line of require("fs").readFileSync("documents", "utf8").split("\n").filter(Boolean)) {
  const document = JSON.parse(line);
  ++all;
  if (!accepts(document)) {
    ++wrong;
    console.log("refused:", document.text, document.regex ?? JSON.stringify(document.schema));
  }
}
console.log(`${all} documents, ${wrong} refused`);
process.exit(wrong || !all ? 1 : 0);
JS
node check.cjs
