"""Questions asked of exchanges, enquiries and actions. Each starts from who is asking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone

from agencies import prepared
from agencies.models import Membership
from agencies.querysets import acted_for
from agencies.roles import Permission
from records.closed import closed_to
from records.models import Holding

if TYPE_CHECKING:
    from sharing.models import Action, Disagreement, Enquiry, Exchange, Meeting, Transfer


def on_side(member: Membership, *fields: str) -> Q:
    """Rows in which one of `fields` is me, someone I deputise for or, where I oversee, my agency."""
    mine = Q()
    for field in fields:
        mine |= Q(**{f"{field}__in": acted_for(member, on=timezone.localdate())})
        if member.may(Permission.OVERSEE):
            mine |= Q(**{f"{field}__agency": member.agency_id})
    return mine


def open_or_mine(member: Membership, *fields: str, concern: str = "cycle__concern") -> Q:
    """Of what hangs on a record of my agency that is closed to me, what I am in myself: it was sent to me.

    Cover and deputies do not open it: whoever is to, is named in the restriction.
    """
    mine = Q()
    for field in fields:
        mine |= Q(**{field: member.pk})
    closed = closed_to(member, at=prepared.now())
    return ~Q(**{f"{concern}__in": closed}) | mine if fields else ~Q(**{f"{concern}__in": closed})


def by_link(member: Membership, field: str) -> Q:
    """Whoever came by a link reaches what that link is for and nothing else they were ever sent."""
    return Q(**{field: member.only_exchange or 0}) if member.is_outside else Q()


def held_by(member: Membership, concern: str) -> Q:
    """Leave out what a member's agency has disposed of; another agency may hold it still.

    `concern` is the way from the row to its concern.
    """
    gone = Holding.objects.filter(
        agency=member.agency_id, disposed_at__isnull=False, concern=OuterRef(concern)
    )
    return Q(~Exists(gone))


def people(*fields: str) -> list[str]:
    """What to fetch with a row so that each person's label costs no further statement."""
    return [f"{field}__{part}" for field in fields for part in ("user", "agency")]


class ExchangeQuerySet(models.QuerySet["Exchange"]):
    """Exchanges."""

    def visible_to(self, member: Membership | None) -> ExchangeQuerySet:
        """Those I speak or listen in, or my agency does and my role oversees. A listener sees sent ones."""
        if member is None or not member.may(Permission.EXCHANGE):
            return self.none()
        return self.filter(
            by_link(member, "pk"),
            held_by(member, "cycle__concern"),
            open_or_mine(member, "speaker", "listener"),
            on_side(member, "speaker") | (on_side(member, "listener") & Q(sent_at__isnull=False)),
        )

    def open(self) -> ExchangeQuerySet:
        """Sent, accountable, and not over."""
        return self.filter(
            sent_at__isnull=False,
            understood_at__isnull=True,
            withdrawn_at__isnull=True,
            not_mine_at__isnull=True,
            superseded_by__isnull=True,
            for_information=False,
            summary_answer__isnull=True,
        )

    def with_state(self) -> ExchangeQuerySet:
        """Annotate what `states.state_of` needs: the last round's outcome."""
        from sharing.models import Round

        rounds = Round.objects.filter(exchange=OuterRef("pk")).order_by("-number")
        return self.annotate(last_outcome=Subquery(rounds.values("outcome")[:1]))

    def with_gate_facts(self) -> ExchangeQuerySet:
        """Annotate what a gate asks of an exchange besides its state."""
        from sharing.models import Disagreement, Incident, Item
        from sharing.waiting.answered import answers

        disagreements = Disagreement.objects.filter(exchange=OuterRef("pk"), settled_at__isnull=True)
        incidents = Incident.objects.filter(exchange=OuterRef("pk"), handled_at__isnull=True)
        return self.annotate(
            has_items=Exists(Item.objects.filter(exchange=OuterRef("pk"))),
            has_disagreement=Exists(disagreements),
            has_incident=Exists(incidents),
            **answers(),
        )

    def with_people(self) -> ExchangeQuerySet:
        return self.with_sides().select_related(*people("first_speaker", "first_listener"))

    def with_sides(self) -> ExchangeQuerySet:
        """Fetch who answers for it now, and not who said it and was told then."""
        return self.select_related(*people("speaker", "listener"), "cycle__concern", "summary_answer")


class EnquiryQuerySet(models.QuerySet["Enquiry"]):
    """Questions to other practitioners."""

    def visible_to(self, member: Membership | None) -> EnquiryQuerySet:
        """Those I was asked, or my agency was and my role oversees; and all about my agency's concerns.

        A colleague who works on the concern has to see which question waits, to explain why it has no
        answer. The answer itself is an exchange, and stays between the two people in it.
        """
        if member is None or not member.may(Permission.EXCHANGE):
            return self.none()
        if member.is_outside:
            return self.none()
        own = Q(cycle__concern__agency=member.agency_id)
        mine = own | on_side(member, "asked_by", "asked_of")
        within = open_or_mine(member, "asked_by", "asked_of")
        return self.filter(held_by(member, "cycle__concern"), within, mine)

    def open(self) -> EnquiryQuerySet:
        return self.filter(answered_at__isnull=True, explained_at__isnull=True)

    def with_people(self) -> EnquiryQuerySet:
        return self.select_related(*people("asked_by", "asked_of"), "cycle__concern")


class ActionQuerySet(models.QuerySet["Action"]):
    """Actions."""

    def visible_to(self, member: Membership | None) -> ActionQuerySet:
        """Those I own or watch, or my agency does and my role oversees."""
        if member is None or not member.may(Permission.EXCHANGE):
            return self.none()
        mine = on_side(member, "owner", "other_side")
        # An action quotes what was shared: the listener sees it once and as long as they see that.
        shown = Q(
            exchange__opened_at__isnull=False,
            exchange__not_mine_at__isnull=True,
            exchange__withdrawn_at__isnull=True,
        )
        still = held_by(member, "cycle__concern")
        return self.filter(
            by_link(member, "exchange"),
            still,
            open_or_mine(member, "owner", "other_side"),
            mine & (shown | on_side(member, "exchange__speaker")),
        )

    def open(self) -> ActionQuerySet:
        return self.filter(checked_at__isnull=True, declined_at__isnull=True, withdrawn_at__isnull=True)

    def with_state(self) -> ActionQuerySet:
        """Annotate what `states.action_state` needs: the last report's outcome."""
        from sharing.models import ActionReport

        reports = ActionReport.objects.filter(action=OuterRef("pk")).order_by("-number")
        return self.annotate(last_outcome=Subquery(reports.values("outcome")[:1]))

    def with_flags(self) -> ActionQuerySet:
        """Annotate `is_flagged`: what it rests on was corrected, and nobody has looked at it again yet."""
        from sharing.models import ActionFlag

        return self.annotate(is_flagged=Exists(ActionFlag.objects.filter(action=OuterRef("pk"), answer="")))

    def with_people(self) -> ActionQuerySet:
        return self.select_related(*people("owner", "other_side"), "cycle__concern", "exchange")


class DisagreementQuerySet(models.QuerySet["Disagreement"]):
    """Disagreements."""

    def visible_to(self, member: Membership | None) -> DisagreementQuerySet:
        """Those of exchanges that I speak or listen in or oversee, and those in which I answer for a side.

        Where the exchange was withdrawn or not theirs, the listener's side sees it no longer.
        """
        from sharing.models import LadderStage, Outcome

        if member is None or not member.may(Permission.EXCHANGE):
            return self.none()
        stages = LadderStage.objects.filter(disagreement=OuterRef("pk"))
        shown = Q(exchange__not_mine_at__isnull=True, exchange__withdrawn_at__isnull=True)
        speaking = on_side(member, "exchange__speaker") | Exists(
            stages.filter(on_side(member, "for_speaker"))
        )
        listening = on_side(member, "exchange__listener") | Exists(
            stages.filter(on_side(member, "for_listener"))
        )
        reached = by_link(member, "exchange")
        if member.is_outside:
            # The link to an outcome leads on to the disagreement that it ends, and no other.
            ends_it = Outcome.objects.filter(
                stage__disagreement=OuterRef("pk"), exchanges=member.only_exchange or 0
            )
            reached |= Q(Exists(ends_it))
        still = held_by(member, "exchange__cycle__concern")
        within = open_or_mine(
            member, "exchange__speaker", "exchange__listener", concern="exchange__cycle__concern"
        )
        return self.filter(reached, still, within, speaking | (listening & shown))

    def open(self) -> DisagreementQuerySet:
        return self.filter(settled_at__isnull=True)

    def with_people(self) -> DisagreementQuerySet:
        return self.select_related(
            *people("exchange__speaker", "exchange__listener", "settled_by"),
            "exchange__cycle__concern",
            "action",
        )


class MeetingQuerySet(models.QuerySet["Meeting"]):
    """Meetings."""

    def visible_to(self, member: Membership | None) -> MeetingQuerySet:
        """Those about my agency's concerns, and those to which I am asked or of which I have my part.

        Whoever was taken off the list, or said that their part is not for them, sees it no longer. Somebody
        without an account is sent their part, and sees that alone.
        """
        from sharing.models import MeetingMember, MinutesCopy

        if member is None or member.is_outside or not member.may(Permission.EXCHANGE):
            return self.none()
        misdirected = MinutesCopy.objects.filter(member=OuterRef("pk"), exchange__not_mine_at__isnull=False)
        places = MeetingMember.objects.filter(
            ~Exists(misdirected),
            on_side(member, "member"),
            meeting=OuterRef("pk"),
            taken_back_at__isnull=True,
        )
        copies = MinutesCopy.objects.filter(
            on_side(member, "exchange__listener"),
            minutes__meeting=OuterRef("pk"),
            exchange__not_mine_at__isnull=True,
        )
        own = Q(cycle__concern__agency=member.agency_id) & open_or_mine(member)
        # Of a record that is closed to me, the meetings to which I am asked myself.
        asked = open_or_mine(member) | Exists(places.filter(member=member.pk)) | Q(chair=member.pk)
        return self.filter(held_by(member, "cycle__concern"), asked, own | Exists(places) | Exists(copies))

    def without_minutes(self) -> MeetingQuerySet:
        """Those that were not called off, and of which no minutes have gone out."""
        from sharing.models import Minutes

        sent = Minutes.objects.filter(meeting=OuterRef("pk"))
        return self.filter(~Exists(sent), called_off_at__isnull=True)

    def with_people(self) -> MeetingQuerySet:
        return self.select_related(
            *people("chair", "called_by", "went_on_by", "called_off_by"), "cycle__concern__agency"
        )


class TransferQuerySet(models.QuerySet["Transfer"]):
    """Hand-overs to another area."""

    def visible_to(self, member: Membership | None) -> TransferQuerySet:
        """Those of my agency's concerns, because all there need to know who is responsible; and on the other
        side those that I was asked to take on, or took on, and those of my agency that I oversee.

        Where what it rests on was withdrawn or not theirs, the other side sees it no longer. Somebody without
        an account sees what they were sent, and that alone.
        """
        if member is None or member.is_outside or not member.may(Permission.EXCHANGE):
            return self.none()
        shown = Q(exchange__not_mine_at__isnull=True, exchange__withdrawn_at__isnull=True)
        theirs = on_side(member, "exchange__listener", "taken_on_by") & shown
        within = open_or_mine(member, "exchange__speaker", "exchange__listener", concern="concern")
        return self.filter(held_by(member, "concern"), within, Q(concern__agency=member.agency_id) | theirs)

    def open(self) -> TransferQuerySet:
        return self.filter(accepted_at__isnull=True, declined_at__isnull=True, withdrawn_at__isnull=True)

    def with_people(self) -> TransferQuerySet:
        sides = people("exchange__speaker", "exchange__listener", "received_by", "accepted_by", "taken_on_by",
                       "declined_by", "withdrawn_by", "proposed_by")  # fmt: skip
        return self.select_related(*sides, "exchange__cycle__concern", "concern", "from_agency", "to_agency")
