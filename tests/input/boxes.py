"""What stands in the boxes of a page, as a browser reads them."""

from __future__ import annotations

from html.parser import HTMLParser

NO_TEXT = frozenset({"hidden", "radio", "checkbox", "submit", "file"})


class Boxes(HTMLParser):
    """The text in each box of a page, by its name."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: dict[str, str] = {}
        self.inside = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        name = named.get("name") or ""
        if tag == "textarea":
            self.inside, self.found[name] = name, ""
        elif tag == "input" and named.get("type", "text") not in NO_TEXT:
            self.found[name] = named.get("value") or ""

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.found[self.inside] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self.inside:
            # A browser leaves out the first line break after the tag.
            self.found[self.inside] = self.found[self.inside].removeprefix("\n")
            self.inside = ""


def texts_in(page: str) -> dict[str, str]:
    """Return what stands in each box of a page, with lines ended by one character."""
    return {name: text.replace("\r\n", "\n") for name, text in Boxes(page).found.items()}
