"""What 1000 identities and 1000 profiles cost, as ratios: python -m tests.benchmarks.many [--warm N] [--cold N]

`run` in front of `true` with them to the same with 10, with a lease that is there and with nothing kept; completing a
name and `runner list` to `python -c pass`. One and the other in turn, as in start.py.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks.start import COLUMNS, Command, Pair, machine, versions, world
from tests.harness.programs import BIN, RUN

FEW, MANY = 10, 1000
IDENTITY = '[identities.own-{0:04}]\nkind = "aws/profile"\nprofile = "profile-{0:04}"\ntags = {{ team = "ops" }}\n\n'
PROFILE = "[profile profile-{0:04}]\nrole_arn = arn:aws:iam::222222222222:role/R{0}\nsource_profile = keys\n"


def user_with(number: int, environ: Mapping[str, str]) -> dict[str, str]:
    """Make beside the home of a benchmark that of a user with so many identities and profiles more."""
    home = Path(environ["HOME"], f"of-{number}")
    for folder in (home / ".aws", home / ".config" / "runner", home / "xdg"):
        folder.mkdir(mode=0o700, parents=True)
    for name in ("config", "credentials"):
        home.joinpath(".aws", name).write_text(Path(environ["HOME"], ".aws", name).read_text())
    with home.joinpath(".aws", "config").open("a") as config:
        config.writelines(map(PROFILE.format, range(number)))
    home.joinpath(".config", "runner", "runner.toml").write_text("".join(map(IDENTITY.format, range(number))))
    return {**environ, "HOME": str(home), "XDG_RUNTIME_DIR": str(home / "xdg")}


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="what many identities cost, as ratios")
    parser.add_argument("--warm", type=int, default=40, metavar="ROUNDS")
    parser.add_argument("--cold", type=int, default=10, metavar="ROUNDS")
    options = parser.parse_args(argv)
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M}Z, {machine()}\n{versions()}\n")
    print(COLUMNS.format(f"with {MANY}", "ratio", "target", "quartiles", "ours", "other", "rounds"))
    with world() as environ:
        many, few = user_with(MANY, environ), user_with(FEW, environ)
        bare = Command([sys.executable, "-c", "pass"], environ)
        runner = str(BIN / "runner")
        start = [RUN, "--identity", "bench", "--", "true"]
        asked = {
            "complete": [runner, "--complete", "identities", "own-0001"],
            "list": [runner, "list"],
            "list json": [runner, "list", "--format", "json"],
        }
        print(Pair("warm of many", Command(start, many), Command(start, few)).row(options.warm), flush=True)
        for name, words in asked.items():
            print(Pair(name, Command(words, many), bare).row(options.warm), flush=True)
        cold = [Command(start, {**each, "RUN_CACHE": "none"}) for each in (many, few)]
        print(Pair("cold of many", *cold).row(options.cold), flush=True)
    print(f"\nload at the end: {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    main()
