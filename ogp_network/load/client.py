"""A closed-loop load generator: so many connections, each of which asks again as soon as it has its answer.

It speaks just enough HTTP/1.1 for answers that say how long they are, so that it takes a small part of one core where
a client for all purposes would be the bottleneck. Each answer's status and content are checked. Standard library only.
"""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from statistics import median, quantiles
from time import perf_counter, process_time
from typing import NamedTuple
from urllib.parse import urlencode

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
COOKIE = re.compile(rb"\r\nset-cookie: *([^=;\s]+)=([^;\r]*)", re.IGNORECASE)
# As a proxy that ends TLS passes requests on.
HEADERS = {"Host": "127.0.0.1", "X-Forwarded-Proto": "https", "Origin": "https://127.0.0.1"}
ANSWER_WITHIN = 60
# A worker keeps a connection that it has accepted; made anew now and then, they come to all workers alike.
ASKED_ON_A_CONNECTION = 20


class Answer(NamedTuple):
    status: int
    head: bytes
    body: bytes

    @property
    def cookies(self):
        return {name.decode(): value.decode() for name, value in COOKIE.findall(self.head)}


class Request(NamedTuple):
    """What is sent, and whether an answer is the right one."""

    sent: bytes
    is_right: Callable[[Answer], bool]


class WrongAnswer(Exception):
    """The site answered, but not what it should have."""


def asking(path, *, is_right, cookies=None, address="192.0.2.1", form=None):
    """A GET, or a POST of a form, by the visitor at `address`, whom the proxy in front of the site names."""
    headers = HEADERS | {"X-Forwarded-For": address}
    if cookies:
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    body = b""
    if form is not None:
        body = urlencode(form).encode()
        headers |= {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))}
    lines = [f"{'GET' if form is None else 'POST'} {path} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return Request("\r\n".join([*lines, "", ""]).encode() + body, is_right)


class Connection:
    """A connection that is kept alive for a while, and made anew then or where the server has ended it."""

    def __init__(self, port):
        self.port = port
        self.socket = None
        self.asked = 0
        self.left = b""

    def ask(self, request):
        if self.asked == ASKED_ON_A_CONNECTION:
            self.close()
        answer = self._exchange(request.sent)
        self.asked += 1
        if not request.is_right(answer):
            asked = request.sent.split(b"\r\n")[0].decode()
            raise WrongAnswer(f"{asked}: {answer.status}, {answer.body[:300].decode(errors='replace')}")
        return answer

    def close(self):
        if self.socket:
            self.socket.close()
        self.socket, self.left, self.asked = None, b"", 0

    def _exchange(self, sent):
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=ANSWER_WITHIN)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self.socket.sendall(sent)
            return self._answer()
        except OSError:
            self.close()
            raise

    def _answer(self):
        head = self._until(b"\r\n\r\n")
        length = LENGTH.search(head)
        if not length:
            raise WrongAnswer(f"an answer that doesn't say how long it is: {head[:200]!r}")
        body = self._exactly(int(length[1]))
        if b"\r\nconnection: close" in head.lower():
            self.close()
        return Answer(int(head[9:12]), head, body)

    def _until(self, end):
        while end not in self.left:
            self._more()
        head, self.left = self.left.split(end, 1)
        return head + end

    def _exactly(self, length):
        while len(self.left) < length:
            self._more()
        body, self.left = self.left[:length], self.left[length:]
        return body

    def _more(self):
        piece = self.socket.recv(262_144)
        if not piece:
            raise ConnectionResetError("the server ended the connection")
        self.left += piece


@dataclass
class Measured:
    """What came of a run: the seconds each answer took, and what went wrong."""

    seconds: float
    times: list = field(default_factory=list)
    errors: list = field(default_factory=list)
    # Which share of one core the load generator itself took.
    share_of_core: float = 0.0

    @property
    def per_second(self):
        return len(self.times) / self.seconds

    @property
    def median(self):
        """In milliseconds, as `p95` is."""
        return median(self.times) * 1000 if self.times else float("nan")

    @property
    def p95(self):
        return quantiles(self.times, n=20)[-1] * 1000 if len(self.times) > 1 else float("nan")


def closed_loop(port, sources: list[Iterator[Request]], seconds, *, warm_up=0.0):
    """Ask what each of `sources` yields, each on a connection of its own; measure once warmed up."""
    begins = perf_counter() + warm_up
    ends = begins + seconds
    parts = [Measured(seconds) for _ in sources]
    threads = [
        threading.Thread(target=_ask_on, args=(port, source, begins, ends, part))
        for source, part in zip(sources, parts, strict=True)
    ]
    used, started = process_time(), perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    measured = Measured(seconds, share_of_core=(process_time() - used) / (perf_counter() - started))
    for part in parts:
        measured.times += part.times
        measured.errors += part.errors
    return measured


def _ask_on(port, source, begins, ends, measured):
    connection = Connection(port)
    # Closing a source lets it note what became of its last request.
    try:
        for request in source:
            start = perf_counter()
            if start >= ends:
                break
            try:
                connection.ask(request)
            except (OSError, WrongAnswer) as error:
                measured.errors.append(f"{type(error).__name__}: {error}")
            else:
                if begins <= start:
                    measured.times.append(perf_counter() - start)
    finally:
        connection.close()
