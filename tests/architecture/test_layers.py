"""What import-linter cannot see: rules and operations use nothing of Django's that belongs to the web."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("sharing", "consent", "records", "agencies", "notifications", "audit")
OF_THE_WEB = (
    "django.http",
    "django.shortcuts",
    "django.forms",
    "django.views",
    "django.template",
    "crispy_forms",
)


def of_rules_and_operations() -> Iterator[Path]:
    for app in APPS:
        for name in ("rules", "workflow", "operations"):
            yield from (ROOT / app).glob(f"{name}.py")
            yield from (ROOT / app / name).glob("**/*.py")


def imported_by(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_rules_and_operations_know_nothing_of_the_web() -> None:
    files = list(of_rules_and_operations())
    assert files
    wrong = [f"{path}: {name}" for path in files for name in imported_by(path) if name.startswith(OF_THE_WEB)]
    assert wrong == []


def test_nobody_imports_config() -> None:
    files = [path for app in APPS for path in (ROOT / app).rglob("*.py")]
    wrong = [
        f"{path}: {name}" for path in files for name in imported_by(path) if name.split(".")[0] == "config"
    ]
    assert wrong == []
