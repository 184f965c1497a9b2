"""The pages of consent: from what they said to the printed record, and who may see them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from agencies.models import Draft, Membership
from consent.models import SharingDecision, View
from tests.consent.cases import Case, agency, give, make_case, member
from tests.signing_in import give_second_factor, is_there

NOT_TOLD = {
    "informed": "NOT_YET",
    "not_informed_why": "Dean may learn of what he said",
    "review_on_0": "13",
    "review_on_1": "1",
    "review_on_2": "2099",
    "review_time": "12:00",
}
STEPS: dict[str, dict[str, str]] = {
    "sharing-decision": {"outcome": "SHARE", "purpose": "A strategy discussion today"},
    "sharing-decision-basis": {
        "article_6": "6(1)(e)",
        "article_9": "9(2)(g)",
        "paragraph_18": "18(c)",
        "confidentiality": "none",
    },
    "sharing-decision-informed": NOT_TOLD,
    "sharing-decision-reasons": {
        "necessary": "Only what bears on the bruise",
        "relevant": "They can protect him tonight",
        "adequate": "Yes",
        "rationale": "He may be hurt again tonight",
    },
}
SAID = {
    "answer": "GIVEN",
    "their_words": "Yes, tell them",
    "asked_on_0": "24",
    "asked_on_1": "11",
    "asked_on_2": "2025",
    "asked_time": "9:20",
    "answered_by": "SELF",
    "capacity": "COMPETENT",
    "service": "NOT_ASKED",
}


def signed_in(who: Membership) -> Any:
    """Sign somebody in, with the second factor that everybody needs."""
    give_second_factor(who.account)
    client = Client()
    client.force_login(who.account)
    is_there(client)
    return client


def address(name: str, case: Case) -> str:
    return reverse(name, args=[case.concern.reference, 1, case.child.reference])


def post(client: Client, url: str, words: dict[str, Any], version: int | str = "") -> Any:
    return client.post(url, {**words, "form_id": str(uuid4()), "version": version})


def test_from_what_they_said_to_the_printed_record(case: Case) -> None:
    client = signed_in(case.practitioner)
    everyone = client.get(reverse("sharing-decisions", args=[case.concern.reference, 1]))
    assert "Decision needed" in everyone.text
    assert client.get(address("sharing-decision", case)).url == address("record-view", case)

    answer = post(client, address("record-view", case), SAID, version=0)
    assert answer.url == address("sharing-decision", case)
    for name, words in list(STEPS.items())[:3]:
        shown = client.get(address(name, case))
        assert shown.status_code == 200, name
        answer = post(client, address(name, case), words)
        assert answer.status_code == 302, answer.context["form"].errors
    last = client.get(answer.url)
    assert "public task" in last.text.lower()
    answer = post(client, answer.url, STEPS["sharing-decision-reasons"], version=1)
    assert answer.url == reverse("sharing-decisions", args=[case.concern.reference, 1])
    made = SharingDecision.objects.get()
    assert made.paragraph_18 is not None
    assert made.principles["recorded"].startswith("This record says")
    assert not Draft.objects.exists()

    record = client.get(address("sharing-decision-record", case)).text
    for part in ("A strategy discussion today", "Dean may learn", "Yes, tell them", "Timely", "Share"):
        assert part in record


def test_a_decision_not_to_share_asks_for_no_basis(case: Case) -> None:
    give(case, "REFUSED")
    client = signed_in(case.practitioner)
    words = {"outcome": "NOT_SHARE", "purpose": "She asked whether school had seen the father"}
    answer = post(client, address("sharing-decision", case), words)
    assert answer.url == address("sharing-decision-informed", case)
    assert client.get(address("sharing-decision-basis", case)).url == answer.url
    post(client, answer.url, NOT_TOLD)
    answer = post(
        client, address("sharing-decision-reasons", case), {"rationale": "No risk to anyone"}, version=1
    )
    assert answer.status_code == 302
    assert SharingDecision.objects.get().outcome == "NOT_SHARE"


def test_consent_withdrawn_on_the_way_leads_back_to_the_basis(case: Case) -> None:
    give(case, "GIVEN")
    client = signed_in(case.practitioner)
    post(client, address("sharing-decision", case), STEPS["sharing-decision"])
    consent = {"article_6": "6(1)(a)", "article_9": "none", "confidentiality": "CONSENT"}
    assert post(client, address("sharing-decision-basis", case), consent).status_code == 302
    give(case, "WITHDRAWN", by=case.colleague)
    answer = client.get(address("sharing-decision-informed", case), follow=True)
    assert answer.redirect_chain == [(address("sharing-decision-basis", case), 302)]
    assert "consent cannot be the basis" in answer.text
    assert "Why is it right to share all the same?" in answer.text


def test_a_page_that_is_out_of_date_is_refused_with_what_changed_and_nothing_is_lost(case: Case) -> None:
    give(case, "NOT_ASKED")
    client = signed_in(case.practitioner)
    for name, words in list(STEPS.items())[:3]:
        post(client, address(name, case), words)
    give(case, "REFUSED", by=case.colleague)
    reasons = STEPS["sharing-decision-reasons"]
    answer = post(
        client,
        address("sharing-decision-basis", case),
        {**STEPS["sharing-decision-basis"], "despite_why": "Risk"},
    )
    answer = post(client, address("sharing-decision-reasons", case), reasons, version=1)
    assert answer.status_code == 409
    assert "They did not agree" in answer.text
    assert "He may be hurt again tonight" in answer.text
    assert not SharingDecision.objects.exists()
    assert post(client, address("sharing-decision-reasons", case), reasons, version=2).status_code == 302


@pytest.mark.parametrize(
    ("left_over", "sentence"),
    [
        ({"their_words": "Yes, tell them"}, "They were not asked, so leave their words empty"),
        (
            {"asked_on_0": "24", "asked_on_1": "11", "asked_on_2": "2025", "asked_time": "9:20"},
            "They were not asked, so leave the date and time empty",
        ),
    ],
)
def test_an_answer_of_somebody_who_was_not_asked_is_refused(
    case: Case, left_over: dict[str, str], sentence: str
) -> None:
    answer = post(
        signed_in(case.practitioner),
        address("record-view", case),
        {
            "answer": "NOT_ASKED",
            "why_not_asked": "It would warn the person who may be harming him.",
            "answered_by": "SELF",
            "capacity": "COMPETENT",
            "service": "NOT_ASKED",
            **left_over,
        },
    )
    assert answer.status_code == 422
    assert sentence in answer.text
    assert not View.objects.exists()


def test_without_an_answer_nothing_is_asked_about_its_time(case: Case) -> None:
    answer = post(signed_in(case.practitioner), address("record-view", case), {"answered_by": "SELF"})
    assert "Say whether they agreed, or that they were not asked" in answer.text
    assert "Give the date and time at which they answered" not in answer.text


def test_a_second_press_leads_to_the_first_result(case: Case) -> None:
    client = signed_in(case.practitioner)
    words = {**SAID, "form_id": str(uuid4()), "version": 0}
    first = client.post(address("record-view", case), words)
    second = client.post(address("record-view", case), words)
    assert first.url == second.url
    assert View.objects.count() == 1


PAGES = [
    "record-view",
    "sharing-decision",
    "sharing-decision-basis",
    "sharing-decision-informed",
    "sharing-decision-reasons",
    "sharing-decision-record",
]


@pytest.mark.parametrize("name", [*PAGES, "sharing-decisions"])
def test_only_practitioners_and_leads_of_the_agency_see_the_pages(case: Case, name: str) -> None:
    where = [case.concern.reference, 1] + ([] if name == "sharing-decisions" else [case.child.reference])
    url = reverse(name, args=where)
    stranger = member("Stella", agency("elsewhere", kind="CHARITY"))
    for who, status in (
        (case.outsider, 404),
        (stranger, 404),
        (case.administrator, 403),
        (member("Audrey", case.concern.agency, role="auditor"), 403),
    ):
        for method in ("get", "post"):
            answer = getattr(signed_in(who), method)(url)
            assert answer.status_code in (status, 405), (who.label, method)
    nobody: Any = Client()
    assert nobody.get(url).url.startswith("/accounts/login/")
    for who in (case.lead, case.colleague):
        assert signed_in(who).get(url).status_code in (200, 302) or name == "sharing-decision-record"


@pytest.mark.parametrize("name", PAGES)
def test_another_concerns_person_is_not_found(case: Case, name: str) -> None:
    from tests.consent.cases import person

    other = person("P-000077", case.practitioner)
    client = signed_in(case.practitioner)
    assert client.get(reverse(name, args=[case.concern.reference, 1, other.reference])).status_code == 404
    for cycle in (0, 1000):
        url = reverse(name, args=[case.concern.reference, cycle, case.child.reference])
        assert client.get(url).status_code == 404


LONG = "x" * 1_000_000
BAD = [
    ("record-view", "their_words"),
    ("record-view", "answered_by_who"),
    ("record-view", "capacity_note"),
    ("sharing-decision", "purpose"),
    ("sharing-decision", "request"),
    ("sharing-decision-informed", "not_informed_why"),
    ("sharing-decision-reasons", "rationale"),
]


def ready(client: Client, case: Case, name: str) -> dict[str, str]:
    """Come to a page by way of those before it, and return good answers to it."""
    if name == "record-view":
        return dict(SAID)
    give(case, "NOT_ASKED")
    for before, words in STEPS.items():
        if before == name:
            break
        post(client, address(before, case), words)
    return dict(STEPS[name])


@pytest.mark.parametrize(("name", "field"), BAD)
def test_oversized_and_unreadable_text_is_a_clear_error_with_nothing_lost(
    case: Case, name: str, field: str
) -> None:
    client = signed_in(case.practitioner)
    words = ready(client, case, name)
    for text, says in ((LONG, "characters at most"), ("caf\ufffd", "could not be read")):
        answer = post(client, address(name, case), {**words, field: text}, version=9)
        assert answer.status_code == 422
        assert says in answer.text
        assert text in answer.text
    raw = f"form_id={uuid4()}&version=9&" + "&".join(f"{k}={v}" for k, v in words.items() if k != field)
    body = raw.encode() + f"&{field}=".encode() + b"caf%E9"
    answer = client.post(address(name, case), body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 422
    assert "could not be read" in answer.text


@pytest.mark.parametrize(("name", "field"), BAD)
def test_html_and_formula_text_is_kept_exactly_and_shown_escaped(case: Case, name: str, field: str) -> None:
    client = signed_in(case.practitioner)
    words = ready(client, case, name)
    text = '=cmd|"/c calc"!A1 <script>alert(1)</script> @x'
    answer = post(client, address(name, case), {**words, field: text}, version=9)
    assert answer.status_code == 302, answer.context["form"].errors
    if name == "record-view":
        assert getattr(View.objects.get(), field) == text
        assert "<script>alert(1)" not in client.get(address(name, case)).text
    elif name == "sharing-decision-reasons":
        assert SharingDecision.objects.get().rationale == text
    else:
        shown = client.get(address(name, case)).text
        assert "&lt;script&gt;alert(1)" in shown
        assert "<script>alert(1)" not in shown


@pytest.mark.parametrize(
    ("name", "missing", "says"),
    [
        ("record-view", "answer", "Say whether they agreed"),
        ("record-view", "asked_on_0", "Enter the day, the month and the year"),
        ("record-view", "asked_time", "Give the time too"),
        ("record-view", "capacity", "Say whether they can decide this"),
        ("sharing-decision", "outcome", "Say whether you will share"),
        ("sharing-decision", "purpose", "Say what the sharing is for"),
        ("sharing-decision-basis", "article_6", "Choose the lawful basis"),
        ("sharing-decision-basis", "article_9", "Say whether any of it is about sensitive"),
        ("sharing-decision-basis", "paragraph_18", "Choose which of the three reasons"),
        ("sharing-decision-basis", "confidentiality", "Say whether it was told in confidence"),
        ("sharing-decision-informed", "informed", "Say whether they know"),
        ("sharing-decision-informed", "not_informed_why", "Say why it is not safe"),
        ("sharing-decision-informed", "review_time", "Give the time too"),
        ("sharing-decision-reasons", "necessary", "Say why sharing is needed"),
        ("sharing-decision-reasons", "rationale", "Give your reasons"),
    ],
)
def test_what_is_missing_is_named(case: Case, name: str, missing: str, says: str) -> None:
    client = signed_in(case.practitioner)
    words = ready(client, case, name)
    del words[missing]
    answer = post(client, address(name, case), words, version=9)
    assert answer.status_code == 422
    assert says in answer.text
    errors = [each for those in answer.context["form"].errors.values() for each in those]
    assert len(errors) == 1, errors


@pytest.mark.parametrize("word", ["GIVEN'", "6(1)(ea)", "PART_3"])
def test_a_basis_that_was_not_offered_cannot_be_sent(case: Case, word: str) -> None:
    client = signed_in(case.practitioner)
    words = ready(client, case, "sharing-decision-basis")
    answer = post(client, address("sharing-decision-basis", case), {**words, "article_6": word})
    assert answer.status_code == 422


@pytest.mark.parametrize("name", [*STEPS, "record-view"])
def test_a_page_carries_its_one_time_id(case: Case, name: str) -> None:
    client = signed_in(case.practitioner)
    ready(client, case, name)
    assert 'name="form_id"' in client.get(address(name, case)).text


def test_capacity_is_asked_in_the_words_that_fit_the_age(case: Case) -> None:
    page = signed_in(case.practitioner).get(address("record-view", case)).text
    assert "Child too young" in page
    assert "Adult with capacity" not in page


@pytest.mark.parametrize("name", [*PAGES, "sharing-decisions"])
def test_a_page_asks_at_most_twelve_questions_of_the_database(
    case: Case, name: str, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(case.practitioner)
    if name in STEPS:
        ready(client, case, name)
    elif name == "sharing-decision-record":
        give_a_decision(client, case)
    where = [case.concern.reference, 1] + ([] if name == "sharing-decisions" else [case.child.reference])
    client.get(reverse(name, args=where))
    with django_assert_max_num_queries(12):
        assert client.get(reverse(name, args=where)).status_code == 200


def give_a_decision(client: Client, case: Case) -> None:
    words = ready(client, case, "sharing-decision-reasons")
    assert post(client, address("sharing-decision-reasons", case), words, version=9).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_a_look_at_a_person_is_logged_with_references_only() -> None:
    from audit.models import Access

    case = make_case()
    signed_in(case.practitioner).get(address("record-view", case))
    assert Access.objects.filter(action="sharing-decision", subject="WF-26-0001").exists()
