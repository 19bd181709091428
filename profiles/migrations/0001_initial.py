import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
import profiles.models.approval
import profiles.models.notification
import profiles.models.survey
import profiles.vocabularies
from django.conf import settings
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        TrigramExtension(),
        migrations.CreateModel(
            name="ClosedAddress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("closed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                (
                    "slug",
                    models.SlugField(
                        help_text="The last part of the page's address.", max_length=80, unique=True
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("charity", "Charity"),
                            ("company", "Company"),
                            ("community_group", "Community group"),
                            ("academic", "University or research body"),
                            ("government", "Government"),
                            ("parliament", "Parliament or assembly"),
                            ("party", "Political party"),
                            ("funder", "Funder"),
                            ("network", "Network"),
                            ("individual", "Individual"),
                        ],
                        max_length=20,
                        verbose_name="type",
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
                ("website", models.URLField(blank=True)),
                (
                    "website_host",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.Coalesce(
                            models.Func(
                                django.db.models.functions.text.Lower("website"),
                                models.Value("^https?://(?:www\\.)?([^/:?#]+)"),
                                function="substring",
                                output_field=models.TextField(),
                            ),
                            models.Value("", output_field=models.TextField()),
                        ),
                        output_field=models.TextField(),
                    ),
                ),
                (
                    "email_domain",
                    models.CharField(
                        blank=True,
                        help_text="Whoever has shown that they have an e-mail address here belongs to the organisation at once. It must be the end of the website’s address, such as rivers.org.uk for https://about.rivers.org.uk. Left empty, the website’s own address counts, if the website is the whole of it.",
                        max_length=253,
                        verbose_name="e-mail domain",
                    ),
                ),
                (
                    "summary",
                    models.TextField(
                        blank=True,
                        help_text="One or two sentences: what the organisation is and does.",
                        max_length=1000,
                    ),
                ),
                (
                    "member_since",
                    models.DateField(
                        blank=True,
                        help_text="When it joined the network. Leave empty for others, such as government.",
                        null=True,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("name"),
                        name="organisation_name_is_unique",
                        violation_error_message="There is an organisation of this name already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("email_domain", django.db.models.functions.text.Lower("email_domain"))
                        ),
                        name="organisation_email_domain_is_lower_case",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OrganisationIdentifier",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "scheme",
                    models.CharField(
                        choices=[
                            ("GB-CHC", "Charity Commission, England and Wales"),
                            ("GB-SC", "Scottish Charity Regulator"),
                            ("GB-NIC", "Charity Commission, Northern Ireland"),
                            ("GB-COH", "Companies House"),
                        ],
                        max_length=12,
                    ),
                ),
                ("value", models.CharField(max_length=20, verbose_name="number")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="identifiers",
                        to="profiles.organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "identifier",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("scheme", "value"),
                        name="organisation_identifier_is_unique",
                        violation_error_message="Another organisation has this identifier.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("scheme", "GB-CHC"), ("value__regex", "^[1-9][0-9]{5,6}(-[1-9][0-9]*)?$")
                            ),
                            models.Q(("scheme", "GB-SC"), ("value__regex", "^SC[0-9]{6}$")),
                            models.Q(("scheme", "GB-NIC"), ("value__regex", "^[1-9][0-9]{5}$")),
                            models.Q(
                                ("scheme", "GB-COH"),
                                ("value__regex", "^([0-9]{8}|[A-Z]{2}[0-9]{6}|R[0-9]{7}|[A-Z]{2}[0-9]{5}R)$"),
                            ),
                            _connector="OR",
                        ),
                        name="organisation_identifier_has_its_schemes_form",
                        violation_error_message="That isn’t a number of this register.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OrganisationName",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="other_names",
                        to="profiles.organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "other name",
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organisation"),
                        django.db.models.functions.text.Lower("name"),
                        name="organisation_other_name_listed_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Member",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                ("email", models.EmailField(max_length=254, unique=True, verbose_name="e-mail address")),
                (
                    "display_name",
                    models.CharField(
                        blank=True,
                        help_text="The name shown with your ideas. It need not be your full name.",
                        max_length=80,
                    ),
                ),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Editors, experts and administrators need this.",
                        verbose_name="may use the admin",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(default=True, help_text="Untick to stop this person signing in."),
                ),
                ("joined_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "email_frequency",
                    models.CharField(
                        choices=[
                            ("daily", "Once a day at most, with everything in one e-mail"),
                            ("immediately", "Soon after each thing happens"),
                            ("off", "Never"),
                        ],
                        default="daily",
                        max_length=11,
                        verbose_name="e-mails with news",
                    ),
                ),
                ("suspended_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("suspension_reason", models.CharField(blank=True, editable=False, max_length=500)),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "suspended_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="suspensions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "permissions": [("suspend_member", "Can suspend members and lift it")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("email", django.db.models.functions.text.Lower("email"))),
                        name="member_email_is_lower_case",
                        violation_error_message="Please write the e-mail address in lower case.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("suspended_at", None), ("suspension_reason", "")),
                            models.Q(
                                ("suspended_at__isnull", False),
                                models.Q(("suspension_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="member_suspended_with_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OrganisationMerge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("name", models.CharField(max_length=200)),
                ("merged_at", models.DateTimeField()),
                (
                    "merged_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="merged_organisations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="merges",
                        to="profiles.organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "merge of organisations",
                "verbose_name_plural": "merges of organisations",
            },
        ),
        migrations.CreateModel(
            name="OrganisationProposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("charity", "Charity"),
                            ("company", "Company"),
                            ("community_group", "Community group"),
                            ("academic", "University or research body"),
                            ("government", "Government"),
                            ("parliament", "Parliament or assembly"),
                            ("party", "Political party"),
                            ("funder", "Funder"),
                            ("network", "Network"),
                            ("individual", "Individual"),
                        ],
                        max_length=20,
                        verbose_name="type",
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
                ("website", models.URLField(blank=True)),
                ("summary", models.TextField(blank=True, max_length=1000)),
                (
                    "scheme",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("GB-CHC", "Charity Commission, England and Wales"),
                            ("GB-SC", "Scottish Charity Regulator"),
                            ("GB-NIC", "Charity Commission, Northern Ireland"),
                            ("GB-COH", "Companies House"),
                        ],
                        max_length=12,
                        verbose_name="register",
                    ),
                ),
                (
                    "number",
                    models.CharField(blank=True, max_length=20, verbose_name="number in the register"),
                ),
                ("role", models.CharField(blank=True, max_length=120)),
                ("proposed_at", models.DateTimeField(editable=False)),
                ("accepted_at", models.DateTimeField(editable=False, null=True)),
                ("declined_at", models.DateTimeField(editable=False, null=True)),
                ("decline_reason", models.CharField(blank=True, editable=False, max_length=500)),
                (
                    "accepted_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="accepted_proposals",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "declined_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="declined_proposals",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="proposals",
                        to="profiles.organisation",
                    ),
                ),
                (
                    "proposer",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="proposals",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "proposed organisation",
                "constraints": [
                    models.UniqueConstraint(
                        models.F("proposer"),
                        django.db.models.functions.text.Lower("name"),
                        condition=models.Q(("accepted_at", None), ("declined_at", None)),
                        name="proposal_open_once_per_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("accepted_at", None), ("organisation", None)),
                            models.Q(
                                ("accepted_at__isnull", False),
                                ("declined_at", None),
                                ("organisation__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="proposal_accepted_as_an_organisation",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decline_reason", ""), ("declined_at", None)),
                            models.Q(
                                ("declined_at__isnull", False),
                                models.Q(("decline_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="proposal_declined_with_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("number", ""), ("scheme", "")),
                            models.Q(
                                models.Q(("scheme", ""), _negated=True),
                                models.Q(("number", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="proposal_number_with_its_register",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Call",
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
                    "introduction",
                    models.TextField(
                        help_text="Why the network asks, and what happens to the answers. Markdown."
                    ),
                ),
                (
                    "opens_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="opened at"),
                ),
                (
                    "closes_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="People read on the page until when they can answer. May stay empty.",
                        null=True,
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="closed_calls",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="opened_calls",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "calls for stories",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closes_at", None), ("closes_at__gt", models.F("opens_at")), _connector="OR"
                        ),
                        name="call_closes_after_it_opens",
                        violation_error_message="A call closes after it opens.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.CharField(max_length=20)),
                ("given_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consents",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at", None)),
                        fields=("member", "version"),
                        name="consent_given_once_per_version",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Mailing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254)),
                (
                    "token",
                    models.CharField(
                        default=profiles.models.notification.message_token, max_length=32, unique=True
                    ),
                ),
                ("is_digest", models.BooleanField(default=False)),
                ("prepared_at", models.DateTimeField()),
                ("next_attempt_at", models.DateTimeField()),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("sent_on", models.DateField(blank=True, null=True)),
                ("given_up_at", models.DateTimeField(blank=True, null=True)),
                (
                    "member",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mailings",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("given_up_at", None), ("sent_at", None)),
                        fields=["next_attempt_at", "id"],
                        name="mailing_due",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("member", None), ("email", ""), _connector="XOR"),
                        name="mailing_to_a_member_or_an_address",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("sent_at", None), ("sent_on", None)),
                            models.Q(("sent_at__isnull", False), ("sent_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="mailing_sent_at_a_time_on_a_day",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("given_up_at", None), ("sent_at", None)),
                        fields=("member",),
                        name="mailing_one_unsent_per_member",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_digest", True)),
                        fields=("sent_on", "member"),
                        name="mailing_one_digest_per_member_and_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("role", models.CharField(blank=True, help_text="Such as “Policy officer”.", max_length=120)),
                (
                    "note",
                    models.CharField(
                        blank=True, help_text="What helps others know who is asking.", max_length=300
                    ),
                ),
                ("requested_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "confirmed_domain",
                    models.CharField(
                        blank=True, editable=False, max_length=253, verbose_name="confirmed by an address at"
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("end_reason", models.CharField(blank=True, max_length=500)),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="confirmed_memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="ended_memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="profiles.organisation",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("confirmed_at", None), ("ended_at", None)),
                        fields=["requested_at", "id"],
                        name="membership_requested",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("member", "organisation"),
                        name="membership_current_once",
                        violation_error_message="This member belongs to the organisation already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_at__isnull", False),
                            models.Q(("confirmed_by", None), ("confirmed_domain", "")),
                            _connector="OR",
                        ),
                        name="membership_confirmed_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at__isnull", False),
                            models.Q(("end_reason", ""), ("ended_by", None)),
                            _connector="OR",
                        ),
                        name="membership_ended_at_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Notification",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("key", models.CharField(blank=True, max_length=150)),
                ("fingerprint", models.CharField(max_length=64)),
                ("subject", models.CharField(blank=True, max_length=200)),
                ("words", models.TextField(blank=True)),
                ("address", models.CharField(blank=True, max_length=300)),
                ("told_at", models.DateTimeField()),
                ("is_urgent", models.BooleanField(db_default=False, default=False)),
                (
                    "mailing",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="notifications",
                        to="profiles.mailing",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notifications",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("mailing", None)),
                        fields=["told_at", "id"],
                        name="notification_waiting",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("member", None), ("email", ""), _connector="XOR"),
                        name="notification_to_a_member_or_an_address",
                    ),
                    models.UniqueConstraint(
                        fields=("member", "fingerprint"), name="notification_once_per_member_and_key"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("member", None)),
                        fields=("fingerprint",),
                        name="notification_once_per_address_and_key",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OrganisationLogo",
            fields=[
                (
                    "organisation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="logo",
                        serialize=False,
                        to="profiles.organisation",
                    ),
                ),
                ("large", models.BinaryField()),
                ("small", models.BinaryField()),
                ("media_type", models.CharField(max_length=20)),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("digest", models.CharField(help_text="The SHA-256 of the large one.", max_length=64)),
                ("alt", models.CharField(blank=True, max_length=200)),
                ("changed_at", models.DateTimeField()),
                (
                    "changed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="changed_logos",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "logo",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("height__gt", 0), ("media_type", "image/webp"), ("width__gt", 0)),
                        name="logo_is_a_webp",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Profile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "speaker_name",
                    models.CharField(help_text="Who is speaking, as it should be printed.", max_length=120),
                ),
                ("speaker_role", models.CharField(blank=True, max_length=120)),
                (
                    "evidence_link",
                    models.URLField(
                        blank=True, help_text="A page that shows what the example tells of.", max_length=500
                    ),
                ),
                (
                    "picture_credit",
                    models.CharField(blank=True, help_text="Who made the picture.", max_length=150),
                ),
                (
                    "picture_alt",
                    models.CharField(
                        blank=True,
                        help_text="In a sentence, for people who can’t see it.",
                        max_length=300,
                        verbose_name="what the picture shows",
                    ),
                ),
                ("saved_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "submitted_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="answered at"),
                ),
                ("begun_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "slug",
                    models.SlugField(
                        help_text="The last part of the story's address.", max_length=100, unique=True
                    ),
                ),
                (
                    "standfirst",
                    models.TextField(
                        blank=True,
                        help_text="One or two sentences that make people want to read on.",
                        max_length=400,
                    ),
                ),
                (
                    "pull_quote",
                    models.TextField(
                        blank=True,
                        help_text="A phrase to set large: word for word from one of the answers.",
                        max_length=300,
                    ),
                ),
                (
                    "theme",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("open-data", "Open data"),
                            ("government-integrity", "Government integrity"),
                            ("fiscal-transparency", "Fiscal transparency"),
                            ("empowering-citizens", "Empowering citizens"),
                            ("natural-resource-transparency", "Natural resource transparency"),
                            ("access-to-information", "Access to information"),
                            ("public-services", "Public services"),
                            ("other", "Something else"),
                        ],
                        help_text="What the reform is about, to gather and count reforms by. Not part of what is approved.",
                        max_length=40,
                        verbose_name="theme of the reform",
                    ),
                ),
                (
                    "consented_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="When the organisation agreed to its answers being published under CC BY 4.0.",
                        null=True,
                        verbose_name="agreed to publication at",
                    ),
                ),
                ("consent_version", models.CharField(blank=True, editable=False, max_length=20)),
                (
                    "publish_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="to be published at"
                    ),
                ),
                ("published_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        help_text="The member who answered for the organisation.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="profiles",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "begun_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="begun_profiles",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="profiles",
                        to="profiles.call",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="profiles",
                        to="profiles.organisation",
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="published_profiles",
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
                        related_name="saved_profiles",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "scheduled_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "call"),
                        name="profile_one_per_organisation_and_call",
                        violation_error_message="This organisation has answered this call already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("published_at", None), ("consented_at__isnull", False), _connector="OR"
                        ),
                        name="profile_published_with_consent",
                        violation_error_message="A story that was published needs the day its organisation agreed.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("submitted_at__isnull", False),
                            models.Q(("begun_at", None), ("published_at", None)),
                            _connector="OR",
                        ),
                        name="profile_submitted_before_written_up",
                    ),
                ],
            },
            bases=(profiles.models.survey.Survey, profiles.models.approval.Approvable, models.Model),
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "question",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "What does open government mean to you?"),
                            (2, "Why is open government important?"),
                            (
                                3,
                                "Can you give an example of where you have seen open government make a difference to the lives of citizens?",
                            ),
                            (4, "What one reform would you ask of government to achieve open government?"),
                        ]
                    ),
                ),
                ("original", models.TextField(help_text="As it was given.", max_length=200000)),
                (
                    "edited",
                    models.TextField(
                        blank=True,
                        help_text="As it should be published. Leave empty to publish the original.",
                        max_length=200000,
                    ),
                ),
                (
                    "profile",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answers",
                        to="profiles.profile",
                    ),
                ),
            ],
            options={
                "ordering": ["question"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("profile", "question"),
                        name="answer_one_per_question",
                        violation_error_message="This question is answered already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("question__in", [1, 2, 3, 4])),
                        name="answer_to_one_of_the_four_questions",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Approval",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("fingerprint", models.CharField(max_length=64)),
                ("asked_at", models.DateTimeField()),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                ("approver_name", models.CharField(blank=True, max_length=120)),
                ("approver_role", models.CharField(blank=True, max_length=120)),
                ("changes_asked_at", models.DateTimeField(blank=True, null=True)),
                ("words", models.TextField(blank=True, max_length=5000, verbose_name="words to the editor")),
                ("voided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "approver",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="approvals",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="asked_approvals",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "profile",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="approvals",
                        to="profiles.profile",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("voided_at", None)),
                        fields=("profile",),
                        name="approval_one_live_per_profile",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_at", None),
                            models.Q(("approver_name", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="approval_names_who_approved",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("changes_asked_at", None),
                            models.Q(("words", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="approval_sent_back_with_words",
                        violation_error_message="Say what should change.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProfilePicture",
            fields=[
                (
                    "profile",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="picture",
                        serialize=False,
                        to="profiles.profile",
                    ),
                ),
                ("large", models.BinaryField()),
                ("small", models.BinaryField()),
                ("media_type", models.CharField(max_length=20)),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("digest", models.CharField(help_text="The SHA-256 of the large one.", max_length=64)),
            ],
        ),
        migrations.AddField(
            model_name="profile",
            name="approval",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="+",
                to="profiles.approval",
            ),
        ),
        migrations.AddConstraint(
            model_name="profile",
            constraint=models.CheckConstraint(
                condition=models.Q(("published_at", None), ("approval__isnull", False), _connector="OR"),
                name="profile_published_with_approval",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="profilepicture",
            trigger=pgtrigger.compiler.Trigger(
                name="published_text_is_locked",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    PERFORM FROM profiles_profile WHERE id IN (OLD.profile_id, NEW.profile_id) FOR SHARE;\n    IF EXISTS (\n        SELECT FROM profiles_profile\n        WHERE id IN (OLD.profile_id, NEW.profile_id) AND published_at IS NOT NULL AND withdrawn_at IS NULL\n    ) THEN\n        RAISE EXCEPTION 'published_text_is_locked: this is part of a published story';\n    END IF;\n    IF TG_OP = 'DELETE' THEN\n        RETURN OLD;\n    END IF;\n    RETURN NEW;\n",
                    hash="5c86c0d3b90fe30c9a736721528bbd92bb359745",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_published_text_is_locked_c0e98",
                    table="profiles_profilepicture",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="profile",
            trigger=pgtrigger.compiler.Trigger(
                name="published_text_is_locked",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.published_at IS NOT NULL AND OLD.withdrawn_at IS NULL AND (OLD.standfirst, OLD.pull_quote, OLD.speaker_name, OLD.speaker_role, OLD.evidence_link, OLD.picture_credit, OLD.picture_alt) IS DISTINCT FROM (NEW.standfirst, NEW.pull_quote, NEW.speaker_name, NEW.speaker_role, NEW.evidence_link, NEW.picture_credit, NEW.picture_alt))",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="bdf26b2a4814303e60810a4a5f3bcac6135d2e29",
                    operation="UPDATE",
                    pgid="pgtrigger_published_text_is_locked_9a3b1",
                    table="profiles_profile",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="answer",
            trigger=pgtrigger.compiler.Trigger(
                name="published_text_is_locked",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    PERFORM FROM profiles_profile WHERE id IN (OLD.profile_id, NEW.profile_id) FOR SHARE;\n    IF EXISTS (\n        SELECT FROM profiles_profile\n        WHERE id IN (OLD.profile_id, NEW.profile_id) AND published_at IS NOT NULL AND withdrawn_at IS NULL\n    ) THEN\n        RAISE EXCEPTION 'published_text_is_locked: this is part of a published story';\n    END IF;\n    IF TG_OP = 'DELETE' THEN\n        RETURN OLD;\n    END IF;\n    RETURN NEW;\n",
                    hash="ae23b477e0d52904abb89ab80f367a5b48dbfa04",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_published_text_is_locked_1f520",
                    table="profiles_answer",
                    when="BEFORE",
                ),
            ),
        ),
    ]
