"""Every write to agencies and the people in them."""

from agencies.access import deputies_of, lead_of
from agencies.operations.contact_points import (
    add_contact_point,
    address_bounced,
    mark_checked,
    retire_contact_point,
)
from agencies.operations.cover import end_absence, end_cover, name_deputy, record_absence
from agencies.operations.hours import (
    close_on,
    name_out_of_hours,
    set_opening_hours,
    withdraw_closed_day,
    withdraw_opening_hours,
)
from agencies.operations.notices import NobodyToNotify, choose_how_told, notify, try_again
from agencies.operations.outside import add_outside, change_how_reached, end_outside
from agencies.operations.partnership import add_agency, make_partnership
from agencies.operations.people import add_person, change_post, end_membership, send_password_link
from agencies.operations.sessions import end_sessions
from agencies.operations.time_limits import set_time_limit, suggest_missing_limits, withdraw_time_limit

__all__ = [
    "NobodyToNotify",
    "add_agency",
    "add_contact_point",
    "add_outside",
    "add_person",
    "address_bounced",
    "change_how_reached",
    "change_post",
    "choose_how_told",
    "close_on",
    "deputies_of",
    "end_absence",
    "end_cover",
    "end_membership",
    "end_outside",
    "end_sessions",
    "lead_of",
    "make_partnership",
    "mark_checked",
    "name_deputy",
    "name_out_of_hours",
    "notify",
    "record_absence",
    "retire_contact_point",
    "send_password_link",
    "set_opening_hours",
    "set_time_limit",
    "suggest_missing_limits",
    "try_again",
    "withdraw_closed_day",
    "withdraw_opening_hours",
    "withdraw_time_limit",
]
