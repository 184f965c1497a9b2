"""What each page leaves in the access log when somebody opens it; and which leave nothing, and why."""

from __future__ import annotations

from typing import Any

from audit.models import Access
from tests.access import walk
from tests.access.page import Page
from tests.access.scene import Scene

# Pages that leave no trace, by name. A page that is not here and leaves none fails the test.
NOBODYS_RECORD = "it shows nothing about anybody whom a concern is about"
NO_TRACE: dict[str, str] = {
    "health": "it says whether the service works",
    "help": "it is the same for everybody",
    "accessibility": "it is the same for everybody",
    "privacy": "it is the same for everybody",
    "policy-report": "it takes what a browser reports and shows nothing",
    "session-left": "it says how long one stays signed in oneself",
    "sessions": "it shows where one is signed in oneself",
    "drafts": "it takes what somebody types and shows nothing",
    "choose_hat": "it shows one’s own roles; signing in and changing role are logged",
    "start": "it leads on to one’s own first page",
    "home": "it shows one’s own work by reference, and names nobody whom it is about",
    "hand-over": "it shows one’s own work by reference, and names nobody whom it is about",
    "find": "it is empty before a search, and each page of results is logged with whom it showed",
    "people": "it is empty before a search, and the search is logged with whom it showed",
    "concern-new": "it is empty before a search, and the search is logged with whom it showed",
    "concern-new-person": "it is empty; those who may be the same are logged when they are shown",
    "person-new": "it is empty; those who may be the same are logged when they are shown",
    "break-glass": "it is empty; what is opened by it is logged",
    "directory": f"it is about staff; {NOBODYS_RECORD}",
    "notices": f"it shows one’s own notices; {NOBODYS_RECORD}",
    "how_told": f"it is about oneself; {NOBODYS_RECORD}",
    "set_aside": f"it shows notices that did not arrive; {NOBODYS_RECORD}",
    "partnership": f"it is about agencies; {NOBODYS_RECORD}",
    "time_limits": f"it is about the partnership’s limits; {NOBODYS_RECORD}",
    "time_limit": f"it is about the partnership’s limits; {NOBODYS_RECORD}",
    "closed_days": f"it is about opening hours; {NOBODYS_RECORD}",
    "opening_hours": f"it is about opening hours; {NOBODYS_RECORD}",
    "change_hours": f"it is about opening hours; {NOBODYS_RECORD}",
    "add_closed_day": f"it is about opening hours; {NOBODYS_RECORD}",
    "out_of_hours": f"it is about opening hours; {NOBODYS_RECORD}",
    "team": f"it is about staff; {NOBODYS_RECORD}",
    "add_person": f"it is about staff; {NOBODYS_RECORD}",
    "staff_member": f"it is about staff; {NOBODYS_RECORD}",
    "change_post": f"it is about staff; {NOBODYS_RECORD}",
    "cover": f"it is about staff; {NOBODYS_RECORD}",
    "cover_of": f"it is about staff; {NOBODYS_RECORD}",
    "record_absence": f"it is about staff; {NOBODYS_RECORD}",
    "name_deputy": f"it is about staff; {NOBODYS_RECORD}",
    "contact_points": f"it is about staff; {NOBODYS_RECORD}",
    "add_contact_point": f"it is about staff; {NOBODYS_RECORD}",
    "end_membership": f"it is about staff; {NOBODYS_RECORD}",
    "hand-over-people": f"it is about staff and how much they have to do; {NOBODYS_RECORD}",
    "outside": f"it is about people of other organisations at their work; {NOBODYS_RECORD}",
    "outside-add": f"it is about people of other organisations at their work; {NOBODYS_RECORD}",
    "outside-person": f"it is about people of other organisations at their work; {NOBODYS_RECORD}",
    "outside-reach": f"it is about people of other organisations at their work; {NOBODYS_RECORD}",
    "outside-end": f"it is about people of other organisations at their work; {NOBODYS_RECORD}",
    "job": "it shows how far one’s own piece of work is; the file that it makes is logged",
    "learning": "it shows figures without names; taking them away as a file is logged",
    "chronology-import": "it is empty before a file comes; what was found in one is logged when it is shown",
    "chronology-template": "it is an empty table, the same for everybody",
    "words": f"it is about plain words for jargon; {NOBODYS_RECORD}",
    "retention-classes": f"it is about how long kinds of record are kept; {NOBODYS_RECORD}",
    "retention-defaults": f"it is about how long kinds of record are kept; {NOBODYS_RECORD}",
    "retention-class-add": f"it is about how long kinds of record are kept; {NOBODYS_RECORD}",
    "link": "nobody is known before the code, and nothing is shown; attempts have a log of their own",
    "link-code": "nobody is known before the code, and nothing is shown; attempts have a log of their own",
    "link-not-me": "nobody is known before the code, and nothing is shown; attempts have a log of their own",
    "link-over": "it is the same for everybody",
}


def looks_after(last: int) -> list[Access]:
    """Return what was logged as seen after a row, in order."""
    return list(Access.objects.filter(pk__gt=last, outcome=Access.Outcome.SEEN).order_by("pk"))


def left_by(scene: Scene, name: str, page: Page) -> list[Access]:
    """Open a page as whoever uses it does, and return what that left in the log."""
    last = walk.last_look()
    browser = scene.cast.browser(page.by if page.by in page.sees else min(page.sees))
    with browser.in_a_hurry():
        browser.get(page.address(name, scene))
    return looks_after(last)


def is_about(look: Access, parts: dict[str, Any]) -> bool:
    """Say whether a look names what the address is about: by its reference, or as something under it."""
    reference = str(parts.get("reference", ""))
    named = [look.subject, look.concern or "", *look.shown]
    return (
        not reference
        or any(f"{one}-".startswith(f"{reference}-") for one in named)
        or any(one and reference.startswith(f"{one}-") for one in named)
    )
