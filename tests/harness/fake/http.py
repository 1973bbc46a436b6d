"""Requests as the services see them, replies and errors as they give them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape


class AwsError(Exception):
    """An error of the service: code, HTTP status and message, as the real one gives them."""

    def __init__(self, code: str, status: int, message: str = "", headers: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{code} ({status}): {message}")
        self.code = code
        self.status = status
        self.message = message
        self.headers = headers or {}


class DroppedError(Exception):
    """The connection ends without a reply; with `reset`, by RST."""

    def __init__(self, *, reset: bool) -> None:
        super().__init__("connection dropped")
        self.reset = reset


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back."""

    status: int
    body: bytes
    content_type: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """What came in; header names in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @cached_property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self.target.partition("?")[2], keep_blank_values=True))

    @cached_property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    @cached_property
    def json(self) -> dict[str, str]:
        content: dict[str, str] = json.loads(self.body or b"{}")
        return content


class Service(Protocol):
    """One service of the fake."""

    def operation(self, request: Request) -> str | None:
        """Return the operation asked for, or None when the request is not for this service."""

    def parameters(self, request: Request) -> dict[str, str]:
        """Return what the call log keeps."""

    def answer(self, operation: str, request: Request) -> Reply:
        """Do it, or raise AwsError."""

    def error(self, error: AwsError) -> Reply:
        """Write an error in the service's protocol."""


def json_reply(content: object, status: int = 200, **headers: str) -> Reply:
    """Answer in JSON; header names with `_` for `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, json.dumps(content).encode(), "application/json", named)


def xml_reply(text: str, status: int = 200) -> Reply:
    """Answer in XML."""
    return Reply(status, b'<?xml version="1.0" encoding="UTF-8"?>\n' + text.encode(), "text/xml")


Xml = Mapping[str, "str | Xml"]


def xml(content: Xml) -> str:
    """Write nested mappings as elements."""
    return "".join(
        f"<{name}>{escape(value) if isinstance(value, str) else xml(value)}</{name}>" for name, value in content.items()
    )


def request_id() -> str:
    return str(uuid.uuid4())
