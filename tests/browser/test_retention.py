"""A record that is up for review: held, released, proposed by one lead, approved by another, certified."""

from __future__ import annotations

from sharing.operations import disposal
from tests.browser.conftest import AtABrowser
from tests.browser.looking import Inspector
from tests.browser.somebody import Somebody
from tests.retention import cases
from tests.retention.cases import Case

WHY = "The class has run out and nobody has asked for it."


def test_from_review_to_certificate_by_two_leads(
    db: None, at_a_browser: AtABrowser, inspector: Inspector
) -> None:
    case = cases.make()
    cases.due(case)
    first, second = (at_a_browser(one) for one in (case.first, case.second))
    for somebody in (first, second):
        somebody.looks.append(inspector)
        somebody.has_an_authenticator_app()
        somebody.is_signed_in_already()

    confirms_the_class(first, case)
    holds_and_releases(first, case)
    proposes(first, case)
    approves(second, case)
    is_certified(second, case)


def confirms_the_class(lead: Somebody, case: Case) -> None:
    lead.opens("/retention/")
    lead.is_on("How long records are kept")
    lead.sees(case.concern.reference, "to age 5")
    lead.follows("Your agency’s retention classes")
    lead.is_on("Retention classes")
    lead.sees("Our schedule")
    lead.follows("Add a class of your agency’s own")
    lead.is_on("Add a retention class")
    lead.opens(f"/concerns/{case.concern.reference}/retention/")
    lead.is_on("How long this is kept")
    lead.sees("Our own record", "holds its own part of this")
    lead.follows("Choose another class")
    lead.is_on("How long is this kept?")
    lead.presses("Confirm how long it is kept")
    lead.is_on("How long this is kept")


def holds_and_releases(lead: Somebody, case: Case) -> None:
    lead.follows("Place a legal hold")
    lead.is_on("Place a legal hold")
    lead.chooses("A public inquiry or a review")
    lead.writes("Under which reference?", "Notice 14")
    lead.writes("Why must nothing be destroyed?", "We were asked to keep everything.")
    lead.presses("Place the hold")
    lead.sees("Legal hold 1 is in force, and a hold beats all.")
    lead.follows("End it")
    lead.is_on("End legal hold 1")
    lead.writes("Why is it not needed any more?", "The inquiry has reported.")
    lead.presses("End the hold")
    lead.is_on("How long records are kept")


def proposes(lead: Somebody, case: Case) -> None:
    lead.opens(f"/concerns/{case.concern.reference}/retention/")
    lead.follows("Propose disposal")
    lead.is_on("Propose disposal")
    lead.writes("Why can it be destroyed?", WHY)
    lead.presses("Propose this")
    lead.is_on("Disposal")
    lead.sees("Another lead has to approve it", "Needs a second person")


def approves(lead: Somebody, case: Case) -> None:
    lead.opens("/retention/")
    lead.sees("Needs a second person")
    lead.opens(f"/retention/disposals/{case.concern.reference}-R1/")
    lead.sees(WHY, "You are the second person.")
    lead.presses("Approve this disposal")
    lead.sees("It waits")
    lead.follows("Stop it")
    lead.is_on("Stop this disposal")


def is_certified(lead: Somebody, case: Case) -> None:
    row = case.concern.disposals.get()
    assert row.due_at is not None
    assert row.approved_at is not None
    # The browser's clock is today's, so its waiting time is still to come: the page says so.
    assert disposal.carry_out_due(at=row.approved_at) == 0
    lead.opens(f"/concerns/{case.concern.reference}/retention/")
    lead.sees("is on its way")
