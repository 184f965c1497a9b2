from django.db import migrations

from agencies.row_security import protect

OF_MY_CONCERN = "check_back_my_concern(concern_id)"


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0002_lawful_bases"),
        ("records", "0002_row_security"),
    ]

    operations = [
        protect("consent_view", OF_MY_CONCERN),
        protect("consent_sharingdecision", OF_MY_CONCERN),
    ]
