"""Links: how somebody without an account reaches the one exchange that was sent to them.

A link is to one exchange and for one person. Its tokens are random and kept as hashes; a code that goes
another way proves who opened it; a visit then lives half an hour. Everything anybody does with a link is an
attempt, and never changes.
"""

from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import F, Q

from agencies.models import ContactPoint, Membership
from audit import leaves
from sharing.models.exchange import Exchange


class Link(models.Model):
    """The way in to one exchange for one person without an account.

    `code_by` says how the code reaches them: by text message, or read out by the speaker on the telephone.
    It is over when it was revoked or locked; its tokens also end by themselves (`ends_at`, the last of them),
    which the tick writes down (`time_up_at`), so that somebody is asked for a new one where it is needed.
    """

    class CodeBy(models.TextChoices):
        TEXT = "TEXT", "By text message"
        SPEAKER = "SPEAKER", "Read out by me on the telephone"

    exchange = models.OneToOneField(Exchange, on_delete=models.PROTECT, related_name="link")
    member = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="links")
    code_by = models.CharField(max_length=7, choices=CodeBy.choices)
    code_point = models.ForeignKey(
        ContactPoint, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField()
    renewed_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    time_up_at = models.DateTimeField(null=True, blank=True)
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    locked_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    revoked_why = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True, revoked_why="")
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="link_revoked_when_and_by_whom",
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("made_at")), name="link_ends_after_it_began"),
            models.CheckConstraint(
                condition=Q(time_up_at__isnull=True) | Q(time_up_at__gte=F("ends_at")),
                name="time_is_up_when_it_ends",
            ),
            models.CheckConstraint(
                condition=~Q(code_by="TEXT") | Q(code_point__isnull=False), name="a_text_has_a_number"
            ),
        ]
        indexes = [
            # The tick asks every few seconds whose time is up.
            models.Index(
                fields=["ends_at"],
                condition=Q(time_up_at__isnull=True, revoked_at__isnull=True, locked_at__isnull=True),
                name="link_running",
            )
        ]
        triggers = [
            pgtrigger.Protect(name="link_is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="link_is_the_listeners",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("exchange_id", "member_id"),
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM sharing_exchange e JOIN agencies_membership m ON m.id = NEW.member_id
                        WHERE e.id = NEW.exchange_id AND m.role = 'outside'
                          AND NEW.member_id IN (e.listener_id, e.speaker_id)
                    ) THEN
                        RAISE EXCEPTION 'a link is for somebody without an account, in this exchange';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"link to {self.exchange_id}"

    @property
    def is_over(self) -> bool:
        """Say whether it was revoked or locked. Whether its time is up, `ends_at` says."""
        return self.revoked_at is not None or self.locked_at is not None


class LinkToken(models.Model):
    """One address that leads to a link: the hash of what one e-mail held, and until when it works."""

    link = models.ForeignKey(Link, on_delete=models.PROTECT, related_name="tokens")
    hash = models.BinaryField(max_length=32, unique=True)
    message_id = models.UUIDField()
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        triggers = [
            pgtrigger.ReadOnly(name="link_token_never_changes", exclude=["ended_at"]),
            pgtrigger.Protect(name="link_token_is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="link_token_ends_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__ended_at__isnull=False),
            ),
            leaves.sealed(
                "link_token_is_sealed",
                leaves.added(but=("ended_at",)),
                concern="link__exchange__cycle__concern__reference",
            ),
        ]

    def __str__(self) -> str:
        return f"token of {self.link_id}"


class LinkCode(models.Model):
    """A one-time code for a link, kept as a keyed hash. It works once, for a few minutes."""

    link = models.ForeignKey(Link, on_delete=models.PROTECT, related_name="codes")
    hash = models.BinaryField(max_length=32)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["link"],
                condition=Q(used_at__isnull=True, dropped_at__isnull=True),
                name="one_code_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(dropped_at__isnull=True), name="code_used_or_dropped"
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="link_code_never_changes", exclude=["used_at", "dropped_at"]),
            pgtrigger.Protect(name="link_code_is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="link_code_is_used_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__used_at__isnull=False)
                | pgtrigger.Q(old__dropped_at__isnull=False),
            ),
            leaves.sealed(
                "link_code_is_sealed",
                leaves.added(but=("used_at", "dropped_at")),
                concern="link__exchange__cycle__concern__reference",
            ),
        ]

    def __str__(self) -> str:
        return f"code of {self.link_id}"


class LinkVisit(models.Model):
    """What follows a right code: half an hour as the person the link is for, in one browser.

    A code that is entered in another browser ends the visit before it.
    """

    link = models.ForeignKey(Link, on_delete=models.PROTECT, related_name="visits")
    began_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("began_at")), name="visit_ends_after_it_began"),
            models.UniqueConstraint(
                fields=["link"], condition=Q(ended_at__isnull=True), name="one_visit_at_a_time"
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="visit_only_ends", exclude=["ends_at", "ended_at"]),
            pgtrigger.Protect(
                name="visit_ends_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__ended_at__isnull=False),
            ),
            pgtrigger.Protect(name="visit_is_never_deleted", operation=pgtrigger.Delete),
            leaves.sealed(
                "link_visit_is_sealed",
                leaves.added(but=("ends_at", "ended_at")),
                concern="link__exchange__cycle__concern__reference",
            ),
        ]

    def __str__(self) -> str:
        return f"visit of {self.link_id}"


class LinkAttempt(models.Model):
    """Something that somebody, or a mail scanner, did with a link; what the rate limits are counted from."""

    class What(models.TextChoices):
        LOOKED = "LOOKED", "The address was fetched"
        NOT_KNOWN = "NOT_KNOWN", "An address that leads nowhere was tried"
        OVER = "OVER", "A link that is over was tried"
        CODE_SENT = "CODE_SENT", "A code was sent"
        CODE_WRONG = "CODE_WRONG", "A wrong code was tried"
        CODE_RIGHT = "CODE_RIGHT", "The right code was entered"
        TOO_MANY = "TOO_MANY", "Refused: too many tries"
        NOT_ME = "NOT_ME", "Somebody else said that they have the link"

    append_only = True

    link = models.ForeignKey(Link, on_delete=models.PROTECT, null=True, blank=True, related_name="attempts")
    what = models.CharField(max_length=10, choices=What.choices)
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    address = models.GenericIPAddressField(null=True, blank=True)
    network = models.CharField(max_length=43, blank=True)
    automated = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["link", "what", "at"], name="link_attempts"),
            models.Index(fields=["address", "what", "at"], name="link_attempts_by_address"),
            models.Index(fields=["network", "what", "at"], name="link_attempts_by_network"),
        ]
        triggers = [
            pgtrigger.Protect(name="link_attempt_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            leaves.sealed("link_attempt_is_sealed"),
        ]

    def __str__(self) -> str:
        return f"{self.link_id} {self.what}"


class Stranger(models.Model):
    """Somebody who has a link that is not theirs, and left word who they are."""

    append_only = True

    link = models.ForeignKey(Link, on_delete=models.PROTECT, related_name="strangers")
    name = models.CharField(max_length=150)
    job_title = models.CharField(max_length=150)
    organisation = models.CharField(max_length=200)
    email = models.EmailField(max_length=254)
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        triggers = [
            pgtrigger.Protect(name="stranger_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            leaves.sealed("stranger_is_sealed", concern="link__exchange__cycle__concern__reference"),
        ]

    def __str__(self) -> str:
        return f"stranger at {self.link_id}"
