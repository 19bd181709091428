"""Codes an idea is described with, as the Open Government Partnership uses them."""

from django.db import models


class Level(models.TextChoices):
    """The level of government an idea asks something of."""

    UK = "uk", "UK government"
    DEVOLVED = "devolved", "Devolved government"
    LOCAL = "local", "Local government"
    PARLIAMENT = "parliament", "Parliament or assembly"


class OGPValue(models.TextChoices):
    ACCESS_TO_INFORMATION = "access_to_information", "Access to information"
    CIVIC_PARTICIPATION = "civic_participation", "Civic participation"
    PUBLIC_ACCOUNTABILITY = "public_accountability", "Public accountability"
    TECHNOLOGY_AND_INNOVATION = "technology_and_innovation", "Technology and innovation"


class PolicyArea(models.TextChoices):
    ACCESS_TO_INFORMATION = "access_to_information", "Access to information"
    AID = "aid_and_international", "Aid and international"
    ANTI_CORRUPTION = "anti_corruption", "Anti-corruption"
    BENEFICIAL_OWNERSHIP = "beneficial_ownership", "Beneficial ownership"
    DIGITAL_GOVERNANCE = "digital_governance", "Digital governance"
    EDUCATION = "education", "Education"
    ENVIRONMENT = "environment_and_climate", "Environment and climate"
    EXTRACTIVE_INDUSTRIES = "extractive_industries", "Extractive industries"
    FISCAL_OPENNESS = "fiscal_openness", "Fiscal openness"
    HEALTH = "health", "Health and care"
    JUSTICE = "justice", "Justice and policing"
    LAND = "land_and_planning", "Land and planning"
    LOBBYING = "lobbying", "Lobbying"
    LOCAL_GOVERNMENT = "local_government", "Local government"
    CIVIC_SPACE = "media_and_civic_space", "Media and civic space"
    OPEN_CONTRACTING = "open_contracting", "Open contracting"
    OPEN_DATA = "open_data", "Open data"
    PARLIAMENT = "parliament_and_elections", "Parliament and elections"
    PARTICIPATION = "public_participation", "Public participation"
    PUBLIC_SERVICES = "public_services", "Public services"
    RECORDS = "records_and_archives", "Records and archives"
    WHISTLEBLOWING = "whistleblowing", "Whistleblowing"


class Source(models.TextChoices):
    """How an idea reached the network."""

    WEBSITE = "website", "This website"
    WORKSHOP = "workshop", "A workshop"
    MEETING = "meeting", "A meeting"
    EMAIL = "email", "E-mail"
    PAPER = "paper", "On paper"
    PARTNER = "partner", "A partner organisation"


class DeclineReason(models.TextChoices):
    OUT_OF_SCOPE = "out_of_scope", "Outside what this round is about"
    DUPLICATE = "duplicate", "The same as another idea"
    ALREADY_HAPPENING = "already_happening", "Already happening"
    NOT_SPECIFIC = "not_specific", "Not specific enough"
    NOT_OPEN_GOVERNMENT = "not_open_government", "Not about open government"
    DEVOLVED_MATTER = "devolved_matter", "A matter for another government"
    UNLAWFUL_OR_ABUSIVE = "unlawful_or_abusive", "Unlawful or abusive"
    OTHER = "other", "Another reason"


class Outcome(models.TextChoices):
    """How a round ends for an idea."""

    ACCEPTED = "accepted", "Accepted"
    ACCEPTED_IN_PART = "accepted_in_part", "Accepted in part"
    MERGED = "merged", "Merged into another idea"
    DEFERRED = "deferred", "Kept for another time"
    NOT_ACCEPTED = "not_accepted", "Not taken forward"


class Visibility(models.TextChoices):
    """When the experts of a round see what the others scored."""

    NEVER = "never", "Never before publication"
    AFTER_OWN = "after_own", "After they have given all of their own"
    ALWAYS = "always", "At any time"


class InterestKind(models.TextChoices):
    """What sort of interest an expert has in an idea."""

    DIRECT_FINANCIAL = "direct_financial", "Money: I or my employer would gain or lose by it"
    DIRECT_NON_FINANCIAL = (
        "direct_non_financial",
        "Not money, but mine: I wrote it, campaign for it or against it",
    )
    INDIRECT = "indirect", "Indirect: somebody close to me, or my organisation’s partners, would gain or lose"


class InterestAction(models.TextChoices):
    """What follows from an expert's interest in an idea."""

    NONE = "none", "Nothing"
    DECLARE_ONLY = "declare_only", "Declared; the scores count"
    PARTIAL_EXCLUSION = "partial_exclusion", "Does not score; may take part in the discussion"
    FULL_EXCLUSION = "full_exclusion", "Does not score, and stays out of the discussion and the decision"


class CommentFault(models.TextChoices):
    """Why a comment is reported or hidden."""

    ABUSIVE = "abusive", "Abusive or threatening"
    PRIVATE = "private", "Gives away something private"
    SPAM = "spam", "Advertising or spam"
    OFF_TOPIC = "off_topic", "Not about the idea"
    UNLAWFUL = "unlawful", "May be against the law"
    OTHER = "other", "Another reason"
