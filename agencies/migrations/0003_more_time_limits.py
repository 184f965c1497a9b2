"""Time limits for the ladder and for reminders, suggested where a partnership has none of its own."""

from datetime import date

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone

SUGGESTED = {
    "LADDER_1": "1 working day",
    "LADDER_2": "2 working days",
    "LADDER_3": "5 working days",
    "LADDER_4": "10 working days",
    "REMIND_BEFORE": "1 working day",
    "REMIND_BEFORE_SHORT": "30 minutes",
    "REMIND_LEAD": "1 working day",
    "REMIND_LEAD_URGENT": "1 hour",
    "REMIND_OTHER_LEAD": "2 working days",
    "REMIND_OTHER_LEAD_URGENT": "2 hours",
}
SOURCE = "Suggested default of Check Back, until the partnership decides its own"


def suggest_missing_limits(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    """Count them from the partnership's first limit on, so that what waits already is chased as well."""
    time_limits = apps.get_model("agencies", "TimeLimit").objects
    for partnership in apps.get_model("agencies", "Partnership").objects.all():
        own = time_limits.filter(partnership=partnership)
        first: date = own.aggregate(models.Min("effective_from"))["effective_from__min"] or timezone.localdate()
        there = set(own.values_list("key", flat=True))
        for key, duration in SUGGESTED.items():
            if key not in there:
                time_limits.create(
                    partnership=partnership, key=key, duration=duration, source=SOURCE, effective_from=first
                )


class Migration(migrations.Migration):
    dependencies = [("agencies", "0002_similar_names")]

    operations = [
        migrations.AlterField(
            model_name='timelimit',
            name='key',
            field=models.CharField(choices=[('CHECK_BACK_URGENT', 'Check-back, urgent'), ('CHECK_BACK_HIGH', 'Check-back, high'), ('CHECK_BACK_STANDARD', 'Check-back, standard'), ('DECISION', 'Decision on what was shared'), ('ANSWER', 'Answer to an enquiry'), ('SKIPPED_STEP', 'Step skipped by an urgent disclosure'), ('LADDER_1', 'Disagreement, stage 1: practitioners'), ('LADDER_2', 'Disagreement, stage 2: leads'), ('LADDER_3', 'Disagreement, stage 3: service managers or designated professionals'), ('LADDER_4', 'Disagreement, stage 4: partners or scrutineer'), ('REMIND_BEFORE', 'Reminder before a limit'), ('REMIND_BEFORE_SHORT', 'Reminder before a short limit'), ('REMIND_LEAD', 'Lead told after a limit has passed'), ('REMIND_LEAD_URGENT', 'Lead told after an urgent limit has passed'), ('REMIND_OTHER_LEAD', 'Other side’s lead told after a limit has passed'), ('REMIND_OTHER_LEAD_URGENT', 'Other side’s lead told after an urgent limit has passed')], max_length=30),
        ),
        migrations.RunPython(suggest_missing_limits, migrations.RunPython.noop),
    ]
