"""Two people at once at a document: versions, strikes, and an opening against a withdrawal."""

from __future__ import annotations

from functools import partial

import pytest

from audit.models import Event
from records import operations as records
from records.models import DocumentStrike, DocumentVersion
from sharing.models import AttachmentOpening
from sharing.operations import attachments, check_back
from tests import documents, factories
from tests.documents import LETTER, looked
from tests.factories import World
from tests.races.two import at_once
from tests.records.documents import making

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 4


@pytest.fixture
def world(transactional_db: None) -> World:
    return factories.make_world()


def test_of_two_new_versions_one_is_kept_and_the_other_is_told(world: World) -> None:
    for turn in range(ROUNDS):
        document = documents.letter(world)
        acts = [
            partial(
                records.add_version, document, by=by, at=world.clock(), why="Newer.", seen_version=1,
                content=looked(making.pdf(b"%% %d %d\n" % (turn, number))),
            )
            for number, by in enumerate((world.priya, world.school.colleague))
        ]  # fmt: skip
        assert at_once(*acts).one_won_one_was_told
        assert list(document.versions.values_list("number", flat=True)) == [1, 2]


def test_two_documents_at_once_get_two_numbers(world: World) -> None:
    concern = factories.logged(world)
    acts = [
        partial(records.add_document, concern, by=by, at=world.clock(), content=looked(), **LETTER)
        for by in (world.priya, world.school.colleague)
    ]
    assert sorted(at_once(*acts).won) == [0, 1]
    assert list(concern.documents.values_list("number", flat=True)) == [1, 2]


def test_it_is_struck_through_once(world: World) -> None:
    document = documents.letter(world)
    acts = [
        partial(records.strike_document, document, by=by, at=world.clock(), why="A mistake.")
        for by in (world.priya, world.school.lead)
    ]
    assert at_once(*acts).one_won_one_was_told
    assert DocumentStrike.objects.count() == 1


def test_an_opening_and_a_withdrawal_come_one_after_the_other(world: World) -> None:
    for _ in range(ROUNDS):
        one = documents.opened(world)
        outcome = at_once(
            partial(attachments.open_attachment, one, by=world.tom, at=world.clock()),
            partial(check_back.withdraw, one.exchange, by=world.priya, at=world.clock(), why="By mistake."),
        )
        assert not outcome.errors
        assert 1 in outcome.won
        verbs = list(
            Event.objects.filter(subject=one.exchange.reference)
            .order_by("-pk")
            .values_list("verb", flat=True)
        )
        opened = AttachmentOpening.objects.filter(attachment=one).exists()
        assert verbs[0] == "sharing.exchange.withdrawn", "Nothing is opened once it is withdrawn"
        assert opened is (0 in outcome.won)


def test_opening_twice_at_once_is_one_opening(world: World) -> None:
    one = documents.opened(world)
    act = partial(attachments.open_attachment, one, by=world.tom, at=world.clock())
    assert sorted(at_once(act, act).won) == [0, 1]
    assert AttachmentOpening.objects.count() == 1


def test_a_strike_and_a_new_version_come_one_after_the_other(world: World) -> None:
    document = documents.letter(world)
    newer = looked(making.png(), name="a.png")
    outcome = at_once(
        partial(records.strike_document, document, by=world.priya, at=world.clock(), why="A mistake."),
        partial(
            records.add_version, document, by=world.school.lead, at=world.clock(), content=newer, why="x"
        ),
    )
    assert not outcome.errors
    assert 0 in outcome.won
    assert DocumentVersion.objects.filter(document=document).count() == len(outcome.won)
