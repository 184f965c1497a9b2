"""Which tests a file has, for tests of what cites them."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path


@cache
def functions_of(path: Path) -> frozenset[str]:
    """Return the names of the functions of a file, as pytest names them: those of a class with its name.

    Empty where there is no such file.
    """
    if not path.is_file():
        return frozenset()
    found: set[str] = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ClassDef):
            found |= {
                f"{node.name}::{inner.name}" for inner in node.body if isinstance(inner, ast.FunctionDef)
            }
    return frozenset(found)
