"""Asks whether anything in the locks has a known vulnerability; says plainly where that couldn't be found out.

Fails where there is one. Where the source of that knowledge can't be reached it doesn't fail, for a change can't help
that; it never says that all is well, though.
"""

import json
import subprocess
import sys

LOCKS = ["requirements.txt", "requirements-dev.txt"]
SECONDS = 120


def audit():
    """Have pip-audit look the locks up; its exit code, or None if it took too long, and what it wrote."""
    files = [part for lock in LOCKS for part in ("--requirement", lock)]
    command = [sys.executable, "-m", "pip_audit", *files, "--require-hashes", "--disable-pip"]
    command += ["--format", "json", "--progress-spinner", "off", "--timeout", "10"]
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return None, "", f"no answer within {SECONDS} seconds"
    return run.returncode, run.stdout, run.stderr


def verdict(code, output, errors):
    """Whether to fail, and what to say."""
    try:
        packages = json.loads(output)["dependencies"]
    except (ValueError, KeyError, TypeError):
        reason = (errors.strip().splitlines() or [f"pip-audit ended with {code}"])[-1]
        return False, f"NOT CHECKED: whether dependencies have known vulnerabilities. {reason}"
    found = [f"{p['name']} {p['version']}: {v['id']}" for p in packages for v in p.get("vulns", ())]
    skipped = [f"{p['name']}: {p['skip_reason']}" for p in packages if "skip_reason" in p]
    if found:
        return True, "\n".join(["Known vulnerabilities:", *sorted(set(found))])
    number = len({p["name"] for p in packages})
    if skipped:
        left_out = len({line.partition(":")[0] for line in skipped})
        return False, f"NOT CHECKED: {left_out} of {number} packages. The first, {skipped[0]}"
    if code != 0 or not packages:
        return False, f"NOT CHECKED: pip-audit ended with {code}, having looked at {number} packages."
    return False, f"None of {number} packages has a known vulnerability."


if __name__ == "__main__":
    fails, words = verdict(*audit())
    print(words)
    sys.exit(fails)
