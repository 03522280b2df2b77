"""A client's month by the rules of the README alone, second by second: another program must come to the same minutes.

Reads {"client", "month", "clients": {slug: {zone, grace, step, package, rollover}}, "sessions": [...], "body"} on stdin,
times in whole seconds, and prints the lines and the balance as JSON, with the SHA-256 of "body" as RFC 8785 writes it.
"""

import hashlib
import json
import sys
from collections import defaultdict
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

given = json.load(sys.stdin)
clients = given["clients"]
zones = {slug: ZoneInfo(terms["zone"]) for slug, terms in clients.items()}


def local(second, slug):
    return (datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=second)).astimezone(zones[slug])


seconds = defaultdict(int)
first = {}
for person in {session["staff"] for session in given["sessions"]}:
    own = sorted((s for s in given["sessions"] if s["staff"] == person), key=lambda s: (s["start"], s["id"]))
    owners = {}
    for session in own:
        marks = {session["start"]} | {session["start"] + mark for mark in session["marks"]}
        latest = None
        for second in range(session["start"], session["start"] + session["length"]):
            if second in marks:
                latest = second
            if second >= latest + clients[session["client"]]["grace"]:
                continue
            # The latest mark has the second; of two at once that of the session opened later.
            if second not in owners or latest >= owners[second][0]:
                owners[second] = (latest, session)
    for second, (_, session) in owners.items():
        if session["client"] != given["client"]:
            continue
        day = local(second, given["client"]).date().isoformat()
        if day[:7] != given["month"]:
            continue
        key = (day, person, session["task"])
        seconds[key] += 1
        first[key] = min(first.get(key, second), second)

terms = clients[given["client"]]
step = terms["step"] * 60
lines = []
for key, length in seconds.items():
    minutes = -(-length // step) * terms["step"]
    at = local(first[key], given["client"]).strftime("%H:%M")
    line = {"day": key[0], "at": at, "staff": key[1], "task": key[2], "exactMs": length * 1000, "charged": minutes}
    lines.append((key[0], first[key], key[1], key[2] or "", line))
lines = [line for *_, line in sorted(lines, key=lambda each: each[:4])]

left = terms["package"]
for line in lines:
    line["covered"] = min(left, line["charged"])
    left -= line["covered"]
charged = sum(line["charged"] for line in lines)
body = json.dumps(given["body"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
print(
    json.dumps(
        {
            "lines": lines,
            "charged": charged,
            "left": left,
            "beyond": charged - (terms["package"] - left),
            "carriesOver": min(left, terms["rollover"]),
            "hash": hashlib.sha256(body.encode()).hexdigest(),
        }
    )
)
