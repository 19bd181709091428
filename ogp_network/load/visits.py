"""What is asked of the site while it is measured: endless streams of requests, and what their answers must hold."""

import random
import re
from contextlib import closing

from django.db.models import Count

from manifesto.models.finding import Search
from manifesto.models.reading import CARDS

from .client import Answer, Connection, asking

TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
# How many words are tried, and how many searches are chosen from what they find.
WORDS, SEARCHES = 200, 40
COMMENT = "I have seen this work where I live, and would like to say how it was paid for."


def holds(*pieces):
    return lambda answer: answer.status == 200 and all(piece in answer.body for piece in pieces)


def leads_to(piece):
    return lambda answer: answer.status == 302 and piece in answer.head


def _twenty_cards(answer: Answer):
    return answer.status == 200 and answer.body.count(b'<article class="idea-card">') == 20


class Site:
    """The made-up round as its visitors see it."""

    def __init__(self, round):
        self.address = f"/rounds/{round.slug}/ideas/"
        # Of each idea its number and its key, which forms name it by.
        self.ideas = list(round.ideas.live().by_number().values_list("number", "pk"))
        self.themes = [theme.slug for theme in round.themes.all()]
        self.searches = _searches(round)

    def newest(self):
        return asking(f"{self.address}?order=newest", is_right=_twenty_cards)

    def most_supported(self):
        return asking(f"{self.address}?order=support", is_right=_twenty_cards)

    def somewhere_in_the_list(self, chance):
        """A page that hardly anybody else asks for: of a theme, by a shuffle of one's own."""
        theme, seed = chance.choice(self.themes), chance.randint(0, 10**6)
        path = f"{self.address}?theme={theme}&order=shuffled&shuffle={seed}"
        return asking(path, is_right=holds(b'<article class="idea-card">'))

    def search(self, chance):
        word, theme = chance.choice(self.searches)
        path = f"{self.address}?text={word}&theme={theme}"
        return asking(path, is_right=holds(b'id="results-title"', b' name="text" value="'))

    def idea(self, chance):
        number, _ = chance.choice(self.ideas)
        return asking(
            f"{self.address}{number}/", is_right=holds(b'id="support-title"', b"/ideas/%d/" % number)
        )


def _searches(round):
    """Pairs of a word and a theme, the same every time: such as find a whole page where there are enough, so that a
    page takes as much to show however many ideas there are.
    """
    titles = round.ideas.live().by_number().values_list("title", flat=True)[:500]
    words = sorted({word for title in titles for word in title.lower().split() if len(word) > 4})
    chance = random.Random("searches")
    searches = [
        (min(number, CARDS), word, theme)
        for word in chance.sample(words, k=min(WORDS, len(words)))
        for theme, number in _found_by_theme(round, word)
    ]
    chance.shuffle(searches)
    searches.sort(key=lambda search: -search[0])
    return [(word, theme) for _number, word, theme in searches[:SEARCHES]]


def _found_by_theme(round, word):
    found = round.ideas.live().matching(Search.of(word)).order_by("theme__slug")
    return found.values_list("theme__slug").annotate(Count("pk"))


class Voter:
    """A member who is signed in, on the pages of the site. They know what they support."""

    def __init__(self, site, member, session, cookie, number):
        self.site = site
        self.member = member
        self.cookies = {cookie: session}
        self.address = f"198.51.{number // 250 % 250}.{number % 250 + 1}"
        self.chance = random.Random(f"voter {number}")
        self.token = None
        self.supports = set()

    def sign_in(self, port):
        """See an idea's page and take the token for forms from it, with its cookie."""
        number, _ = self.site.ideas[0]
        with closing(Connection(port)) as connection:
            answer = connection.ask(self.ask(f"{self.site.address}{number}/", holds(b"csrfmiddlewaretoken")))
        self.cookies |= answer.cookies
        self.token = TOKEN.search(answer.body)[1].decode()

    def ask(self, path, is_right, **form):
        posted = form | {"csrfmiddlewaretoken": self.token} if form else None
        return asking(path, is_right=is_right, cookies=self.cookies, address=self.address, form=posted)

    def vote(self):
        """For an idea that they don't support yet; counted as theirs once it is answered as that.

        Whoever supports them all withdraws from one.
        """
        if len(self.supports) == len(self.site.ideas):
            return self.withdraw()
        number, key = self.chance.choice(self.site.ideas)
        while key in self.supports:
            number, key = self.chance.choice(self.site.ideas)

        def is_right(answer):
            right = leads_to(b"%s%d/#support" % (self.site.address.encode(), number))(answer)
            if right:
                self.supports.add(key)
            return right

        return self.ask("/support/", is_right, idea=key, revision=1)

    def withdraw(self):
        """What they support; without any, they vote."""
        if not self.supports:
            return self.vote()
        key = self.chance.choice(sorted(self.supports))

        def is_right(answer):
            right = answer.status == 302 and b"/ideas/" in answer.head
            if right:
                self.supports.discard(key)
            return right

        return self.ask("/support/withdrawals/", is_right, idea=key)

    def page(self):
        number, _ = self.chance.choice(self.site.ideas)
        return self.ask(f"{self.site.address}{number}/", holds(b'id="support-title"', b"csrfmiddlewaretoken"))

    def comment(self, key):
        """`key` is the form's: it makes one comment of several tries."""
        number, _ = self.chance.choice(self.site.ideas)
        path = f"{self.site.address}{number}/comments/"
        return self.ask(path, leads_to(b"/ideas/"), key=key, text=COMMENT)
