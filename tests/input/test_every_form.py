"""Whatever is sent to a form: no error of ours, nothing lost, nothing changed unless it was accepted."""

from __future__ import annotations

import html
import uuid
from collections.abc import Set
from typing import Any
from urllib.parse import urlencode

import pytest
from django.forms import Textarea

from agencies.models import Draft, Membership, User
from tests import rows
from tests.access import cast as who
from tests.access import walk
from tests.access.cast import Browser
from tests.access.scene import Scene
from tests.access.tables import PAGES
from tests.input import hostile
from tests.input.boxes import texts_in
from tests.input.fuzz.cases import sheet_of
from tests.input.fuzz.writes import watched

REFUSED = {403, 409, 422}
SESSION = {"django_session", "agencies_session"}
FORMS = sorted(name for name in walk.own_names() if PAGES[name].acts is not None)
every_form = pytest.mark.parametrize("name", FORMS)
WRITTEN = [name for name in FORMS if PAGES[name].typed]
every_form_that_people_write_in = pytest.mark.parametrize("name", WRITTEN)
A_MEGABYTE = 1_000_000


class Sheet:
    """One form of the table, as the person who may use it fills it in."""

    def __init__(self, scene: Scene, name: str) -> None:
        self.found = sheet_of(scene, name)
        self.scene, self.name, self.page, self.address = scene, name, self.found.page, self.found.address
        self.browser = scene.cast.browser(self.page.by)
        self.written: set[str] = set()

    @property
    def answers(self) -> dict[str, Any]:
        for name in self.found.files:
            self.found.answers[name].seek(0)
        return {**self.found.answers, "form_id": str(uuid.uuid4())}

    def post(self, answers: Any, browser: Browser | None = None, **more: Any) -> Any:
        browser = browser or self.browser
        with watched() as writes, browser.in_a_hurry(is_logged=True):
            response = browser.post(self.address, answers, **more)
        self.written = set(writes.tables)
        assert response.status_code < 500, f"{self.name} answered {response.status_code}"
        return response

    def form(self) -> Any:
        """The form as the page first shows it, or None where the page is a button."""
        return self.found.form

    def get(self, address: str) -> Any:
        with self.browser.in_a_hurry(is_logged=True):
            return self.browser.get(address)

    def require_unchanged(self, *, but: Set[str] = frozenset()) -> None:
        """Fail where the last form that was sent has written something that was not taken back."""
        kept = walk.KEPT_FOR_THE_WRITER | (walk.PRESSED if self.page.in_vain else set())
        assert self.written <= kept | SESSION | but, "A refusal changed something"

    def where_stands(self, *texts: str) -> list[str]:
        """Return where in the database something stands that the last form may have put there."""
        return hostile.where_stands(*texts, tables=self.written)


def shown(response: Any) -> str:
    """What stands on a page, read as a person reads it."""
    return html.unescape(response.content.decode())


def require_kept(response: Any, texts: dict[str, str]) -> None:
    """Everything typed still stands on the page that refuses it."""
    page = shown(response)
    lost = [name for name, text in texts.items() if text.strip() not in page]
    assert not lost, f"What was typed is gone from the page: {', '.join(lost)}"


@every_form
def test_nothing_filled_in_leaves_every_table_as_it_was(scene: Scene, name: str) -> None:
    """Read from the tables themselves; the other tests look at the statements, which is quicker."""
    sheet = Sheet(scene, name)
    kept = walk.KEPT_FOR_THE_WRITER | (walk.PRESSED if sheet.page.in_vain else set())
    with rows.taken_back():
        before = rows.snapshot()
        for answers in ({}, walk.sent({})):
            if sheet.post(answers).status_code not in REFUSED:
                return
            sheet.require_unchanged()
        assert walk.changes(before, but=kept) == {}, "A refusal changed something"


@every_form
def test_each_answer_left_out(scene: Scene, name: str) -> None:
    sheet = Sheet(scene, name)
    good = sheet.answers
    for missing in sheet.page.data(scene):
        with rows.taken_back():
            answers = {key: value for key, value in good.items() if key != missing}
            response = sheet.post(answers)
            if response.status_code in REFUSED:
                sheet.require_unchanged()
                require_kept(response, {k: answers[k] for k in sheet.page.typed if k in answers})


def texts_for(sheet: Sheet, turn: int) -> dict[str, str]:
    """A hostile text for each box, another at each turn. Lines go only where there is room for them."""
    fields, texts = sheet.form().fields, list(hostile.TEXTS.values())
    chosen = {}
    for number, name in enumerate(sheet.page.typed):
        text = texts[(number + turn) % len(texts)]
        is_line = not isinstance(fields[name].widget, Textarea)
        chosen[name] = f"{name[:6]} {texts[0] if is_line and chr(10) in text else text}"
    return chosen


@every_form_that_people_write_in
@pytest.mark.parametrize("turn", [0, 2, 5])
def test_text_is_kept_exactly_and_shown_escaped_or_refused_and_still_there(
    scene: Scene, name: str, turn: int
) -> None:
    sheet = Sheet(scene, name)
    with rows.taken_back():
        typed = texts_for(sheet, turn)
        response = sheet.post({**sheet.answers, **typed})
        if response.status_code in REFUSED:
            require_kept(response, typed)
            sheet.require_unchanged()
        elif response.status_code == 302:
            lost = [field for field, text in typed.items() if not sheet.where_stands(text, text.strip())]
            assert not lost, f"Not saved as it was typed: {', '.join(lost)}"
            response = sheet.get(response["Location"])
            assert response.status_code < 500
        else:
            require_kept(response, typed)
        assert hostile.RAW not in response.content.decode()


@every_form_that_people_write_in
def test_a_refused_form_shows_each_text_to_the_character(scene: Scene, name: str) -> None:
    """Refused for its number by the form, and for its version by the operation, whatever is typed in it."""
    sheet = Sheet(scene, name)
    fields = sheet.form().fields
    typed = {
        one: hostile.LINES if isinstance(fields[one].widget, Textarea) else hostile.LINE
        for one in sheet.page.typed
    }
    as_a_browser_sends_it = {one: text.replace("\n", "\r\n") for one, text in typed.items()}
    # Some forms are not asked of which page they are: what they do is as right on a newer one.
    for why, is_refused in (({"form_id": ""}, not sheet.page.searches), ({"version": "0"}, False)):
        with rows.taken_back():
            response = sheet.post({**sheet.answers, **as_a_browser_sends_it, **why})
        assert response.status_code in REFUSED or not is_refused
        if response.status_code in REFUSED:
            boxes = texts_in(response.content.decode())
            assert {one: boxes.get(one) for one in typed} == typed


@every_form_that_people_write_in
@pytest.mark.parametrize("kind", hostile.NOT_TEXT)
def test_what_is_no_text_is_refused(scene: Scene, name: str, kind: str) -> None:
    sheet = Sheet(scene, name)
    good = sheet.answers
    for field in sheet.page.typed:
        with rows.taken_back():
            response = sheet.post({**good, field: hostile.NOT_TEXT[kind]})
            assert response.status_code == 422, field
    sheet.require_unchanged()


@every_form_that_people_write_in
def test_bytes_that_are_no_text_and_a_body_that_is_too_large(scene: Scene, name: str) -> None:
    sheet = Sheet(scene, name)
    form = "application/x-www-form-urlencoded"
    with rows.taken_back():
        answers = {**sheet.answers, sheet.page.typed[0]: b"caf\xe9 \xff\xfe \xed\xa0\x80"}
        assert sheet.post(urlencode(answers), content_type=form).status_code == 422
        sheet.require_unchanged()
    with rows.taken_back():
        assert sheet.post(urlencode({"x": "y" * 3_000_000}), content_type=form).status_code in {400, 413}
        sheet.require_unchanged()


@every_form_that_people_write_in
def test_a_megabyte_is_refused_and_still_there(scene: Scene, name: str) -> None:
    sheet = Sheet(scene, name)
    with rows.taken_back():
        typed = {sheet.page.typed[0]: "abcdefghi " * (A_MEGABYTE // 10)}
        response = sheet.post({**sheet.answers, **typed})
        assert response.status_code == 422
        require_kept(response, typed)
        sheet.require_unchanged()


@every_form
def test_values_of_the_wrong_kind(scene: Scene, name: str) -> None:
    sheet = Sheet(scene, name)
    good = sheet.answers
    fields = sorted({*good, "version", "count"} - set(sheet.page.typed) - {"form_id"})
    # One at a time, then others in all of them at once; the fuzzer sends a hundred and twenty to each.
    wrong = [{field: hostile.VALUE} for field in fields]
    wrong += [dict.fromkeys(fields, value) for value in hostile.VALUES]
    for answers in wrong:
        with rows.taken_back():
            if sheet.post({**good, **answers}).status_code in REFUSED:
                sheet.require_unchanged()


@every_form
def test_fields_that_no_page_asks_for_are_not_taken(scene: Scene, name: str) -> None:
    sheet = Sheet(scene, name)
    people = list(Membership.objects.order_by("pk").values_list("pk", "role"))
    with rows.taken_back():
        answers = sheet.answers
        mass = {key: value for key, value in hostile.MASS.items() if key not in answers}
        response = sheet.post({**mass, **answers})
        assert response.status_code in {200, 302}
        found = [
            where for where in sheet.where_stands("planted-4711") if not where.startswith("agencies_draft")
        ]
        assert not found
        assert not User.objects.filter(is_superuser=True).exists()
        now = dict(Membership.objects.values_list("pk", "role"))
        assert all(now[pk] == role for pk, role in people)


@every_form
def test_each_answer_given_twice(scene: Scene, name: str) -> None:
    sheet = Sheet(scene, name)
    with rows.taken_back():
        answers = {key: [value, "no such thing"] for key, value in sheet.answers.items()}
        if sheet.post(answers).status_code in REFUSED:
            sheet.require_unchanged()


@every_form
def test_a_page_that_is_out_of_date_is_refused_with_the_text_still_there(scene: Scene, name: str) -> None:
    sheet = Sheet(scene, name)
    answers = sheet.answers
    # Where a second press sends what the first has shown, the page's own tests say this.
    if "version" not in answers or sheet.page.again or sheet.page.searches:
        return
    with rows.taken_back():
        assert sheet.post(answers).status_code == 302
        typed = {field: f"{field} of the older page" for field in sheet.page.typed}
        response = sheet.post({**answers, **typed, "form_id": str(uuid.uuid4())})
        if response.status_code == 302:  # it leads on, because there is nothing more to do there
            assert all(sheet.where_stands(text) for text in typed.values())
        elif response.status_code != 404:
            assert response.status_code == 409
            require_kept(response, typed)
        sheet.require_unchanged(but=walk.PRESSED)


@every_form
def test_a_forged_form_id_or_draft_token_gains_nothing(scene: Scene, name: str) -> None:
    sheet = Sheet(scene, name)
    if sheet.form() is None:
        return
    for forged in ("", "a\0b"):
        with rows.taken_back():
            response = sheet.post({**sheet.answers, "form_id": forged})
            assert response.status_code in REFUSED or sheet.page.searches
            sheet.require_unchanged()
    with rows.taken_back():
        response = sheet.post({**sheet.answers, "draft_token": "forged:token:here"})
        assert response.status_code in {200, 302}


@every_form
def test_pressing_twice_leads_to_the_first_result(scene: Scene, name: str) -> None:
    sheet = Sheet(scene, name)
    if sheet.page.searches or sheet.form() is None:
        return
    with rows.taken_back():
        answers = sheet.answers
        first = sheet.post(answers)
        assert first.status_code == 302
        drafts = list(Draft.objects.order_by("pk").values())
        second = sheet.post(answers)
        assert (second.status_code, second["Location"]) == (302, first["Location"])
        assert sheet.written <= walk.KEPT_FOR_THE_WRITER | SESSION
        assert list(Draft.objects.order_by("pk").values()) == drafts


@every_form
def test_somebody_elses_form_id_leads_nowhere(scene: Scene, name: str) -> None:
    sheet = Sheet(scene, name)
    others = sorted(one for one in (sheet.page.acts or who.WORKERS) if one != sheet.page.by)
    if sheet.page.searches or not others or sheet.form() is None:
        return
    with rows.taken_back():
        answers = sheet.answers
        assert sheet.post(answers).status_code == 302
        response = sheet.post(answers, scene.cast.browser(others[0]))
        if response.status_code == 302:
            assert sheet.written <= walk.KEPT_FOR_THE_WRITER | SESSION


@every_form_that_people_write_in
def test_text_outlives_the_session(scene: Scene, name: str) -> None:
    sheet = Sheet(scene, name)
    form = sheet.form()
    assert form.draft_token, f"The form of {name} has text and no draft: give it a draft_key"
    with rows.taken_back():
        typed = {field: f"Words worth keeping in {field[:10]}" for field in sheet.page.typed}
        answers = {**sheet.answers, **typed, "draft_token": form.draft_token}
        response = sheet.post(answers, Browser())
        assert response.status_code == 302
        assert response["Location"].startswith(walk.SIGN_IN)
        assert sheet.written <= walk.KEPT_FOR_THE_WRITER | SESSION
        page = shown(sheet.get(sheet.address))
        lost = [field for field, text in typed.items() if text not in page]
        assert not lost, f"Gone after signing in again: {', '.join(lost)}"
