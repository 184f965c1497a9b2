"""A person's history: adding to it, by hand and from a file, and striking through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies import pages
from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.forms import PlainForm
from agencies.http import HatRequest
from agencies.roles import Permission
from agencies.spreadsheet import MARK_OF_UTF_8, line
from audit.operations import log_access
from records import access, entries, operations, texts
from records.forms.chronology import EntryForm, UploadForm
from records.forms.striking import StrikeForm
from records.importing.table import COLUMNS
from records.models import ChronologyEntry, ChronologyImport, ImportRow
from records.views import steps

PAGE = 50
CSV = "text/csv; charset=utf-8"
EXAMPLE = (
    "P-000001",
    "",
    "27/03/2019",
    "14:30",
    "Contact or visit",
    "Example: take this line out",
    "Old file",
)
State = ImportRow.State
# What is listed, by the word in the address; the first is what somebody looks at first.
LISTED = {"wrong": State.WRONG, "new": State.RIGHT, "known": State.KNOWN}


@require_http_methods(["GET", "POST"])
@needs(Permission.LOG_CONCERNS)
def add(request: HatRequest, reference: str) -> HttpResponse:
    """Add one thing to a person's history."""
    person = access.get_person(request, reference)
    form = EntryForm.on(request, draft_key=f"chronology:{reference}")

    def keep() -> str:
        operations.add_entry(person, by=request.membership, at=timezone.now(), **form.entry())
        return reverse("person-chronology", args=[reference])

    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, keep, done="It is added to their history.")
        if saved:
            return saved
    context = {
        "heading": f"Add to the history of {person.name}",
        "tab": f"Add to the history of {reference}",
        "lead": "What happened before your agency’s concerns here, or outside them.",
        "back": reverse("person-chronology", args=[reference]),
    }
    return steps.show(request, "records/step.html", form, context, thing=person, part="chronology")


@require_http_methods(["GET", "POST"])
@needs(Permission.LOG_CONCERNS)
def strike(request: HatRequest, reference: str, number: int) -> HttpResponse:
    """Strike an entry of a person's history through, with the reason."""
    person = access.get_person(request, reference)
    entry = access.get_entry(person, number)
    form = StrikeForm.on(request, draft_key=f"chronology-strike:{number}:{reference}")

    def keep() -> str:
        operations.strike_entry(entry, by=request.membership, at=timezone.now(), **form.words())
        return reverse("person-chronology", args=[reference])

    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, keep, done=f"{entry.label} is struck through.")
        if saved:
            return saved
    context = {
        "heading": f"Strike {entry.label} through?",
        "lead": "It stays in the history, struck through, with your name and your reason.",
        "warning": True,
        "now": shown(entry),
        "back": reverse("person-chronology", args=[reference]),
    }
    return steps.show(request, "records/statement.html", form, context, thing=person, part="chronology")


def shown(entry: ChronologyEntry) -> dict[str, Any]:
    """Return an entry for parts/statement.html."""
    return {
        "kind": {"text": entry.get_kind_display(), "colour": "grey"},
        "text": entry.text,
        "source": entry.source,
        "happened": entries.when(entry.happened_at, entry.precision),
        "written": f"{texts.day_and_time(entry.entered_at)}, by {entry.author.full_name}",
        "reference": entry.label,
    }


# --- From a file ------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@needs(Permission.LOG_CONCERNS)
def upload(request: HatRequest) -> HttpResponse:
    """Take a file of entries, and have it read without adding anything."""
    form: PlainForm = UploadForm.on(request)
    here = reverse("chronology-import")

    def keep() -> str:
        data = b"".join(form.cleaned_data["file"].chunks())
        job = operations.start_import(
            data=data, by=request.membership, at=timezone.now(), back=here, found=f"{here}{{pk}}/"
        )
        return reverse("job", args=[job.pk])

    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, keep)
        # The script that shows how much has been sent goes on by itself (static/src/js/upload.js).
        if isinstance(saved, HttpResponseRedirect) and request.headers.get("Accept") == "application/json":
            return JsonResponse({"location": saved.url})
        if saved:
            return saved
    context = {"columns": COLUMNS, "kinds": ChronologyEntry.Kind.labels, "back": reverse("people")}
    return pages.show(request, "records/import.html", context, form=form)


@require_safe
@needs(Permission.LOG_CONCERNS)
def template(request: HatRequest) -> HttpResponse:
    """Give a file with the names of the columns and one line as an example."""
    return _file([COLUMNS, EXAMPLE], "chronology-template.csv")


@require_http_methods(["GET", "POST"])
@needs(Permission.LOG_CONCERNS)
def found(request: HatRequest, batch_id: UUID) -> HttpResponse:
    """Show what a file would add and what is wrong with it; the button adds what is right."""
    batch = _batch(request, batch_id)
    here = reverse("chronology-found", args=[batch_id])
    if request.method == "POST":
        asked: list[str] = []

        def begin() -> None:
            job = operations.begin_adding(batch, by=request.membership, at=timezone.now(), back=here)
            asked.append(reverse("job", args=[job.pk]))

        refused = pages.press(request, begin, back=here)
        return redirect(asked[0]) if asked else refused
    word = request.GET.get("show", "")
    word = word if word in LISTED else "wrong" if batch.wrong else "new"
    rows = batch.rows.filter(state=LISTED[word]).select_related("person").order_by("line")
    after = request.GET.get("after", "")
    if after.isascii() and after.isdecimal() and len(after) < 10:
        rows = rows.filter(line__gt=int(after))
    page = list(rows[: PAGE + 1])
    context = {
        "batch": batch,
        "word": word,
        "rows": [_row(row) for row in page[:PAGE]],
        "first_url": f"{here}?show={word}" if after else "",
        "next_url": f"{here}?show={word}&after={page[PAGE - 1].line}" if len(page) > PAGE else "",
        "may_add": batch.right and batch.begun_at is None and batch.forgotten_at is None,
        "here": here,
        "back": reverse("chronology-import"),
    }
    return pages.show(request, "records/import_found.html", context)


@require_safe
@needs(Permission.LOG_CONCERNS)
def wrong(request: HatRequest, batch_id: UUID) -> HttpResponse:
    """Give the rows in which something is wrong as a file, each with what is wrong, to mend and upload."""
    batch = _batch(request, batch_id, action="download")
    rows = batch.rows.filter(state=State.WRONG).order_by("line")
    width = max((len(row.cells) for row in rows), default=0)
    names = batch.columns or list(COLUMNS)
    lines = [[*names, "What is wrong"]]
    for row in rows:
        cells = [str(cell) for cell in row.cells] + [""] * (max(width, len(names)) - len(row.cells))
        lines.append([*cells, " ".join(_problem(one) for one in row.problems)])
    return _file(lines, "chronology-to-mend.csv")


def _batch(request: HatRequest, batch_id: UUID, *, action: str = "chronology import") -> ChronologyImport:
    """Return an import of this member's own, read already. Raises Http404; the look is logged."""
    batch = ChronologyImport.objects.filter(pk=batch_id, by=request.membership, read_at__isnull=False).first()
    if batch is None:
        raise Http404
    subject = f"chronology-import:{batch.pk}"
    log_access(action, by=request.membership, subject=subject, address=request.META.get("REMOTE_ADDR"))
    return batch


def _row(row: ImportRow) -> dict[str, Any]:
    when = entries.when(row.happened_at, row.precision) if row.happened_at else ""
    return {
        "line": row.line,
        "person": f"{row.person.name}, {row.person.reference}" if row.person else "",
        "when": when,
        "kind": row.get_kind_display() if row.kind else "",
        "text": row.text or " · ".join(str(cell) for cell in row.cells if cell),
        "source": row.source,
        "problems": [{"column": column, "sentence": sentence} for column, sentence in row.problems],
    }


def _problem(problem: list[str]) -> str:
    column, sentence = problem
    return f"{column}: {sentence}." if column else f"{sentence}."


def _file(lines: Sequence[Sequence[str]], name: str) -> HttpResponse:
    """Give lines as a file that a spreadsheet opens without running anything in it."""
    text = MARK_OF_UTF_8 + "".join(line(cells) for cells in lines)
    answer = HttpResponse(text, content_type=CSV)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
