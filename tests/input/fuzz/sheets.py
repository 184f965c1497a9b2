"""Each form as it is found on its page: its fields, the answers that succeed, and who tries it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.forms import Textarea
from django.forms.widgets import MultiWidget, Widget

from tests import rows
from tests.access import cast as who
from tests.access import walk
from tests.access.page import Page
from tests.access.scene import Scene
from tests.access.tables import PAGES

FORMS = sorted(name for name in walk.own_names() if PAGES[name].acts is not None)
PEOPLE = ("writer", "second", "stranger", "nobody")
OWN = {"form_id", "csrfmiddlewaretoken", "draft_token"}
BOXES = frozenset({"text", "number", "email", "tel", "search", "url"})
# What can stand behind the question mark of some page of ours.
IN_LINK = re.compile(r'href="[^"#]*\?([^"#]+)"')
ALWAYS = ("of", "for", "show", "after", "before", "next", "action", "page", "q", "sort", "turn")


@dataclass
class Sheet:
    """One page of the table with what is needed to send its form again and again."""

    scene: Scene
    name: str

    @property
    def page(self) -> Page:
        return PAGES[self.name]

    @cached_property
    def address(self) -> str:
        return self.page.address(self.name, self.scene)

    @cached_property
    def shown(self) -> Any:
        """The page as it is first shown to the writer, or None where it is a button."""
        if self.page.only_post:
            return None
        with rows.taken_back():
            return self.scene.cast.browser(self.page.by).get(self.address)

    @cached_property
    def form(self) -> Any:
        return (self.shown.context or {}).get("form") if self.shown is not None else None

    @cached_property
    def answers(self) -> dict[str, Any]:
        """What succeeds, with the version and the draft token that the page shows."""
        data = walk.sent(self.page.data(self.scene))
        if (
            self.form is not None
            and "version" in self.form.fields
            and self.form["version"].value() is not None
        ):
            data["version"] = self.form["version"].value()
        return data

    @cached_property
    def fields(self) -> list[str]:
        """Every box of the form by its name in the page, those of a date one by one."""
        names = set(self.answers) | {"version"}
        for name, field in getattr(self.form, "fields", {}).items():
            widget = field.widget
            if isinstance(widget, MultiWidget):
                names |= {name + suffix for suffix in getattr(widget, "widgets_names", ())}
            else:
                names.add(name)
        return sorted(names - OWN - self.files)

    @cached_property
    def files(self) -> set[str]:
        return {name for name, value in self.answers.items() if isinstance(value, UploadedFile)}

    @cached_property
    def typed(self) -> tuple[str, ...]:
        """The boxes in which people write words."""
        return tuple(name for name in self.page.typed if name in self.fields)

    @cached_property
    def lines(self) -> set[str]:
        """Of those, the ones that hold one line."""
        fields = getattr(self.form, "fields", {})
        return {one for one in self.typed if one in fields and not isinstance(fields[one].widget, Textarea)}

    @cached_property
    def shows_text(self) -> set[str]:
        """The boxes that show what was typed into them again."""
        fields = getattr(self.form, "fields", {})
        return {one for one in self.fields if one in fields and _shows_text(fields[one].widget)}

    @cached_property
    def parameters(self) -> list[str]:
        """What can stand behind the question mark here, read from the page's links and forms."""
        if self.shown is None or self.shown.streaming:
            return list(ALWAYS)
        page = self.shown.content.decode(errors="replace")
        linked = {part.split("=")[0] for found in IN_LINK.findall(page) for part in found.split("&amp;")}
        return sorted({*ALWAYS, *linked})

    @cached_property
    def people(self) -> dict[str, str]:
        """The four who try it: the writer, somebody else who may or sees it, a stranger and nobody."""
        page = self.page
        others = sorted((page.acts or frozenset()) - {page.by}) or sorted(page.sees - {page.by})
        second = next((one for one in others if one not in who.NOT_SIGNED_IN), who.AUDITOR)
        return dict(zip(PEOPLE, (page.by, second, who.STRANGER, who.NOBODY), strict=True))


def _shows_text(widget: Widget) -> bool:
    return isinstance(widget, Textarea) or getattr(widget, "input_type", "") in BOXES
