"""What a password must not be made of: words that whoever tries to get in would begin with."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError

from agencies.models import Agency, User

# docs/security-rules.md lists them. The names of one's own agencies and partnership are added to them.
WORDS = (
    "check", "back", "checkback", "safeguarding", "safeguard", "concern", "password", "passphrase", "welcome",
    "practitioner", "lead", "administrator", "admin", "auditor", "coordinator", "mash", "letmein", "qwerty",
)  # fmt: skip
LEAST = 8


class NotOfOurWords:
    """Refuses a password of which fewer than eight letters and digits are left without such words."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError where too little is left."""
        left = _plain(password)
        for word in sorted({*WORDS, *_names_of(user)}, key=len, reverse=True):
            left = left.replace(word, "")
        if len(left) < LEAST:
            raise ValidationError(self.get_help_text(), code="password_of_our_words")

    def get_help_text(self) -> str:
        return (
            "Your password should not be made of words such as the name of this service, of your role or of "
            "your agency. Three words that have nothing to do with each other are good."
        )


def _plain(text: str) -> str:
    return re.sub(r"[\W_]", "", text.lower())


def _names_of(user: User | None) -> set[str]:
    """Return the words of the agencies in which somebody works, and of their partnerships."""
    if user is None or user.pk is None:
        return set()
    rows = Agency.objects.filter(memberships__user=user).values_list("name", "partnership__name")
    return {word for row in rows for name in row for word in map(_plain, name.split()) if len(word) > 3}
