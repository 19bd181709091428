import django.contrib.postgres.functions
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.utils.timezone
import profiles.vocabularies
import uuid
from django.conf import settings
from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations, models

CREATE_LANGUAGE = """
    CREATE TEXT SEARCH CONFIGURATION meetings_english (COPY = english);
    ALTER TEXT SEARCH CONFIGURATION meetings_english
        ALTER MAPPING FOR hword, hword_part, word WITH unaccent, english_stem;
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("profiles", "0001_initial"),
    ]

    operations = [
        TrigramExtension(),
        UnaccentExtension(),
        migrations.RunSQL(CREATE_LANGUAGE, "DROP TEXT SEARCH CONFIGURATION meetings_english"),
        migrations.CreateModel(
            name="MeetingFollow",
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
                        blank=True,
                        choices=[
                            ("network", "Network meeting"),
                            ("steering", "Steering group"),
                            ("ministerial", "Meeting with a minister"),
                            ("forum", "Government and civil society forum"),
                            ("workshop", "Workshop"),
                            ("roundtable", "Roundtable"),
                            ("hustings", "Hustings"),
                            ("expert_group", "Expert group"),
                        ],
                        max_length=20,
                    ),
                ),
                ("began_at", models.DateTimeField()),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="meeting_follows",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("member", "kind"), name="meeting_follow_once_per_kind"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "",
                                    "network",
                                    "steering",
                                    "ministerial",
                                    "forum",
                                    "workshop",
                                    "roundtable",
                                    "hustings",
                                    "expert_group",
                                ],
                            )
                        ),
                        name="meeting_follow_of_a_known_kind",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Topic",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                (
                    "slug",
                    models.SlugField(
                        help_text="The last part of the page's address.", max_length=100, unique=True
                    ),
                ),
                (
                    "summary",
                    models.TextField(
                        blank=True, help_text="What it is, in a sentence or two.", max_length=1000
                    ),
                ),
            ],
            options={
                "ordering": [django.db.models.functions.text.Lower("name"), "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("name"),
                        name="topic_once",
                        violation_error_message="There is a topic of this name.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Meeting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                (
                    "slug",
                    models.SlugField(
                        help_text="The last part of the page's address.", max_length=100, unique=True
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("network", "Network meeting"),
                            ("steering", "Steering group"),
                            ("ministerial", "Meeting with a minister"),
                            ("forum", "Government and civil society forum"),
                            ("workshop", "Workshop"),
                            ("roundtable", "Roundtable"),
                            ("hustings", "Hustings"),
                            ("expert_group", "Expert group"),
                        ],
                        max_length=20,
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
                        size=None,
                        verbose_name="nations and regions",
                    ),
                ),
                ("held_on", models.DateField(verbose_name="date")),
                (
                    "starts_at",
                    models.TimeField(
                        blank=True,
                        help_text="Leave empty if it isn't known.",
                        null=True,
                        verbose_name="start",
                    ),
                ),
                (
                    "ends_on",
                    models.DateField(
                        blank=True,
                        help_text="Only when it ends on a later day, even just after midnight.",
                        null=True,
                        verbose_name="last day",
                    ),
                ),
                ("ends_at", models.TimeField(blank=True, null=True, verbose_name="end")),
                ("venue", models.CharField(blank=True, max_length=300)),
                (
                    "map_url",
                    models.URLField(
                        blank=True,
                        help_text="The address of a page with a map of the way there.",
                        max_length=500,
                        validators=[
                            django.core.validators.URLValidator(
                                code="not_https",
                                message="The address of a map begins with https://.",
                                schemes=["https"],
                            )
                        ],
                        verbose_name="map",
                    ),
                ),
                (
                    "has_remote_access",
                    models.BooleanField(default=False, verbose_name="people can join remotely"),
                ),
                (
                    "summary",
                    models.TextField(
                        blank=True, help_text="What it is about, in a few sentences.", max_length=1000
                    ),
                ),
                ("agenda", models.TextField(blank=True, help_text="Markdown.", max_length=20000)),
                ("agenda_html", models.TextField(blank=True, editable=False)),
                (
                    "announced_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="When it was made public. Until then only editors see it.",
                        null=True,
                    ),
                ),
                (
                    "notice_given_on",
                    models.DateField(
                        blank=True,
                        help_text="The day people were first told of this date, here or elsewhere. Leave it empty if that is when the meeting was made public here. The days of notice are counted from it.",
                        null=True,
                        verbose_name="people were told on",
                    ),
                ),
                ("cancelled_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("cancellation_reason", models.CharField(blank=True, editable=False, max_length=300)),
                (
                    "accepts_registrations",
                    models.BooleanField(default=False, verbose_name="members can register"),
                ),
                (
                    "registrations_close_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Leave empty to close when the meeting begins.",
                        null=True,
                        verbose_name="registration closes",
                    ),
                ),
                (
                    "capacity",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Leave empty if there is room for all. Those beyond it wait; raise it to let them in.",
                        null=True,
                        verbose_name="places in person",
                    ),
                ),
                (
                    "remote_capacity",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Leave empty if there is room for all.",
                        null=True,
                        verbose_name="places for joining remotely",
                    ),
                ),
                (
                    "joining_details",
                    models.TextField(
                        blank=True,
                        help_text="Link, dial-in, door code. Only people who have a place can read it, unless you tick the next box.",
                        max_length=2000,
                    ),
                ),
                (
                    "is_joining_public",
                    models.BooleanField(default=False, verbose_name="everybody may read how to join"),
                ),
                (
                    "uid",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(),
                        default=uuid.uuid4,
                        editable=False,
                        unique=True,
                    ),
                ),
                ("sequence", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "changed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                        editable=False,
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        blank=True,
                        help_text="The public body that gives people this chance to be heard, if one does.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="engagements",
                        to="profiles.organisation",
                    ),
                ),
                (
                    "organisers",
                    models.ManyToManyField(
                        blank=True, related_name="organised_meetings", to="profiles.organisation"
                    ),
                ),
                (
                    "topics",
                    models.ManyToManyField(
                        blank=True,
                        help_text="What it shares with other meetings.",
                        related_name="meetings",
                        to="meetings.topic",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on", None), ("ends_on__gt", models.F("held_on")), _connector="OR"
                        ),
                        name="meeting_last_day_after_first",
                        violation_error_message="The last day must be later than the date. Leave it empty for one day.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_at", None),
                            ("ends_on__isnull", False),
                            models.Q(("ends_at__gt", models.F("starts_at")), ("starts_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="meeting_ends_after_it_starts",
                        violation_error_message="The end must be later than the start.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("map_url", ""), ("map_url__startswith", "https://"), _connector="OR"
                        ),
                        name="meeting_map_is_https",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attendance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=150)),
                (
                    "organisation_name",
                    models.CharField(
                        blank=True,
                        help_text="As written, where it isn’t one we list.",
                        max_length=200,
                        verbose_name="other organisation",
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        choices=[
                            ("civil_society", "Civil society"),
                            ("government", "Government"),
                            ("observer", "Observers"),
                        ],
                        default="civil_society",
                        max_length=20,
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        blank=True,
                        choices=[("chair", "Chair"), ("co_chair", "Co-chair"), ("note_taker", "Note-taker")],
                        max_length=20,
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("in_person", "In person"),
                            ("remote", "Remotely"),
                            ("apologies", "Sent apologies"),
                        ],
                        help_text="Leave empty if it isn't known.",
                        max_length=20,
                    ),
                ),
                (
                    "is_named",
                    models.BooleanField(
                        default=True,
                        help_text="Untick if this person has not agreed to be named in public.",
                        verbose_name="may be named",
                    ),
                ),
                (
                    "shows_initials",
                    models.BooleanField(
                        default=False,
                        help_text="Print the initials of a person who may not be named, instead of “A member”.",
                        verbose_name="initials",
                    ),
                ),
                ("asked_not_to_be_named_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "key",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(),
                        default=uuid.uuid4,
                        editable=False,
                        unique=True,
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="attendances",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attendances",
                        to="profiles.organisation",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attendances",
                        to="meetings.meeting",
                    ),
                ),
            ],
            options={
                "verbose_name": "attendee",
                "constraints": [
                    models.UniqueConstraint(
                        deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                        fields=("meeting", "member"),
                        name="attendance_once_per_member",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_named", False), ("asked_not_to_be_named_at", None), _connector="OR"
                        ),
                        name="attendance_unnamed_if_asked",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MeetingChange",
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
                        choices=[("moved", "Moved"), ("cancelled", "Cancelled"), ("reinstated", "On again")],
                        max_length=20,
                    ),
                ),
                ("reason", models.CharField(max_length=300)),
                ("held_on_before", models.DateField(null=True)),
                ("starts_at_before", models.TimeField(null=True)),
                ("ends_on_before", models.DateField(null=True)),
                ("ends_at_before", models.TimeField(null=True)),
                ("venue_before", models.CharField(blank=True, max_length=300)),
                ("made_at", models.DateTimeField()),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="meeting_changes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="meetings.meeting",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of a meeting",
                "verbose_name_plural": "changes of meetings",
                "ordering": ["-made_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("held_on_before__isnull", False), ("kind", "moved")),
                            models.Q(models.Q(("kind", "moved"), _negated=True), ("held_on_before", None)),
                            _connector="OR",
                        ),
                        name="meeting_change_keeps_day_of_move",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="meeting_change_has_reason"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "written_by",
                    models.CharField(help_text="Who wrote it, as it should be printed.", max_length=150),
                ),
                ("circulated_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("corrections_until", models.DateField(blank=True, editable=False, null=True)),
                ("agreed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("published_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("saved_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "agreed_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="agreed_notes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "circulated_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="circulated_notes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "meeting",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="note",
                        to="meetings.meeting",
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="published_notes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "saved_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="saved_notes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("circulated_at", None), ("corrections_until", None)),
                            models.Q(("circulated_at__isnull", False), ("corrections_until__isnull", False)),
                            _connector="OR",
                        ),
                        name="note_circulated_until_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("agreed_at", None), ("circulated_at__isnull", False), _connector="OR"
                        ),
                        name="note_agreed_after_circulation",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Action",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("text", models.TextField(max_length=1000)),
                ("owner_name", models.CharField(blank=True, max_length=150, verbose_name="owner")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="due")),
                (
                    "due_text",
                    models.CharField(
                        blank=True,
                        help_text="Where no day was named, such as “before the summer”.",
                        max_length=100,
                        verbose_name="due, as written",
                    ),
                ),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="done")),
                ("dropped_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "key",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(),
                        default=uuid.uuid4,
                        editable=False,
                        unique=True,
                    ),
                ),
                (
                    "owner_member",
                    models.ForeignKey(
                        blank=True,
                        help_text="Their account here, so that they are reminded and can say when it’s done.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="actions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "owner_organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="actions",
                        to="profiles.organisation",
                    ),
                ),
                (
                    "note",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="actions",
                        to="meetings.note",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("done_at", None), ("dropped_at", None), _connector="OR"),
                        name="action_done_or_dropped",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ActionEvent",
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
                            ("carried", "Carried forward"),
                            ("postponed", "New date"),
                            ("handed_over", "New owner"),
                            ("remark", "Update"),
                            ("done", "Done"),
                            ("reopened", "Open again"),
                            ("dropped", "Dropped"),
                        ],
                        max_length=20,
                    ),
                ),
                ("words", models.TextField(blank=True, max_length=1000)),
                ("before", models.CharField(blank=True, max_length=400)),
                ("after", models.CharField(blank=True, max_length=400)),
                ("made_at", models.DateTimeField()),
                ("is_from_owner", models.BooleanField(default=False)),
                (
                    "action",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="meetings.action",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="action_events",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="action_events",
                        to="meetings.meeting",
                    ),
                ),
            ],
            options={
                "ordering": ["made_at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "carried"), ("meeting__isnull", False)),
                            models.Q(models.Q(("kind", "carried"), _negated=True), ("meeting", None)),
                            _connector="OR",
                        ),
                        name="action_event_meeting_if_carried",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ["remark", "dropped"]), _negated=True),
                            models.Q(("words", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="action_event_has_words",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind__in", ["postponed", "handed_over"]),
                                models.Q(("before", ""), _negated=True),
                                models.Q(("after", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("kind__in", ["postponed", "handed_over"]), _negated=True),
                                ("after", ""),
                                ("before", ""),
                            ),
                            _connector="OR",
                        ),
                        name="action_event_says_what_changed",
                    ),
                    models.UniqueConstraint(
                        fields=("action", "meeting"), name="action_carried_once_to_a_meeting"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=150)),
                ("where", models.CharField(blank=True, max_length=200)),
                ("words", models.TextField(max_length=2000)),
                ("made_at", models.DateTimeField()),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("taken", "Taken in"), ("not_taken", "Not taken in")],
                        max_length=20,
                    ),
                ),
                ("reply", models.TextField(blank=True, max_length=1000)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "member",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="corrections",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="settled_corrections",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "note",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="corrections",
                        to="meetings.note",
                    ),
                ),
            ],
            options={
                "ordering": ["made_at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", ""), ("settled_at", None)),
                            models.Q(("settled_at__isnull", False), ("outcome__in", ["taken", "not_taken"])),
                            _connector="OR",
                        ),
                        name="correction_settled_with_outcome",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "not_taken"), _negated=True),
                            models.Q(("reply", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="correction_not_taken_with_reply",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Link",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("title", models.CharField(max_length=200)),
                (
                    "url",
                    models.URLField(
                        max_length=500,
                        validators=[
                            django.core.validators.URLValidator(
                                message="Give the whole address, with https:// before it.", schemes=["https"]
                            )
                        ],
                        verbose_name="address",
                    ),
                ),
                (
                    "key",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(),
                        default=uuid.uuid4,
                        editable=False,
                        unique=True,
                    ),
                ),
                (
                    "note",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="links", to="meetings.note"
                    ),
                ),
            ],
            options={
                "verbose_name": "document or link",
                "verbose_name_plural": "documents and links",
                "ordering": ["position", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("url__startswith", "https://")), name="link_is_secure"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="NoteErratum",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("explanation", models.TextField(max_length=1000)),
                ("text_before", models.TextField(blank=True)),
                ("text_after", models.TextField(blank=True)),
                ("corrected_at", models.DateTimeField()),
                (
                    "corrected_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="note_errata",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "note",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="errata", to="meetings.note"
                    ),
                ),
            ],
            options={
                "verbose_name": "erratum of a note",
                "verbose_name_plural": "errata of notes",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("explanation", ""), _negated=True),
                        name="note_erratum_with_explanation",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("text_after", ""), ("text_before", "")),
                            models.Q(
                                models.Q(("text_before", ""), _negated=True),
                                models.Q(("text_after", ""), _negated=True),
                                models.Q(("text_before", models.F("text_after")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="note_erratum_with_two_texts_or_none",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NoteImport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField()),
                ("file_name", models.CharField(blank=True, max_length=200)),
                ("title", models.CharField(blank=True, max_length=200)),
                ("fingerprint", models.CharField(max_length=64)),
                ("block", models.PositiveIntegerField(default=0)),
                ("corrections", models.TextField(blank=True)),
                ("brought_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                (
                    "brought_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="note_imports",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="confirmed_note_imports",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "note",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="made_from",
                        to="meetings.note",
                    ),
                ),
            ],
            options={
                "verbose_name": "import of a note",
                "verbose_name_plural": "imports of notes",
                "ordering": ["-brought_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("fingerprint", "block"), name="note_import_once_per_block"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("note", None), ("confirmed_at__isnull", False), _connector="OR"),
                        name="note_import_made_after_confirmation",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Point",
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
                        choices=[("key_point", "Key point"), ("decision", "Decision")],
                        default="key_point",
                        max_length=20,
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("text", models.TextField(max_length=1000)),
                (
                    "key",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(),
                        default=uuid.uuid4,
                        editable=False,
                        unique=True,
                    ),
                ),
                (
                    "note",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="points", to="meetings.note"
                    ),
                ),
            ],
            options={
                "verbose_name": "key point or decision",
                "verbose_name_plural": "key points and decisions",
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Registration",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=150)),
                (
                    "mode",
                    models.CharField(
                        choices=[("in_person", "In person"), ("remote", "Remotely")], max_length=20
                    ),
                ),
                (
                    "organisation_name",
                    models.CharField(blank=True, max_length=200, verbose_name="other organisation"),
                ),
                ("access_requirements", models.TextField(blank=True, max_length=1000)),
                ("agrees_to_be_named", models.BooleanField(default=False)),
                ("wants_reminder", models.BooleanField(default=True)),
                ("reminded_of", models.DateField(blank=True, null=True)),
                ("registered_at", models.DateTimeField()),
                ("placed_at", models.DateTimeField(blank=True, null=True)),
                ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="registrations",
                        to="meetings.meeting",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="registrations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="registrations",
                        to="profiles.organisation",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("cancelled_at", None), ("placed_at", None)),
                        fields=["meeting", "mode", "registered_at", "id"],
                        name="registration_waiting",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("cancelled_at", None)),
                        fields=("meeting", "member"),
                        name="registration_once_per_member",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("mode__in", ["in_person", "remote"])),
                        name="registration_mode_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("cancelled_at", None), ("access_requirements", ""), _connector="OR"
                        ),
                        name="registration_cancelled_forgets_requirements",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Section",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("heading", models.CharField(max_length=200)),
                ("body", models.TextField(help_text="Markdown.", max_length=50000)),
                ("body_html", models.TextField(editable=False)),
                (
                    "key",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(),
                        default=uuid.uuid4,
                        editable=False,
                        unique=True,
                    ),
                ),
                (
                    "note",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sections",
                        to="meetings.note",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="NoteWords",
            fields=[
                (
                    "note",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="words",
                        serialize=False,
                        to="meetings.note",
                    ),
                ),
                ("title", models.TextField()),
                ("text", models.TextField()),
                (
                    "search",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.postgres.search.CombinedSearchVector(
                            django.contrib.postgres.search.SearchVector(
                                "title", config="meetings_english", weight="A"
                            ),
                            "||",
                            django.contrib.postgres.search.SearchVector(
                                "text", config="meetings_english", weight="B"
                            ),
                            django.contrib.postgres.search.SearchConfig("meetings_english"),
                        ),
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["search"], name="note_words_search")
                ],
            },
        ),
    ]
