// Writes what Hugging Face `tokenizers`, or `tiktoken`, makes of texts.
//   node ids.mjs DIRECTORY TEXTS OUT VOCABULARY.json    (Hugging Face)
//   node ids.mjs DIRECTORY TEXTS OUT ENCODING           (tiktoken: gpt2, cl100k_base, ...)
// TEXTS: for each text its length in bytes, 32 bits, then its bytes, UTF-8.
// OUT: for each text the number of its ids, 32 bits, the ids, 32 bits each, and the decoded
// text, special tokens kept, in the form of TEXTS. Numbers are little-endian.
import {closeSync, openSync, readFileSync, writeSync} from 'node:fs';
import {createRequire} from 'node:module';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';

const [directory, textsFile, outFile, vocabulary] = process.argv.slice(2);
const require = createRequire(pathToFileURL(join(directory, 'package.json')));

async function huggingFace() {
  const tokenizer = require('tokenizers').Tokenizer.fromFile(vocabulary);
  return async text => {
    const ids = (await tokenizer.encode(text)).getIds();
    return [ids, await tokenizer.decode(ids, false)];
  };
}

function tiktoken() {
  const encoding = require('tiktoken').get_encoding(vocabulary);
  return async text => {
    const ids = [...encoding.encode(text, 'all')];
    return [ids, Buffer.from(encoding.decode(Uint32Array.from(ids)))];
  };
}

const encode = vocabulary.endsWith('.json') ? await huggingFace() : tiktoken();
const texts = readFileSync(textsFile), out = openSync(outFile, 'w');
for (let at = 0; at < texts.length;) {
  const length = texts.readUInt32LE(at);
  const [ids, decoded] = await encode(texts.toString('utf8', at + 4, at + 4 + length));
  at += 4 + length;
  const bytes = Buffer.from(decoded);
  writeSync(out, Buffer.from(Uint32Array.of(ids.length).buffer));
  writeSync(out, Buffer.from(Int32Array.from(ids).buffer));
  writeSync(out, Buffer.from(Uint32Array.of(bytes.length).buffer));
  writeSync(out, bytes);
}
closeSync(out);
