"""How a failure is written: nothing in it steers a terminal, and its JSON is stable."""

from __future__ import annotations

import json

from tests.harness.aws import FOREVER, AccessKey, FakeAws
from tests.harness.fails import Fails
from tests.harness.run import RunIn
from tests.harness.world import World

BASE = "arn:aws:iam::222222222222:role/Base"


def test_nothing_of_a_message_steers_the_terminal(fails: Fails, aws: FakeAws, dev: AccessKey) -> None:
    """C1 controls, bidirectional marks and line ends in what AWS says are escaped."""
    aws.fail("GetCallerIdentity", "AccessDenied", 403, times=FOREVER, message="a\u009b31m\u202eb\nc\u2028d\u0085e")

    output = fails("-i", "dev", slug="access-denied", status=77, contains=[r"a\x9b31m\u202eb c\u2028d\x85e"])

    assert output.error_text.isascii()


def test_nothing_of_a_name_steers_the_terminal(fails: Fails, dev: AccessKey) -> None:
    """An identity that was pasted with more than its name in it is shown, not obeyed."""
    output = fails(
        "-i", "d\x1b[31mev\u202e\n\udcff", slug="unknown-identity", status=78, contains=[r"d\x1b[31mev\u202e \xff"]
    )
    command = fails(
        "-i", "dev", slug="command-not-found", status=127, contains=[r"no\x1b]0;such"], command=["--", "no\x1b]0;such"]
    )

    assert (output.error_text + command.error_text).isascii()


def test_a_page_of_html_is_no_message(fails: Fails, aws: FakeAws, dev: AccessKey) -> None:
    """What is too long is cut."""
    aws.fail("GetCallerIdentity", "AccessDenied", 403, times=FOREVER, message="<html>" + "x" * 10000)

    output = fails("-i", "dev", slug="access-denied", status=77, contains=["<html>xxx", "xxx..."])

    assert len(output.error_text) < 4000


def test_the_json_is_one_line_of_builtin_values(run: RunIn, world: World, dev: AccessKey) -> None:
    """Its keys are stable; what is not known is null."""
    world.aws.role(BASE, "nobody")
    role = f'via = "dev"\nrole_arn = "{BASE}"\nexternal_id = "ticket-7"\n'
    world.runner_toml(f'[identities.role]\nkind = "aws/assume-role"\n{role}')

    error = json.loads(run("--error-format=json", "-i", "role", "true").error_text)["error"]
    unresolved = json.loads(run("--error-format=json", "true").error_text)["error"]

    assert error.pop("cause").startswith("sts AssumeRole: AccessDenied, User: arn:aws:iam::111111111111:user/dev")
    assert error == {
        "slug": "role-not-assumable",
        "message": f'cannot act as "role": keys of profile dev may not assume {BASE}',
        "identity": "role",
        "chain": ["keys of profile dev", "role Base in 222222222222"],
        "failed_at": 1,
        "try": (
            f"aws iam get-role --role-name $(basename {BASE})        # does it trust keys of profile dev "
            "with the external ID? may that assume it?"
        ),
        "exit_status": 77,
        "retryable": False,
    }
    assert [unresolved[name] for name in ("slug", "identity", "chain", "failed_at")] == ["no-identity", None, [], None]
