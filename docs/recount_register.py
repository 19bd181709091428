"""Recount a count register: python3 recount_register.py count-register-….csv (Python alone, the file alone)."""

import csv
import sys
from collections import Counter

with open(sys.argv[1], newline="", encoding="utf-8") as file:
    rows = list(csv.DictReader(file))
stated = {row["idea"]: int(row["number"]) for row in rows if row["statement"] == "supporters"}
counted = Counter(row["idea"] for row in rows if row["statement"] == "counted")
codes = Counter(row["code"] for row in rows if row["code"])
faults = [f"{code} stands in it {times} times" for code, times in codes.items() if times > 1]
for idea, number in stated.items():
    print(f"idea {idea}: {counted[idea]} codes, {number} supporters stated")
    if counted[idea] != number:
        faults.append(f"idea {idea} has {counted[idea]} codes for {number} supporters")
print("\n".join(faults) or "Every code stands once, and every count agrees.")
sys.exit(bool(faults))
