// Encoding speed beside Hugging Face `tokenizers` and `tiktoken`, one thread each, in turn.
//   node benchmarks/tokenizers.mjs BUILD TEXT... [--mb 20] [--document 10000] [--rounds 3]
// BUILD/tokenizers is what scripts/fetch-tokenizers.sh made; TEXTs come from tokenizer-texts.py.
// Prints a row for each vocabulary and text; the counts of tokens must be equal.
import {execFileSync} from 'node:child_process';
import {readFileSync, writeFileSync, mkdtempSync, rmSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {basename, join, resolve} from 'node:path';
import {pathToFileURL} from 'node:url';

const args = process.argv.slice(2);
const option = (name, otherwise) => {
  const at = args.indexOf(name);
  return at < 0 ? otherwise : args.splice(at, 2)[1];
};
const bytes = Number(option('--mb', '20')) * 1e6, documentBytes = Number(option('--document', '10000'));
const rounds = Number(option('--rounds', '3')), only = option('--only', '');
const [build, ...texts] = args;
const directory = resolve(build, 'tokenizers');
const require = createRequire(pathToFileURL(join(directory, 'package.json')));
process.env.TOKENIZERS_PARALLELISM = 'false';
process.env.RAYON_NUM_THREADS = '1';

function documents(text) {
  const parts = [];
  for (let begin = 0; begin < text.length;) {
    const at = begin + documentBytes < text.length ? text.indexOf(10, begin + documentBytes) : -1;
    const end = at < 0 ? text.length : at + 1;
    parts.push(text.toString('utf8', begin, end));
    begin = end;
  }
  return parts;
}

async function best(size, encode, parts) {
  let fastest = 0, tokens = 0;
  for (let round = 0; round < rounds; ++round) {
    const begin = performance.now();
    tokens = 0;
    for (const part of parts)
      tokens += await encode(part);
    fastest = Math.max(fastest, size / 1e3 / (performance.now() - begin));
  }
  return {mbPerSecond: fastest, tokens};
}

const vocabularies = [
  {name: 'gpt2', tiktoken: 'gpt2'}, {name: 'gpt35turbo', tiktoken: 'cl100k_base'}, {name: 'gpt4o', tiktoken: 'o200k_base'},
  {name: 'llama2'}, {name: 'llama3'}, {name: 'qwen3'}, {name: 'deepseek_v3'}, {name: 'gemma3'}, {name: 'mistral'}, {name: 'bert'},
].filter(({name}) => !only || only.split(',').includes(name));
const folder = mkdtempSync(join(tmpdir(), 'texts-'));
console.log('| vocabulary | text | Weft MB/s | HF MB/s | tiktoken MB/s | Weft / HF | Weft / tiktoken |');
console.log('| --- | --- | --- | --- | --- | --- | --- |');
for (const {name, tiktoken} of vocabularies)
  for (const file of texts) {
    const text = readFileSync(file).subarray(0, bytes);
    const path = join(folder, basename(file));
    writeFileSync(path, text);
    const parts = documents(text);
    const vocabulary = join(directory, 'vocabularies', `${name}.json`);
    const weft = JSON.parse(execFileSync(join(build, 'bin/tokenizer_benchmark'), [vocabulary, path, `${documentBytes}`, `${rounds}`]));
    const tokenizer = require('tokenizers').Tokenizer.fromFile(vocabulary);
    const hf = await best(text.length, async part => (await tokenizer.encode(part, null, {addSpecialTokens: false})).getLength(), parts);
    let openai = null;
    if (tiktoken) {
      const encoding = require('tiktoken').get_encoding(tiktoken);
      openai = await best(text.length, async part => encoding.encode_ordinary(part).length, parts);
      encoding.free();
    }
    const equal = weft.tokens === hf.tokens ? '' : ` (${weft.tokens} and ${hf.tokens} tokens!)`;
    const number = value => value.toFixed(1);
    console.log(`| ${name} | ${basename(file, '.txt')}${equal} | ${number(weft.mbPerSecond)} | ${number(hf.mbPerSecond)} | ` +
                `${openai ? number(openai.mbPerSecond) : ''} | ${number(weft.mbPerSecond / hf.mbPerSecond)} | ` +
                `${openai ? number(weft.mbPerSecond / openai.mbPerSecond) : ''} |`);
  }
rmSync(folder, {recursive: true});
