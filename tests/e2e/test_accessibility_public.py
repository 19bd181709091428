"""Axe finds nothing and nothing scrolls sideways on public pages, with the demonstration's real content."""

import pytest

from manifesto.models import Position

from .looks import faults_of

# So many tests share the pages, so that none takes long.
PARTS = 6
PUBLIC = [
    "/",
    "/retention/",
    "/rounds/",
    "/rounds/uk/",
    "/rounds/uk/ideas/",
    "/rounds/uk/invalidations/",
    "/rounds/uk/ideas/?text=nothing+like+this&order=newest",
    "/rounds/uk/ideas/?text=publsih&theme=government-integrity",
    "/rounds/uk/ideas/1/",
    "/rounds/uk/ideas/new/",
    "/rounds/wales/ideas/new/",
    "/rounds/wales/shortlist/",
    "/rounds/pilot/shortlist/",
    "/rounds/pilot/shortlist/pack/",
    "/rounds/pilot/answers/",
    "/rounds/pilot/shortlist/working/",
    "/rounds/pilot/fair-process/",
    "/rounds/wales/fair-process/",
    "/rounds/pilot/ideas/1/",
    "/rounds/pilot/commitments/",
    "/rounds/pilot/commitments/?status=adopted",
    "/rounds/pilot/commitments/1/",
    "/rounds/pilot/commitments/5/",
    "/rounds/pilot/commitments/1/revisions/",
    "/rounds/pilot/commitments/1/revisions/1/2/",
    "/rounds/pilot/packs/",
    "/rounds/pilot/packs/1/",
    "/plans/",
    "/plans/uk-2013-15/",
    "/plans/uk-2013-15/?status=completed",
    "/plans/uk-2013-15/commitments/1/",
    "/plans/demonstration-plan/",
    "/plans/demonstration-plan/?late=yes",
    "/plans/demonstration-plan/commitments/1/",
    "/plans/demonstration-plan/commitments/2/",
    "/institutions/",
    "/institutions/?text=candle",
    "/institutions/lantern-party/",
    "/institutions/department-for-open-doors/",
    "/statements/five-asks/positions/",
    "/statements/five-asks/positions/?by=institution",
    "/statements/",
    "/statements/five-asks/",
    "/statements/five-asks/signatories/?kind=charity",
    "/statements/five-asks/versions/",
    "/statements/five-asks/versions/1/",
    "/statements/five-asks/versions/1/2/",
    "/organisations/",
    "/organisations/involve/",
    "/organisations/plainledger/",
    "/open-data/organisations/",
    "/network/",
    "/stories/",
    "/stories/strathmorlich-land-trust/",
    "/calls/one-year-on/",
    "/reforms/",
    "/meetings/",
    "/meetings/2014-11-04-francis-maude/",
    "/meetings/2014-11-15-political-parties/",
    "/meetings/actions/",
    "/meetings/search/?q=wrokshop",
    "/meetings/topics/who-takes-part/",
    "/meetings/steering-last-lap/",
    "/meetings/workshop-belfast/",
    "/meetings/month/2014/11/",
    "/meetings/notice/",
    "/meetings/workshop-bradford/",
    "/about/",
    "/privacy/",
    "/accessibility/",
    "/cookies/",
    "/privacy/versions/",
    "/privacy/versions/1/",
    "/news/",
    "/news/?calls=open",
    "/news/self-assessment-survey/",
    "/news/names-for-the-chair/",
    "/account/login/",
    "/account/signup/",
    "/nowhere/",
    "/open-data/",
    "/open-data/ideas/",
    "/api/",
    "/search/",
    "/search/?q=govermnent",
    "/search/?q=zyzzyva",
    "/style/",
    "/style/?errors",
]
REFUSED = {"/rounds/wales/ideas/new/": 403, "/nowhere/": 404}


@pytest.mark.parametrize("number", range(PARTS))
def test_public_pages(open_page, demonstration, number):
    page = open_page(bypass_csp=True)
    assert faults_of(page, PUBLIC[number::PARTS], otherwise=REFUSED) == {}


def test_pages_of_positions(open_page, demonstration):
    """One that changed, one that was corrected, and one that was withdrawn."""
    said = Position.objects.latest()
    shown = [said.filter(stance="declined").earliest("pk"), said.exclude(corrects=None).get()]
    pages = [each.get_absolute_url() for each in [*shown, said.withdrawn().get()]]
    assert faults_of(open_page(bypass_csp=True), pages) == {}


def test_head_of_a_phones_page_has_what_a_visitor_needs_in_one_row(open_page):
    page = open_page("/meetings/", viewport={"width": 360, "height": 800})
    boxes = [page.locator(part).bounding_box() for part in (".brand", ".language-nav", ".account-nav")]
    middles = [round(box["y"] + box["height"] / 2) for box in boxes]
    assert max(middles) - min(middles) <= 2
