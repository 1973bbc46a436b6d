"""A command that writes down each signal it gets: signal_probe.py LOG [own-group | kill-group SIGNAL | exit-on SIGNAL]

Its first line is "ready PID PARENT"; then one name a line. Stops are left to the system. It ends by itself after two
minutes. Started by the tests' Python with -S -I.
"""

import os
import signal
import sys
import time

LEFT = ("SIGKILL", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGCHLD", "SIGPIPE", "SIGSEGV", "SIGBUS", "SIGFPE")


def main(log: str, words: list[str]) -> None:
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write_down(number: int, _: object) -> None:
        os.write(descriptor, f"{signal.Signals(number).name}\n".encode())
        if words[:1] == ["exit-on"] and signal.Signals(number).name == words[1]:
            os._exit(0)

    for number in signal.valid_signals():
        if isinstance(number, signal.Signals) and number.name not in LEFT:
            signal.signal(number, write_down)
    if words == ["own-group"]:
        os.setpgid(0, 0)
    os.write(descriptor, f"ready {os.getpid()} {os.getppid()}\n".encode())
    if words[:1] == ["kill-group"]:
        os.kill(0, signal.Signals[words[1]])
    end = time.monotonic() + 120
    while time.monotonic() < end:
        time.sleep(1)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
