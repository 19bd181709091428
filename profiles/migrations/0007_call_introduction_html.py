from django.db import migrations, models

from ogp_network import markdown


def render(apps, schema_editor):
    Call = apps.get_model("profiles", "Call")
    for call in Call.objects.all():
        call.introduction_html = markdown.render(call.introduction)
        call.save(update_fields=["introduction_html"])


class Migration(migrations.Migration):
    dependencies = [("profiles", "0006_allowances")]

    operations = [
        migrations.AlterField(
            model_name="call",
            name="introduction",
            field=models.TextField(
                help_text="Why the network asks, and what happens to the answers. Markdown.", max_length=20000
            ),
        ),
        migrations.AddField(
            model_name="call",
            name="introduction_html",
            field=models.TextField(db_default="", editable=False),
        ),
        migrations.RunPython(render, migrations.RunPython.noop),
    ]
