import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.functions.text
import manifesto.models.board
import manifesto.models.discussion
import manifesto.models.conflict
import manifesto.models.content
import manifesto.models.merging
import manifesto.models.moderation
import manifesto.models.panel
import manifesto.models.published
import manifesto.models.readiness
import manifesto.models.revision
import manifesto.models.second_look
import manifesto.models.shortlisting
import manifesto.models.support
import manifesto.models.vote
import pgtrigger.compiler
import pgtrigger.migrations
import profiles.vocabularies
import uuid
from django.conf import settings
from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations, models

CREATE_LANGUAGE = """
    CREATE TEXT SEARCH CONFIGURATION manifesto_english (COPY = english);
    ALTER TEXT SEARCH CONFIGURATION manifesto_english
        ALTER MAPPING FOR hword, hword_part, word WITH unaccent, english_stem;
"""


def same_parent(table, column, parent, other):
    """SQL that holds `table`'s row to the same `other` as the `parent` row that its `column` points to."""
    name = f"{table}_{column}_of_the_same_{other}"
    return (
        f"ALTER TABLE {parent} ADD CONSTRAINT {name}_key UNIQUE (id, {other});"
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({column}, {other}) "
        f"REFERENCES {parent} (id, {other}) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}; ALTER TABLE {parent} DROP CONSTRAINT {name}_key",
    )


# Two foreign keys of a row must not lead to different parents; Django has no composite keys to say so.
OF_THE_SAME_PARENT = [
    same_parent("manifesto_vote", "revision_id", "manifesto_revision", "idea_id"),
    same_parent("manifesto_decision", "idea_id", "manifesto_idea", "round_id"),
    same_parent("manifesto_idea", "theme_id", "manifesto_theme", "round_id"),
]


def with_room(table):
    """SQL that leaves room on each page for a counter's next versions: with no index on it, updates stay in place."""
    return f"ALTER TABLE {table} SET (fillfactor = 70)", f"ALTER TABLE {table} RESET (fillfactor)"


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("meetings", "0001_initial"),
        ("profiles", "0001_initial"),
    ]

    operations = [
        TrigramExtension(),
        UnaccentExtension(),
        migrations.RunSQL(CREATE_LANGUAGE, "DROP TEXT SEARCH CONFIGURATION manifesto_english"),
        migrations.CreateModel(
            name="ColumnMapping",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("signature", models.CharField(max_length=64, unique=True)),
                ("columns", models.JSONField()),
                ("mapped_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Lexeme",
            fields=[
                ("word", models.TextField(primary_key=True, serialize=False)),
                ("ideas", models.PositiveIntegerField()),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass("word", "gin_trgm_ops"),
                        name="lexeme_by_spelling",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Round",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=150)),
                (
                    "slug",
                    models.SlugField(
                        help_text="The last part of the page's address.", max_length=80, unique=True
                    ),
                ),
                (
                    "summary",
                    models.CharField(help_text="One sentence for lists and search engines.", max_length=300),
                ),
                (
                    "introduction",
                    models.TextField(help_text="What the round is for and how it works. Markdown."),
                ),
                ("introduction_html", models.TextField(editable=False)),
                (
                    "area",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("E92000001", "England"),
                            ("N92000002", "Northern Ireland"),
                            ("S92000003", "Scotland"),
                            ("W92000004", "Wales"),
                            ("E12000001", "North East"),
                            ("E12000002", "North West"),
                            ("E12000003", "Yorkshire and The Humber"),
                            ("E12000004", "East Midlands"),
                            ("E12000005", "West Midlands"),
                            ("E12000006", "East of England"),
                            ("E12000007", "London"),
                            ("E12000008", "South East"),
                            ("E12000009", "South West"),
                        ],
                        help_text="Leave empty for the whole UK.",
                        max_length=9,
                        verbose_name="nation or region",
                    ),
                ),
                (
                    "announced_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="When it was made public. Until then only editors see it.",
                        null=True,
                    ),
                ),
                ("ideas_open_at", models.DateTimeField()),
                ("ideas_close_at", models.DateTimeField()),
                ("votes_open_at", models.DateTimeField()),
                (
                    "votes_close_at",
                    models.DateTimeField(
                        help_text="May be later than the last day for ideas, but not after scoring opens."
                    ),
                ),
                (
                    "scoring_open_at",
                    models.DateTimeField(help_text="From then on wordings, votes and weights are fixed."),
                ),
                ("scoring_close_at", models.DateTimeField()),
                (
                    "shortlist_target",
                    models.PositiveSmallIntegerField(
                        default=10,
                        help_text="How many ideas the expert group aims to shortlist.",
                        verbose_name="ideas to shortlist",
                    ),
                ),
                (
                    "score_visibility",
                    models.CharField(
                        choices=[
                            ("never", "Never before publication"),
                            ("after_own", "After they have given all of their own"),
                            ("always", "At any time"),
                        ],
                        default="after_own",
                        help_text="While scoring is open. Nobody outside the group sees a score before the shortlist is published.",
                        max_length=10,
                        verbose_name="experts see the others’ scores",
                    ),
                ),
                (
                    "has_hidden_authors",
                    models.BooleanField(
                        default=False,
                        help_text="Also the organisation behind an idea, and all names in its discussion. A name that somebody wrote into a text stays.",
                        verbose_name="hide authors’ names from the experts while they score",
                    ),
                ),
                (
                    "has_hidden_support",
                    models.BooleanField(
                        default=False,
                        help_text="At the desk. The ideas’ public pages go on showing it.",
                        verbose_name="hide the number of supporters from the experts while they score",
                    ),
                ),
                ("second_look_opened_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("second_look_closes_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("shortlist_version", models.PositiveIntegerField(default=0, editable=False)),
                ("shortlist_publish_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "shortlist_failure",
                    models.TextField(
                        blank=True,
                        editable=False,
                        help_text="Why it could not be published at the time that was set.",
                    ),
                ),
                ("shortlist_published_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "presented_at",
                    models.DateTimeField(
                        blank=True, help_text="When the shortlist was given to government.", null=True
                    ),
                ),
                (
                    "meetings",
                    models.ManyToManyField(blank=True, related_name="rounds", to="meetings.meeting"),
                ),
                (
                    "second_look_opened_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="second_looks",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "shortlist_published_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="published_shortlists",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "shortlist_scheduled_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="scheduled_shortlists",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "permissions": [
                    ("score_round", "Can score ideas and prepare the shortlist"),
                    ("publish_shortlist", "Can publish the shortlist"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ideas_close_at__gt", models.F("ideas_open_at"))),
                        name="round_ideas_close_after_they_open",
                        violation_error_message="The last day for ideas must be later than the first.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("votes_open_at__gte", models.F("ideas_open_at")),
                            ("votes_close_at__gt", models.F("votes_open_at")),
                        ),
                        name="round_votes_within_dates",
                        violation_error_message="Votes open with the ideas or later, and close after they open.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("scoring_open_at__gte", models.F("ideas_close_at")),
                            ("scoring_open_at__gte", models.F("votes_close_at")),
                        ),
                        name="round_scoring_after_ideas_and_votes",
                        violation_error_message="Scoring opens once ideas and votes have closed.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("scoring_close_at__gt", models.F("scoring_open_at"))),
                        name="round_scoring_closes_after_it_opens",
                        violation_error_message="Scoring must close after it opens.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("presented_at", None), ("shortlist_published_at__isnull", False), _connector="OR"
                        ),
                        name="round_presented_after_shortlist",
                        violation_error_message="Publish the shortlist before it is given to government.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("second_look_closes_at", None), ("second_look_opened_at", None)),
                            models.Q(
                                ("second_look_closes_at__gt", models.F("second_look_opened_at")),
                                ("second_look_opened_at__gte", models.F("scoring_close_at")),
                            ),
                            _connector="OR",
                        ),
                        name="round_second_look_after_scoring",
                        violation_error_message="A second look opens once scoring has closed, and closes after it opens.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("shortlist_publish_at", None), ("shortlist_published_at", None), _connector="OR"
                        ),
                        name="round_shortlist_scheduled_or_published",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("shortlist_failure", ""),
                            ("shortlist_publish_at__isnull", False),
                            _connector="OR",
                        ),
                        name="round_publication_failed_at_a_time",
                    ),
                ],
            },
            bases=(
                manifesto.models.panel.Ranked,
                manifesto.models.published.Published,
                manifesto.models.board.Board,
                manifesto.models.shortlisting.Shortlisting,
                manifesto.models.readiness.Prepared,
                models.Model,
            ),
        ),
        migrations.CreateModel(
            name="CountRegister",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("made_on", models.DateField()),
                ("made_at", models.DateTimeField()),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="registers",
                        to="manifesto.round",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("round", "made_on"), name="register_one_per_round_and_day"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Criterion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("slug", models.SlugField(max_length=60)),
                ("description", models.CharField(blank=True, max_length=300)),
                (
                    "weight",
                    models.PositiveSmallIntegerField(default=1, help_text="Fixed once scoring opens."),
                ),
                ("anchor_zero", models.CharField(max_length=200, verbose_name="0 means")),
                ("anchor_half", models.CharField(max_length=200, verbose_name="½ means")),
                ("anchor_one", models.CharField(max_length=200, verbose_name="1 means")),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="criteria",
                        to="manifesto.round",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "criteria",
                "ordering": ["position", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("round", "slug"),
                        name="criterion_slug_unique_in_round",
                        violation_error_message="The round has a criterion with this address already.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ExpertTerm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="first day")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="last day")),
                (
                    "interests",
                    models.TextField(blank=True, max_length=2000, verbose_name="declared interests"),
                ),
                ("interests_declared_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("agreed_to_be_named_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("set_aside_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("set_aside_reason", models.TextField(blank=True, editable=False, max_length=1000)),
                (
                    "affiliations",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Organisations this expert works for, advises or belongs to.",
                        related_name="expert_terms",
                        to="profiles.organisation",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="expert_terms",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "set_aside_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="terms_set_aside",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="expert_terms",
                        to="manifesto.round",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "expert group",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("member", "round"),
                        name="expert_term_once_per_round",
                        violation_error_message="This member is on the round's expert group already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on", None), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                        ),
                        name="expert_term_ends_after_it_starts",
                        violation_error_message="The last day can't be before the first.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("set_aside_at", None), ("set_aside_reason", "")),
                            models.Q(
                                ("set_aside_at__isnull", False),
                                models.Q(("set_aside_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="expert_term_set_aside_with_reason",
                    ),
                ],
            },
            bases=(
                manifesto.models.conflict.Conflicted,
                manifesto.models.second_look.LookingAgain,
                models.Model,
            ),
        ),
        migrations.CreateModel(
            name="PanelAnalysis",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("content", models.JSONField()),
                (
                    "without",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveIntegerField(), default=list, size=None
                    ),
                ),
                ("fingerprint", models.CharField(max_length=64)),
                ("computed_at", models.DateTimeField()),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="panel_analyses",
                        to="manifesto.round",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "panel analyses",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("round", "without"), name="panel_analysis_one_per_selection"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PhaseAnnouncement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "phase",
                    models.CharField(
                        choices=[
                            ("upcoming", "Coming soon"),
                            ("crowdsourcing", "Collecting ideas"),
                            ("refinement", "Improving ideas"),
                            ("prioritisation", "Experts at work"),
                            ("shortlisted", "Shortlist published"),
                            ("presented", "Given to government"),
                        ],
                        max_length=20,
                    ),
                ),
                ("announced_at", models.DateTimeField()),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="phase_announcements",
                        to="manifesto.round",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("round", "phase"), name="phase_announcement_once_per_round"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PublishedWorking",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("content", models.JSONField()),
                ("frozen_at", models.DateTimeField()),
                (
                    "round",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="published_working",
                        to="manifesto.round",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "published workings",
            },
        ),
        migrations.CreateModel(
            name="StandingChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_aside", models.BooleanField()),
                ("reason", models.TextField(max_length=1000)),
                ("changed_at", models.DateTimeField()),
                (
                    "changed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="standing_changes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "term",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="standing_changes",
                        to="manifesto.expertterm",
                    ),
                ),
            ],
            options={
                "ordering": ["changed_at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="standing_change_has_a_reason"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Theme",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("slug", models.SlugField(max_length=60)),
                ("description", models.CharField(blank=True, max_length=300)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="themes",
                        to="manifesto.round",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("round", "slug"),
                        name="theme_slug_unique_in_round",
                        violation_error_message="The round has a theme with this address already.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Idea",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "title",
                    models.CharField(
                        help_text="In one line, as you would say it to a neighbour.",
                        max_length=120,
                        verbose_name="What is your idea?",
                    ),
                ),
                (
                    "why",
                    models.TextField(
                        help_text="The problem, and who it touches.",
                        max_length=5000,
                        verbose_name="Why is it important?",
                    ),
                ),
                (
                    "how",
                    models.TextField(
                        help_text="What government would do differently.",
                        max_length=5000,
                        verbose_name="How would it work?",
                    ),
                ),
                (
                    "difference",
                    models.TextField(
                        max_length=5000, verbose_name="What difference would it make to citizens?"
                    ),
                ),
                (
                    "policy_areas",
                    profiles.vocabularies.ChoiceArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("access_to_information", "Access to information"),
                                ("aid_and_international", "Aid and international"),
                                ("anti_corruption", "Anti-corruption"),
                                ("beneficial_ownership", "Beneficial ownership"),
                                ("digital_governance", "Digital governance"),
                                ("education", "Education"),
                                ("environment_and_climate", "Environment and climate"),
                                ("extractive_industries", "Extractive industries"),
                                ("fiscal_openness", "Fiscal openness"),
                                ("health", "Health and care"),
                                ("justice", "Justice and policing"),
                                ("land_and_planning", "Land and planning"),
                                ("lobbying", "Lobbying"),
                                ("local_government", "Local government"),
                                ("media_and_civic_space", "Media and civic space"),
                                ("open_contracting", "Open contracting"),
                                ("open_data", "Open data"),
                                ("parliament_and_elections", "Parliament and elections"),
                                ("public_participation", "Public participation"),
                                ("public_services", "Public services"),
                                ("records_and_archives", "Records and archives"),
                                ("whistleblowing", "Whistleblowing"),
                            ],
                            max_length=40,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "ogp_values",
                    profiles.vocabularies.ChoiceArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("access_to_information", "Access to information"),
                                ("civic_participation", "Civic participation"),
                                ("public_accountability", "Public accountability"),
                                ("technology_and_innovation", "Technology and innovation"),
                            ],
                            max_length=40,
                        ),
                        blank=True,
                        default=list,
                        help_text="Technology and innovation counts only together with one of the others.",
                        size=None,
                        validators=[manifesto.models.content.values_that_count],
                        verbose_name="open government values",
                    ),
                ),
                (
                    "areas",
                    profiles.vocabularies.ChoiceArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("E92000001", "England"),
                                ("N92000002", "Northern Ireland"),
                                ("S92000003", "Scotland"),
                                ("W92000004", "Wales"),
                                ("E12000001", "North East"),
                                ("E12000002", "North West"),
                                ("E12000003", "Yorkshire and The Humber"),
                                ("E12000004", "East Midlands"),
                                ("E12000005", "West Midlands"),
                                ("E12000006", "East of England"),
                                ("E12000007", "London"),
                                ("E12000008", "South East"),
                                ("E12000009", "South West"),
                            ],
                            max_length=9,
                        ),
                        blank=True,
                        default=list,
                        help_text="Where it would apply. Choose none for the whole UK.",
                        size=None,
                        verbose_name="nations and regions",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("uk", "UK government"),
                            ("devolved", "Devolved government"),
                            ("local", "Local government"),
                            ("parliament", "Parliament or assembly"),
                        ],
                        max_length=20,
                        verbose_name="level of government",
                    ),
                ),
                (
                    "evidence_links",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.URLField(max_length=500),
                        blank=True,
                        default=list,
                        help_text="Web addresses, one a line.",
                        size=10,
                    ),
                ),
                ("number", models.PositiveIntegerField(editable=False)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("website", "This website"),
                            ("workshop", "A workshop"),
                            ("meeting", "A meeting"),
                            ("email", "E-mail"),
                            ("paper", "On paper"),
                            ("partner", "A partner organisation"),
                        ],
                        default="website",
                        max_length=20,
                    ),
                ),
                (
                    "external_reference",
                    models.CharField(
                        blank=True,
                        help_text="Its reference where it came from, such as a spreadsheet's row.",
                        max_length=100,
                    ),
                ),
                ("submitted_at", models.DateTimeField(editable=False)),
                ("published_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("declined_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "search",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.postgres.search.CombinedSearchVector(
                            django.contrib.postgres.search.CombinedSearchVector(
                                django.contrib.postgres.search.SearchVector(
                                    "title", config="manifesto_english", weight="A"
                                ),
                                "||",
                                django.contrib.postgres.search.SearchVector(
                                    "why", config="manifesto_english", weight="B"
                                ),
                                django.contrib.postgres.search.SearchConfig("manifesto_english"),
                            ),
                            "||",
                            django.contrib.postgres.search.SearchVector(
                                "how", "difference", config="manifesto_english", weight="C"
                            ),
                            django.contrib.postgres.search.SearchConfig("manifesto_english"),
                        ),
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
                (
                    "from_answer",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="%(class)ss",
                        to="profiles.answer",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        help_text="Only if you speak for an organisation you belong to.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="%(class)ss",
                        to="profiles.organisation",
                        verbose_name="put forward for",
                    ),
                ),
                (
                    "raised_at",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="ideas",
                        to="meetings.meeting",
                        verbose_name="raised at",
                    ),
                ),
                (
                    "survivor",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged_ideas",
                        to="manifesto.idea",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ideas",
                        to="manifesto.round",
                    ),
                ),
                (
                    "theme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="manifesto.theme",
                    ),
                ),
            ],
            options={
                "permissions": [("moderate_idea", "Can approve and decline ideas")],
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["search"], name="idea_search"),
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass("title", "gin_trgm_ops"),
                        name="idea_by_spelling",
                    ),
                    models.Index(fields=["round", "-published_at", "-id"], name="idea_by_newest"),
                    models.Index(
                        condition=models.Q(("survivor__isnull", False)),
                        fields=["survivor"],
                        name="idea_by_survivor",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("round", "number"), name="idea_number_unique_in_round"),
                    models.UniqueConstraint(
                        condition=models.Q(("external_reference", ""), _negated=True),
                        fields=("round", "source", "external_reference"),
                        name="idea_external_reference_unique_per_source",
                        violation_error_message="An idea with this reference came in already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("published_at", None), ("declined_at", None), _connector="OR"),
                        name="idea_published_or_declined",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ogp_values", ["technology_and_innovation"]), _negated=True),
                        name="idea_technology_not_the_only_value",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("survivor", None),
                            models.Q(("survivor", models.F("pk")), _negated=True),
                            _connector="OR",
                        ),
                        name="idea_survivor_is_another",
                    ),
                ],
            },
            bases=(
                manifesto.models.moderation.Moderated,
                manifesto.models.support.Supported,
                manifesto.models.merging.Mergeable,
                manifesto.models.revision.Improving,
                manifesto.models.discussion.Discussed,
                models.Model,
            ),
        ),
        migrations.CreateModel(
            name="Authorship",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "credited_as",
                    models.CharField(
                        blank=True,
                        help_text="For ideas without an account behind them: “Participants of the … workshop”.",
                        max_length=150,
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[("author", "Author"), ("co_author", "Co-author")],
                        default="author",
                        max_length=20,
                    ),
                ),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "is_by_merge",
                    models.BooleanField(
                        default=False,
                        editable=False,
                        help_text="Author of an idea that was merged into this one, and only so.",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="authorships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "idea",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="authorships",
                        to="manifesto.idea",
                    ),
                ),
            ],
            options={
                "ordering": ["role", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("idea", "member"), name="authorship_once_per_idea")
                ],
            },
        ),
        migrations.CreateModel(
            name="Capture",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(unique=True)),
                ("entered_at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(null=True)),
                (
                    "entered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="captures",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="captures",
                        to="meetings.meeting",
                    ),
                ),
                (
                    "idea",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="capture",
                        to="manifesto.idea",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="captures",
                        to="manifesto.round",
                    ),
                ),
            ],
            options={
                "verbose_name": "idea from an event",
                "verbose_name_plural": "ideas from an event",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("undone_at", None), ("idea", None), _connector="OR"),
                        name="capture_undone_without_idea",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(editable=False)),
                ("text", models.TextField(blank=True, max_length=5000, verbose_name="your comment")),
                ("created_at", models.DateTimeField()),
                ("edited_at", models.DateTimeField(blank=True, null=True)),
                ("deleted_at", models.DateTimeField(blank=True, null=True)),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                ("hidden_at", models.DateTimeField(blank=True, null=True)),
                (
                    "hidden_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("abusive", "Abusive or threatening"),
                            ("private", "Gives away something private"),
                            ("spam", "Advertising or spam"),
                            ("off_topic", "Not about the idea"),
                            ("unlawful", "May be against the law"),
                            ("other", "Another reason"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="approved_comments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="comments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "hidden_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="hidden_comments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="replies",
                        to="manifesto.comment",
                    ),
                ),
                (
                    "idea",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="comments",
                        to="manifesto.idea",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("parent", None)),
                        fields=["idea", "created_at", "id"],
                        name="comment_by_oldest",
                    ),
                    models.Index(
                        condition=models.Q(("approved_at", None), ("deleted_at", None), ("hidden_at", None)),
                        fields=["created_at"],
                        name="comment_waiting",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("author", "key"), name="comment_once_per_form"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("deleted_at", None), models.Q(("text", ""), _negated=True)),
                            models.Q(("deleted_at__isnull", False), ("text", "")),
                            _connector="OR",
                        ),
                        name="comment_has_text_until_deleted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("hidden_at", None), ("hidden_reason", "")),
                            models.Q(
                                ("hidden_at__isnull", False), models.Q(("hidden_reason", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="comment_hidden_with_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CommentModeration",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "answer",
                    models.CharField(
                        choices=[
                            ("approve", "Published"),
                            ("keep", "Kept"),
                            ("hide", "Hidden"),
                            ("unhide", "Shown again"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("abusive", "Abusive or threatening"),
                            ("private", "Gives away something private"),
                            ("spam", "Advertising or spam"),
                            ("off_topic", "Not about the idea"),
                            ("unlawful", "May be against the law"),
                            ("other", "Another reason"),
                        ],
                        max_length=20,
                    ),
                ),
                ("moderated_at", models.DateTimeField()),
                (
                    "comment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="moderations",
                        to="manifesto.comment",
                    ),
                ),
                (
                    "moderated_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="comment_moderations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-moderated_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", "hide"), models.Q(("reason", ""), _negated=True)),
                            models.Q(models.Q(("answer", "hide"), _negated=True), ("reason", "")),
                            _connector="OR",
                        ),
                        name="comment_moderation_hides_with_reason",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Conflict",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("direct_financial", "Money: I or my employer would gain or lose by it"),
                            (
                                "direct_non_financial",
                                "Not money, but mine: I wrote it, campaign for it or against it",
                            ),
                            (
                                "indirect",
                                "Indirect: somebody close to me, or my organisation’s partners, would gain or lose",
                            ),
                        ],
                        max_length=20,
                        verbose_name="interest",
                    ),
                ),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("none", "Nothing"),
                            ("declare_only", "Declared; the scores count"),
                            ("partial_exclusion", "Does not score; may take part in the discussion"),
                            (
                                "full_exclusion",
                                "Does not score, and stays out of the discussion and the decision",
                            ),
                        ],
                        max_length=20,
                        verbose_name="what follows",
                    ),
                ),
                ("explanation", models.TextField(blank=True, max_length=1000)),
                (
                    "is_found",
                    models.BooleanField(
                        default=False,
                        editable=False,
                        help_text="The site found it: they wrote the idea or belong behind it.",
                    ),
                ),
                ("declared_at", models.DateTimeField(editable=False)),
                ("settled_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "idea",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conflicts",
                        to="manifesto.idea",
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="settled_conflicts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "term",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conflicts",
                        to="manifesto.expertterm",
                    ),
                ),
            ],
            options={
                "verbose_name": "conflict of interest",
                "verbose_name_plural": "conflicts of interest",
                "permissions": [("settle_conflict", "Can say what follows from a conflict of interest")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("term", "idea"), name="conflict_once_per_expert_and_idea"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_found", False),
                            ("action__in", ("partial_exclusion", "full_exclusion")),
                            _connector="OR",
                        ),
                        name="conflict_found_excludes",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ConflictChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "before",
                    models.CharField(
                        choices=[
                            ("none", "Nothing"),
                            ("declare_only", "Declared; the scores count"),
                            ("partial_exclusion", "Does not score; may take part in the discussion"),
                            (
                                "full_exclusion",
                                "Does not score, and stays out of the discussion and the decision",
                            ),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "after",
                    models.CharField(
                        choices=[
                            ("none", "Nothing"),
                            ("declare_only", "Declared; the scores count"),
                            ("partial_exclusion", "Does not score; may take part in the discussion"),
                            (
                                "full_exclusion",
                                "Does not score, and stays out of the discussion and the decision",
                            ),
                        ],
                        max_length=20,
                    ),
                ),
                ("changed_at", models.DateTimeField()),
                (
                    "changed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="conflict_changes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "conflict",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="manifesto.conflict",
                    ),
                ),
            ],
            options={
                "ordering": ["changed_at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("before", models.F("after")), _negated=True),
                        name="conflict_change_changes_it",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("accepted", "Accepted"),
                            ("accepted_in_part", "Accepted in part"),
                            ("merged", "Merged into another idea"),
                            ("deferred", "Kept for another time"),
                            ("not_accepted", "Not taken forward"),
                        ],
                        max_length=20,
                    ),
                ),
                ("reasons", models.TextField(blank=True, max_length=5000)),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="place on the shortlist"
                    ),
                ),
                ("decided_at", models.DateTimeField()),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="decisions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "idea",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decision",
                        to="manifesto.idea",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="manifesto.round",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                        fields=("round", "position"),
                        name="decision_position_unique_in_round",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("position", None),
                            models.Q(("outcome__in", ("accepted", "accepted_in_part")), ("position__gte", 1)),
                            _connector="OR",
                        ),
                        name="decision_place_only_if_accepted",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "title",
                    models.CharField(
                        help_text="In one line, as you would say it to a neighbour.",
                        max_length=120,
                        verbose_name="What is your idea?",
                    ),
                ),
                (
                    "why",
                    models.TextField(
                        help_text="The problem, and who it touches.",
                        max_length=5000,
                        verbose_name="Why is it important?",
                    ),
                ),
                (
                    "how",
                    models.TextField(
                        help_text="What government would do differently.",
                        max_length=5000,
                        verbose_name="How would it work?",
                    ),
                ),
                (
                    "difference",
                    models.TextField(
                        max_length=5000, verbose_name="What difference would it make to citizens?"
                    ),
                ),
                (
                    "policy_areas",
                    profiles.vocabularies.ChoiceArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("access_to_information", "Access to information"),
                                ("aid_and_international", "Aid and international"),
                                ("anti_corruption", "Anti-corruption"),
                                ("beneficial_ownership", "Beneficial ownership"),
                                ("digital_governance", "Digital governance"),
                                ("education", "Education"),
                                ("environment_and_climate", "Environment and climate"),
                                ("extractive_industries", "Extractive industries"),
                                ("fiscal_openness", "Fiscal openness"),
                                ("health", "Health and care"),
                                ("justice", "Justice and policing"),
                                ("land_and_planning", "Land and planning"),
                                ("lobbying", "Lobbying"),
                                ("local_government", "Local government"),
                                ("media_and_civic_space", "Media and civic space"),
                                ("open_contracting", "Open contracting"),
                                ("open_data", "Open data"),
                                ("parliament_and_elections", "Parliament and elections"),
                                ("public_participation", "Public participation"),
                                ("public_services", "Public services"),
                                ("records_and_archives", "Records and archives"),
                                ("whistleblowing", "Whistleblowing"),
                            ],
                            max_length=40,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "ogp_values",
                    profiles.vocabularies.ChoiceArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("access_to_information", "Access to information"),
                                ("civic_participation", "Civic participation"),
                                ("public_accountability", "Public accountability"),
                                ("technology_and_innovation", "Technology and innovation"),
                            ],
                            max_length=40,
                        ),
                        blank=True,
                        default=list,
                        help_text="Technology and innovation counts only together with one of the others.",
                        size=None,
                        validators=[manifesto.models.content.values_that_count],
                        verbose_name="open government values",
                    ),
                ),
                (
                    "areas",
                    profiles.vocabularies.ChoiceArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("E92000001", "England"),
                                ("N92000002", "Northern Ireland"),
                                ("S92000003", "Scotland"),
                                ("W92000004", "Wales"),
                                ("E12000001", "North East"),
                                ("E12000002", "North West"),
                                ("E12000003", "Yorkshire and The Humber"),
                                ("E12000004", "East Midlands"),
                                ("E12000005", "West Midlands"),
                                ("E12000006", "East of England"),
                                ("E12000007", "London"),
                                ("E12000008", "South East"),
                                ("E12000009", "South West"),
                            ],
                            max_length=9,
                        ),
                        blank=True,
                        default=list,
                        help_text="Where it would apply. Choose none for the whole UK.",
                        size=None,
                        verbose_name="nations and regions",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("uk", "UK government"),
                            ("devolved", "Devolved government"),
                            ("local", "Local government"),
                            ("parliament", "Parliament or assembly"),
                        ],
                        max_length=20,
                        verbose_name="level of government",
                    ),
                ),
                (
                    "evidence_links",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.URLField(max_length=500),
                        blank=True,
                        default=list,
                        help_text="Web addresses, one a line.",
                        size=10,
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=0, editable=False)),
                ("updated_at", models.DateTimeField(editable=False)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="drafts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "from_answer",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="%(class)ss",
                        to="profiles.answer",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        help_text="Only if you speak for an organisation you belong to.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="%(class)ss",
                        to="profiles.organisation",
                        verbose_name="put forward for",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="drafts",
                        to="manifesto.round",
                    ),
                ),
                (
                    "theme",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="drafts",
                        to="manifesto.theme",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Erratum",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("explanation", models.TextField(max_length=1000)),
                (
                    "outcome_before",
                    models.CharField(
                        choices=[
                            ("accepted", "Accepted"),
                            ("accepted_in_part", "Accepted in part"),
                            ("merged", "Merged into another idea"),
                            ("deferred", "Kept for another time"),
                            ("not_accepted", "Not taken forward"),
                        ],
                        max_length=20,
                    ),
                ),
                ("reasons_before", models.TextField(max_length=5000)),
                (
                    "outcome_after",
                    models.CharField(
                        choices=[
                            ("accepted", "Accepted"),
                            ("accepted_in_part", "Accepted in part"),
                            ("merged", "Merged into another idea"),
                            ("deferred", "Kept for another time"),
                            ("not_accepted", "Not taken forward"),
                        ],
                        max_length=20,
                    ),
                ),
                ("reasons_after", models.TextField(max_length=5000)),
                ("corrected_at", models.DateTimeField()),
                (
                    "corrected_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="errata",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="errata",
                        to="manifesto.decision",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "errata",
                "ordering": ["-corrected_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Follow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("began_at", models.DateTimeField()),
                (
                    "idea",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="follows",
                        to="manifesto.idea",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="follows",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="follows",
                        to="manifesto.round",
                    ),
                ),
                (
                    "theme",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="follows",
                        to="manifesto.theme",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("idea__isnull", False), ("round", None), ("theme", None)),
                            models.Q(("idea", None), ("round", None), ("theme__isnull", False)),
                            models.Q(("idea", None), ("round__isnull", False), ("theme", None)),
                            _connector="OR",
                        ),
                        name="follow_of_one_thing",
                    ),
                    models.UniqueConstraint(fields=("member", "idea"), name="follow_once_per_idea"),
                    models.UniqueConstraint(fields=("member", "theme"), name="follow_once_per_theme"),
                    models.UniqueConstraint(fields=("member", "round"), name="follow_once_per_round"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportBatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("website", "This website"),
                            ("workshop", "A workshop"),
                            ("meeting", "A meeting"),
                            ("email", "E-mail"),
                            ("paper", "On paper"),
                            ("partner", "A partner organisation"),
                        ],
                        max_length=20,
                    ),
                ),
                ("origin", models.CharField(max_length=40)),
                ("credited_as", models.CharField(max_length=150)),
                ("file_name", models.CharField(max_length=200)),
                ("encoding", models.CharField(blank=True, max_length=20)),
                ("delimiter", models.CharField(blank=True, max_length=1)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("headers", models.JSONField()),
                ("columns", models.JSONField(default=list)),
                (
                    "default_level",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("uk", "UK government"),
                            ("devolved", "Devolved government"),
                            ("local", "Local government"),
                            ("parliament", "Parliament or assembly"),
                        ],
                        max_length=20,
                    ),
                ),
                ("uploaded_at", models.DateTimeField()),
                ("mapped_at", models.DateTimeField(null=True)),
                ("checked_at", models.DateTimeField(null=True)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="confirmed_imports",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "raised_at",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="imports",
                        to="meetings.meeting",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="imports",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="imports",
                        to="manifesto.round",
                    ),
                ),
                (
                    "default_theme",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="manifesto.theme",
                    ),
                ),
            ],
            options={
                "verbose_name": "import of ideas",
                "verbose_name_plural": "imports of ideas",
                "ordering": ["-uploaded_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_at", None), ("checked_at__isnull", False), _connector="OR"
                        ),
                        name="import_confirmed_after_check",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("finished_at", None), ("confirmed_at__isnull", False), _connector="OR"
                        ),
                        name="import_finished_after_confirmation",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source", "website"), _negated=True),
                        name="import_not_from_website",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("cells", models.JSONField()),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("create", "New"),
                            ("update", "Changed"),
                            ("skip", "Nothing new"),
                            ("refuse", "Can't be taken in"),
                        ],
                        max_length=10,
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=120)),
                ("reference", models.CharField(blank=True, max_length=100)),
                ("fingerprint", models.CharField(blank=True, max_length=64)),
                (
                    "reasons",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "notes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, default=list, size=None
                    ),
                ),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="manifesto.importbatch",
                    ),
                ),
                (
                    "idea",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="import_rows",
                        to="manifesto.idea",
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
                "indexes": [
                    models.Index(fields=["batch", "outcome", "number"], name="import_row_by_outcome")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("batch", "number"), name="import_row_number_unique_in_batch"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("outcome__in", ["create", "update", "skip"])),
                        fields=("batch", "reference"),
                        name="import_row_reference_once_per_batch",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail address")),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("invited_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("declined_at", models.DateTimeField(blank=True, null=True)),
                ("taken_back_at", models.DateTimeField(blank=True, null=True)),
                (
                    "idea",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to="manifesto.idea",
                    ),
                ),
                (
                    "invited_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="invitations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("idea", "email"), name="invitation_once_per_idea_and_address"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("email", django.db.models.functions.text.Lower("email"))),
                        name="invitation_email_is_lower_case",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("accepted_at", None), ("declined_at", None)),
                            models.Q(("accepted_at", None), ("taken_back_at", None)),
                            models.Q(("declined_at", None), ("taken_back_at", None)),
                            _connector="OR",
                        ),
                        name="invitation_ends_in_one_way",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Merge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reason",
                    models.TextField(
                        help_text="Everybody can read it: on the page of the merged idea and in an e-mail.",
                        max_length=2000,
                    ),
                ),
                ("merged_at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "merged_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="merges",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merges",
                        to="manifesto.idea",
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merges_into_it",
                        to="manifesto.idea",
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="undone_merges",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at", None)),
                        fields=("source",),
                        name="merge_once_at_a_time_per_source",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source", models.F("target")), _negated=True),
                        name="merge_into_another_idea",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="merge_has_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("undone_by", None), ("undone_at__isnull", False), _connector="OR"
                        ),
                        name="merge_undone_by_with_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Moderation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("out_of_scope", "Outside what this round is about"),
                            ("duplicate", "The same as another idea"),
                            ("already_happening", "Already happening"),
                            ("not_specific", "Not specific enough"),
                            ("not_open_government", "Not about open government"),
                            ("devolved_matter", "A matter for another government"),
                            ("unlawful_or_abusive", "Unlawful or abusive"),
                            ("other", "Another reason"),
                        ],
                        max_length=30,
                    ),
                ),
                ("words", models.TextField(blank=True, max_length=2000, verbose_name="words to the author")),
                ("moderated_at", models.DateTimeField()),
                (
                    "idea",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="moderations",
                        to="manifesto.idea",
                    ),
                ),
                (
                    "moderated_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="moderations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-moderated_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reason", ""), models.Q(("words", ""), _negated=True), _connector="OR"
                        ),
                        name="moderation_declines_with_words",
                        violation_error_message="Tell the author why.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RegisterEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "counted",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16), size=None
                    ),
                ),
                (
                    "elsewhere",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16), size=None
                    ),
                ),
                ("withdrawn", models.PositiveIntegerField()),
                (
                    "idea",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="register_entries",
                        to="manifesto.idea",
                    ),
                ),
                (
                    "register",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="entries",
                        to="manifesto.countregister",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("register", "idea"), name="register_entry_one_per_idea")
                ],
            },
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("abusive", "Abusive or threatening"),
                            ("private", "Gives away something private"),
                            ("spam", "Advertising or spam"),
                            ("off_topic", "Not about the idea"),
                            ("unlawful", "May be against the law"),
                            ("other", "Another reason"),
                        ],
                        max_length=20,
                        verbose_name="What is wrong with it?",
                    ),
                ),
                (
                    "words",
                    models.TextField(
                        blank=True, max_length=1000, verbose_name="Anything the editors should know"
                    ),
                ),
                ("reported_at", models.DateTimeField()),
                ("dealt_with_at", models.DateTimeField(blank=True, null=True)),
                (
                    "comment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reports",
                        to="manifesto.comment",
                    ),
                ),
                (
                    "dealt_with_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="dealt_with_reports",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="reports",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("dealt_with_at", None)),
                        fields=["comment", "reported_at"],
                        name="report_undealt",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("comment", "member"), name="report_once_per_member_and_comment"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("dealt_with_by", None), ("dealt_with_at__isnull", False), _connector="OR"
                        ),
                        name="report_dealt_with_by_with_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Revision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("wording", models.PositiveIntegerField()),
                ("title", models.CharField(max_length=120)),
                ("why", models.TextField()),
                ("how", models.TextField()),
                ("difference", models.TextField()),
                ("note", models.CharField(blank=True, max_length=300)),
                ("is_by_editor", models.BooleanField(default=False)),
                ("edited_at", models.DateTimeField()),
                ("made_minor_at", models.DateTimeField(blank=True, null=True)),
                (
                    "edited_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="revisions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "idea",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="revisions",
                        to="manifesto.idea",
                    ),
                ),
                (
                    "made_minor_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="minor_revisions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
                "constraints": [
                    models.UniqueConstraint(fields=("idea", "number"), name="revision_number_unique_in_idea")
                ],
            },
        ),
        migrations.CreateModel(
            name="Assessment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "stage",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "First scoring"), (2, "Second look")], default=1
                    ),
                ),
                ("note", models.TextField(blank=True, max_length=2000)),
                ("saved_at", models.DateTimeField()),
                (
                    "term",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assessments",
                        to="manifesto.expertterm",
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assessments",
                        to="manifesto.revision",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("term", "revision", "stage"), name="assessment_once_per_wording_and_stage"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Score",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("half_points", models.PositiveSmallIntegerField(null=True)),
                (
                    "assessment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="scores",
                        to="manifesto.assessment",
                    ),
                ),
                (
                    "criterion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="scores",
                        to="manifesto.criterion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("assessment", "criterion"), name="score_once_per_criterion"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("half_points", None), ("half_points__lte", 2), _connector="OR"),
                        name="score_is_zero_half_or_one",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Vote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "receipt",
                    models.CharField(
                        default=manifesto.models.vote.new_receipt, editable=False, max_length=16, unique=True
                    ),
                ),
                ("cast_at", models.DateTimeField()),
                (
                    "idea",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="votes", to="manifesto.idea"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="votes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="votes",
                        to="manifesto.revision",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("member", "idea"), name="vote_once_per_member_and_idea")
                ],
            },
        ),
        migrations.CreateModel(
            name="WeightChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("before", models.PositiveSmallIntegerField()),
                ("after", models.PositiveSmallIntegerField()),
                ("reason", models.TextField(max_length=1000)),
                ("changed_at", models.DateTimeField()),
                (
                    "changed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="weight_changes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "criterion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="weight_changes",
                        to="manifesto.criterion",
                    ),
                ),
            ],
            options={
                "ordering": ["changed_at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("before", models.F("after")), _negated=True),
                        name="weight_change_changes_it",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="weight_change_has_a_reason"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WordingTally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("wording", models.PositiveIntegerField()),
                ("supporters", models.PositiveIntegerField(default=0)),
                (
                    "idea",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="wording_tallies",
                        to="manifesto.idea",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("idea", "wording"), name="wording_tally_once_per_wording")
                ],
            },
        ),
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
                "constraints": [
                    models.UniqueConstraint(fields=("working", "name"), name="working_file_once_per_name")
                ],
            },
        ),
        migrations.CreateModel(
            name="CommentTally",
            fields=[
                (
                    "idea",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="comment_tally",
                        serialize=False,
                        to="manifesto.idea",
                    ),
                ),
                ("comments", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Tally",
            fields=[
                (
                    "idea",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="tally",
                        serialize=False,
                        to="manifesto.idea",
                    ),
                ),
                ("supporters", models.PositiveIntegerField(default=0)),
                ("withdrawn", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.AddField(
            model_name="round",
            name="second_look_ideas",
            field=models.ManyToManyField(editable=False, related_name="second_looks", to="manifesto.idea"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="comment",
            trigger=pgtrigger.compiler.Trigger(
                name="comments_never_move",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."idea_id" IS DISTINCT FROM (NEW."idea_id") OR OLD."parent_id" IS DISTINCT FROM (NEW."parent_id") OR OLD."key" IS DISTINCT FROM (NEW."key") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="0109939d9d9db1f2ed13a0758f9ac23ba96085eb",
                    operation="UPDATE",
                    pgid="pgtrigger_comments_never_move_81f94",
                    table="manifesto_comment",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="comment",
            trigger=pgtrigger.compiler.Trigger(
                name="one_level_of_replies",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF NEW.parent_id IS NOT NULL AND NOT EXISTS (\n        SELECT FROM manifesto_comment parent\n        WHERE parent.id = NEW.parent_id AND parent.parent_id IS NULL AND parent.idea_id = NEW.idea_id\n    ) THEN\n        RAISE EXCEPTION 'a reply answers a comment on the same idea that is no reply itself'\n        USING ERRCODE = 'check_violation';\n    END IF;\n    RETURN NEW;\n",
                    hash="c92c0b750ae8483750ac74809b9be72d1a1bc5d8",
                    operation="INSERT",
                    pgid="pgtrigger_one_level_of_replies_65f3f",
                    table="manifesto_comment",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="comment",
            trigger=pgtrigger.compiler.Trigger(
                name="count_comments",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE was INTEGER := 0; now_is INTEGER := 0;",
                    func="\n    IF TG_OP <> 'INSERT' THEN\n        was := (OLD.approved_at IS NOT NULL AND OLD.deleted_at IS NULL AND OLD.hidden_at IS NULL)::integer;\n    END IF;\n    IF TG_OP <> 'DELETE' THEN\n        now_is := (NEW.approved_at IS NOT NULL AND NEW.deleted_at IS NULL AND NEW.hidden_at IS NULL)::integer;\n    END IF;\n    IF now_is > was THEN\n        INSERT INTO manifesto_commenttally (idea_id, comments) VALUES (NEW.idea_id, 1)\n        ON CONFLICT (idea_id) DO UPDATE SET comments = manifesto_commenttally.comments + 1;\n    ELSIF now_is < was THEN\n        UPDATE manifesto_commenttally SET comments = comments - 1 WHERE idea_id = OLD.idea_id;\n    END IF;\n    RETURN NULL;\n",
                    hash="2b255966e35a58eb905b1705762dcf60c6c637c0",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_count_comments_7e5ee",
                    table="manifesto_comment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="revision",
            trigger=pgtrigger.compiler.Trigger(
                name="wording_is_for_good",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."idea_id" IS DISTINCT FROM (NEW."idea_id") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."why" IS DISTINCT FROM (NEW."why") OR OLD."how" IS DISTINCT FROM (NEW."how") OR OLD."difference" IS DISTINCT FROM (NEW."difference") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."is_by_editor" IS DISTINCT FROM (NEW."is_by_editor") OR OLD."edited_at" IS DISTINCT FROM (NEW."edited_at"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="1b62ecdf5bb6326eab0ec1e99cd9a3795e963fa7",
                    operation="UPDATE",
                    pgid="pgtrigger_wording_is_for_good_78aef",
                    table="manifesto_revision",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="revision",
            trigger=pgtrigger.compiler.Trigger(
                name="only_the_latest_becomes_minor",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."wording" IS DISTINCT FROM (NEW."wording"))',
                    func="\n    IF NOT EXISTS (\n        SELECT FROM manifesto_revision earlier WHERE earlier.idea_id = NEW.idea_id\n        AND earlier.number = NEW.number - 1 AND earlier.wording = NEW.wording AND OLD.wording = NEW.wording + 1\n    ) OR EXISTS (SELECT FROM manifesto_revision WHERE idea_id = NEW.idea_id AND number > NEW.number) THEN\n        RAISE EXCEPTION 'only the latest change of an idea can become minor' USING ERRCODE = 'check_violation';\n    END IF;\n    WITH gone AS (\n        DELETE FROM manifesto_wordingtally WHERE idea_id = NEW.idea_id AND wording = OLD.wording RETURNING supporters\n    )\n    INSERT INTO manifesto_wordingtally (idea_id, wording, supporters)\n    SELECT NEW.idea_id, NEW.wording, supporters FROM gone\n    ON CONFLICT (idea_id, wording) DO UPDATE SET supporters = manifesto_wordingtally.supporters + EXCLUDED.supporters;\n    RETURN NULL;\n",
                    hash="3c3b8e6c535ca8dd0b578cb2dd23fd49add7262e",
                    operation='UPDATE OF "wording"',
                    pgid="pgtrigger_only_the_latest_becomes_minor_059ba",
                    table="manifesto_revision",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="vote",
            trigger=pgtrigger.compiler.Trigger(
                name="votes_never_move",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."idea_id" IS DISTINCT FROM (NEW."idea_id") OR OLD."receipt" IS DISTINCT FROM (NEW."receipt"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="ae12ed08d73f409abd5d6ba62a20869252712a80",
                    operation="UPDATE",
                    pgid="pgtrigger_votes_never_move_37f4c",
                    table="manifesto_vote",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="vote",
            trigger=pgtrigger.compiler.Trigger(
                name="count_vote",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE tree RECORD;",
                    func="\n    PERFORM FROM manifesto_idea WHERE id IN (SELECT idea_id FROM cast_votes) ORDER BY id FOR KEY SHARE;\n    FOR tree IN\n        SELECT COALESCE(idea.survivor_id, idea.id) AS root, count(*) AS votes\n        FROM cast_votes JOIN manifesto_idea idea ON idea.id = cast_votes.idea_id GROUP BY 1 ORDER BY 1\n    LOOP\n        IF NOT EXISTS (SELECT FROM manifesto_idea WHERE survivor_id = tree.root) THEN\n            INSERT INTO manifesto_tally (idea_id, supporters, withdrawn) VALUES (tree.root, tree.votes, 0)\n            ON CONFLICT (idea_id) DO UPDATE SET supporters = manifesto_tally.supporters + EXCLUDED.supporters;\n        ELSE\n            PERFORM FROM manifesto_tally WHERE idea_id = tree.root FOR NO KEY UPDATE;\n            UPDATE manifesto_tally SET supporters = supporters + (\n                SELECT count(DISTINCT cast_votes.member_id) + count(*) FILTER (WHERE cast_votes.member_id IS NULL)\n                FROM cast_votes JOIN manifesto_idea idea ON idea.id = cast_votes.idea_id\n                WHERE COALESCE(idea.survivor_id, idea.id) = tree.root AND NOT EXISTS (\n                    SELECT FROM manifesto_vote other JOIN manifesto_idea its ON its.id = other.idea_id\n                    WHERE other.member_id = cast_votes.member_id\n                    AND COALESCE(its.survivor_id, its.id) = tree.root\n                    AND other.id NOT IN (SELECT id FROM cast_votes)\n                )\n            ) WHERE idea_id = tree.root;\n        END IF;\n    END LOOP;\n    RETURN NULL;\n",
                    hash="6e466b077da2d00ba2c69751ca1a021effdc9ee6",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_count_vote_fdcca",
                    referencing="REFERENCING NEW TABLE AS cast_votes ",
                    table="manifesto_vote",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="vote",
            trigger=pgtrigger.compiler.Trigger(
                name="count_withdrawal",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    PERFORM FROM manifesto_idea WHERE id IN (SELECT idea_id FROM withdrawn_votes) ORDER BY id FOR KEY SHARE;\n    PERFORM FROM manifesto_tally WHERE idea_id IN (\n        SELECT unnest(ARRAY[idea.id, COALESCE(idea.survivor_id, idea.id)])\n        FROM withdrawn_votes JOIN manifesto_idea idea ON idea.id = withdrawn_votes.idea_id\n    ) ORDER BY idea_id FOR NO KEY UPDATE;\n    UPDATE manifesto_tally SET withdrawn = withdrawn + change.withdrawals, supporters = supporters - change.gone\n    FROM (\n        SELECT idea_id, sum(withdrawals) AS withdrawals, sum(gone) AS gone\n        FROM (\n            SELECT idea_id, count(*) AS withdrawals, 0 AS gone FROM withdrawn_votes GROUP BY idea_id\n            UNION ALL\n            SELECT COALESCE(idea.survivor_id, idea.id), 0,\n                count(DISTINCT gone.member_id) + count(*) FILTER (WHERE gone.member_id IS NULL)\n            FROM withdrawn_votes gone JOIN manifesto_idea idea ON idea.id = gone.idea_id\n            WHERE NOT EXISTS (\n                SELECT FROM manifesto_vote other JOIN manifesto_idea its ON its.id = other.idea_id\n                WHERE other.member_id = gone.member_id\n                AND COALESCE(its.survivor_id, its.id) = COALESCE(idea.survivor_id, idea.id)\n            ) GROUP BY 1\n        ) changes GROUP BY idea_id\n    ) change WHERE manifesto_tally.idea_id = change.idea_id;\n    RETURN NULL;\n",
                    hash="a693886cd20cd6e93810ecb9fd31e291e900e795",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_count_withdrawal_a7a04",
                    referencing="REFERENCING OLD TABLE AS withdrawn_votes ",
                    table="manifesto_vote",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="vote",
            trigger=pgtrigger.compiler.Trigger(
                name="count_wording",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    INSERT INTO manifesto_wordingtally (idea_id, wording, supporters)\n    SELECT revision.idea_id, revision.wording, count(*)\n    FROM cast_votes JOIN manifesto_revision revision ON revision.id = cast_votes.revision_id\n    GROUP BY 1, 2 ORDER BY 1, 2\n    ON CONFLICT (idea_id, wording) DO UPDATE SET supporters = manifesto_wordingtally.supporters + EXCLUDED.supporters;\n    RETURN NULL;\n",
                    hash="ffbf2584948083c09f6b41659be88d8478858fd9",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_count_wording_b2b5d",
                    referencing="REFERENCING NEW TABLE AS cast_votes ",
                    table="manifesto_vote",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="vote",
            trigger=pgtrigger.compiler.Trigger(
                name="count_wording_withdrawal",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    PERFORM FROM manifesto_wordingtally tally JOIN manifesto_revision revision USING (idea_id, wording)\n    WHERE revision.id IN (SELECT revision_id FROM withdrawn_votes) ORDER BY idea_id, wording FOR NO KEY UPDATE OF tally;\n    UPDATE manifesto_wordingtally tally SET supporters = supporters - gone.votes\n    FROM (\n        SELECT revision.idea_id, revision.wording, count(*) AS votes\n        FROM withdrawn_votes JOIN manifesto_revision revision ON revision.id = withdrawn_votes.revision_id GROUP BY 1, 2\n    ) gone WHERE tally.idea_id = gone.idea_id AND tally.wording = gone.wording;\n    RETURN NULL;\n",
                    hash="26440d27e80925c65d9b26df36c5b14aa84a91c4",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_count_wording_withdrawal_22e5d",
                    referencing="REFERENCING OLD TABLE AS withdrawn_votes ",
                    table="manifesto_vote",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="vote",
            trigger=pgtrigger.compiler.Trigger(
                name="count_wording_confirmed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE earlier INTEGER; later INTEGER;",
                    func="\n    PERFORM FROM manifesto_idea WHERE id = NEW.idea_id FOR KEY SHARE;\n    SELECT wording INTO earlier FROM manifesto_revision WHERE id = OLD.revision_id;\n    SELECT wording INTO later FROM manifesto_revision WHERE id = NEW.revision_id;\n    IF earlier <> later THEN\n        INSERT INTO manifesto_wordingtally (idea_id, wording, supporters) VALUES (NEW.idea_id, later, 0)\n        ON CONFLICT DO NOTHING;\n        PERFORM FROM manifesto_wordingtally WHERE idea_id = NEW.idea_id AND wording IN (earlier, later)\n        ORDER BY wording FOR NO KEY UPDATE;\n        UPDATE manifesto_wordingtally SET supporters = supporters + CASE wording WHEN later THEN 1 ELSE -1 END\n        WHERE idea_id = NEW.idea_id AND wording IN (earlier, later);\n    END IF;\n    RETURN NULL;\n",
                    hash="d2f43ae5732bf65cd0b723f50d513203e933eaa3",
                    operation='UPDATE OF "revision_id"',
                    pgid="pgtrigger_count_wording_confirmed_2eaff",
                    table="manifesto_vote",
                    when="AFTER",
                ),
            ),
        ),
        *[migrations.RunSQL(forwards, backwards) for forwards, backwards in OF_THE_SAME_PARENT],
        migrations.RunSQL(*with_room("manifesto_tally")),
        migrations.RunSQL(*with_room("manifesto_wordingtally")),
    ]
