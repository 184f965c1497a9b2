from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import migrations, models
from django.db.models.functions import Upper

from agencies.names import FirstWord, LastWord, Sound


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0003_row_security"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="membership",
            index=GinIndex(
                OpClass(models.F("name"), "gin_trgm_ops"),
                condition=models.Q(("user__isnull", True)),
                name="membership_name_written",
            ),
        ),
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(
                Sound(FirstWord(models.F("name"))),
                Sound(LastWord(models.F("name"))),
                condition=models.Q(("user__isnull", True)),
                name="membership_name_sounds",
            ),
        ),
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(
                Upper(LastWord(models.F("name"))),
                condition=models.Q(("user__isnull", True)),
                name="membership_name_ends",
            ),
        ),
        migrations.AddIndex(
            model_name="user",
            index=GinIndex(OpClass(models.F("full_name"), "gin_trgm_ops"), name="user_name_written"),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                Sound(FirstWord(models.F("full_name"))),
                Sound(LastWord(models.F("full_name"))),
                name="user_name_sounds",
            ),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(Upper(LastWord(models.F("full_name"))), name="user_name_ends"),
        ),
    ]
