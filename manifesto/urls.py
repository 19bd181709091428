from datetime import date

from django.urls import path, register_converter

from . import feeds, feeds_of_record, plan_feed
from .views import (
    answers,
    comments,
    commitment_drafts,
    commitments,
    drafts,
    endorsements,
    follows,
    ideas,
    institutions,
    invalidations,
    invitations,
    own_asks,
    pack,
    packs,
    plans,
    positions,
    reforms,
    register,
    revisions,
    rounds,
    shortlist,
    signing,
    statements,
    support,
    working,
)


class DayConverter:
    """A day as in 2015-03-31."""

    regex = r"\d{4}-\d{2}-\d{2}"
    to_python = staticmethod(date.fromisoformat)
    to_url = staticmethod(str)


register_converter(DayConverter, "day")

app_name = "manifesto"
urlpatterns = [
    # First, for it is asked for most when most is asked for.
    path("support/", support.support_create, name="support_create"),
    path("support/confirmations/", support.support_confirm, name="support_confirm"),
    path("support/withdrawals/", support.support_withdraw, name="support_withdraw"),
    path("rounds/", rounds.round_list, name="round_list"),
    path("rounds/news.atom", feeds.RoundNewsFeed.as_view(), name="rounds_atom"),
    path("rounds/<slug:slug>/news.atom", feeds.RoundNewsFeed.as_view(), name="round_atom"),
    path("rounds/<slug:slug>/ideas.atom", feeds.IdeaFeed.as_view(), name="ideas_atom"),
    path("rounds/<slug:slug>/decisions.atom", feeds.DecisionFeed.as_view(), name="decisions_atom"),
    path(
        "rounds/<slug:slug>/ideas/<int:number>/discussion.atom",
        feeds.CommentFeed.as_view(),
        name="comments_atom",
    ),
    path("rounds/<slug:slug>/", rounds.round_detail, name="round_detail"),
    path("rounds/<slug:slug>/ideas/", ideas.idea_list, name="idea_list"),
    path("rounds/<slug:slug>/ideas/new/", drafts.draft_create, name="draft_create"),
    path("rounds/<slug:slug>/ideas/<int:number>/", ideas.idea_detail, name="idea_detail"),
    path("rounds/<slug:slug>/ideas/<int:number>/drafts/", ideas.idea_redraft, name="idea_redraft"),
    path("rounds/<slug:slug>/ideas/<int:number>/revisions/", revisions.revision_list, name="revision_list"),
    path(
        "rounds/<slug:slug>/ideas/<int:number>/revisions/new/",
        revisions.revision_create,
        name="revision_create",
    ),
    path(
        "rounds/<slug:slug>/ideas/<int:number>/revisions/<int:before>/<int:after>/",
        revisions.revision_comparison,
        name="revision_comparison",
    ),
    path(
        "rounds/<slug:slug>/ideas/<int:number>/revisions/<int:revision>/minor/",
        revisions.revision_make_minor,
        name="revision_make_minor",
    ),
    path(
        "rounds/<slug:slug>/ideas/<int:number>/invitations/",
        invitations.invitation_list,
        name="invitation_list",
    ),
    path("invitations/<uuid:key>/", invitations.invitation_detail, name="invitation_detail"),
    path("invitations/<uuid:key>/acceptance/", invitations.invitation_accept, name="invitation_accept"),
    path("invitations/<uuid:key>/refusal/", invitations.invitation_decline, name="invitation_decline"),
    path("invitations/<uuid:key>/end/", invitations.invitation_take_back, name="invitation_take_back"),
    path("rounds/<slug:slug>/ideas/<int:number>/comments/", comments.comment_create, name="comment_create"),
    path(
        "rounds/<slug:slug>/ideas/<int:number>/comments/<int:pk>/",
        comments.comment_detail,
        name="comment_detail",
    ),
    path(
        "rounds/<slug:slug>/ideas/<int:number>/comments/<int:pk>/replies/",
        comments.comment_replies,
        name="comment_replies",
    ),
    path(
        "rounds/<slug:slug>/ideas/<int:number>/comments/<int:pk>/edits/",
        comments.comment_edit,
        name="comment_edit",
    ),
    path(
        "rounds/<slug:slug>/ideas/<int:number>/comments/<int:pk>/deletion/",
        comments.comment_delete,
        name="comment_delete",
    ),
    path(
        "rounds/<slug:slug>/ideas/<int:number>/comments/<int:pk>/reports/",
        comments.comment_report,
        name="comment_report",
    ),
    path("rounds/<slug:slug>/shortlist/", shortlist.shortlist, name="shortlist"),
    path("rounds/<slug:slug>/shortlist/pack/", pack.pack, name="pack"),
    path("rounds/<slug:slug>/shortlist/working/", working.working_detail, name="working_detail"),
    path("rounds/<slug:slug>/shortlist/working/<str:name>", working.working_file, name="working_file"),
    path("reforms/<int:pk>/ideas/new/", reforms.reform_draft, name="reform_draft"),
    path("drafts/<int:pk>/", drafts.draft_edit, name="draft_edit"),
    path("drafts/<int:pk>/similar/", drafts.draft_similar, name="draft_similar"),
    path("drafts/<int:pk>/deletion/", drafts.draft_delete, name="draft_delete"),
    path("rounds/<slug:slug>/registers/", register.register_list, name="register_list"),
    path("rounds/<slug:slug>/registers/<day:day>/", register.register_detail, name="register_detail"),
    path("rounds/<slug:slug>/registers/<day:day>/codes.csv", register.register_file, name="register_file"),
    path("rounds/<slug:slug>/invalidations/", invalidations.invalidation_list, name="invalidation_list"),
    # Action plans
    path("plans/", plans.plan_list, name="plan_list"),
    path("plans/<slug:slug>/", plans.plan_detail, name="plan_detail"),
    path("plans/<slug:slug>/news.atom", plan_feed.PlanFeed.as_view(), name="plan_atom"),
    path("plans/<slug:slug>/statuses-<str:source>.csv", plans.plan_statuses, name="plan_statuses"),
    path("plans/<slug:slug>/commitments/<int:number>/", plans.promise_detail, name="promise_detail"),
    path("follows/", follows.follow_create, name="follow_create"),
    path("follows/ends/", follows.follow_end, name="follow_end"),
    path("my/ideas/", ideas.my_ideas, name="my_ideas"),
    path("my/votes/", ideas.my_votes, name="my_votes"),
    path("my/votes/withdrawals/", support.votes_withdraw, name="votes_withdraw"),
]
# Statements, and those who sign them.
urlpatterns += [
    path("statements/", statements.statement_list, name="statement_list"),
    path("statements/<slug:slug>/", statements.statement_detail, name="statement_detail"),
    path("statements/<slug:slug>/signatories/", statements.signatory_list, name="signatory_list"),
    path("statements/<slug:slug>/signatures.atom", feeds.SignatureFeed.as_view(), name="signatures_atom"),
    path("statements/<slug:slug>/versions/", statements.version_list, name="statement_version_list"),
    path(
        "statements/<slug:slug>/versions/<int:number>/",
        statements.statement_version,
        name="statement_version",
    ),
    path(
        "statements/<slug:slug>/versions/<int:before>/<int:after>/",
        statements.statement_comparison,
        name="statement_comparison",
    ),
    path("statements/<slug:slug>/signing/", signing.signing, name="signing"),
    path(
        "statements/<slug:slug>/signing/<slug:organisation>/",
        signing.signature_create,
        name="signature_create",
    ),
    path(
        "statements/<slug:slug>/signing/<slug:organisation>/withdrawals/",
        signing.signature_withdraw,
        name="signature_withdraw",
    ),
    path(
        "statements/<slug:slug>/signing/<slug:organisation>/sign-offs/",
        signing.sign_off_plan,
        name="sign_off_plan",
    ),
    path(
        "statements/<slug:slug>/signing/<slug:organisation>/sign-offs/end/",
        signing.sign_off_end,
        name="sign_off_end",
    ),
    path(
        "statements/<slug:slug>/signing/<slug:organisation>/own-asks/",
        own_asks.own_ask_list,
        name="own_ask_list",
    ),
    path(
        "statements/<slug:slug>/signing/<slug:organisation>/own-asks/<int:number>/",
        own_asks.own_ask_edit,
        name="own_ask_edit",
    ),
    path(
        "statements/<slug:slug>/signing/<slug:organisation>/own-asks/<int:number>/withdrawals/",
        own_asks.own_ask_withdraw,
        name="own_ask_withdraw",
    ),
    path(
        "endorsements/ideas/<int:pk>/",
        endorsements.endorsement_create,
        {"kind": "ideas"},
        name="endorse_idea",
    ),
    path(
        "endorsements/commitments/<int:pk>/",
        endorsements.endorsement_create,
        {"kind": "commitments"},
        name="endorse_commitment",
    ),
    path(
        "endorsements/<int:pk>/withdrawals/", endorsements.endorsement_withdraw, name="endorsement_withdraw"
    ),
    path("my/statements/", endorsements.my_statements, name="my_statements"),
]

COMMITMENT = "rounds/<slug:slug>/commitments/<int:number>/"
urlpatterns += [
    path("rounds/<slug:slug>/commitments/", commitments.commitment_list, name="commitment_list"),
    path(
        "rounds/<slug:slug>/commitments/new/", commitment_drafts.commitment_create, name="commitment_create"
    ),
    path(COMMITMENT, commitments.commitment_detail, name="commitment_detail"),
    path(f"{COMMITMENT}revisions/", commitments.commitment_revision_list, name="commitment_revision_list"),
    path(f"{COMMITMENT}revisions/new/", commitment_drafts.commitment_improve, name="commitment_improve"),
    path(
        f"{COMMITMENT}revisions/<int:before>/<int:after>/",
        commitments.commitment_revision_comparison,
        name="commitment_revision_comparison",
    ),
    path(f"{COMMITMENT}publication/", commitment_drafts.commitment_publish, name="commitment_publish"),
    path(f"{COMMITMENT}withdrawals/", commitment_drafts.commitment_withdraw, name="commitment_withdraw"),
    path(f"{COMMITMENT}withdrawals/end/", commitment_drafts.commitment_restore, name="commitment_restore"),
    path(f"{COMMITMENT}ideas/", commitment_drafts.commitment_settle, name="commitment_settle"),
    path(f"{COMMITMENT}adoptions/<int:pk>/", commitments.adoption_detail, name="adoption_detail"),
    path("rounds/<slug:slug>/packs/", packs.commitment_pack_list, name="commitment_pack_list"),
    path("rounds/<slug:slug>/packs/new/", packs.commitment_pack_create, name="commitment_pack_create"),
    path("rounds/<slug:slug>/packs/<int:number>/", packs.commitment_pack, name="commitment_pack"),
    path(
        "rounds/<slug:slug>/packs/<int:number>/changes/",
        packs.commitment_pack_changes,
        name="commitment_pack_changes",
    ),
    path(
        "rounds/<slug:slug>/packs/<int:number>/pack.csv",
        packs.commitment_pack_csv,
        name="commitment_pack_csv",
    ),
    path(
        "rounds/<slug:slug>/packs/<int:number>/pack.docx",
        packs.commitment_pack_docx,
        name="commitment_pack_docx",
    ),
]

# What institutions say of what is asked of them.
urlpatterns += [
    path("institutions/", institutions.institution_list, name="institution_list"),
    path("institutions/record.atom", feeds_of_record.RecordFeed.as_view(), name="institutions_atom"),
    path("institutions/<slug:slug>/", institutions.institution_detail, name="institution_detail"),
    path(
        "institutions/<slug:slug>/record.atom",
        feeds_of_record.RecordFeed.as_view(),
        name="institution_atom",
    ),
    path("positions/<int:pk>/", positions.position_detail, name="position_detail"),
    path("statements/<slug:slug>/positions/", positions.statement_positions, name="statement_positions"),
    path(
        "statements/<slug:slug>/positions.csv",
        positions.statement_positions_csv,
        name="statement_positions_csv",
    ),
    path(
        "rounds/<slug:slug>/commitments/positions/",
        positions.commitment_positions,
        name="commitment_positions",
    ),
    path(
        "rounds/<slug:slug>/commitments/positions.csv",
        positions.commitment_positions_csv,
        name="commitment_positions_csv",
    ),
    path("rounds/<slug:slug>/answers/", answers.answer_list, name="answer_list"),
]
