"""The permission matrix, cell by cell: an address, about a thing, asked for by somebody, with a method.

What is expected of a cell stands in tests/access/tables/ and tests/access/things.py. A refusal answers with
the status of the table, writes no row but one in the access log (and that row's leaf), and reads the same
whether the thing is somebody else's or does not exist.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tests.access import cast as who
from tests.access import walk
from tests.access.scene import Scene
from tests.access.tables import PAGES
from tests.access.watching import Watch

METHODS = ("get", "head", "post", "put", "delete", "options")
# Pages have three methods; nobody is asked who they are before any other one is refused.
NO_SUCH_METHOD = frozenset({"put", "delete", "options"})
WITHOUT_HEAD = tuple(method for method in METHODS if method != "head")
# They are like others, who send forms: of these it is asked what they see.
ONLY_LOOK = frozenset({who.PAST_LISTENER, who.GLASS, who.GLASS_OVER})
COMES_IN = frozenset({200, 302, 409})
UNWELL = 503  # what /health/ answers where, as in tests, no worker runs
OVER = "/link/over/"
ELSEWHERE = {
    "reference": "WF-99-9999",
    "membership_id": "5b0e5a3c-7d1f-4c1e-9f43-0f6f0e0b7a11",
    "token": "a-token-that-nobody-was-sent",
}
# A role that has ended is taken off in the session, and a session that is new is written.
OF_THE_SESSION = frozenset({"django_session", "agencies_session"})
Opens = Callable[[str], bool]
DONE, NOT_TO_DO = "what the form of a page does", "what is not theirs to do on a page that is open to them"
PROMISED = 25_000


@dataclass(frozen=True)
class Answer:
    """What came back, and what was written meanwhile."""

    status: int
    location: str
    title: str
    body: bytes
    written: dict[str, int]


class Walk:
    """One page, asked for in every way. `wrong` says what was not as the table says it."""

    def __init__(self, scene: Scene, name: str) -> None:
        self.scene, self.name, self.page = scene, name, PAGES[name]
        self.watch = Watch()
        self.cells: Counter[tuple[str, str]] = Counter()
        self.wrong: list[str] = []
        self.refusals: dict[tuple[str, str], set[bytes]] = defaultdict(set)

    def about(
        self,
        thing: str,
        address: str,
        opens: Opens,
        people: Iterable[str] = who.ALL,
        methods: Iterable[str] = METHODS,
    ) -> None:
        """Ask for one address as each of some people with each method."""
        for one in sorted(people):
            for method in methods:
                if self.is_left_out(one, method, opens=opens(one)):
                    continue
                self.cells[thing, method] += 1
                answer = self.ask(one, method, address)
                problem = self.is_wrong(one, method, answer, opens=opens(one))
                if problem:
                    self.wrong.append(f"{method} of {thing} by {one}: {problem}")

    def is_left_out(self, one: str, method: str, *, opens: bool) -> bool:
        """Say whether a cell says nothing that another does not.

        What a form does is a cell of its own (test_every_address.py); HEAD is GET without a body, and is
        asked by three; those who are like others only look; and tests/links asks what follows a code.
        """
        if method == "post":
            by_link = one == who.NO_CODE and self.name.startswith("link")
            return (opens and self.page.acts is not None) or one in ONLY_LOOK or by_link
        return method == "head" and one not in {self.page.by, who.NOBODY, who.STRANGER}

    def ask(self, one: str, method: str, address: str) -> Answer:
        browser = self.scene.cast.browser(one)
        data = walk.sent(self.page.data(self.scene)) if method == "post" else None
        with browser.in_a_hurry(), self.watch.looking():
            response = getattr(browser, method)(address, data) if data else getattr(browser, method)(address)
        if response.streaming:
            b"".join(response)  # to its end, or it would close the connection with itself
        title = "" if response.streaming else walk.title(response)
        body = b"" if response.streaming or response.status_code == 200 else walk.plain(response, address)
        location = response.headers.get("Location", "")
        return Answer(response.status_code, location, title, body, self.watch.written())

    def is_wrong(self, one: str, method: str, answer: Answer, *, opens: bool) -> str:
        """Return what is wrong with an answer, or nothing."""
        if named := walk.names_in(self.scene, answer.title):
            return f"names {named} in its title, which stays in the history of a browser: {answer.title}"
        if method in NO_SUCH_METHOD:
            return "" if (answer.status, answer.written) == (405, {}) else f"answered {answer}"
        if answer.status == 405:
            return self._may_lack(method, answer)
        if opens:
            return self._is_let_in(method, answer)
        return self._is_refused(one, method, answer)

    def _may_lack(self, method: str, answer: Answer) -> str:
        """A page may lack GET where it shows nothing, POST where it takes nothing, and HEAD."""
        lacks = {"get": self.page.only_post, "head": True, "post": self.page.acts is None}
        if not lacks[method]:
            return "answered that the page has no such method"
        written = answer.written.keys() - OF_THE_SESSION
        return f"wrote {sorted(written)}" if written else ""

    def _is_let_in(self, method: str, answer: Answer) -> str:
        ours = COMES_IN | ({UNWELL} if self.name == "health" else set())
        taken = {400, 403, 404, 415, 422} if method == "post" else set()
        if answer.status not in ours | taken:
            return f"answered {answer.status}"
        if method != "post" and answer.location.startswith(walk.SIGN_IN):
            return "was sent to sign in"
        written = answer.written.keys() - walk.LEFT_BEHIND - OF_THE_SESSION
        return f"wrote {sorted(written)} by looking" if written else ""

    def _is_refused(self, one: str, method: str, answer: Answer) -> str:
        expected = self.page.refusal_of(one)
        if answer.status != expected:
            return f"answered {answer.status}, not {expected}"
        if expected == 302 and not answer.location.startswith((walk.SIGN_IN, OVER)):
            return f"was led to {answer.location}"
        looks = answer.written.get("audit_access", 0)
        refused = walk.refused_among_last(looks)
        if refused != (1 if one in who.KNOWN else 0):
            return f"left {refused} refusals in the access log"
        has_left = who.LIKE.get(one, one) == who.LEFT
        other = answer.written.keys() - walk.A_REFUSAL - (OF_THE_SESSION if has_left or not looks else set())
        if other:
            return f"wrote {sorted(other)}"
        if method != "head":
            self.refusals[one, method].add(answer.body)
        return ""

    def finish(self) -> list[str]:
        """Return everything that was wrong, and where two refusals of one kind read differently."""
        for (one, method), bodies in self.refusals.items():
            if len(bodies) > 1 and self.page.refusal_of(one) == 404:
                self.wrong.append(f"{method} by {one}: refusals differ: {sorted(bodies)}")
        return self.wrong


def own(found: Walk) -> None:
    """The thing that the page's row is about."""
    page = found.page
    found.about("the thing itself", page.address(found.name, found.scene), page.opens_for)


def nowhere(found: Walk) -> None:
    """A thing that does not exist, for whoever the page is for, and some of those who find nothing."""
    page = found.page
    parts = page.args(found.scene)
    imagined = {key: ELSEWHERE.get(key, value) for key, value in parts.items()}
    if imagined == parts or found.name == "link":
        return
    refused = sorted(one for one in who.ALL if not page.opens_for(one) and page.refusal_of(one) == 404)
    # Two of those who find nothing stand for all of them, besides whoever came by a link.
    people = {page.by, *refused[:2], who.BY_LINK}
    address = page.address(found.name, found.scene, imagined)
    looking = tuple(method for method in WITHOUT_HEAD if method != "post")
    found.about("a thing that there is not", address, lambda one: False, people, looking)
    send = {page.by, who.BY_LINK, *refused[:1]} - who.LIKE.keys()
    found.about("a thing that there is not", address, lambda one: False, send, ("post",))


def foreign(found: Walk) -> None:
    """Somebody else's thing below what is their own, for those to whom the one above is open."""
    page = found.page
    above = {one for one in who.ALL if page.opens_for(one) and who.LIKE.get(one, one) not in page.at_home}
    for parts in page.foreign(found.scene):
        address = page.address(found.name, found.scene, parts)
        found.about("somebody else’s thing below one’s own", address, lambda one: False, above, WITHOUT_HEAD)


class Tally:
    """How many cells were walked, by thing and method, and on how many addresses."""

    def __init__(self) -> None:
        self.cells: Counter[tuple[str, str]] = Counter()
        self.pages: set[str] = set()

    def add(self, found: Walk) -> None:
        self.cells += found.cells
        self.pages.add(found.name)

    def add_deed(self, *, did: bool) -> None:
        """Count a form that was sent by somebody who may look: done, or refused."""
        self.cells[DONE if did else NOT_TO_DO, "post"] += 1

    def lines(self) -> Iterator[str]:
        """Say it in lines."""
        things = sorted({thing for thing, _ in self.cells})
        for thing in things:
            each = ", ".join(f"{m.upper()} {self.cells[thing, m]:,}" for m in METHODS if self.cells[thing, m])
            yield f"{thing}: {each}"
        yield f"{self.cells.total():,} cells on {len(self.pages)} addresses, as {len(who.ALL)} people"


TALLY = Tally()
