"""Ask the server of this container whether it is alive: `python -m ogp_network.health_probe`. It fails if not."""

import os
import sys
from http.client import HTTPConnection

PORT = 8000


def is_alive(port, host):
    """Asked as by the proxy in front, under a name that the site goes by."""
    connection = HTTPConnection("127.0.0.1", port, timeout=4)
    try:
        connection.request("GET", "/health/live", headers={"Host": host, "X-Forwarded-Proto": "https"})
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".")
    sys.exit(0 if is_alive(PORT, host) else 1)
