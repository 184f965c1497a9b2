"""What can happen to how long a record is kept, as the audit names it and as people read it."""

SENTENCES = {
    "sharing.retention.classes_suggested": "{actor} added the suggested retention classes",
    "sharing.retention.class_added": "{actor} added a retention class of the agency",
    "sharing.retention.class_withdrawn": "{actor} withdrew a retention class of the agency",
    "sharing.retention.class_chosen": "{actor} chose how long this record is kept",
    "sharing.retention.kept_longer": "{actor} decided to keep this record until {until}",
    "sharing.retention.hold_placed": "{actor} placed legal hold {hold}",
    "sharing.retention.hold_ended": "{actor} ended legal hold {hold}",
    "sharing.disposal.proposed": "{actor} proposed disposal {disposal}",
    "sharing.disposal.approved": "{actor} approved disposal {disposal}",
    "sharing.disposal.stopped": "{actor} stopped disposal {disposal}",
    "sharing.disposal.carried_out": "{actor} carried out disposal {disposal}",
}
