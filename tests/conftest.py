"""The tests' database is made by the owner of its tables; the tests connect as the application does."""

import gc
import io
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.management import call_command
from django.db import connection
from django.test import TransactionTestCase
from hypothesis import HealthCheck
from hypothesis import settings as of_hypothesis
from pytest_django import DjangoDbBlocker

from config import env
from tests import database, replaying
from tests.leaking import Listener, listening
from tests.reaching import tests_reach_what_pages_do_not  # noqa: F401  # a fixture

# A machine that others use is slow now and then, which is no fault of what is tested.
of_hypothesis.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
of_hypothesis.load_profile("any machine")
# Playwright runs an event loop in the test's thread, and Django would refuse the database there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

KEPT = {"django_migrations", "django_content_type", "auth_permission"}
WHO_AND_WHERE = ("USER", "PASSWORD", "HOST", "PORT")
# Jobs that only tests ask for (tests/agencies/doing.py).
settings.JOBS |= {name: f"tests.agencies.doing.{name}" for name in ("nothing", "a_page", "refuses", "breaks")}
# What takes minutes, or half a minute for a single test, as `--durations` says. Begun last, it leaves the
# other cores with nothing to do.
TAKE_LONG = tuple(
    f"tests/{path}"
    for path in ("access/", "input/", "browser/", "architecture/", "queries/", "paper/", "tooling/", "bulk/")
)
TRUNCATE_TRIGGER = 32  # the bit in pg_trigger.tgtype


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what takes long, where several processes share the files among them."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: not item.nodeid.startswith(TAKE_LONG))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Have the collector of garbage look no more at what lives until the end: tests, modules, models."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    replaying.begin()


@pytest.fixture(scope="session", autouse=True)
def stories_are_kept() -> Iterator[None]:
    """Hear what is written, for whoever tells a story that was told before."""
    with replaying.hearing():
        yield


def of_the_role(part: str) -> dict[str, str]:
    """Return the settings in which the connection of OWNER, WORKER, AUDITOR or BACKUP differs from ours."""
    other = env.database(f"DATABASE_{part}_URL")
    return {key: other[key] for key in WHO_AND_WHERE}


def of_the_owner() -> dict[str, str]:
    return of_the_role("OWNER")


@contextmanager
def as_owner(part: str = "OWNER") -> Iterator[None]:
    """Connect as the owner of the tables, or as another role, while the block runs. A page never does."""
    mine = {key: connection.settings_dict[key] for key in WHO_AND_WHERE}
    connection.close()
    connection.settings_dict.update(of_the_role(part))
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(mine)


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
    django_db_keepdb: bool,
    django_db_createdb: bool,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """Make the test database as the owner, then give the application's role its rights."""
    real = connection.settings_dict["NAME"]
    reuse = django_db_keepdb and not django_db_createdb
    with django_db_blocker.unblock(), as_owner():
        with nullcontext() if reuse else database.migrated():
            connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False, keepdb=reuse)
        os.environ["APP_DATABASE_URL"] = os.environ["DATABASE_URL"]
        call_command("grant_roles", stdout=io.StringIO())
        if reuse:
            empty_tables()  # of what a run that was killed left behind
    yield
    with django_db_blocker.unblock():
        replaying.leave()
        if not django_db_keepdb:
            end_forgotten_sessions()
        with as_owner():
            connection.creation.destroy_test_db(real, verbosity=0, keepdb=django_db_keepdb)


@pytest.fixture(scope="session", autouse=True)
def tables_are_emptied_by_their_owner() -> Iterator[None]:
    """Replace Django's flush after a transactional test, for which the application has no rights."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: empty_tables())
        yield


def empty_tables() -> None:
    """Empty every table but reference data, past the triggers that keep records append-only."""
    kept = KEPT | {m._meta.db_table for m in apps.get_models() if getattr(m, "reference_data", False)}
    # A connection of its own: a server's thread that is still at work must not become the owner.
    owner = connection.copy()
    owner.settings_dict.update(of_the_owner())
    with closing(owner), owner.cursor() as cursor:
        every: list[str] = [name for name in owner.introspection.table_names(cursor) if name not in kept]
        quote = owner.ops.quote_name
        cursor.execute(" UNION ALL ".join(f"(SELECT '{name}' FROM {quote(name)} LIMIT 1)" for name in every))
        used = [row[0] for row in cursor.fetchall()]
        if not used:
            return
        cursor.execute(
            "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger"
            " WHERE NOT tgisinternal AND tgtype & %s <> 0",
            [TRUNCATE_TRIGGER],
        )
        guarded = [row[0] for row in cursor.fetchall()]
        statements = [f"ALTER TABLE {name} DISABLE TRIGGER USER" for name in guarded]
        # All of them at once, because they refer to each other. A reference table that refers to
        # one of them makes this fail, which is right: it would be left pointing at nothing.
        statements.append(f"TRUNCATE {', '.join(map(quote, every))} RESTART IDENTITY")
        statements += [f"ALTER TABLE {name} ENABLE TRIGGER USER" for name in guarded]
        cursor.execute("; ".join(["BEGIN", "SET LOCAL lock_timeout = '20s'", *statements, "COMMIT"]))


def end_forgotten_sessions() -> None:
    """End what threads and event loops of the tests left open, or the database could not be dropped."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
        )


class ByWhiteNoise(StaticFilesHandler):
    """Leaves static files to the application's middleware, as in production: it knows the fingerprints."""

    def _should_handle(self, path: str) -> bool:
        return False


@pytest.fixture(scope="session", autouse=True)
def live_server_serves_what_production_serves() -> Iterator[None]:
    """Keep Django's development handler out of the live server."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.contrib.staticfiles.handlers.StaticFilesHandler", ByWhiteNoise)
        yield


@pytest.fixture(scope="session", autouse=True)
def heard() -> Iterator[Listener]:
    """Hear everything that leaves, and fail in the end where the invented people's words were among it."""
    with listening(Listener()) as listener:
        yield listener
    assert not listener.found, f"What somebody wrote has left: {listener.found}"


@pytest.fixture
def connected_as_owner() -> Callable[[], AbstractContextManager[None]]:
    """Give the block in which a test connects as the owner, to show what the application cannot do."""
    return as_owner
