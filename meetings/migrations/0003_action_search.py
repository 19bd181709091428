import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("meetings", "0002_forgetting_words"),
        ("profiles", "0002_story_words"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="action",
            name="search",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.contrib.postgres.search.CombinedSearchVector(
                    django.contrib.postgres.search.SearchVector(
                        "text", config="meetings_english", weight="B"
                    ),
                    "||",
                    django.contrib.postgres.search.SearchVector(
                        "owner_name", config="meetings_english", weight="C"
                    ),
                    django.contrib.postgres.search.SearchConfig("meetings_english"),
                ),
                output_field=django.contrib.postgres.search.SearchVectorField(),
            ),
        ),
        migrations.AddIndex(
            model_name="action",
            index=django.contrib.postgres.indexes.GinIndex(fields=["search"], name="action_search"),
        ),
    ]
