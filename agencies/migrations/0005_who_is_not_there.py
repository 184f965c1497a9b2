from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agencies", "0004_names_alike")]

    operations = [
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", False)), fields=["agency"], name="membership_ended"
            ),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(condition=models.Q(("is_active", False)), fields=["id"], name="user_shut_out"),
        ),
        migrations.AddIndex(
            model_name="absence",
            index=models.Index(fields=["ends_on"], name="absence_until"),
        ),
    ]
