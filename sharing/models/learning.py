"""What the partnership learns: figures without names, worked out once an hour and never in a request.

Only what may be shown is stored. A figure that rests on fewer than five exchanges never reaches these
tables, so no page, no file and no reader of the database can let it out.
"""

from django.db import models

from agencies.models import Agency, Partnership


class Figure(models.TextChoices):
    """Whether a count can be read."""

    SHOWN = "SHOWN", "about"
    FEW = "FEW", "fewer than 5"
    # It could be used, with those around it, to work out one that is too small to show.
    WITHHELD = "WITHHELD", "not shown"


class LearningRefresh(models.Model):
    """When the figures were last worked out."""

    done_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.done_at:%Y-%m-%d %H:%M}"


class LearningGroup(models.Model):
    """Exchanges sent in one month (`months` is 1) or in the last so many, by sender's and recipient's agency.

    An agency that is null stands for all of them. Counts are multiples of five; hours are clock hours.
    """

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="+")
    months = models.PositiveSmallIntegerField()
    first_month = models.DateField()
    from_agency = models.ForeignKey(Agency, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    to_agency = models.ForeignKey(Agency, on_delete=models.CASCADE, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True


class LearningMonth(LearningGroup):
    """How fast and how well what was sent was heard. A measure is null where it cannot be shown."""

    sent_is = models.CharField(max_length=8, choices=Figure.choices)
    sent = models.PositiveIntegerField(null=True, blank=True)
    open_is = models.CharField(max_length=8, choices=Figure.choices)
    still_open = models.PositiveIntegerField(null=True, blank=True)
    hours_to_received = models.DecimalField(max_digits=8, decimal_places=1, null=True, blank=True)
    hours_to_understood = models.DecimalField(max_digits=8, decimal_places=1, null=True, blank=True)
    hours_to_agreed = models.DecimalField(max_digits=8, decimal_places=1, null=True, blank=True)
    first_time_right = models.PositiveSmallIntegerField(null=True, blank=True)
    mean_rounds = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "months", "first_month", "from_agency", "to_agency"],
                nulls_distinct=False,
                name="learning_figures_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.months} from {self.first_month:%Y-%m}"


class LearningKind(LearningGroup):
    """Which kinds of statement are misunderstood: the share of key items that were corrected, in percent."""

    class Kind(models.TextChoices):
        FACT = "FACT", "Fact"
        REPORTED = "REPORTED", "Reported"
        OPINION = "OPINION", "Professional opinion"
        HISTORY = "HISTORY", "History"
        VOICE = "VOICE", "Voice"

    class Checked(models.TextChoices):
        FEW = "FEW", "fewer than 20"
        SOME = "SOME", "20 to 99"
        MANY = "MANY", "100 or more"

    kind = models.CharField(max_length=8, choices=Kind.choices)
    checked = models.CharField(max_length=4, choices=Checked.choices)
    corrected = models.PositiveSmallIntegerField()
    wrong = models.PositiveSmallIntegerField()
    missing = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "months", "first_month", "from_agency", "to_agency", "kind"],
                nulls_distinct=False,
                name="learning_kinds_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.months} from {self.first_month:%Y-%m}"
