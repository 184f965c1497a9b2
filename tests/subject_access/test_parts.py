"""What is held back leaves the text: nothing of it is in what is made of it afterwards."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sharing.subject_access.parts import Words, found, leaks, plain, redact, split

PERSON = "another person"
TEXT = (
    "Dean squeezed me. Dr. Osei saw it!\nMr Dean O’Neill, he said “no”. Then O'NEILL, Dean left…\n\n"
    "A rose in Rosemary’s garden. DEAN’S car, déan’s dog."
)

names = st.sampled_from(["Dean", "Dean O'Neill", "Osei", "Rose", "Siân Ó Briain", "07700 900456"])
fillers = st.text(alphabet="abc DeanOsi'’.,!?\n-\u200b\u00e9R07 ", max_size=40)
texts = st.lists(st.one_of(fillers, names, names.map(str.upper)), max_size=12).map("".join)


def test_sentences_and_lines_are_parts() -> None:
    parts = split(TEXT)
    assert parts[0] == "Dean squeezed me. "
    assert "Then O'NEILL, Dean left…\n\n" in parts
    assert "".join(parts) == TEXT


def test_a_word_is_held_back_wherever_and_however_it_is_written() -> None:
    segments = redact(TEXT, [Words("Dean", PERSON), Words("Dean O'Neill", PERSON)])
    out = plain(segments)
    assert not leaks([out], [Words("Dean", PERSON)])
    assert "O’Neill" not in out
    assert "O'NEILL" not in out
    assert "[held back: another person]’S car" in out
    assert "Rosemary" in out, "a part of a word is not the word"


def test_a_ticked_part_is_gone_and_its_line_stays_a_line() -> None:
    parts = split(TEXT)
    held = parts.index("Then O'NEILL, Dean left…\n\n") + 1
    out = plain(redact(TEXT, [], [held]))
    assert "O'NEILL" not in out
    assert "[held back: part of this]\n\n" in out


def test_a_name_across_two_parts_is_found() -> None:
    text = "I saw Dean\nO'Neill there."
    assert "Neill" not in plain(redact(text, [Words("Dean O'Neill", PERSON)]))


@given(st.text())
def test_the_parts_of_any_text_are_the_text(text: str) -> None:
    assert "".join(split(text)) == text
    assert all(split(text))


@given(texts, st.lists(names, max_size=3), st.sets(st.integers(1, 12)))
def test_nothing_that_is_held_back_is_left(text: str, held: list[str], parts: set[int]) -> None:
    words = [Words(one, PERSON) for one in held]
    segments = redact(text, words, parts)
    assert not leaks([plain(segments)], words)
    for one in segments:
        assert one.is_held or not any(found(one.text, w.words) for w in words)


@given(texts, st.lists(names, max_size=3), st.sets(st.integers(1, 12)))
def test_what_goes_out_stood_there_in_that_order(text: str, held: list[str], parts: set[int]) -> None:
    at = 0
    for one in redact(text, [Words(word, PERSON) for word in held], parts):
        if not one.is_held:
            assert text.find(one.text, at) >= 0
            at = text.find(one.text, at) + len(one.text)


@given(texts)
def test_without_anything_held_back_the_text_stays_as_it_is(text: str) -> None:
    assert plain(redact(text, [])) == text


@given(texts, st.sets(st.integers(1, 12)))
def test_a_part_that_is_ticked_is_in_no_segment(text: str, ticked: set[int]) -> None:
    kept = "".join(one for number, one in enumerate(split(text), start=1) if number not in ticked)
    out = "".join(one.text for one in redact(text, [], ticked) if not one.is_held)
    assert "".join(out.split()) == "".join(kept.split())
