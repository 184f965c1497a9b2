from importlib import import_module

from django.db import migrations

from agencies.row_security import ME, MY_EXCHANGE, asks, protect_anew

before = import_module("sharing.migrations.0003_row_security")
OF_AN_EXCHANGE = (
    f"id = {MY_EXCHANGE} OR {ME} IN (speaker_id, listener_id)"
    f" OR {before.one_of('speaker_id', 'listener_id')} OR {before.OF_MY_CYCLE}"
)


class Migration(migrations.Migration):
    """Whoever answers for a side of a disagreement reaches the row of the exchange that it is about.

    They may be of neither agency. What was said in it hangs on other rows, which stay out of their reach.
    """

    dependencies = [("sharing", "0004_price_of_row_security")]

    operations = [
        asks(
            "check_back_answers_about",
            "exchange",
            "EXISTS (SELECT FROM sharing_disagreement d JOIN sharing_ladderstage s ON s.disagreement_id = d.id"
            " JOIN agencies_membership m ON m.id IN (s.for_speaker_id, s.for_listener_id)"
            " WHERE d.exchange_id = exchange AND m.agency_id = check_back_agency())",
        ),
        protect_anew(
            "sharing_exchange", f"{OF_AN_EXCHANGE} OR check_back_answers_about(id)", before=OF_AN_EXCHANGE
        ),
        # As `priced` says of the others (0004).
        migrations.RunSQL(
            "ALTER FUNCTION public.check_back_answers_about(bigint) COST 2000", migrations.RunSQL.noop
        ),
    ]
