"""The job that sends news, run as a program of its own and killed at a step of one's choice.

Reads a number a line: runs the job in a new process, kills it before the step of that number (0: never), and writes
"killed", or "done" with how many steps there were and the number of the first after a message had gone. A step is a
line of our code that the job comes to, each line the first two times: for the first message and for the next.
"""

import os
import signal
import sys
from collections import Counter

import django
from django import db
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse


def main(host, port, user, database):
    """With the password from PGPASSWORD, if there is one."""
    settings.DATABASES["default"].update(
        ENGINE="django.db.backends.postgresql", HOST=host, PORT=port, USER=user, NAME=database
    )
    django.setup()
    from profiles import mail
    from profiles.management.commands import send_notifications
    from profiles.models import notification

    # Here once, instead of in each process: the site's addresses, with all that they lead to.
    reverse("home")
    files = {module.__file__ for module in (mail, send_notifications, notification)}
    print("ready", flush=True)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            run(int(line), files)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            print("killed", flush=True)


def run(step, files):
    seen = Counter()
    count = sent = 0

    def trace(frame, event, argument):
        nonlocal count, sent
        if frame.f_code.co_filename not in files:
            return None
        place = (frame.f_code.co_filename, frame.f_lineno)
        if event == "line" and seen[place] < 2:
            seen[place] += 1
            count += 1
            if frame.f_code.co_name == "record_sent":
                sent = sent or count
            if count == step:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    sys.settrace(trace)
    call_command("send_notifications")
    db.connections.close_all()
    print("done", count, sent, flush=True)
    os._exit(0)


main(*sys.argv[1:])
