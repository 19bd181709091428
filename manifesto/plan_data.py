"""Action plans and their promises as search engines read them: schema.org CreativeWork. What the pages say, no more."""

from django.conf import settings

from profiles.script_data import for_script

from .idea_data import SCHEMA


def plan_json_ld(plan, progress):
    """The plan with its promises by name, safe to stand in a page's `<script>`."""
    return for_script(
        {
            "@context": SCHEMA,
            "@type": "CreativeWork",
            "name": plan.title,
            "url": settings.SITE_URL + plan.get_absolute_url(),
            "temporalCoverage": f"{plan.starts_on.isoformat()}/{plan.ends_on.isoformat()}",
            "hasPart": [_part(each.subject) for each in progress],
        }
    )


def promise_json_ld(commitment):
    """A promise and the plan it is part of, safe to stand in a page's `<script>`."""
    plan = commitment.plan
    return for_script(
        {
            "@context": SCHEMA,
            **_part(commitment),
            "isPartOf": {
                "@type": "CreativeWork",
                "name": plan.title,
                "url": settings.SITE_URL + plan.get_absolute_url(),
            },
        }
    )


def _part(commitment):
    return {
        "@type": "CreativeWork",
        "position": commitment.number,
        "name": commitment.title,
        "url": settings.SITE_URL + commitment.get_absolute_url(),
    }
