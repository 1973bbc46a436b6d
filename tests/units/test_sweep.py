"""Who still lives, by /proc and, where there is none, by psutil; and what is removed when nobody does."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from runner import cold
from runner.child import apart, tree
from runner.places import leftovers, runs
from tests.harness.eventually import eventually
from tests.harness.terminal import state

Judge = Callable[[str, str], bool]


@pytest.fixture(params=["by /proc", "by psutil"])
def judge(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Judge:
    """Give either way to tell, with the way to note a start that belongs to it."""
    if request.param == "by /proc":
        return leftovers.lives
    monkeypatch.setattr(runs, "PROC", "/nowhere")
    return tree.lives


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    """Give a process that sleeps."""
    with subprocess.Popen(["sleep", "100"]) as sleeping:
        yield sleeping
        sleeping.kill()


def elsewhere(start: str) -> str:
    """Return a start that is not the one of the process that has the number now: it came a minute later."""
    return str(int(start) - 6000)


def test_one_that_sleeps_lives(judge: Judge, process: subprocess.Popen[bytes]) -> None:
    """By number and start, and by its number alone; so do we."""
    for pid, start in ((process.pid, runs.started_at(process.pid)), (os.getpid(), runs.started_at())):
        assert judge(str(pid), start)
        assert judge(str(pid), "")


def test_one_that_has_ended_does_not(judge: Judge, process: subprocess.Popen[bytes]) -> None:
    """Nor does a number that no process ever had."""
    start = runs.started_at(process.pid)
    process.kill()
    process.wait()

    for pid in (str(process.pid), "999999999", "99999999999999999999"):
        assert not judge(pid, start)
        assert not judge(pid, "")


def test_a_zombie_is_dead(judge: Judge, process: subprocess.Popen[bytes]) -> None:
    """Its parent has not asked for its status yet."""
    start = runs.started_at(process.pid)
    process.kill()
    eventually(lambda: state(process.pid) == "Z")

    assert not judge(str(process.pid), start)
    assert not judge(str(process.pid), "")


def test_another_with_its_number_is_not_it(judge: Judge, process: subprocess.Popen[bytes]) -> None:
    """A process id was given again: the start tells."""
    assert not judge(str(process.pid), elsewhere(runs.started_at(process.pid)))
    assert judge(str(process.pid), "")


@pytest.mark.usefixtures("judge")
def test_a_start_that_was_noted_late_is_the_same(process: subprocess.Popen[bytes]) -> None:
    """Where there is no /proc the moment of noting stands for the start: the process was there already."""
    first = runs.started_at(process.pid)
    eventually(lambda: int(time.time() * 100) > int(first) + 5)
    later = runs.started_at(process.pid)

    for start in (first, later):
        assert (tree.lives if runs.PROC == "/nowhere" else leftovers.lives)(str(process.pid), start)


def test_what_cannot_be_looked_at_is_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No free descriptor, or /proc hides it: that is not the same as gone."""
    (tmp_path / "self" / "ns").mkdir(parents=True)
    (tmp_path / "self" / "ns" / "pid").touch()
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "stat").mkdir()  # opening it fails, and not because it is not there

    monkeypatch.setattr(runs, "PROC", str(tmp_path))

    assert leftovers.lives("7", "1234")
    assert not leftovers.lives("8", "1234")


def left_behind(root: Path, living: int, dead: int) -> dict[str, bool]:
    """Put what killed runs leave behind into a root; return each path, and whether it is to stay."""
    start, namespace = runs.started_at(living), runs.pid_namespace()
    stay = {
        f"{living}-{start}": ("", True),
        f"{living}-{elsewhere(start)}": ("", False),
        f"{dead}-{start}": ("", False),
        f"{dead}-{start}.{namespace}": ("", False),
        f"{dead}-{start}.123": ("", True),
        f"{dead}-{int(start) - 1}": (f"{namespace}\n{dead}-{start}\n{living}-{start}\n", True),
        f"{dead}-{int(start) - 2}": (f"{namespace}\n{dead}-{start}\n{living}-{elsewhere(start)}\n", False),
        f"{dead}-{int(start) - 3}": (f"{namespace}\n{dead}-{start}\n{dead}-\n{living}-\n", False),
        f"{dead}-{int(start) - 4}": (f"123\n{dead}-{start}\n", True),
        f"{dead}-{int(start) - 5}": ("\0\xff", True),  # whoever wrote that: not ours
    }
    for name, (owners, _) in stay.items():
        (root / "runs" / name / "below").mkdir(parents=True)
        if owners:
            (root / "runs" / name / "owners").write_text(owners)
    halves = {f"leases/a.{dead}.tmp": False, f"leases/a.{living}.tmp": True, f"locks/b.pid.{dead}.tmp": False}
    for name in (*halves, "leases/a", "leases/a.x.tmp", "locks/b"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).touch()
    others = dict.fromkeys(("leases/a", "leases/a.x.tmp", "locks/b"), True)
    return {**{f"runs/{name}": stays for name, (_, stays) in stay.items()}, **halves, **others}


def kept(root: Path) -> set[str]:
    """Return what stands in a root, two levels deep."""
    return {str(path.relative_to(root)) for path in root.glob("*/*")}


@pytest.mark.parametrize("proc", ["/proc", "/nowhere"])
def test_what_belongs_to_nobody_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, process: subprocess.Popen[bytes], proc: str
) -> None:
    """And nothing else: with /proc in this process, elsewhere in one of its own."""
    monkeypatch.setattr(runs, "PROC", proc)
    with subprocess.Popen("true") as ended:
        pass
    before = left_behind(tmp_path, process.pid, ended.pid)
    assert kept(tmp_path) == before.keys()

    if proc == "/proc":
        leftovers.sweep(str(tmp_path), leftovers.lives)
    else:
        cold.sweep(str(tmp_path))

    assert kept(tmp_path) == {path for path, stays in before.items() if stays}


def test_where_nobody_can_tell_nothing_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, process: subprocess.Popen[bytes]
) -> None:
    """Without /proc on a system where psutil needs it, we ourselves are not seen: whoever else is not, may live."""
    monkeypatch.setattr(runs, "PROC", "/nowhere")
    monkeypatch.setattr(psutil, "PROCFS_PATH", "/nowhere")
    before = left_behind(tmp_path, process.pid, process.pid + 1)

    cold.sweep(str(tmp_path))

    assert kept(tmp_path) == before.keys()


def test_no_process_is_started_when_there_is_nothing_to_judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty place costs two looks."""
    monkeypatch.setattr(apart, "apart", lambda _: pytest.fail("it forked"))
    for name in ("runs", "leases", "locks"):
        (tmp_path / name).mkdir()
    (tmp_path / "leases" / "a").touch()

    cold.sweep(str(tmp_path))
    cold.sweep(str(tmp_path / "nowhere"))
