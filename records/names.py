"""How names are compared: without capitals, accents and punctuation."""

import unicodedata


def plain(*names: str) -> str:
    """Join names into the text that is searched: “Siân O'Neill” becomes “sian o neill”."""
    decomposed = unicodedata.normalize("NFKD", " ".join(names).casefold())
    kept = "".join(c if c.isalnum() else " " for c in decomposed if not unicodedata.combining(c))
    return " ".join(kept.split())
