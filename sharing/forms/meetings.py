"""The questions that the pages of a meeting ask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from crispy_forms_gds.layout import Field, Fieldset, Layout, Size
from django import forms
from django.utils import timezone

from agencies.dates import PlainDate, PlainTime, moment
from agencies.forms import PlainForm, PlainText, ShortText
from agencies.models import Membership
from agencies.working_time import DurationNotUnderstood, parse_duration
from records.models import Statement
from sharing.forms.actions import as_time_limit
from sharing.models import Meeting, MeetingMember
from sharing.operations.meetings import Came
from sharing.rules.meetings import Attendance

OWN_WORDS = "own"


def named(members: Sequence[MeetingMember]) -> list[tuple[str, str]]:
    """The members of a meeting as choices, by their number on the list."""
    return [(str(one.pk), one.member.label) for one in members]


class WhenForm(PlainForm):
    """A day and a time; `moment` are both together."""

    day = PlainDate(label="On which day?", help_text="For example, 27 3 2027")
    time = PlainTime(label="At what time?", help_text="For example, 14:30", missing="Give the time")

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if answers.get("day") and answers.get("time"):
            try:
                answers["moment"] = moment(answers["day"], answers["time"])
            except forms.ValidationError as error:
                self.add_error("time", error)
        return answers


def when(at: Any) -> dict[str, Any]:
    """A moment as the two fields start with it."""
    local = timezone.localtime(at)
    return {"day": local.date(), "time": f"{local:%H:%M}"}


class CallForm(WhenForm):
    """What kind of meeting, what for, in whose chair, when, where, and what makes a quorum."""

    submit_label: ClassVar[str] = "Call the meeting"

    kind = forms.ChoiceField(
        label="What kind of meeting is it?",
        choices=Meeting.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what kind of meeting it is"},
    )
    purpose = PlainText(
        label="What is it for?",
        help_text=(
            "Everybody who is asked reads this. Say whom it is about and what is to be decided, and no more."
        ),
        rows=3,
        missing="Say what the meeting is for",
    )
    chair = forms.ChoiceField(
        label="Who is in the chair?",
        help_text="The chair sends the minutes, and checks what each member says back.",
        error_messages={"required": "Choose who is in the chair"},
    )
    where_or_how = ShortText(
        label="Where or how do people meet?",
        help_text="A room, or how they get the link. Do not write the link’s password here.",
        missing="Say where or how people meet",
    )
    quorum_agencies = forms.IntegerField(
        label="How many agencies make a quorum? (optional)",
        help_text="Your own counts. You can also say of each agency that it has to be there.",
        min_value=0,
        max_value=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-2"}),
        error_messages={
            "invalid": "Write the number of agencies in figures, for example 3",
            "min_value": "Write the number of agencies in figures, for example 3",
            "max_value": "A quorum is at most 30 agencies",
        },
    )
    quorum_source = ShortText(
        label="Where is that from?",
        help_text="The guidance or local procedure that sets it. Needed where you give a number.",
        required=False,
    )

    def __init__(self, *args: Any, chairs: Sequence[Membership], **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [(str(one.pk), f"{one.full_name}, {one.job_title}") for one in chairs]
        self.fields["chair"].choices = choices  # type: ignore[attr-defined]  # the ChoiceField above
        self.helper.layout = Layout(
            Field.radios("kind", legend_size=Size.SMALL),
            Field.textarea("purpose", label_size=Size.SMALL, rows=3),
            Field.select("chair", label_size=Size.SMALL),
            "day",
            *(
                Field.text(name, label_size=Size.SMALL)
                for name in ("time", "where_or_how", "quorum_agencies", "quorum_source")
            ),
        )

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        answers["quorum_agencies"] = answers.get("quorum_agencies") or 0
        if answers["quorum_agencies"] and not (answers.get("quorum_source") or "").strip():
            self.add_error("quorum_source", "Say where the quorum is from")
        return answers


class MoveForm(WhenForm):
    """When and where instead."""

    submit_label: ClassVar[str] = "Change it and tell everybody"

    where_or_how = ShortText(label="Where or how do people meet?", missing="Say where or how people meet")


class AskToForm(PlainForm):
    """Why somebody is asked, whether their agency has to be there, and in whose place they come."""

    submit_label: ClassVar[str] = "Ask them to the meeting"

    why_you = PlainText(
        label="Why are they asked? (optional)",
        help_text="They read this, with their part of the minutes.",
        rows=2,
        required=False,
    )
    is_needed = forms.BooleanField(
        label="Their agency has to be there: without it there is no quorum", required=False
    )
    instead_of = forms.ChoiceField(label="Do they come instead of somebody?", required=False)

    def __init__(self, *args: Any, members: Sequence[MeetingMember], **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [("", "No, for themselves"), *named(members)]
        self.fields["instead_of"].choices = choices  # type: ignore[attr-defined]  # the ChoiceField above
        self.members = {str(one.pk): one for one in members}
        self.helper.layout = Layout(
            Field.textarea("why_you", label_size=Size.SMALL, rows=2),
            "is_needed",
            Field.select("instead_of", label_size=Size.SMALL),
        )

    def words(self) -> dict[str, Any]:
        given = super().words()
        return {**given, "instead_of": self.members.get(given["instead_of"])}


class ComingForm(PlainForm):
    """Whether somebody comes, or their apologies."""

    submit_label: ClassVar[str] = "Tell the chair"

    is_coming = forms.TypedChoiceField(
        label="Will you come?",
        choices=[("yes", "Yes"), ("no", "No, I send my apologies")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether you will come"},
    )
    apologies = PlainText(
        label="Your apologies",
        help_text="Needed if you cannot come. Say who comes instead. What you write is in the minutes.",
        rows=3,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if answers.get("is_coming") is False and not (answers.get("apologies") or "").strip():
            self.add_error("apologies", "Write your apologies")
        return answers

    def words(self) -> dict[str, Any]:
        """The answers as the operation takes them."""
        given = self.cleaned_data
        return {"is_coming": given["is_coming"], "words": given["apologies"]}


class AttendanceForm(WhenForm):
    """When it was held, and of each member whether they came."""

    submit_label: ClassVar[str] = "Save who came"

    def __init__(self, *args: Any, members: Sequence[MeetingMember], **options: Any) -> None:
        super().__init__(*args, **options)
        self.members = list(members)
        self.helper.layout = Layout(
            "day", Field.text("time", label_size=Size.SMALL), *(self._ask_about(one) for one in self.members)
        )

    def _ask_about(self, one: MeetingMember) -> Fieldset:
        came, words = f"came_{one.pk}", f"words_{one.pk}"
        there = (Attendance.PRESENT, Attendance.APOLOGIES, Attendance.ABSENT)
        self.fields[came] = forms.ChoiceField(
            label=f"{one.member.full_name}, {one.member.agency.name}",
            choices=[(choice.value, choice.label) for choice in there],
            widget=forms.RadioSelect,
            required=False,
            initial=one.attendance if one.attendance in there else None,
        )
        self.fields[words] = PlainText(
            label=f"Apologies of {one.member.full_name} (optional)", rows=2, required=False, initial=one.words
        )
        return Fieldset(Field.radios(came, legend_size=Size.SMALL), Field.textarea(words, rows=2))

    def answers(self) -> dict[str, Any]:
        """The answers as the operation takes them. Of whom nothing is said, they did not come."""
        given = self.cleaned_data
        came = {
            one.pk: Came(given[f"came_{one.pk}"], given[f"words_{one.pk}"])
            for one in self.members
            if given[f"came_{one.pk}"]
        }
        return {"held_at": given["moment"], "came": came}


class ReasonForm(PlainForm):
    """A reason, for something that is done only with one."""

    why = PlainText(label="Why?", rows=3, missing="Say why")

    def __init__(self, *args: Any, label: str, button: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["why"].label = label
        self.submit_label = button  # type: ignore[misc]  # this page's own


class BringForm(PlainForm):
    """What somebody brings, what it rests on, and for whom it is."""

    submit_label: ClassVar[str] = "Save what is brought"

    brought_by = forms.ChoiceField(
        label="Who brings this?", error_messages={"required": "Choose who brings this"}
    )
    statement = forms.ChoiceField(
        label="Is it a statement of this concern?",
        help_text="Then it is brought in its own words, and you leave the next three questions empty.",
        required=False,
    )
    kind = forms.ChoiceField(
        label="What is it?", choices=Statement.Kind.choices, widget=forms.RadioSelect, required=False
    )
    text = PlainText(label="What do you bring?", rows=4, required=False)
    source = ShortText(
        label="Where is it from?", help_text="For example, “the health visitor’s notes of 4 May”.",
        required=False,
    )  # fmt: skip
    for_whom = forms.MultipleChoiceField(
        label="Who is it for?",
        help_text=(
            "Only those you tick are given it, with the minutes. The chair reads it and sends it on. "
            "Tick nobody where it is for the chair alone."
        ),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        members: Sequence[MeetingMember],
        own: Sequence[MeetingMember],
        statements: Sequence[Statement],
        chair: Membership,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields
        fields["brought_by"].choices = named(own)
        theirs = own[0].pk if len(own) == 1 else None
        others = [one for one in members if one.member_id != chair.pk and one.pk != theirs]
        fields["for_whom"].choices = named(others)
        fields["statement"].choices = [
            ("", "No, in other words"),
            *((str(one.number), f"{one.label}: {one.text[:80]}") for one in statements),
        ]
        self.statements = {str(one.number): one for one in statements}
        for name, is_offered in (("statement", bool(statements)), ("brought_by", len(own) > 1)):
            if not is_offered:
                del fields[name]
        self.only = theirs
        parts = {
            "brought_by": Field.select("brought_by", label_size=Size.SMALL),
            "statement": Field.select("statement", label_size=Size.SMALL),
            "kind": Field.radios("kind", legend_size=Size.SMALL),
            "text": Field.textarea("text", label_size=Size.SMALL, rows=4),
            "source": Field.text("source", label_size=Size.SMALL),
            "for_whom": Field.checkboxes("for_whom", legend_size=Size.SMALL),
        }
        self.helper.layout = Layout(*(part for name, part in parts.items() if name in fields))

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if not answers.get("statement"):
            if not (answers.get("text") or "").strip() and "text" not in self.errors:
                self.add_error("text", "Write what is brought")
            if not answers.get("kind") and "kind" not in self.errors:
                self.add_error("kind", "Say what it is: seen, heard, reported, or an opinion")
        return answers

    def words(self) -> dict[str, Any]:
        """The answers as the operation takes them."""
        given = super().words()
        return {
            **given,
            "brought_by": int(given["brought_by"]) if "brought_by" in given else self.only,
            "statement": self.statements.get(given.get("statement", "")),
            "for_whom": [int(number) for number in given["for_whom"]],
        }


class DecisionForm(PlainForm):
    """One decision, and why."""

    submit_label: ClassVar[str] = "Save this decision"

    what = PlainText(label="What was decided?", rows=3, missing="Write what was decided")
    why = PlainText(label="Why?", rows=3, missing="Say why it was decided")


class MeetingActionForm(PlainForm):
    """Who of the members does what by when, and what would make us act sooner."""

    submit_label: ClassVar[str] = "Save this action"

    what = PlainText(label="What will be done?", rows=3, missing="Say what will be done")
    owner = forms.ChoiceField(
        label="Who does it?", widget=forms.RadioSelect, error_messages={"required": "Choose who does it"}
    )
    checked_by = forms.ChoiceField(
        label="If the chair does it, who checks that it was done?",
        help_text="What another member does is checked by the chair.",
        required=False,
    )
    by_when = ShortText(
        label="By when?",
        help_text=(
            "For example “2 working days”, “4 hours”, “tomorrow”, “by 12:00 tomorrow” or “13 January 2027”. "
            "It is counted from now."
        ),
        max_length=80,
        missing="Say by when",
    )
    contingency = PlainText(
        label="What would make us act sooner?",
        help_text="What would have to happen, and what would we do then?",
        rows=3,
        missing="Say what would make us act sooner",
    )

    def __init__(
        self, *args: Any, members: Sequence[MeetingMember], chair: Membership, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields
        fields["owner"].choices = named(members)
        others = [one for one in members if one.member_id != chair.pk]
        fields["checked_by"].choices = [("", "Nobody: the chair does not do it"), *named(others)]

    def clean_by_when(self) -> str:
        limit = as_time_limit(str(self.cleaned_data["by_when"]))
        try:
            parse_duration(limit)
        except DurationNotUnderstood as error:
            raise forms.ValidationError(list(error.sentences)) from error
        return limit

    def words(self) -> dict[str, Any]:
        """The answers as the operation takes them."""
        given = super().words()
        checked_by = given["checked_by"]
        return {
            **given,
            "owner": int(given["owner"]),
            "checked_by": int(checked_by) if checked_by else None,
        }


class MinutesForm(PlainForm):
    """The main risk, who of those away gets their part too and, in a later version, what changed."""

    submit_label: ClassVar[str] = "Send the minutes"

    main_risk = PlainText(
        label="What is the main risk?",
        help_text="Every member says this back in their own words.",
        rows=3,
        missing="Name the main risk",
    )
    also_tell = forms.MultipleChoiceField(
        label="Who of those away needs to know too? (optional)",
        help_text="Whoever was there, has an action or was brought something gets their part in any case.",
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    what_changed = PlainText(
        label="What changed since the last version?",
        help_text="It stands at the head of the new version. The version before stays as it is.",
        rows=3,
        required=False,
    )

    def __init__(self, *args: Any, away: Sequence[MeetingMember], is_amendment: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields
        fields["also_tell"].choices = named(away)
        if not away:
            del fields["also_tell"]
        if is_amendment:
            self.submit_label = "Send the amendment"  # type: ignore[misc]  # this page's own
        else:
            del fields["what_changed"]

    def words(self) -> dict[str, Any]:
        """The answers as the operation takes them."""
        given = super().words()
        return {**given, "also_tell": [int(number) for number in given.get("also_tell", [])]}
