from django.db import migrations, models

# As Django would write it, but for “concurrently”: people follow and stop following meanwhile.
CREATE = """
CREATE UNIQUE INDEX CONCURRENTLY follow_once_per_commitment
ON manifesto_follow (member_id, commitment_id) WHERE commitment_id IS NOT NULL
"""


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("manifesto", "0012_status_reports")]

    operations = [
        migrations.RunSQL(
            CREATE,
            "DROP INDEX CONCURRENTLY IF EXISTS follow_once_per_commitment",
            state_operations=[
                migrations.AddConstraint(
                    model_name="follow",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("commitment__isnull", False)),
                        fields=("member", "commitment"),
                        name="follow_once_per_commitment",
                    ),
                ),
            ],
        ),
    ]
