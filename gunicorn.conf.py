"""What gunicorn reads when it is started in this folder: it writes its lines as the site does.

Its access log would hold addresses with their queries and keys; ogp_network/logs.py writes a line without them.
"""

import os

from ogp_network.logs import configuration

# Not from the settings: imported here, they would outlive a reload.
IS_PRODUCTION = os.environ.get("SITE_MODE", "production") == "production"

accesslog = None
logconfig_dict = configuration(
    format=os.environ.get("LOG_FORMAT") or ("json" if IS_PRODUCTION else "full"),
    level=(os.environ.get("LOG_LEVEL") or "INFO").upper(),
)
