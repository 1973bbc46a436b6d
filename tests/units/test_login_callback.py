"""The loopback server of a login: which answers it takes, and how long it waits."""

from __future__ import annotations

import os
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from runner.acquire.login.browser import NotStartedError
from runner.acquire.login.callback import Answer, Callback

WITHIN_S = 30


@contextmanager
def asked(callback: Callback, *queries: str) -> Iterator[list[int]]:
    """Ask for these pages one after the other, as a browser does; gives the statuses, complete at the end."""
    statuses: list[int] = []

    def browse() -> None:
        for query in queries:
            try:
                with urllib.request.urlopen(callback.uri + query, timeout=WITHIN_S) as answer:
                    statuses.append(answer.status)
            except urllib.error.HTTPError as error:
                statuses.append(error.code)
                error.close()

    thread = threading.Thread(target=browse)
    thread.start()
    yield statuses
    thread.join()


@pytest.mark.parametrize(
    ("queries", "statuses", "answer"),
    [
        (["?code=C&state=S"], [200], Answer("C")),
        (["?code=X&state=T", "?code=X", "?code=&state=S", "", "?code=C&state=S"], [400] * 4 + [200], Answer("C")),
        (["?error=no&error_description=why&state=S"], [200], Answer(error="no why")),
        (["?error=no"], [200], Answer(error="no")),
        (["?error=no&state=T", "?code=C&state=S"], [400, 200], Answer("C")),
        (["/favicon.ico", "x?code=X&state=S", "?code=C&state=S"], [404, 404, 200], Answer("C")),
    ],
)
def test_only_the_answer_to_our_question_counts(queries: list[str], statuses: list[int], answer: Answer) -> None:
    """Whatever else comes is refused, and waited on."""
    with Callback("S") as callback, asked(callback, *queries) as seen:
        found = callback.wait(WITHIN_S, -1)

    assert found == answer
    assert seen == statuses


def test_nobody_is_waited_for_longer_than_said() -> None:
    """None, and the port is free again."""
    with Callback("S") as callback:
        found = callback.wait(0.01, -1)

    assert found is None
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(callback.uri)


@pytest.mark.parametrize("said", [b"-", b"+", b""])
def test_a_browser_that_does_not_start_ends_the_wait(said: bytes) -> None:
    """One that says it did, or nothing, does not."""
    read_end, write_end = os.pipe()
    os.write(write_end, said)
    os.close(write_end)

    with Callback("S") as callback:
        if said == b"-":
            with pytest.raises(NotStartedError):
                callback.wait(WITHIN_S, read_end)
        else:
            assert callback.wait(0.2, read_end) is None

    os.close(read_end)


def test_a_code_is_not_shown() -> None:
    """It is good for a token until it is used."""
    assert "secret" not in repr(Answer("secret"))
