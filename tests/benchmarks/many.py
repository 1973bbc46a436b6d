"""What 1000 identities and 1000 profiles cost: a start to one with 10, completing a name, and `runner list`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.benchmarks.table import Options, Row
from tests.benchmarks.timing import Command, Pair, Timed
from tests.benchmarks.world import world
from tests.harness.programs import RUN, RUNNER

WARM_ROUNDS, COLD_ROUNDS = 40, 10
FEW, MANY = 10, 1000
IDENTITY = '[identities.own-{0:04}]\nkind = "aws/profile"\nprofile = "profile-{0:04}"\ntags = {{ team = "ops" }}\n\n'
PROFILE = "[profile profile-{0:04}]\nrole_arn = arn:aws:iam::222222222222:role/R{0}\nsource_profile = keys\n"


def user_with(number: int, environ: Mapping[str, str]) -> dict[str, str]:
    """Make beside the home of a benchmark that of a user with so many identities and profiles more."""
    home = Path(environ["HOME"], f"of-{number}")
    runtime = Path(environ["XDG_RUNTIME_DIR"], f"of-{number}")
    for folder in (home / ".aws", home / ".config" / "runner", runtime):
        folder.mkdir(mode=0o700, parents=True)
    for name in ("config", "credentials"):
        home.joinpath(".aws", name).write_text(Path(environ["HOME"], ".aws", name).read_text())
    with home.joinpath(".aws", "config").open("a") as config:
        config.writelines(map(PROFILE.format, range(number)))
    home.joinpath(".config", "runner", "runner.toml").write_text("".join(map(IDENTITY.format, range(number))))
    return {**environ, "HOME": str(home), "XDG_RUNTIME_DIR": str(runtime)}


def rows(options: Options) -> Iterator[Row]:
    """Give the rows of a user with many identities."""
    start = [RUN, "--identity", "bench", "--", "true"]
    asked = {
        f"completing one of {MANY} names": ([RUNNER, "--complete", "identities", "own-0001"], 2),
        f"`runner list` of {2 * MANY}": ([RUNNER, "list"], 5),
        f"`runner list --format json` of {2 * MANY}": ([RUNNER, "list", "--format", "json"], 5),
    }
    warm, cold = options.rounds or WARM_ROUNDS, options.rounds or COLD_ROUNDS
    with world() as user:
        many, few = user_with(MANY, user.environ), user_with(FEW, user.environ)
        python = Timed("`python -c pass`", Command([sys.executable, "-c", "pass"], user.environ))
        of_few = Timed(f"with {FEW}", Command(start, few))
        yield Pair(Timed(f"`run`, warm, with {MANY} identities", Command(start, many)), of_few, target=1.05).row(warm)
        for name, (words, target) in asked.items():
            yield Pair(Timed(name, Command(words, many)), python, target=target).row(warm)
        uncached, uncached_few = (Command(start, {**each, "RUN_CACHE": "none"}) for each in (many, few))
        yield Pair(Timed(f"`run`, AssumeRole, with {MANY}", uncached), Timed(f"with {FEW}", uncached_few)).row(cold)
