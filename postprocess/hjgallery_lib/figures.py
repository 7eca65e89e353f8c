"""Numbers as the page writes them."""
import math

import numpy as np

DIGITS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def power(exponent):
    return f"10{str(exponent).translate(DIGITS)}"


def decade(value):
    return math.floor(math.log10(abs(value)))


def short(value, digits=3):
    """0.0682, 1270, 4.1·10⁻⁹."""
    value = float(value)
    if not math.isfinite(value):
        return str(value)
    if value == 0.0:
        return "0"
    mantissa, exponent = f"{abs(value):.{digits - 1}e}".split("e")
    sign = "−" if value < 0.0 else ""
    if -4 < int(exponent) < 5:
        return f"{sign}{abs(value):.{max(digits - 1 - int(exponent), 0)}f}"
    return f"{sign}{mantissa}·{power(int(exponent))}"


def plus_minus(value, error, sign=False):
    """0.150 ± 0.023, (8.3 ± 1.4)·10⁻⁹: two digits of the error, and as many decimals of the value."""
    value, error = float(value), float(error)
    if not math.isfinite(value) or not math.isfinite(error) or error <= 0.0:
        return short(value)
    scale = decade(max(abs(value), error))
    scale = 0 if -4 < scale < 5 else scale
    decimals = max(1 - decade(error) + scale, 0)
    lead = ("+" if value >= 0.0 else "−") if sign or value < 0.0 else ""
    text = f"{lead}{abs(value) / 10.0**scale:.{decimals}f} ± {error / 10.0**scale:.{decimals}f}"
    return f"({text})·{power(scale)}" if scale else text


def vector(values):
    """(1, −1.2)."""
    return "(" + ",\u00a0".join(f"{value:g}".replace("-", "−") for value in values) + ")"  # never parted by a line


def percent(share, digits=2):
    return f"{short(100.0 * share, digits)} %"


def mean_and_error(members):
    """Mean over members (axis 0) and its standard error."""
    members = np.asarray(members, float)
    return members.mean(axis=0), members.std(axis=0, ddof=1) / np.sqrt(len(members))


def table(heading, rows):
    """A table in Markdown."""
    lines = [heading, ["---"] * len(heading), *rows]
    return "".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |\n" for line in lines)
