"""A run that is refused: said in four lines and in one of JSON, with nothing started, nothing left, nothing changed.

    fails("-i", "dev", "--account", OTHER, slug="wrong-account", status=77, contains=[OTHER], remedy="use an identity")

The fixture `fails` is Fails bound to the test's world.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from tests.harness.output import Output
from tests.harness.run import Changes, RunIn, Word

LABELS = ("  chain: ", "  cause: ", "  try:   ")


class Fails:
    """Runs a command twice, at the same time: as it is, and with --error-format json --debug."""

    def __init__(self, run: RunIn) -> None:
        self.run = run
        self.marker = run.world.cwd / "started"

    def __call__(
        self,
        *options: Word,
        slug: str,
        status: int,
        contains: Sequence[str] = (),
        remedy: str = "",
        identity: str | None = None,
        command: Sequence[Word] | None = None,
        env: Changes | None = None,
        cwd: Path | None = None,
    ) -> Output:
        """Expect the failure in both forms, equal in content; return the output of four lines.

        `command` is what stands after the options; it is `-- touch MARKER` if not given. `contains` may be anywhere
        in the failure, `remedy` is in its last line.
        """
        __tracebackhide__ = True
        words = [*options, *(["--", "touch", self.marker] if command is None else command)]
        before = self.run.world.snapshot()

        started = self.run.start(*words, env=env, cwd=cwd)
        apart = {"RUN_CACHE": "none", **(env or {})}  # else one waits for the other, to fail once
        debugging = self.run.start("--error-format", "json", "--debug", *words, env=apart, cwd=cwd)
        as_text, as_json = started.finish(), debugging.finish()

        as_text.expect_failure(slug, status, contains=contains, identity=identity)
        as_json.expect_failure(slug, status, form="json", preceded=True)
        lines = as_text.error_text.splitlines()
        assert lines == four_lines(as_json), f"{lines}\n{four_lines(as_json)}"
        assert remedy in lines[3], lines[3]
        for line in as_json.error_text.splitlines()[:-1]:
            assert line.startswith("run: debug: "), line
        assert not self.marker.exists(), "the command was started"
        assert self.run.world.private_leftovers() == []
        assert self.run.world.snapshot() == before
        return as_text


def four_lines(output: Output) -> list[str]:
    """Return the four lines that say what the JSON of a failure says."""
    error = json.loads(output.error_text.splitlines()[-1])["error"]
    hops = [
        f"{hop} (failed here)" if number == error["failed_at"] else hop for number, hop in enumerate(error["chain"])
    ]
    said = (" > ".join(hops) or "(not resolved)", error["cause"] or "-", error["try"])
    below = [label + text for label, text in zip(LABELS, said, strict=True)]
    return [f"run: {error['message']}  [{error['slug']}]", *below]
