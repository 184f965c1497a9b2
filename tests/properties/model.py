"""The check-back in forty lines: what should be true of one exchange, and who may do what to it now."""

from __future__ import annotations

from dataclasses import dataclass, field

FRIENDS_OF = {
    # Who may act as speaker and as listener. The last two are the parties in their second hats, each
    # of them named as deputy of the other side: they never may.
    "speaker": {"speaker", "speakers deputy"},
    "listener": {"listener", "listeners deputy"},
}


@dataclass
class Model:
    """What should be true of one exchange."""

    sent: bool = False
    opened: bool = False
    received: bool = False
    over: str = ""
    rounds: list[str] = field(default_factory=list)  # "", SPOKEN, NOT_SAID, CORRECTED or CONFIRMED
    proposed: int = 0
    accepted: int = 0

    @property
    def live(self) -> bool:
        return self.sent and not self.over

    @property
    def waits_for_check(self) -> bool:
        return bool(self.rounds) and self.rounds[-1] == ""

    @property
    def is_provisional(self) -> bool:
        return bool(self.rounds) and self.rounds[-1] == "SPOKEN"

    @property
    def is_answered(self) -> bool:
        return self.waits_for_check or self.is_provisional

    def may(self, who: str, what: str) -> bool:
        """Say whether somebody may do something now."""
        side = "speaker" if what in ("send", "check", "withdraw", "call") else "listener"
        mine = who in FRIENDS_OF[side] if what != "confirm what was typed" else who == "listener"
        now = {
            "send": not self.sent and not self.over,
            "receive": self.live and not self.received,
            "not mine": self.live and not self.waits_for_check,
            "restate": self.live and self.received and not self.is_answered,
            "call": not self.over and not self.is_answered,
            "confirm what was typed": self.live and self.is_provisional,
            "say differently": self.live and self.is_provisional,
            "check": self.live and self.waits_for_check,
            "withdraw": self.live,
            "agree": (self.live and self.received) or self.over == "understood",
            "accept": self.over == "understood" and self.proposed > self.accepted,
        }[what]
        return mine and now
