import pytest
from django.db.migrations.writer import MigrationWriter

from profiles.vocabularies import language_field, language_tag


@pytest.mark.parametrize(("code", "tag"), [("en-gb", "en-GB"), ("cy", "cy"), ("zh-hans", "zh-Hans")])
def test_language_tag_is_written_as_in_html(code, tag):
    assert language_tag(code) == tag


def test_language_field_offers_the_languages_of_the_site(settings):
    settings.LANGUAGES = [("en-gb", "English"), ("gd", "Gàidhlig")]
    assert list(language_field().choices) == settings.LANGUAGES


def test_migration_names_no_languages():
    """So that an installation that adds one has no migration to write."""
    written, _ = MigrationWriter.serialize(language_field())
    assert "choices=profiles.vocabularies.languages" in written
    assert "Cymraeg" not in written
