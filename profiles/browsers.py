"""Which browser and system a User-Agent header tells of: as much as people need to know a device again, and no more.

Pure. The order matters, for most browsers also claim to be others.
"""

import re

BROWSERS = [
    ("Edge", r"\bEdg(?:e|A|iOS)?/"),
    ("Opera", r"\bOPR/|\bOpera\b"),
    ("Samsung Internet", r"\bSamsungBrowser/"),
    ("Vivaldi", r"\bVivaldi/"),
    ("Firefox", r"\bFirefox/|\bFxiOS/"),
    ("Chrome", r"\bChrom(?:e|ium)/|\bCriOS/|\bHeadlessChrome/"),
    ("Safari", r"\bVersion/[\d.]+.*\bSafari/"),
]
SYSTEMS = [
    ("Android", r"\bAndroid\b"),
    ("iPhone", r"\biPhone\b|\biPod\b"),
    ("iPad", r"\biPad\b"),
    ("Windows", r"\bWindows\b"),
    ("ChromeOS", r"\bCrOS\b"),
    ("macOS", r"\bMacintosh\b|\bMac OS X\b"),
    ("Linux", r"\bLinux\b|\bX11\b"),
]


def browser_and_system(user_agent):
    """Two names; each is empty where it isn't one of those above."""
    return _first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)


def _first(patterns, text):
    return next((name for name, pattern in patterns if re.search(pattern, text)), "")
