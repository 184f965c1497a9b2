"""What the pages of corrections show: what it was and is, who was given it, what rests on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Subquery

from agencies.addresses import reverse
from agencies.models import Membership
from records import texts
from records.models import Concern, Statement
from sharing.models import Action, ActionFlag, Correction, CorrectionTo, Exchange, Item, Round
from sharing.operations.corrections import may_withdraw
from sharing.operations.proposals import KINDS
from sharing.querysets import people
from sharing.rules import spoken_limit
from sharing.rules.corrections import CANNOT
from sharing.states import TAGS, State, action_state, state_of
from sharing.told import moment, shown

Kind = Correction.Kind
SETTLED = frozenset({State.UNDERSTOOD, State.WITHDRAWN, State.NOT_MINE, State.SUPERSEDED})


def lines_of(concern: Concern) -> list[dict[str, Any]]:
    """List the corrections of a concern, the latest first. One statement."""
    rows = (
        Correction.objects.filter(concern=concern)
        .select_related(*people("by"), "statement", "person")
        .annotate(
            told=Count("recipients__exchange", distinct=True),
            back=Count(
                "recipients__exchange",
                filter=Q(recipients__exchange__understood_at__isnull=False),
                distinct=True,
            ),
            by_hand=Count(
                "recipients",
                filter=~Q(recipients__by_hand_why="") & Q(recipients__by_hand_at__isnull=True),
                distinct=True,
            ),
        )
        .order_by("-id")
    )
    return [_line(row) for row in rows]


def _line(row: Any) -> dict[str, Any]:
    if row.by_hand:
        status = {"text": "To tell by hand", "colour": "red"}
    elif row.back < row.told:
        status = {"text": f"{row.back} of {row.told} said back", "colour": "orange"}
    else:
        status = {
            "text": "Everyone has said it back" if row.told else "Nobody had been given it",
            "colour": "",
        }
    return {
        "title": heading(row),
        "href": reverse("correction", args=[row.reference]),
        "hint": f"{row.reference}, {row.by.full_name}, {moment(row.at)}",
        "status": status,
    }


def heading(row: Correction) -> str:
    """Name a correction: what was corrected."""
    if row.statement is not None:
        what = "struck through" if row.kind == Kind.STATEMENT_STRUCK else "corrected"
        return f"S{row.statement.number} was {what}"
    return f"{row.get_kind_display()}: {row.person.name}" if row.person else row.get_kind_display()


def statements_of(concern: Concern) -> list[dict[str, Any]]:
    """Return every statement that was ever corrected or struck through, with each version and why."""
    changed = Statement.objects.filter(Q(version__gt=1) | Q(strike__isnull=False), concern=concern)
    rows = Statement.objects.filter(concern=concern, removed_at__isnull=True)
    rows = rows.filter(number__in=changed.values("number"))
    rows = rows.select_related(*people("author"), "strike__by__user").order_by("number", "-version")
    found: dict[int, dict[str, Any]] = {}
    for row in rows:
        if row.number not in found:
            found[row.number] = {
                "label": f"S{row.number}",
                "correct": _correct_again(row, concern),
                "statement": _as_it_is(row) | {"was": []},
                "why": row.replaced_why,
            }
        else:
            latest = found[row.number]
            latest["statement"]["was"].append(was(row, why=latest["why"]))
            latest["why"] = row.replaced_why
    return list(found.values())


def _as_it_is(row: Statement) -> dict[str, Any]:
    """The last version of a statement for parts/statement.html, struck through where it was."""
    strike = getattr(row, "strike", None)
    return shown(row, reference=row.label) | {
        "is_now": "Is now" if row.version > 1 else "",
        "marks": texts.marks(struck=strike is not None, corrected=row.version > 1),
        "struck_through": texts.struck_through(strike),
    }


def _correct_again(row: Statement, concern: Concern) -> str:
    """Where a statement is corrected; nowhere once it is struck through."""
    if getattr(row, "strike", None):
        return ""
    return reverse("concern-statement-correct", args=[concern.reference, row.number])


def was(row: Statement | Item, *, why: str = "") -> dict[str, str]:
    """Return an earlier wording for parts/statement.html."""
    said = shown(row, reference="")
    return {"text": row.text, "happened": said["happened"], "source": row.source, "why": why}


def _recipients(correction: Correction) -> list[Any]:
    rounds = Round.objects.filter(exchange=OuterRef("exchange")).order_by("-number")
    rows = correction.recipients.select_related(
        *people("about__listener", "exchange__listener", "enquiry__asked_of", "by_hand_by"), "about__speaker"
    )
    return list(rows.annotate(last_outcome=Subquery(rounds.values("outcome")[:1])))


def recipient(correction: Correction, number: int) -> CorrectionTo | None:
    """Return one row of who was given what a correction is about, or None."""
    for row in _recipients(correction):
        if row.pk == number:
            found: CorrectionTo = row
            return found
    return None


def recipient_row(row: Any) -> dict[str, Any]:
    """One person who was given it: when, how they are told of the correction, and if they said it back."""
    listener = row.about.listener if row.about else row.enquiry.asked_of
    lines = [_given(row)]
    tag: dict[str, str] | None = None
    actions = []
    if row.exchange is not None:
        state = state_of(row.exchange, last_outcome=row.last_outcome)
        listener = row.exchange.listener
        lines.append(f"Told of this in {row.exchange.reference} on {moment(row.exchange.sent_at)}.")
        if row.exchange.understood_at:
            lines.append(f"Said back and understood on {moment(row.exchange.understood_at)}.")
        elif state not in SETTLED:
            lines.append(f"To be understood {spoken_limit(row.exchange.respond_by)}.")
        tag = {"text": state.value.capitalize(), "colour": TAGS[state]}
    if row.by_hand_at:
        lines.append(
            f"{row.by_hand_how}\nWritten down by {row.by_hand_by.full_name} on {moment(row.by_hand_at)}."
        )
        tag = tag or {"text": "Told by hand", "colour": "green"}
    elif row.by_hand_why:
        lines.append(row.by_hand_why)
        tag = {"text": "Tell them by hand", "colour": "red"}
        href = reverse("told-by-hand", args=[row.correction.reference, row.pk])
        actions = [{"text": "Say how they were told", "href": href, "about": f": {listener.full_name}"}]
    return {"key": listener.label, "value": "\n".join(lines), "tag": tag, "actions": actions}


def _given(row: Any) -> str:
    if row.about is None:
        return f"Was asked question {row.enquiry.reference} on {moment(row.enquiry.asked_at)}."
    opened = f"opened on {moment(row.about.opened_at)}" if row.about.opened_at else "not opened yet"
    return f"Was given it in {row.about.reference} on {moment(row.about.sent_at)}, {opened}."


def flag_rows(action: Action, *, by: Membership) -> list[dict[str, Any]]:
    """Why an action is to be looked at again, and what was answered; with a link to what may be read."""
    flags = list(
        action.flags.select_related("correction__statement", "correction__person", *people("answered_by"))
    )
    if not flags:
        return []
    carried = CorrectionTo.objects.filter(correction__in=[f.correction_id for f in flags]).filter(
        Q(about=action.exchange_id) | Q(exchange=action.exchange_id)
    )
    links = dict(carried.values_list("correction_id", "exchange__reference"))
    ours = by.agency_id == action.cycle.concern.agency_id
    return [_flag(flag, links.get(flag.correction_id), action=action, ours=ours) for flag in flags]


def _flag(flag: ActionFlag, reference: str | None, *, action: Action, ours: bool) -> dict[str, Any]:
    if ours:
        href = reverse("correction", args=[flag.correction.reference])
    else:
        href = reverse("exchange", args=[reference]) if reference else ""
    answered = ""
    if flag.answered_by:
        answered = (
            f"{flag.get_answer_display()}, said {flag.answered_by.full_name} on {moment(flag.answered_at)}."
        )
    return {
        "kind": flag.correction.get_kind_display(),
        "reference": flag.correction.reference if ours else reference or "",
        "when": moment(flag.flagged_at),
        "href": href,
        "waits": not flag.answer and action.is_open,
        "answered": answered,
        "words": flag.words,
    }


def correctable(exchange: Exchange) -> list[Item]:
    """Return the items of an exchange that its listener can propose to correct."""
    if exchange.kind not in KINDS:
        return []
    return list(exchange.items.filter(statement__isnull=False))


def context(correction: Correction, *, by: Membership, now: datetime) -> dict[str, Any]:
    """Put one correction into the words of its page."""
    rows = _recipients(correction)
    flags = list(
        correction.flags.select_related(*people("action__owner", "answered_by")).annotate(
            last_outcome=Subquery(_reports()),
            opens=Exists(Action.objects.visible_to(by).filter(pk=OuterRef("action"))),
        )
    )
    unopened = [row.about for row in rows if _may_be_withdrawn(row.about)]
    waiting = [row for row in rows if row.exchange and not _is_settled(row)]
    return {
        "correction": correction,
        "concern": correction.concern,
        "heading": heading(correction),
        "statement": _words(correction),
        "recipients": [recipient_row(row) for row in rows],
        "summary": _summary(rows),
        "actions": [_action(flag) for flag in flags],
        "opinions": _resting_opinions(correction),
        "cannot": CANNOT[correction.kind],
        "unopened": len(unopened),
        "may_withdraw": any(may_withdraw(e, by=by, at=now) for e in unopened),
        "waiting": len(waiting),
        "proposed": list(correction.proposed.select_related("by__user", "by__agency")),
        "correct_url": reverse(
            "concern-statement-correct", args=[correction.concern.reference, correction.statement.number]
        )
        if correction.statement and not getattr(correction.statement, "strike", None)
        else "",
    }


def _reports() -> Any:
    from sharing.models import ActionReport

    return ActionReport.objects.filter(action=OuterRef("action")).order_by("-number").values("outcome")[:1]


def _may_be_withdrawn(about: Exchange | None) -> bool:
    return bool(
        about
        and about.opened_at is None
        and about.withdrawn_at is None
        and about.not_mine_at is None
        and about.superseded_by_id is None
        and about.kind != Exchange.Kind.CORRECTION
    )


def _is_settled(row: Any) -> bool:
    return state_of(row.exchange, last_outcome=row.last_outcome) in SETTLED


def _summary(rows: Sequence[Any]) -> str:
    told = {row.exchange_id: row for row in rows if row.exchange_id}
    if not rows:
        return "Nobody had been given this, so nobody had to be told."
    back = sum(row.exchange.understood_at is not None for row in told.values())
    by_hand = sum(row.waits_by_hand for row in rows)
    sentence = f"{back} of {len(told)} {'has' if back == 1 else 'have'} said it back and been understood."
    return f"{sentence} {by_hand} still to be told by hand." if by_hand else sentence


def _words(correction: Correction) -> dict[str, Any]:
    """What it was and what it is now, for parts/statement.html."""
    now = correction.statement
    if now is not None and correction.kind == Kind.STATEMENT_STRUCK:
        return _as_it_is(now)
    if now is not None:
        before = [was(now.replaces, why=now.replaced_why)] if now.replaces else []
        return shown(now, reference=now.label) | {"was": before, "is_now": "Is now"}
    old = [{"text": correction.was, "why": ""}] if correction.was else []
    return {
        "kind": {"text": correction.get_kind_display(), "colour": "orange"},
        "text": correction.now,
        "was": old,
        "is_now": "Is now" if old else "",
    }


def _action(flag: Any) -> dict[str, Any]:
    """One action that rests on it, as a line of parts/task_list.html."""
    state = action_state(flag.action, last_outcome=flag.last_outcome)
    if flag.answer:
        status = {
            "text": flag.get_answer_display(),
            "colour": "green" if flag.answer == "STILL_RIGHT" else "grey",
        }
    elif flag.action.is_open:
        status = {"text": "To look at again", "colour": "orange"}
    else:
        status = {"text": state.value.capitalize(), "colour": ""}
    hint = f"{flag.action.reference}, {flag.action.owner.label}"
    if flag.answered_by:
        hint = f"{hint}. {flag.answered_by.full_name}, {moment(flag.answered_at)}: {flag.words}"
    return {
        "title": flag.action.what if flag.opens else "An action",
        "href": reverse("action", args=[flag.action.reference]) if flag.opens else "",
        "hint": hint,
        "status": status,
    }


def _resting_opinions(correction: Correction) -> list[Statement]:
    """Return the opinions that rest on what was corrected: to be thought of again by whoever wrote them."""
    if correction.statement is None:
        return []
    rows = Statement.objects.current().filter(
        concern=correction.concern_id, rests_on__number=correction.statement.number
    )
    return list(rows.distinct().select_related("author__user"))
