// Times Weft's trainers beside Hugging Face's own, of the npm package `tokenizers` (its native
// build), on the same file, with the same vocabulary sizes, one after the other:
//   node benchmarks/train-tokenizer.mjs PACKAGES WEFT TEXT [ROUNDS]
// PACKAGES is where scripts/fetch-tokenizers.sh has put it (build/tokenizers), WEFT the program.
// That interface takes no options: it trains 30,000 tokens (unigram: 8,000) with every pair
// that occurs, which Weft is asked for as well. Prints the median seconds of each.
import {spawnSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';

const [directory, weft, text, rounds = '3'] = process.argv.slice(2);
const out = mkdtempSync(join(tmpdir(), 'weft-train-'));
const median = numbers => numbers.sort((a, b) => a - b)[numbers.length >> 1];

// Each of Hugging Face's runs is a process of its own, as Weft's are; reading the package is
// not timed.
const script = `
const {createRequire} = require('node:module');
const t = createRequire(process.argv[1])('tokenizers');
const [, , model, text, out] = process.argv;
const make = {
  'byte-bpe': [() => t.BPE.empty(), () => t.byteLevelPreTokenizer(false, true)],
  bpe: [() => t.BPE.empty(), () => t.whitespaceSplitPreTokenizer()],
  wordpiece: [() => t.WordPiece.empty(),
              () => t.sequencePreTokenizer([t.whitespaceSplitPreTokenizer(),
                                            t.punctuationPreTokenizer('isolated')])],
  unigram: [() => t.Unigram.empty(), () => t.metaspacePreTokenizer()],
}[model];
const tokenizer = new t.Tokenizer(make[0]());
tokenizer.setPreTokenizer(make[1]());
const start = performance.now();
tokenizer.train([text]);
console.log((performance.now() - start) / 1000);
tokenizer.save(out);`;

function huggingFace(model) {
  const run = spawnSync('node', ['-e', script, '--', pathToFileURL(join(directory, 'package.json')).pathname,
                                 model, text, join(out, 'hf.json')], {encoding: 'utf8'});
  if (run.status !== 0)
    throw new Error(run.stderr);
  return Number(run.stdout.trim().split('\n').at(-1));
}

function ours(model) {
  const start = performance.now();
  const run = spawnSync(weft, ['tokenizer', 'train', '--model', model, '--min-frequency', '1', '--vocab-size',
                               model === 'unigram' ? '8000' : '30000', text, '-o', join(out, 'weft.json')],
                        {encoding: 'utf8'});
  if (run.status !== 0)
    throw new Error(run.stderr);
  return (performance.now() - start) / 1000;
}

/** Tokens that both vocabularies have. */
function shared() {
  const tokens = file => {
    const vocab = JSON.parse(readFileSync(join(out, file), 'utf8')).model.vocab;
    return new Set(Array.isArray(vocab) ? vocab.map(([token]) => token) : Object.keys(vocab));
  };
  const theirs = tokens('hf.json'), mine = tokens('weft.json');
  return `${[...mine].filter(token => theirs.has(token)).length} of ${mine.size} tokens in both`;
}

const models = process.env.MODELS?.split(',') ?? ['byte-bpe', 'bpe', 'wordpiece', 'unigram'];
for (const model of models) {
  const theirs = [], mine = [];
  for (let round = 0; round < Number(rounds); ++round) {
    theirs.push(huggingFace(model));
    mine.push(ours(model));
  }
  const a = median(theirs), b = median(mine);
  console.log(`${model.padEnd(10)} hugging face ${a.toFixed(2)} s, weft ${b.toFixed(2)} s, ` +
              `${(a / b).toFixed(1)} times as fast; ${shared()}`);
}
rmSync(out, {recursive: true});
