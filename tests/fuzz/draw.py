"""Numbers and words within the ranges that the reference page states, their ends included."""

import math
import re

LARGEST = 1.7976931348623157e308
SMALLEST = 5e-324
INTEGER = 2**63 - 1
EXTREME_NUMBERS = (SMALLEST, 2.3e-308, 1e-300, 1e-100, 1e-16, 1e-12, 1e-8, 1e-4, 1e4, 1e8, 1e12, 1e16, 1e100, 1e300, LARGEST)
EXTREME_INTEGERS = (2, 3, 1000, 65535, 65536, 2**20, 2**31 - 1, 2**31, 2**32, 2**53 + 1, INTEGER)


class Draw:
    """A seeded source of values. `extreme` is the share of numbers that come from the ends of their range."""

    def __init__(self, rng, extreme):
        self.rng, self.extreme = rng, extreme

    def chance(self, share):
        return self.rng.random() < share

    def at_the_end(self):
        return self.chance(self.extreme)

    def number(self, low=-LARGEST, high=LARGEST, open_low=False, open_high=False, typical=1.0):
        """In [low, high], or without an end that is open."""
        first = math.nextafter(low, math.inf) if open_low else low
        last = math.nextafter(high, -math.inf) if open_high else high
        if self.at_the_end():
            candidates = [first, last, math.nextafter(first, math.inf), math.nextafter(last, -math.inf), 0.0, -0.0]
            candidates += [sign * value for sign in (1, -1) for value in EXTREME_NUMBERS]
            return self.rng.choice([value for value in candidates if first <= value <= last])
        value = (typical or 1.0) * 10 ** self.rng.uniform(-1, 0.7)
        if low < 0 <= high and self.chance(0.4):
            value = -value
        if not first <= value <= last:
            value = self.rng.uniform(max(first, -10.0), min(last, 10.0))
        return value

    def integer(self, low, high=INTEGER, typical=4):
        if self.at_the_end():
            candidates = [low, low + 1, high - 1, high, *EXTREME_INTEGERS]
            return self.rng.choice([value for value in candidates if low <= value <= high])
        return self.rng.randint(low, max(low, min(high, low + typical)))

    def finite(self):
        return self.number()


NUMBER = r"(-?[\d.]+(?:e-?\d+)?)"


def by_text(draw, expected, default):
    """A value that the page's words for it allow; None where they are not of a form known here."""
    try:
        typical = abs(float(default)) or 1.0
    except ValueError:
        typical = 1.0
    if expected == "true or false":
        return draw.chance(0.5)
    if expected == "a finite number":
        return draw.finite()
    if expected == "a number other than 0":
        return draw.finite() or 1.0
    if match := re.fullmatch(r"(one of|a list of distinct names of) ([\w, ]+)", expected):
        words = match[2].split(", ")
        return draw.rng.choice(words) if match[1] == "one of" else draw.rng.sample(words, draw.rng.randint(0, len(words)))
    if expected == "a number >= 0, or two":
        return draw.number(0.0) if draw.chance(0.5) else [draw.number(0.0), draw.number(0.0)]
    if expected == "three numbers, not all 0, or a pair of such":
        axis = lambda: [draw.finite() or 1.0, draw.finite(), draw.finite()]  # noqa: E731
        return axis() if draw.chance(0.5) else [axis(), axis()]
    if match := re.fullmatch(rf"a number (>=|>) {NUMBER}(?: and (<=|<) {NUMBER})?", expected):
        high = float(match[4]) if match[4] else LARGEST
        return draw.number(float(match[2]), high, match[1] == ">", match[3] == "<", typical)
    if match := re.fullmatch(rf"a number (?:in \[|from ){NUMBER}(?:, | to ){NUMBER}([\])]?)", expected):
        return draw.number(float(match[1]), float(match[2]), False, match[3] == ")", typical)
    if match := re.fullmatch(r"an integer >= (\d+)", expected):
        return draw.integer(int(match[1]))
    if match := re.fullmatch(r"an( even)? integer from (\d+) to (\d+)", expected):
        value = draw.integer(int(match[2]), int(match[3]))
        return value - value % 2 if match[1] else value
    return None
