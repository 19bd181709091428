from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("manifesto", "0011_invitations")]

    operations = [
        migrations.AlterModelOptions(name="expertterm", options={"verbose_name_plural": "expert group"}),
    ]
