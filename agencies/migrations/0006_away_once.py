"""A day is recorded once as a day away. What was recorded twice is put together first."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models

# Absences of somebody that share days, or follow each other, become one: the first takes the days of all.
PUT_TOGETHER = """
WITH spells AS (
    SELECT member_id, unnest(range_agg(daterange(starts_on, ends_on, '[]'))) AS days
    FROM agencies_absence GROUP BY member_id
), merged AS (
    SELECT min(a.id) AS kept, lower(s.days) AS first, upper(s.days) - 1 AS last
    FROM spells s
    JOIN agencies_absence a ON a.member_id = s.member_id AND s.days @> daterange(a.starts_on, a.ends_on, '[]')
    GROUP BY s.member_id, s.days HAVING count(*) > 1
), gone AS (
    DELETE FROM agencies_absence a USING merged m, agencies_absence k
    WHERE k.id = m.kept AND a.member_id = k.member_id AND a.id <> m.kept
      AND a.starts_on >= m.first AND a.ends_on <= m.last
)
UPDATE agencies_absence a SET starts_on = m.first, ends_on = m.last FROM merged m WHERE a.id = m.kept
"""


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0005_who_is_not_there"),
    ]

    operations = [
        BtreeGistExtension(),
        migrations.RunSQL(PUT_TOGETHER, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="absence",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                name="nobody_is_away_twice_on_a_day",
                expressions=[
                    ("member", "="),
                    (
                        models.Func(
                            models.F("starts_on"),
                            models.F("ends_on"),
                            django.contrib.postgres.fields.ranges.RangeBoundary(
                                inclusive_lower=True, inclusive_upper=True
                            ),
                            function="DATERANGE",
                            output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                        ),
                        "&&",
                    ),
                ],
            ),
        ),
    ]
