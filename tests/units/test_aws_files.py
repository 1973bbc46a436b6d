"""The AWS files: whatever stands in them gives profiles or invalid-config, and nothing of them is quoted."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from runner.acquire import awsfiles, profiles
from runner.model.failure import Failure

LINES = st.sampled_from(
    [
        "[profile x]",
        "[x]",
        "[default]",
        "[profile y]",
        '[profile "x"]',
        "[profile 'x]",
        "[sso-session x]",
        "[services x]",
        "role_arn = arn:aws:iam::111111111111:role/R",
        "source_profile = x",
        "source_profile = y",
        "credential_source = Environment",
        "aws_access_key_id = AKIA",
        "aws_secret_access_key = CANARYSECRET",
        "credential_process = CANARYSECRET",
        "region",
        "s3 =",
        "  addressing_style = path",
        "  nothing",
        "= CANARYSECRET",
        "CANARYSECRET",
        "duration_seconds = x",
        "region = a%(b)s",
        "",
        "# x",
    ]
)


@given(st.lists(LINES, max_size=10).map("\n".join).map(str.encode) | st.binary(max_size=60))
def test_any_content(content: bytes) -> None:
    """In both files: profiles and their links, or a failure that says where and not what."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "file")
        path.write_bytes(content)

        for failure in failures_of(path):
            assert failure.slug in ("invalid-config", "identity-loop")
            assert str(path) in failure.sentence + failure.cause
            assert "CANARYSECRET" not in failure.sentence + failure.cause + failure.remedy


def failures_of(path: Path) -> list[Failure]:
    """Return what is wrong with a file, and with each profile in it; any other exception is a defect."""
    try:
        files = awsfiles.read(str(path), str(path))
    except Failure as failure:
        return [failure]
    found = []
    for name in files.names():
        awsfiles.settings(name, files)
        try:
            profiles.links(name, files)
        except Failure as failure:
            found.append(failure)
    return found


def test_absent_files_are_empty() -> None:
    """As for the SDKs."""
    files = awsfiles.read("/nowhere/config", "/nowhere/credentials")

    assert files.names() == []
    assert files.profile("default") is None
