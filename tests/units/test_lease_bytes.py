"""The bytes of a lease: what was written comes back, and whatever else stands in the file is no lease."""

from __future__ import annotations

import os
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runner.leases import form, store
from runner.model.lease import Lease
from runner.model.principal import Principal

KEY = "ab" * 20
BODY = b'{"Version": 1, "AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": "s/+", "SessionToken": "t=="}\n'
NAMES = tuple(name for name in Lease.__slots__ if name != "principal")

# What may come from files, arguments and variables: any text, and bytes that are not UTF-8, one by one.
texts = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("\n%\udcff\udc80"), max_size=30)
instants = st.integers(0, 1 << 40)


def lease(identity: str = "prod", key: str = KEY) -> Lease:
    """Make a lease such as a run writes."""
    made = Lease()
    made.identity, made.key = identity, key
    made.principal = Principal("111111111111", "arn:aws:sts::111111111111:assumed-role/Base/me", "AROA:me")
    made.region, made.plan, made.watch = "eu-west-1", '{"links": []}', ""
    made.hops = ("keys of profile base", "role Base in 111111111111")
    made.stamps = ("file - /no/where/runner.toml", "variable = NOT_SET_ANYWHERE")
    made.settings, made.sections = ("output = json",), ()
    made.acquired_at, made.validated_at, made.expires_at = 1_700_000_000, 1_700_000_000, 1_700_003_600
    made.body = BODY
    return made


def content(found: Lease) -> tuple[object, ...]:
    """Return all that a lease says."""
    whose = (found.principal.account, found.principal.arn, found.principal.user_id)
    return (*whose, *(getattr(found, name) for name in NAMES))


@st.composite
def leases(draw: st.DrawFn) -> Lease:
    made = lease()
    for name in ("identity", "key", "region", "plan", "watch"):
        setattr(made, name, draw(texts))
    for name in ("stamps", "hops", "settings", "sections"):
        setattr(made, name, tuple(draw(st.lists(texts, max_size=3))))
    for name in ("acquired_at", "validated_at", "expires_at"):
        setattr(made, name, draw(instants))
    made.principal = Principal(draw(texts), draw(texts), draw(texts))
    made.body = b"{" + draw(st.binary(max_size=60))
    return made


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Bytes that began as a lease: cut, flipped, doubled, put together from two, written over."""
    whole, other = form.dump(lease()), form.dump(lease("other", "cd" * 20))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(whole) - 1)) if whole else 0
        end = draw(st.integers(start, len(whole)))
        between = st.binary(max_size=20) | st.just(whole[start:end] * 2) | st.just(other[start:end])
        whole = whole[:start] + draw(between) + whole[end:]
    return whole


def put(path: Path, written: bytes) -> str:
    path.write_bytes(written)
    path.chmod(0o600)
    return str(path)


@given(leases())
def test_what_was_written_comes_back(made: Lease) -> None:
    """Any text in the header and any body survive, line ends and bytes outside UTF-8 included."""
    assert content(form.parse(form.dump(made))) == content(made)


@given(written=damaged() | st.binary(max_size=400))
@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_has_been_damaged_is_no_lease(tmp_path: Path, written: bytes) -> None:
    """The lease of these very bytes is read, or none is: nothing is raised, no part of one is mixed with another."""
    path = put(tmp_path / KEY, written)

    found = store.read(path)
    current = store.current(path, {})

    if found is not None:
        assert form.dump(found) == written
        assert content(found) in (content(lease()), content(lease("other", "cd" * 20)))
    if current is not None:
        assert content(current) == content(lease())


@given(at=st.integers(0, len(form.dump(lease())) - 1), flip=st.integers(1, 255))
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_one_other_byte_is_no_lease(tmp_path: Path, at: int, flip: int) -> None:
    """Each single byte counts: of the header, of the keys, of their end."""
    written = bytearray(form.dump(lease()))
    written[at] ^= flip

    assert store.read(put(tmp_path / KEY, bytes(written))) is None


@given(length=st.integers(0, len(form.dump(lease())) - 1))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_part_of_one_is_no_lease(tmp_path: Path, length: int) -> None:
    """A file that was cut anywhere, as a full disk or a crash would leave it."""
    assert store.read(put(tmp_path / KEY, form.dump(lease())[:length])) is None


def test_a_whole_lease_is_read(tmp_path: Path) -> None:
    """What the tests above damage is a lease."""
    path = put(tmp_path / KEY, form.dump(lease()))

    found = store.current(path, {})

    assert found is not None
    assert content(found) == content(lease())


def test_a_lease_at_another_key_is_not_current(tmp_path: Path) -> None:
    """A file that was copied or renamed to what another question is found by does not answer it."""
    path = put(tmp_path / ("cd" * 20), form.dump(lease()))

    assert store.read(path) is not None
    assert store.current(path, {}) is None


def test_a_stamp_that_does_not_hold_makes_it_doubtful(tmp_path: Path) -> None:
    """An absent file that has appeared, a variable that has been set."""
    appeared = tmp_path / "runner.toml"
    made = lease()
    made.stamps = (f"file - {appeared}", "variable = AWS_ACCESS_KEY_ID")
    path = put(tmp_path / KEY, form.dump(made))

    assert store.current(path, {}) is not None
    assert store.current(path, {"AWS_ACCESS_KEY_ID": "AKIA"}) is None
    appeared.touch()
    assert store.current(path, {}) is None


def test_what_is_no_file_of_ours_is_not_waited_for(tmp_path: Path) -> None:
    """A FIFO without a writer, a directory, a link, a file that others may read: None, at once."""
    whole = put(tmp_path / "whole", form.dump(lease()))
    os.mkfifo(tmp_path / "fifo", 0o600)
    (tmp_path / "folder").mkdir(0o700)
    (tmp_path / "link").symlink_to(whole)
    (tmp_path / "open").write_bytes(Path(whole).read_bytes())
    (tmp_path / "open").chmod(0o604)

    assert [store.read(str(tmp_path / name)) for name in ("fifo", "folder", "link", "open", "absent")] == [None] * 5
