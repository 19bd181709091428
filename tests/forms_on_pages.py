"""The forms that pages have, as a browser would send them."""

from html.parser import HTMLParser
from urllib.parse import urljoin

UNSENT = ("submit", "button", "reset", "image", "file")


class Form:
    def __init__(self, method, action):
        self.method, self.action, self.fields = method, action, {}

    def add(self, name, value):
        self.fields.setdefault(name, []).append(value)


class _Parser(HTMLParser):
    def __init__(self, address):
        super().__init__()
        self.address, self.forms, self.form, self.select, self.area = address, [], None, None, None

    def handle_starttag(self, tag, attrs):
        attrs = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = urljoin(self.address, attrs.get("action", self.address))
            self.form = Form(attrs.get("method", "get").lower(), action)
            self.forms.append(self.form)
        if self.form is None or not (attrs.get("name") or tag == "option"):
            return
        if tag == "input" and attrs.get("type") not in UNSENT:
            self.form.add(attrs["name"], attrs.get("value", ""))
        if tag == "button":
            self.form.add(attrs["name"], attrs.get("value", ""))
        if tag == "textarea":
            self.form.add(attrs["name"], "")
        if tag == "select":
            self.select = attrs["name"]
            self.form.add(self.select, "")
        if tag == "option" and self.select:
            self.form.fields[self.select].append(attrs.get("value", ""))

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None
        if tag == "select":
            self.select = None


def forms_on(text, address):
    """Each form of a page of HTML, with the values its fields have or offer."""
    parser = _Parser(address)
    parser.feed(text)
    return parser.forms
