"""Write docs/stages.md, docs/permissions.md and docs/export.md from the tables that the product runs on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver

from agencies.roles import ROLES, Permission, Role
from sharing.exports.tables import ALL, FORMAT
from sharing.models import Stage
from sharing.states import WAITING_ON
from sharing.workflow import MOVES, Move

GENERATED = "Written by `make docs` from the code. Change the code, not this page."
THIRD_PARTY = ("allauth", "django")
KINDS = {
    **dict.fromkeys(("CharField", "TextField", "SlugField"), "text"),
    **dict.fromkeys(
        ("BigAutoField", "PositiveSmallIntegerField", "PositiveIntegerField", "SmallIntegerField"),
        "a whole number",
    ),
    "FloatField": "a number",
    "DecimalField": "a number",
    "BooleanField": "yes or no",
    "DateField": "a day",
    "DateTimeField": "a moment",
    "JSONField": "JSON",
    "ArrayField": "a list",
}


class Command(BaseCommand):
    help = "Write the generated pages of docs/, or say with --check which are out of date."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail where a page is old")

    def handle(self, *args: Any, **options: Any) -> None:
        docs = Path(settings.BASE_DIR) / "docs"
        pages = {
            docs / "stages.md": stages(),
            docs / "permissions.md": permissions(),
            docs / "export.md": export(),
        }
        old = [path.name for path, text in pages.items() if not path.exists() or path.read_text() != text]
        if options["check"]:
            if old:
                raise CommandError(f"Out of date: {', '.join(old)}. Run make docs and commit the result.")
            return
        for path, text in pages.items():
            path.write_text(text)
        self.stdout.write(f"Wrote {len(pages)} pages, of which {len(old)} changed.")


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def stages() -> str:
    """The stages, every move between them with its gate, and whose turn each state of an exchange is."""
    lines = ["# Stages, moves and gates", "", GENERATED, ""]
    lines += [
        "The cycle is Ask, Do, Share, Record and round again. It can start at any stage and step back",
        "with a reason. An urgent disclosure can be sent from any stage: the gate never stops an",
        "emergency. A lead's “proceed on safety grounds” lifts the rules about check-backs for one stage;",
        "they stay open.",
        "",
        "## Moves",
        "",
        _row("from", "to", "move", "reason asked"),
        _row("---", "---", "---", "---"),
    ]
    for move in MOVES.values():
        start = move.from_stage.label if move.from_stage else "(start)"
        end = f"{move.to_stage.label}{', next cycle' if move.new_cycle else ''}"
        lines.append(_row(start, end, move.label, "yes" if move.needs_reason else ""))
    lines += ["", "## Gates", ""]
    for move in MOVES.values():
        if move.gate:
            lines += _gate(move)
    lines += ["## Whose turn", "", _row("an exchange that is", "waits for"), _row("---", "---")]
    lines += [_row(state.value, turn.value) for state, turn in WAITING_ON.items()]
    return "\n".join([*lines, ""])


def _gate(move: Move) -> list[str]:
    start = Stage(move.from_stage).label if move.from_stage else ""
    sentences = [" ".join((rule.__doc__ or "").split()) for rule in move.gate]
    return [f"### {move.label} (from {start})", "", *(f"- {s}" for s in sentences), ""]


def permissions() -> str:
    """Roles, what each allows, and what every address asks for."""
    lines = ["# Roles and permissions", "", GENERATED, ""]
    lines += [_row("may", *(role.display_name for role in ROLES.values()))]
    lines += [_row("---", *("---" for _ in ROLES))]
    for permission in Permission:
        lines.append(_row(permission.value, *(_allows(role, permission) for role in ROLES.values())))
    lines += ["", *(f"- **{role.display_name}**: {role.description}" for role in ROLES.values())]
    lines += [
        "",
        "A role answers “may this kind of person do this kind of thing?” (403). Whether a thing is theirs",
        "to see is asked separately, of every object, and “not yours” reads like “no such” (404): records",
        "belong to the agency that wrote them; of what is shared, people see what they speak or listen in,",
        "and leads what their agency does. Whether it is time is the third question (409).",
        "",
        "## Addresses",
        "",
        _row("address", "name", "asks for"),
        _row("---", "---", "---"),
    ]
    lines += [_row(f"`/{route}`", name, asked) for route, name, asked in sorted(_addresses())]
    return "\n".join([*lines, ""])


def _allows(role: type[Role], permission: Permission) -> str:
    if permission in role.permissions:
        return "yes"
    return "at the partnership’s office" if permission in role.at_the_office else ""


def _addresses() -> Iterator[tuple[str, str, str]]:
    """Every address of our own, with what its view asks for."""

    def walk(patterns: list[Any], prefix: str) -> Iterator[tuple[str, str, str]]:
        for pattern in patterns:
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, route)
            elif isinstance(pattern, URLPattern) and not _is_theirs(pattern):
                yield route, pattern.name or "", _asks_for(pattern.callback)

    yield from walk(get_resolver().url_patterns, "")


def _is_theirs(pattern: URLPattern) -> bool:
    return pattern.callback.__module__.split(".")[0] in THIRD_PARTY


def _asks_for(view: Any) -> str:
    marks = view.__dict__
    if marks.get("public"):
        return "nothing"
    if marks.get("without_hat"):
        return "being signed in"
    permission = marks.get("needs")
    return f"{permission.name}" if permission else "a role"


def export() -> str:
    """Every table and column of an export, with the codes that a column can hold."""
    lines = ["# The record as data", "", GENERATED, ""]
    lines += [
        f"Format `{FORMAT}`. The JSON document has `format`, `exported_at`, `exported_by`, `purpose`,",
        "`for_whom`, `concern` and `tables`: each table is a list of rows, oldest first. The ZIP has a CSV",
        "file for each table, in UTF-8 with a byte order mark, and `about.csv` for the rest. In CSV nothing",
        "is an empty cell, and a cell that a spreadsheet could take for a formula begins with an apostrophe.",
        "",
        "Moments are UTC, as `2027-01-15T09:30:00Z`. People are written as name, post and agency. What other",
        "agencies said to this one and then withdrew is left out, as it is on every page.",
    ]
    for table in ALL:
        lines += ["", f"## {table.name}", "", table.what, "", _row("column", "holds"), _row("---", "---")]
        lines += [_row(f"`{name}`", _held(table.model, lookup)) for name, lookup in table.keys]
        lines += [_row(f"`{name}`", _held(table.model, name)) for name in table.columns]
    return "\n".join(lines) + "\n"


def _held(model: type[Model], lookup: str) -> str:
    """Say what a column holds: what kind of value, and which codes."""
    for name in lookup.split("__")[:-1]:
        model = cast("type[Model]", model._meta.get_field(name).related_model)
    field: Any = model._meta.get_field(lookup.split("__")[-1])
    if field.is_relation:
        return "a person: name, post and agency"
    if field.choices:
        return ", ".join(f"`{code}` {label}" for code, label in field.flatchoices)
    return KINDS[type(field).__name__]
