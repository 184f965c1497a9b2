"""People outside have no account; limits for what comes with meetings, calls, corrections and areas."""

from datetime import datetime, time

import django.db.models.deletion
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone

SUGGESTED = {
    "SPOKEN": "1 working day",
    "STILL_RIGHT": "1 working day",
    "MINUTES": "1 working day",
    "TRANSFER": "1 working day",
    "CONFERENCE": "15 working days",
    "BREACH": "72 hours",
    "LINK": "72 hours",
}
SOURCE = "Suggested default of Check Back, until the partnership decides its own"


def suggest_missing_limits(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    """Count them from the partnership's first limit on, as if they had been set with it."""
    time_limits = apps.get_model("agencies", "TimeLimit").objects
    for partnership in apps.get_model("agencies", "Partnership").objects.all():
        own = time_limits.filter(partnership=partnership)
        first = own.order_by("effective_from").first()
        day = first.effective_from if first else timezone.localdate()
        there = set(own.values_list("key", flat=True))
        time_limits.bulk_create(
            own.model(
                partnership=partnership,
                key=key,
                duration=duration,
                source=SOURCE,
                effective_from=day,
                set_at=timezone.make_aware(datetime.combine(day, time())),
            )
            for key, duration in SUGGESTED.items()
            if key not in there
        )


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0005_how_people_are_told'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='membership',
            name='membership_role_is_known',
        ),
        migrations.AddField(
            model_name='agency',
            name='kept_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='organisations_outside', to='agencies.agency'),
        ),
        migrations.AddField(
            model_name='contactpoint',
            name='how_checked',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name='membership',
            name='name',
            field=models.CharField(blank=True, max_length=150),
        ),
        migrations.AlterField(
            model_name='membership',
            name='role',
            field=models.CharField(choices=[('practitioner', 'Practitioner'), ('lead', 'Lead'), ('administrator', 'Administrator'), ('auditor', 'Auditor'), ('coordinator', 'Partnership coordinator'), ('outside', 'Recipient without an account')], max_length=20),
        ),
        migrations.AlterField(
            model_name='membership',
            name='user',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='timelimit',
            name='key',
            field=models.CharField(choices=[('CHECK_BACK_URGENT', 'Check-back, urgent'), ('CHECK_BACK_HIGH', 'Check-back, high'), ('CHECK_BACK_STANDARD', 'Check-back, standard'), ('DECISION', 'Decision on what was shared'), ('ANSWER', 'Answer to an enquiry'), ('SKIPPED_STEP', 'Step skipped by an urgent disclosure'), ('SPOKEN', 'Spoken read-back confirmed in writing'), ('STILL_RIGHT', 'Action looked at again after a correction'), ('MINUTES', 'Minutes of a meeting'), ('TRANSFER', 'Answer to a hand-over to another area'), ('CONFERENCE', 'Conference after a hand-over to another area'), ('BREACH', 'Decision on a personal data breach'), ('LINK', 'Link to a recipient without an account'), ('LADDER_1', 'Disagreement, stage 1: practitioners'), ('LADDER_2', 'Disagreement, stage 2: leads'), ('LADDER_3', 'Disagreement, stage 3: service managers or designated professionals'), ('LADDER_4', 'Disagreement, stage 4: partners or scrutineer'), ('REMIND_BEFORE', 'Reminder before a limit'), ('REMIND_BEFORE_SHORT', 'Reminder before a short limit'), ('REMIND_LEAD', 'Lead told after a limit has passed'), ('REMIND_LEAD_URGENT', 'Lead told after an urgent limit has passed'), ('REMIND_OTHER_LEAD', 'Other side’s lead told after a limit has passed'), ('REMIND_OTHER_LEAD_URGENT', 'Other side’s lead told after an urgent limit has passed')], max_length=30),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='membership',
            trigger=pgtrigger.compiler.Trigger(name='without_an_account_only_outside', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF (NEW.role = 'outside') IS DISTINCT FROM EXISTS (\n                        SELECT 1 FROM agencies_agency a\n                        WHERE a.id = NEW.agency_id AND a.kept_by_id IS NOT NULL\n                    ) THEN\n                        RAISE EXCEPTION 'people outside have no account, and nobody else is without one';\n                    END IF;\n                    RETURN NEW;\n                ", hash='f46958fc6eb2f125ba57e5af99f90fdc42e19f11', operation='INSERT OR UPDATE', pgid='pgtrigger_without_an_account_only_outside_f72df', table='agencies_membership', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='agency',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('name'), models.F('kept_by'), condition=models.Q(('kept_by__isnull', False)), name='an_organisation_outside_is_kept_once'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['practitioner', 'lead', 'administrator', 'auditor', 'coordinator', 'outside'])), name='membership_role_is_known'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('role', 'outside'), ('user__isnull', True), models.Q(('name', ''), _negated=True)), models.Q(models.Q(('role', 'outside'), _negated=True), ('name', ''), ('user__isnull', False)), _connector='OR'), name='only_a_recipient_outside_has_no_account'),
        ),
        migrations.RunPython(suggest_missing_limits, migrations.RunPython.noop),
    ]
