"""The bytes of a lease: whatever stands below a first line that is right is a lease or a ValueError."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.leases import form
from runner.model.lease import Lease

NAMES = st.sampled_from([*form.TEXTS, *form.INSTANTS, *form.LISTS]) | st.text(max_size=5)
LINES = st.tuples(NAMES, st.text(max_size=8) | st.integers().map(str)).map(" ".join)


@given(st.lists(LINES, max_size=20).map("\n".join), st.binary(max_size=20))
def test_any_lines_are_a_lease_or_a_value_error(lines: str, body: bytes) -> None:
    """Also with the hash that belongs to them: missing, doubled, unknown and wrong values."""
    content = lines.encode("utf-8", "surrogatepass") + b"\n\n" + body

    try:
        found = form.parse(form.sealed(form.MAGIC, content))
    except ValueError:
        return
    assert isinstance(found, Lease)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_value_error(content: bytes) -> None:
    """Without their hash they are no lease, with it they still have to be one."""
    for whole in (content, form.sealed(form.MAGIC, content)):
        with pytest.raises(ValueError):
            form.parse(whole)
