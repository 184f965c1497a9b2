"""The same form sent twice at once: the operation runs once, and both are led to its result."""

from __future__ import annotations

import uuid
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from agencies import pages
from agencies.models import Submission
from audit.models import Event
from sharing.models import Exchange, Stage
from sharing.operations import disclosure
from tests import factories
from tests.races.two import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_form_sent_eight_times_saves_once_and_leads_everybody_to_the_result() -> None:
    w = factories.make_world()
    for _ in range(5):
        cycle = factories.the_cycle(factories.concern_at(w, Stage.DO))
        form: Any = SimpleNamespace(cleaned_data={"form_id": uuid.uuid4()}, draft_key="", all_the_same=None)
        at = w.clock()
        last = Event.objects.latest("id").pk
        answers: list[HttpResponse | None] = []

        def choose(cycle: Any = cycle, at: Any = at) -> str:
            made = disclosure.choose_listener(
                cycle, listener=w.tom, by=w.priya, at=at, right_place="The partnership's list."
            )
            return f"/exchanges/{made.reference}/"

        def post(form: Any = form, answers: list[HttpResponse | None] = answers, run: Any = choose) -> None:
            request: Any = RequestFactory().post("/")
            request.membership, request.user = w.priya, w.priya.user
            answers.append(pages.save(request, form, run))

        outcome = at_once(*[post] * 8)
        assert not outcome.errors, outcome.errors
        exchange = Exchange.objects.get(cycle=cycle)
        where = {(a.status_code, a["Location"]) for a in answers if a is not None}
        assert (len(answers), where) == (8, {(302, f"/exchanges/{exchange.reference}/")})
        assert Event.objects.filter(id__gt=last).count() == 1
        assert Submission.objects.filter(form_id=form.cleaned_data["form_id"]).count() == 1
