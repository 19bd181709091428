import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("manifesto", "0015_remove_shortlist_working"),
    ]

    operations = [
        migrations.CreateModel(
            name="WorkingFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40)),
                ("content", models.BinaryField()),
                (
                    "working",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="manifesto.publishedworking",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.AddField(
            model_name="panelanalysis",
            name="without",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.PositiveIntegerField(), default=list, size=None
            ),
        ),
        migrations.AlterField(
            model_name="panelanalysis",
            name="round",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="panel_analyses",
                to="manifesto.round",
            ),
        ),
        migrations.AddConstraint(
            model_name="panelanalysis",
            constraint=models.UniqueConstraint(
                fields=("round", "without"), name="panel_analysis_one_per_selection"
            ),
        ),
        migrations.AddConstraint(
            model_name="workingfile",
            constraint=models.UniqueConstraint(fields=("working", "name"), name="working_file_once_per_name"),
        ),
    ]
