from importlib import import_module

from django.db import migrations

from agencies.row_security import DEAR, asks, protect_anew

before = import_module("sharing.migrations.0003_row_security")  # a name that begins with a number
OF_AN_ACTION = (
    f"exchange_id = {before.MY_EXCHANGE} OR {before.one_of('owner_id', 'other_side_id')}"
    f" OR {before.OF_MY_EXCHANGE} OR {before.OF_MY_CYCLE}"
)
WHOEVER_REACHES_IT = before.whoever_reaches("sharing_action", "action_id")
# As it was: what was said about it since is not theirs.
OF_ITS_AGENCIES = f"EXISTS (SELECT FROM sharing_action parent WHERE parent.id = action_id AND ({OF_AN_ACTION}))"


class Migration(migrations.Migration):
    """Whoever reaches a disagreement reaches the action that it is about.

    Somebody of a third agency who answers at the top of its ladder has to read what was not done. What was
    reported of it and said about it stays out of their reach.
    """

    dependencies = [("sharing", "0006_row_security_of_an_outcome")]

    operations = [
        asks(
            "check_back_differs_about",
            "action",
            "EXISTS (SELECT FROM sharing_disagreement d"
            " WHERE d.action_id = action AND check_back_my_disagreement(d.id))",
            cost=DEAR,
        ),
        protect_anew(
            "sharing_action", f"{OF_AN_ACTION} OR check_back_differs_about(id)", before=OF_AN_ACTION
        ),
        protect_anew("sharing_actionreport", OF_ITS_AGENCIES, before=WHOEVER_REACHES_IT),
        protect_anew("sharing_actionflag", OF_ITS_AGENCIES, before=WHOEVER_REACHES_IT),
    ]
