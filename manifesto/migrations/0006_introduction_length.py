from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("manifesto", "0005_invalidations")]

    operations = [
        migrations.AlterField(
            model_name="round",
            name="introduction",
            field=models.TextField(
                help_text="What the round is for and how it works. Markdown.", max_length=20000
            ),
        ),
    ]
