from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("manifesto", "0005_follows")]

    operations = [
        migrations.AddField(
            model_name="round",
            name="shortlist_working",
            field=models.JSONField(editable=False, null=True),
        ),
    ]
