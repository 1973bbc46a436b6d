"""Becoming the command: the search on PATH, exec, and why it could not be."""

from __future__ import annotations

import errno
import os

from runner.model.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

SHELL = "/bin/sh"
NOT_HERE = (errno.ENOENT, errno.ENOTDIR)

# What execvp(3) takes as a reason to look into the next directory.
LOOK_ON = (errno.EACCES, errno.ENOENT, errno.ENOTDIR, errno.ESTALE, errno.ENODEV, errno.ETIMEDOUT)


def execute(argv: list[str], environ: dict[str, str], paths: list[str]) -> NoReturn:
    """Become the command as execvp(3) does it; raise OSError with the path that failed.

    `paths` are those of `candidates`. A file that is no program of any known form is given to /bin/sh. A file that is
    there and is not found when it is executed (its interpreter is missing) is reported rather than a later "not found".
    """
    telling: OSError | None = None
    for path in paths:
        try:
            _execute_file(path, argv, environ)
        except OSError as error:
            if error.errno not in LOOK_ON:
                raise
            if error.errno not in NOT_HERE or os.path.exists(path):
                telling = telling or error
    raise telling or FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), argv[0])


def candidates(command: str, search: str | None) -> list[str]:
    """Return the paths that a command may be at, by a PATH; None: the system's own. What is not there is left out."""
    if not command:
        return []
    if "/" in command:
        return [command]
    if search is None:
        search = os.defpath
    paths = [f"{directory}/{command}" if directory else command for directory in search.split(":")]
    return [path for path in paths if not _is_absent(path)]


def _is_absent(path: str) -> bool:
    """Tell whether executing it would say so: to ask costs less than to hand over an environment in vain."""
    try:
        os.stat(path)
    except OSError as error:
        return error.errno in NOT_HERE
    except ValueError:  # a NUL: executing it says so
        return False
    return False


def _execute_file(path: str, argv: list[str], environ: dict[str, str]) -> NoReturn:
    try:
        os.execve(path, argv, environ)
    except ValueError:  # a NUL, or "=" in the name of a variable
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), path) from None
    except OSError as error:
        if error.errno != errno.ENOEXEC:
            raise OSError(error.errno, error.strerror, path) from None
    os.execve(SHELL, [SHELL, path, *argv[1:]], environ)


def failure_of(number: int, path: str, command: str) -> Failure:
    """Say why `command`, found at `path`, could not be executed: not found, or not executable with the reason."""
    if number in NOT_HERE:
        interpreter = _interpreter(path)
        if not interpreter:
            return Failure("command-not-found", command=command)
        return _not_executable(command, f"its interpreter {interpreter} does not exist")
    if os.path.isdir(path):
        return _not_executable(command, os.strerror(errno.EISDIR))
    if number == errno.EACCES and os.access(path, os.X_OK) and (interpreter := _interpreter(path)):
        return _not_executable(command, f"its interpreter {interpreter} is not executable")
    return _not_executable(command, os.strerror(number))


def _not_executable(command: str, problem: str) -> Failure:
    return Failure("command-not-executable", command=command, problem=problem)


def _interpreter(path: str) -> str:
    """Return what the first line of a script names, a word for a program's loader, "" where there is no file."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return "or loader" if os.path.exists(path) else ""
    try:
        first_line = os.read(descriptor, 256).split(b"\n")[0]
    except OSError:
        return ""
    finally:
        os.close(descriptor)
    if not first_line.startswith(b"#!"):
        return "or loader"
    return os.fsdecode(first_line[2:].split()[0]) if first_line[2:].split() else SHELL
