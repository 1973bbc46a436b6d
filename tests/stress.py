"""Every test of supervision again and again under load: python -m tests.stress [--rounds N] [--spinners N] [TEST ...]

Each round is a pytest of its own, in another order, while spinners take the processors away. Prints a line for each
test that has failed, with the rounds it failed in; ends with 1 if one has.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

TESTS = Path(__file__).parent
PATTERNS = ("features/test_supervision*.py", "features/test_sweep.py", "units/test_child*.py", "units/test_sweep.py")
ROUNDS = 20
WORKERS = 4


@contextlib.contextmanager
def spinners(count: int) -> Iterator[None]:
    """Keep `count` processes busy for nothing."""
    with contextlib.ExitStack() as running:
        for _ in range(count):
            spinner = running.enter_context(subprocess.Popen([sys.executable, "-SIc", "while True: pass"]))
            running.callback(spinner.kill)
        yield


def failures_of_a_round(tests: list[str]) -> tuple[int, dict[str, str]]:
    """Run the tests once; return how many there were, and of each that failed the last line it said."""
    with tempfile.TemporaryDirectory() as directory:
        result = Path(directory, "result.xml")
        words = [sys.executable, "-m", "pytest", "-n", str(WORKERS), f"--junitxml={result}", *tests]
        done = subprocess.run(words, cwd=TESTS.parent, capture_output=True, text=True, check=False)
        if not result.exists():
            raise SystemExit(done.stdout + done.stderr)
        cases = list(ET.parse(result).iter("testcase"))
    if not cases:
        raise SystemExit(f"pytest ran no test:\n{done.stdout}{done.stderr}")
    failed = {}
    for case in cases:
        for trouble in [*case.iter("failure"), *case.iter("error")]:
            failed[f"{case.get('classname')}::{case.get('name')}"] = (trouble.get("message") or "").split("\n")[0]
    return len(cases), failed


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="the tests of supervision, repeated under load")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--spinners", type=int, default=os.cpu_count() or 1)
    parser.add_argument("tests", nargs="*", default=[str(path) for each in PATTERNS for path in TESTS.glob(each)])
    options = parser.parse_args(argv)
    failed_in: dict[str, list[int]] = defaultdict(list)
    said: dict[str, str] = {}
    for number in range(1, options.rounds + 1):
        began = time.monotonic()
        with spinners(options.spinners):
            count, failed = failures_of_a_round(options.tests)
        took_s = time.monotonic() - began
        print(f"round {number}: {count} tests, {len(failed)} failed, {took_s:.0f} s, load {os.getloadavg()[0]:.1f}")
        for test, saying in failed.items():
            print(f"  {test}: {saying}")
            failed_in[test].append(number)
        said |= failed
        sys.stdout.flush()
    for test, rounds in sorted(failed_in.items(), key=lambda each: -len(each[1])):
        print(f"{len(rounds)}/{options.rounds}  {test}  (rounds {', '.join(map(str, rounds))})\n       {said[test]}")
    if not failed_in:
        print(f"no test failed in {options.rounds} rounds")
    return bool(failed_in)


if __name__ == "__main__":
    sys.exit(main())
