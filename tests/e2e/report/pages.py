# SPDX-License-Identifier: Apache-2.0
"""A page as a reader sees it: drawn, with its rules and its ink, and the words in the cells between the rules."""
import html
import re
import struct
import subprocess
import zlib

DPI = 144
PX_PER_PT = DPI / 72
# The rules of a table are thin and grey; what is lighter than this is paper.
PAPER = bytes(int(grey < 235) for grey in range(256))


class Picture:
    """A page in grey: ink is 1, paper 0."""

    def __init__(self, path):
        data = path.read_bytes()
        head = re.match(rb"P5\s+(\d+)\s+(\d+)\s+255\s", data)
        self.width, self.height = int(head[1]), int(head[2])
        self.grey = data[head.end():]
        self.ink = self.grey.translate(PAPER)

    def count(self, left, top, right, bottom):
        """Pixels with ink in a rectangle."""
        return sum(sum(self.ink[y * self.width + left:y * self.width + right]) for y in range(top, bottom))

    def ink_width(self, y):
        """First and last pixel with ink in the line of words around y."""
        band = range(y - round(5 * PX_PER_PT), y + round(5 * PX_PER_PT))
        return (min(self.ink.find(1, row * self.width, (row + 1) * self.width) % self.width for row in band if self.count(0, row, self.width, row + 1)),
                max(self.ink.rfind(1, row * self.width, (row + 1) * self.width) % self.width for row in band if self.count(0, row, self.width, row + 1)))

    def upright_rules(self):
        return middles([x for x in range(self.width) if sum(self.ink[x::self.width]) > self.height / 2])

    def level_rules(self, left, right, edge):
        """Where ink goes through from left to right, as far down as the upright rule at edge goes."""
        column = self.ink[edge::self.width]
        top, length = max(((run.start(), len(run[0])) for run in re.finditer(rb"\x01+", column)), key=lambda run: run[1])
        return middles([y for y in range(top, top + length) if self.count(left, y, right, y + 1) == right - left])


def middles(places):
    """The middle of each run of neighbours."""
    runs = []
    for place in places:
        if runs and place == runs[-1][-1] + 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return [sum(run) / len(run) for run in runs]


def draw(pdf, page, folder, name):
    subprocess.run(["pdftoppm", "-gray", "-r", str(DPI), "-f", str(page), "-l", str(page), "-singlefile", pdf, folder / name], check=True)
    return Picture(folder / f"{name}.pgm")


def words_of(pdf, page):
    """(x, y, word), the middle of each in pixels."""
    text = subprocess.run(["pdftotext", "-bbox", "-f", str(page), "-l", str(page), pdf, "-"], text=True, capture_output=True, check=True).stdout
    found = re.findall(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>', text)
    return [((float(left) + float(right)) / 2 * PX_PER_PT, (float(top) + float(bottom)) / 2 * PX_PER_PT, html.unescape(word))
            for left, top, right, bottom, word in found]


class FormPage:
    """The first page of a form, read without knowing what should stand in it: lines over the table, and its cells by rules and places of words."""

    def __init__(self, pdf, folder, name):
        self.picture = draw(pdf, 1, folder, name)
        self.words = words_of(pdf, 1)
        self.upright = self.picture.upright_rules()
        edges = [round(x) for x in self.upright]
        self.level = [self.picture.level_rules(left + 4, right - 4, edges[0]) for left, right in zip(edges, edges[1:])]
        self.lines = [line for _, line in self.lines_between(0, self.level[0][0], 0, self.picture.width)]
        self.sections = self.column(0)
        self.labels, self.answers = self.column(1), self.column(2)

    def lines_between(self, top, bottom, left, right):
        """Lines of a rectangle, each with its height on the page, words from left to right without blanks."""
        lines = []
        for x, y, word in sorted((w for w in self.words if left < w[0] < right and top < w[1] < bottom), key=lambda w: w[1]):
            if lines and y - lines[-1][0] < 5 * PX_PER_PT:
                lines[-1][1].append((x, word))
            else:
                lines.append((y, [(x, word)]))
        return [(y, "".join(word for _, word in sorted(found))) for y, found in lines]

    def column(self, i):
        """Cells of a column from top to bottom."""
        rules = self.level[i]
        return ["".join(line for _, line in self.lines_between(top, bottom, self.upright[i], self.upright[i + 1])) for top, bottom in zip(rules, rules[1:])]

    def words_in(self, i):
        """Words of a column in order, apart where blanks are between them."""
        rules = self.level[i]
        return [word for _, _, word in sorted((w for w in self.words if self.upright[i] < w[0] < self.upright[i + 1] and rules[0] < w[1] < rules[-1]),
                                              key=lambda w: (round(w[1] / PX_PER_PT), w[0]))]

    def ink_of(self, i, row):
        """Ink inside a cell, its rules left out."""
        top, bottom = self.level[i][row:row + 2]
        return self.picture.count(round(self.upright[i]) + 3, round(top) + 3, round(self.upright[i + 1]) - 3, round(bottom) - 3)


def page_sizes(pdf):
    """Width and height of every page in whole millimetres."""
    said = subprocess.run(["pdfinfo", "-l", "-1", pdf], text=True, capture_output=True, check=True).stdout
    return [tuple(round(float(side) * 25.4 / 72) for side in size) for size in re.findall(r"Page\s+\d+ size:\s+([\d.]+) x ([\d.]+) pts", said)]


def beside(left, right, path):
    """Both pages in one picture, for a human."""
    height = max(left.height, right.height)
    rows = []
    for y in range(height):
        for picture in (left, right):
            line = picture.grey[y * picture.width:(y + 1) * picture.width] if y < picture.height else b""
            rows.append((b"\0" if picture is left else b"\x80" * 8) + line.ljust(picture.width, b"\xff"))
    width = left.width + right.width + 8

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
                     + chunk(b"IDAT", zlib.compress(b"".join(rows))) + chunk(b"IEND", b""))
