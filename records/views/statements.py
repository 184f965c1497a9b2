"""The statements of a concern: the list, adding one, changing, taking out and correcting."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.module_loading import import_string
from django.views.decorators.http import require_http_methods

from agencies import pages
from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.forms import PlainForm
from agencies.http import HatRequest
from agencies.models import Membership
from agencies.roles import Permission
from records import access, operations, striking, texts
from records.forms.statements import EARLIER, NOW, KindForm, StatementForm
from records.forms.striking import StrikeForm
from records.models import Concern, Person, Statement
from records.quality import advice
from records.views import steps
from records.views.parts import RemoveForm

KINDS = {kind.value.lower().replace("_", "-"): kind for kind in Statement.Kind}


@require_http_methods(["GET", "POST"])
@needs(Permission.LOG_CONCERNS)
def statements(request: HatRequest, reference: str) -> HttpResponse:
    """List what is known in order, and ask what comes next."""
    concern = access.get_concern(request, reference)
    _require_open(concern)
    form = KindForm.on(request)
    if request.method == "POST" and form.is_valid():
        kind = form.cleaned_data["kind"].lower().replace("_", "-")
        return redirect("concern-statement-add", reference, kind)
    rows = list(
        concern.statements.latest_versions()
        .select_related("author__user", "strike__by__user")
        .prefetch_related("rests_on")
    )
    found = advice.of_statements(rows, request.membership) if concern.is_draft else {}
    shown = [{**_shown(one, concern, by=request.membership), "advice": found.get(one.number)} for one in rows]
    context = {"concern": concern, "statements": shown, "back": _home(concern)}
    return pages.show(request, "records/statements.html", context, form=form)


def _shown(one: Statement, concern: Concern, *, by: Membership) -> dict[str, Any]:
    """A statement for the list, with whether somebody may strike it through."""
    strike = getattr(one, "strike", None)
    shown = texts.shown(one, hours=concern.agency.record_within_hours, strike=strike)
    may = strike is None and not concern.is_draft and striking.may_strike(one.author, by=by)
    return shown | {"may_strike": may}


@require_http_methods(["GET", "POST"])
@needs(Permission.LOG_CONCERNS)
def add(request: HatRequest, reference: str, kind: str) -> HttpResponse:
    """Ask for one statement of a kind. Also for a logged concern: adding is never held back."""
    concern = access.get_concern(request, reference)
    _require_open(concern)
    if kind not in KINDS:
        raise Http404
    form = StatementForm.on(
        request, draft_key=f"statement:{kind}:{reference}", **_choices(concern, KINDS[kind])
    )

    def keep() -> str:
        operations.add_statement(
            concern, kind=KINDS[kind].value, by=request.membership, at=timezone.now(), **form.statement()
        )
        return reverse("concern-statements", args=[reference]) if concern.is_draft else _home(concern)

    return _show(request, concern, form, keep, {"heading": KINDS[kind].label, "kind": kind})


@require_http_methods(["GET", "POST"])
@needs(Permission.LOG_CONCERNS)
def change(request: HatRequest, reference: str, number: int) -> HttpResponse:
    """Change a statement of a draft."""
    concern = access.get_draft(request, reference)
    statement = access.get_statement(concern, number)
    form = StatementForm.on(
        request,
        draft_key=f"statement-change:{number}:{reference}",
        version=concern.version,
        initial=_initial(statement),
        **_choices(concern, statement.kind),
    )

    def keep() -> str:
        operations.change_statement(
            statement,
            by=request.membership,
            at=timezone.now(),
            seen_version=form.cleaned_data["version"],
            **form.statement(),
        )
        return reverse("concern-statements", args=[reference])

    now = texts.shown(statement)
    return _show(request, concern, form, keep, {"heading": f"Change {statement.label}", "now": now})


@require_http_methods(["GET", "POST"])
@needs(Permission.LOG_CONCERNS)
def correct(request: HatRequest, reference: str, number: int) -> HttpResponse:
    """Correct a statement of a logged concern: a new version with the reason."""
    concern = access.get_concern(request, reference)
    if concern.logged_at is None:
        raise Http404
    statement = access.get_statement(concern, number)
    form = StatementForm.on(
        request,
        draft_key=f"statement-correct:{number}:{reference}",
        version=statement.version,
        initial=_initial(statement),
        correcting=True,
        **_choices(concern, statement.kind),
    )

    def keep() -> str:
        operations.amend_statement(
            _seen(concern, statement, form),
            why=form.cleaned_data["why"],
            by=request.membership,
            at=timezone.now(),
            **form.statement(),
        )
        return steps.first_that_exists("corrections", "concern", concern=concern)

    now = texts.shown(statement)
    lead = "The earlier version stays in the record beside the new one, with your reason."
    told = import_string(settings.STATEMENT_TOLD_BEFORE)(statement)
    context = {"heading": f"Correct {statement.label}", "lead": lead, "now": now, "told_before": told}
    return _show(request, concern, form, keep, context)


@require_http_methods(["GET", "POST"])
@needs(Permission.LOG_CONCERNS)
def remove(request: HatRequest, reference: str, number: int) -> HttpResponse:
    """Ask before a statement is taken out of a draft."""
    concern = access.get_draft(request, reference)
    statement = access.get_statement(concern, number)
    form = RemoveForm.on(request, version=concern.version)

    def take_out() -> str:
        seen = form.cleaned_data["version"]
        operations.remove_statement(statement, by=request.membership, at=timezone.now(), seen_version=seen)
        return reverse("concern-statements", args=[reference])

    context = {
        "heading": f"Take {statement.label} out of this draft?",
        "lead": f"The number {statement.label} is not used again.",
        "warning": True,
        "now": texts.shown(statement),
    }
    return _show(request, concern, form, take_out, context)


@require_http_methods(["GET", "POST"])
@needs(Permission.LOG_CONCERNS)
def strike(request: HatRequest, reference: str, number: int) -> HttpResponse:
    """Strike a statement of a logged concern through, with the reason; say first who has been told."""
    concern = access.get_concern(request, reference)
    if concern.logged_at is None:
        raise Http404
    statement = access.get_statement(concern, number)
    no_voice = striking.leaves_no_voice(statement, concern)
    form = StrikeForm.on(
        request, draft_key=f"strike:{number}:{reference}", version=statement.version, no_voice=no_voice
    )

    def keep() -> str:
        seen, at = _seen(concern, statement, form), timezone.now()
        operations.strike_statement(seen, by=request.membership, at=at, **form.words())
        return steps.first_that_exists("corrections", "concern", concern=concern)

    told = import_string(settings.STATEMENT_STRUCK_TOLD_BEFORE)(statement)
    context = {
        "heading": f"Strike {statement.label} through?",
        "lead": "It stays in the record, struck through, with your name and your reason.",
        "warning": True,
        "now": texts.shown(statement, hours=concern.agency.record_within_hours),
        "told_before": told,
        "done": f"{statement.label} is struck through. Everyone who was given it is being told.",
    }
    return _show(request, concern, form, keep, context)


def _show(
    request: HatRequest, concern: Concern, form: PlainForm, keep: Any, context: dict[str, Any]
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, keep, done=context.get("done", ""))
        if saved:
            return saved
    back = reverse("concern-statements", args=[concern.reference])
    context = {"concern": concern, "back": back, **context}
    part = f"S{context['now']['number']}" if "now" in context else "none"
    return steps.show(request, "records/statement.html", form, context, thing=concern, part=part)


def _choices(concern: Concern, kind: str) -> dict[str, Any]:
    """What the form offers to choose from: whose voice it may be, what an opinion may rest on."""
    people: list[Person] = []
    grounds: list[Statement] = []
    if kind == Statement.Kind.VOICE:
        people = [one.person for one in concern.subjects.select_related("person").order_by("-is_main", "id")]
    if kind == Statement.Kind.OPINION:
        grounds = list(concern.statements.current().exclude(kind=kind))
    return {"kind": kind, "people": people, "grounds": grounds}


def _initial(statement: Statement) -> dict[str, Any]:
    """A statement as its form shows it."""
    happened = timezone.localtime(statement.happened_at) if statement.happened_at else None
    written = timezone.localtime(statement.written_at)
    note = statement.happened_note
    if not statement.time_is_known:
        note = note.removeprefix(Statement.TIME_NOT_KNOWN).removeprefix(", ")
    earlier = abs((statement.entered_at - statement.written_at).total_seconds()) > 1
    return {
        "text": statement.text,
        "source": statement.source,
        "is_verbatim": statement.is_verbatim,
        "happened_on": happened.date() if happened else None,
        "happened_time": f"{happened:%H:%M}" if happened and statement.time_is_known else "",
        "happened_note": note,
        "written": EARLIER,
        "written_on": written.date(),
        "written_time": f"{written:%H:%M}",
        "was_now": NOW if not earlier else "",
        "voice_of": statement.voice_of,
        "about": statement.about.reference if statement.about else "",
        "rests_on": [str(ground.number) for ground in statement.rests_on.all()],
    }


def _seen(concern: Concern, statement: Statement, form: PlainForm) -> Statement:
    """The version that the page showed, so that a colleague's correction in between is not overwritten."""
    seen = form.cleaned_data["version"]
    return concern.statements.filter(number=statement.number, version=seen).first() or statement


def _require_open(concern: Concern) -> None:
    if concern.discarded_at is not None:
        raise Http404


def _home(concern: Concern) -> str:
    """Where somebody comes from: the steps of a draft, or the concern's own page."""
    if concern.is_draft:
        return reverse("concern-draft", args=[concern.reference])
    return steps.first_that_exists("concern", concern=concern)
