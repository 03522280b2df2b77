"""Reads a dossier (RECORD-FORMAT.md) and verifies it, with nothing of Gatebook and nothing but Python 3.8.

    python3 read_dossier.py FILE.zip

Prints a line of JSON for each event, then one for the session. Written from that page, not from the gateway's code.
"""

import base64, hashlib, json, struct, sys, zipfile, zlib

KINDS = (
    "open input output stderr request targetRequest inputEnd outputEnd notice counted close file maskedInput forward"
).split()


class Altered(Exception):
    pass


def check(holds, what):
    if not holds:
        raise Altered(what)


def H(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def u32(value):
    return struct.pack(">I", value)


def u64(value):
    return struct.pack(">Q", value)


# Ed25519 (RFC 8032 section 5.1), slow and short.

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def add(a, b):
    x1, y1, z1, t1 = a
    x2, y2, z2, t2 = b
    e = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P, 2 * t1 * t2 * D % P, 2 * z1 * z2 % P
    f, g, h, i = e[1] - e[0], e[3] - e[2], e[3] + e[2], e[1] + e[0]
    return f * g % P, h * i % P, g * h % P, f * i % P


def multiply(s, point):
    result = (0, 1, 1, 0)
    while s > 0:
        if s & 1:
            result = add(result, point)
        point = add(point, point)
        s >>= 1
    return result


def decompress(text):
    y = int.from_bytes(text, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P != 0:
        x = x * pow(2, (P - 1) // 4, P) % P
    check((x * x - x2) % P == 0 and y < P, "no point of the curve")
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = decompress(bytes([0x58]) + bytes([0x66]) * 31)


def is_signed(key, message, signature):
    s = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or s >= Q:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % Q
    left, right = multiply(s, BASE), add(decompress(signature[:32]), multiply(h, decompress(key)))
    return all((left[i] * right[2] - right[i] * left[2]) % P == 0 for i in (0, 1))


# Statements and keys.


def unbase64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def read_statement(text, kind):
    head, payload, signature = text.split(".")
    header, payload = json.loads(unbase64(head)), json.loads(unbase64(payload))
    check(header["alg"] == "Ed25519" and header["typ"] == "gatebook-" + kind, "no %s statement" % kind)
    check(payload["format"] == 1, "a format that this program does not know")
    return header["kid"], payload, text.rsplit(".", 1)[0].encode(), unbase64(signature)


def thumbprint(jwk):
    text = '{"crv":"Ed25519","kty":"OKP","x":"%s"}' % jwk["x"]
    return base64.urlsafe_b64encode(H(text.encode())).rstrip(b"=").decode()


class Keys:
    def __init__(self, entries):
        self.keys, self.current = {}, {}
        for entry in entries:
            kid, payload, message, signature = read_statement(entry["statement"], "key")
            gateway, jwk = payload["gateway"], payload["key"]
            before = self.current.get(gateway)
            if payload["previous"] is None:
                check(kid == thumbprint(jwk) and (before is None or payload.get("reason")), "a key begins anew")
                signer = jwk
            else:
                check(before is not None and payload["previous"] == kid == before["id"], "a key of nobody")
                signer = before["jwk"]
            check(is_signed(unbase64(signer["x"]), message, signature), "a key statement is not signed")
            if before is not None:
                before["until"] = entry["index"]
            key = {"id": thumbprint(jwk), "jwk": jwk, "gateway": gateway, "from": entry["index"], "until": None}
            self.keys[key["id"]] = self.current[gateway] = key

    def read(self, text, kind, index=None):
        kid, payload, message, signature = read_statement(text, kind)
        key = self.keys[kid]
        check(is_signed(unbase64(key["jwk"]["x"]), message, signature), "the %s is not signed" % kind)
        if index is not None:
            last = index if key["until"] is None else key["until"]
            check(key["from"] <= index <= last, "the %s is signed by a key not in use" % kind)
        return payload


def prove(entry, size, root):
    """RFC 9162 section 2.1.3.2."""
    place, last, node = entry["index"], size - 1, H(b"\0", entry["statement"].encode())
    check(place <= last, "an entry behind the head")
    for sibling in map(bytes.fromhex, entry["proof"]):
        check(last > 0, "a proof is too long")
        if place & 1 or place == last:
            node = H(b"\1", sibling, node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = H(b"\1", node, sibling)
        place, last = place >> 1, last >> 1
    check(last == 0 and node == root, "entry %d is not proven" % entry["index"])


# Events.


def varint(raw, at):
    value = shift = 0
    while True:
        byte = raw[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def frames(archive, channel):
    names = set(archive.namelist())
    part = 0
    while "channels/%d/frames-%d" % (channel, part) in names:
        content = archive.read("channels/%d/frames-%d" % (channel, part))
        at = 0
        while at < len(content):
            seq, start, end, count, raw_length, crc, length = struct.unpack_from(">QQQIIII", content, at)
            checks = content[at + 40 : at + 40 + count]
            data = content[at + 40 + count : at + 40 + count + length]
            at += 40 + count + length
            raw = zlib.decompress(data, -15)
            check(zlib.crc32(data) == crc and len(raw) == raw_length, "a frame is damaged")
            yield seq, start, end, checks, raw
        part += 1


def read_salts(content):
    at, blocks = 0, []
    while at < len(content):
        seq, length = struct.unpack_from(">QH", content, at)
        blocks.append((seq, content[at + 10 : at + 10 + length]))
        at += 10 + length
    return blocks


def salt_of(blocks, n):
    seq, salts = max((block for block in blocks if block[0] <= n), key=lambda block: block[0])
    if len(salts) == 16:
        return H(b"\3", salts, u64(n))[:16]
    return salts[(n - seq) * 16 : (n - seq) * 16 + 16]


def events(archive, channel, opening, erased):
    """Each event with its data and the head behind it."""
    blocks = read_salts(archive.read("channels/%d/salts" % channel))
    head, n = H(b"\2", u32(channel), opening.encode()), 0
    for seq, us, end, checks, raw in frames(archive, channel):
        check(seq == n, "events are missing")
        at = 0
        for expected in checks:
            kind = raw[at]
            delta, at = varint(raw, at + 1)
            length, at = varint(raw, at)
            us += delta
            if kind & 0x80:
                check((channel, n) in erased, "an event was erased, and nobody signed for it")
                data, committed, at = b"*" * length, raw[at : at + 32], at + 32
            else:
                data, at = raw[at : at + length], at + length
                committed = H(b"\0", salt_of(blocks, n), data)
            head = H(b"\1", head, u64(n), u64(us), bytes([kind & 0x7F]), u32(length), committed)
            check(head[0] == expected, "event %d of channel %d is not what was sealed" % (n, channel))
            yield {"channel": channel, "seq": n, "atUs": us, "kind": KINDS[kind & 0x7F], "data": data, "head": head}
            n += 1
        check(at == len(raw) and us == end, "a frame is not what it says")


def read(path, show):
    archive = zipfile.ZipFile(path)
    check(archive.testzip() is None, "a file is damaged")
    log, key_file = json.loads(archive.read("log.json")), json.loads(archive.read("keys.json"))
    check(log["format"] == 1 and key_file["format"] == 1, "a format that this program does not know")
    keys = Keys(key_file["keys"])
    head = keys.read(log["head"], "tree-head")
    for entry in key_file["keys"] + log["statements"]:
        prove(entry, head["size"], bytes.fromhex(head["root"]))
    first, *others = log["statements"]
    opening = keys.read(first["statement"], "opening", first["index"])
    closing, erased = None, set()
    for entry in others:
        kind = json.loads(unbase64(entry["statement"].split(".")[0]))["typ"][len("gatebook-") :]
        payload = keys.read(entry["statement"], kind, entry["index"])
        check(payload["session"] == opening["session"], "a statement of another session")
        if kind == "erasure":
            erased |= {(payload["channel"], n) for n in payload["events"]}
        else:
            check(kind == "closing" and (closing is None or closing["state"] == "interrupted"), "closed twice")
            closing = payload
    checkpoint = log["checkpoint"] and keys.read(log["checkpoint"], "checkpoint")
    check(checkpoint is None or checkpoint["session"] == opening["session"], "a checkpoint of another session")
    stated = closing or checkpoint
    channels = [name for name in archive.namelist() if name.endswith("/salts")]
    check(len(channels) == stated["channels"], "a channel is missing")
    opened, closed = [], []
    least = {channel: count for channel, count, us, head in checkpoint["open"]} if checkpoint else {}
    for channel in range(len(channels)):
        last, count = None, 0
        for last in events(archive, channel, first["statement"], erased):
            show({**last, "data": base64.b64encode(last["data"]).decode(), "head": last["head"].hex()})
            count += 1
        check(count >= least.get(channel, 0), "events before the checkpoint are missing")
        if last["kind"] == "close":
            closed.append(u32(channel) + u64(count) + u64(last["atUs"]) + last["head"])
        else:
            opened.append([channel, count, last["atUs"], last["head"].hex()])
    check(stated["open"] == opened and stated["closed"] == H(b"\4", *closed).hex(), "not what was signed")
    show({"session": opening["session"], "staff": opening["staff"]["login"], "target": opening["target"]["name"]})


if __name__ == "__main__":
    try:
        read(sys.argv[1], lambda line: print(json.dumps(line)))
    except Altered as altered:
        sys.exit("altered: %s" % altered)
