"""Consent: one way to do each operation."""

from __future__ import annotations

from datetime import timedelta

from consent import operations as consent
from sharing.models import Stage
from tests import factories
from tests.deeds.finding import Deed, deed, do
from tests.factories import World


@deed(consent.record_view)
def _(w: World) -> Deed:
    concern = factories.concern_at(w, Stage.DO)
    return do(
        consent.record_view, concern, factories.main_person(concern), by=w.priya, w=w,
        answer="GIVEN_WITH_CONDITIONS", conditions="Not to his grandmother.",
        their_words="Do not tell my gran.", asked_at=w.clock(),
        capacity="NOT_COMPETENT", capacity_note="He is seven years old.",
    )  # fmt: skip


@deed(consent.decide)
def _(w: World) -> Deed:
    concern = factories.concern_at(w, Stage.DO)
    factories.view(w, concern)
    return do(
        consent.decide, concern, 1, factories.main_person(concern), by=w.priya, w=w, outcome="NOT_SHARE",
        purpose="To keep him safe at home.", rationale="Nothing new since Monday.", informed="NOT_YET",
        not_informed_why="His mother is at work.", inform_review_at=w.clock() + timedelta(days=1),
    )  # fmt: skip
