"""Parts of pages are drawn with what they are given, and nothing that people write ends their markup."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template import Context, engines
from django.utils.safestring import mark_safe
from jinja2 import TemplateNotFound
from jinja2.meta import find_undeclared_variables

from agencies.parts import PARTS, part

TEMPLATES = Path(settings.BASE_DIR, "templates")
NAMES = sorted(path.stem for path in (TEMPLATES / "parts").glob("*.html"))
NASTY = "<script>alert(\"1\")</script> 'quoted' & {{ 7 * 7 }} {% now %}"


def drawn(source: str, /, **context: Any) -> str:
    template: Any = engines["django"].from_string(source)
    return str(template.template.render(Context(context)))


@pytest.mark.parametrize("name", NAMES)
def test_every_part_can_be_read(name: str) -> None:
    assert PARTS.get_template(f"{name}.html")


@pytest.mark.parametrize("name", NAMES)
def test_a_part_says_what_it_is_given(name: str) -> None:
    source = (TEMPLATES / "parts" / f"{name}.html").read_text()
    assert source.startswith("{# ")
    said = " ".join(re.findall(r"{#.*?#}", source, re.DOTALL))
    asked = find_undeclared_variables(PARTS.parse(source)) - set(PARTS.globals)
    assert not {one for one in asked if not re.search(rf"\b{one}\b", said)}


def test_every_part_is_asked_for_by_a_page_and_every_page_asks_for_one_that_is_there() -> None:
    pages = [path.read_text() for path in TEMPLATES.rglob("*.html")]
    asked = set(re.findall(r"""(?:{% part |{{ part\()["'](\w+)["']""", "\n".join(pages)))
    assert asked <= set(NAMES)
    assert set(NAMES) - asked == {"marks", "rows"}


@pytest.mark.parametrize(
    "name", ["tag", "statement", "summary_list", "page_heading", "empty_state", "warning"]
)
def test_what_people_write_is_escaped(name: str) -> None:
    words = {"text": NASTY, "kind": {"text": NASTY}, "source": NASTY, "key": NASTY, "value": NASTY}
    given = {"tag": words, "statement": words, "rows": [words], "heading": NASTY, "text": NASTY}
    for one in (given, given | {"statement": words | {"verbatim": True}}):
        said = part(name, **one)
        assert "<script>" not in said
        assert "&lt;script&gt;" in said
        assert "49" not in said
    page = drawn("{% part name tag=tag heading=text text=text %}", name=name, tag=words, text=NASTY)
    assert "<script>" not in page


def test_what_the_page_holds_to_be_safe_is_safe_in_a_part() -> None:
    assert "<b>bold</b>" in part("warning", text=mark_safe("<b>bold</b>"))
    assert "<b>bold</b>" in drawn('{% part "warning" text="<b>bold</b>" %}')


def test_a_part_sees_nothing_but_what_it_is_given() -> None:
    assert "secret" not in drawn('{% part "warning" heading=1 %}', text="secret")


def test_moments_are_in_local_time() -> None:
    moment = datetime(2027, 7, 14, 23, 30, tzinfo=UTC)
    said = part("timeline", items=[{"title": "Told", "at": moment}])
    assert "Thursday 15 July 2027, 00:30" in said
    assert 'datetime="2027-07-15T00:30:00+01:00"' in said


def test_there_is_no_part_of_that_name() -> None:
    with pytest.raises(TemplateNotFound):
        part("no_such_part")


def test_a_time_limit_says_whether_it_is_still_to_come() -> None:
    for late, said in ((False, "by 17:00"), (True, "Late was due by 17:00")):
        shown = part("due", due={"text": "by 17:00", "late": late})
        assert " ".join(re.sub(r"<[^>]*>", "", shown).split()) == said


def test_a_tag_and_a_time_limit_do_not_touch_what_stands_beside_them() -> None:
    due, tags = {"text": "by 17:00", "late": True}, [{"text": "A"}, {"text": "B"}]
    row = {"due": due, "late": "1 day late", "tags": tags}
    said = " ".join(re.sub(r"<[^>]*>", "", part("lead_list", rows=[row])).split())
    assert "Late was due by 17:00 (1 day late)" in said
    assert "A B" in said
