"""A child that says what it received. tests/harness/programs.py makes it the executable PROBE.

    exit N | kill SIG | sleep S | touch FILE | cat FILE | argv ... | env | where

Started by the tests' Python with -S -I: standard library only.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable


def main(words: list[str]) -> int:
    command, arguments = words[0], words[1:]
    if command == "exit":
        return int(arguments[0])
    if command == "kill":
        die_of(signal.Signals[f"SIG{arguments[0].removeprefix('SIG')}"])
    elif command == "sleep":
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        time.sleep(float(arguments[0]))
    elif command == "touch":
        os.close(os.open(arguments[0], os.O_WRONLY | os.O_CREAT, 0o600))
    elif command == "cat":
        with open(arguments[0], "rb") as file:
            sys.stdout.buffer.write(file.read())
    else:
        print(json.dumps(ANSWERS[command](arguments)))
    return 0


def die_of(number: signal.Signals) -> None:
    if number not in (signal.SIGKILL, signal.SIGSTOP):
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


def where(_: list[str]) -> dict[str, object]:
    return {
        "cwd": os.getcwd(),
        "umask": os.umask(0),
        "descriptors": [number for number in sorted(map(int, os.listdir("/dev/fd"))) if is_open(number)],
        "pid": os.getpid(),
        "ppid": os.getppid(),
        "pgid": os.getpgid(0),
        "sid": os.getsid(0),
    }


def is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:  # the one that listed them
        return False
    return True


ANSWERS: dict[str, Callable[[list[str]], object]] = {"argv": list, "env": lambda _: dict(os.environ), "where": where}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
