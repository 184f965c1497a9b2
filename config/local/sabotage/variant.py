"""One way to break the product on purpose, and which tests have to notice."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "variants"


@dataclass(frozen=True)
class Variant:
    """A small change that takes one defence away.

    `what` stands exactly once in `file` and is replaced by `instead`. What is not text (a trigger that is
    switched off) is `sql` and, for afterwards, `sql_back`, which the tests' database is told as its owner.
    `caught_by` are the tests that have to fail, as pytest names them; without its [...] a test of many cases
    is caught by any of them. `raises` names errors other than a failed assertion that are a catch as well.
    """

    name: str
    breaks: str
    caught_by: tuple[str, ...]
    file: str = ""
    what: str = ""
    instead: str = ""
    sql: str = ""
    sql_back: str = ""
    raises: frozenset[str] = frozenset()

    def broken(self, root: Path) -> str:
        """Return the text of the file with the change. Raises ValueError unless it stands there once."""
        text = (root / self.file).read_text()
        if (times := text.count(self.what)) != 1:
            raise ValueError(f"{self.name}: the text to be replaced stands {times} times in {self.file}")
        return text.replace(self.what, self.instead)


def every_variant() -> list[Variant]:
    """Read the variants, each file of them in its own order."""
    return [
        Variant(
            **{
                **row,
                "caught_by": tuple(row["caught_by"]),
                "raises": frozenset(row.get("raises", ())),
            }
        )
        for path in sorted(FOLDER.glob("*.toml"))
        for row in tomllib.loads(path.read_text())["variant"]
    ]
