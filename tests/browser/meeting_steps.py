"""What people do around a meeting: call it, ask people, answer, bring something, decide, send minutes."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from tests.browser.somebody import Somebody


def _when(somebody: Somebody, moment: datetime) -> None:
    local = timezone.localtime(moment)
    somebody.writes_date("On which day?", local.date())
    somebody.writes("At what time?", f"{local:%H:%M}")


def calls_a_core_group(chair: Somebody, concern: str, *, at: datetime) -> str:
    """From the page of the concern. Returns the reference of the meeting."""
    chair.opens_concern(concern)
    chair.follows("Call a meeting")
    chair.is_on("Call a meeting")
    chair.chooses("Core group")
    chair.writes("What is it for?", "To agree who sees him each week.")
    _when(chair, at)
    chair.writes("Where or how do people meet?", "By video call; the office sends the link")
    chair.writes("How many agencies make a quorum? (optional)", "2")
    chair.presses("Call the meeting")
    chair.is_on("Call a meeting")
    chair.is_told("Say where the quorum is from")
    chair.writes("Where is that from?", "Local procedures, core groups")
    chair.presses("Call the meeting")
    chair.is_told("The meeting is called. Now ask people to it.")
    chair.is_on("Core group")
    return chair.reference_on_page()


def asks(chair: Somebody, name: str, *, why: str) -> None:
    """Find somebody in the directory and ask them to the meeting, from its page."""
    chair.follows("Add somebody")
    chair.is_on("Who do you ask to the meeting?")
    chair.writes("Name, role or agency", name)
    chair.presses("Search the directory")
    chair.follows(f"Choose {name}")
    chair.is_on(f"Ask {name} to the meeting")
    chair.writes("Why are they asked? (optional)", why)
    chair.presses("Ask them to the meeting")
    chair.is_told(f"{name} is on the list.")


def comes(member: Somebody) -> None:
    """From home, where the meeting waits for an answer."""
    member.goes_home()
    member.sees("Say whether you will come to a meeting")
    member.follows("Answer")
    member.is_on("Core group")
    member.follows("Answer")
    member.is_on("Will you come?")
    member.chooses("Yes")
    member.presses("Tell the chair")
    member.is_told("The chair has been told.")


def sends_apologies(member: Somebody, meeting: str, *, words: str) -> None:
    member.opens(f"/meetings/{meeting}/")
    member.follows("Say whether you come")
    member.is_on("Will you come?")
    member.chooses("No, I send my apologies")
    member.writes("Your apologies", words)
    member.presses("Tell the chair")
    member.sees(words)


def brings(member: Somebody, text: str, *, for_whom: str) -> None:
    """From the page of the meeting: one thing, for one of the others."""
    member.follows("Bring something")
    member.is_on("Bring something to the meeting")
    member.chooses("Fact, seen")
    member.writes("What do you bring?", text)
    member.writes("Where is it from?", "My visit on Monday")
    member.ticks(for_whom, to="Who is it for?")
    member.presses("Save what is brought")
    member.is_told("It is kept for those whom it is for.")
    member.sees(text)


def writes_down_who_came(chair: Somebody, meeting: str, came: dict[str, str], *, at: datetime) -> None:
    chair.opens(f"/meetings/{meeting}/")
    chair.is_on("Core group")
    chair.follows("Write down who came")
    chair.is_on("Who came?")
    _when(chair, at)
    for name, answer in came.items():
        chair.chooses(answer, to=name)
    chair.presses("Save who came")
    chair.is_told("Who came is written down.")


def decides(chair: Somebody, what: str, *, why: str) -> None:
    chair.follows("Add a decision")
    chair.is_on("What was decided?")
    chair.writes("What was decided?", what)
    chair.writes("Why?", why)
    chair.presses("Save this decision")
    chair.sees(what)


def agrees_an_action(chair: Somebody, what: str, *, owner: str) -> None:
    chair.follows("Add an action")
    chair.is_on("Who does what by when?")
    chair.writes("What will be done?", what)
    chair.chooses(owner, to="Who does it?")
    chair.writes("By when?", "3 working days")
    chair.writes("What would make us act sooner?", "He is not in school: we ring each other at once.")
    chair.presses("Save this action")
    chair.sees(what)


def sends_the_minutes(chair: Somebody, *, risk: str = "", what_changed: str = "") -> None:
    chair.follows("Send the amendment" if what_changed else "Send the minutes")
    chair.is_on("Amend the minutes" if what_changed else "Send the minutes")
    if risk:
        chair.writes("What is the main risk?", risk)
    if what_changed:
        chair.writes("What changed since the last version?", what_changed)
    chair.presses("Send the amendment" if what_changed else "Send the minutes")
    chair.is_told("Each member has been sent their own part.")


def does_not_agree(member: Somebody, exchange: str, *, why: str) -> None:
    member.opens_exchange(exchange)
    member.follows("Say whether you agree")
    member.is_on("Do you agree?")
    member.chooses("Disagree", to="Do you agree on the risk?")
    member.writes("Where do you differ on the risk, and why?", why)
    member.chooses("Agree", to="Do you agree on what should be done?")
    member.presses("Send this answer")
    member.is_told("The sender can see your answer.")
