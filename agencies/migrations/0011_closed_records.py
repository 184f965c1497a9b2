"""A time limit for what is opened in an emergency: suggested where a partnership has none."""

from datetime import datetime, time

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone

SOURCE = "Suggested default of Check Back, until the partnership decides its own"


def suggest_missing_limit(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    """Count it from the partnership's first limit on, as if it had been set with it."""
    time_limits = apps.get_model("agencies", "TimeLimit").objects
    for partnership in apps.get_model("agencies", "Partnership").objects.all():
        own = time_limits.filter(partnership=partnership)
        first = own.order_by("effective_from").first()
        if first is None or own.filter(key="BREAK_GLASS").exists():
            continue
        time_limits.create(
            partnership=partnership,
            key="BREAK_GLASS",
            duration="4 hours",
            source=SOURCE,
            effective_from=first.effective_from,
            set_at=timezone.make_aware(datetime.combine(first.effective_from, time())),
        )


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0010_retention'),
    ]

    operations = [
        migrations.AlterField(
            model_name='timelimit',
            name='key',
            field=models.CharField(choices=[('CHECK_BACK_URGENT', 'Check-back, urgent'), ('CHECK_BACK_HIGH', 'Check-back, high'), ('CHECK_BACK_STANDARD', 'Check-back, standard'), ('DECISION', 'Decision on what was shared'), ('ANSWER', 'Answer to an enquiry'), ('SKIPPED_STEP', 'Step skipped by an urgent disclosure'), ('SPOKEN', 'Spoken read-back confirmed in writing'), ('STILL_RIGHT', 'Action looked at again after a correction'), ('MINUTES', 'Minutes of a meeting'), ('TRANSFER', 'Answer to a hand-over to another area'), ('CONFERENCE', 'Conference after a hand-over to another area'), ('BREACH', 'Decision on a personal data breach'), ('LINK', 'Link to a recipient without an account'), ('DISPOSAL', 'Waiting before a record is disposed of'), ('BREAK_GLASS', 'Closed record opened in an emergency'), ('LADDER_1', 'Disagreement, stage 1: practitioners'), ('LADDER_2', 'Disagreement, stage 2: leads'), ('LADDER_3', 'Disagreement, stage 3: service managers or designated professionals'), ('LADDER_4', 'Disagreement, stage 4: partners or scrutineer'), ('REMIND_BEFORE', 'Reminder before a limit'), ('REMIND_BEFORE_SHORT', 'Reminder before a short limit'), ('REMIND_LEAD', 'Lead told after a limit has passed'), ('REMIND_LEAD_URGENT', 'Lead told after an urgent limit has passed'), ('REMIND_OTHER_LEAD', 'Other side’s lead told after a limit has passed'), ('REMIND_OTHER_LEAD_URGENT', 'Other side’s lead told after an urgent limit has passed')], max_length=30),
        ),
        migrations.RunPython(suggest_missing_limit, migrations.RunPython.noop),
    ]
