"""Compares pages that a program made from Markdown with the bodies of the archive: text, emphasis, code and images."""

import re
from html.parser import HTMLParser

VOID = {"br", "img", "hr", "wbr", "col", "image"}
# Punctuation that looks the same in bold, and what nobody sees.
STOPS = set("，。！？；：、…—,.!?;:")
UNSEEN = re.compile("[\\s\u200b\u200c\u200d\u2060\ufeff\u00a0]")


class Reader(HTMLParser):
    """Reads each visible character with its emphasis, and the sources of the images."""

    def __init__(self, within=None):
        super().__init__(convert_charrefs=True)
        self.open, self.chars, self.images, self.lists = [], [], [], []
        self.within, self.depth, self.skip = within, None, 0
        self.code = []

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if self.within and self.depth is None and tag == self.within:
            self.depth = len(self.open)
        if tag == "img" and self.reads():
            self.images.append(values.get("src") or "")
        if tag == "image" and self.reads():
            self.images.append(values.get("href") or "")
        if tag == "br" and self.reads() and self.is_in("pre"):
            self.code[-1] += "\n"
        if tag == "li" and self.reads():
            self.item(values)
        if tag == "pre" and self.reads() and not self.is_in("pre"):
            self.code.append("")
        if tag in VOID:
            return
        bold, italic, struck, code = self.open[-1][1:5] if self.open else (False, False, False, False)
        style = values.get("style") or ""
        bold = bold or tag in ("b", "strong", "dt", "summary")
        italic |= tag in ("em", "i", "cite", "dfn", "var")
        struck |= tag in ("s", "del")
        code |= tag in ("code", "pre", "kbd", "samp")
        for name, value in (one.split(":", 1) for one in style.split(";") if ":" in one):
            if name == "font-weight":
                bold = value in ("bold", "bolder", "600", "700", "800", "900")
            if name == "font-style":
                italic = value in ("italic", "oblique")
            if name.startswith("text-decoration") and "line-through" in value:
                struck = True
        if tag in ("h1", "h2", "h3", "h4", "h5", "h6", "th"):
            bold = None
        if self.open and self.open[-1][1] is None:
            bold = None
        self.open.append((tag, bold, italic, struck, code, values))
        if tag == "ol" or tag == "ul":
            self.lists.append([tag, int(values.get("start") or 1), len(self.open)])

    def item(self, values):
        if self.lists and self.lists[-1][0] == "ol":
            number = int(values["value"]) if values.get("value") else self.lists[-1][1]
            self.lists[-1][1] = number + 1
            self.chars.append((f"<{number}>", None, None, None, None))

    def handle_endtag(self, tag):
        if tag in VOID or tag not in [one[0] for one in self.open]:
            return
        while self.open:
            if self.lists and self.lists[-1][2] == len(self.open):
                self.lists.pop()
            closed = self.open.pop()[0]
            if self.depth is not None and len(self.open) <= self.depth:
                self.within, self.depth = "nothing else", None
            if closed == tag:
                break

    def is_in(self, tag):
        return any(one[0] == tag for one in self.open)

    def reads(self):
        return not self.within or self.depth is not None

    def handle_data(self, data):
        tags = [one[0] for one in self.open]
        if not self.reads() or "rp" in tags or "script" in tags or "style" in tags:
            return
        if tags and tags[-1] == "rt":
            data = f"（{data}）"
        if tags and tags[-1] == "q":
            data = f"“{data}”"
        _, bold, italic, struck, code, _ = self.open[-1] if self.open else ("", False, False, False, False, {})
        if "pre" in tags:
            self.code[-1] += data
        for char in UNSEEN.sub("", data):
            self.chars.append((char, bold, italic, struck, code))


def read(html, within=None):
    reader = Reader(within)
    reader.feed(html)
    reader.close()
    return reader


def without_notices(chars):
    """Leaves out the notices for media that are not held: a body has none."""
    text = "".join(char[0] if len(char[0]) == 1 else " " for char in chars)
    for found in reversed(list(re.finditer("［(?:Thisimagewasnotarchived|这张图片没有存档|图片没有存档)[^］]*］", text))):
        del chars[found.start() : found.end()]


def differs(body, page, within=None):
    """Returns what a page shows otherwise than the body, or nothing."""
    body, page = read(body), read(page, within)
    without_notices(page.chars)
    one, two = ["".join(char[0] for char in of.chars) for of in (body, page)]
    if one != two:
        at = next((at for at, pair in enumerate(zip(one, two)) if pair[0] != pair[1]), min(len(one), len(two)))
        return f"text: {one[max(0, at - 15) : at + 25]!r} shown as {two[max(0, at - 15) : at + 25]!r}"
    of = lambda reader: [code for code in (code.strip("\n").replace("\xa0", " ") for code in reader.code) if code.strip()]
    if of(body) != of(page):
        pair = next(((was, now) for was, now in zip(of(body), of(page)) if was != now), (len(of(body)), len(of(page))))
        return f"code: {pair[0]!r} shown as {pair[1]!r}"
    for at, (was, now) in enumerate(zip(body.chars, page.chars)):
        for kind, a, b in zip(("bold", "italic", "struck", "code"), was[1:], now[1:]):
            if a is None or b is None or a == b or was[0] in STOPS or (kind != "code" and (was[4] or now[4])):
                continue
            return f"{kind}: {was[0]!r} in {one[max(0, at - 8) : at + 8]!r}"
    return None
