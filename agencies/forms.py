"""The form that every page uses: one-time id, version, draft, and a careful reading of text."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar, cast

from crispy_forms_gds.helper import FormHelper
from crispy_forms_gds.layout import Size
from django import forms
from django.http import QueryDict

from agencies import deciding, drafts
from agencies.http import HatRequest
from agencies.refusals import NeedsDecision, OutOfDate, Refused

LONG_TEXT = 20_000
SHORT_TEXT = 300


class PlainText(forms.CharField):
    """Free text, kept as it was typed: not stripped, line ends made one kind, and limited in length."""

    def __init__(self, *, rows: int = 5, max_length: int = LONG_TEXT, **options: Any) -> None:
        options.setdefault("widget", forms.Textarea(attrs={"rows": rows, "autocomplete": "off"}))
        label = str(options.get("label") or "This")
        options.setdefault(
            "error_messages",
            {
                "required": options.pop("missing", f"Write something under “{label}”"),
                "max_length": (
                    f"“{label}” can be {max_length:,} characters at most. Shorten it, or split it in two"
                ),
            },
        )
        super().__init__(max_length=max_length, strip=False, **options)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        return text.replace("\r\n", "\n").replace("\r", "\n") if text else ""

    def validate(self, value: Any) -> None:
        super().validate(value.strip() if isinstance(value, str) else value)
        if "\ufffd" in value:
            raise forms.ValidationError(
                "Some characters could not be read. Look for � in the text and type them again"
            )


class ShortText(PlainText):
    """One line of text."""

    def __init__(self, *, max_length: int = SHORT_TEXT, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
        super().__init__(max_length=max_length, **options)


def _as_shown(value: Any) -> str | list[str]:
    """Return what a field shows of a value: nothing for none, an unticked box or boxes that are all empty."""
    if isinstance(value, (list, tuple)):
        parts = [_as_shown(part) for part in value]
        return [str(part) for part in parts] if any(parts) else ""
    if isinstance(value, bool):
        return "on" if value else ""
    return "" if value is None else str(value).replace("\r\n", "\n").strip()


class PlainForm(forms.Form):
    """A page's form. Give it the request and the thing it is about through `PlainForm.on(...)`.

    * `form_id`, hidden, makes a second press of the button lead to the first result.
    * `version`, hidden, is the version of the thing that was shown.
    * With a draft key, what was being typed is filled in again, and kept as it is typed. `draft` is set where
      that shows anything other than the page would show without it.
    * After a refusal that can be gone past, the page asks for that decision too (deciding.py).
    """

    submit_label: ClassVar[str] = "Save and continue"

    form_id = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.refusal: Refused | None = None
        self.shown_version: int | None = None
        self.all_the_same: deciding.Decision | None = None
        self.draft_key = ""
        self.draft_token = ""
        self.draft: drafts.Kept | None = None
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.form_show_errors = True
        # Questions stand out from their hints, on pages that say nothing else.
        self.helper.label_size = self.helper.legend_size = Size.SMALL
        # A layout names what people see; without this, form_id and version would be left out of the page.
        self.helper.render_hidden_fields = True

    @classmethod
    def on(
        cls,
        request: HatRequest,
        *,
        draft_key: str = "",
        version: int | None = None,
        initial: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> Any:
        """Make the form for a request: bound on POST, else filled from the draft or `initial`.

        `draft_key` names the form and the thing ("restate:WF-26-0001-X1"). `version` is the version
        of the thing shown; the operation refuses an older one.
        """
        holder = request.membership
        kept = drafts.find(holder, draft_key) if draft_key and request.method != "POST" else None
        start: dict[str, Any] = {**(initial or {}), "form_id": uuid.uuid4(), "version": version}
        data = request.POST if request.method == "POST" else None
        files = request.FILES if request.method == "POST" else None
        form = cls(data, files, initial=start, **options)
        form.shown_version = version
        form.all_the_same = deciding.read(data) if data else None
        if kept:
            # A page may add fields to its form afterwards.
            later = {name: value for name, value in kept.data.items() if name not in form.fields}
            typed = {**later, **form._as_typed(kept.data)}
            if any(form._differs(name, value) for name, value in typed.items()):
                form.draft = kept
            form.initial.update(typed)
        if draft_key:
            form.draft_key = draft_key
            form.draft_token = drafts.token(holder, draft_key)
        return form

    def _as_typed(self, kept: Mapping[str, Any]) -> dict[str, Any]:
        """Read a draft as widgets read a posted form: a date is three boxes, an unticked box is absent."""
        posted = QueryDict(mutable=True)
        for name, value in kept.items():
            posted.setlist(name, value if isinstance(value, list) else [value])
        return {
            name: field.widget.value_from_datadict(posted, {}, name)
            for name, field in self.fields.items()
            if not (field.widget.is_hidden or field.widget.value_omitted_from_data(posted, {}, name))
        }

    def _differs(self, name: str, typed: Any) -> bool:
        """Say whether what was typed in a field is other than what the page would show there without it."""
        field = self.fields.get(name)
        start = self.get_initial_for_field(field, name) if field else self.initial.get(name)
        if field and isinstance(field.widget, forms.MultiWidget):
            start = field.widget.decompress(start)
        return _as_shown(typed) != _as_shown(start)

    @property
    def status(self) -> int:
        """The HTTP status of the page that shows this form."""
        if self.refusal is not None:
            return self.refusal.status
        return 422 if self.is_bound and not self.is_valid() else 200

    @property
    def refusals(self) -> tuple[str, ...]:
        return self.refusal.sentences if self.refusal else ()

    @property
    def to_decide(self) -> dict[str, Any] | None:
        """What the page needs to ask whether to do it all the same; None where that is not the question."""
        if not isinstance(self.refusal, NeedsDecision):
            return None
        return {
            "refusal": self.refusal,
            "why": cast(QueryDict, self.data).get(deciding.WHY, ""),
            "names": {"why": deciding.WHY, "seen": deciding.SEEN, "pressed": deciding.PRESSED},
        }

    def refuse(self, refusal: Refused) -> None:
        """Show a refusal over what was typed. After OutOfDate the version is the one shown from now on."""
        self.refusal = refusal
        for name, sentence in refusal.answers.items():
            if name in self.fields and not self.fields[name].widget.is_hidden:
                self.add_error(name, sentence)
        if isinstance(refusal, OutOfDate) and self.shown_version is not None:
            shown = cast(QueryDict, self.data).copy()
            shown["version"] = str(self.shown_version)
            self.data = shown

    def words(self) -> dict[str, Any]:
        """The cleaned answers without the form's own two fields."""
        return {k: v for k, v in self.cleaned_data.items() if k not in ("form_id", "version")}
