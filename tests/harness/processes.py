"""The processes of a world: those that live with its HOME."""

from __future__ import annotations

import psutil

from tests.harness.eventually import eventually
from tests.harness.world import World


def survivors(world: World) -> list[str]:
    """Return what of this world lives, as ps would show it; a zombie does not."""
    return [shown for process in psutil.process_iter() if (shown := _ours(process, world))]


def all_gone(world: World, *, within_s: float = 5) -> None:
    """Wait until nothing of this world lives."""
    eventually(lambda: not _listed(world), within_s=within_s, what="every process of this world ends")


def _listed(world: World) -> list[str]:
    living = survivors(world)
    assert not living, living
    return living


def _ours(process: psutil.Process, world: World) -> str:
    try:
        if process.environ().get("HOME") != str(world.home) or process.status() == psutil.STATUS_ZOMBIE:
            return ""
        return f"{process.pid} {' '.join(process.cmdline())}"
    except psutil.Error:
        return ""
