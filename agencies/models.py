"""Agencies and the people in them. Nobody's case data is known here."""

import uuid
from datetime import date, datetime

import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from agencies import roles
from agencies.file_models import FileChunk, StoredFile
from agencies.hours_models import COPY_TO_A_NEW_AGENCY, ClosedDay, OpeningHours
from agencies.job_models import Job
from agencies.querysets import ContactPointQuerySet, MembershipQuerySet
from agencies.session_models import Session
from audit import leaves

__all__ = ["Absence", "Agency", "ClosedDay", "ContactPoint", "Deputy", "Draft", "FileChunk", "Job",
           "Membership", "NoticeChoice", "OpeningHours", "Partnership", "Session", "StoredFile",
           "Submission",
           "TimeLimit", "User", "UserManager"]  # fmt: skip


class Partnership(models.Model):
    """A safeguarding partnership: agencies that agreed how they share and how fast they answer."""

    reference = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    prefix = models.CharField(max_length=4)

    def __str__(self) -> str:
        return self.name


class Agency(models.Model):
    """An organisation, or the part of one that answers for its own safeguarding work."""

    class Kind(models.TextChoices):
        CHILDREN = "CHILDREN", "Children's social care"
        ADULTS = "ADULTS", "Adult social care"
        POLICE = "POLICE", "Police"
        HEALTH = "HEALTH", "NHS trust or community health"
        GP = "GP", "GP surgery"
        SCHOOL = "SCHOOL", "School or college"
        PROBATION = "PROBATION", "Probation"
        HOUSING = "HOUSING", "Housing provider"
        CHARITY = "CHARITY", "Charity or community group"
        PARTNERSHIP = "PARTNERSHIP", "Partnership office"

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="agencies")
    reference = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    area = models.CharField(max_length=100, blank=True)
    public_authority = models.BooleanField(default=True)
    zone = models.CharField(max_length=40, default="Europe/London")
    region = models.CharField(max_length=3, default="ENG")
    record_within_hours = models.PositiveSmallIntegerField(default=24)
    second_person_in_do = models.BooleanField(default=False)
    # An organisation outside, whose people have no account: the agency that keeps it in its directory.
    kept_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="organisations_outside"
    )
    # Who takes what cannot wait while this agency is closed: an emergency duty team.
    out_of_hours = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="stands_in_for"
    )
    # A copy of its opening hours and closed days, kept by the database from their rows (hours_models.py).
    opening = models.JSONField(default=dict, editable=False)

    class Meta:
        verbose_name_plural = "agencies"
        constraints = [
            models.CheckConstraint(
                condition=Q(region__in=["ENG", "WLS", "SCT", "NIR"]), name="agency_region_is_known"
            ),
            models.UniqueConstraint(
                Lower("name"),
                "kept_by",
                condition=Q(kept_by__isnull=False),
                name="an_organisation_outside_is_kept_once",
            ),
            models.CheckConstraint(
                condition=Q(out_of_hours__isnull=True) | ~Q(out_of_hours=F("id")),
                name="no_agency_stands_in_for_itself",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="opening_of_a_new_agency",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=COPY_TO_A_NEW_AGENCY,
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_outside(self) -> bool:
        """Say whether its people have no account, and are reached by links."""
        return self.kept_by_id is not None


class TimeLimit(models.Model):
    """How long something may take in a partnership, from a day on, and where the figure comes from.

    Rows are added, never changed: what counts on a day is the row with the latest `effective_from` by then.
    A row is withdrawn where another takes its place from the same day, or before its day comes. `set_by` and
    `withdrawn_by` are empty where the service itself did it.
    """

    class Key(models.TextChoices):
        CHECK_BACK_URGENT = "CHECK_BACK_URGENT", "Check-back, urgent"
        CHECK_BACK_HIGH = "CHECK_BACK_HIGH", "Check-back, high"
        CHECK_BACK_STANDARD = "CHECK_BACK_STANDARD", "Check-back, standard"
        DECISION = "DECISION", "Decision on what was shared"
        ANSWER = "ANSWER", "Answer to an enquiry"
        SKIPPED_STEP = "SKIPPED_STEP", "Step skipped by an urgent disclosure"
        SPOKEN = "SPOKEN", "Spoken read-back confirmed in writing"
        STILL_RIGHT = "STILL_RIGHT", "Action looked at again after a correction"
        MINUTES = "MINUTES", "Minutes of a meeting"
        TRANSFER = "TRANSFER", "Answer to a hand-over to another area"
        CONFERENCE = "CONFERENCE", "Conference after a hand-over to another area"
        BREACH = "BREACH", "Decision on a personal data breach"
        LINK = "LINK", "Link to a recipient without an account"
        DISPOSAL = "DISPOSAL", "Waiting before a record is disposed of"
        BREAK_GLASS = "BREAK_GLASS", "Closed record opened in an emergency"
        LADDER_1 = "LADDER_1", "Disagreement, stage 1: practitioners"
        LADDER_2 = "LADDER_2", "Disagreement, stage 2: leads"
        LADDER_3 = "LADDER_3", "Disagreement, stage 3: service managers or designated professionals"
        LADDER_4 = "LADDER_4", "Disagreement, stage 4: partners or scrutineer"
        REMIND_BEFORE = "REMIND_BEFORE", "Reminder before a limit"
        REMIND_BEFORE_SHORT = "REMIND_BEFORE_SHORT", "Reminder before a short limit"
        REMIND_LEAD = "REMIND_LEAD", "Lead told after a limit has passed"
        REMIND_LEAD_URGENT = "REMIND_LEAD_URGENT", "Lead told after an urgent limit has passed"
        REMIND_OTHER_LEAD = "REMIND_OTHER_LEAD", "Other side’s lead told after a limit has passed"
        REMIND_OTHER_LEAD_URGENT = (
            "REMIND_OTHER_LEAD_URGENT",
            "Other side’s lead told after an urgent limit has passed",
        )

    class Label(models.TextChoices):
        STATUTORY = "STATUTORY", "Statutory"
        GUIDANCE = "GUIDANCE", "Guidance"
        LOCAL = "LOCAL", "Local policy"

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="time_limits")
    key = models.CharField(max_length=30, choices=Key.choices)
    duration = models.CharField(max_length=40)
    label = models.CharField(max_length=10, choices=Label.choices, default=Label.LOCAL)
    source = models.CharField(max_length=300)
    effective_from = models.DateField()
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(
        "Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "key", "effective_from"],
                condition=Q(withdrawn_at__isnull=True),
                name="one_limit_of_a_kind_from_a_day",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_by__isnull=True) | Q(withdrawn_at__isnull=False),
                name="limit_withdrawn_when",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="limit_is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="limit_never_changes", exclude=["withdrawn_at", "withdrawn_by"]),
            pgtrigger.Protect(
                name="limit_is_withdrawn_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__withdrawn_at__isnull=False),
            ),
            leaves.sealed(
                "limit_is_sealed",
                leaves.added(but=("withdrawn_at", "withdrawn_by")),
                leaves.once("withdrawn_at", "withdrawn_by"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_key_display()}: {self.duration}"


class UserManager(BaseUserManager["User"]):
    """Makes users by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Make a user. Raises ValueError without an e-mail address."""
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in. What they may do comes from a membership, never from here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(unique=True)
    full_name = models.CharField(max_length=150)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_user_an_address")]

    def __str__(self) -> str:
        return self.full_name

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name


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
        role = roles.ROLES[self.role]
        if role.at_the_office and self.agency.kind == Agency.Kind.PARTNERSHIP:
            return role.permissions | role.at_the_office
        return role.permissions

    def may(self, permission: roles.Permission) -> bool:
        """Say whether this hat allows a kind of thing, at this moment."""
        return self.is_current and permission in self.permissions


class Deputy(models.Model):
    """Who may act, by name, in someone's place, and for which days (local dates, both included)."""

    member = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="deputies")
    deputy = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="deputises_for")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    named_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    named_at = models.DateTimeField()

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
    """Days on which someone is away (local dates, both included), so that a sender sees it first."""

    member = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="absences")
    starts_on = models.DateField()
    ends_on = models.DateField()
    recorded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="absence_ends_after_starting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.member_id} away {self.starts_on} to {self.ends_on}"


class ContactPoint(models.Model):
    """A way to reach a named person or a duty inbox, and when it was last checked to be right."""

    class Kind(models.TextChoices):
        EMAIL = "EMAIL", "E-mail"
        PHONE = "PHONE", "Phone"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="contact_points")
    member = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="contact_points"
    )
    label = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    address = models.CharField(max_length=254)
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # How whoever checked it knows, for somebody outside whom no administrator of theirs looks after.
    how_checked = models.CharField(max_length=300, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = ContactPointQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(checked_at__isnull=True, checked_by__isnull=True)
                | Q(checked_at__isnull=False, checked_by__isnull=False),
                name="contact_point_checked_when_and_by_whom",
            ),
            models.CheckConstraint(condition=~Q(address=""), name="contact_point_has_an_address"),
        ]
        indexes = [
            models.Index(fields=["member"], condition=Q(retired_at__isnull=True), name="contact_point_in_use")
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def is_checked(self) -> bool:
        return self.checked_at is not None and self.retired_at is None


class Draft(models.Model):
    """What somebody was typing into a form, kept on the server as they typed.

    `key` says which form of which thing ("restate:WF-26-0001-X1"). It outlives the session, is
    seen by nobody but its holder, and goes when the form is saved.
    """

    holder = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="drafts")
    key = models.CharField(max_length=120)
    data = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["holder", "key"], name="one_draft_a_form")]
        indexes = [models.Index(fields=["key"], name="draft_by_key")]

    def __str__(self) -> str:
        return self.key


class Submission(models.Model):
    """A form that has been saved, by its one-time id: sending it twice leads to the first result."""

    form_id = models.UUIDField(primary_key=True)
    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    result = models.CharField(max_length=200)
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.form_id)


class NoticeChoice(models.Model):
    """How somebody wants to be told: in one e-mail a day, and not in their quiet hours.

    Times are local to the agency of the role in which they are told. No digest time means at once.
    Whoever has no row is told of everything at once.
    """

    user = models.OneToOneField(User, on_delete=models.PROTECT, primary_key=True, related_name="+")
    digest_at = models.TimeField(null=True, blank=True)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_to = models.TimeField(null=True, blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_to__isnull=True)
                | Q(quiet_from__isnull=False, quiet_to__isnull=False),
                name="notice_choice_quiet_from_and_to",
            ),
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True) | ~Q(quiet_from=F("quiet_to")),
                name="notice_choice_quiet_hours_end",
            ),
        ]

    def __str__(self) -> str:
        return str(self.user_id)
