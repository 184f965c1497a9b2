"""The web server's own log of requests, where somebody turns it on: without the tokens of links."""

from typing import Any

from gunicorn.glogging import Logger

from config.log import without_tokens


class WithoutTokens(Logger):
    """gunicorn's logger, which would write the whole address and where it was followed from."""

    def atoms(self, *request: Any) -> dict[str, Any]:
        """Return what a line is made of, with tokens left out."""
        found: dict[str, Any] = super().atoms(*request)
        return {
            key: without_tokens(value) if isinstance(value, str) else value for key, value in found.items()
        }
