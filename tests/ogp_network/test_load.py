"""The load generator, against a server that says who asked on which connection."""

from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from ogp_network.load.client import ASKED_ON_A_CONNECTION, Connection, asking


class TellsPort(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        said = str(self.client_address[1]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *args):
        """Nothing."""


@pytest.fixture
def port():
    with ThreadingHTTPServer(("127.0.0.1", 0), TellsPort) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def test_a_connection_is_made_anew_now_and_then_so_that_all_workers_are_asked(port):
    request = asking("/", is_right=lambda answer: answer.status == 200)
    with closing(Connection(port)) as client:
        asked_on = [client.ask(request).body for _ in range(2 * ASKED_ON_A_CONNECTION + 1)]
    first, second, third = dict.fromkeys(asked_on)
    assert [asked_on.count(one) for one in (first, second, third)] == [ASKED_ON_A_CONNECTION] * 2 + [1]
