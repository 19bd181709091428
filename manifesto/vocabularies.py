"""Codes an idea is described with, as the Open Government Partnership uses them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    """The level of government an idea asks something of."""

    UK = "uk", _("UK government")
    DEVOLVED = "devolved", _("Devolved government")
    LOCAL = "local", _("Local government")
    PARLIAMENT = "parliament", _("Parliament or assembly")


class OGPValue(models.TextChoices):
    ACCESS_TO_INFORMATION = "access_to_information", _("Access to information")
    CIVIC_PARTICIPATION = "civic_participation", _("Civic participation")
    PUBLIC_ACCOUNTABILITY = "public_accountability", _("Public accountability")
    TECHNOLOGY_AND_INNOVATION = "technology_and_innovation", _("Technology and innovation")


class PolicyArea(models.TextChoices):
    ACCESS_TO_INFORMATION = "access_to_information", _("Access to information")
    AID = "aid_and_international", _("Aid and international")
    ANTI_CORRUPTION = "anti_corruption", _("Anti-corruption")
    BENEFICIAL_OWNERSHIP = "beneficial_ownership", _("Beneficial ownership")
    DIGITAL_GOVERNANCE = "digital_governance", _("Digital governance")
    EDUCATION = "education", _("Education")
    ENVIRONMENT = "environment_and_climate", _("Environment and climate")
    EXTRACTIVE_INDUSTRIES = "extractive_industries", _("Extractive industries")
    FISCAL_OPENNESS = "fiscal_openness", _("Fiscal openness")
    HEALTH = "health", _("Health and care")
    JUSTICE = "justice", _("Justice and policing")
    LAND = "land_and_planning", _("Land and planning")
    LOBBYING = "lobbying", _("Lobbying")
    LOCAL_GOVERNMENT = "local_government", _("Local government")
    CIVIC_SPACE = "media_and_civic_space", _("Media and civic space")
    OPEN_CONTRACTING = "open_contracting", _("Open contracting")
    OPEN_DATA = "open_data", _("Open data")
    PARLIAMENT = "parliament_and_elections", _("Parliament and elections")
    PARTICIPATION = "public_participation", _("Public participation")
    PUBLIC_SERVICES = "public_services", _("Public services")
    RECORDS = "records_and_archives", _("Records and archives")
    WHISTLEBLOWING = "whistleblowing", _("Whistleblowing")


class Source(models.TextChoices):
    """How an idea reached the network."""

    WEBSITE = "website", _("This website")
    WORKSHOP = "workshop", _("A workshop")
    MEETING = "meeting", _("A meeting")
    EMAIL = "email", _("E-mail")
    PAPER = "paper", _("On paper")
    PARTNER = "partner", _("A partner organisation")


class DeclineReason(models.TextChoices):
    OUT_OF_SCOPE = "out_of_scope", _("Outside what this round is about")
    DUPLICATE = "duplicate", _("The same as another idea")
    ALREADY_HAPPENING = "already_happening", _("Already happening")
    NOT_SPECIFIC = "not_specific", _("Not specific enough")
    NOT_OPEN_GOVERNMENT = "not_open_government", _("Not about open government")
    DEVOLVED_MATTER = "devolved_matter", _("A matter for another government")
    UNLAWFUL_OR_ABUSIVE = "unlawful_or_abusive", _("Unlawful or abusive")
    OTHER = "other", _("Another reason")


class Outcome(models.TextChoices):
    """How a round ends for an idea."""

    ACCEPTED = "accepted", _("Accepted")
    ACCEPTED_IN_PART = "accepted_in_part", _("Accepted in part")
    MERGED = "merged", _("Merged into another idea")
    DEFERRED = "deferred", _("Kept for another time")
    NOT_ACCEPTED = "not_accepted", _("Not taken forward")


class Visibility(models.TextChoices):
    """When the experts of a round see what the others scored."""

    NEVER = "never", _("Never before publication")
    AFTER_OWN = "after_own", _("After they have given all of their own")
    ALWAYS = "always", _("At any time")


class InterestKind(models.TextChoices):
    """What sort of interest an expert has in an idea."""

    DIRECT_FINANCIAL = "direct_financial", _("Money: I or my employer would gain or lose by it")
    DIRECT_NON_FINANCIAL = (
        "direct_non_financial",
        _("Not money, but mine: I wrote it, campaign for it or against it"),
    )
    INDIRECT = (
        "indirect",
        _("Indirect: somebody close to me, or my organisation’s partners, would gain or lose"),
    )


class InterestAction(models.TextChoices):
    """What follows from an expert's interest in an idea."""

    NONE = "none", _("Nothing")
    DECLARE_ONLY = "declare_only", _("Declared; the scores count")
    PARTIAL_EXCLUSION = "partial_exclusion", _("Does not score; may take part in the discussion")
    FULL_EXCLUSION = "full_exclusion", _("Does not score, and stays out of the discussion and the decision")


class CommentFault(models.TextChoices):
    """Why a comment is reported or hidden."""

    ABUSIVE = "abusive", _("Abusive or threatening")
    PRIVATE = "private", _("Gives away something private")
    SPAM = "spam", _("Advertising or spam")
    OFF_TOPIC = "off_topic", _("Not about the idea")
    UNLAWFUL = "unlawful", _("May be against the law")
    OTHER = "other", _("Another reason")
