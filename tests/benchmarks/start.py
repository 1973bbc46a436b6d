"""What a start costs.

Warm, a lease being there: what is left is Python's own start and ours. Cold, with an AssumeRole and nothing kept: what
is left is botocore, which the AWS CLI has to load too.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from tests.benchmarks.table import Options, Row
from tests.benchmarks.timing import Command, Pair, Timed
from tests.benchmarks.world import world
from tests.harness.programs import AWS_CLI, RUN, RUNNER

WARM_ROUNDS = 60
COLD_ROUNDS = 15


def rows(options: Options) -> Iterator[Row]:
    """Give the rows of warm and cold starts."""
    with world() as user:
        environ = user.environ
        uncached = {**environ, "RUN_CACHE": "none"}
        start = [RUN, "--identity", "bench", "--", "true"]
        python = Timed("`python -c pass`", Command([sys.executable, "-c", "pass"], environ))
        asked = [AWS_CLI, "sts", "get-caller-identity", "--profile", "keys", "--region", "eu-west-1"]
        cli = Timed("`aws sts get-caller-identity`", Command(asked, environ))
        warm = Timed("`run --identity X -- true`, warm", Command(start, environ))
        export = Timed("`runner export X`, warm", Command([RUNNER, "export", "bench"], environ))
        cold = Timed("`run --identity X -- true`, AssumeRole", Command(start, uncached))
        yield Pair(warm, python, target=1.4).row(options.rounds or WARM_ROUNDS)
        yield Pair(export, python, target=1.5).row(options.rounds or WARM_ROUNDS)
        yield Pair(cold, cli, target=0.65).row(options.rounds or COLD_ROUNDS)
