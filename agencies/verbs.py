"""What can happen to an agency and its people, as the audit names it and as people read it."""

from enum import StrEnum


class Verb(StrEnum):
    """One act of looking after an agency. The value goes into the audit and never changes."""

    PARTNERSHIP_MADE = "agencies.partnership.made"
    AGENCY_ADDED = "agencies.agency.added"
    LIMIT_SET = "agencies.time_limit.set"
    LIMIT_WITHDRAWN = "agencies.time_limit.withdrawn"
    LIMITS_SUGGESTED = "agencies.time_limit.suggested"
    PERSON_ADDED = "agencies.membership.added"
    POST_CHANGED = "agencies.membership.changed"
    MEMBERSHIP_ENDED = "agencies.membership.ended"
    SESSIONS_ENDED = "agencies.membership.sessions_ended"
    LINK_SENT = "agencies.membership.link_sent"
    DEPUTY_NAMED = "agencies.deputy.named"
    DEPUTY_ENDED = "agencies.deputy.ended"
    ABSENCE_RECORDED = "agencies.absence.recorded"
    ABSENCE_ENDED = "agencies.absence.ended"
    OUTSIDE_ADDED = "agencies.outside.added"
    OUTSIDE_CHANGED = "agencies.outside.changed"
    OUTSIDE_ENDED = "agencies.outside.ended"
    CONTACT_POINT_ADDED = "agencies.contact_point.added"
    CONTACT_POINT_CHECKED = "agencies.contact_point.checked"
    CONTACT_POINT_BOUNCED = "agencies.contact_point.bounced"
    CONTACT_POINT_RETIRED = "agencies.contact_point.retired"
    HOURS_SET = "agencies.opening_hours.set"
    HOURS_WITHDRAWN = "agencies.opening_hours.withdrawn"
    CLOSED_DAY_ENTERED = "agencies.closed_day.entered"
    CLOSED_DAY_WITHDRAWN = "agencies.closed_day.withdrawn"
    OUT_OF_HOURS_NAMED = "agencies.out_of_hours.named"
    MESSAGE_TRIED_AGAIN = "agencies.message.tried_again"
    NOTICES_CHOSEN = "agencies.notices.chosen"
    JOB_ASKED = "agencies.job.asked"


SENTENCES: dict[Verb, str] = {
    Verb.PARTNERSHIP_MADE: "set up the partnership",
    Verb.AGENCY_ADDED: "added the agency",
    Verb.LIMIT_SET: "set a time limit",
    Verb.LIMIT_WITHDRAWN: "withdrew a time limit before its day",
    Verb.LIMITS_SUGGESTED: "took on the suggested time limits that were missing",
    Verb.PERSON_ADDED: "added a member of staff",
    Verb.POST_CHANGED: "changed somebody’s role, post or manager",
    Verb.MEMBERSHIP_ENDED: "ended somebody’s role",
    Verb.SESSIONS_ENDED: "signed somebody out everywhere",
    Verb.LINK_SENT: "sent a link for choosing a password",
    Verb.DEPUTY_NAMED: "named a deputy",
    Verb.DEPUTY_ENDED: "ended a deputy’s cover",
    Verb.ABSENCE_RECORDED: "recorded an absence",
    Verb.ABSENCE_ENDED: "recorded that somebody is back, or not away after all",
    Verb.OUTSIDE_ADDED: "added somebody without an account to the directory",
    Verb.OUTSIDE_CHANGED: "changed how somebody without an account is reached",
    Verb.OUTSIDE_ENDED: "took somebody without an account out of the directory",
    Verb.CONTACT_POINT_ADDED: "added a contact point",
    Verb.CONTACT_POINT_CHECKED: "marked a contact point as checked",
    Verb.CONTACT_POINT_BOUNCED: "had a notice come back from a contact point, which has to be checked again",
    Verb.CONTACT_POINT_RETIRED: "retired a contact point",
    Verb.HOURS_SET: "set the opening hours",
    Verb.HOURS_WITHDRAWN: "withdrew opening hours before their day",
    Verb.CLOSED_DAY_ENTERED: "entered a day of closing",
    Verb.CLOSED_DAY_WITHDRAWN: "withdrew a day of closing before it came",
    Verb.OUT_OF_HOURS_NAMED: "named who takes what cannot wait while the agency is closed",
    Verb.MESSAGE_TRIED_AGAIN: "put a notice back in the queue",
    Verb.NOTICES_CHOSEN: "chose how they are told",
    Verb.JOB_ASKED: "asked for a file or an import",
}
