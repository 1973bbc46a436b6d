"""The completion files, made from the code. `python -m tests.completions` writes them; a test compares them."""

from __future__ import annotations

from pathlib import Path

from tests.completions import bash, fish, zsh
from tests.completions.commands import of_run, of_runner

FOLDER = Path(__file__).parents[2] / "completions"


def written() -> dict[str, str]:
    """Return what each file of the folder is to hold, by its name."""
    run, (runner, commands) = of_run(), of_runner()
    return {
        "run.bash": bash.of_run(run),
        "_run": zsh.of_run(run),
        "run.fish": fish.of_run(run),
        "runner.bash": bash.of_runner(runner, commands),
        "_runner": zsh.of_runner(runner, commands),
        "runner.fish": fish.of_runner(runner, commands),
    }
