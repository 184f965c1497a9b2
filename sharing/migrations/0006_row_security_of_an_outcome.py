from importlib import import_module

from django.db import migrations

from agencies.row_security import asks, protect_anew

before = import_module("sharing.migrations.0005_row_security_of_a_third_agency")
REACHED = f"{before.OF_AN_EXCHANGE} OR check_back_answers_about(id)"
COST = "ALTER FUNCTION public.{name}(bigint) COST 2000"


class Migration(migrations.Migration):
    """Whoever reaches a disagreement reaches every exchange that carries its outcome, and who took over.

    Or one side would close it, and PostgreSQL let them, while the other has not understood the outcome: what
    went to the other from a third agency was hidden from them. The words of an outcome are theirs to read.
    """

    dependencies = [("sharing", "0005_row_security_of_a_third_agency")]

    operations = [
        asks(
            "check_back_my_outcome",
            "outcome",
            "(SELECT check_back_my_disagreement(s.disagreement_id) FROM sharing_outcome o"
            " JOIN sharing_ladderstage s ON s.id = o.stage_id WHERE o.id = outcome)",
        ),
        asks(
            "check_back_answers_for_whoever_took_over",
            "exchange",
            "EXISTS (WITH RECURSIVE earlier (id) AS (SELECT exchange UNION SELECT e.id FROM sharing_exchange e"
            " JOIN earlier ON e.superseded_by_id = earlier.id)"
            " SELECT FROM earlier WHERE check_back_answers_about(earlier.id))",
        ),
        migrations.RunSQL(COST.format(name="check_back_my_outcome"), migrations.RunSQL.noop),
        migrations.RunSQL(
            COST.format(name="check_back_answers_for_whoever_took_over"), migrations.RunSQL.noop
        ),
        protect_anew(
            "sharing_exchange",
            f"{before.OF_AN_EXCHANGE} OR check_back_my_outcome(outcome_id)"
            " OR check_back_answers_for_whoever_took_over(id)",
            before=REACHED,
        ),
    ]
