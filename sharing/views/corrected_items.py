"""What an exchange shows of corrections: the earlier wording struck through, and where to read the new."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agencies.addresses import reverse
from agencies.prepared import Prepared
from sharing import corrected
from sharing.access import Standing
from sharing.models import Correction, Exchange, Item, ProposedCorrection
from sharing.operations.proposals import KINDS

ITEMS = Prepared(lambda *, exchange: corrected.items(Item.objects.filter(exchange=exchange)))


def corrections_shown(
    exchange: Any, items: Sequence[Any], standing: Standing, *, may_propose: bool
) -> dict[str, Any]:
    """What the page of an exchange says about corrections of it, and of what it corrects."""
    proposed = [
        {
            "number": item.number,
            "href": reverse("proposed-correction", args=[exchange.reference, item.number]),
            "status": _status(item.proposed[-1]["answer"]),
            "title": f"Proposed correction of item {item.number}",
        }
        for item in items
        if item.proposed
    ]
    return {
        "corrected_in": [
            {
                "reference": one["reference"],
                # Somebody who came by a link reads each of them by a link of its own.
                "href": "" if standing.by_link else _address(one["reference"]),
                "kind": Correction.Kind(one["kind"]).label,
            }
            for one in exchange.corrected_by
            if one["reference"] != exchange.reference
        ],
        "corrections_of_it": _pages(exchange, standing),
        "proposed": proposed,
        "may_propose_correction": may_propose
        and standing.is_listener
        and standing.reads
        and exchange.kind in KINDS
        and any(item.statement_id for item in items),
        "corrects": exchange.about.reference
        if exchange.kind == Exchange.Kind.CORRECTION and exchange.about
        else "",
        "corrects_href": "" if standing.by_link or not exchange.about else _address(exchange.about.reference),
    }


def _pages(exchange: Any, standing: Standing) -> list[dict[str, str]]:
    """Lead the agency whose concern it is to the page of each correction: who else was given it."""
    if not standing.on_speakers_side or exchange.speaker.agency_id != exchange.cycle.concern.agency_id:
        return []
    found = dict.fromkeys(one["correction"] for one in exchange.corrected_by)
    return [{"reference": name, "href": reverse("correction", args=[name])} for name in found]


def _address(reference: str) -> str:
    return reverse("exchange", args=[reference])


def _status(answer: str) -> dict[str, str]:
    label = ProposedCorrection.Answer(answer).label
    return {"text": label, "colour": "" if answer else "orange"}
