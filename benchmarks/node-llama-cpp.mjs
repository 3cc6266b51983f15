// llama-bench's options and JSON for the prebuilt llama.cpp of the npm package
// node-llama-cpp (`npm install node-llama-cpp` in a folder above or in NODE_PATH's place).
//
//   node node-llama-cpp.mjs -m model.gguf -t 2 -p 512 -n 64 -r 1 -o json
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: Object.fromEntries(
    ["m", "t", "p", "n", "r", "o"].map((name) => [name, { type: "string", short: name }])),
});
// Resolved from where the command runs, so that the package need not be in this folder.
const found = createRequire(process.cwd() + "/").resolve("node-llama-cpp");
const { getLlama } = await import(pathToFileURL(found));

const [threads, prompt, decode, repeats] = ["t", "p", "n", "r"].map((name) => Number(values[name]));
const llama = await getLlama({ gpu: false, build: "never", maxThreads: threads, progressLogs: false });
const model = await llama.loadModel({ modelPath: values.m });
const context = await model.createContext({ contextSize: prompt + decode + 8, batchSize: 512, threads });
const sequence = context.getSequence();
const ids = Array.from({ length: prompt + 1 }, (_, i) => 1 + ((i * 7919) % 100000));

const rates = { prompt: [], decode: [] };
for (let repeat = 0; repeat <= repeats; ++repeat) {
  // The first one touches pages and is not counted.
  const add = (what, tokens, start) =>
    repeat > 0 && rates[what].push((tokens / (performance.now() - start)) * 1000);
  await sequence.clearHistory();
  let start = performance.now();
  await sequence.evaluateWithoutGeneratingNewTokens(ids.slice(0, prompt));
  add("prompt", prompt, start);
  await sequence.clearHistory();
  let count = 0;
  for await (const _ of sequence.evaluate([ids[1]], { temperature: 0, yieldEogToken: true })) {
    if (count++ === 0) start = performance.now();
    if (count > decode) break;
  }
  add("decode", decode, start);
}
const mean = (list) => list.reduce((a, b) => a + b, 0) / list.length;
const rows = [
  { n_prompt: prompt, n_gen: 0, avg_ts: mean(rates.prompt) },
  { n_prompt: 0, n_gen: decode, avg_ts: mean(rates.decode) },
];
console.log(JSON.stringify(rows, null, 2));
process.exit(0);
