from django.db import migrations

from agencies.row_security import priced


class Migration(migrations.Migration):
    dependencies = [("sharing", "0003_row_security")]

    operations = [priced()]
