"""Each restatement as a page shows it: beside what was said, with what the speaker said to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sharing import minutes
from sharing.models import Item, Round, Verdict
from sharing.rules import PROMPTS
from sharing.told import moment

VERDICT_COLOURS = {
    Verdict.Answer.UNDERSTOOD: "green",
    Verdict.Answer.WRONG: "red",
    Verdict.Answer.MISSING: "orange",
}
ROUND_TAGS = {
    Round.Outcome.OPEN: {"text": "Waiting to be checked", "colour": "purple"},
    Round.Outcome.SPOKEN: {"text": "Not yet confirmed in writing", "colour": "yellow"},
    Round.Outcome.NOT_SAID: {"text": "Not what they said", "colour": "grey"},
    Round.Outcome.CONFIRMED: {"text": "Understood", "colour": "green"},
    Round.Outcome.CORRECTED: {"text": "To be said again", "colour": "orange"},
}


def shown_round(exchange: Any, items: Sequence[Item], one: Any) -> dict[str, Any]:
    """One restatement of what an exchange said in these items, with what was said to it."""
    who = one.restated_by.full_name
    if one.restated_by_id not in (exchange.listener_id, exchange.first_listener_id):
        who = f"{who}, for {exchange.listener.full_name}"
    checked = ""
    if one.checked_by:
        checked = one.checked_by.full_name
        if one.typed_by_id:
            checked = f"{checked} on the telephone. It counts from when it was confirmed in writing"
        if one.checked_by_id not in (exchange.speaker_id, exchange.first_speaker_id):
            checked = f"{checked}, for {exchange.speaker.full_name}"
    return {
        "number": one.number,
        "who": who,
        "when": moment(one.restated_at),
        "similarity": one.similarity,
        "tag": ROUND_TAGS[Round.Outcome(one.outcome)],
        "rows": compare_rows(exchange, items, one),
        **typed_after_a_call(one),
        "verdicts": [
            {
                "key": f"Item {said['number']}: {said['text']}",
                "value": said["note"],
                "tag": {
                    "text": Verdict.Answer(said["answer"]).label,
                    "colour": VERDICT_COLOURS[Verdict.Answer(said["answer"])],
                },
            }
            for said in one.said_of_items
        ],
        "note": one.note,
        "checked_by": checked,
        "checked_when": moment(one.checked_at),
    }


def typed_after_a_call(one: Any) -> dict[str, Any]:
    """Label words that somebody else typed after a call, wherever they are shown, with what the call was."""
    if one.typed_by_id is None:
        return {"typed": "", "is_struck": False, "call": []}
    call = one.call
    label = f"Typed by {one.typed_by.full_name} after a call"
    answer = getattr(call, "answer", None)
    if answer is None:
        label += ", not yet confirmed in writing"
    elif one.outcome == Round.Outcome.NOT_SAID:
        label += f". {answer.by.full_name} said on {moment(answer.at)} that they put it differently"
    else:
        label += f", confirmed in writing by {answer.by.full_name} on {moment(answer.at)}"
    checked = f"How it was checked: {call.how_checked}" if call.how_checked else "A checked number"
    rows = [
        ("Spoken with", call.spoken_with.full_name),
        ("Called back on", f"{call.number}\n{checked}"),
        ("Call began", moment(call.called_at)),
        ("Minutes", str(call.minutes)),
        ("What was said", call.what_was_said),
        ("Written down", f"{moment(call.typed_at)}, by {one.typed_by.full_name}"),
    ]
    return {
        "typed": f"{label}.",
        "is_struck": one.outcome == Round.Outcome.NOT_SAID,
        "call": [{"key": key, "value": value} for key, value in rows],
    }


def compare_rows(exchange: Any, items: Sequence[Item], one: Any) -> list[dict[str, Any]]:
    """Put each prompt's answer beside the part of the original that it answers."""
    opinions = [item for item in items if item.kind == "OPINION"]
    first = [item for item in items if item.source == minutes.YOURS and minutes.is_line(item)]
    facts = [item for item in items if item.kind != "OPINION" and item not in first]
    why = [f"Why I am telling you: {exchange.why_you}"] if exchange.why_you else []
    ask = f"I asked: {exchange.what_i_ask}" if exchange.what_i_ask else "Nothing was asked."
    original = {
        "what_happened": [_line(item) for item in facts],
        "what_worries_me": [_line(item) for item in opinions] + why,
        "what_i_will_do": [*(_line(item) for item in first), ask],
    }
    return [
        {
            "heading": prompt,
            "original": "\n\n".join(original[name]) or "Nothing was said about this.",
            "restatement": getattr(one, name),
        }
        for name, prompt in PROMPTS.items()
    ]


def _line(item: Item) -> str:
    key = " (key)" if item.is_key else ""
    words = f"“{item.text}”" if item.is_verbatim else item.text
    return f"{item.number}{key}. {words}"
