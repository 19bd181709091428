"""Which e-mail domains show that somebody belongs to an organisation. Pure: takes and gives plain text.

A domain counts if it is the organisation's alone: neither one where anybody gets an address or a page, nor an ending
that many share.
"""

import re
from urllib.parse import urlsplit

# Where anybody gets an address.
_PUBLIC_MAIL = """
    126.com 163.com aol.com aol.co.uk btinternet.com btopenworld.com duck.com email.com fastmail.com
    fastmail.fm free.fr gmail.com gmx.com gmx.co.uk gmx.de gmx.net googlemail.com hey.com hotmail.co.uk
    hotmail.com hotmail.fr hushmail.com icloud.com inbox.com laposte.net libero.it live.co.uk live.com
    mac.com mail.com mail.ru mailbox.org me.com msn.com ntlworld.com orange.fr outlook.co.uk outlook.com
    pm.me posteo.de posteo.net proton.me protonmail.ch protonmail.com qq.com riseup.net rocketmail.com
    runbox.com sky.com talk21.com talktalk.net tiscali.co.uk tuta.com tuta.io tutamail.com tutanota.com
    tutanota.de virgin.net virginmedia.com wanadoo.fr web.de yahoo.ca yahoo.co.in yahoo.co.uk yahoo.com
    yahoo.de yahoo.fr yahoo.ie yandex.com yandex.ru ymail.com zoho.com zohomail.com zohomail.eu
"""
# Where anybody gets a page.
_SHARED_HOSTS = """
    academia.edu bandcamp.com bitbucket.org blogger.com blogspot.com bsky.app business.site carrd.co
    eventbrite.co.uk eventbrite.com facebook.com gitbook.io github.com github.io gitlab.com gitlab.io
    godaddysites.com goodreads.com google.com herokuapp.com instagram.com jimdo.com jimdofree.com
    justgiving.com linkedin.com linktr.ee localgiving.org medium.com meetup.com netlify.app notion.site
    opencollective.com pages.dev patreon.com pinterest.com reddit.com squarespace.com substack.com t.me
    tiktok.com tumblr.com twitter.com typepad.com vercel.app vimeo.com webnode.com weebly.com
    wikipedia.org wix.com wixsite.com wordpress.com wordpress.org x.com youtube.com
"""
# Endings under which different bodies have names of their own.
_SHARED_ENDINGS = """
    ac.uk co.uk gov.uk ltd.uk me.uk mod.uk net.uk nhs.uk org.uk parliament.uk plc.uk police.uk sch.uk
    uk.com uk.net gov.scot nhs.scot gov.wales nhs.wales llyw.cymru nhs.net cjsm.net co.ie gov.ie com.au
    co.nz europa.eu eu.com gb.com gb.net org.au org.nz
"""
PUBLIC_MAIL, SHARED_HOSTS, SHARED_ENDINGS = (
    frozenset(names.split()) for names in (_PUBLIC_MAIL, _SHARED_HOSTS, _SHARED_ENDINGS)
)
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+[a-z][a-z0-9-]*[a-z0-9]", re.ASCII)
_ANYBODYS = PUBLIC_MAIL | SHARED_HOSTS


def is_ones_own(domain: str) -> bool:
    """Whether a lower-case domain can be one body's alone: `rivers.org.uk`, but neither `org.uk` nor `gmail.com`."""
    if not domain or len(domain) > 253 or not _DOMAIN.fullmatch(domain) or domain in SHARED_ENDINGS:
        return False
    parents = {domain.split(".", number)[-1] for number in range(domain.count("."))}
    return not parents & _ANYBODYS


def host_of(website: str) -> str:
    """The host of a web address in lower case, without “www.”; empty if there is none."""
    try:
        return (urlsplit(website.lower()).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def is_whole_site(website: str) -> bool:
    """Whether the address is a site, not a page of one."""
    parts = urlsplit(website)
    return parts.path in ("", "/") and not parts.query


def is_within(host: str, domain: str) -> bool:
    """Whether the host is the domain, or one below it."""
    return host == domain or host.endswith(f".{domain}")


def domain_of(address: str) -> str:
    """What stands behind an e-mail address's @, in lower case."""
    return address.rpartition("@")[2].lower()


def as_sent_to(address: str) -> str:
    """The address with its domain in the letters that mail is sent by, as `xn--bcher-kva.example` for `bücher.example`.

    Two spellings of one domain in the world's letters so become one. What is no domain is left as it is.
    """
    name, at, domain = address.rpartition("@")
    try:
        return name + at + domain.encode("idna").decode()
    except UnicodeError:
        return address


def is_within_any(host: str, domains) -> bool:
    """Whether the host is one of the domains, or below one."""
    return any(host.split(".", number)[-1] in domains for number in range(host.count(".") + 1))
