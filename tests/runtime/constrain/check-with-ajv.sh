#!/bin/sh
# What random schemas allow, checked by ajv, a validator of others: check-with-ajv.sh TEST-PROGRAM
# Exits with 77 (skipped) where there is no node or its registry is not reached.
set -eu
program=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
command -v npm >/dev/null || { echo "skipped: no npm"; exit 77; }
npm install --silent --no-audit --no-fund ajv@8 >/dev/null 2>&1 || { echo "skipped: npm does not reach ajv"; exit 77; }
WEFT_DOCUMENTS=$folder/documents "$program" --gtest_filter='RandomSchemas.WhatTheMasksAllow*' >/dev/null
cat >check.cjs <<'JS'
const Ajv = require("ajv/dist/2020");
const ajv = new Ajv({ strict: false });
let wrong = 0, all = 0;
for (const line of require("fs").readFileSync("documents", "utf8").split("\n").filter(Boolean)) {
  const { schema, text } = JSON.parse(line);
  ++all;
  if (!ajv.validate(schema, JSON.parse(text))) {
    ++wrong;
    console.log("refused:", text, JSON.stringify(schema), ajv.errorsText());
  }
}
console.log(`${all} documents, ${wrong} refused`);
process.exit(wrong || !all ? 1 : 0);
JS
node check.cjs
