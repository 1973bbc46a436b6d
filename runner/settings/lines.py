"""In which lines of a runner.toml its tables and keys stand, as far as they are written in the usual forms."""

from __future__ import annotations


class Lines:
    """The lines of one file, counted from 1; those of the tables are looked up, for there may be a thousand."""

    def __init__(self, text: str) -> None:
        self._bare = [_bare(line) for line in text.splitlines()]
        self._tables: dict[str, int] = {}
        for number, line in enumerate(self._bare, 1):
            title, closed, _ = line.partition("]")
            while closed and title.startswith("[") and title != "[":
                self._tables.setdefault(title[1:], number)
                title = title.rpartition(".")[0]  # a table that is only inside others begins with the first of them

    def of(self, key: str) -> int:
        """Return the line of a dotted key or its table; 0 when it is written in a form not looked for."""
        key = key.replace(" ", "")
        if key in self._tables:
            return self._tables[key]
        table, _, last = key.rpartition(".")
        inside = False
        for number, line in enumerate(self._bare, 1):
            if line.startswith("["):
                inside = line.startswith(f"[{table}]")
            elif line.startswith(f"{last}=") and (inside or not table):
                return number
        return 0


def _bare(line: str) -> str:
    return line.strip().replace('"', "").replace("'", "").replace(" ", "")
