"""Leases made from a login: they go with it."""

from __future__ import annotations

import os

from runner.leases import store
from runner.places import files, roots

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.model.lease import Lease


def forget_leases(token_path: str, environ: Mapping[str, str]) -> int:
    """Remove every lease that was made from the token in a file; return how many there were."""
    forgotten = 0
    for folder in _folders(environ):
        for name in os.listdir(folder):
            path = os.path.join(folder, name)
            lease = store.read(path)
            if lease is not None and _is_from(lease, token_path):
                store.remove(path)
                forgotten += 1
    return forgotten


def _is_from(lease: Lease, token_path: str) -> bool:
    return any(stamp.startswith("presence ") and stamp.endswith(f" {token_path}") for stamp in lease.stamps)


def _folders(environ: Mapping[str, str]) -> list[str]:
    """Return where leases are kept, also by those whose environment is not ours: in cron, in another login."""
    own = f"/run/user/{os.geteuid()}/runner"  # what XDG_RUNTIME_DIR usually says
    roots_there = [*(path for _, path in roots.candidates(environ)), f"{environ.get('RUNNER_TEMP', '')}/runner", own]
    found = [os.path.join(root, "leases") for root in dict.fromkeys(roots_there)]
    return [each for each in found if os.path.isdir(each) and not files.not_private(each)]
