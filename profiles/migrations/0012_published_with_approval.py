from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("profiles", "0011_earlier_agreements")]

    operations = [
        migrations.AddConstraint(
            model_name="profile",
            constraint=models.CheckConstraint(
                condition=models.Q(("published_at", None), ("approval__isnull", False), _connector="OR"),
                name="profile_published_with_approval",
            ),
        ),
        migrations.AddConstraint(
            model_name="profile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("submitted_at__isnull", False),
                    models.Q(("begun_at", None), ("published_at", None)),
                    _connector="OR",
                ),
                name="profile_submitted_before_written_up",
            ),
        ),
    ]
