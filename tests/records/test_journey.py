"""Logging a concern through the pages, one plain page at a time."""

from uuid import uuid4

import pytest
from django.test import Client

from agencies.models import Draft
from audit.models import Access
from records.models import Concern, Person, Statement
from tests.records.conftest import Cast
from tests.records.visits import send

pytestmark = pytest.mark.django_db


def test_a_concern_from_search_to_log(priya: Client, cast: Cast) -> None:
    nobody = priya.post(
        "/concerns/new/",
        {"form_id": uuid4(), "name": "Leo Marsh", "born_on_0": "3"} | {"born_on_1": "9", "born_on_2": "2019"},
    )
    assert "Nobody found" in nobody.content.decode()
    typed = {"choosing": "1", "person": "NOBODY", "searched_name": "Leo Marsh", "searched_born_on_2": "2019"}
    onward = priya.post("/concerns/new/", {"form_id": uuid4(), **typed})
    assert onward["Location"] == "/concerns/new/person/"
    page = priya.get("/concerns/new/person/").content.decode()
    assert 'value="Leo"' in page
    assert 'value="2019"' in page

    made = send(
        priya, "/concerns/new/person/", kind="CHILD", first_name="Leo", last_name="Marsh", upn="B801200005001"
    )
    assert made["Location"] == "/concerns/WF-26-0001/draft/"
    at = "/concerns/WF-26-0001"
    assert not Draft.objects.exists()

    kin = {"kind": "PARENT_OR_CARER", "first_name": "Kerry", "last_name": "Moss", "relation": "PARENT"}
    assert send(priya, f"{at}/family/new/", **kin)["Location"] == f"{at}/about/"
    assert "Parent of Leo Marsh" in priya.get(f"{at}/about/").content.decode()

    assert send(priya, f"{at}/statements/", kind="FACT_SEEN")["Location"] == f"{at}/statements/add/fact-seen/"
    seen = {
        "text": "A bruise.",
        "source": "A. Bell",
        "happened_on_0": "12",
        "happened_on_1": "1",
        "happened_on_2": "2026",
        "written": "NOW",
    }
    assert send(priya, f"{at}/statements/add/fact-seen/", **seen).status_code == 302
    said = {
        **seen,
        "text": "=cmd|'<b>Dean</b>",
        "voice_of": "WORDS",
        "about": "P-000001",
        "is_verbatim": "on",
        "happened_time": "855",
    }
    assert send(priya, f"{at}/statements/add/voice/", **said).status_code == 302
    view = {**seen, "text": "Grip marks.", "rests_on": ["1"], "happened_note": "today"}
    assert send(priya, f"{at}/statements/add/opinion/", **view).status_code == 302

    assert send(priya, f"{at}/voice/", voice="OBTAINED")["Location"] == f"{at}/draft/"
    assert send(priya, f"{at}/worry/", level=3, change="FIRST", urgency="URGENT").status_code == 302
    kerry = Person.objects.get(first_name="Kerry")
    assert send(priya, f"{at}/family/", **{f"nothing_{kerry.pk}": "on"}).status_code == 302

    check = priya.get(f"{at}/check/").content.decode()
    assert "Still missing" not in check
    assert "=cmd|&#x27;&lt;b&gt;Dean&lt;/b&gt;" in check
    assert "12 January 2026, time not known" in check
    refused = send(priya, f"{at}/check/")
    assert refused.status_code == 422
    page = refused.content.decode()
    assert page.index("Say why it was written down late") < page.index("<h1")
    logged = send(priya, f"{at}/check/", late_why="I was told on Monday.")
    assert logged.status_code == 302
    assert logged["Location"] != f"{at}/check/"
    concern = Concern.objects.get()
    assert (concern.owner, concern.late_why) == (cast.priya, "I was told on Monday.")
    assert Statement.objects.get(number=2).text == "=cmd|'<b>Dean</b>"
    assert Access.objects.filter(action="search", subject="people").count() == 1
