"""What somebody reads of each field, and where: on pages, in lists, on paper, in files, in the audit."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections import Counter, defaultdict
from contextlib import suppress
from typing import Any

from django.urls import resolve, reverse
from pypdf import PdfReader
from pypdf.errors import PdfReadError

from agencies.models import Job
from agencies.operations import jobs
from tests import rows
from tests.access import cast as who
from tests.access import walk
from tests.access.fields import done
from tests.access.fields.marking import Marker, marking
from tests.access.fields.whole import Whole
from tests.access.scene import Scene
from tests.access.story import LINK, is_a_page
from tests.access.tables import PAGES

# Which fields somebody read in a kind of place, each with the letter of the agency whose row it was.
Found = dict[str, set[tuple[str, str]]]
LISTS = frozenset({"home", "concerns", "people", "notices", "start", "exchanges", "find", "concern-new"})
AUDIT = frozenset({"audit_events", "audit_access", "audit_access_file", "audit_seals", "concern-looks"})
AT_MOST = 400
WAYS = 2  # pages of a list, and the same form for one or another, say the same
REASON = {"purpose": "OTHER", "purpose_words": "A case review.", "for_whom": "Judith Ames"}


def place_of(name: str) -> str:
    """Return which kind of place an address is, by its name."""
    if name in AUDIT:
        return "audit"
    if "paper" in name:
        return "paper"
    if name.endswith(("-file", "_file")):
        return "file"
    return "list" if name in LISTS else "page"


class Reader:
    """One person, and what they have read."""

    def __init__(self, scene: Scene | Whole, one: str, marker: Marker) -> None:
        self.scene, self.one, self.marker = scene, one, marker
        self.browser = scene.cast.browser(one)
        self.found: Found = defaultdict(set)
        self.read: set[str] = set()
        self.ways: Counter[str] = Counter()
        self.opened: Counter[str] = Counter()

    def note(self, place: str, text: str) -> None:
        self.found[place] |= self.marker.read(text)

    def open(self, address: str, name: str) -> tuple[str, str]:
        """Open an address, note what it said and return that with where it led. Files are unpacked."""
        with self.browser.in_a_hurry():
            response: Any = self.browser.get(address)
        assert response.status_code < 500 or name == "health", address
        text = unpacked(b"".join(response) if response.streaming else response.content)
        self.opened[place_of(name)] += response.status_code == 200
        self.note("title", " ".join(re.findall("<title>(.*?)</title>", text, re.DOTALL)))
        self.note(place_of(name), text)
        return text, response.headers.get("Location", "")

    def every_address(self, scene: Scene) -> None:
        """Open the pages of the table about what its rows are about."""
        for name in walk.own_names():
            page = PAGES[name]
            if not page.only_post:
                with rows.taken_back():
                    self.open(page.address(name, scene), name)

    def everything(self, start: list[str]) -> None:
        """Open every page that links lead to, from some addresses on."""
        waiting = list(start)
        while waiting:
            address = waiting.pop().replace("&amp;", "&")
            path = address.partition("?")[0]
            if address in self.read or self.ways[path] >= WAYS or not is_a_page(address):
                continue
            self.read.add(address)
            self.ways[path] += 1
            assert len(self.read) < AT_MOST, f"These links go on for ever: {sorted(self.read)[-20:]}"
            text, location = self.open(address, str(resolve(address.split("?")[0]).view_name))
            waiting += [*LINK.findall(text), location]

    def search(self, *words: str) -> None:
        """Look for words of the record, wherever something can be looked for."""
        boxes = {"find": "text", "people": "name", "directory": "query", "concern-new": "name"}
        for word in words:
            for page, box in boxes.items():
                answer = self.browser.post(reverse(page), walk.sent({box: word}), follow=True)
                self.note("search", answer.content.decode())

    def take_away(self, story: Whole) -> None:
        """Ask for the record as data in each form, and for papers as PDF; read the files that come."""
        concern, exchange = story.concern.reference, story.exchange.reference
        for form in ("JSON", "CSV", "FHIR"):
            self.take_export(concern, form)
        self.ask_for("pdf", reverse("concern-paper-pdf", args=[concern]), REASON)
        self.ask_for("pdf", reverse("exchange-paper-pdf", args=[exchange]), REASON)

    def take_export(self, concern: str, form: str = "JSON") -> None:
        why = {"for_whom": "The court", "purpose": "The judge has asked for it."}
        self.ask_for("export", reverse("concern-export", args=[concern]), {"form": form, **why})

    def ask_for(self, place: str, address: str, answers: dict[str, Any]) -> None:
        """Ask for a file, with words about what it is for, and read it."""
        before = set(Job.objects.values_list("pk", flat=True))
        with marking(self.marker), self.browser.in_a_hurry():
            self.browser.post(address, walk.sent(answers))
        for job in Job.objects.exclude(pk__in=before):
            jobs.work(at=self.scene.world.clock())
            with self.browser.in_a_hurry():
                response: Any = self.browser.get(reverse("job-file", args=[job.pk]))
            self.note(place, unpacked(b"".join(response) if response.streaming else response.content))


def unpacked(content: bytes) -> str:
    """Return what a file says: the text of a PDF, everything inside a ZIP, any other as it is."""
    if content.startswith(b"%PDF"):
        with suppress(PdfReadError):  # those that were uploaded are made by hand, and are read as they are
            return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return "\n".join(packed.read(name).decode(errors="replace") for name in packed.namelist())
    return html.unescape(content.decode(errors="replace"))


def start_of(story: Whole) -> list[str]:
    """Addresses that nobody is led to, but that somebody can type: pages about the things of the story."""
    concern, child = story.concern.reference, story.child.reference
    exchanges = (story.exchange.reference, story.other.reference)
    found = ["/", *(reverse(name) for name in ("notices", "directory", "concerns", "people", "audit_events"))]
    found += [reverse("audit_access"), reverse("audit_seals"), reverse("hand-over")]
    found += [
        f"/concerns/{concern}/{page}" for page in ("", "timeline/", "ask/", "do/", "summary/", "paper/")
    ]
    found += [f"/concerns/{concern}/{page}" for page in ("documents/1/", "looks/", "chronology/", "record/")]
    found += [f"/people/{child}/", f"/people/{child}/chronology/", f"/enquiries/{concern}-Q1/"]
    found += [f"/concerns/{concern}/documents/1/1/file/"]
    pages = ("", "restate/", "check/", "agreement/", "preview/", "prepare/", "paper/", "send/")
    return [*found, *(f"/exchanges/{one}/{page}" for one in exchanges for page in pages)]


def of_the_scene(scene: Scene, one: str, marker: Marker) -> Reader:
    """Let somebody read what stands at the addresses of the table."""
    reader = Reader(scene, one, marker)
    reader.every_address(scene)
    return reader


def of_what_was_done(scene: Scene, one: str, marker: Marker, made: done.Made) -> Reader:
    """Let somebody read what was done once where it stands, and the export that alone has some of it."""
    reader = Reader(scene, one, marker)
    for address in made.addresses:
        with rows.taken_back():
            reader.open(address, str(resolve(address.partition("?")[0]).view_name))
    if one in who.WITH_A_ROLE:
        with rows.taken_back():
            reader.take_export(made.in_the_export)
    return reader


def of_the_story(story: Whole, one: str, marker: Marker) -> Reader:
    """Let somebody read all of one concern: by links, by searching, and in files that are made."""
    reader = Reader(story, one, marker)
    with rows.taken_back():
        reader.everything(start_of(story))
    if one in who.WITH_A_ROLE:
        with rows.taken_back():
            reader.search("Sharedfirst", "Knownasxq", "secret-statement-9101", "document-title-9205")
            reader.take_away(story)
    return reader
