"""Advice on what was written: rules over plain text. Nothing here asks the database, and nothing is refused.

A rule returns what it has to say. Words that somebody quotes are theirs, and are left as they are: what
stands in quotation marks is not looked at, and neither is a statement that gives somebody's exact words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from records.quality.terms import NOT_FLAGGED
from records.quality.words import ABBREVIATION, LABEL, OUR_OWN, Spot, WordList

MOST_WORDS_IN_A_SENTENCE = 40
FACTS = frozenset({"FACT_SEEN", "FACT_HEARD"})
OPINION, VOICE = "OPINION", "VOICE"

QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|‘[^’]*(?:’\w[^’]*)*’(?!\w)")
CAPITALS = re.compile(r"(?<![\w&.])[A-Z](?:[A-Z&]{2,5})s?(?![\w&])")
# Words with which people say what they think, not what was seen or heard.
THOUGHT = re.compile(
    r"\b(?:i (?:think|feel|believe|suspect|assume|fear|worry|would say)|in my (?:view|opinion)|seem(?:s|ed)?"
    r"|appear(?:s|ed) to|probably|possibly|presumably|obviously|clearly|undoubtedly|it is likely|likely to"
    r"|suggest(?:s|ed|ing) that|consistent with|must have been|could be a sign|no doubt)\b",
    re.IGNORECASE,
)
# What somebody saw, measured, was told, or when it was: a fact of its own.
HAPPENED = re.compile(
    r"\b(?:(?:told|said to|reported to|disclosed to) (?:me|us)|i (?:saw|heard|found|noticed|was told)"
    r"|\d+(?:\.\d+)? ?(?:cm|mm|kg|%)|(?:at|by|about) \d{1,2}[:.]\d{2}"
    r"|on \d{1,2}(?:st|nd|rd|th)? [A-Z][a-z]+)",
    re.IGNORECASE,
)
HOW_OFTEN = re.compile(
    r"\b(?:regularly|frequently|often|sometimes|occasionally|repeatedly|constantly|always|numerous|a lot"
    r"|on (?:several|many|numerous) occasions|from time to time)\b",
    re.IGNORECASE,
)
ROUGHLY = re.compile(
    r"\b(?:recently|lately|a while ago|some time ago|ongoing|in the past|previously|historically"
    r"|for some time|now and then|various|unknown|not known|n/?a)\b",
    re.IGNORECASE,
)
NOBODY_IN_PARTICULAR = re.compile(
    r"^(?:the )?(?:staff|school|nursery|hospital|police|social care|agency|team|professionals?|various"
    r"|unknown|not known|anon(?:ymous)?|n/?a|someone|somebody|others?|records?|file|notes?"
    r"|system|email|phone)\.?$",
    re.IGNORECASE,
)
END_OF_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


@dataclass(frozen=True)
class Advice:
    """One piece of advice: the sentence, the words it is about, and what could stand there instead.

    `rule` is the name of the rule, by which advice is counted.
    """

    rule: str
    sentence: str
    words: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return list(zip(self.words, self.plain, strict=False))


@dataclass(frozen=True)
class Written:
    """A statement as the rules look at it. An empty kind is any other text, such as a summary."""

    text: str
    kind: str = ""
    source: str = ""
    has_a_time: bool = True
    when: str = ""
    rests_on: int = 0
    is_verbatim: bool = False

    @property
    def own_words(self) -> str:
        """The text without what is quoted in it; nothing of a statement in somebody's exact words."""
        if self.is_verbatim:
            return ""
        return QUOTED.sub(lambda quoted: " " * len(quoted[0]), self.text)


Rule = Callable[[Written, WordList], list[Advice]]


def advise(written: Written, words: WordList = OUR_OWN) -> list[Advice]:
    """Return all advice on one text, in the order of the rules."""
    return [advice for rule in RULES for advice in rule(written, words)]


def words_to_explain(written: Written, words: WordList) -> list[Advice]:
    """Some readers may not know these words. Write what they mean."""
    spots = _first_of_each(words.spots(written.own_words), kinds={ABBREVIATION, "JARGON"})
    found = [spot for spot in spots if not _is_explained(spot, written.text)]
    return _advice(words_to_explain, found)


def words_about_people(written: Written, words: WordList) -> list[Advice]:
    """These words say what we make of somebody. Write what they did or what happened to them."""
    return _advice(words_about_people, _first_of_each(words.spots(written.own_words), kinds={LABEL}))


def unknown_abbreviations(written: Written, words: WordList) -> list[Advice]:
    """Write these in full, at least the first time. If they are initials, write who it is."""
    text = written.own_words
    if _is_all_capitals(text):
        return []
    found: dict[str, None] = {}
    for match in CAPITALS.finditer(text):
        short = match[0].removesuffix("s")
        if short not in NOT_FLAGGED and not words.knows(match[0]) and not _stands_in_brackets(short, text):
            found[short] = None
    return [_say(unknown_abbreviations, tuple(found))] if found else []


def opinion_in_a_fact(written: Written, words: WordList) -> list[Advice]:
    """This is written as a fact, and these words sound like an opinion. Write what was seen or heard here, and what it may mean as a professional opinion."""  # noqa: E501
    if written.kind not in FACTS:
        return []
    return _found(opinion_in_a_fact, THOUGHT, written.own_words)


def fact_in_an_opinion(written: Written, words: WordList) -> list[Advice]:
    """Part of this opinion is something that was seen, measured or said. As a statement of its own it can be shared and checked by itself."""  # noqa: E501
    if written.kind != OPINION:
        return []
    return _found(fact_in_an_opinion, HAPPENED, written.own_words)


def opinion_without_a_fact(written: Written, words: WordList) -> list[Advice]:
    """This opinion rests on nothing yet. Choose the statements that made you think so."""
    return [_say(opinion_without_a_fact)] if written.kind == OPINION and not written.rests_on else []


def source_that_names_nobody(written: Written, words: WordList) -> list[Advice]:
    """Nobody can ask this source about it later. Write who: a name and a role."""
    if not written.kind:
        return []
    source = written.source.strip()
    return [_say(source_that_names_nobody, (source,) if source else ())] if _is_nobody(source) else []


def time_that_says_little(written: Written, words: WordList) -> list[Advice]:
    """In a month nobody will know when this was. Write a date, or roughly which week."""
    if not written.kind or written.has_a_time:
        return []
    when = written.when.strip()
    vague = ROUGHLY.search(when)
    return [_say(time_that_says_little, (vague[0],) if vague else ())] if vague or not when else []


def how_often_in_words(written: Written, words: WordList) -> list[Advice]:
    """One reader thinks of once a week, another of once a month. Write how often, and since when."""
    if written.kind in {OPINION, VOICE}:
        return []
    return _found(how_often_in_words, HOW_OFTEN, written.own_words)


def long_sentences(written: Written, words: WordList) -> list[Advice]:
    """A sentence has more than 40 words. Two are easier to say back."""
    lengths = [len(sentence.split()) for sentence in END_OF_SENTENCE.split(written.own_words)]
    return [_say(long_sentences)] if max(lengths, default=0) > MOST_WORDS_IN_A_SENTENCE else []


RULES: tuple[Rule, ...] = (
    words_to_explain,
    words_about_people,
    unknown_abbreviations,
    opinion_in_a_fact,
    fact_in_an_opinion,
    opinion_without_a_fact,
    source_that_names_nobody,
    time_that_says_little,
    how_often_in_words,
    long_sentences,
)
NO_VOICE = Advice(
    "no_voice",
    "Nothing here is in their own words, or says what they wish or how they live. Ask yourself what they "
    "would say, and who could ask them.",
)


def of_a_concern(kinds: Sequence[str]) -> list[Advice]:
    """Return the advice on a concern as a whole, from the kinds of its statements."""
    return [] if VOICE in kinds else [NO_VOICE]


def _say(rule: Rule, words: tuple[str, ...] = (), plain: tuple[str, ...] = ()) -> Advice:
    return Advice(rule.__name__, rule.__doc__ or "", words, plain)


def _advice(rule: Rule, spots: Sequence[Spot]) -> list[Advice]:
    if not spots:
        return []
    return [_say(rule, tuple(s.written for s in spots), tuple(s.term.plain for s in spots))]


def _found(rule: Rule, pattern: re.Pattern[str], text: str) -> list[Advice]:
    found = dict.fromkeys(match[0].lower() for match in pattern.finditer(text))
    return [_say(rule, tuple(found))] if found else []


def _first_of_each(spots: Sequence[Spot], *, kinds: set[str]) -> list[Spot]:
    found: dict[str, Spot] = {}
    for spot in spots:
        if spot.term.kind in kinds:
            found.setdefault(spot.term.name, spot)
    return list(found.values())


def _is_explained(spot: Spot, text: str) -> bool:
    """Say whether an abbreviation is written in full beside itself: “CIN (child in need)” or turned round."""
    if spot.term.kind != ABBREVIATION:
        return False
    return _stands_in_brackets(spot.written, text)


def _stands_in_brackets(short: str, text: str) -> bool:
    quoted = re.escape(short)
    return bool(re.search(rf"\w\s*\({quoted}\)|{quoted}\s*\((?=[^)]*\w[\s-]+\w)[^)]+\)", text))


def _is_all_capitals(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return len(letters) > 12 and sum(c.isupper() for c in letters) > len(letters) * 0.6


def _is_nobody(source: str) -> bool:
    return not source or bool(NOBODY_IN_PARTICULAR.match(source))
