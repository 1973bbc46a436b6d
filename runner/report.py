"""The only writer of stderr, and the one sanitiser: failures and notices become lines, or one JSON line."""

from __future__ import annotations

import os

from runner.model.outcome import retryable, status_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal, TypeAlias

    from runner.model.failure import Failure

    Form: TypeAlias = Literal["text", "json"]

_quiet = False
LONGEST = 2000  # characters of one outside text; a service's page of HTML is not a message
ABOUT_THE_LINE = (
    "usage",
    "conflicting-options",
    "no-identity",
    "command-not-found",
    "command-not-executable",
    "internal",
)


def failure(raised: Failure, form: Form) -> None:
    """Write the four lines of a failure, or one JSON line, in one system call."""
    write(as_json(raised) if form == "json" else as_text(raised))


def notice(text: str) -> None:
    """Write one line about a run that goes on, unless --quiet."""
    if not _quiet:
        write(f"run: {clean(text)}\n")


def be_quiet() -> None:
    """Write failures only, from now on, in processes forked from this one too."""
    global _quiet  # noqa: PLW0603 - one process has one stderr
    _quiet = True


def trace(raised: BaseException) -> None:
    """Write where an error came from: files, lines and classes. Never a text or a value: they may hold secrets."""
    error: BaseException | None = raised
    while error is not None:
        frame = error.__traceback__
        while frame is not None:
            code = frame.tb_frame.f_code
            write(f"run: debug: {clean(code.co_filename)}:{frame.tb_lineno} {code.co_qualname}\n")
            frame = frame.tb_next
        write(f"run: debug: raised {type(error).__name__}\n")
        error = error.__cause__ or error.__context__


def place(error: BaseException) -> str:
    """Return the class of an error and the line it came from; its text may hold what must not be shown."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    where = "" if frame is None else f" at {os.path.basename(frame.tb_frame.f_code.co_filename)}:{frame.tb_lineno}"
    return f"{type(error).__name__}{where}"


def write(text: str) -> None:
    """Write to stderr what the caller has made of cleaned parts; a closed or full stderr is nobody's failure."""
    try:  # noqa: SIM105 - contextlib would be one more module of a start
        os.write(2, text.encode("utf-8", "backslashreplace"))
    except OSError:
        pass


def as_text(raised: Failure) -> str:
    """Return the four lines: what happened and its slug, the chain, the cause, what to type next."""
    chain = "(not resolved)" if raised.chain is None else raised.chain.text(raised.failed_at)
    return (
        f"run: {clean(message(raised))}  [{raised.slug}]\n"
        f"  chain: {clean(chain)}\n"
        f"  cause: {clean(raised.cause) or '-'}\n"
        f"  try:   {clean(raised.remedy)}\n"
    )


def as_json(raised: Failure) -> str:
    """Return the same as one JSON object in one line."""
    import json  # noqa: PLC0415 - only a failure pays for it: json pulls re, 0.4 of a start

    return json.dumps({"error": as_plain(raised)}) + "\n"


def as_plain(raised: Failure) -> dict[str, object]:
    """Return a failure as what JSON is made of."""
    chain = [] if raised.chain is None else [clean(hop) for hop in raised.chain.hops]
    return {
        "slug": raised.slug,
        "message": clean(message(raised)),
        "identity": clean(raised.identity) or None,
        "chain": chain,
        "failed_at": raised.failed_at if raised.failed_at >= 0 else None,
        "cause": clean(raised.cause) or None,
        "try": clean(raised.remedy),
        "exit_status": status_of(raised),
        "retryable": retryable(raised),
    }


def message(raised: Failure) -> str:
    """Return the sentence with the identity it is about."""
    if not raised.identity or raised.slug in ABOUT_THE_LINE:
        return raised.sentence
    return f'cannot act as "{raised.identity}": {raised.sentence}'


def clean(text: str) -> str:
    """Return text a terminal cannot be steered with: what is not printable is written as \\xNN or \\uNNNN, and capped.

    Not printable are C0, C1, DEL, line and paragraph separators, bidirectional and other format characters, and the
    surrogates that stand for bytes that are not UTF-8.
    """
    if len(text) > LONGEST:
        text = text[:LONGEST] + "..."
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else _escaped(ord(character)) for character in text)


def _escaped(code: int) -> str:
    if code == 0x0A:
        return " "
    if 0xDC80 <= code <= 0xDCFF:  # a byte that was not UTF-8, as os.fsdecode writes it
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
