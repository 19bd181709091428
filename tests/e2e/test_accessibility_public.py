"""Axe finds nothing and nothing scrolls sideways on public pages, with the demonstration's real content."""

from .looks import faults_of

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
    "/rounds/pilot/shortlist/working/",
    "/rounds/pilot/ideas/1/",
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


def test_public_pages(open_page, demonstration):
    assert faults_of(open_page(bypass_csp=True), PUBLIC) == {}


def test_head_of_a_phones_page_has_what_a_visitor_needs_in_one_row(open_page):
    page = open_page("/meetings/", viewport={"width": 360, "height": 800})
    boxes = [page.locator(part).bounding_box() for part in (".brand", ".language-nav", ".account-nav")]
    middles = [round(box["y"] + box["height"] / 2) for box in boxes]
    assert max(middles) - min(middles) <= 2
