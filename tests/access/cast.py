"""Who asks: everybody from nobody at all to the person whose work it is, each in a browser of their own."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

from django.test import Client

from agencies import operations as agencies
from agencies.models import Agency, Membership
from sharing.links import access
from sharing.models import Link
from sharing.operations import links
from tests import factories
from tests.factories import World
from tests.signing_in import give_second_factor, is_there

Who = frozenset[str]

NOBODY = "nobody"
OWNER = "the practitioner whose concern it is, who speaks"
COLLEAGUE = "a colleague at the owner's agency, not involved"
LEAD = "the lead of the owner's agency"
LISTENER = "the listener at another agency"
BYSTANDER = "a colleague of the listener, not involved"
LISTENERS_LEAD = "the lead of the listener's agency"
DEPUTY = "the listener's deputy"
STRANGER = "a practitioner of an agency that has nothing to do with it"
STRANGERS_LEAD = "the lead of an agency that has nothing to do with it"
ADMINISTRATOR = "the administrator of the owner's agency"
AUDITOR = "the auditor of the owner's agency"
COORDINATOR = "the coordinator of the partnership"
LEFT = "somebody whose role at the owner's agency has ended"
DISABLED = "somebody at the owner's agency whose account is closed"
BY_LINK = "somebody without an account, in a visit to the one thing that a link leads to"
NO_CODE = "somebody who opened a link and has not typed its code"
LINK_OVER = "somebody without an account, whose link was ended during their visit"
PAST_LISTENER = "somebody at the listener's agency who handed over all that they were told"
LISTENER_LEFT = "somebody who was told something at the listener's agency, and whose role there has ended"
GLASS = "a colleague who opened a closed record in an emergency that lasts"
GLASS_OVER = "a colleague who opened a closed record in an emergency that is over"

PRACTITIONERS: Who = frozenset({OWNER, COLLEAGUE, LISTENER, BYSTANDER, DEPUTY, STRANGER})
LEADS: Who = frozenset({LEAD, LISTENERS_LEAD, STRANGERS_LEAD})
WORKERS: Who = PRACTITIONERS | LEADS
WITH_A_ROLE: Who = WORKERS | {ADMINISTRATOR, AUDITOR, COORDINATOR}
NOT_SIGNED_IN: Who = frozenset({NOBODY, DISABLED})
EVERYBODY: Who = WITH_A_ROLE | NOT_SIGNED_IN | {LEFT, BY_LINK}
# Those who, of what has nothing to do with their link, hand-over or emergency, may do what another may.
LIKE: dict[str, str] = {
    NO_CODE: NOBODY,
    LINK_OVER: NOBODY,
    PAST_LISTENER: BYSTANDER,
    LISTENER_LEFT: LEFT,
    GLASS: COLLEAGUE,
    GLASS_OVER: COLLEAGUE,
}
ALL: Who = EVERYBODY | LIKE.keys()
# Those whose refusal stands under their name in the access log: under their last role where it has ended.
KNOWN: Who = WITH_A_ROLE | {BY_LINK, PAST_LISTENER, GLASS, GLASS_OVER, LEFT, LISTENER_LEFT}

# Figures without names are for those who oversee an agency or the partnership.
LEARNING: Who = LEADS | {COORDINATOR}
# Records belong to the agency that wrote them.
OUR_AGENCY: Who = frozenset({OWNER, COLLEAGUE, LEAD})
# What is shared is seen by whoever speaks or listens, those they named, and those who oversee them.
SPEAKING: Who = frozenset({OWNER, LEAD})
LISTENING: Who = frozenset({LISTENER, DEPUTY, LISTENERS_LEAD})


class Browser(Client):
    """A browser that shows a 500 instead of raising what caused it."""

    def __init__(self) -> None:
        super().__init__(raise_request_exception=False)
        self.hurries = False

    @contextmanager
    def in_a_hurry(self, *, is_logged: bool = False) -> Iterator[None]:
        """Ask without collecting templates and contexts, and without a line in the log for each refusal."""
        self.hurries = True
        if not is_logged:
            logging.disable(logging.WARNING)
        try:
            yield
        finally:
            self.hurries = False
            logging.disable(logging.NOTSET)

    def request(self, **request: Any) -> Any:
        if not self.hurries:
            return super().request(**request)
        response = self.handler(self._base_environ(**request))  # type: ignore[attr-defined]
        self.cookies.update(response.cookies)
        return response


class Cast:
    """Everybody above, as memberships, and a browser for each."""

    def __init__(self, world: World) -> None:
        self.members: dict[str, Membership] = {
            OWNER: world.priya,
            COLLEAGUE: world.school.colleague,
            LEAD: world.school.lead,
            LISTENER: world.tom,
            BYSTANDER: world.care.colleague,
            LISTENERS_LEAD: world.care.lead,
            DEPUTY: factories.member(world.care.agency, "Dana Deputy"),
            STRANGER: world.stranger.practitioner,
            STRANGERS_LEAD: world.stranger.lead,
            ADMINISTRATOR: world.school.administrator,
            AUDITOR: world.school.auditor,
            COORDINATOR: world.coordinator,
            LEFT: _left(world.school.agency),
            DISABLED: _disabled(world.school.agency),
            PAST_LISTENER: factories.member(
                world.care.agency, "Petra Past", job_title="Social worker", manager=world.care.lead
            ),
            LISTENER_LEFT: factories.member(world.care.agency, "Lana Left", manager=world.care.lead),
            GLASS: factories.member(world.school.agency, "Gita Glass", manager=world.school.lead),
            GLASS_OVER: factories.member(world.school.agency, "Gus Over", manager=world.school.lead),
        }
        factories.name_deputy(world.tom, self.members[DEPUTY])
        self.world = world
        _give_links_weeks(world)
        self.by_link = factories.link(world)
        self.without_code, self.ended = (self._another_link(self.by_link.member) for _ in range(2))
        self.ended_visit: Any = None
        self.browsers: dict[str, Browser] = {}
        self.cookies: dict[str, Any] = {}

    def sign_in(self) -> None:
        """Sign everybody in, before any test: a session that began inside one would be taken back with it."""
        self.browsers = {who: self._sign_in(who) for who in (NOBODY, *self.members)}
        self.browsers[BY_LINK] = self._come_by_link()
        self.browsers[NO_CODE] = self._ask_for_a_code()
        self.browsers[LINK_OVER] = self._stay_past_the_end()
        self.cookies = {who: deepcopy(browser.cookies) for who, browser in self.browsers.items()}

    def __getitem__(self, who: str) -> Membership:
        return self.members[who]

    def _sign_in(self, who: str) -> Browser:
        client = Browser()
        if who != NOBODY:
            give_second_factor(self.members[who].account)
            client.force_login(self.members[who].account)
            is_there(client)
        client.get("/help/")
        return client

    def _come_by_link(self) -> Browser:
        if self.by_link.ends_at <= self.world.clock():
            # The scene took longer than a link lives: they are told something else, by a new one.
            self.by_link = self._another_link(self.by_link.member)
        return self._with(access.VISIT, factories.visit(self.world, self.by_link).pk)

    def _ask_for_a_code(self) -> Browser:
        link = self.without_code
        return self._with(access.ASKED, [link.pk, link.renewed_at.isoformat()])

    def _stay_past_the_end(self) -> Browser:
        link = self.ended
        if self.ended_visit is None:
            self.ended_visit = factories.visit(self.world, link).pk
            links.end_link(
                link.exchange, by=link.exchange.speaker, at=self.world.clock(), why="She has moved on."
            )
        return self._with(access.VISIT, self.ended_visit)

    def _another_link(self, member: Membership) -> Link:
        return factories.link(self.world, factories.exchange_outside(self.world, listener=member))

    def _with(self, key: str, value: Any) -> Browser:
        """Return a browser whose session holds one thing."""
        client = Browser()
        session = client.session
        session[key] = value
        session.save()
        client.get("/help/")
        return client

    def browser(self, who: str) -> Browser:
        """Return somebody's browser, signed in, in their one role, with the first page behind them.

        Its cookies are those it began with: a page that gave it a new session was taken back.
        """
        browser = self.browsers[who]
        browser.cookies = deepcopy(self.cookies[who])
        return browser


def _give_links_weeks(world: World) -> None:
    """Let a link outlive everything that happens before the scene is ready."""
    agencies.set_time_limit(
        world.partnership, by=None, at=world.clock(), key="LINK", duration="960 hours", label="LOCAL",
        source="Invented for the tests", effective_from=world.clock.moment.date(),
    )  # fmt: skip


def _left(agency: Agency) -> Membership:
    """Make somebody who held a role and holds it no longer."""
    member = factories.member(agency, "Lou Leaver")
    Membership.objects.filter(pk=member.pk).update(ended_at=factories.LONG_AGO, ended_by=member)
    return Membership.objects.with_people().get(pk=member.pk)


def _disabled(agency: Agency) -> Membership:
    """Make somebody whose account was closed while they were signed in."""
    member = factories.member(agency, "Desi Disabled")
    member.account.is_active = False
    member.account.save(update_fields=["is_active"])
    return member
