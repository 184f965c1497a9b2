"""Each time limit is a row that is added and never changed; its last day follows from the next row."""

from datetime import datetime, time

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone


def say_when_each_was_set(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    """Count a limit as set on its own day. One that ended before it began never counted."""
    time_limits = apps.get_model("agencies", "TimeLimit").objects
    for limit in time_limits.all():
        limit.set_at = timezone.make_aware(datetime.combine(limit.effective_from, time()))
        if limit.effective_to is not None and limit.effective_to < limit.effective_from:
            limit.withdrawn_at = limit.set_at
        limit.save()


class Migration(migrations.Migration):
    dependencies = [("agencies", "0003_more_time_limits")]

    operations = [
        migrations.RemoveConstraint(
            model_name='timelimit',
            name='one_current_limit_of_a_kind',
        ),
        migrations.AddField(
            model_name='timelimit',
            name='set_at',
            field=models.DateTimeField(default=timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='timelimit',
            name='set_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership'),
        ),
        migrations.AddField(
            model_name='timelimit',
            name='withdrawn_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='timelimit',
            name='withdrawn_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership'),
        ),
        migrations.RunPython(say_when_each_was_set, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name='timelimit',
            name='effective_to',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='timelimit',
            trigger=pgtrigger.compiler.Trigger(name='limit_is_never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='2ddf918dfa14dc21489f45d0deeecb2670f412af', operation='DELETE', pgid='pgtrigger_limit_is_never_deleted_bab4c', table='agencies_timelimit', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='timelimit',
            trigger=pgtrigger.compiler.Trigger(name='limit_never_changes', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."partnership_id" IS DISTINCT FROM (NEW."partnership_id") OR OLD."key" IS DISTINCT FROM (NEW."key") OR OLD."duration" IS DISTINCT FROM (NEW."duration") OR OLD."label" IS DISTINCT FROM (NEW."label") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."effective_from" IS DISTINCT FROM (NEW."effective_from") OR OLD."set_at" IS DISTINCT FROM (NEW."set_at") OR OLD."set_by_id" IS DISTINCT FROM (NEW."set_by_id"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='44c67d33e8809897c1f33d34fd143171ddf97d55', operation='UPDATE', pgid='pgtrigger_limit_never_changes_d09ce', table='agencies_timelimit', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='timelimit',
            trigger=pgtrigger.compiler.Trigger(name='limit_is_withdrawn_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."withdrawn_at" IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='b3264d775c7a0cf5d39c1fed7cd1efb244c8cc1f', operation='UPDATE', pgid='pgtrigger_limit_is_withdrawn_once_3df3f', table='agencies_timelimit', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='timelimit',
            constraint=models.UniqueConstraint(condition=models.Q(('withdrawn_at__isnull', True)), fields=('partnership', 'key', 'effective_from'), name='one_limit_of_a_kind_from_a_day'),
        ),
        migrations.AddConstraint(
            model_name='timelimit',
            constraint=models.CheckConstraint(condition=models.Q(('withdrawn_by__isnull', True), ('withdrawn_at__isnull', False), _connector='OR'), name='limit_withdrawn_when'),
        ),
    ]
