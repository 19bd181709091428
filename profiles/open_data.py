"""The organisations and stories that everybody may have as data."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from ogp_network.datasets import Column, Dataset, Kind

from .models import Organisation, Profile, Question
from .vocabularies import Area, ReformTheme

AREAS = tuple(Area.values)
AREA_CODES = _(
    "Codes of the Office for National Statistics for the nations and English regions; none for all of the UK."
)


def address(thing):
    """The whole address of a thing's page; None of nothing."""
    return settings.SITE_URL + thing.get_absolute_url() if thing else None


def _logo(organisation):
    return settings.SITE_URL + organisation.own_logo.address if organisation.own_logo else None


ORGANISATIONS = Dataset(
    name="organisations",
    title=_("Organisations"),
    words=_("Every organisation that is listed on this site, with its numbers in public registers."),
    public=lambda now: Organisation.objects.for_data().by_name(),
    key=("slug",),
    columns=(
        Column("slug", _("The end of its page’s address, and what the API calls it."), is_required=True),
        Column(
            "address",
            _("Where its page is. It stays; after a merge it leads to the organisation that is left."),
            Kind.ADDRESS,
            of=address,
            is_required=True,
        ),
        Column("name", _("Its name."), is_required=True),
        Column(
            "other_names",
            _("Other names it is known by."),
            of=lambda organisation: organisation.other_names.all(),
            is_list=True,
        ),
        Column(
            "identifiers",
            _("Its numbers in public registers, by org-id.guide, such as GB-CHC-1130568."),
            of=lambda organisation: organisation.identifiers.all(),
            is_list=True,
        ),
        Column(
            "type",
            _("What sort of organisation it is."),
            of="kind",
            choices=tuple(Organisation.Kind.values),
            is_required=True,
        ),
        Column("areas", AREA_CODES, choices=AREAS, is_list=True),
        Column("website", _("Its own website."), Kind.ADDRESS),
        Column("summary", _("What it is and does, in a sentence or two.")),
        Column("language", _("The language of the summary."), of="language_tag", is_required=True),
        Column("member_since", _("The day it joined the network; empty for others."), Kind.DATE),
        Column(
            "logo",
            _("Where its logo is. The logo is the organisation’s own and not under the licence."),
            Kind.ADDRESS,
            of=_logo,
        ),
    ),
)


def _answer(question):
    return lambda profile: next((a.text for a in profile.answers.all() if a.question == question), None)


def _of_picture(value):
    return lambda profile: value(profile) if profile.has_picture else None


STORIES = Dataset(
    name="stories",
    title=_("Stories"),
    words=_(
        "The published stories: what organisations of the network answered to its four questions. Whoever told a "
        "story can take it down at any time, so there are no files of earlier days."
    ),
    public=lambda now: Profile.objects.published().for_data().by_newest(),
    key=("slug",),
    is_kept=False,
    columns=(
        Column("slug", _("The end of its page’s address, and what the API calls it."), is_required=True),
        Column("address", _("Where its page is."), Kind.ADDRESS, of=address, is_required=True),
        Column("organisation", _("The name of the organisation whose story it is."), is_required=True),
        Column(
            "organisation_address",
            _("Where the organisation’s page is."),
            Kind.ADDRESS,
            of=lambda profile: address(profile.organisation),
            is_required=True,
        ),
        Column(
            "organisation_type",
            _("What sort of organisation it is."),
            of="organisation.kind",
            choices=tuple(Organisation.Kind.values),
            is_required=True,
        ),
        Column("areas", AREA_CODES, of="organisation.areas", choices=AREAS, is_list=True),
        Column("call", _("The call it answers."), of="call.title", is_required=True),
        Column(
            "published_on",
            _("The day it was first published."),
            Kind.DATE,
            of=lambda profile: profile.published_at.date(),
            is_required=True,
        ),
        Column(
            "theme",
            _("What the reform is about; empty where nobody said."),
            choices=tuple(ReformTheme.values),
        ),
        Column("language", _("The language of the answers."), of="language_tag", is_required=True),
        Column("speaker_name", _("Who is speaking."), is_required=True, is_personal=True),
        Column("speaker_role", _("What they do there."), is_personal=True),
        Column("standfirst", _("What the story is, in a sentence or two.")),
        Column("pull_quote", _("A phrase from one of the answers.")),
        Column("meaning", _("“What does open government mean to you?”"), of=_answer(Question.MEANING)),
        Column("importance", _("“Why is open government important?”"), of=_answer(Question.IMPORTANCE)),
        Column(
            "example",
            _(
                "“Can you give an example of where you have seen open government make a difference to the lives of "
                "citizens?”"
            ),
            of=_answer(Question.EXAMPLE),
        ),
        Column(
            "reform",
            _("“What one reform would you ask of government to achieve open government?”"),
            of=_answer(Question.REFORM),
        ),
        Column("evidence_link", _("A page that shows what the example tells of."), Kind.ADDRESS),
        Column(
            "picture",
            _("Where its picture is."),
            Kind.ADDRESS,
            of=_of_picture(lambda profile: settings.SITE_URL + profile.picture_address),
        ),
        Column("picture_credit", _("Who made the picture."), of=_of_picture(lambda p: p.picture_credit)),
        Column("picture_alt", _("What the picture shows."), of=_of_picture(lambda p: p.picture_alt)),
    ),
)

DATASETS = (ORGANISATIONS, STORIES)
