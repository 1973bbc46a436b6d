"""On Windows both commands end with one line."""

from __future__ import annotations

import subprocess
import sys


def test_it_names_wsl() -> None:
    """Before anything is imported that Windows has not."""
    pretend = "import os, sys; os.name = 'nt'; import runner.__main__"

    ended = subprocess.run([sys.executable, "-c", pretend], capture_output=True, text=True, check=False)

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.count("\n") == 1
    assert "WSL" in ended.stderr
