"""What an injection mode is: a module with `prepare`."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Protocol

    from runner.model.lease import Lease
    from runner.places import RunDirectory

    class Injector(Protocol):
        """A module of runner/inject, named in INJECTORS."""

        def prepare(self, lease: Lease, directory: RunDirectory, environ: Mapping[str, str]) -> Injection:
            """Write what the child needs into the run's directory; raises disk-full, state-directory-unsafe."""
            ...


class Injection:
    """One child's way to its credentials: the variables that lead there and the run's private directory."""

    __slots__ = ("directory", "variables")

    def __init__(self, directory: str, variables: dict[str, str]) -> None:
        self.directory = directory
        self.variables = variables
