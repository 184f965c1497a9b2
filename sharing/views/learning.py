"""Learning, without names: the page, and each of its tables as a file."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.roles import Permission
from agencies.stale import may_be_stale
from audit.operations import log_access
from sharing.forms.learning import LearningForm
from sharing.learning import protect
from sharing.learning.files import of_table
from sharing.learning.report import report, table


@needs(Permission.LEARN)
@require_safe
@may_be_stale
def learning(request: HatRequest) -> HttpResponse:
    """Show how fast and how well what was sent was understood, and by which kinds of statement not."""
    form = LearningForm(request.GET or None, by=request.membership)
    is_wrong = form.is_bound and not form.is_valid()
    shown = None if is_wrong else report(request.membership, form.choice())
    context = {"form": form, "report": shown, "rule": protect.IN_WORDS}
    context["query"] = request.GET.urlencode()
    return render(request, "sharing/learning.html", context, status=422 if is_wrong else 200)


@needs(Permission.LEARN)
@require_safe
@may_be_stale
def learning_file(request: HatRequest, name: str) -> HttpResponse:
    """Give one table of the page as a file. Who took which, narrowed how, is in the access log."""
    member = request.membership
    form = LearningForm(request.GET or None, by=member)
    if form.is_bound and not form.is_valid():
        raise Http404
    choice = form.choice()
    found = table(member, choice, name)
    if found is None:
        raise Http404
    shown, as_of = found
    log_access(
        "download_of_learning_figures",
        by=member,
        subject=f"learning:{name}",
        why=str(choice),
        address=request.META.get("REMOTE_ADDR"),
    )
    content = of_table(shown, shown=str(choice), as_of=as_of)
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    day = f"{timezone.localdate(as_of):%Y-%m-%d}"
    response["Content-Disposition"] = f'attachment; filename="learning-{name}-{day}.csv"'
    return response
