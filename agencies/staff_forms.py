"""The forms with which an administrator looks after staff, cover and contact points."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from agencies import access, roles, rules
from agencies.dates import PlainDate
from agencies.forms import PlainForm, ShortText
from agencies.models import Agency, ContactPoint, Membership

NOBODY = "Nobody"


class _Choice(forms.ModelChoiceField["Membership"]):
    """Somebody of one's own agency, told apart by post."""

    def to_python(self, value: Any) -> Membership | None:
        try:
            return super().to_python(value)
        except forms.ValidationError:
            # Something that is no number at all would be quoted in Django's own sentence.
            raise forms.ValidationError(self.error_messages["invalid_choice"]) from None

    def label_from_instance(self, obj: Membership) -> str:
        return f"{obj.full_name}, {obj.job_title}"


def _colleagues(agency: Agency, *, but: Membership | None = None) -> Any:
    people = Membership.objects.current().with_people().filter(agency=agency)
    if but is not None:
        people = people.exclude(user_id=but.account_pk)
    return people.order_by("user__full_name", "pk")


def _roles(agency: Agency) -> list[tuple[str, str]]:
    """The roles that an agency can give: only the partnership's office has a coordinator."""
    office = agency.kind == Agency.Kind.PARTNERSHIP
    not_here = {roles.Outside.code} if office else {roles.Outside.code, roles.Coordinator.code}
    return [(code, role.display_name) for code, role in roles.ROLES.items() if code not in not_here]


class PostForm(PlainForm):
    """Change somebody's role, post and manager."""

    submit_label = "Save"

    role = forms.ChoiceField(
        label="Role",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a role", "invalid_choice": "Choose a role from the list"},
    )
    job_title = ShortText(
        label="Post",
        max_length=150,
        help_text="As other agencies know it, for example “Duty social worker”.",
        missing="Enter their post",
    )
    manager = _Choice(
        label="Manager",
        queryset=Membership.objects.none(),
        required=False,
        empty_label=NOBODY,
        help_text="Who is told when something of theirs is late or goes wrong.",
        error_messages={"invalid_choice": "Choose a manager from the list"},
    )

    def __init__(self, *args: Any, agency: Agency, member: Membership | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        cast(forms.ChoiceField, self.fields["role"]).choices = _roles(agency)
        cast(_Choice, self.fields["manager"]).queryset = _colleagues(agency, but=member)


class PersonForm(PostForm):
    """Add somebody to the agency."""

    submit_label = "Add this person"
    field_order = ("full_name", "email")

    full_name = ShortText(label="Full name", max_length=150, missing="Enter their full name")
    email = forms.EmailField(
        label="Work e-mail address",
        help_text="They sign in with it, and are sent a link for choosing a password.",
        error_messages={
            "required": "Enter their work e-mail address",
            "invalid": "Enter an e-mail address in the form name@example.org",
        },
    )


class AbsenceForm(PlainForm):
    """The days on which somebody is away."""

    submit_label = "Record the absence"

    starts_on = PlainDate(label="First day away", help_text="For example, 27 3 2027.")
    ends_on = PlainDate(label="Last day away", help_text="For example, 2 4 2027.")


class DeputyForm(PlainForm):
    """Who acts for somebody, and when."""

    submit_label = "Name this deputy"

    deputy = _Choice(
        label="Deputy",
        queryset=Membership.objects.none(),
        empty_label="Choose somebody",
        help_text="They can restate, check and answer in this person’s place. Their own name is recorded. "
        "Only those are listed whose role can do this person’s work.",
        error_messages={"required": "Choose a deputy", "invalid_choice": "Choose a deputy from the list"},
    )
    starts_on = PlainDate(label="From", help_text="For example, 27 3 2027.")
    ends_on = PlainDate(label="To (optional)", required=False, help_text="Leave empty for no end.")

    def __init__(self, *args: Any, member: Membership, **options: Any) -> None:
        super().__init__(*args, **options)
        colleagues = _colleagues(member.agency, but=member).filter(role__in=rules.roles_of_deputies(member))
        cast(_Choice, self.fields["deputy"]).queryset = colleagues


class ContactPointForm(PlainForm):
    """A new way to reach somebody, or the duty inbox."""

    submit_label = "Add this contact point"

    member = _Choice(
        label="Whose is it?",
        queryset=Membership.objects.none(),
        required=False,
        empty_label="Nobody’s: it is a duty inbox or a duty telephone",
    )
    kind = forms.ChoiceField(
        label="Kind",
        choices=ContactPoint.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a kind", "invalid_choice": "Choose a kind from the list"},
    )
    address = ShortText(
        label="E-mail address or telephone number", max_length=254, missing="Enter the address or number"
    )
    label = ShortText(
        label="What others see",
        max_length=100,
        help_text="For example “Work e-mail” or “Duty desk”. Other agencies see this, not the address.",
        missing="Enter what others see",
    )

    def __init__(self, *args: Any, agency: Agency, **options: Any) -> None:
        super().__init__(*args, **options)
        cast(_Choice, self.fields["member"]).queryset = _colleagues(agency)


class FindForm(forms.Form):
    """Look in the directory. Posted, so that no name stands in an address."""

    query = forms.CharField(label="Name, post or agency", required=False, max_length=100)
    kind = forms.ChoiceField(
        label="Kind of agency", required=False, choices=[("", "Any"), *Agency.Kind.choices]
    )


class AuditForm(forms.Form):
    """Narrow the events or the access log. It goes by number and code: no name stands in an address."""

    reference = forms.CharField(label="Reference", required=False, max_length=80)
    what = forms.ChoiceField(label="What was done", required=False)
    person = forms.ChoiceField(label="Who", required=False)
    first = PlainDate(label="From", required=False)
    last = PlainDate(label="To", required=False)

    def __init__(self, *args: Any, by: Membership, whats: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        cast(forms.ChoiceField, self.fields["what"]).choices = [("", "Anything"), *whats]
        self.names = {str(member.pk): member.full_name for member in access.everybody_ever_at(by)}
        cast(forms.ChoiceField, self.fields["person"]).choices = [("", "Anybody"), *self.names.items()]
