from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("profiles", "0003_suspensions")]

    operations = [
        migrations.AlterModelOptions(name="call", options={"verbose_name_plural": "calls for stories"}),
    ]
