"""What a correction says to those who were given what changed, and what can and cannot be undone."""

from __future__ import annotations

from dataclasses import dataclass

from agencies.refusals import Refused
from consent.models import View
from sharing.models import Correction

Kind = Correction.Kind
# The heading under which a recipient reads what has changed about a person.
FROM_NOW_ON = "What is so from now on"


class NothingToTell(Refused):
    """Nobody was given what changed, or it did not change for them."""


class AlreadyAnswered(Refused):
    """Somebody has already answered this."""


@dataclass(frozen=True)
class Said:
    """What goes to everyone who was told: what was so, what is so now, and what is asked of them."""

    was: str
    now: str
    must_do: str


def kind_of_view(view: View, before: View | None) -> str | None:
    """Say what changed for those who were told, when somebody said something new about sharing.

    None where they agree to as much as before, or to more.
    """
    if view.objects_to_sharing and not (before is not None and before.objects_to_sharing):
        return Kind.CONSENT_WITHDRAWN
    if view.conditions and (before is None or view.conditions.strip() != before.conditions.strip()):
        return Kind.CONDITION_ADDED
    return None


def of_statement(was: str, now: str) -> Said:
    """A statement was corrected."""
    return Said(
        was,
        now,
        "Say back what is different now, and what you will do because of it. "
        "If you have passed the earlier version on, tell those people, and say whom.",
    )


NO_LONGER_STANDS = "This no longer stands. {why}"


def of_struck(was: str, why: str) -> Said:
    """A statement was struck through: it should never have been there. `why` ends as a sentence does."""
    return Said(
        was,
        NO_LONGER_STANDS.format(why=why),
        "Say back what you no longer rely on, and what you will do because of it: correct your own record, "
        "and look again at what you did. If you have passed it on, tell those people, and say whom.",
    )


def consent_withdrawn(name: str, *, agreed_before: bool, on_consent: bool) -> Said:
    """Agreement was taken back, or refused after something was shared."""
    now = (
        f"{name} no longer agrees that information about them is shared."
        if agreed_before
        else f"{name} does not agree that information about them is shared."
    )
    if on_consent:
        must_do = (
            "It was shared because they agreed. Do not pass it on or use it further from now on, unless you "
            "have a duty of your own to. Say what you have done with it, and whom you have told."
        )
    else:
        must_do = (
            "It was shared on other grounds than their agreement, so you may still rely on it. Ask us before "
            "you pass it on. Say what you have done with it, and whom you have told."
        )
    return Said(
        f"{name} agreed that information about them is shared." if agreed_before else "", now, must_do
    )


def condition_added(name: str, *, before: str, conditions: str) -> Said:
    """A condition was added, or another one made."""
    return Said(
        f"The condition was: {before}" if before else "",
        f"{name} made this condition, or it was made for them: {conditions}",
        "Keep to it from now on, and pass it on with anything you share. Say what you will do differently, "
        "and whether anything has been done already that it rules out.",
    )


# What is said of a kind of detail, and never the detail. Of a name nothing is: it would say there is one.
PROTECTED = {
    "ADDRESS": "The address of {name} is protected from now on.",
    "SCHOOL": "Where {name} goes to school, nursery or college is protected from now on.",
    "PHONE": "A phone number of {name} is protected from now on.",
    "OTHER": "Something about {name} is protected from now on. Ask us what, before you pass anything on.",
}
KEPT_FROM_THEM = (
    "It is to be kept from them, so they were not told by the service. "
    "Decide with your lead whether and how they are asked."
)


def protected_added(name: str, detail: str) -> Said:
    """A detail is protected from now on: a kind of ProtectedDetail. The detail itself is never sent."""
    return Said(
        "",
        PROTECTED[detail].format(name=name),
        "Do not pass it on, and take it out of whatever others can read. Tell us whether you have passed it "
        "on, to whom and when.",
    )


CAN: dict[str, tuple[str, ...]] = {
    Kind.STATEMENT_AMENDED: (
        "Everyone who was given the earlier version is told of the new one, and says back this item only.",
        "The owners of open actions that rest on it are asked whether they are still right.",
    ),
    Kind.STATEMENT_STRUCK: (
        "Everyone who was given it is told that it no longer stands, and says that back.",
        "The owners of open actions that rest on it are asked whether they are still right.",
        "Nobody can choose it to be shared any more. What is prepared with it has to be chosen again.",
    ),
    Kind.CONSENT_WITHDRAWN: (
        "Nothing more is sent about them until you decide about sharing again.",
        "What has not been opened yet can be withdrawn: then it is never read.",
        "Everyone who has been told is asked to keep to it from now on, and says back how they will.",
    ),
    Kind.CONDITION_ADDED: (
        "Whatever is sent from now on carries the condition.",
        "What has not been opened yet can be withdrawn and sent again with the condition.",
        "Everyone who has been told is asked to keep to it from now on, and says back how they will.",
    ),
    Kind.PROTECTED_ADDED: (
        "Everyone who has been told about them is asked not to pass it on, and says whether they have.",
        "What has not been opened yet can be withdrawn.",
    ),
}
CANNOT: dict[str, tuple[str, ...]] = {
    Kind.STATEMENT_AMENDED: ("What was read cannot be unread. The earlier version stays on the record.",),
    Kind.STATEMENT_STRUCK: (
        "What was read cannot be unread. It stays on the record, struck through, with your reason.",
        "It cannot be brought back. If it turns out to be right, write it down again.",
    ),
    Kind.CONSENT_WITHDRAWN: (
        "What was read cannot be unread, and what others wrote down stays in their records.",
        "If it was shared on other grounds than agreement, it may still be used. The recipients are told so.",
    ),
    Kind.CONDITION_ADDED: ("What was done before the condition was made cannot be undone from here.",),
    Kind.PROTECTED_ADDED: (
        "What was read cannot be unread. If somebody could be found because of it, act on that now.",
    ),
}


def require_why(why: str) -> None:
    """A correction says why, because everyone who was given it reads that."""
    if not why.strip():
        raise Refused("Say why. Everyone who was given it reads this.")
