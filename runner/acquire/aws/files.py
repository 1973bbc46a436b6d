"""The AWS config and credentials files, read by botocore's own parser."""

from __future__ import annotations

import os
from typing import TypeAlias

import botocore.configloader
import botocore.exceptions

from runner.model.failure import Failure

Section: TypeAlias = dict[str, str | dict[str, str]]


def parse_config(path: str) -> dict[str, dict[str, Section]]:
    """Return the sections of an AWS config file by kind, "profile", "services" and "sso-session", and then by name.

    All are empty when there is no file. Raises invalid-config.
    """
    parsed = _parse(path)
    sections: dict[str, dict[str, Section]] = {"services": {}, "sso-session": {}}
    for title, section in parsed.items():
        kind, _, name = title.partition(" ")
        if kind in sections and name.strip():
            sections[kind][name.strip().strip("\"'")] = section
    return {**sections, "profile": botocore.configloader.build_profile_map(parsed)["profiles"]}


def parse_credentials(path: str) -> dict[str, Section]:
    """Return the profiles of an AWS credentials file; empty when there is none. Raises invalid-config."""
    return dict(_parse(path))


def _parse(path: str) -> dict[str, Section]:
    if os.path.exists(path) and not os.access(path, os.R_OK):  # the parser would pass it over
        raise Failure("invalid-config", where=path, problem="cannot be read", remedy=f"ls -l {path}")
    try:
        parsed: dict[str, Section] = botocore.configloader.raw_config_parse(path)
    except botocore.exceptions.ConfigNotFound:
        return {}
    except botocore.exceptions.ConfigParseError as error:
        raise Failure(
            "invalid-config",
            where=path,
            problem="cannot be read as an AWS file",
            cause=_without_content(error.kwargs["error"]),
            remedy=f"$EDITOR {path}",
        ) from None
    if any(
        "\0" in title or _has_nul(section) for title, section in parsed.items()
    ):  # what the system is asked for with such a name fails in words of its own
        raise Failure("invalid-config", where=path, problem="has a NUL character", remedy=f"$EDITOR {path}")
    return parsed


def _has_nul(part: Section | dict[str, str] | str) -> bool:
    if isinstance(part, str):
        return "\0" in part
    return any("\0" in key or _has_nul(value) for key, value in part.items())


def _without_content(error: object) -> str:
    """Return what a parser says less the line itself, which may hold a secret."""
    if isinstance(error, UnicodeDecodeError):
        return f"not UTF-8, at byte {error.start}"
    line = getattr(error, "lineno", None) or next((number for number, _ in getattr(error, "errors", ())), None)
    return f"{type(error).__name__} in line {line}" if line else type(error).__name__
