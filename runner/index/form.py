"""The index and its bytes: header lines, an empty line, then a line an identity; read by split.

The first line holds the hash of all below it. Between the fields of a line stands a tab.
"""

from __future__ import annotations

from runner.leases.form import opened, sealed

MAGIC = b"runner index 1 "
HEADER = ("key", "stamp", "group", "session", "problem")


class Entry:
    """One identity: texts, "" for what is not known.

    `role` is the name of the role or permission set, `source` the file it stands in, `token` the file of the SSO token
    at the head of its chain, `problem` the slug of what is wrong with it; `tags` are keys and values in turn.
    """

    __slots__ = ("account", "kind", "name", "problem", "role", "source", "tags", "token")

    def __init__(self, name: str, kind: str, source: str) -> None:
        self.name = name
        self.kind = kind
        self.source = source
        self.account = self.role = self.token = self.problem = ""
        self.tags: tuple[str, ...] = ()

    def fields(self) -> tuple[str, ...]:
        """Return all of it, the name first."""
        return (self.name, self.kind, self.source, self.account, self.role, self.token, self.problem, *self.tags)

    @classmethod
    def of(cls, fields: tuple[str, ...]) -> Entry:
        """Make again what `fields` said all of; raises ValueError."""
        name, kind, source, account, role, token, problem, *tags = fields
        entry = cls(name, kind, source)
        entry.account, entry.role, entry.token, entry.problem = account, role, token, problem
        entry.tags = tuple(tags)
        return entry

    @property
    def tagged(self) -> dict[str, str]:
        """The tags by key."""
        return dict(zip(self.tags[::2], self.tags[1::2], strict=True))


class Index:
    """All identities that have a name, in the order of the files, and what they were read from.

    `key` and `stamps` say what it was made from. A group is its name and its members. A problem is one of no single
    identity: slug, sentence, remedy. `lines` are the identities' as they are in the file.
    """

    __slots__ = ("groups", "key", "lines", "problems", "sso_sessions", "stamps")

    def __init__(self, key: str, stamps: tuple[str, ...]) -> None:
        self.key = key
        self.stamps = stamps
        self.groups: list[tuple[str, ...]] = []
        self.sso_sessions: list[str] = []
        self.problems: list[tuple[str, ...]] = []
        self.lines: list[str] = []

    def add(self, entry: Entry) -> None:
        """Add an identity behind the others."""
        self.lines.append(_line(entry.fields()))

    @property
    def entries(self) -> list[Entry]:
        """All identities, read in full."""
        return [Entry.of(_fields(line)) for line in self.lines]

    @property
    def names(self) -> list[str]:
        """All names: where only they are wanted nothing else is read."""
        return [_text(line.partition("\t")[0]) for line in self.lines]


def dump(index: Index) -> bytes:
    """Return the index as bytes."""
    header = [("key", index.key), *(("stamp", stamp) for stamp in index.stamps)]
    header += [("session", session) for session in index.sso_sessions]
    lines = [_line(fields) for fields in header]
    lines += [_line(("group", *group)) for group in index.groups]
    lines += [_line(("problem", *problem)) for problem in index.problems]
    return sealed(MAGIC, "\n".join((*lines, "", *index.lines)).encode("utf-8", "surrogateescape"))


def parse(content: bytes) -> Index:
    """Read what `dump` wrote; raises ValueError when it is anything else."""
    header, _, body = opened(MAGIC, content).decode("utf-8", "surrogateescape").partition("\n\n")
    values: dict[str, list[tuple[str, ...]]] = {name: [] for name in HEADER}
    for line in header.split("\n"):
        name, *rest = _fields(line)
        if name not in values or not rest:
            raise ValueError("a line of another version")
        values[name].append(tuple(rest))
    [(key,)] = values["key"]
    index = Index(key, tuple(stamp for stamp, *_ in values["stamp"]))
    index.sso_sessions = [session for session, *_ in values["session"]]
    index.groups, index.problems = values["group"], values["problem"]
    index.lines = body.split("\n") if body else []
    return index


def _line(fields: tuple[str, ...]) -> str:
    return "\t".join(each.replace("%", "%25").replace("\t", "%09").replace("\n", "%0A") for each in fields)


def _fields(line: str) -> tuple[str, ...]:
    return tuple(_text(each) for each in line.split("\t"))


def _text(field: str) -> str:
    if "%" not in field:
        return field
    return field.replace("%0A", "\n").replace("%09", "\t").replace("%25", "%")
