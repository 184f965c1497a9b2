"""What the fuzzer counts as wrong: each thing is seen, and nothing else is."""

from __future__ import annotations

import html
from typing import Any

import pytest

from tests.input.fuzz import markup, oracle
from tests.input.fuzz.payloads import ALL, MARK, XSS


def test_the_payloads_are_a_hundred_and_twenty_and_each_is_another() -> None:
    kinds = [one.kind for one in ALL]
    assert len({one.text for one in ALL}) == 120
    assert (kinds.count("script"), kinds.count("SQL"), kinds.count("formula")) == (40, 15, 12)
    assert all(MARK in text for text in XSS)


def an_answer(**more: Any) -> oracle.Sent:
    told: dict[str, Any] = {
        "person": "writer", "status": 200, "body": b"", "location": "", "content_type": "text/html",
        "seconds": 0.1, "own_seconds": 0.1, "writes": {},
    }  # fmt: skip
    return oracle.Sent(**{**told, **more})


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({}, ""),
        ({"status": 500}, "answered 500"),
        ({"status": 503}, "answered 503"),
        ({"status": 503, "says_whether_well": True}, ""),
        ({"status": 500, "says_whether_well": True}, "answered 500"),
        ({"own_seconds": 1.5}, "worked 1.50 s"),
        ({"body": oracle.FOREIGN[0].encode()}, "not theirs"),
        ({"body": oracle.OURS[0].encode(), "person": "stranger"}, "not theirs"),
        ({"status": 302, "location": "//evil.example"}, "leads to"),
        ({"status": 403, "writes": {"sharing_exchange": 1}}, "wrote to sharing_exchange"),
        ({"status": 200, "writes": {"sharing_exchange": 1}, "is_get": True}, "wrote to sharing_exchange"),
    ],
)
def test_what_is_judged(more: dict[str, Any], found: str) -> None:
    wrong = oracle.judge(an_answer(**more))
    assert found in " ".join(wrong) if found else wrong == []


def test_a_nonce_that_happens_to_spell_the_mark_is_harmless() -> None:
    nonce = f"8SapZrEriojAGzUHkQ{MARK}d-2"
    assert not markup.obeyed(f'<link rel="stylesheet" href="/static/check-back.css" nonce="{nonce}">')
    assert markup.obeyed(f'<link rel="stylesheet" href="/static/{MARK}.css" nonce="{nonce}">')


@pytest.mark.parametrize("text", [one for one in XSS if "<" in one])
def test_a_payload_that_is_not_escaped_is_seen(text: str) -> None:
    assert markup.obeyed(f"<p>{text}</p>")
    assert not markup.obeyed(f"<p>{html.escape(text)}</p><textarea>{html.escape(text)}</textarea>")


@pytest.mark.parametrize("text", XSS)
def test_a_payload_in_an_attribute_is_harmless_only_where_it_is_escaped(text: str) -> None:
    assert not markup.obeyed(f'<input value="{html.escape(text)}">')
    if text.startswith(("javascript:", '"')):
        assert markup.obeyed(f'<a href="{text}">x</a>')
