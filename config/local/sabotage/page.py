"""What each variant did when it was last run, kept beside the copy, and docs/sabotage.md, written from it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from config.local.layout import ROOT
from config.local.sabotage.variant import Variant
from config.local.sabotage.verdict import Verdict

PAGE = ROOT / "docs" / "sabotage.md"
HEAD = """# Would the tests notice?

Written by `make sabotage ARGS=--write`, once every variant below was caught when it last ran: each takes one
defence out of a copy of the product, and the tests beside it, which pass in a copy that nobody broke, go
red by an assertion of their own. Seconds are those of a whole run of pytest, on two cores busy otherwise.

"""


def digest_of(variant: Variant) -> str:
    """Return what tells a variant from what it was before it was changed."""
    said = json.dumps({**vars(variant), "raises": sorted(variant.raises)}, sort_keys=True)
    return sha256(said.encode()).hexdigest()


def keep(folder: Path, verdict: Verdict) -> None:
    """Write down what a variant did."""
    path = folder / "results.json"
    kept = json.loads(path.read_text()) if path.exists() else {}
    kept[verdict.variant.name] = {
        "variant": digest_of(verdict.variant),
        "caught": verdict.is_caught,
        "seconds": round(verdict.seconds),
    }
    path.write_text(json.dumps(kept, indent=1))


def not_caught_yet(folder: Path, every: Iterable[Variant]) -> list[str]:
    """Return the variants that were not caught when they were last run as they are now, or never run."""
    kept = _kept(folder)
    return [
        one.name
        for one in every
        if not (was := kept.get(one.name, {})).get("caught") or was["variant"] != digest_of(one)
    ]


def write(folder: Path, every: Iterable[Variant]) -> None:
    """Write the page, for variants that were all caught."""
    kept = _kept(folder)
    rows = [row(one, int(str(kept[one.name]["seconds"]))) for one in every]
    PAGE.write_text(
        "\n".join([f"{HEAD}| taken away | noticed by | seconds |", "|---|---|---|", *rows]) + "\n"
    )


def row(variant: Variant, seconds: float) -> str:
    """Return a variant as a row of the table."""
    noticed = "<br>".join(f"`{test.removeprefix('tests/')}`" for test in variant.caught_by)
    return f"| {variant.breaks} | {noticed} | {seconds:.0f} |"


def _kept(folder: Path) -> dict[str, dict[str, object]]:
    path = folder / "results.json"
    kept: dict[str, dict[str, object]] = json.loads(path.read_text()) if path.exists() else {}
    return kept
