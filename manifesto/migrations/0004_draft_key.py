import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("manifesto", "0003_decisions_may_be_drafts")]

    operations = [
        migrations.AddField(
            model_name="draft",
            name="key",
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
    ]
