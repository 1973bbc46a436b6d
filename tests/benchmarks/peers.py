"""What the start of others' tools costs, to `python -c pass` of their own interpreter, and ours with nothing kept."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tests.benchmarks.table import Options, Row
from tests.benchmarks.timing import Command, NotWorkingError, Pair, Timed
from tests.benchmarks.tools import AwsCli, Environment, aws_cli_2, environment
from tests.benchmarks.world import world
from tests.harness.programs import AWS_CLI, RUN, executable
from tests.harness.sso_profiles import ACCOUNT
from tests.harness.world import START_URL, SYSTEM_PATH, World

ROUNDS = 10
SSO = ["--sso-start-url", START_URL, "--sso-region", "eu-west-1", "--account-id", ACCOUNT, "--role-name", "ReadOnly"]
NO_CLI = "needs the AWS CLI 2, which this machine does not have"


def rows(options: Options) -> Iterator[Row]:
    """Give a row a tool; one that cannot be installed or does not work here says why."""
    prefix = options.venv and options.venv.absolute()
    with world() as user, environment(prefix) as others:
        cli = aws_cli_2()
        bench = Bench(user, others, cli, _environ(user, cli))
        for measured in (ours, aws2_wrap, aws_sso_util, awsume, export_credentials):
            try:
                yield measured(bench).row(options.rounds or ROUNDS)
            except NotWorkingError as error:
                yield Row.skipped(f"`{measured.__name__.replace('_', '-')}`", str(error))


@dataclass(frozen=True, slots=True)
class Bench:
    """What the tools are started with."""

    user: World
    others: Environment
    cli: AwsCli | None
    environ: Mapping[str, str]

    def pair(self, name: str, words: list[str], python: str, **variables: str) -> Pair:
        """Return a tool and its interpreter, to be compared."""
        environ = {**self.environ, **variables}
        nothing = Timed("`python -c pass`, its own", Command([python, "-c", "pass"], environ))
        return Pair(Timed(name, Command(words, environ)), nothing)


def ours(bench: Bench) -> Pair:
    """Assume a role, as others do at each start."""
    words = [RUN, "--identity", "bench", "--", "true"]
    return bench.pair("`run --identity X -- true`, AssumeRole", words, sys.executable, RUN_CACHE="none")


def aws2_wrap(bench: Bench) -> Pair:
    """Run a command as a permission set; it asks the AWS CLI 2 for the credentials."""
    version = bench.others.installed("aws2-wrap")
    if bench.cli is None:
        raise NotWorkingError(NO_CLI)
    words = [bench.others.program("aws2-wrap"), "--profile", "sso", "true"]
    return bench.pair(f"aws2-wrap {version}, SSO", words, bench.others.python)


def aws_sso_util(bench: Bench) -> Pair:
    """Run a command as a permission set."""
    version = bench.others.installed("aws-sso-util")
    words = [bench.others.program("aws-sso-util"), "run-as", *SSO, "--region", "eu-west-1", "true"]
    return bench.pair(f"aws-sso-util {version} run-as, SSO", words, bench.others.python)


def awsume(bench: Bench) -> Pair:
    """Print the credentials of a role, for the shell function `awsume` to export."""
    version = bench.others.installed("awsume")
    return bench.pair(f"awsume {version}, AssumeRole", [bench.others.program("awsumepy"), "bench"], bench.others.python)


def export_credentials(bench: Bench) -> Pair:
    """Print the credentials of a role that the AWS CLI 2 has in its cache."""
    if bench.cli is None:
        raise NotWorkingError(NO_CLI)
    # Version 1 fills the cache that both share: before 2.13, version 2 cannot be told where AWS is.
    Command([AWS_CLI, "sts", "get-caller-identity", "--profile", "bench"], bench.environ).first()
    words = [bench.cli.path, "configure", "export-credentials", "--profile", "bench"]
    return bench.pair(f"AWS CLI {bench.cli.version} export-credentials, warm", words, bench.cli.python)


def _environ(user: World, cli: AwsCli | None) -> Mapping[str, str]:
    """Return the user's environment, in which whatever asks elsewhere than the fake reaches nobody.

    `aws` is the AWS CLI 2 with an option for what it reads from AWS_ENDPOINT_URL since 2.13; the shell costs 1 ms.
    """
    if cli is not None:
        executable(user.bin / "aws", f'exec {cli.path} --endpoint-url {user.aws.url} "$@"\n')
    nowhere = "http://127.0.0.1:9"
    proxies = {"HTTPS_PROXY": nowhere, "HTTP_PROXY": nowhere, "NO_PROXY": "127.0.0.1"}
    return {**user.environ, **proxies, "PATH": f"{user.bin}:{SYSTEM_PATH}"}
