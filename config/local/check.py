"""`make check`: everything that can be said about the code without running it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping

from config.local import asvs
from config.local.layout import ROOT, python, say

# As in production, so that Django's own deployment checks judge what will be deployed.
AS_IN_PRODUCTION = {
    "DEMO": "0",
    "SECRET_KEY": "for-checks-only: long enough, varied enough, and never used to sign anything at all",
    "ALLOWED_HOSTS": "check-back.example",
    "BASE_URL": "https://check-back.example",
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "EMAIL_URL": "smtps://mail.example:465",
}

CHECKS: Mapping[str, list[str]] = {
    "Format": python("-m", "ruff", "format", "--check", "--output-format", "concise", "."),
    "Lint": python("-m", "ruff", "check", "--output-format", "concise", "."),
    "Layers": [str(ROOT / ".venv" / "bin" / "lint-imports")],
    "Settings, as in production": python("manage.py", "check", "--deploy", "--fail-level", "WARNING"),
    # Without a database it cannot compare with the migrations already run, and warns of that.
    "Migrations match the models": python(
        *("-W", "ignore::RuntimeWarning", "manage.py", "makemigrations", "--check", "--dry-run")
    ),
    "Generated pages of docs/ are fresh": python("manage.py", "write_docs", "--check"),
    "Requirements of the ASVS are fresh": python("-m", "config.local", "asvs", "--check"),
    "Bill of materials is fresh": python("-m", "config.local", "sbom", "--check"),
    "Templates": python("-m", "djlint", "--lint", "--quiet", "templates"),
    "Types": python("-m", "mypy"),
}


def write_docs() -> int:
    """Write the pages of docs/ that come from the code. Returns the command's exit code."""
    environment = {**os.environ, **AS_IN_PRODUCTION}
    asvs.run([])
    return subprocess.run(python("manage.py", "write_docs"), cwd=ROOT, env=environment).returncode


def run() -> int:
    """Run every check, also after one has failed. Returns 1 where any did, and shows what it said."""
    failed = []
    for name, command in CHECKS.items():
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, **AS_IN_PRODUCTION},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        say(f"{name}: {'not right' if done.returncode else 'right'}")
        if done.returncode:
            failed.append(name)
            say(done.stdout.rstrip())
    if failed:
        say(f"To put right: {', '.join(failed)}. make fix does what it can by itself.")
    return 1 if failed else 0
