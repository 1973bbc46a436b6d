"""The bytes of a lease: header lines, an empty line, the JSON of a credential_process verbatim; read by split."""

from __future__ import annotations

from runner.model.lease import Lease
from runner.model.principal import Principal

MAGIC = "runner lease 1"
TEXTS = ("identity", "region", "account", "arn", "user_id")
INSTANTS = ("acquired_at", "validated_at", "expires_at")
LISTS = ("hops", "settings", "sections")


def dump(lease: Lease) -> bytes:
    """Return the lease as bytes; what is not printable ASCII in a header value is written as an escape."""
    principal = lease.principal
    texts = (lease.identity, lease.region, principal.account, principal.arn, principal.user_id)
    instants = (str(lease.acquired_at), str(lease.validated_at), str(lease.expires_at))
    lines = [MAGIC, *map(_line, TEXTS, texts), *map(_line, INSTANTS, instants)]
    for name, values in zip(LISTS, (lease.hops, lease.settings, lease.sections), strict=True):
        lines += [_line(name, value) for value in values]
    return "\n".join((*lines, "", "")).encode() + lease.body


def _line(name: str, value: str) -> str:
    return f"{name} {value.encode('unicode_escape').decode()}"


def parse(content: bytes) -> Lease:
    """Read what `dump` wrote; raises ValueError when it is anything else."""
    header, separator, body = content.partition(b"\n\n")
    lines = header.decode("ascii").split("\n")
    if lines[0] != MAGIC or not separator or not body.startswith(b"{"):
        raise ValueError("not a lease")
    values: dict[str, list[str]] = {}
    for line in lines[1:]:
        name, _, value = line.partition(" ")
        values.setdefault(name, []).append(value.encode().decode("unicode_escape"))
    try:
        return _lease(values, body)
    except (KeyError, TypeError) as error:
        raise ValueError("an incomplete lease") from error


def _lease(values: dict[str, list[str]], body: bytes) -> Lease:
    lease = Lease()
    [lease.identity] = values["identity"]
    [lease.region] = values["region"]
    [account], [arn], [user_id] = values["account"], values["arn"], values["user_id"]
    lease.principal = Principal(account, arn, user_id)
    [acquired_at], [validated_at], [expires_at] = (values[name] for name in INSTANTS)
    lease.acquired_at, lease.validated_at, lease.expires_at = int(acquired_at), int(validated_at), int(expires_at)
    lease.hops = tuple(values.get("hops", ()))
    lease.settings = tuple(values.get("settings", ()))
    lease.sections = tuple(values.get("sections", ()))
    lease.body = body
    return lease
