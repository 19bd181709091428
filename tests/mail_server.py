"""A real mail server for tests, that can be told to refuse people, to be out of sorts, or to be away."""

import logging
import socket
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller


class MailServer:
    """Keeps the messages it took in `taken`; `answers` holds what it says to the next ones instead."""

    def __init__(self):
        self.taken = []
        self.answers = []
        self.refused = set()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.controller = None

    def start(self):
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()
        # It says so after every step of every connection.
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        return self

    def stop(self):
        if self.controller:
            self.controller.stop()
            self.controller = None

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refused:
            return "550 Nobody of this name here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.answers:
            return self.answers.pop(0)
        self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 Taken"
