"""One place in the source sets a stage. Whatever else would set one is found, and so are planted ones."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.conf import settings

APPS = ("config", "audit", "notifications", "agencies", "records", "consent", "sharing")


def writes_of_the_stage(source: str) -> list[str]:
    """List every line of Python that could set a cycle's stage."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                parts = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
                if any(isinstance(part, ast.Attribute) and part.attr == "stage" for part in parts):
                    found.append(ast.unparse(node))
        elif isinstance(node, ast.Call) and sets_a_stage(node):
            found.append(ast.unparse(node))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            words = node.value.lower().split()
            if "update" in words and "sharing_cycle" in words and "stage" in words:
                found.append(node.value)
    return found


def sets_a_stage(call: ast.Call) -> bool:
    """Say whether a call writes a column `stage`: setattr, update(stage=), bulk_update, Cycle(stage=)."""
    name = ast.unparse(call.func)
    keywords = {keyword.arg for keyword in call.keywords}
    words = [c.value for c in ast.walk(call) if isinstance(c, ast.Constant)]
    if name in ("setattr", "object.__setattr__"):
        return "stage" in words
    method = name.rsplit(".", 1)[-1]
    if method in ("update", "update_or_create", "get_or_create") and "Cycle" in name:
        return "stage" in keywords or "stage" in words
    if method == "update":
        return "stage" in keywords
    if method in ("bulk_update", "bulk_create") and "Cycle" in ast.unparse(call):
        return True
    creates = name == "Cycle" or (method == "create" and "Cycle" in name) or name.endswith("cycles.create")
    return creates and "stage" in keywords


def production_files() -> list[Path]:
    root = Path(settings.BASE_DIR)
    return sorted(
        path for app in APPS for path in (root / app).rglob("*.py") if "migrations" not in path.parts
    )


def test_the_stage_is_set_in_one_place() -> None:
    found = {
        str(path.relative_to(settings.BASE_DIR)): lines
        for path in production_files()
        if (lines := writes_of_the_stage(path.read_text()))
    }
    assert found == {"sharing/workflow.py": ["cycle.stage = chosen.to_stage"]}


@pytest.mark.parametrize(
    "planted",
    [
        "cycle.stage = 'DO'",
        "cycle.stage += 'X'",
        "cycle.stage: str = 'DO'",
        "cycle.stage, cycle.ended_at = 'CLOSED', at",
        "setattr(cycle, 'stage', 'DO')",
        "Cycle.objects.filter(pk=1).update(stage='DO')",
        "concern.cycles.update(stage='DO')",
        "Cycle.objects.create(concern=concern, stage='DO')",
        "concern.cycles.create(stage='DO')",
        "Cycle(stage='DO').save()",
        "Cycle.objects.bulk_update(rows, ['stage'])",
        "Cycle.objects.update_or_create(pk=1, defaults={'stage': 'DO'})",
        "cursor.execute('UPDATE sharing_cycle SET stage = %s', ['DO'])",
    ],
)
def test_a_planted_second_writer_is_found(planted: str) -> None:
    assert writes_of_the_stage(planted)


@pytest.mark.parametrize(
    "harmless",
    ["Cycle.objects.filter(stage='DO')", "stage = cycle.stage", "Exchange.objects.create(stage='DO')"],
)
def test_reading_a_stage_is_not_writing_it(harmless: str) -> None:
    assert not writes_of_the_stage(harmless)
