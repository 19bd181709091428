"""For the linter of migrations: what would break the version that still runs, or lock a table for long, is an error.

DJANGO_SETTINGS_MODULE=tests.migration_settings python manage.py lintmigrations
"""

import os

os.environ.setdefault("SITE_MODE", "development")

from ogp_network.settings import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "django_migration_linter"]  # noqa: F405
MIGRATION_LINTER_OPTIONS = {
    "project_root_path": BASE_DIR,  # noqa: F405
    "include_apps": ["manifesto", "meetings", "profiles", "ogp_network"],
    "no_cache": True,
    "warnings_as_errors": [],
    # What was there before the first site had data: constraints and indexes on tables that were empty.
    "ignore_name": [
        "0001_initial",
        "0002_story_words",
        "0003_action_search",
        "0004_inboxes",
        "0005_invalidations",
    ],
}
