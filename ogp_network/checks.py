"""Deployment checks of our own."""

from django.conf import settings
from django.core.checks import Tags, Warning, register
from django.db import connections
from django.utils import timezone

# Any of these would let the server's log tie a member to an idea they support.
QUIET = {
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_transaction_sample_rate": "0",
}


@register(Tags.database)
def database_log_is_quiet(app_configs, databases=None, **kwargs):
    """Warn where the database writes statements into its log; needs `check --database default`."""
    warnings = []
    for alias in databases or []:
        with connections[alias].cursor() as cursor:
            for name, wanted in QUIET.items():
                cursor.execute("SELECT current_setting(%s)", [name])
                (value,) = cursor.fetchone()
                if value != wanted and not (name == "log_statement" and value == "ddl"):
                    warnings.append(
                        Warning(
                            f"The database's {name} is {value}: its log could tie a member to a vote.",
                            hint=f"As a superuser: ALTER DATABASE … SET {name} = '{wanted}'.",
                            id="ogp_network.W001",
                        )
                    )
    return warnings


@register(Tags.security, deploy=True)
def staff_have_second_factors(app_configs, **kwargs):
    if settings.REQUIRE_SECOND_FACTOR:
        return []
    words = "REQUIRE_SECOND_FACTOR is off: whoever learns an editor's password is an editor."
    return [Warning(words, hint="Leave it out of the environment.", id="ogp_network.W002")]


@register(Tags.security, deploy=True)
def security_txt_holds(app_configs, **kwargs):
    if not settings.SECURITY_CONTACT or timezone.localdate() < settings.SECURITY_EXPIRES:
        return []
    words = "SECURITY_EXPIRES has passed, so there is no security.txt any more."
    hint = "See that SECURITY_CONTACT still holds, then choose a day within a year."
    return [Warning(words, hint=hint, id="ogp_network.W003")]


@register(Tags.security, deploy=True)
def erasures_outlive_the_database(app_configs, **kwargs):
    """Warn where nothing outside the database says which accounts a backup must not bring back."""
    if settings.ERASURES_FILE:
        return []
    return [
        Warning(
            "ERASURES_FILE is not set: a backup that is restored brings deleted accounts back.",
            hint="Set it to a file that is kept apart from the database.",
            id="ogp_network.W004",
        )
    ]
