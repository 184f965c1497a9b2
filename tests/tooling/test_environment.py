"""What the environment must say, and the sentences that answer where it does not."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from config import env

ROOT = Path(__file__).resolve().parents[2]
GOOD = {
    "SECRET_KEY": "a key for tests of the start, of at least fifty characters",
    "BASE_URL": "https://check-back.example",
    "ALLOWED_HOSTS": "check-back.example",
    "DATABASE_URL": "postgresql://app:word@db.example/check_back",
    "REDIS_URL": "redis://:word@broker.example/0",
    "EMAIL_URL": "smtps://user:word@mail.example",
}


def start(**changes: str | None) -> subprocess.CompletedProcess[str]:
    """Read the settings in a process with nothing but this environment."""
    environment = {k: v for k, v in {**GOOD, **changes}.items() if v is not None}
    return subprocess.run(
        [sys.executable, "-c", "import config.settings as s; print(s.MFA_REQUIRED, s.DEMO, s.EMAIL_HOST)"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_good_environment_starts_with_a_second_factor_required() -> None:
    done = start()
    assert done.stderr == ""
    assert done.stdout.split() == ["True", "False", "mail.example"]


@pytest.mark.parametrize("name", sorted(GOOD))
def test_missing_variable_stops_the_start_with_a_sentence(name: str) -> None:
    done = start(**{name: None})
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith(
        f"Check Back cannot start. The environment variable {name} is not set: set it to"
    )


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DATABASE_URL", "mysql://app@db/check_back", "does not start with postgresql://"),
        ("DATABASE_URL", "postgresql://db.example/check_back", "names no user or no database"),
        ("DATABASE_URL", "postgresql://app@db.example:port/check_back", "is not a URL"),
        ("REDIS_URL", "localhost:6379", "does not start with redis:// or rediss://"),
        ("BASE_URL", "check-back.example", "does not start with https://"),
        ("EMAIL_URL", "smtps://", "names no mail server"),
        ("EMAIL_URL", "file://", "names no folder"),
        ("MFA_REQUIRED", "maybe", "is neither yes nor no"),
        ("DATABASE_POOL", "many", "is not a whole number"),
    ],
)
def test_wrong_variable_stops_the_start_with_a_sentence(name: str, value: str, sentence: str) -> None:
    done = start(**{name: value})
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert f"{name} {sentence}" in done.stderr


def test_sentence_never_shows_a_password() -> None:
    assert "secretword" not in start(DATABASE_URL="oracle://app:secretword@db/check_back").stderr


def test_demo_refuses_to_start_where_other_machines_could_reach_it() -> None:
    done = start(DEMO="1")
    assert done.returncode == 1
    assert "DEMO is on and ALLOWED_HOSTS has check-back.example" in done.stderr
    assert start(DEMO="1", ALLOWED_HOSTS="localhost,*").returncode == 1
    assert start(DEMO="1", ALLOWED_HOSTS="localhost,.example").returncode == 1


def test_demo_on_this_machine_asks_for_no_second_factor() -> None:
    done = start(DEMO="1", ALLOWED_HOSTS="localhost,127.0.0.1,[::1]", BASE_URL="http://localhost:8000")
    assert done.stdout.split()[:2] == ["False", "True"]


def test_database_url_can_hold_any_password_and_options(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", "postgresql://app:p%40ss%2Fw@/check_back?host=/run/postgresql&sslmode=require")
    read = env.database("X")
    assert (read["PASSWORD"], read["HOST"]) == ("p@ss/w", "/run/postgresql")
    assert read["OPTIONS"] == {"sslmode": "require"}


SHOWN = "print(json.dumps(s.DATABASES, default=str))"


def databases(**changes: str) -> Any:
    """Read the settings of the databases in a process with nothing but this environment."""
    done = subprocess.run(
        [sys.executable, "-c", f"import json, config.settings as s; {SHOWN}"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **GOOD, **changes},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_without_a_replica_there_is_one_database_and_nothing_is_said_of_a_pooler() -> None:
    assert list(found := databases()) == ["default"]
    assert "DISABLE_SERVER_SIDE_CURSORS" not in found["default"]


def test_a_replica_is_not_waited_for_as_long_as_the_primary() -> None:
    found = databases(REPLICA_URL="postgresql://app:word@replica.example/check_back", DATABASE_POOL="4")
    assert found["replica"]["HOST"] == "replica.example"
    pools = [found[name]["OPTIONS"]["pool"] for name in ("default", "replica")]
    assert [pool["max_size"] for pool in pools] == [4, 4]
    assert pools[1]["timeout"] < pools[0]["timeout"]


def test_behind_a_pooler_nothing_is_kept_in_a_session_of_the_server() -> None:
    url = "postgresql://app:word@pooler.example/check_back"
    for found in databases(DATABASE_URL=url, REPLICA_URL=url, DATABASE_POOLER="1").values():
        assert found["DISABLE_SERVER_SIDE_CURSORS"] is True
        assert found["OPTIONS"]["prepare_threshold"] is None


def test_every_variable_is_in_the_documentation() -> None:
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "config" / "settings.py").read_text()))
    documented = (ROOT / "docs" / "environment.md").read_text()
    assert "SECRET_KEY" in read
    assert [name for name in sorted(read | {"DEMO"}) if f"`{name}`" not in documented] == []
