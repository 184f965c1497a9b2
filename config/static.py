"""The addresses of static files, which change with a new version and not while one runs."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Kept(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage, which looks each address up once: every page has four."""

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        self.addresses: dict[str, str] = {}

    def url(self, name: str | None, force: bool = False) -> str:
        """Return the address of a file. Raises ValueError where there is none of that name."""
        if name is None or force:
            return str(super().url(name, force))
        if name not in self.addresses:
            self.addresses[name] = str(super().url(name))
        return self.addresses[name]
