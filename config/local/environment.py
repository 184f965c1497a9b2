"""The environment in which Django's settings are read on this machine."""

from collections.abc import Mapping

from config.local.layout import MAIL, STATIC, TEXTS, make_folder
from config.local.services import kept_secrets


def of_the_demo(addresses: Mapping[str, str], *, port: int) -> dict[str, str]:
    """Return the demo's environment: one-click personas, no second factor, mail and texts into files."""
    make_folder(MAIL)
    make_folder(TEXTS)
    return {
        "DEMO": "1",
        "SECRET_KEY": kept_secrets("demo")["key"],
        "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
        "BASE_URL": f"http://localhost:{port}",
        "EMAIL_URL": f"file://{MAIL}",
        "TEXT_URL": f"file://{TEXTS}",
        "STATIC_ROOT": str(STATIC),
        **addresses,
    }


def of_the_tests(addresses: Mapping[str, str]) -> dict[str, str]:
    """Return the tests' environment: as in production, but over http."""
    make_folder(MAIL)
    make_folder(TEXTS)
    return {
        "DEMO": "0",
        "SECRET_KEY": kept_secrets("test")["key"],
        "ALLOWED_HOSTS": "localhost,127.0.0.1,testserver",
        "BASE_URL": "http://localhost:8000",
        "EMAIL_URL": f"file://{MAIL}",
        "TEXT_URL": f"file://{TEXTS}",
        "STATIC_ROOT": str(STATIC),
        **addresses,
    }


def of_the_owner(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the same environment, connected as the owner of the tables. Only migrations need it."""
    return {**environment, "DATABASE_URL": environment["DATABASE_OWNER_URL"]}


def of_the_worker(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the same environment, connected as the worker where it has a role of its own."""
    address = environment.get("DATABASE_WORKER_URL", "") or environment["DATABASE_URL"]
    return {**environment, "DATABASE_URL": address}
