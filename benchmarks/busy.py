#!/usr/bin/env python3
"""How fast two threads are beside one where other processes keep the processors busy.

Several `weft bench --step-by-line` of one artifact are kept at hand, with one thread, with two,
and with as many as weft takes by itself, and take turns of a fifth of a second: one after
the other, who goes first changing, so that all see the same minutes. For each pair of turns
there is a ratio. What is printed is the ratio of all turns together, which is what counts where
a scheduler gives and takes for longer than a turn, and the quartiles of the pairs. That is done
alone, beside `--busy` processes that do nothing but compute, and, if --conditions says so, in a
control group (v1, which takes root) that may use one processor's time of all.

examples:
  benchmarks/busy.py stories260K.weft 110m.weft 1b.weft
  benchmarks/busy.py 110m.weft --weft ../before/build/bin/weft --prompt
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
GROUP = pathlib.Path("/sys/fs/cgroup/cpu/weft-busy")


class Side:
    """A weft that waits for lines."""

    def __init__(self, options, artifact, threads, quota):
        steps = ["-p", str(options.tokens), "-n", "0"] if options.prompt else ["-p", "8", "-n", "64"]
        command = [options.weft, "bench", artifact, "--step-by-line", *steps]
        if threads:
            command += ["-t", str(threads)]
        join = (lambda: (GROUP / "cgroup.procs").write_text(str(os.getpid()))) if quota else None
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        preexec_fn=join)
        self.step(1)

    def step(self, count):
        """Seconds of `count` steps, one right after the other."""
        begin = time.monotonic()
        self.process.stdin.write(b"\n" * count)
        self.process.stdin.flush()
        for _ in range(count):
            if not self.process.stdout.readline():
                sys.exit("weft has ended; its own message is above")
        return time.monotonic() - begin

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def busy_process():
    return subprocess.Popen([sys.executable, "-c", "while True: pass"])


def measure(options, artifact, quota):
    """Lists of seconds a step, by number of threads (0: by default)."""
    sides = {threads: Side(options, artifact, threads, quota) for threads in (1, 2, 0)}
    begin, count = time.monotonic(), 0
    while time.monotonic() - begin < options.turn:
        sides[1].step(1)
        count += 1
    count = min(count, 4096)
    seconds = {threads: [] for threads in sides}
    for turn in range(options.turns):
        order = list(sides)
        for threads in order[turn % 3:] + order[:turn % 3]:
            seconds[threads].append(sides[threads].step(count) / count)
    for side in sides.values():
        side.close()
    return seconds


def describe(one, other):
    low, _, high = statistics.quantiles([a / b for a, b in zip(one, other)], n=4)
    return f"{sum(one) / sum(other):6.3f} ({low:.3f}-{high:.3f})"


def report(options, artifact, condition, seconds):
    rate = (options.tokens if options.prompt else 1) / statistics.mean(seconds[1])
    print(f"{pathlib.Path(artifact).name:20} {condition:10} {rate:10.1f}"
          f" {describe(seconds[1], seconds[2]):>24} {describe(seconds[1], seconds[0]):>24}", flush=True)


def run_conditions(options, artifact):
    if "alone" in options.conditions:
        report(options, artifact, "alone", measure(options, artifact, False))
    if "busy" in options.conditions:
        others = [busy_process() for _ in range(options.busy)]
        try:
            report(options, artifact, f"{options.busy} busy", measure(options, artifact, False))
        finally:
            for other in others:
                other.kill()
                other.wait()
    if "quota" in options.conditions:
        GROUP.mkdir(exist_ok=True)
        try:
            (GROUP / "cpu.cfs_period_us").write_text("100000")
            (GROUP / "cpu.cfs_quota_us").write_text("100000")
            report(options, artifact, "quota of 1", measure(options, artifact, True))
        finally:
            GROUP.rmdir()


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(": ", 1)[1]
    return "unknown processor"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0], epilog=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("artifacts", nargs="+")
    parser.add_argument("--weft", default=str(ROOT / "build/bin/weft"))
    parser.add_argument("--prompt", action="store_true", help="time prompts instead of decoding")
    parser.add_argument("--tokens", type=int, default=64, help="tokens of a prompt")
    parser.add_argument("--busy", type=int, default=2, help="processes that compute meanwhile")
    parser.add_argument("--turns", type=int, default=30)
    parser.add_argument("--turn", type=float, default=0.2, help="seconds of one, for one thread")
    parser.add_argument("--conditions", default="alone,busy",
                        type=lambda text: text.split(","), help="alone, busy, quota")
    options = parser.parse_args()
    print(f"{processor()}, {len(os.sched_getaffinity(0))} processors;",
          "prompt" if options.prompt else "decode")
    print(f"{'artifact':20} {'':10} {'1: tok/s':>10} {'2 threads beside 1':>24}"
          f" {'default beside 1':>24}")
    for artifact in options.artifacts:
        run_conditions(options, artifact)


if __name__ == "__main__":
    main()
