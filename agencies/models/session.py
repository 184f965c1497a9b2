"""Who is signed in where. One row is one browser in which somebody signed in, or came by a link."""

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models


class Session(AbstractBaseSession):
    """A session as Django keeps it, and beside it whose it is, since when, and when they were last there.

    `browser` says in two words what it is ("Firefox on Windows"), so that people know their own again.
    No network address is kept: on an agency's network it is the same for everybody, and at home it says
    where somebody lives.
    """

    user = models.ForeignKey(
        "agencies.User", on_delete=models.CASCADE, null=True, blank=True, related_name="sessions"
    )
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    browser = models.CharField(max_length=40, blank=True)

    class Meta(AbstractBaseSession.Meta):
        abstract = False
