"""Where references get their numbers from."""

from django.db import models


class Counter(models.Model):
    """The last number used in a series of references, taken under its row's lock."""

    series = models.CharField(primary_key=True, max_length=20)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.series
