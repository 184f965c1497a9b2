"""Whatever people do, and in whatever order: the check-back against a small model of it.

The model is the description of the exchange in forty lines of Python. Every rule does one thing to the
real database as one person and asks the model whether it should have gone through. After every step:
nobody has confirmed their own restatement, nothing frozen has changed, whatever is understood was said
back and confirmed, a refused step changed nothing, and every success left at least one event.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Exists, OuterRef
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from agencies.models import Membership
from agencies.refusals import Refused
from audit.models import Event
from sharing.models import Action, Exchange, Obligation, Reminder, Round
from sharing.operations import actions, check_back, differ, disclosure, spoken
from tests import factories
from tests.factories import OTHER_WORDS, OWN_WORDS, World
from tests.properties.model import FRIENDS_OF, Model
from tests.reminders.book import in_the_record, in_the_rows
from tests.rows import snapshot

PEOPLE = (
    "speaker", "speakers deputy", "speakers lead", "listener", "listeners deputy", "listeners lead",
    "stranger", "administrator", "speaker at the other agency", "listener at the other agency",
)  # fmt: skip
FROZEN = ("sharing_item", "sharing_exchangeperson", "sharing_heldback")
SAID = (
    "exchange_id", "number", "what_happened", "what_worries_me", "what_i_will_do", "restated_by_id",
    "restated_at", "similarity",
)  # fmt: skip


class CheckBack(RuleBasedStateMachine):
    """One disclosure from a school to social care, and ten people who try everything."""

    world: World
    people: dict[str, Membership]
    exchange: Exchange
    asked_at: int | None = None

    @initialize()
    def begin(self) -> None:
        self.outer = transaction.atomic()
        self.outer.__enter__()
        w = self.world = factories.make_world(deputies=True)
        speaker_there = factories.member(w.care.agency, "", person=w.priya.user, job_title="Also here")
        listener_there = factories.member(w.school.agency, "", person=w.tom.user, job_title="Also here")
        factories.name_deputy(w.tom, speaker_there)
        factories.name_deputy(w.priya, listener_there)
        everyone = (
            w.priya, w.school.colleague, w.school.lead, w.tom, w.care.colleague, w.care.lead,
            w.stranger.practitioner, w.school.administrator, speaker_there, listener_there,
        )  # fmt: skip
        self.people = dict(zip(PEOPLE, everyone, strict=True))
        concern = factories.logged(w)
        factories.move(w, concern, "start-at-share", reason="By phone.")
        factories.decide(w, concern)
        self.exchange = factories.prepared(w, concern)
        self.model = Model()
        self.seen_version: int | None = None
        self.frozen: dict[str, Any] = {}
        self.said: dict[int, tuple[Any, ...]] = {}
        self.checked: dict[int, tuple[Any, ...]] = {}
        self.events = Event.objects.count()
        self.version = 1
        self.heard = ""

    def teardown(self) -> None:
        if hasattr(self, "outer"):
            transaction.set_rollback(True)
            self.outer.__exit__(None, None, None)

    def attempt(self, should: bool, act: Callable[[], object], *, silent: bool = False) -> bool:
        """Do something and hold it against the model. Returns whether it went through."""
        before = snapshot()
        events = Event.objects.count()
        refusal: Refused | None = None
        try:
            with transaction.atomic():
                act()
        except Refused as refused:
            refusal = refused
        if refusal is not None:
            assert not should, f"refused, though the model allows it: {refusal.sentences}"
            assert refusal.sentences
            assert all(sentence.strip() for sentence in refusal.sentences)
            assert snapshot() == before, "a refused step changed something"
            return False
        assert should, "went through, though the model forbids it"
        assert Event.objects.count() > events or silent, "a success left no event"
        return True

    @property
    def now(self) -> Exchange:
        return Exchange.objects.get(pk=self.exchange.pk)

    def version_for(self, stale: bool) -> tuple[int, bool]:
        """Return the version that a page shows, and whether it is out of date."""
        current = self.now.version
        return (current - 1, True) if stale else (current, False)

    who = st.sampled_from(PEOPLE)
    likely = st.sampled_from(["speaker", "listener", "speakers deputy", "listeners deputy", *PEOPLE])
    stale = st.sampled_from([False, False, False, True])
    seldom = st.sampled_from([False] * 7 + [True])

    @rule(steps=st.integers(1, 5), deputy=st.booleans(), confirm=st.booleans())
    def go_on(self, steps: int, deputy: bool, confirm: bool) -> None:
        """Do what comes next, as whoever's turn it is, so that stories get somewhere."""
        sides = ("speakers deputy", "listeners deputy") if deputy else ("speaker", "listener")
        for _ in range(steps):
            self.try_next(*sides, confirm=confirm)

    @rule(who=who, confirm=st.booleans())
    def somebody_tries_what_comes_next(self, who: str, confirm: bool) -> None:
        """The right thing at the right time, said well, by anybody at all."""
        self.try_next(who, who, confirm=confirm)

    def try_next(self, speaker: str, listener: str, *, confirm: bool) -> None:
        m = self.model
        if m.over == "understood" and m.proposed == 0:
            self.propose_as(speaker, "listener")
        elif m.over == "understood":
            self.accept_as(listener)
        elif m.over:
            return
        elif not m.sent:
            self.send_as(speaker)
        elif m.is_provisional:
            self.confirm_said_as(listener)
        elif not m.received:
            self.receive_as(listener, stale=False)
        elif not m.waits_for_check:
            self.restate_as(listener, OWN_WORDS, stale=False)
        else:
            outcome, answer = ("CONFIRMED", "UNDERSTOOD") if confirm else ("CORRECTED", "WRONG")
            self.check_as(speaker, outcome, answer, leave_one_out=False, note="Say it again.")

    @rule(who=likely)
    def send(self, who: str) -> None:
        self.send_as(who)

    def send_as(self, who: str) -> None:
        by, at = self.people[who], self.world.clock()
        may = self.model.may(who, "send")
        # The listener has two roles, so the sender is asked which of them is meant.
        meant = self.exchange.listener_id
        if self.attempt(may, lambda: disclosure.send(self.exchange, by=by, at=at, meant=meant)):
            self.model.sent = True
            self.frozen = self.digests()

    @rule(who=who)
    def open(self, who: str) -> None:
        """Opening is no act that can be refused: for anybody but the listener it changes nothing."""
        first = self.model.live and not self.model.opened and who in FRIENDS_OF["listener"]
        by, at = self.people[who], self.world.clock()
        events = Event.objects.count()
        check_back.open_exchange(self.exchange, by=by, at=at)
        assert Event.objects.count() == events + first
        self.model.opened = self.model.opened or first

    @rule(who=likely, stale=stale)
    def receive(self, who: str, stale: bool) -> None:
        self.receive_as(who, stale=stale)

    def receive_as(self, who: str, stale: bool) -> None:
        by, at = self.people[who], self.world.clock()
        seen, old = self.version_for(stale)
        may = self.model.may(who, "receive") and not old
        if self.attempt(may, lambda: check_back.receive(self.exchange, by=by, at=at, seen_version=seen)):
            self.model.received = self.model.opened = True

    @rule(who=who, seldom=seldom)
    def not_mine(self, who: str, seldom: bool) -> None:
        if self.model.may(who, "not mine") and not seldom:
            return
        by, at = self.people[who], self.world.clock()
        if self.attempt(
            self.model.may(who, "not mine"), lambda: check_back.not_mine(self.exchange, by=by, at=at)
        ):
            self.model.over = "not mine"

    @rule(who=likely, words=st.sampled_from([OWN_WORDS, OTHER_WORDS]), stale=stale)
    def restate(self, who: str, words: dict[str, Any], stale: bool) -> None:
        self.restate_as(who, words, stale=stale)

    def restate_as(self, who: str, words: dict[str, Any], stale: bool) -> None:
        by, at = self.people[who], self.world.clock()
        seen, old = self.version_for(stale)
        may = self.model.may(who, "restate") and not old
        if self.attempt(
            may, lambda: check_back.restate(self.exchange, by=by, at=at, seen_version=seen, **words)
        ):
            self.model.rounds.append("")

    @rule(
        who=likely,
        meant=st.booleans(),
        number=st.sampled_from(["01632 960 155", "01632 960 155", "", "no"]),
        ahead=st.sampled_from([-10, -10, -10, 5]),
    )
    def log_a_call(self, who: str, meant: bool, number: str, ahead: int) -> None:
        """The telephone: provisional, whatever the speaker thought of it."""
        by, at = self.people[who], self.world.clock()
        answer, outcome = ("UNDERSTOOD", "CONFIRMED") if meant else ("WRONG", "CORRECTED")
        words = factories.call_words(
            self.exchange, at=at, spoken_with=self.people["listener"], number=number, outcome=outcome,
            called_at=at + timedelta(minutes=ahead), note="Say when.",
            verdicts=factories.verdicts(self.exchange, answer),
        )  # fmt: skip
        may = self.model.may(who, "call") and number.startswith("0") and ahead < 0
        if self.attempt(may, lambda: spoken.log_call(self.exchange, by=by, at=at, **words)):
            if not self.model.sent:
                self.frozen = self.digests()
            self.model.sent = self.model.opened = self.model.received = True
            self.model.rounds.append("SPOKEN")
            self.heard = outcome

    @rule(who=likely)
    def confirm_said(self, who: str) -> None:
        self.confirm_said_as(who)

    def confirm_said_as(self, who: str) -> None:
        by, at = self.people[who], self.world.clock()
        may = self.model.may(who, "confirm what was typed")
        if self.attempt(may, lambda: spoken.confirm_said(self.exchange, by=by, at=at)):
            self.model.rounds[-1] = self.heard
            if self.heard == "CONFIRMED":
                self.model.over = "understood"

    @rule(who=likely)
    def say_differently(self, who: str) -> None:
        by, at = self.people[who], self.world.clock()
        may = self.model.may(who, "say differently")
        if self.attempt(may, lambda: spoken.say_differently(self.exchange, by=by, at=at, **OTHER_WORDS)):
            self.model.rounds[-1] = "NOT_SAID"
            self.model.rounds.append("")

    @rule(
        who=likely,
        words=st.sampled_from([("", "", ""), ("Noted, thanks.", "ok", "Received"), ("  ", "\n", "\t")]),
    )
    def restate_without_saying_anything(self, who: str, words: tuple[str, str, str]) -> None:
        by, at = self.people[who], self.world.clock()
        given: dict[str, Any] = dict(zip(OWN_WORDS, words, strict=True))
        self.attempt(False, lambda: check_back.restate(self.exchange, by=by, at=at, **given))

    @rule(who=likely, knowingly=st.booleans())
    def restate_by_copying(self, who: str, knowingly: bool) -> None:
        by, at = self.people[who], self.world.clock()
        texts = list(self.exchange.items.values_list("text", flat=True))
        given: dict[str, Any] = dict(zip(OWN_WORDS, (texts[0], texts[-1], " ".join(texts)), strict=True))
        may = self.model.may(who, "restate") and knowingly
        if self.attempt(
            may,
            lambda: check_back.restate(self.exchange, by=by, at=at, knowingly_a_copy=knowingly, **given),
        ):
            self.model.rounds.append("")
            assert Round.objects.filter(exchange=self.exchange).latest("number").similarity >= 60

    @rule(
        who=likely,
        outcome=st.sampled_from(["CONFIRMED", "CORRECTED", "CONFIRMED", "CORRECTED", "", "MAYBE"]),
        answer=st.sampled_from(["UNDERSTOOD", "UNDERSTOOD", "WRONG", "MISSING", "BANANA"]),
        leave_one_out=st.sampled_from([False, False, False, True]),
        note=st.sampled_from(["Say what the marks are.", "Say when.", "", " "]),
    )
    def check(self, who: str, outcome: str, answer: str, leave_one_out: bool, note: str) -> None:
        self.check_as(who, outcome, answer, leave_one_out=leave_one_out, note=note)

    def check_as(self, who: str, outcome: str, answer: str, leave_one_out: bool, note: str) -> None:
        by, at = self.people[who], self.world.clock()
        given = factories.verdicts(self.exchange, answer)
        if leave_one_out:
            given.popitem()
        fits = (outcome == "CONFIRMED" and answer == "UNDERSTOOD") or (
            outcome == "CORRECTED" and bool(note.strip()) and answer != "BANANA"
        )
        may = self.model.may(who, "check") and fits and not leave_one_out
        if self.attempt(
            may,
            lambda: check_back.check(self.exchange, by=by, at=at, outcome=outcome, verdicts=given, note=note),
        ):
            self.model.rounds[-1] = outcome
            if outcome == "CONFIRMED":
                self.model.over = "understood"

    @rule(who=who, why=st.sampled_from(["Wrong child.", "", "  "]), seldom=seldom)
    def withdraw(self, who: str, why: str, seldom: bool) -> None:
        if self.model.may(who, "withdraw") and why.strip() and not seldom:
            return
        by, at = self.people[who], self.world.clock()
        may = self.model.may(who, "withdraw") and bool(why.strip())
        if self.attempt(may, lambda: check_back.withdraw(self.exchange, by=by, at=at, why=why)):
            self.model.over = "withdrawn"

    @rule(
        who=likely,
        risk=st.sampled_from(["AGREE", "PARTLY", "DISAGREE", "BANANA"]),
        why=st.sampled_from(["", "x"]),
    )
    def say_whether_they_agree(self, who: str, risk: str, why: str) -> None:
        by, at = self.people[who], self.world.clock()
        fits = risk == "AGREE" or (bool(why) and risk != "BANANA")
        last = {a.about: (a.answer, a.why) for a in self.exchange.agreements.order_by("id")}
        repeats = last == {"RISK": (risk, why), "ACTION": ("AGREE", "")}
        self.attempt(
            self.model.may(who, "agree") and fits,
            lambda: differ.answer_agreement(
                self.exchange, by=by, at=at, risk=risk, risk_why=why, action="AGREE"
            ),
            silent=repeats,
        )

    @precondition(lambda self: self.model.proposed < 3)
    @rule(who=likely, owner=st.sampled_from(["speaker", "listener", "stranger"]))
    def propose(self, who: str, owner: str) -> None:
        self.propose_as(who, owner)

    def propose_as(self, who: str, owner: str) -> None:
        by = self.people[who]
        sides = FRIENDS_OF["speaker"] | FRIENDS_OF["listener"]
        is_time = self.model.over in ("", "understood")
        # A party's second hat is a named deputy of the other side, who may put something forward.
        seconds = {"speaker at the other agency", "listener at the other agency"}
        may = who in sides | seconds and owner != "stranger" and is_time
        if may and owner != "listener":
            return
        if self.attempt(
            may, lambda: factories.propose(self.world, self.exchange, by=by, owner=self.people[owner])
        ):
            self.model.proposed += 1

    @precondition(lambda self: self.model.proposed > 0)
    @rule(who=likely)
    def accept(self, who: str) -> None:
        self.accept_as(who)

    def accept_as(self, who: str) -> None:
        by, at = self.people[who], self.world.clock()
        waiting = Action.objects.filter(exchange=self.exchange, accepted_at=None).order_by("id").first()
        action = waiting or Action.objects.filter(exchange=self.exchange).latest("id")
        if self.attempt(self.model.may(who, "accept"), lambda: actions.accept(action, by=by, at=at)):
            self.model.accepted += 1

    # --- What holds after every step --------------------------------------------------------------

    def digests(self) -> dict[str, Any]:
        rows = snapshot()
        return {name: rows[name] for name in FROZEN}

    @invariant()
    def the_row_is_as_the_model_says(self) -> None:
        e, m = self.now, self.model
        rounds = list(Round.objects.filter(exchange=e).order_by("number").values_list("outcome", flat=True))
        assert rounds == m.rounds
        assert (e.sent_at is not None, e.received_at is not None) == (m.sent, m.received)
        assert (e.understood_at is not None) == (m.over == "understood")
        assert (e.withdrawn_at is not None) == (m.over == "withdrawn")
        assert (e.not_mine_at is not None) == (m.over == "not mine")

    @invariant()
    def nobody_confirmed_their_own_restatement(self) -> None:
        for one in Round.objects.exclude(checked_by=None).select_related("restated_by", "checked_by"):
            assert one.checked_by is not None
            assert one.restated_by.user_id != one.checked_by.user_id
            assert one.checked_by.user_id != self.exchange.listener.user_id
            assert one.restated_by.user_id != self.exchange.speaker.user_id

    @invariant()
    def nothing_frozen_has_changed(self) -> None:
        if self.model.sent:
            assert self.digests() == self.frozen
        for one in Round.objects.filter(exchange=self.exchange):
            words = tuple(getattr(one, name) for name in SAID)
            assert self.said.setdefault(one.number, words) == words
            if one.outcome not in ("", "SPOKEN"):
                verdict = (one.outcome, one.note, one.checked_by_id, one.checked_at)
                assert self.checked.setdefault(one.number, verdict) == verdict
        assert set(self.said) == set(range(1, len(self.model.rounds) + 1))

    @invariant()
    def what_is_understood_was_said_back_and_confirmed(self) -> None:
        e = self.now
        if e.understood_at:
            last = Round.objects.filter(exchange=e).latest("number")
            assert (last.outcome, last.checked_at, last.checked_by_id) == (
                "CONFIRMED",
                e.understood_at,
                e.understood_by_id,
            )
            assert last.restated_at < e.understood_at

    @invariant()
    def typed_words_have_settled_nothing_that_whoever_said_them_did_not_confirm(self) -> None:
        typed = Round.objects.filter(exchange=self.exchange, typed_by__isnull=False)
        for one in typed.select_related("call__answer"):
            answer = getattr(one.call, "answer", None)
            assert (answer is None) == (one.outcome == "SPOKEN")
            if one.outcome in ("CONFIRMED", "CORRECTED"):
                assert answer is not None
                assert (answer.answer, answer.by_id) == ("SAID", self.exchange.listener_id)
                assert one.checked_at == answer.at

    @invariant()
    def what_waits_is_what_the_record_says_and_all_of_it_is_chased(self) -> None:
        last = Event.objects.order_by("-id").values_list("id", flat=True).first()
        if last == self.asked_at:
            return  # a refused step changed nothing, which another check has seen
        self.asked_at = last
        assert in_the_rows() == in_the_record()
        chased = Reminder.objects.filter(
            obligation=OuterRef("pk"), version=OuterRef("version"), dropped_at__isnull=True
        )
        rows = Obligation.objects.filter(settled_at__isnull=True)
        assert not rows.exclude(Exists(chased)).exists()
        over = Reminder.objects.filter(obligation__settled_at__isnull=False, raised_at__isnull=True)
        assert not over.filter(dropped_at__isnull=True).exists()

    @invariant()
    def the_record_only_grows(self) -> None:
        events, version = Event.objects.count(), self.now.version
        assert events >= self.events
        assert version >= self.version
        self.events, self.version = events, version

    @invariant()
    def nobody_but_the_parties_sees_it(self) -> None:
        for name in ("stranger", "administrator"):
            assert not Exchange.objects.visible_to(self.people[name]).exists()
        heard = Exchange.objects.visible_to(self.people["listener"]).exists()
        assert heard == self.model.sent


@pytest.mark.django_db
def test_the_check_back_whatever_people_do() -> None:
    run_state_machine_as_test(
        CheckBack,
        settings=settings(
            max_examples=30,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
