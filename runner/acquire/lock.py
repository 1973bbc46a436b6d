"""One process at a time per lease and per SSO session: the doorway of filelock.

Lock files are never removed (a second process would lock another file of the same name), and beside each stands a note
of who holds it. Whoever has waited for a lock learns what failed for the one before: 200 waiters fail once.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from runner import report
from runner.model.failure import Failure
from runner.places import files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

POLL_S = 0.25  # measured: shorter makes 200 waiters on two cores slower, longer makes everybody wait
SAY_AFTER_S = 3
UNATTENDED_S = 60
ATTENDED_S = 300  # the holder may be asking somebody


class Locks:
    """The locks below a private root; each wait ends, sooner where nobody is asked.

    Those who wait are told what whoever holds one is `doing`, and for `whose` identity.
    """

    def __init__(
        self, root: str, *, attended: bool, whose: str = "", doing: str = "acquiring the same credentials"
    ) -> None:
        self._folder = f"{root}/locks"
        self._deadline_s = ATTENDED_S if attended else UNATTENDED_S
        self._whose = whose
        self._doing = doing

    @contextmanager
    def hold(self, *names: str) -> Iterator[Held]:
        """Hold the lock of these names; raises lock-timeout with its pid, disk-full, state-directory-unsafe."""
        files.private_folder(self._folder)
        path = Path(self._folder, hashlib.sha256("\0".join(names).encode("utf-8", "surrogateescape")).hexdigest()[:40])
        since = time.time()
        lock = FileLock(
            path, mode=0o600, poll_interval=POLL_S, fallback_to_soft=False, preserve_lock_file=True, thread_local=False
        )
        try:
            self._acquire(lock, path)
        except OSError as error:
            raise files.unwritable(str(path), error) from error
        try:
            note = f"{os.getpid()} {self._whose}".encode("utf-8", "surrogateescape")
            files.replace(str(path.with_suffix(".pid")), note)
            yield Held(path.with_suffix(".failed"), since)
        finally:
            lock.release()

    def _acquire(self, lock: FileLock, path: Path) -> None:
        try:
            lock.acquire(timeout=SAY_AFTER_S)
        except Timeout:
            pid, whose = _holder(path)
            report.notice(f"waiting for pid {pid}, which is {self._doing}" + (f' for "{whose}"' if whose else ""))
        else:
            return
        try:
            lock.acquire(timeout=self._deadline_s - SAY_AFTER_S)
        except Timeout:
            pid, whose = _holder(path)
            held = f"held for {self._deadline_s} s by a run of {whose or 'nobody knows whom'}: {path}"
            raise Failure("lock-timeout", pid=pid, doing=self._doing, cause=held) from None


def _holder(path: Path) -> tuple[str, str]:
    """Return the pid of who holds a lock, and for which identity."""
    try:
        pid, _, whose = os.fsdecode(path.with_suffix(".pid").read_bytes()[:500]).partition(" ")
    except OSError:
        return "unknown", ""
    return (pid, whose) if pid.isascii() and pid.isdigit() else ("unknown", "")


class Held:
    """A lock that is held since before `since` was over."""

    def __init__(self, path: Path, since: float) -> None:
        self._path = path
        self._since = since

    def failure(self) -> Failure | None:
        """Return what failed for somebody else while we waited, None when nothing did."""
        try:
            said = json.loads(self._path.read_bytes())
            if said["at"] < self._since:
                return None
            slug, cause, facts, identity, hops, failed_at = said["failure"]
            failure = Failure.of((slug, cause, facts, identity, hops and tuple(hops), failed_at))
            return failure if failure.sentence and failure.remedy else None  # another version's may lack a fact of ours
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None

    def note(self, failure: Failure) -> None:
        """Tell those who wait now that it failed, if there is room for that."""
        with suppress(Failure):
            files.replace(str(self._path), json.dumps({"at": time.time(), "failure": failure.plain()}).encode())
