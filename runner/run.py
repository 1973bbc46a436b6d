"""One plan, its children: the story of a run, from what was asked for to how it ended."""

from __future__ import annotations

import os
from time import gmtime, strftime

from runner import cold, inject, places, report
from runner.child.linux import inherited_environ
from runner.child.loop import Loop
from runner.child.signals import Caught
from runner.child.spawn import Command
from runner.child.supervise import supervise
from runner.inject import process
from runner.inject.scrub import scrubbed
from runner.model.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.inject.contract import Injection
    from runner.model.lease import Lease
    from runner.model.outcome import Outcome
    from runner.model.request import RunRequest

FAR = float("inf")


def run(request: RunRequest) -> Outcome:
    """Run a command as an identity and return how it ended; raises Failure when it could not be started."""
    caller = inherited_environ()
    if not request.identity:
        raise Failure("no-identity", command=request.command[0])
    lease = cold.acquire(request, caller)
    with Caught() as caught, places.RunDirectory(places.private_root(caller)) as directory:
        injection = process.prepare(lease, directory, caller)
        directory.write("origin", origin(request, caller))
        if request.verbose and not request.quiet:
            describe(lease, injection, caller)
        command = Command(request.command, inject.environment(caller, lease, injection))
        [outcome] = supervise([command], Loop(caught), lambda _: FAR)
    return outcome


def origin(request: RunRequest, caller: Mapping[str, str]) -> bytes:
    """Return where a run inside this one finds the user's own files: NAME=VALUE, each ended by a zero byte.

    In a run inside a run the outer one's record is handed on.
    """
    if caller.get("RUN_DIR") and caller.get("AWS_CONFIG_FILE") == f"{caller['RUN_DIR']}/config":
        try:
            with open(f"{caller['RUN_DIR']}/origin", "rb") as file:  # noqa: PTH123 - pathlib would cost 1.2 starts
                return file.read()
        except OSError:
            pass
    given = {name: caller[name] for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE") if name in caller}
    if request.config:
        given["RUN_CONFIG"] = os.path.abspath(request.config)
    return b"".join(os.fsencode(f"{name}={value}") + b"\0" for name, value in given.items())


def describe(lease: Lease, injection: Injection, caller: Mapping[str, str]) -> None:
    """Say who the command acts as, until when, and what was set and removed for it."""
    until = strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(lease.expires_at))
    report.notice(f"acting as {lease.principal.arn} until {until}")
    report.notice(f"chain: {' > '.join(lease.hops)}")
    report.notice(f"set: {' '.join(sorted(inject.variables(lease, injection)))}")
    _, removed = scrubbed(caller)
    for name, reason in sorted(removed.items()):
        if name not in inject.variables(lease, injection):
            report.notice(f"removed: {name} ({reason})")
