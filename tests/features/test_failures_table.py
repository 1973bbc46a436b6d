"""Every cause that can be made, with all that is printed for it: failures_table.txt, to be read aloud.

WRITE_GOLDEN=1 pytest tests/features/test_failures_table.py writes it again; then read what has changed.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from runner.model.failures import FAILURES
from tests.harness import causes, causes_aws, causes_login, causes_network, golden
from tests.harness.run import RunIn
from tests.harness.world import World

TABLE = Path(__file__).with_name("failures_table.txt")
CAUSES = {**causes.CAUSES, **causes_aws.CAUSES, **causes_network.CAUSES, **causes_login.CAUSES}
# Slugs that no block shows, and why.
WITHOUT = {
    "lock-timeout": "it takes the minute that a lock is waited for",
    "renewal-failed": "it comes while the command runs, in one line: test_renewal_trouble.py",
}


@pytest.mark.parametrize("name", CAUSES)
def test_a_cause_is_said_in_these_words(run: RunIn, world: World, name: str) -> None:
    """Status and four lines are those of the table, and the command was not started."""
    if name in ("no safe place", "no space") and run("-m", "true", program=Path("/usr/bin/unshare")).status:
        pytest.skip("a mount table of one's own needs root")
    if name == "no aws login":
        pytest.importorskip("awscrt")
    program, *words = CAUSES[name](world)

    output = run(*words, program=program)

    said = golden.normalised(output.error_text, world)
    assert len(said.splitlines()) == 4, said
    golden.check(TABLE, name, f"status {output.status}\n{said}")
    assert not (world.cwd / "started").exists()


def test_the_table_shows_every_slug() -> None:
    """A failure whose words cannot be read there has a reason for it; each block has its cause."""
    blocks = golden.blocks(TABLE)
    shown = {slug for slug in FAILURES if any(f"  [{slug}]\n" in block for block in blocks.values())}

    assert set(FAILURES) - shown == set(WITHOUT) & set(FAILURES)
    assert set(blocks) == set(CAUSES)


def test_every_remedy_can_be_pasted() -> None:
    """The first word of each last line is a program, of ours or of the system, and not a sentence's."""
    ours = {"run", "runner", "aws", "sudo", "helper", "/nowhere/helper"}
    for name, block in golden.blocks(TABLE).items():
        first = block.splitlines()[-1].removeprefix("  try:   ").split(" ")[0]
        builtin = first in ("$EDITOR", "export", "command") or first.startswith("RUN_")
        assert builtin or first in ours or shutil.which(first), f"{name}: {first}"
