"""After a disposal the record still verifies: the leaves stay, and a tombstone names each row that went."""

from __future__ import annotations

import pytest

from audit.models import Tombstone
from tests.audit.tampering import AsOwner, past_triggers, says, seal, verified
from tests.retention import cases
from tests.retention.cases import carried_out

pytestmark = pytest.mark.django_db(transaction=True)


def what_does_not_fit() -> list[str]:
    return [finding.text for finding in verified().findings]


def test_the_chain_verifies_after_each_holder_has_disposed_of_it() -> None:
    case = cases.make()
    seal()
    assert what_does_not_fit() == []
    carried_out(case)
    assert what_does_not_fit() == []
    seal()
    assert what_does_not_fit() == []
    carried_out(case, case.other_first, case.other_second)
    seal()
    assert what_does_not_fit() == []


def test_a_row_that_is_deleted_without_a_tombstone_is_still_found(connected_as_owner: AsOwner) -> None:
    case = cases.make()
    seal()
    row = carried_out(case)
    seal()
    stone = Tombstone.objects.filter(authority=row.reference, what="GONE").order_by("pk")[0]
    past_triggers(connected_as_owner, f"DELETE FROM audit_tombstone WHERE id = {stone.pk}")
    assert verified().first is not None


def test_what_is_left_of_an_emptied_row_cannot_be_filled_again(connected_as_owner: AsOwner) -> None:
    case = cases.make()
    seal()
    carried_out(case)
    seal()
    past_triggers(
        connected_as_owner,
        "UPDATE records_statement SET text = 'Never said' WHERE text = 'disposed of'",
    )
    says(verified(), "Statement")
