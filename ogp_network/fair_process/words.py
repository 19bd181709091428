"""The words for what is asked of a fair process and for what was found."""

from datetime import date

from django.utils.formats import date_format, number_format
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy, ngettext

from manifesto.vocabularies import Source

from .verdicts import Finding, Verdict

STANDARDS_NAME = "OGP Participation and Co-Creation Standards"
STANDARDS_ADDRESS = "https://www.opengovpartnership.org/ogp-participation-co-creation-standards/"

# In our own words; the standards themselves are at the address above.
STANDARDS = {
    1: gettext_lazy("A place where government and civil society keep talking"),
    2: gettext_lazy("Information that is open, easy to reach and in time"),
    3: gettext_lazy("A fair chance for everybody to take part in the making"),
    4: gettext_lazy("An answer with reasons to what people put forward"),
    5: gettext_lazy("A part for civil society while promises are carried out"),
}
# The title of each requirement, and what is asked and how we count it.
REQUIREMENTS = {
    "forum": (
        gettext_lazy("A forum that meets"),
        gettext_lazy(
            "Government and civil society meet in a forum at least once in six months. Counted are the forum meetings "
            "announced here that concern the place of the round, without cancelled ones."
        ),
    ),
    "rules": (
        gettext_lazy("Rules that everybody can read"),
        gettext_lazy(
            "It is public how the forum works and who can take part. Counted is a page of this site at /forum-rules/."
        ),
    ),
    "website": (
        gettext_lazy("A website about it"),
        gettext_lazy("There is a public website about the process, which is this one."),
    ),
    "publication": (
        gettext_lazy("A record that is kept up"),
        gettext_lazy(
            "Documents and evidence of the process are in one public place that is brought up to date at least twice a "
            "year. Counted are notes of meetings, news, and what is published about the round; never less often than "
            "every six months."
        ),
    ),
    "timeline": (
        gettext_lazy("The dates, in good time"),
        gettext_lazy(
            "When and how people can take part is published two weeks or more before it begins. Counted are the days "
            "from the announcement of the round to its first day for ideas."
        ),
    ),
    "outreach": (
        gettext_lazy("Going out to people"),
        gettext_lazy(
            "People are told of the process and of how to take part in it. Counted are workshops, roundtables and "
            "hustings from the announcement to the last day for ideas."
        ),
    ),
    "inputs": (
        gettext_lazy("A way in, with enough time"),
        gettext_lazy(
            "There is a way to put something forward, for long enough. The standards name no number of days; we count "
            "four weeks or more as enough."
        ),
    ),
    "responses": (
        gettext_lazy("Reasons for every idea"),
        gettext_lazy(
            "What people put forward is on record, and they are told what became of it and why. Counted are ideas "
            "with a published decision and its reasons; an idea that was merged into another has the other’s answer. "
            "We expect them four weeks after scoring closes."
        ),
    ),
    "answers": (
        gettext_lazy("Government’s answers, and what it adopted"),
        gettext_lazy(
            "Government says what it will do about what was shortlisted and asked for, with reasons. Counted are the "
            "answers that were asked for, by the day each is due; an answer that was withdrawn doesn’t count."
        ),
    ),
    "delivery": (
        gettext_lazy("Meetings while it is carried out"),
        gettext_lazy(
            "At least twice in each year of the action plan, government and civil society meet to look at progress. "
            "Counted are forum meetings, meetings with ministers and roundtables."
        ),
    ),
}
VERDICTS = {
    Verdict.MET: gettext_lazy("Met"),
    Verdict.FALLING_SHORT: gettext_lazy("About to fall short"),
    Verdict.NOT_MET: gettext_lazy("Not met"),
    Verdict.NOT_DUE: gettext_lazy("Not yet due"),
}
FIGURES = {
    "forums_held": gettext_lazy("Forum meetings held"),
    "last_forum": gettext_lazy("The last one"),
    "next_forum": gettext_lazy("The next one announced"),
    "longest_gap": gettext_lazy("Longest gap, in days"),
    "next_by": gettext_lazy("The next is due by"),
    "rules_on": gettext_lazy("Published"),
    "announced_on": gettext_lazy("Announced"),
    "publications": gettext_lazy("Published so far"),
    "last_publication": gettext_lazy("Last published"),
    "meetings_held": gettext_lazy("Meetings held"),
    "notes_published": gettext_lazy("Notes published of them"),
    "round_notice": gettext_lazy("Days of notice"),
    "events_held": gettext_lazy("Events held"),
    "notices": gettext_lazy("Events whose notice is on record"),
    "median_notice": gettext_lazy("Days of notice, median"),
    "shortest_notice": gettext_lazy("Days of notice, shortest"),
    "days_open": gettext_lazy("Days for ideas"),
    **{
        f"ideas_{source.value}": format_lazy("{}: {}", gettext_lazy("Ideas"), source.label)
        for source in Source
    },
    "comments": gettext_lazy("Comments"),
    "ideas": gettext_lazy("Ideas to answer"),
    "responses": gettext_lazy("Ideas answered with reasons"),
    "shortlisted_on": gettext_lazy("Shortlist published"),
    "answer_by": gettext_lazy("Answers expected by"),
    "answers_expected": gettext_lazy("Answers asked of government"),
    "answers_given": gettext_lazy("Answers given, with reasons"),
    "answers_given_late": gettext_lazy("Answers given late"),
    "answers_overdue": gettext_lazy("Answers overdue"),
    "longest_delay": gettext_lazy("Longest delay, in days"),
    "commitments": gettext_lazy("Commitments asked for"),
    "commitments_adopted": gettext_lazy("Of these, adopted in action plans"),
    "ideas_adopted": gettext_lazy("Ideas that these go back to"),
    "delivery_from": gettext_lazy("Action plan from"),
    "delivery_to": gettext_lazy("Action plan to"),
    "talks_held": gettext_lazy("Meetings held"),
    "talks_this_year": gettext_lazy("Of these in its present year"),
}
KINDS = {
    "meeting": gettext_lazy("Meeting"),
    "meeting_with_note": gettext_lazy("Meeting with its note"),
    "note": gettext_lazy("Note"),
    "news": gettext_lazy("News"),
    "page": gettext_lazy("Page"),
    "data": gettext_lazy("Record"),
}
SOON = {
    "forum": gettext_lazy("No forum meeting is announced, and one is needed by %(day)s."),
    "publication": gettext_lazy(
        "Nothing new has been published for a while, and something is needed by %(day)s."
    ),
    "timeline": gettext_lazy("Ideas are to open on %(day)s, less than two weeks after the announcement."),
    "outreach": gettext_lazy("No event is announced, and the last day for ideas is %(day)s."),
    "answers": gettext_lazy("An answer from government is due by %(day)s, and isn’t on record yet."),
    "inputs": gettext_lazy("There are less than four weeks for ideas, which close on %(day)s."),
    "delivery": gettext_lazy(
        "Too few meetings with government are held or announced in the plan’s year that ends on %(day)s."
    ),
}
LATE = {
    "answers": gettext_lazy("An answer from government is overdue: it was due by %(day)s."),
    "forum": gettext_lazy("A forum meeting was due by %(day)s, and none has been held since."),
    "publication": gettext_lazy("Nothing has been published for six months: something was due by %(day)s."),
}


def words_of_warning(finding: Finding) -> str:
    """What is missing and the day it was or is due by, as one sentence."""
    figures, day = dict(finding.figures), {"day": date_format(finding.due_on, "DATE_FORMAT")}
    is_late = finding.verdict == Verdict.NOT_MET
    if finding.requirement != "responses":
        late = LATE if is_late and finding.requirement in LATE else SOON
        return str(late[finding.requirement]) % day
    missing = figures["ideas"] - figures["responses"]
    if is_late:
        words = ngettext(
            "%(number)s idea has no published answer, which has been due since %(day)s.",
            "%(number)s ideas have no published answer, which has been due since %(day)s.",
            missing,
        )
    else:
        words = ngettext(
            "%(number)s idea has no published answer yet, and one is expected by %(day)s.",
            "%(number)s ideas have no published answer yet, and they are expected by %(day)s.",
            missing,
        )
    return words % {"number": missing, **day}


def words_of_figure(value) -> str:
    return date_format(value, "DATE_FORMAT") if isinstance(value, date) else number_format(value)
