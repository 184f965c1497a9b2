"""What no answer may ever do, whatever was sent."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tests.access import walk
from tests.input.fuzz import markup

REFUSED = frozenset({400, 403, 404, 405, 409, 413, 422, 429})
FULL_ANSWER = 1.0  # second, of this process' own time where the machine is busy
AT_MOST_LONG = 250_000
# A search is kept for whoever made it, so that Back shows it again.
LOOKED = frozenset({"records_keptsearch"})
KEPT = walk.KEPT_FOR_THE_WRITER | {"django_session", "account_emailaddress"}
# One statement in so many that a refusal left is checked by reading every table too.
ERROR_AT = re.compile(r'id="id_([A-Za-z0-9_-]+?)(?:_\d+)?_error"')

# What the owner may never see: it is another agency's. And what nobody else may: it is the owner's.
FOREIGN = ("Umbrafel", "words of a foreign agency 8231")
OURS = ("Four small round marks in a row", "Leo Marsh")


@dataclass
class Sent:
    """One request as it was sent and answered."""

    person: str
    status: int
    body: bytes
    location: str
    content_type: str
    seconds: float
    own_seconds: float
    writes: dict[str, int]
    typed: dict[str, str] = field(default_factory=dict)
    alone: str = ""
    error: str = ""
    in_vain: bool = False
    is_get: bool = False
    says_whether_well: bool = False


def judge(sent: Sent) -> list[str]:
    """Return what is wrong with an answer, in a sentence each."""
    wrong = []
    if sent.status >= 500 and not (sent.says_whether_well and sent.status == 503):
        wrong.append(f"answered {sent.status} {sent.error}".strip())
    if sent.own_seconds > FULL_ANSWER:
        wrong.append(f"worked {sent.own_seconds:.2f} s")
    text = sent.body.decode(errors="replace") if "html" in sent.content_type else ""
    wrong += [f"a browser would obey {piece!r}" for piece in markup.obeyed(text)]
    wrong += _foreign(sent)
    if "\r" in sent.location or "\n" in sent.location or markup.SCHEME.match(sent.location):
        wrong.append(f"leads to {sent.location!r}")
    if sent.status in REFUSED or sent.is_get or sent.location.startswith(walk.SIGN_IN):
        wrong += _changed(sent)
    if sent.status in {409, 422} and sent.person in {"writer", "second"}:
        wrong += _lost(sent, text)
    return wrong


def _foreign(sent: Sent) -> list[str]:
    forbidden = FOREIGN if sent.person in {"writer", "second"} else ()
    if sent.person in {"stranger", "nobody"}:
        forbidden = OURS
    return [f"shows {one!r}, which is not theirs" for one in forbidden if one.encode() in sent.body]


def _changed(sent: Sent) -> list[str]:
    kept = KEPT | (walk.PRESSED if sent.in_vain else frozenset()) | (LOOKED if sent.is_get else frozenset())
    found = sorted(set(sent.writes) - kept)
    return [f"refused, and wrote to {', '.join(found)}"] if found else []


def _lost(sent: Sent, text: str) -> list[str]:
    page = markup.as_read(text)
    lost = [
        name
        for name, typed in sent.typed.items()
        if len(typed) < AT_MOST_LONG
        # Whoever else may come here may find that there is nothing to do, and no form.
        and (sent.person == "writer" or f'name="{name}"' in text)
        and markup.plain(typed).strip() not in page
    ]
    wrong = [f"what was typed into {', '.join(lost)} is gone"] if lost else []
    if sent.status == 422 and sent.alone and sent.alone not in set(ERROR_AT.findall(text)):
        wrong.append(f"no error stands at {sent.alone}")
    return wrong
