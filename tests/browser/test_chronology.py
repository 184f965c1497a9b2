"""What happened in order, a mistake struck through on both sides, and a history from a file."""

from __future__ import annotations

from pathlib import Path

from agencies.models import Membership
from agencies.operations import jobs
from records import operations as records
from records.models import ChronologyEntry
from sharing.models import Exchange
from sharing.states import State
from tests import correcting, factories
from tests.browser import check_back_steps as check_back
from tests.browser.conftest import AtABrowser
from tests.browser.looking import PICTURES, Inspector
from tests.browser.somebody import Somebody
from tests.factories import World

WHY = "The note was about another child in his class."


def at_browsers(at_a_browser: AtABrowser, inspector: Inspector, *members: Membership) -> list[Somebody]:
    people = [at_a_browser(member) for member in members]
    for somebody in people:
        somebody.looks.append(inspector)
        somebody.has_an_authenticator_app()
        somebody.is_signed_in_already()
    return people


def test_a_mistake_is_struck_through_and_said_back(
    world: World, at_a_browser: AtABrowser, inspector: Inspector
) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    concern = correcting.concern_of(exchange)
    theirs = records.record_person(
        by=world.tom, at=world.clock(), kind="CHILD", first_name="Leo", last_name="Marsh"
    )
    priya, tom = at_browsers(at_a_browser, inspector, world.priya, world.tom)

    tom.opens_exchange(exchange.reference)
    tom.follows("This is about our person")
    tom.is_on("This is about our person")
    tom.chooses("Somebody else")
    tom.writes("The reference of somebody else", theirs.reference)
    tom.presses("This is about them")
    tom.is_told("It is now part of their chronology.")
    tom.opens(f"/people/{theirs.reference}/chronology/")
    tom.is_on("Chronology of")
    tom.sees(correcting.OLD)

    priya.opens(f"/concerns/{concern.reference}/statements/")
    priya.is_on("What you know")
    priya.follows("Strike through S1")
    priya.is_on("Strike S1 through?")
    priya.sees("Who has been told already", "It cannot be brought back")
    priya.presses("Strike it through")
    priya.is_told("Say what is wrong with it")
    priya.chooses("It is about somebody else")
    priya.writes("Why is it struck through?", WHY)
    priya.presses("Strike it through")
    priya.is_on("Corrections")
    priya.sees("S1 was struck through", "Struck through: it no longer counts")
    priya.opens_concern(concern.reference)
    priya.sees("Struck through: it no longer counts", WHY)

    sent = Exchange.objects.get(kind="CORRECTION").reference
    check_back.opens_what_was_sent(tom, sent, sender="Priya Nair", secret="This no longer stands")
    check_back.says_back(
        tom,
        happened="The marks were on a classmate, and have nothing to do with him.",
        worries="Nothing from this any more; the rest stays as it was.",
        first="Take it out of our own record today, before anybody acts on it.",
    )
    check_back.confirms(priya, sent)
    tom.opens(f"/people/{theirs.reference}/chronology/")
    tom.sees("Struck through:", "This no longer stands")

    priya.opens(f"/concerns/{concern.reference}/record/")
    priya.follows("Chronology")
    priya.is_on("Chronology")
    priya.picks("Corrections", from_list="What")
    priya.presses("Show")
    priya.sees("S1 was struck through, and whoever was given it is told")
    priya.does_not_see("Fact, seen, S2")
    priya.follows("Show in one piece, to print")
    priya.is_on("Chronology")
    priya.sees("Not everything is shown, but:")
    priya.opens(f"/concerns/{concern.reference}/chronology/paper/")
    PICTURES.mkdir(parents=True, exist_ok=True)
    priya.page.pdf(path=PICTURES / "chronology.pdf", prefer_css_page_size=True)


def test_a_history_from_a_file_and_by_hand(
    world: World, at_a_browser: AtABrowser, inspector: Inspector, tmp_path: Path
) -> None:
    child = factories.child(world)
    (priya,) = at_browsers(at_a_browser, inspector, world.priya)
    priya.opens(f"/people/{child.reference}/")
    priya.follows("Chronology")
    priya.is_on("Chronology of")
    priya.follows("Add something from before")
    priya.is_on("Add to the history of")
    priya.writes("When did it happen?", "13/2019")
    priya.presses("Add to their history")
    priya.is_told("There is no such")
    priya.writes("When did it happen?", "03/2019")
    priya.chooses("Change at home")
    priya.writes("What happened?", "Moved in with her aunt.")
    priya.writes("Where is this recorded, or who told you?", "The old file")
    priya.presses("Add to their history")
    priya.is_on("Chronology of")
    priya.sees("Moved in with her aunt.", "March 2019, day not known", "Entered later")

    file = tmp_path / "history.csv"
    file.write_text(
        "Our reference;Date;What happened;Source\n"
        f"{child.reference};27/03/2020;Changed school;Old file\n"
        f"{child.reference};31/02/2020;No such day;Old file\n"
    )
    priya.follows("Add entries from a file")
    priya.is_on("Add entries from a file")
    priya.page.get_by_label("CSV file").set_input_files(file)
    priya.presses("Read the file")
    priya.is_on("Reading your file")
    jobs.work()
    priya.page.reload()
    priya.follows("See what came of it")
    priya.is_on("What the file would add")
    priya.sees("Line 3", "There is no such date")
    priya.presses("Add the rows that are right")
    priya.is_on("Adding the entries")
    jobs.work()
    priya.page.reload()
    priya.follows("See what came of it")
    priya.is_on("The entries are added")
    assert ChronologyEntry.objects.filter(person=child).count() == 2

    priya.opens(f"/people/{child.reference}/chronology/")
    priya.follows("Strike through H2")
    priya.is_on("Strike H2 through?")
    priya.chooses("It is about somebody else")
    priya.writes("Why is it struck through?", WHY)
    priya.presses("Strike it through")
    priya.is_on("Chronology of")
    priya.sees("Struck through: it no longer counts", WHY)
