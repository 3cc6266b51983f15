// What @huggingface/jinja makes of the cases on standard input, in the format of
// RenderCases.cpp. With --templates it prints the chat templates that
// @huggingface/ollama-utils carries instead, as {name: source}.
import { createRequire } from "node:module";
import fs from "node:fs";
import vm from "node:vm";

const require = createRequire(process.cwd() + "/");

if (process.argv[2] === "--templates") {
  // The package does not export its table, but comes with the source: one array literal.
  const folder = "node_modules/@huggingface/ollama-utils/src/";
  const source = fs.readFileSync(folder + "chat-template-automap.ts", "utf8");
  const literal = source.slice(source.indexOf("= [") + 2, source.lastIndexOf("]") + 1);
  const templates = {};
  for (const { model, gguf } of vm.runInNewContext(literal))
    templates[`${model.replace("library/", "")} #${Object.keys(templates).length}`] = gguf;
  console.log(JSON.stringify(templates));
} else {
  const now = 1699963200000;
  globalThis.Date = class extends Date {
    constructor(...given) {
      super(...(given.length ? given : [now]));
    }
  };
  const { Template } = require("@huggingface/jinja");
  const render = ({ template, variables }) => {
    try {
      return { text: new Template(template).render(variables) };
    } catch (error) {
      return { error: String(error.message) };
    }
  };
  console.log(JSON.stringify(JSON.parse(fs.readFileSync(0, "utf8")).map(render)));
}
