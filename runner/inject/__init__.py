"""Lease -> what the child receives: files in the run's private directory, and an environment without other keys."""

from __future__ import annotations

from runner.inject.scrub import scrubbed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.inject.contract import Injection, Injector
    from runner.model.lease import Lease

# mode -> module; strings, so that a mode costs nothing until it is used
INJECTORS = {"process": "runner.inject.process", "file": "runner.inject.file"}


def injector(mode: str) -> Injector:
    """Return the module of an injection mode."""
    module: Injector = __import__(INJECTORS[mode], fromlist=["prepare"])
    return module


def environment(caller: Mapping[str, str], lease: Lease, injection: Injection) -> dict[str, str]:
    """Return the child's environment: the caller's, scrubbed, with this identity's variables."""
    kept, _ = scrubbed(caller)
    kept.update(variables(lease, injection))
    return kept


def variables(lease: Lease, injection: Injection) -> dict[str, str]:
    """Return what is set in the child, whatever was there."""
    return {**_always(lease, injection.directory.path), **injection.variables}


def _always(lease: Lease, directory: str) -> dict[str, str]:
    always = {
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_METADATA_ENDPOINT": "http://127.0.0.1:9",  # object_store knows only this way not to ask the host's role
        "RUN_IDENTITY": lease.identity,
        "RUN_DIR": directory,
    }
    if lease.principal.account:
        always["RUN_ACCOUNT_ID"] = lease.principal.account
    if lease.region:
        always["AWS_REGION"] = always["AWS_DEFAULT_REGION"] = lease.region
    return always
