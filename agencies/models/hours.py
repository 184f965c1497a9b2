"""When an agency is open, and on which days it is closed: rows that are added from a day on, never changed.

The database keeps a copy of an agency's rows beside its name, in `Agency.opening`, so that counting a time
limit costs no statement of its own wherever the agency has been read. The rows are the truth.
"""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from audit import leaves

# Seven days, each empty or opening before it closes; all of them empty only where it never closes.
HOURS_MAKE_SENSE = """
    IF EXISTS (SELECT 1 FROM unnest(NEW.days) AS day
               WHERE day <> '' AND (day !~ '^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$'
                                    OR split_part(day, '-', 1) >= split_part(day, '-', 2)))
       OR NEW.always_open IS DISTINCT FROM (array_to_string(NEW.days, '') = '') THEN
        RAISE EXCEPTION 'an agency opens before it closes, on at least one day';
    END IF;
    RETURN NEW;
"""
OPENING = """jsonb_build_object(
    'weeks', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                  'from', h.effective_from, 'always', h.always_open, 'days', to_jsonb(h.days),
                  'set', h.set_at, 'withdrawn', h.withdrawn_at) ORDER BY h.effective_from, h.id), '[]'::jsonb)
              FROM agencies_openinghours h WHERE h.agency_id = {agency}),
    'closed', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'on', c."on", 'set', c.set_at, 'withdrawn', c.withdrawn_at)
                   ORDER BY c."on", c.id), '[]'::jsonb)
               FROM agencies_closedday c
               WHERE c.agency_id = {agency} OR c.partnership_id = {partnership}))"""
COPIED = OPENING.format(agency="a.id", partnership="a.partnership_id")
COPY_TO_AGENCY = f"""
    UPDATE agencies_agency a SET opening = {COPIED} WHERE a.id = NEW.agency_id;
    RETURN NEW;
"""  # noqa: S608  # names of our own
COPY_TO_AGENCIES = f"""
    UPDATE agencies_agency a SET opening = {COPIED}
    WHERE a.id = NEW.agency_id OR a.partnership_id = NEW.partnership_id;
    RETURN NEW;
"""  # noqa: S608  # names of our own
COPY_TO_A_NEW_AGENCY = f"""
    NEW.opening = {OPENING.format(agency="NEW.id", partnership="NEW.partnership_id")};
    RETURN NEW;
"""


def added_never_changed(name: str) -> list[pgtrigger.Trigger]:
    """Refuse to delete a row, or to change anything of it but to withdraw it, once."""
    return [
        pgtrigger.Protect(name=f"{name}_never_deleted", operation=pgtrigger.Delete),
        pgtrigger.ReadOnly(name=f"{name}_never_changes", exclude=["withdrawn_at", "withdrawn_by"]),
        pgtrigger.Protect(
            name=f"{name}_withdrawn_once",
            operation=pgtrigger.Update,
            condition=pgtrigger.Q(old__withdrawn_at__isnull=False),
        ),
    ]


def copied_to_the_agency(name: str, func: str) -> pgtrigger.Trigger:
    """Keep the copy beside the agency in step with its rows."""
    return pgtrigger.Trigger(
        name=name, when=pgtrigger.After, operation=pgtrigger.Insert | pgtrigger.Update, func=func
    )


class OpeningHours(models.Model):
    """An agency's week from a day on: seven days from Monday, "09:00-17:00" or empty; or open all hours.

    What counts on a day is the row with the latest `effective_from` by then. A row is withdrawn where another
    takes its place from the same day, or before its day comes. `set_by` is empty where the service did it.
    """

    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="opening_hours")
    effective_from = models.DateField()
    days = ArrayField(models.CharField(max_length=11, blank=True), size=7)
    always_open = models.BooleanField(default=False)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(
        "agencies.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "agencies.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name_plural = "opening hours"
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "effective_from"],
                condition=Q(withdrawn_at__isnull=True),
                name="one_week_from_a_day",
            ),
            models.CheckConstraint(condition=Q(days__len=7), name="a_week_has_seven_days"),
            models.CheckConstraint(
                condition=Q(withdrawn_by__isnull=True) | Q(withdrawn_at__isnull=False),
                name="hours_withdrawn_when",
            ),
        ]
        triggers = [
            *added_never_changed("hours"),
            pgtrigger.Trigger(
                name="hours_make_sense",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=HOURS_MAKE_SENSE,
            ),
            copied_to_the_agency("hours_are_copied", COPY_TO_AGENCY),
            leaves.sealed(
                "hours_are_sealed",
                leaves.added(but=("withdrawn_at", "withdrawn_by")),
                leaves.once("withdrawn_at", "withdrawn_by"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id} from {self.effective_from}"


class ClosedDay(models.Model):
    """A day on which an agency is closed though its week says otherwise, or a whole partnership is.

    A bank holiday proclaimed late is one of the partnership's, entered by its coordinator. It counts for
    what is sent from then on; a limit that was given before stays.
    """

    agency = models.ForeignKey(
        "agencies.Agency", on_delete=models.PROTECT, null=True, blank=True, related_name="closed_days"
    )
    partnership = models.ForeignKey(
        "agencies.Partnership", on_delete=models.PROTECT, null=True, blank=True, related_name="closed_days"
    )
    on = models.DateField()
    why = models.CharField(max_length=200)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey("agencies.Membership", on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "agencies.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "on"], condition=Q(withdrawn_at__isnull=True), name="an_agency_closes_once"
            ),
            models.UniqueConstraint(
                fields=["partnership", "on"],
                condition=Q(withdrawn_at__isnull=True),
                name="a_partnership_closes_once",
            ),
            models.CheckConstraint(
                condition=Q(agency__isnull=True, partnership__isnull=False)
                | Q(agency__isnull=False, partnership__isnull=True),
                name="closed_day_of_an_agency_or_of_all",
            ),
            models.CheckConstraint(condition=~Q(why=""), name="closed_for_a_reason"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="closed_day_withdrawn_when_and_by_whom",
            ),
        ]
        triggers = [
            *added_never_changed("closed_day"),
            copied_to_the_agency("closed_day_is_copied", COPY_TO_AGENCIES),
            leaves.sealed(
                "closed_day_is_sealed",
                leaves.added(but=("withdrawn_at", "withdrawn_by")),
                leaves.once("withdrawn_at", "withdrawn_by"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on}: {self.why}"
