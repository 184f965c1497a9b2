"""People in their roles at an agency, and who stands in for them."""

import uuid
from datetime import date

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from agencies import names, roles
from agencies.models.agency import Agency
from agencies.models.user import User
from agencies.querysets import DeputyQuerySet, MembershipQuerySet


class Membership(models.Model):
    """A person in a role at an agency: the hat they act in. Every operation is done `by` one.

    A recipient without an account is one too, with a `name` and no user: they have the role "outside" at
    an organisation outside, sign in nowhere, and act only through a link to one exchange (sharing.links).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    name = models.CharField(max_length=150, blank=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=roles.CHOICES)
    job_title = models.CharField(max_length=150)
    manager = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="team")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    # Set where somebody came by a link, and on nobody else: the one exchange that they may reach.
    only_exchange: int | None = None

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "agency"], condition=Q(ended_at__isnull=True), name="one_hat_an_agency"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="membership_ended_when_and_by_whom",
            ),
            models.CheckConstraint(condition=Q(role__in=list(roles.ROLES)), name="membership_role_is_known"),
            models.CheckConstraint(
                condition=(Q(role=roles.Outside.code, user__isnull=True) & ~Q(name=""))
                | (~Q(role=roles.Outside.code) & Q(user__isnull=False, name="")),
                name="only_a_recipient_outside_has_no_account",
            ),
        ]
        indexes = [
            *names.indexes("name", "membership", condition=Q(user__isnull=True)),
            # Who is not there is looked up on every page of a lead's list, and few of an agency are not.
            models.Index(fields=["agency"], condition=Q(ended_at__isnull=False), name="membership_ended"),
            # Each sending asks who leads the agency that it goes to: a few of what may be thousands.
            models.Index(fields=["agency"], condition=Q(role=roles.Lead.code), name="membership_leads"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="without_an_account_only_outside",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF (NEW.role = 'outside') IS DISTINCT FROM EXISTS (
                        SELECT 1 FROM agencies_agency a
                        WHERE a.id = NEW.agency_id AND a.kept_by_id IS NOT NULL
                    ) THEN
                        RAISE EXCEPTION 'people outside have no account, and nobody else is without one';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Name, post and agency, as other people need to read them."""
        return f"{self.full_name}, {self.job_title}, {self.agency.name}"

    @property
    def full_name(self) -> str:
        """The person's name, whether or not they have an account."""
        return self.user.full_name if self.user is not None else self.name

    @property
    def is_outside(self) -> bool:
        """Say whether they have no account, and are reached by links."""
        return self.user_id is None

    @property
    def account(self) -> User:
        """Who signs in. Raises ValueError for somebody without an account."""
        if self.user is None:
            raise ValueError("somebody without an account signs in nowhere")
        return self.user

    @property
    def account_pk(self) -> uuid.UUID:
        """The number of who signs in, without a statement. Raises ValueError as `account` does."""
        if self.user_id is None:
            raise ValueError("somebody without an account signs in nowhere")
        return self.user_id

    @property
    def is_current(self) -> bool:
        """Say whether they still hold the role and, where they have an account, may still sign in."""
        return self.ended_at is None and (self.user is None or self.user.is_active)

    def is_same_person(self, other: "Membership") -> bool:
        """Say whether two roles are one person's."""
        return self.pk == other.pk or (self.user_id is not None and self.user_id == other.user_id)

    @property
    def agency_reference(self) -> str:
        return self.agency.reference

    @property
    def permissions(self) -> frozenset[roles.Permission]:
        return self.permissions_in(self.role)

    def permissions_in(self, role_code: str) -> frozenset[roles.Permission]:
        """Return what a role allows at their agency."""
        role = roles.ROLES[role_code]
        if role.at_the_office and self.agency.kind == Agency.Kind.PARTNERSHIP:
            return role.permissions | role.at_the_office
        return role.permissions

    def may(self, permission: roles.Permission) -> bool:
        """Say whether this hat allows a kind of thing, at this moment."""
        return self.is_current and permission in self.permissions


# The days of a row, as PostgreSQL compares them.
BOTH_INCLUDED = Func(
    F("starts_on"),
    F("ends_on"),
    RangeBoundary(inclusive_lower=True, inclusive_upper=True),
    function="DATERANGE",
    output_field=DateRangeField(),
)


class Deputy(models.Model):
    """Who may act, by name, in someone's place, and for which days (local dates, both included)."""

    member = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="deputies")
    deputy = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="deputises_for")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    named_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    named_at = models.DateTimeField()

    objects = DeputyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deputies"
        constraints = [
            models.CheckConstraint(condition=~Q(member=F("deputy")), name="nobody_deputises_for_themselves"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="deputy_ends_after_starting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deputy} for {self.member}"

    def covers(self, day: date) -> bool:
        """Say whether the deputy acts on a day."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


class Absence(models.Model):
    """Days on which someone is away (local dates, both included), so that a sender sees it first.

    No day is in two of them: each is ended by itself, and an end that left another standing would be untrue.
    """

    member = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="absences")
    starts_on = models.DateField()
    ends_on = models.DateField()
    recorded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="absence_ends_after_starting"
            ),
            ExclusionConstraint(
                name="nobody_is_away_twice_on_a_day",
                expressions=[("member", RangeOperators.EQUAL), (BOTH_INCLUDED, RangeOperators.OVERLAPS)],
            ),
        ]
        indexes = [models.Index(fields=["ends_on"], name="absence_until")]

    def __str__(self) -> str:
        return f"{self.member_id} away {self.starts_on} to {self.ends_on}"
