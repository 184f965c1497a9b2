"""By which way a code reaches somebody without an account."""

from __future__ import annotations

from sharing.models import Link


def code_ways(*, phone: str, by_text: bool) -> list[tuple[str, str]]:
    """Say the ways in which a code can reach somebody: by text where a gateway is set up, or read out."""
    ways: list[tuple[str, str]] = []
    if by_text and phone:
        text = f"By text message to the number that ends in {ending(phone)}"
        ways.append((Link.CodeBy.TEXT, text))
    ways.append((Link.CodeBy.SPEAKER, "I ring them when they ask for it, and read it out"))
    return ways


def ending(phone: str) -> str:
    """Return the last three digits of a number."""
    return "".join(character for character in phone if character.isdecimal())[-3:]
