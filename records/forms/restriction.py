"""Questions about who may open a record, about opening one in an emergency, and about who looked."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from crispy_forms_gds.layout import Field, Layout, Size
from django import forms

from agencies import roles
from agencies.access import colleagues_called
from agencies.forms import PlainForm, PlainText, ShortText
from agencies.models import Membership
from agencies.staff_forms import AuditForm
from audit.kinds import Look
from records.models import BreakGlassReview

AS_IN_THE_DIRECTORY = (
    "One name a line, as in the directory. Where two colleagues have the same name, add their post: "
    "“Sam Reed, Class teacher”."
)
OTHERS = "others"


class NamedForm(PlainForm):
    """Who may open a record besides its owner and the leads, and who may not even in an emergency."""

    submit_label: ClassVar[str] = "Save who may open it"

    let_in = PlainText(
        label="Who may open it, besides the owner and the leads? (optional)",
        help_text=AS_IN_THE_DIRECTORY,
        rows=4,
        max_length=4000,
        required=False,
    )
    kept_out = PlainText(
        label="Who may not open it even in an emergency? (optional)",
        help_text=f"For example, a colleague whom it is about. {AS_IN_THE_DIRECTORY}",
        rows=2,
        max_length=4000,
        required=False,
    )

    def __init__(self, *args: Any, by: Membership, **options: Any) -> None:
        super().__init__(*args, **options)
        self.by = by
        self.found: dict[str, list[Membership]] = {}

    def clean_let_in(self) -> str:
        return self._find("let_in")

    def clean_kept_out(self) -> str:
        return self._find("kept_out")

    def _find(self, field: str) -> str:
        """Find each colleague who is named. One line is one person."""
        text = str(self.cleaned_data[field])
        found = self.found[field] = []
        for line in [line.strip() for line in text.splitlines() if line.strip()][:100]:
            name, _, post = (part.strip() for part in line.partition(","))
            people = colleagues_called(self.by, name, post)
            if not people:
                raise forms.ValidationError(
                    "No colleague in your agency’s directory has one of these names. "
                    "Write them as the directory does"
                )
            if len(people) > 1:
                raise forms.ValidationError(
                    "Several colleagues have one of these names. Add the post after a comma"
                )
            found += [one for one in people if one.pk not in {other.pk for other in found}]
        return text

    def people(self) -> dict[str, list[Membership]]:
        """The people as the operations take them."""
        return {"let_in": self.found.get("let_in", []), "kept_out": self.found.get("kept_out", [])}


class RestrictForm(NamedForm):
    """The same with the reason, where a record is closed for the first time."""

    submit_label: ClassVar[str] = "Close the record to everybody else"

    why = PlainText(
        label="Why may only named people open it?",
        help_text="Only those who may open the record read this.",
        rows=3,
        missing="Say why only named people may open this record",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.helper.layout = Layout(
            Field.textarea("why", label_size=Size.SMALL, rows=3),
            Field.textarea("let_in", label_size=Size.SMALL, rows=4),
            Field.textarea("kept_out", label_size=Size.SMALL, rows=2),
        )


class EndRestrictionForm(PlainForm):
    """Why a record need not be closed any more."""

    submit_label: ClassVar[str] = "Open it to the agency again"

    why = PlainText(
        label="Why may everybody of your agency who works with concerns open it again?",
        rows=3,
        missing="Say why everybody may open it again",
    )


class BreakGlassForm(PlainForm):
    """Which record, and why it cannot wait."""

    submit_label: ClassVar[str] = "Open the record now"

    reference = ShortText(
        label="Reference of the record",
        help_text="For example, WF-26-0001",
        max_length=40,
        missing="Enter the reference of the record",
    )
    why = PlainText(
        label="Why do you need it now?",
        help_text=(
            "Say what is happening and what you need to know. The leads of your agency read this. "
            "Do not put names in it."
        ),
        rows=4,
        max_length=2000,
        missing="Say what is happening and what you need to know",
    )


class ReviewForm(PlainForm):
    """Whether it was right."""

    submit_label: ClassVar[str] = "Save what you found"

    finding = forms.ChoiceField(
        label="Was it right to open it?",
        choices=BreakGlassReview.Finding.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether it was right to open it"},
    )
    note = PlainText(
        label="What did you look at, and what follows from it?",
        help_text="For example, “Spoke to her on 4 May; the child was missing; she is let in from now on”.",
        rows=4,
        missing="Say what you looked at, and what follows from it",
    )


class ConcernLooksForm(forms.Form):
    """Narrow who looked at one record. It goes by number and code: no name stands in an address."""

    person = forms.ChoiceField(label="Who", required=False)
    kind = forms.ChoiceField(
        label="Kind of look", required=False, choices=[("", "Any"), *((one.name, one.value) for one in Look)]
    )

    def __init__(self, *args: Any, people: list[Membership], **options: Any) -> None:
        super().__init__(*args, **options)
        ours = [(str(one.pk), f"{one.full_name}, {one.job_title}") for one in people]
        cast(forms.ChoiceField, self.fields["person"]).choices = [
            ("", "Anybody"), (OTHERS, "People of other agencies"), *ours
        ]  # fmt: skip


class LooksForm(AuditForm):
    """Narrow an agency's access log."""

    role = forms.ChoiceField(
        label="In which role", required=False, choices=[("", "Any role"), *roles.CHOICES]
    )
    address = forms.GenericIPAddressField(label="From which network address", required=False)
    only = forms.ChoiceField(
        label="Only",
        required=False,
        choices=[
            ("", "Everything"),
            ("refused", "What was refused"),
            ("emergency", "Closed records opened in an emergency"),
        ],
    )

    field_order = ("reference", "what", "person", "role", "address", "only", "first", "last")
