"""The command lines of the processes that make up the service."""

from __future__ import annotations

from config.local.layout import python

CELERY = ("-m", "celery", "-A", "config.celery", "--quiet")


def worker(*more: str) -> list[str]:
    """Return the command line of a worker with two processes."""
    return python(*CELERY, "worker", "--concurrency", "2", "--without-gossip", "--without-mingle", *more)


def beat() -> list[str]:
    """Return the command line of the beat, which keeps no file."""
    return python(*CELERY, "beat", "--pidfile=")


def web(*, port: int) -> list[str]:
    """Return the command line of the web server: two processes with four threads each."""
    return python(
        *("-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}"),
        *("--workers", "2", "--threads", "4", "--graceful-timeout", "5", "--no-control-socket"),
    )
