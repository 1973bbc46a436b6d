"""What an injection mode is: a module of runner/inject with `prepare`, named in INJECTORS."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Protocol

    from runner.model.lease import Lease
    from runner.places.runs import RunDirectory

    class Injector(Protocol):
        """A module of runner/inject."""

        def prepare(self, lease: Lease, directory: RunDirectory, environ: Mapping[str, str]) -> Injection:
            """Write what the child needs into the run's directory; raises disk-full, state-directory-unsafe."""
            ...


class Injection:
    """One child's way to its credentials: the variables that lead there, and the files in the run's directory.

    `constant` files never change while the command runs; `changing` says how the others follow from a lease.
    """

    __slots__ = ("constant", "directory", "variables")

    def __init__(self, directory: RunDirectory, variables: dict[str, str], constant: dict[str, bytes]) -> None:
        self.directory = directory
        self.variables = variables
        self.constant = constant

    def changing(self, lease: Lease) -> dict[str, bytes]:
        """Return the files that a renewal replaces, by name."""
        raise NotImplementedError

    def keep(self, name: str, content: bytes) -> None:
        """Write one more constant file; raises disk-full, state-directory-unsafe."""
        self.constant[name] = content
        self.directory.write(name, content)

    def write(self, lease: Lease) -> None:
        """Write all files; raises disk-full, state-directory-unsafe."""
        for name, content in self._files(lease).items():
            self.directory.write(name, content)

    def renew(self, lease: Lease) -> None:
        """Replace what follows from the lease, each file at once; raises disk-full, state-directory-unsafe."""
        self.restore(lease)
        for name, content in self.changing(lease).items():
            self.directory.replace(name, content)

    def restore(self, lease: Lease) -> None:
        """Write again what has vanished, the directory or a file in it; raises disk-full, state-directory-unsafe."""
        self.directory.make_again()
        for name, content in self._files(lease).items():
            if not self.directory.has(name):
                self.directory.replace(name, content)

    def _files(self, lease: Lease) -> dict[str, bytes]:
        return {**self.changing(lease), **self.constant}  # what is referred to comes first: a child may be reading
