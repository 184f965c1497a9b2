"""What people type: a restatement, a pass phrase, somebody outside, and what was done about a mistake."""

from __future__ import annotations

from typing import Any

PHRASE = "a long pass phrase"

OWN_WORDS: dict[str, Any] = {
    "what_happened": "A new mark on the upper arm that two members of staff looked at this morning.",
    "what_worries_me": "Going home to the same adult tonight, with nobody else there.",
    "what_i_will_do": "Ring the team manager first; sooner if the family turns up early.",
}
OTHER_WORDS: dict[str, Any] = {
    "what_happened": "Two colleagues saw a fresh injury; the explanation given does not fit it.",
    "what_worries_me": "Nobody knows who will be at home this evening.",
    "what_i_will_do": "Visit before school ends; straight away if anybody tries to collect early.",
}

# Somebody at an organisation outside, who has no account.
OUTSIDE: dict[str, Any] = {
    "organisation": "Hillside Counselling",
    "kind": "CHARITY",
    "full_name": "Ruth Adeyemi",
    "job_title": "Counsellor",
    "email": "ruth@hillside.example",
    "how_email_checked": "On their letter of 4 January.",
    "phone": "07700 900123",
    "how_phone_checked": "Rang the office, who gave it.",
}
STRANGER = {
    "name": "Owen Pike",
    "job_title": "Receptionist",
    "organisation": "The Hillside front desk",
    "email": "owen@hillside.example",
}

# What was done about something that reached the wrong person; no breach.
HANDLED: dict[str, Any] = {
    "what_was_done": "Told them to delete the notice, and they did.",
    "contained": "YES",
    "seen": "READ",
    "who_decided": "The data protection officer",
    "is_breach": False,
    "breach_why": "They knew it already.",
}
