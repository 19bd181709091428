from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("manifesto", "0014_keep_published_workings")]

    operations = [migrations.RemoveField(model_name="round", name="shortlist_working")]
