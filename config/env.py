"""Read the environment. A missing or wrong variable stops the start with a sentence, not a traceback."""

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]", "testserver"})
YES = frozenset({"1", "true", "yes", "on"})
NO = frozenset({"0", "false", "no", "off", ""})


def stop(sentence: str) -> SystemExit:
    """Make the exception that ends the start; what it says is all that is printed."""
    return SystemExit(f"Check Back cannot start. {sentence}")


def text(name: str, *, help: str, default: str | None = None) -> str:
    """Return a variable's text.

    Raises SystemExit where it is missing or empty and has no default; `help` says what to set it to.
    """
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is None:
        raise stop(f"The environment variable {name} is not set: {help}")
    return default


def flag(name: str, *, default: bool) -> bool:
    """Return a yes or no. Raises SystemExit for any other word."""
    value = os.environ.get(name)
    if value is None:
        return default
    word = value.strip().lower()
    if word in YES or word in NO:
        return word in YES
    raise stop(f"{name} is neither yes nor no: set it to 1 or 0.")


def whole_number(name: str, *, default: int, least: int = 0) -> int:
    """Return a whole number. Raises SystemExit for anything else, or for less than `least`."""
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if not value.isdecimal() or int(value) < least:
        raise stop(f"{name} is not a whole number of at least {least}: correct it or leave it out.")
    return int(value)


def names(name: str, *, help: str) -> list[str]:
    """Return a comma-separated list. Raises SystemExit where it is missing or empty."""
    return [part.strip() for part in text(name, help=help).split(",") if part.strip()]


def address(name: str, *, schemes: tuple[str, ...], help: str) -> SplitResult:
    """Return a URL in its parts. Raises SystemExit where it is missing or its scheme is not one of ours.

    The value itself is never printed, because it can hold a password.
    """
    value = text(name, help=help)
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        raise stop(f"{name} is not a URL: {help}") from None
    if parts.scheme not in schemes:
        raise stop(f"{name} does not start with {' or '.join(s + '://' for s in schemes)}: {help}")
    return parts


def database(name: str) -> dict[str, Any]:
    """Return Django's settings for a PostgreSQL URL. Raises SystemExit where it is missing or wrong."""
    help = "set it to postgresql://USER:PASSWORD@HOST:PORT/DATABASE."
    parts = address(name, schemes=("postgresql", "postgres"), help=help)
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", "") or unquote(parts.hostname or "")
    database_name = unquote(parts.path.lstrip("/"))
    if not database_name or not parts.username:
        raise stop(f"{name} names no user or no database: {help}")
    return {
        "ENGINE": "config.postgresql",
        "NAME": database_name,
        "USER": unquote(parts.username),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }


def mail(name: str) -> Mapping[str, Any]:
    """Return Django's mail settings for a URL. Raises SystemExit where it is missing or wrong.

    smtps:// is TLS from the first byte (port 465), smtp:// is STARTTLS (port 587), and file:///FOLDER
    writes each message to a file, for the demo.
    """
    help = "set it to smtps://USER:PASSWORD@HOST:465, smtp://USER:PASSWORD@HOST:587 or file:///FOLDER."
    parts = address(name, schemes=("smtps", "smtp", "file"), help=help)
    if parts.scheme == "file":
        if not parts.path:
            raise stop(f"{name} names no folder: {help}")
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": unquote(parts.path),
        }
    if not parts.hostname:
        raise stop(f"{name} names no mail server: {help}")
    tls_at_once = parts.scheme == "smtps"
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if tls_at_once else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": tls_at_once,
        "EMAIL_USE_TLS": not tls_at_once,
    }


def texts(name: str) -> str:
    """Return where text messages go, or nothing where none can be sent. Raises SystemExit where it is wrong.

    https://TOKEN@HOST/PATH is posted to (notifications/texts.py); file:///FOLDER is for the demo.
    """
    if not os.environ.get(name):
        return ""
    help = "set it to https://TOKEN@HOST/PATH or file:///FOLDER, or leave it out."
    return address(name, schemes=("https", "file"), help=help).geturl()


def scanner(name: str) -> str:
    """Return where the virus scanner answers, or nothing where there is none. Raises SystemExit where wrong.

    tcp://HOST:PORT or unix:///PATH of a clamd (records/documents/clamd.py).
    """
    if not os.environ.get(name):
        return ""
    help = "set it to tcp://HOST:PORT or unix:///PATH, or leave it out."
    parts = address(name, schemes=("tcp", "unix"), help=help)
    if not (parts.hostname if parts.scheme == "tcp" else parts.path):
        raise stop(f"{name} names no host or no path: {help}")
    return parts.geturl()


def demo(*, allowed_hosts: list[str]) -> bool:
    """Say whether this is the demo, with its one-click personas.

    Raises SystemExit where DEMO is on and the site answers to any name that another machine could use.
    """
    if not flag("DEMO", default=False):
        return False
    public = sorted(set(allowed_hosts) - LOCAL_HOSTS)
    if public:
        raise stop(
            f"DEMO is on and ALLOWED_HOSTS has {', '.join(public)}: the demo lets anybody sign in as "
            "anybody, so it only answers to this machine's own names. Take DEMO out of a real service's "
            "environment."
        )
    return True
