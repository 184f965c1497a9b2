"""Subject access requests: the list, those of a person, one of them, and what moves its clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies import pages
from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.roles import Permission
from records.access import get_person
from sharing.forms import subject_access as forms
from sharing.operations import access_requests as operations
from sharing.subject_access import access, standing
from sharing.views import subject_access_page as page

ANSWER = Permission.ANSWER_ACCESS


@needs(ANSWER)
@require_safe
def requests(request: HatRequest) -> HttpResponse:
    """List the requests made to my agency, newest first."""
    before = request.GET.get("before", "")
    rows, following = access.list_requests(
        request, before=int(before) if before.isascii() and before.isdigit() and len(before) < 10 else None
    )
    now = timezone.now()
    context = {
        "rows": [page.row(one, now) for one in rows],
        "next_url": f"?before={following}" if following else "",
        "first_url": reverse("subject-access") if before else "",
    }
    return pages.show(request, "subject_access/requests.html", context)


@needs(ANSWER)
@require_http_methods(["GET", "HEAD", "POST"])
def of_person(request: HatRequest, reference: str) -> HttpResponse:
    """Show the requests about a person, and write down another."""
    person = get_person(request, reference, action="subject access")
    form = forms.RequestForm.on(request, draft_key=f"subject-access:{reference}")

    def operation() -> str:
        made = operations.open_request(person, by=request.membership, at=timezone.now(), **form.words())
        return reverse("subject-access-request", args=[made.reference])

    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, operation, done="The request is written down.")
        if saved:
            return saved
    now = timezone.now()
    rows = [page.row(one, now) for one in access.requests_of(request, person)]
    context = {"person": person, "rows": rows, "back": reverse("person", args=[reference])}
    return pages.show(request, "subject_access/of_person.html", context, form=form)


@needs(ANSWER)
@require_safe
def one(request: HatRequest, reference: str) -> HttpResponse:
    """Show a request: its clock, what is next, what was asked, and the versions of the answer."""
    found = access.get_request(request, reference)
    context = page.context(found, access.counts(found), now=timezone.now(), member=request.membership)
    return pages.show(request, "subject_access/request.html", context)


def asks(
    request: HatRequest,
    found: Any,
    form: Any,
    act: Callable[..., object],
    *,
    heading: str,
    lead: str = "",
    quote: str = "",
    done: str = "",
    back: str = "",
) -> HttpResponse:
    """Ask one thing about a request, do it, and go back to the request or to `back`."""
    here = back or reverse("subject-access-request", args=[found.reference])

    def operation() -> str:
        act(
            by=request.membership,
            at=timezone.now(),
            seen_version=form.cleaned_data["version"],
            **form.words(),
        )
        return here

    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, operation, done=done)
        if saved:
            return saved
    context = {"heading": heading, "caption": found.reference, "lead": lead, "quote": quote, "back": here}
    return pages.show(request, "subject_access/question.html", context, form=form)


@needs(ANSWER)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HatRequest, reference: str) -> HttpResponse:
    """Write down what whoever asks was asked, which stops the clock."""
    found = access.get_request(request, reference)
    form = forms.AskForm.on(request, draft_key=f"access-ask:{reference}", version=found.version)

    def act(**words: Any) -> object:
        return operations.ask_requester(found, **words)

    return asks(
        request, found, form, act, heading="Ask whoever made the request",
        lead="From the day on which you ask until they answer, the clock is stopped.",
        done="The clock is stopped until they answer.",
    )  # fmt: skip


@needs(ANSWER)
@require_http_methods(["GET", "HEAD", "POST"])
def answered(request: HatRequest, reference: str, number: int) -> HttpResponse:
    """Write down what they answered, which lets the clock run."""
    found = access.get_request(request, reference)
    wait = access.get_wait(found, number)
    form = forms.AnsweredForm.on(
        request, draft_key=f"access-answered:{reference}:{number}", version=found.version
    )

    def act(**words: Any) -> object:
        return operations.requester_answered(wait, **words)

    return asks(request, found, form, act, heading="What did they answer?", quote=wait.what,
                done="Their answer is written down.")  # fmt: skip


@needs(ANSWER)
@require_http_methods(["GET", "HEAD", "POST"])
def extend(request: HatRequest, reference: str) -> HttpResponse:
    """Extend a request by two months."""
    found = access.get_request(request, reference)
    form = forms.ExtendForm.on(request, draft_key=f"access-extend:{reference}", version=found.version)

    def act(**words: Any) -> object:
        return operations.extend(found, **words)

    by = standing.limit_of(found).extend_by
    lead = f"They have to be told by {page.day(by)}." if by else ""
    return asks(request, found, form, act, heading="Extend the request", lead=lead, done="It is extended.")


@needs(ANSWER)
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: HatRequest, reference: str) -> HttpResponse:
    """Give a request to a colleague."""
    found = access.get_request(request, reference)
    # On an older page its owner may be among them: the operation says that the page is out of date.
    is_asked = request.method == "POST"
    colleagues = [one for one in standing.may_answer(found) if is_asked or one.pk != found.owner_id]
    form = forms.GiveForm.on(request, version=found.version, colleagues=colleagues)

    def act(**words: Any) -> object:
        return operations.give(found, **words)

    lead = (
        ""
        if colleagues
        else "Nobody else at your agency may answer requests. An administrator can add a lead."
    )
    return asks(request, found, form, act, heading="Give it to a colleague", lead=lead, done="It is given.")


@needs(ANSWER)
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HatRequest, reference: str) -> HttpResponse:
    """Close a request."""
    found = access.get_request(request, reference)
    form = forms.CloseForm.on(request, draft_key=f"access-close:{reference}", version=found.version)

    def act(**words: Any) -> object:
        return operations.close(found, **words)

    return asks(request, found, form, act, heading="Close the request", done="The request is closed.")
