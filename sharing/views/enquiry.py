"""Questions to other practitioners and requests for advice: choose whom, send, answer, explain."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies import pages
from agencies.access import find_recipients, get_recipient
from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.models import Membership
from agencies.roles import Permission
from records.models import Concern, Subject
from sharing import access
from sharing.concern_page import due, tag
from sharing.forms import ask as forms
from sharing.models import Cycle, Enquiry, Exchange
from sharing.operations import ask as operations
from sharing.operations.parties import stands_for
from sharing.states import ENQUIRY_TAGS, EnquiryState, enquiry_state
from sharing.waiting.chasing import chased
from sharing.waiting.counted import enquiry_counted

PAGES = {Enquiry.Kind.ENQUIRY: "ask-enquiry", Enquiry.Kind.ADVICE: "ask-advice"}
HEADINGS = {Enquiry.Kind.ENQUIRY: "Ask {} a question", Enquiry.Kind.ADVICE: "Ask {} for advice"}


@needs(Permission.LOG_CONCERNS)
@require_http_methods(["GET", "POST"])
def find(request: HatRequest, reference: str, then: str) -> HttpResponse:
    """Find somebody in the directory: to list as involved, to ask a question, or to ask for advice."""
    cycle = access.get_cycle(request, reference)
    found: list[dict[str, Any]] | None = None
    form = forms.FindForm.on(request)
    if request.method == "POST" and form.is_valid():
        contacts = find_recipients(request.membership, form.cleaned_data["who"])
        found = [{**one._asdict(), "cover": one.cover, "form_id": uuid4()} for one in contacts]
    back = reverse("ask", args=[reference])
    context = {
        "heading": FIND_HEADINGS[then],
        "concern": cycle.concern,
        "back": back,
        "involved": _in_the_directory(cycle, request.membership) if then != "list" else [],
        "found": found,
        "then": then,
        "choose_url": reverse(THEN[then], args=[reference]),
    }
    return pages.show(request, "sharing/ask_find.html", context, form=form)


FIND_HEADINGS = {
    "list": "Add somebody who works with them",
    "enquiry": "Whom do you want to ask?",
    "advice": "Whom do you want to ask for advice?",
}
THEN = {"list": "ask-list", "enquiry": "ask-enquiry", "advice": "ask-advice"}


def _in_the_directory(cycle: Cycle, member: Membership) -> list[Membership]:
    """Those listed as involved whom one can ask: in the directory, still there, and not oneself."""
    rows = Membership.objects.current().with_people().filter(involvements__cycle=cycle)
    return list(rows.exclude(user_id=member.account_pk).order_by("user__full_name"))


@needs(Permission.LOG_CONCERNS)
@require_http_methods(["POST"])
def list_person(request: HatRequest, reference: str) -> HttpResponse:
    """Put somebody from the directory on the list of those who work with the person."""
    cycle = access.get_cycle(request, reference)
    contact = get_recipient(request.membership, _uuid(request.POST.get("of", "")))
    form = forms.FindForm(data={"form_id": request.POST.get("form_id"), "who": contact.member.full_name})

    def operation() -> str:
        how = contact.point.address if contact.point else ""
        operations.list_involvement(
            cycle, member=contact.member, how_to_reach=how, by=request.membership, at=timezone.now()
        )
        return reverse("ask", args=[reference])

    if form.is_valid():
        done = f"{contact.member.full_name} is on the list."
        saved = pages.save(request, form, operation, done=done)
        if saved:
            return saved
    context = {
        "heading": FIND_HEADINGS["list"],
        "concern": cycle.concern,
        "back": reverse("ask", args=[reference]),
        "involved": [],
        "found": None,
        "then": "list",
        "choose_url": reverse("ask-list", args=[reference]),
    }
    return pages.show(request, "sharing/ask_find.html", context, form=form)


def _uuid(text: str) -> UUID:
    """Read whom somebody chose. What is no such id finds nobody."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


@needs(Permission.LOG_CONCERNS)
@require_http_methods(["GET", "POST"])
def ask_somebody(request: HatRequest, reference: str, kind: str) -> HttpResponse:
    """Write a question to one person, see it as they will, and send it. One person at a time."""
    if "of" not in request.GET:
        return find(request, reference, then=kind.lower())
    cycle = access.get_cycle(request, reference)
    contact = get_recipient(request.membership, _uuid(request.GET["of"]))
    form = forms.QuestionForm.on(
        request,
        draft_key=f"question:{reference}:{cycle.number}:{kind}:{contact.member.pk}",
        initial=_helpful_words(cycle.concern, kind),
        of=contact.member,
    )
    if request.method == "POST" and form.is_valid() and form.was_shown():

        def operation() -> str:
            operations.ask(
                cycle,
                of=contact.member,
                by=request.membership,
                at=timezone.now(),
                told=form.cleaned_data["told"],
                question=form.cleaned_data["question"],
                kind=kind,
            )
            return reverse("ask", args=[reference])

        saved = pages.save(request, form, operation, done=f"Sent to {contact.member.full_name}.")
        if saved:
            return saved
    if form.is_preview:
        pages.keep_text(request, form)
    context = {
        "heading": HEADINGS[Enquiry.Kind(kind)].format(contact.member.full_name),
        "tab": HEADINGS[Enquiry.Kind(kind)].format("somebody"),
        "concern": cycle.concern,
        "contact": contact,
        "me": request.membership,
        "preview": form.cleaned_data if form.is_preview else None,
        "submit_text": "Send this" if form.is_preview else form.submit_label,
        "other_recipient_url": reverse("ask-find", args=[reference]),
        "back": reverse("ask", args=[reference]),
    }
    return pages.show(request, "sharing/ask_question.html", context, form=form)


def _helpful_words(concern: Concern, kind: str) -> dict[str, str]:
    """Words to begin with. They name only whom the question is about, so that it can be answered."""
    if kind == Enquiry.Kind.ADVICE:
        return {
            "told": "I would like advice about somebody I work with. I am not naming them here.\n\n",
            "question": "What would you advise, and what would make you act sooner?",
        }
    people = [
        s.person for s in Subject.objects.filter(concern=concern, is_main=True).select_related("person")
    ]
    named = [p.name + (f", born {p.born_on:%-d %B %Y}" if p.born_on else "") for p in people]
    return {
        "told": f"I am asking about {' and '.join(named)}." if named else "",
        "question": (
            "Do you or your team work with them? If so, is there anything that worries you, and when did you "
            "last see them? If you do not know them, say so: that helps too."
        ),
    }


@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def enquiry(request: HatRequest, reference: str) -> HttpResponse:
    """Show a question to whoever was asked, and its state to whoever asked.

    Posting opens it, as the person asked; looking changes nothing.
    """
    found = access.get_enquiry(request, reference)
    now = timezone.now()
    is_asked = stands_for(request.membership, found.asked_of, at=now)
    if request.method == "POST":
        return pages.press(
            request,
            lambda: operations.open_enquiry(found, by=request.membership, at=now),
            back=reverse("enquiry", args=[reference]),
        )
    state = enquiry_state(found)
    is_own = found.cycle.concern.agency_id == request.membership.agency_id
    context = {
        "enquiry": found,
        "tag": tag(state.value, ENQUIRY_TAGS[state]),
        "due": due(found.respond_by, now=now, is_open=state == EnquiryState.ASKED),
        "counted": enquiry_counted(found) if state == EnquiryState.ASKED else None,
        "chasing": chased(reference),
        "is_asked": is_asked,
        "is_unopened": is_asked and found.opened_at is None,
        "is_own": is_own and request.membership.may(Permission.LOG_CONCERNS),
        "for_whom": found.asked_of.label if is_asked and found.asked_of_id != request.membership.pk else "",
        "answer": _answer(request, found),
        "back": reverse("concern", args=[found.cycle.concern.reference]) if is_own else "",
    }
    return pages.show(request, "sharing/ask_enquiry.html", context)


def _answer(request: HatRequest, found: Enquiry) -> Exchange | None:
    """The exchange that carries the answer, for those who may open it."""
    return Exchange.objects.visible_to(request.membership).filter(enquiry=found).first()


@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "POST"])
def answer(request: HatRequest, reference: str) -> HttpResponse:
    """Answer a question, as the person who was asked: one or more statements, or that I do not know them."""
    found = access.get_enquiry(request, reference)
    back = reverse("enquiry", args=[reference])
    may = stands_for(request.membership, found.asked_of, at=timezone.now())
    if request.method == "GET" and (found.answered_at or not may):
        return redirect(back)
    form = forms.AnswerForm.on(
        request,
        draft_key=f"answer:{reference}",
        version=found.version,
        is_advice=found.kind == Enquiry.Kind.ADVICE,
    )
    if request.method == "POST" and not form.adds and form.is_valid():

        def operation() -> str:
            exchange = operations.answer(
                found,
                by=request.membership,
                at=timezone.now(),
                said=form.said(),
                seen_version=form.cleaned_data["version"],
            )
            return reverse("exchange", args=[exchange.reference])

        done = f"Sent. {found.asked_by.full_name} will say it back, and you confirm or correct it."
        saved = pages.save(request, form, operation, done=done)
        if saved:
            return saved
    context: dict[str, Any] = {"enquiry": found, "back": back}
    if form.may_add:
        context["second"] = {"name": "add", "value": "1", "text": "Add another statement"}
    if form.adds:
        pages.keep_text(request, form)
        form.show_without_errors()
    return pages.show(request, "sharing/ask_answer.html", context, form=form)


@needs(Permission.LOG_CONCERNS)
@require_http_methods(["GET", "POST"])
def explain(request: HatRequest, reference: str) -> HttpResponse:
    """Say why a question of my agency's goes unanswered, so that the gate does not wait for it."""
    found = access.get_enquiry(request, reference)
    back = reverse("enquiry", args=[reference])
    if request.method == "GET" and not found.is_open:
        return redirect(back)
    form = forms.ExplainForm.on(request, draft_key=f"explain:{reference}", version=found.version)
    if request.method == "POST" and form.is_valid():

        def operation() -> str:
            operations.explain_no_answer(found, by=request.membership, at=timezone.now(), **form.words())
            return back

        saved = pages.save(request, form, operation, done="Your explanation has been recorded.")
        if saved:
            return saved
    context = {
        "heading": "Go on without an answer",
        "caption": reference,
        "lead": f"{found.asked_of.label} was asked and has not answered.",
        "quote": found.question,
        "back": back,
    }
    return pages.show(request, "sharing/form_page.html", context, form=form)
