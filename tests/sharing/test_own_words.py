"""What counts as said back in own words."""

from __future__ import annotations

import pytest

from sharing import rules


@pytest.mark.parametrize(
    "text",
    [
        "Noted, thanks.",
        "OK",
        "I’ve read this",
        "Received with thanks",
        "Understood and agreed.",
        "n/a",
        "",
        "...",
        "As above",
        "👍",
    ],
)
def test_an_acknowledgement_is_not_a_restatement(text: str) -> None:
    assert rules.is_only_an_acknowledgement(text)
    with pytest.raises(rules.NotInYourWords):
        rules.require_own_words(text, text, text)


def test_words_of_other_languages_are_words() -> None:
    assert not rules.is_only_an_acknowledgement("Він боїться йти додому сьогодні")


def test_a_short_restatement_in_own_words_is_one() -> None:
    rules.require_own_words("Bruise, left arm.", "He goes home to Dean.", "Ring you by noon.")


def test_each_prompt_is_asked_for_by_its_name() -> None:
    with pytest.raises(rules.NotInYourWords) as refusal:
        rules.require_own_words(
            "A bruise on the arm seen by two.", "thanks", "I will ring the manager first."
        )
    assert refusal.value.sentences[1:] == ("Say in your own words: “What worries me, and why”.",)


def test_similarity_is_the_share_of_words_that_stand_in_the_source() -> None:
    source = "Four small round marks in a row on the left upper arm"
    assert rules.similarity(source, source) == 100
    assert rules.similarity("Nothing of that stands in what I write here", source) == 0
    assert rules.similarity(source.upper() + "!", source) == 100
    assert 0 < rules.similarity(source + " and my own words about it, which are as many", source) < 60
