"""How a page saves: run one operation once, and turn a refusal back into the same page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from agencies import deciding, drafts, hats, looks
from agencies.addresses import reverse
from agencies.forms import PlainForm
from agencies.http import HatRequest, Visit, is_here
from agencies.models import Membership, Submission
from agencies.prepared import Prepared, PreparedChange
from agencies.refusals import Refused


def save(
    request: HatRequest, form: PlainForm, operation: Callable[[], str], *, done: str = ""
) -> HttpResponse | None:
    """Run `operation` once for this form and redirect to the address it returns.

    The operation, the one-time form id and the end of the draft are one transaction. A second
    submission of the same form leads to the first result. Where the operation raises Refused,
    nothing is changed, the form keeps the refusal and what was typed, and None is returned: the
    view shows the page again. `done` is a sentence for the next page.
    """
    member = request.membership
    form_id = form.cleaned_data["form_id"]
    try:
        with transaction.atomic():
            created = _is_first(form_id, member)
            if not created:
                first = Submission.objects.get(form_id=form_id)
                return redirect(first.result if first.member_id == member.pk else "/")
            with deciding.deciding(form.all_the_same):
                result = operation()
            SAVED.do_later(form=form_id, result=result)
            if form.draft_key:
                drafts.drop(member, form.draft_key)
    except Refused as refusal:
        form.refuse(refusal)
        keep_text(request, form)
        looks.log_refused(request, by=request.membership, why=type(refusal).__name__)
        return None
    if done:
        messages.success(request, done)
    return redirect(result)


def _is_first(form_id: UUID, member: Membership) -> bool:
    """Note that a form is being saved, and say whether it is for the first time.

    Whoever sends it at the same moment waits here for the first to come to an end.
    """
    known: Any = connection
    return bool(known.write(FIRST, [form_id, member.pk, timezone.now()]))


FIRST = (
    'INSERT INTO "agencies_submission" (form_id, member_id, result, at)'
    " VALUES (%s, %s, '', %s) ON CONFLICT (form_id) DO NOTHING"
)


def sent_before(request: Visit) -> HttpResponse | None:
    """Lead a form that this person has sent before to its first result, before its page looks at it.

    By then the page may be gone, as for a draft that was discarded, or ask something new.
    """
    form_id = request.POST.get("form_id", "") if request.method == "POST" else ""
    try:
        number = UUID(form_id)
    except ValueError:
        return None
    member = request.membership
    first = SENT.first(form=number, member=member.pk) if member is not None else None
    return redirect(first.result) if first and first.result else None


SENT = Prepared(lambda *, form, member: Submission.objects.filter(form_id=form, member=member))
SAVED = PreparedChange(lambda *, form, result: (Submission.objects.filter(form_id=form), {"result": result}))


def without_a_role(request: Visit) -> HttpResponse:
    """Refuse somebody who has no role any more, and log it under the last, for that agency's auditors."""
    if last := hats.last_of(request.user):
        looks.log_refused(request, by=last, why="their role has ended")
    return render(request, "agencies/no_hat.html", status=403)


def press(request: HatRequest, operation: Callable[[], object], *, back: str, done: str = "") -> HttpResponse:
    """Run the operation behind a button that has no form, and redirect to `back`.

    Where it raises Refused nothing is changed and a page says why, with the refusal's own status.
    """
    try:
        operation()
    except Refused as refusal:
        looks.log_refused(request, by=request.membership, why=type(refusal).__name__)
        context = {"refusals": refusal.sentences, "back_url": back}
        return render(request, "errors/409.html", context, status=refusal.status)
    if done:
        messages.success(request, done)
    return redirect(back)


def written_on(request: HttpRequest) -> str:
    """Return the page on which a form was written: where it was sent, unless its button says otherwise."""
    back = request.POST.get("back_to", "")
    return back if is_here(back) else request.get_full_path()


def keep_text(request: HatRequest, form: PlainForm) -> None:
    """Keep what was typed as a draft, so that it outlives a refusal and a closed window."""
    if form.draft_key:
        data = drafts.fields_of(request.POST)
        drafts.keep(request.membership.pk, form.draft_key, data, at=timezone.now())


def show(
    request: HatRequest, template: str, context: Mapping[str, Any], *, form: PlainForm | None = None
) -> HttpResponse:
    """Render a page with what components/form.html needs, and the status that its form asks for.

    That is 200, 422 after an error, 409 or 403 after a refusal. `context` may say it otherwise.
    """
    if form is None:
        return render(request, template, dict(context))
    if form.status == 422:
        keep_text(request, form)
    about_the_form: dict[str, Any] = {
        "form": form,
        "refusals": form.refusals,
        "submit_text": form.submit_label,
        "draft_token": form.draft_token,
        "autosave_url": reverse("drafts") if form.draft_token else "",
    }
    return render(request, template, {**about_the_form, **context}, status=form.status)
