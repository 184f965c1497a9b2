"""Advice on what was written: each rule by its name, and what holds for every text. No database."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.models import Statement
from records.quality import prompts, rules, words
from records.quality.rules import Advice, Written, advise
from records.quality.words import ABBREVIATION, JARGON, LABEL, Decided, Term, list_of

KINDS = ["", *Statement.Kind.values]
GOOD = "A bruise of 3 cm by 2 cm on the left upper arm, and four round marks in a row."


def rules_of(text: str, **more: object) -> list[str]:
    return [one.rule for one in advise(Written(text, **more))]  # type: ignore[arg-type]


def said(rule: str, text: str, **more: object) -> Advice:
    found = [one for one in advise(Written(text, **more)) if one.rule == rule]  # type: ignore[arg-type]
    assert len(found) == 1, f"{rule} said {len(found)} things of {text!r}"
    return found[0]


def test_plain_words_get_no_advice() -> None:
    assert rules_of(GOOD, kind="FACT_SEEN", source="Anna Bell, class teacher") == []


def test_words_to_explain() -> None:
    advice = said("words_to_explain", "He was CIN, then LAC. The MASH decided NFA; two EHCPs are open.")
    assert advice.words == ("CIN", "LAC", "MASH", "NFA", "EHCPs")
    assert advice.plain[0].startswith("child in need")
    assert said("words_to_explain", "She DNA'd twice.").plain[0].startswith("was not brought")
    assert said("words_to_explain", "She DNA’d twice.").words == ("DNA’d",)
    assert said("words_to_explain", "A Section 47 enquiry was opened.").words == ("Section 47 enquiry",)


@pytest.mark.parametrize(
    "text", ["The MASH (multi-agency safeguarding hub) rang.", "A front door hub (MASH) rang."]
)
def test_an_abbreviation_that_is_explained_gets_no_advice(text: str) -> None:
    assert "words_to_explain" not in rules_of(text)
    assert "unknown_abbreviations" not in rules_of(text)


def test_words_about_people() -> None:
    advice = said("words_about_people", "Mother is hard to reach, and this is disguised compliance.")
    assert advice.words == ("hard to reach", "disguised compliance")


def test_unknown_abbreviations() -> None:
    assert said("unknown_abbreviations", "The XQZ and two BRTs came.").words == ("XQZ", "BRT")
    assert "unknown_abbreviations" not in rules_of("The NHS, the GP and a UK passport.")
    assert "unknown_abbreviations" not in rules_of("SHE SAID THAT HE WAS LATE AGAIN TODAY")


def test_opinion_in_a_fact() -> None:
    advice = said("opinion_in_a_fact", "He seems low and I think he is hungry.", kind="FACT_SEEN")
    assert advice.words == ("seems", "i think")
    assert "opinion_in_a_fact" not in rules_of("I think he is hungry.", kind="OPINION", rests_on=1)


def test_fact_in_an_opinion() -> None:
    text = "It is neglect. I saw mould of 30 cm at 09:15."
    assert said("fact_in_an_opinion", text, kind="OPINION", rests_on=1).words == (
        "i saw",
        "30 cm",
        "at 09:15",
    )


def test_opinion_without_a_fact() -> None:
    said("opinion_without_a_fact", "It is neglect.", kind="OPINION")
    assert "opinion_without_a_fact" not in rules_of("It is neglect.", kind="OPINION", rests_on=1)


@pytest.mark.parametrize("source", ["", "staff", "The school", "n/a", "Unknown", "records."])
def test_source_that_names_nobody(source: str) -> None:
    said("source_that_names_nobody", GOOD, kind="FACT_SEEN", source=source)


@pytest.mark.parametrize(
    "source", ["I did", "Anna Bell, class teacher", "mother, by phone", "School nurse, R. Lane"]
)
def test_a_source_that_names_somebody(source: str) -> None:
    assert "source_that_names_nobody" not in rules_of(GOOD, kind="FACT_SEEN", source=source)


def test_time_that_says_little() -> None:
    for when in ("recently", "ongoing", "a while ago", ""):
        said("time_that_says_little", GOOD, kind="REPORTED", source="I did", has_a_time=False, when=when)
    assert (
        rules_of(GOOD, kind="REPORTED", source="I did", has_a_time=False, when="most Mondays this term") == []
    )


def test_how_often_in_words() -> None:
    assert said("how_often_in_words", "He is often late.", kind="HISTORY", source="I did").words == ("often",)


def test_long_sentences() -> None:
    said("long_sentences", "and then " * 30)
    assert "long_sentences" not in rules_of("and then. " * 60)


def test_a_concern_without_voice() -> None:
    assert rules.of_a_concern(["FACT_SEEN", "OPINION"]) == [rules.NO_VOICE]
    assert rules.of_a_concern(["FACT_SEEN", "VOICE"]) == []


# --- What holds for every text ----------------------------------------------------------------------

TEXTS = st.lists(
    st.sampled_from(["CIN", "LAC", "seems", "hard to reach", "I saw", "often", "“", "”", "(", ")", "XYZ",
                     "3 cm", "he", "’", "DNA'd", ".", "\n", "child in need"]) | st.text(max_size=12),
    max_size=20,
).map(" ".join)  # fmt: skip


@given(TEXTS, st.sampled_from(KINDS), st.text(max_size=30), st.booleans(), st.integers(0, 3))
def test_whatever_is_written_there_is_only_advice(
    text: str, kind: str, source: str, has_a_time: bool, rests_on: int
) -> None:
    found = advise(Written(text, kind, source, has_a_time, source, rests_on))
    assert len({one.rule for one in found}) == len(found), "each rule speaks once"
    for one in found:
        assert one.sentence.endswith(".")
        assert len(one.plain) in (0, len(one.words))
        whole = " ".join(f"{text} {source}".lower().split())
        assert all(" ".join(word.lower().split()) in whole for word in one.words)


@given(TEXTS)
def test_somebodys_exact_words_are_left_as_they_are(text: str) -> None:
    about_words = {"words_to_explain", "words_about_people", "unknown_abbreviations", "opinion_in_a_fact",
                   "how_often_in_words", "long_sentences"}  # fmt: skip
    assert not about_words & set(rules_of(text, kind="FACT_HEARD", source="I did", is_verbatim=True))


@given(st.sampled_from(words.our_own()))
def test_every_word_of_the_list_is_found_in_a_sentence_and_not_in_a_quotation(term: Term) -> None:
    for variant in term.variants:
        found = [spot.term for spot in words.OUR_OWN.spots(f"They say {variant} here.")]
        assert [one.plain for one in found] == [term.plain], variant
        assert not {"words_to_explain", "words_about_people"} & set(rules_of(f"He said “{variant}” to me"))


def test_no_word_stands_twice_in_the_list_and_none_is_explained_by_itself() -> None:
    variants = [words.key_of(v, term.kind) for term in words.our_own() for v in term.variants]
    assert len(variants) == len(set(variants))
    assert len(words.our_own()) > 150
    for term in words.our_own():
        assert term.plain
        assert not set(term.plain.split()) & set(term.variants), term


# --- What an agency decided -------------------------------------------------------------------------


def test_what_an_agency_decided_counts_before_our_own_list() -> None:
    decided = [
        Decided("LAC", "", ABBREVIATION, True),
        Decided("CIN", "a child we must help", ABBREVIATION, False),
        Decided("Huddle", "morning meeting", JARGON, False),
        Decided("frequent flyer", "say how often and why", LABEL, False),
    ]
    here = list_of(decided)
    text = "LAC, CIN, at the huddle: a Frequent  Flyer."
    assert [(s.written, s.term.plain) for s in here.spots(text)] == [
        ("CIN", "a child we must help"),
        ("huddle", "morning meeting"),
        ("Frequent  Flyer", "say how often and why"),
    ]  # fmt: skip
    assert [s.written for s in words.OUR_OWN.spots(text)] == ["LAC", "CIN"]


def test_an_agencys_own_decision_comes_after_the_partnerships() -> None:
    both = [Decided("Huddle", "meeting", JARGON, False), Decided("huddle", "", JARGON, True)]
    assert list_of(both).spots("A huddle.") == []


@given(st.integers(0, 1000), st.integers(5, 1000))
def test_a_share_is_never_all_or_none(part: int, whole: int) -> None:
    share = prompts.share(min(part, whole), whole)
    assert 5 <= share <= 95
    assert share % 5 == 0
