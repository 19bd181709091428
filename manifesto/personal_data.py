"""What this app keeps about a member; see profiles/personal_data.py."""

from django.utils.translation import gettext_lazy as _

from profiles.personal_data import DELETED, UNTIL_YOU_GO, Fate, Kind, Table, acts, by_address

AS_YOU_CHOOSE = _(
    "As you choose: they stay without your name, or they go where nobody else has built on them."
)
KINDS = (
    Kind(
        "votes",
        _("Your votes"),
        _(
            "To count each person once, and to let you check and withdraw your support. Nobody else sees them."
        ),
        _(
            "Until some time after the round’s result is published; then only counts and receipt codes are left."
        ),
        _(
            "Deleted in rounds whose experts haven’t begun. In others they are in a result, and stay as votes of "
            "nobody."
        ),
        (Table("manifesto.Vote", "member", Fate.NAMELESS),),
    ),
    Kind(
        "ideas",
        _("Ideas you wrote"),
        _("To publish them, to show who put them forward, and to keep every wording that people supported."),
        _(
            "For good, as part of the public record. Drafts until you delete them, or for two years untouched."
        ),
        AS_YOU_CHOOSE,
        (
            Table("manifesto.Authorship", "member", Fate.NAMELESS),
            Table("manifesto.Revision", "edited_by", Fate.NAMELESS),
            Table("manifesto.Draft", "author"),
        ),
    ),
    Kind(
        "invitations",
        _("Invitations to be a co-author"),
        _("To ask people to improve an idea together."),
        UNTIL_YOU_GO,
        _(
            "Those to you are deleted, and those you sent that nobody has answered. Others stay without your name."
        ),
        (
            Table("manifesto.Invitation", "invited_by", Fate.NAMELESS),
            Table("manifesto.Invitation", rows=by_address),
        ),
    ),
    Kind(
        "discussion",
        _("What you said in discussions"),
        _("To publish comments with a name, and to let editors answer reports."),
        _("For good, as part of the public record, unless you delete a comment."),
        _("As you choose: they stay as by somebody who has left, or their words are deleted."),
        (
            Table("manifesto.Comment", "author", Fate.NAMELESS),
            Table("manifesto.Report", "member", Fate.NAMELESS),
        ),
    ),
    Kind(
        "follows",
        _("What you follow"),
        _("To tell you of news. Nobody else sees it."),
        UNTIL_YOU_GO,
        DELETED,
        (Table("manifesto.Follow", "member"),),
    ),
    Kind(
        "spoken",
        _("What you signed and endorsed for organisations"),
        _(
            "To show that somebody who may speak for an organisation put its name there. Your name is never public."
        ),
        _(
            "As long as the organisation is listed; until when it needs to decide, until it has, "
            "or 30 days after that day."
        ),
        _(
            "The organisation’s signatures, asks and endorsements stay, without your name; in what office you signed "
            "stays where it stands beside a signature for everybody to read."
        ),
        (
            Table("manifesto.Signature", "signed_by", Fate.NAMELESS),
            Table("manifesto.SignOff", "asked_by", Fate.NAMELESS),
            Table("manifesto.OwnAsk", "written_by", Fate.NAMELESS),
            Table("manifesto.Endorsement", "endorsed_by", Fate.NAMELESS),
        ),
    ),
    Kind(
        "commitments",
        _("Your work on commitments"),
        _("To let you word commitments with others, and to show who leads the talks about a theme."),
        UNTIL_YOU_GO,
        DELETED,
        (
            Table("manifesto.WorkingGroupMember", "member"),
            Table("manifesto.ThemeLead", "member"),
        ),
    ),
    Kind(
        "expert",
        _("Your work on an expert group"),
        _("To rank ideas, to show how the ranking came about, and to keep out who has an interest."),
        _("For good: a published ranking must be open to being recounted."),
        _("Scores stay under a pseudonym, also where you agreed to be named. What you declared is deleted."),
        (
            Table("manifesto.ExpertTerm", "member", Fate.NAMELESS),
            Table(
                "manifesto.Assessment",
                fate=Fate.NAMELESS,
                rows=lambda rows, member: rows.filter(term__member=member),
            ),
            Table(
                "manifesto.Score",
                fate=Fate.NAMELESS,
                rows=lambda rows, member: rows.filter(assessment__term__member=member),
            ),
            Table(
                "manifesto.Conflict",
                fate=Fate.NAMELESS,
                rows=lambda rows, member: rows.filter(term__member=member),
            ),
        ),
    ),
)
ACTS = (
    *acts("manifesto.Decision", "decided_by"),
    *acts("manifesto.Erratum", "corrected_by"),
    *acts("manifesto.ActionPlan", "published_by"),
    *acts("manifesto.Commitment", "begun_by", "published_by"),
    *acts("manifesto.CommitmentRevision", "edited_by"),
    *acts("manifesto.CommitmentSource", "drawn_by"),
    *acts("manifesto.CommitmentWithdrawal", "withdrawn_by", "restored_by"),
    *acts("manifesto.CommitmentPack", "frozen_by"),
    *acts("manifesto.PartedKept", "kept_by"),
    *acts("manifesto.WorkingGroupMember", "added_by"),
    *acts("manifesto.Adoption", "recorded_by"),
    *acts("manifesto.DateChange", "changed_by"),
    *acts("manifesto.StatusReport", "recorded_by", "ended_by"),
    *acts("manifesto.Statement", "published_by"),
    *acts("manifesto.StatementVersion", "made_by"),
    *acts("manifesto.Signature", "withdrawn_by"),
    *acts("manifesto.OwnAsk", "ended_by", "hidden_by"),
    *acts("manifesto.Endorsement", "withdrawn_by"),
    *acts("manifesto.Position", "recorded_by", "published_by", "withdrawn_by"),
    *acts("manifesto.ExpectedAnswer", "recorded_by"),
    *acts("manifesto.GovernmentAnswer", "recorded_by", "published_by", "withdrawn_by"),
    *acts("manifesto.Round", "second_look_opened_by", "shortlist_scheduled_by", "shortlist_published_by"),
    *acts("manifesto.Comment", "approved_by", "hidden_by"),
    *acts("manifesto.Report", "dealt_with_by"),
    *acts("manifesto.CommentModeration", "moderated_by"),
    *acts("manifesto.Moderation", "moderated_by"),
    *acts("manifesto.Revision", "made_minor_by"),
    *acts("manifesto.Conflict", "settled_by"),
    *acts("manifesto.ConflictChange", "changed_by"),
    *acts("manifesto.WeightChange", "changed_by"),
    *acts("manifesto.Capture", "entered_by"),
    *acts("manifesto.ExpertTerm", "set_aside_by"),
    *acts("manifesto.StandingChange", "changed_by"),
    *acts("manifesto.ImportBatch", "uploaded_by", "confirmed_by"),
    *acts("manifesto.Merge", "merged_by", "undone_by"),
    *acts("manifesto.Invalidation", "invalidated_by", "undone_by"),
)
