# SPDX-License-Identifier: Apache-2.0
"""A published draw, drawn again from the seed and the list alone (docs/draws.md). Shares nothing with the product.

    drawreplay.py FILE.json
"""
import hashlib
import json
import sys
from fractions import Fraction


def key(seed, label, weight):
    u = int.from_bytes(hashlib.sha256(seed + label.encode()).digest()[:8], "big") + 1
    if u == 2**64:
        return 0
    whole, part = 1, 0
    while u < 2**63:
        u, whole = 2 * u, whole + 1
    for _ in range(48):
        u, part = u * u // 2**63, 2 * part
        if u >= 2**64:
            u, part = u // 2, part + 1
    return Fraction(whole * 2**48 - part) * 10**9 // weight


def replay(draw):
    seed = bytes.fromhex(draw["seed"])
    assert hashlib.sha256(seed).hexdigest() == draw["commitment"], "the seed is not the one committed to"
    members = sorted(draw["population"], key=lambda m: m["code"])
    lines = "".join(f"{m['code']},{m['stratum']},{m['weight']}\n" for m in members)
    assert hashlib.sha256(lines.encode()).hexdigest() == draw["population_digest"], "the list is not the one committed to"
    cities = {}
    for m in members:
        cities[m["stratum"]] = cities.get(m["stratum"], 0) + m["weight"]
    drawn = sorted(cities, key=lambda c: (key(seed, "city:" + c, cities[c]), c))[:draw["cities"]]
    order = sorted((key(seed, m["code"], m["weight"]), m["code"], m["stratum"]) for m in members if m["stratum"] in drawn)
    first, rest, taken = [], [], {}
    for _, code, city in order:
        taken[city] = taken.get(city, 0) + 1
        (first if taken[city] <= draw["per_city"] else rest).append(code)
    return (first + rest)[:draw["sample_size"]]


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        published = json.load(file)
    assert replay(published) == [s["code"] for s in published["sample"]]
    print("the same sample")
