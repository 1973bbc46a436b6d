"""The bytes of a lease: header lines, an empty line, the JSON of a credential_process verbatim; read by split.

The first line holds the hash of all below it: what has been damaged is no lease.
"""

from __future__ import annotations

from runner.leases.key import digest
from runner.model.lease import Lease
from runner.model.principal import Principal

MAGIC = b"runner lease 1 "
NEWLINE = "\n"
TEXTS = ("key", "identity", "region", "account", "arn", "user_id", "plan", "watch")
INSTANTS = ("acquired_at", "validated_at", "expires_at")
LISTS = ("stamps", "hops", "settings", "sections")


def dump(lease: Lease) -> bytes:
    """Return the lease as bytes; a line's end in a header value is written as %0A."""
    principal = lease.principal
    whose = (principal.account, principal.arn, principal.user_id)
    texts = (lease.key, lease.identity, lease.region, *whose, lease.plan, lease.watch)
    instants = (str(lease.acquired_at), str(lease.validated_at), str(lease.expires_at))
    lines = [*map(_line, TEXTS, texts), *map(_line, INSTANTS, instants)]
    for name, values in zip(LISTS, (lease.stamps, lease.hops, lease.settings, lease.sections), strict=True):
        lines += [_line(name, value) for value in values]
    content = "\n".join((*lines, "", "")).encode("utf-8", "surrogateescape") + lease.body
    return sealed(MAGIC, content)


def sealed(magic: bytes, content: bytes) -> bytes:
    """Put in front of content a line with what it is and its hash."""
    return magic + digest(content).encode() + b"\n" + content


def opened(magic: bytes, content: bytes) -> bytes:
    """Return what was sealed; raises ValueError when it is anything else, or has been damaged."""
    first, _, rest = content.partition(b"\n")
    if first != magic + digest(rest).encode():
        raise ValueError("damaged, or something else")
    return rest


def _line(name: str, value: str) -> str:
    return f"{name} {value.replace('%', '%25').replace(NEWLINE, '%0A')}"


def parse(content: bytes) -> Lease:
    """Read what `dump` wrote; raises ValueError when it is anything else."""
    header, _, body = opened(MAGIC, content).partition(b"\n\n")
    values: dict[str, list[str]] = {}
    for line in header.decode("utf-8", "surrogateescape").split(NEWLINE):
        name, _, value = line.partition(" ")
        values.setdefault(name, []).append(value.replace("%0A", NEWLINE).replace("%25", "%"))
    try:
        return _lease(values, body)
    except (KeyError, TypeError) as error:
        raise ValueError("an incomplete lease") from error


def _lease(values: dict[str, list[str]], body: bytes) -> Lease:
    lease = Lease()
    [lease.key], [lease.identity], [lease.region] = values["key"], values["identity"], values["region"]
    [lease.plan], [lease.watch] = values["plan"], values["watch"]
    [account], [arn], [user_id] = values["account"], values["arn"], values["user_id"]
    lease.principal = Principal(account, arn, user_id)
    [acquired_at], [validated_at], [expires_at] = (values[name] for name in INSTANTS)
    lease.acquired_at, lease.validated_at, lease.expires_at = int(acquired_at), int(validated_at), int(expires_at)
    lease.stamps = tuple(values.get("stamps", ()))
    lease.hops = tuple(values.get("hops", ()))
    lease.settings = tuple(values.get("settings", ()))
    lease.sections = tuple(values.get("sections", ()))
    lease.body = body
    return lease
