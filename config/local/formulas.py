"""`make formulas`: open every file for a spreadsheet that the product gives, and count what was worked out.

The cells want to be formulas (tests/input/formulas/cells.py). LibreOffice opens each file headless, told to
work out whatever it takes for a formula, and writes it as flat XML, in which a formula can be counted. A file
whose formulas are not guarded shows that it would have.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import time
from pathlib import Path

from config.local import suite
from config.local.layout import LOCAL, ROOT, give_up, make_folder, say
from config.local.office import office

FILES = ROOT / "tests" / "input" / "formulas" / "files.py"
FOLDER = LOCAL / "formulas"
# Comma, quotation marks, UTF-8, from the first line on, quoted cells are no text, special numbers are
# numbers, and the last: formulas are worked out.
AS_TOLD = "Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1,true"
CONTROL = '\ufeffone,two\r\n=1+1,"=2+2"\r\n+3+3,@SUM(A2)\r\n'
FORMULA = re.compile(r'table:formula="([^"]*)"')
CELL = re.compile(r"<table:table-cell[^>]*office:value-type=")
SECONDS = 1_800


def run(args: list[str]) -> int:
    """Make the files, open them, print the table. Returns 1 where a formula was worked out."""
    program = office()
    made = make_folder(FOLDER / "made")
    for old in made.iterdir():
        old.unlink()
    os.environ["FORMULAS"] = str(made)
    if suite.run([str(FILES.relative_to(ROOT)), "-q", *(args or shlex.split(os.environ.get("ARGS", "")))]):
        raise give_up("The files could not be made.")
    (made / "control.csv").write_text(CONTROL, encoding="utf-8", newline="")
    began = time.monotonic()
    opened = _opened(program, made)
    rows = {path.stem: _counted(path) for path in sorted(opened.glob("*.fods"))}
    missing = {path.stem for path in made.glob("*.csv")} - rows.keys()
    return _told(rows, missing, seconds=time.monotonic() - began)


def _opened(program: str, made: Path) -> Path:
    """Let LibreOffice open every file and write it as flat XML. Raises SystemExit where it fails."""
    opened = FOLDER / "opened"
    shutil.rmtree(opened, ignore_errors=True)
    make_folder(opened)
    done = subprocess.run(
        [
            program, "--headless", "--norestore", f"-env:UserInstallation=file://{FOLDER / 'profile'}",
            f"--infilter={AS_TOLD}", "--convert-to", "fods", "--outdir", str(opened),
            *map(str, sorted(made.glob("*.csv"))),
        ],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=SECONDS,
    )  # fmt: skip
    if done.returncode:
        raise give_up(f"{done.stdout}\nLibreOffice failed (exit code {done.returncode}).")
    return opened


def _counted(path: Path) -> tuple[int, list[str]]:
    """Return how many cells there are with something in them, and the formulas among them."""
    text = path.read_text(encoding="utf-8")
    return len(CELL.findall(text)), FORMULA.findall(text)


def _told(rows: dict[str, tuple[int, list[str]]], missing: set[str], *, seconds: float) -> int:
    """Print the table and say whether all is well."""
    control = rows.pop("control", (0, []))
    say(f"\n{'file':32} {'cells':>9} {'worked out':>11}")
    for name, (cells, formulas) in rows.items():
        say(f"{name:32} {cells:>9,} {len(formulas):>11}")
        for one in formulas[:5]:
            say(f"    {one[:100]}")
    total, bad = sum(cells for cells, _ in rows.values()), sum(len(found) for _, found in rows.values())
    say(f"{'all':32} {total:>9,} {bad:>11}   in {seconds:.0f} s")
    say(f"{'control, not guarded':32} {control[0]:>9,} {len(control[1]):>11}")
    if missing:
        say(f"Not opened: {', '.join(sorted(missing))}.")
    if len(control[1]) < 2:
        say("The control was not worked out, so this shows nothing.")
    return 1 if bad or missing or len(control[1]) < 2 else 0
