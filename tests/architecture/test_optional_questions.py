"""A question that may be left empty says so, as GOV.UK does it: what is not marked has to be answered."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

from django import forms

import agencies
import consent
import records
import sharing
from agencies.forms import PlainForm

# What says when an answer is needed and when it is not: in the label, or in the hint.
SAYS_WHEN = re.compile(r"^If |, if |\b(Leave|leave|Needed|Only)\b")

# Asked only beside the answer to another question, and needed there.
BESIDE_AN_ANSWER = {
    "AcceptTransferForm": {"day", "time"},
    "BasisForm": {"article_6", "paragraph_18", "despite_why"},
    "DisagreeForm": {"action"},
    "InformedForm": {
        *("informed_how", "informed_on", "informed_time"),
        *("not_informed_why", "review_on", "review_time"),
    },
    "LogCallForm": {"number", "how_checked"},
    "NoticeChoiceForm": {"digest_at", "quiet_from", "quiet_to"},
    "ProposeTransferForm": {"day", "time", "with_whom", "what_was_said"},
    "ProtectForm": {"agencies", "people"},
    "StatementForm": {"written_on", "written_time"},
    "ViewForm": {"conditions", "why_not_asked"},
    "VoiceForm": {"why_not", "plan"},
}
# Needed, but a rule says so and not the form: by what it finds, or only where the page asks it at all.
NEEDED_BY_A_RULE = {
    "AskForm": {"who_needs_to_know", "advice_needed"},
    "FamilyForm": {"anybody_else"},
    "LogCallForm": {"what_happened", "what_worries_me", "what_i_will_do", "emergency_reason"},
    "MinutesForm": {"what_changed"},
    "NextStageForm": {"why"},
    "OutcomeForm": {"purpose"},
    "ReasonsForm": {"necessary", "relevant", "adequate", "rationale"},
    "RestateForm": {"what_happened", "what_worries_me", "what_i_will_do"},
    "SendForm": {"emergency_reason"},
    "SummaryForm": {"what_changed"},
}
# One of several is enough, as the question after it or the heading over them says; or the hint of the first
# is about those after it too.
TOGETHER_WITH_ANOTHER = {
    "AgencyViewForm": {"asked_on"},
    "BringForm": {"kind", "text", "source"},
    "DocumentForm": {"made_on"},
    "FindForm": {"text", "what", "state", "born_from", "born_to"},
    "FindPersonForm": {"name", "born_on", "nhs_number"},
    "HoldDecisionForm": {"asked_on", "their_view"},
    "PersonForm": {"first_name", "last_name"},
    "StatementForm": {"happened_on"},
    "ViewForm": {"asked_time"},
    "WordsForm": {"suggested", "others"},
}
# Nobody, or none, is one of the answers.
NOBODY_IS_AN_ANSWER = {
    "AskToForm": {"instead_of"},
    "ContactPointForm": {"member"},
    "HandOverForm": {"everything"},
    "PersonForm": {"manager"},
    "PostForm": {"manager"},
}
KNOWN = (BESIDE_AN_ANSWER, NEEDED_BY_A_RULE, TOGETHER_WITH_ANOTHER, NOBODY_IS_AN_ANSWER)


def everything_asked() -> Iterator[tuple[str, str, forms.Field]]:
    """Walk the questions of every form with which something is written down."""
    for app in (agencies, records, consent, sharing):
        for module in pkgutil.walk_packages(app.__path__, f"{app.__name__}."):
            if "form" in module.name:
                importlib.import_module(module.name)
    waiting = [PlainForm]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        is_ours = not kind.__module__.startswith("tests.")
        for name, field in kind.base_fields.items() if is_ours else ():
            yield kind.__name__, name, field


def is_to_be_marked(field: forms.Field) -> bool:
    """A box that is not ticked is an answer; what nobody sees is not asked."""
    return not (field.required or field.widget.is_hidden or isinstance(field, forms.BooleanField))


def says_so(field: forms.Field) -> bool:
    """The label ends with it, or label or hint say when the question is to be answered."""
    return str(field.label).endswith("(optional)") or bool(
        SAYS_WHEN.search(f"{field.label} {field.help_text}")
    )


def test_a_question_that_may_be_left_empty_says_so() -> None:
    silent = {
        f"{form}.{name}"
        for form, name, field in everything_asked()
        if is_to_be_marked(field)
        and not says_so(field)
        and not any(name in one.get(form, ()) for one in KNOWN)
    }
    assert silent == set()


def test_no_question_that_has_to_be_answered_is_called_optional() -> None:
    wrong = {
        f"{form}.{name}"
        for form, name, field in everything_asked()
        if field.required and str(field.label).endswith("(optional)")
    }
    assert wrong == set()


def test_the_tables_name_no_question_that_is_gone() -> None:
    asked = {(form, name) for form, name, field in everything_asked() if is_to_be_marked(field)}
    listed = {(form, name) for one in KNOWN for form, names in one.items() for name in names}
    assert listed - asked == set()


def questions_of_refusals() -> Iterator[tuple[str, str]]:
    """Walk the questions that refusals say they are about, where that stands in the code."""
    for app in (agencies, records, consent, sharing):
        for path in sorted(Path(app.__path__[0]).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                    given = {one.arg: one.value for one in node.exc.keywords}.get("answers")
                    for key in given.keys if isinstance(given, ast.Dict) else ():
                        if isinstance(key, ast.Constant):
                            yield path.name, str(key.value)


def test_a_refusal_leads_to_a_question_that_there_is() -> None:
    # The box is there only once somebody was refused for a copy.
    asked = {name for _, name, _ in everything_asked()} | {"knowingly_a_copy"}
    found = set(questions_of_refusals())
    assert len(found) > 20
    assert {(where, name) for where, name in found if name not in asked} == set()
