# SPDX-License-Identifier: Apache-2.0
"""The map of the overview, looked at point by point: the shapes fill the box but for a margin, as the page lays them out."""
import re

MARGIN, GRID = 8, 24


def rings_of(feature):
    shape = feature["geometry"]
    return [ring for polygon in (shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]) for ring in polygon]


def is_inside(rings, x, y):
    """Even-odd: holes and islands need no case of their own."""
    inside = False
    for ring in rings:
        for (x1, y1, *_), (x2, y2, *_) in zip(ring, ring[1:]):
            if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
                inside = not inside
    return inside


def inner_spot(rings):
    """A point whose surroundings are inside too, away from the middle, where the name stands; None in an area too small for it."""
    best = None
    xs, ys = [p[0] for ring in rings for p in ring], [p[1] for ring in rings for p in ring]
    middle = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    for i in range(1, GRID):
        for k in range(1, GRID):
            x, y = min(xs) + (max(xs) - min(xs)) * i / GRID, min(ys) + (max(ys) - min(ys)) * k / GRID
            if all(is_inside(rings, x + dx, y + dy) for dx in (-4, 0, 4) for dy in (-4, 0, 4)):
                far = abs(x - middle[0]) + abs(y - middle[1])
                best = max(best or (far, x, y), (far, x, y))
    return best and best[1:]


def spots(collection, codes, width, height):
    """Code and pixel of each area."""
    shapes = {f["properties"]["code"]: rings_of(f) for f in collection["features"] if f["properties"]["code"] in codes}
    points = [p for rings in shapes.values() for ring in rings for p in ring]
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)

    def pixel(x, y):
        return (MARGIN + (x - west) / (east - west) * (width - 2 * MARGIN), MARGIN + (north - y) / (north - south) * (height - 2 * MARGIN))
    found = {code: inner_spot([[pixel(*p[:2]) for p in ring] for ring in rings]) for code, rings in shapes.items()}
    return {code: (round(spot[0]), round(spot[1])) for code, spot in found.items() if spot}


def check_map(centre, browser, layer, rates):
    """Every area of the map has the colour of its rate, as the legend shows it, and the legend counts them. Where each is found."""
    browser.wait("document.querySelector('[data-testid=map]')?.dataset.ready === 'true' && document.querySelector('[data-testid=map] canvas')")
    legend = browser.eval("[...document.querySelectorAll('.legend li')].map(l => [getComputedStyle(l.querySelector('.swatch')).backgroundColor,"
                          " Number(l.querySelector('b').innerText)])")

    def band(rate):
        if rate["percent"] is None:
            return 5
        return min(sum(float(rate["percent"]) >= x for x in (60, 80, 95)), 3) + (rate["numerator"] >= rate["denominator"])

    assert [n for _, n in legend] == [sum(band(r) == b for r in rates.values()) for b in range(6)]
    browser.eval("document.querySelector('[data-testid=map]').scrollIntoView({ block: 'center' })")
    size = browser.eval("(c => [c.clientWidth, c.clientHeight])(document.querySelector('[data-testid=map] canvas'))")
    found = spots(centre.get(f"map/{layer}.geojson"), set(rates), *size)
    assert len(found) > 0.8 * len(rates), "few areas are too small to look into"
    for code, (x, y) in found.items():
        seen = browser.eval(f"""(c => {{ const d = c.getContext('2d').getImageData({x - 1}, {y - 1}, 3, 3).data;
            return [...Array(9).keys()].map(i => [...d.slice(4 * i, 4 * i + 3)]); }})(document.querySelector('[data-testid=map] canvas'))""")
        wanted = [int(part) for part in re.findall(r"\d+", legend[band(rates[code])][0])]
        # A canvas rounds a little; a letter of the name may stand on some of the points.
        assert any(sum(abs(a - b) for a, b in zip(point, wanted)) <= 6 for point in seen), (code, rates[code], wanted, seen)
    return found
