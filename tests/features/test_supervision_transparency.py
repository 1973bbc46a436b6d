"""The command cannot tell that run is there: what it inherits is what it would have inherited."""

from __future__ import annotations

import fcntl
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.harness.terminal import Prefix, installed_prefix_or_override

__all__ = ["installed_prefix_or_override"]

SNAPSHOT = """
{
  grep -E '^(Umask|Uid|Gid|Groups|SigBlk|SigIgn|SigCgt|Cap...|NoNewPrivs|Seccomp)' /proc/self/status
  cat /proc/self/limits /proc/self/oom_score_adj; nice; pwd; ulimit -a; ls /proc/$$/fd
  for n in 0 1 2; do grep flags /proc/$$/fdinfo/$n 2>&-; done; umask
} >"$SNAPSHOT" 2>&1
"""

# How the caller may have set things up: words of a shell, run before the command.
SETTINGS = {
    "as it is": "",
    "ignored keys": "trap '' INT QUIT",
    "ignored hang-up": "trap '' HUP",
    "every signal ignored": "trap '' HUP INT QUIT TERM USR1 USR2 ALRM CHLD TSTP TTIN TTOU WINCH CONT RTMIN",
    "umask": "umask 077",
    "limits": "ulimit -c 0; ulimit -n 64; ulimit -s 4096",
    "another directory": "cd /usr",
    "a deleted directory": "mkdir gone; cd gone; rmdir ../gone",
    "more descriptors": "exec 7</dev/null 12>>/dev/null",
    "closed input": "exec <&-",
    "closed output": "exec >&-",
    "closed errors": "exec 2>&-",
    "everything closed": "exec <&- >&- 2>&-",
    "nice": "renice -n 5 $$ >/dev/null",
}


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=SETTINGS.keys())
def test_what_a_process_inherits_is_the_same(prefix: Prefix, tmp_path: Path, setting: str) -> None:
    """Signals ignored and blocked, capabilities, umask, limits, directory and descriptors, with and without run."""
    taken = [_snapshot(each, tmp_path, setting) for each in (prefix.bare(), prefix)]

    assert taken[0] == taken[1]
    assert "SigIgn" in taken[0]


def _snapshot(prefix: Prefix, directory: Path, setting: str) -> str:
    place = directory / "snapshot"
    prefix = Prefix(prefix.words, {**prefix.environ, "SNAPSHOT": str(place)})
    caller = f'{setting}\nexec "$@"'
    ran = prefix.bare().ran("bash", "-c", caller, "bash", *prefix("sh", "-c", SNAPSHOT), cwd=directory)
    assert ran.returncode == 0, ran.stderr
    return place.read_text()


def test_blocked_signals_stay_blocked(prefix: Prefix) -> None:
    """A caller's mask is the command's, also where run itself has to see the signal."""
    blocked = {signal.SIGTERM, signal.SIGCHLD, signal.SIGUSR1}
    grep = ("grep", "SigBlk", "/proc/self/status")

    plain, behind = (
        each.ran(*grep, preexec_fn=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, blocked)).stdout
        for each in (prefix.bare(), prefix)
    )

    assert behind == plain
    assert int(plain.split()[1], 16) == sum(1 << (number - 1) for number in blocked)


def test_standard_descriptors_stay_blocking(prefix: Prefix) -> None:
    """O_NONBLOCK belongs to the open file, which is the caller's too."""
    read_end, write_end = os.pipe()

    prefix.ran("true", stdin=read_end, stdout=write_end, stderr=write_end, capture_output=False)

    assert not any(fcntl.fcntl(end, fcntl.F_GETFL) & os.O_NONBLOCK for end in (read_end, write_end))
    os.close(read_end)
    os.close(write_end)


@pytest.mark.parametrize(
    "locale",
    [{}, {"LANG": "C"}, {"LC_ALL": "C"}, {"LC_ALL": "C.UTF-8"}, {"LC_CTYPE": "C"}, {"LC_ALL": "C", "LC_CTYPE": "xx"}],
    ids=str,
)
def test_the_locale_is_the_callers(prefix: Prefix, locale: dict[str, str]) -> None:
    """Python's coercion of the C locale (PEP 538) is not passed on."""
    environ = {name: value for name, value in prefix.environ.items() if name[:3] not in ("LC_", "LAN")}
    prefix = Prefix(prefix.words, {**environ, **locale})

    seen = prefix.ran("sh", "-c", "env | grep -E '^(LC_|LANG)' | sort").stdout.decode().splitlines()

    assert seen == sorted(f"{name}={value}" for name, value in locale.items())


@pytest.mark.parametrize("locale", [{"LC_ALL": "C"}, {"LC_ALL": "C.UTF-8"}], ids=str)
def test_bytes_that_are_not_utf8_pass_as_they_are(prefix: Prefix, locale: dict[str, str]) -> None:
    """In arguments, in values and in names of variables."""
    argument, value = b"\xff\xfe a\n\x80", b"\xc3\x28\x01"
    environ = {os.fsencode(k): os.fsencode(v) for k, v in {**prefix.environ, **locale}.items()} | {b"ODD\xe9": value}
    words = [os.fsencode(word) for word in prefix(sys.executable, "-I", "-S", "-c", SHOW)]

    ran = subprocess.run([*words, argument], env=environ, capture_output=True, check=True, timeout=30)

    assert ran.stdout == argument + b"\0" + value


SHOW = "import os, sys; sys.stdout.buffer.write(os.fsencode(sys.argv[1]) + b'\\0' + os.environb[b'ODD\\xe9'])"


def test_a_closed_pipe_is_quiet(prefix: Prefix) -> None:
    """run -- yes | head -1: SIGPIPE is at its default."""
    script = f"{prefix.text} yes | head -n 1; echo ${{PIPESTATUS[@]}}"

    ran = prefix.bare().ran("bash", "-c", script)

    assert ran.stdout == b"y\n141 0\n"
    assert ran.stderr == b""


def test_a_pipe_ends_when_the_command_ends(prefix: Prefix) -> None:
    """What the command left in the background is not ours to wait for, and nothing of ours holds the pipe."""
    with prefix.bare().started("bash", "-c", f"{prefix.text} true | cat") as bash:
        assert bash.wait(30) == 0


MAKEFILE = """
all: ; $(RUN) sh -c 'kill -TERM $$$$'
three: ; $(RUN) sh -c 'exit 3'
missing: ; @$(RUN) cat /nonexistent/file 2>/dev/null
"""


@pytest.mark.parametrize("target", ["all", "three", "missing"])
def test_make_prints_what_it_prints_without(prefix: Prefix, tmp_path: Path, target: str) -> None:
    """`Terminated`, `Error 3` and the status are those of the bare command."""
    (tmp_path / "Makefile").write_text(MAKEFILE)

    plain, behind = (
        prefix.bare().ran("make", "-s", target, f"RUN={each.text}", cwd=tmp_path) for each in (prefix.bare(), prefix)
    )

    assert (behind.returncode, behind.stdout, behind.stderr) == (plain.returncode, plain.stdout, plain.stderr)
    assert b"Error 3" in plain.stderr or target != "three"


JOBS = """
all: a b
a: ; @touch a-here; for n in $$(seq 600); do test -e b-here && exit 0; sleep 0.05; done; exit 1
b: ; @touch b-here; for n in $$(seq 600); do test -e a-here && exit 0; sleep 0.05; done; exit 1
"""


def test_a_make_behind_run_shares_the_jobserver(prefix: Prefix, tmp_path: Path) -> None:
    """Two jobs of the inner make wait for each other, and make does not complain."""
    (tmp_path / "Makefile").write_text("all: ; +@$(RUN) $(MAKE) -s -f jobs.mk\n")
    (tmp_path / "jobs.mk").write_text(JOBS)

    ran = prefix.bare().ran("make", "-s", "-j2", f"RUN={prefix.text}", cwd=tmp_path)

    assert (ran.returncode, ran.stderr) == (0, b"")


@pytest.mark.parametrize("size", [131_000, 1_500_000])
def test_long_arguments_and_large_environments_pass(prefix: Prefix, size: int) -> None:
    """As far as the system lets the bare command have them."""
    chunks = [f"{'x' * 100_000}" for _ in range(size // 131_000)] + ["y" * 100]

    ran = prefix.ran("sh", "-c", 'echo "$#"', "sh", *chunks)

    assert ran.stdout.split() == [str(len(chunks)).encode()]


def _limited(soft: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (soft, soft))


def test_few_descriptors_suffice(prefix: Prefix) -> None:
    """A limit of 32 open files is no reason to fail."""
    assert prefix.ran("true", preexec_fn=_limited(32)).returncode == 0
