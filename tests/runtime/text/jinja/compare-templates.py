#!/usr/bin/python3
"""Hold our Jinja to others': Jinja itself, and @huggingface/jinja on the chat templates of
real models.

usage: compare-templates.py RENDER_CASES CASES.json FOLDER

The own cases are compared with Python's jinja2, set up as transformers sets it up. Then the
templates that @huggingface/ollama-utils carries (of some hundred real models; installed by
npm into FOLDER, not part of this repository) are rendered for several conversations by all
three. Ours must equal jinja2 everywhere, and @huggingface/jinja but for the differences
listed below, where that departs from Jinja. Exits with 77, which ctest takes for skipped,
where jinja2, node or the npm registry is not reached.
"""
import json
import os
import subprocess
import sys
import time

PACKAGES = ["@huggingface/jinja@0.5.11", "@huggingface/ollama-utils@0.0.18"]
NOW = 1699963200

# Where @huggingface/jinja departs from Jinja, and so from us: models by what happens.
DEPARTURES = {
    "refuses to go through the characters of a string":
        ["llama-guard3:1b", "llama3.2-vision:90b", "llama3.2-vision:latest"],
    "adds a dict to a string":
        ["deepseek-r1:latest", "deepseek-v3.1:latest", "r1-1776:671b"],
    "has no filter 'reject'":
        ["qwen3-coder:30b"],
}


def skip(why):
    print("skipped:", why)
    sys.exit(77)


def jinja2_environment():
    try:
        import jinja2
        from jinja2 import ext, nodes, sandbox
    except ImportError:
        skip("python3-jinja2 is not installed")

    class Generation(ext.Extension):
        tags = {"generation"}

        def parse(self, parser):
            line = next(parser.stream).lineno
            body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
            call = self.call_method("same")
            return nodes.CallBlock(call, [], [], body).set_lineno(line)

        def same(self, caller):
            return caller()

    def raise_exception(message):
        raise jinja2.TemplateError(message)

    def tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent,
                          separators=separators, sort_keys=sort_keys)

    environment = sandbox.ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols", Generation])
    environment.filters["tojson"] = tojson
    environment.globals["raise_exception"] = raise_exception
    environment.globals["strftime_now"] = lambda form: time.strftime(form, time.localtime(NOW))
    return environment


def by_jinja2(environment, cases):
    compiled = {}

    def render(case):
        try:
            source = case["template"]
            if source not in compiled:
                compiled[source] = environment.from_string(source)
            return {"text": compiled[source].render(**case["variables"])}
        except Exception as error:  # whatever a template can raise
            return {"error": f"{type(error).__name__}: {error}"}

    return [render(case) for case in cases]


def run(command, cases, **more):
    done = subprocess.run(command, input=json.dumps(cases), capture_output=True, text=True,
                          check=True, **more)
    return json.loads(done.stdout)


def install(folder):
    os.makedirs(folder, exist_ok=True)
    if all(os.path.exists(f"{folder}/node_modules/{name.rsplit('@', 1)[0]}") for name in PACKAGES):
        return
    try:
        subprocess.run(["npm", "install", "--no-save", "--no-audit", "--no-fund",
                        "--prefix", folder, *PACKAGES],
                       check=True, timeout=120, capture_output=True, cwd=folder)
    except (OSError, subprocess.SubprocessError) as error:
        skip(f"npm install: {error}")


def real_templates(here, folder):
    return run(["node", f"{here}/reference.mjs", "--templates"], [], cwd=folder)


TOOLS = [
    {"type": "function", "function": {
        "name": "get_weather", "description": "Weather of a city",
        "parameters": {"type": "object", "required": ["city"], "properties": {
            "city": {"type": "string", "description": "City, \"quoted\" & <b>"},
            "days": {"type": "integer", "enum": [1, 2]}}}}},
    {"type": "function", "function": {
        "name": "now", "description": "The time",
        "parameters": {"type": "object", "properties": {}}}}]


def conversations():
    system = {"role": "system", "content": "  You are Zoë.\nBe brief.  "}

    def user(text):
        return {"role": "user", "content": text}

    def assistant(text):
        return {"role": "assistant", "content": text}

    def call(arguments):
        function = {"name": "get_weather", "arguments": arguments}
        return {"role": "assistant", "content": "",
                "tool_calls": [{"type": "function", "id": "abcdefghi", "function": function}]}

    result = {"role": "tool", "tool_call_id": "abcdefghi", "name": "get_weather",
              "content": "{\"t\": 21.5}"}
    thought = assistant("<think>\nhm\n</think>\n\nSo.")
    return {
        "a question": [user("Hi there! ")],
        "a system prompt": [system, user("Hi")],
        "turns": [system, user("Hi"), assistant("Hello.\n\n"), user("How?"), thought,
                  user("And \"now\"?")],
        "an answer last": [user("Hi"), assistant("Hello.")],
        "a tool called": [system, user("Weather?"), call({"city": "Zürich", "days": 2}), result,
                          user("Thanks")],
        "arguments as text": [user("Weather?"), call("{\"city\": \"Zürich\"}"), result],
        "roles that do not alternate": [assistant("me first"), assistant("again")]}


def cases_of(templates):
    names, cases = [], []
    for model, source in templates.items():
        for name, messages in conversations().items():
            for prompt in (True, False):
                for tools in (None, TOOLS):
                    variables = {"messages": messages, "add_generation_prompt": prompt,
                                 "bos_token": "<s>", "eos_token": "</s>"}
                    if tools:
                        variables["tools"] = tools
                    names.append(f"{model}: {name}, {'' if tools else 'no '}tools, "
                                 f"{'' if prompt else 'no '}generation prompt")
                    cases.append({"template": source, "variables": variables})
    return names, cases


def differences(names, ours, theirs):
    """Names of the cases whose texts differ, or of which only one is an error."""
    return {name: (a, b) for name, a, b in zip(names, ours, theirs)
            if a.get("text") != b.get("text")}


def report(who, found):
    for name, (ours, theirs) in list(found.items())[:10]:
        print(f"{name}\n  ours:  {ours}\n  {who}: {theirs}")
    return len(found)


def main(render_cases, own_cases, folder):
    here = os.path.dirname(os.path.abspath(__file__))
    environment = jinja2_environment()
    with open(own_cases, encoding="utf-8") as file:
        own = json.load(file)
    # Integers beyond 64 bits are a known difference.
    own = [case for case in own if case["name"] != "big_integer"]
    own_names = [case["name"] for case in own]
    failures = report("jinja2", differences(own_names, run([render_cases], own),
                                            by_jinja2(environment, own)))
    print(f"{len(own)} own cases compared with jinja2")
    if failures:
        return 1

    install(folder)
    templates = real_templates(here, folder)
    names, cases = cases_of(templates)
    ours = run([render_cases], cases)
    failures = report("jinja2", differences(names, ours, by_jinja2(environment, cases)))
    npm = run(["node", f"{here}/reference.mjs"], cases, cwd=folder)
    expected = {model for models in DEPARTURES.values() for model in models}
    departed = differences(names, ours, npm)

    def model(name):
        return name.split(" #")[0]

    failures += report("@huggingface/jinja",
                       {name: both for name, both in departed.items() if model(name) not in expected})
    for name in expected - {model(name) for name in departed}:
        failures += 1
        print(f"{name}: listed as a departure of @huggingface/jinja, but there is none")
    texts = sum("text" in each for each in ours)
    print(f"{len(templates)} templates of real models, {len(cases)} cases ({texts} texts, "
          f"{len(cases) - texts} refused): {failures} differences from jinja2 or, but for "
          f"{len(departed)} known departures from Jinja, from @huggingface/jinja")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
