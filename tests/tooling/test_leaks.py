"""What `make leaks` looks for is found in every spelling, by its field, and nowhere else."""

from __future__ import annotations

import pytest

from config.local.leaks.markers import Markers, planted

WORD = Markers().new("anything")


@pytest.mark.parametrize("how", planted(WORD))
def test_a_word_is_found_in_each_spelling(how: str) -> None:
    markers = Markers()
    word = markers.new("restate: what_happened")
    found = markers.found_in(planted(word)[how])
    assert found <= {"restate: what_happened", "some field, as base64 or hexadecimal"}
    assert found


def test_each_field_has_a_word_of_its_own() -> None:
    markers = Markers()
    words = [markers.new(f"field {number}") for number in range(1200)]
    assert len(set(words)) == len(words)
    assert markers.found_in(f"{words[7]} and {words[1130].upper()}".encode()) == {"field 7", "field 1130"}


@pytest.mark.parametrize("content", [b"", b"WF-27-0001-X1", bytes(range(256)) * 50])
def test_what_nobody_typed_is_not_found(content: bytes) -> None:
    assert Markers().found_in(content) == set()
