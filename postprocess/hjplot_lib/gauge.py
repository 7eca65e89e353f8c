"""Gauge orbits: members that differ in multipliers and displacements alone; what they agree on, and by how much.

The flow of a constraint G moves x by {x, G}: y where G contains Delta, Delta where it contains y, W where M, M where W.
What it does not move is the same in all members where {G, H} vanishes everywhere, as for split thresholds. Where it
vanishes along the motion alone (hjnet sees to that much) a secondary constraint holds unsaid, whose own flow may move
more: theory then only says what does change.
"""
import csv
import io
from dataclasses import dataclass

import numpy as np

from hjplot_lib.runfile import PlotError
from hjplot_lib.weights import layers

AGREE = 1e-8  # relative spread of what counts as invariant
ALIKE = 1e-12  # relative spread within which flows count as the same
GAUGE_ONLY = {"multipliers", "displacements"}
SCALARS = {"error": "E", "interaction": "H_int", "kinetic": "K/2ω", "hamiltonian": "H", "action": "J"}


@dataclass
class Constraint:
    name: str
    kind: str  # first, second or mixed
    value: float
    contains: set  # of state, delta, weight, momentum
    flow: np.ndarray  # by which W of every component moves


@dataclass
class Orbits:
    """Members of one study, of one or several run files; axis 0 is the member."""
    time: np.ndarray
    constraints: list
    components: list  # what the columns of `weights` and `momenta` are
    weights: np.ndarray
    momenta: np.ndarray
    scalars: dict  # by name
    states: dict  # "y" and "Delta", where the files hold them
    surface: float  # largest |G| of any member


@dataclass
class Row:
    quantity: str
    size: float  # largest magnitude
    spread: float  # largest difference between members at one time
    expected: bool | None  # invariant by theory; None: it makes no statement

    @property
    def relative(self):
        return self.spread / self.size if self.size > 0 else 0.0

    @property
    def invariant(self):
        return self.relative <= AGREE


def names_of(run, attribute):
    group = run.require("/gauge", "the run has no gauge.constraint")
    text = group.attrs[attribute]
    text = text.decode() if isinstance(text, bytes) else str(text)
    return text.split("\n") if text else []


def component_of(term, places):
    """What hjnet calls the synapse of a term, as W; None for a term of y or Delta."""
    if term["of"] in ("state", "delta"):
        return None
    if term["synapse"] in ("thresholds", "biases"):
        return f"W of {'threshold' if term['synapse'] == 'thresholds' else 'bias'} {term['neuron']}"
    source, target = term["synapse"].split("-")
    post, pre = places[target] + term["post"], places[source] + term["pre"]
    return f"W of {term['synapse']}, neuron {post} from {pre}"


def constraints_of(run, components):
    places = {layer.name: layer.first for layer in layers(run)}
    number = {name: i for i, name in enumerate(components)}
    found = []
    tables = run.input.get("gauge", {}).get("constraint", [])
    for table, kind in zip(tables, names_of(run, "classes"), strict=True):
        flow = np.zeros(len(components))
        for term in table["terms"]:
            if term["of"] == "momentum":
                flow[number[component_of(term, places)]] += term["coefficient"]
        found.append(Constraint(table["name"], kind, float(table["value"]), {t["of"] for t in table["terms"]}, flow))
    return found


def members_of(run, name, single):
    """A dataset of every member, or that of the run without an ensemble; None where there is none."""
    if run.members:
        path = f"/ensemble/member/{name}"
        return run.file[path][run.rows, : run.samples] if run.has(path) else None
    return run.series(single)[None] if run.has(single) else None


def without_gauge(run):
    """The input, less what members of a study may differ in: what is chosen along the orbit, names, output."""
    kept = {key: value for key, value in run.input.items() if key not in ("run", "gauge", "ensemble", "output")}
    gauge = dict(run.input.get("gauge", {}))
    gauge["constraint"] = [{key: value for key, value in table.items() if key not in ("multiplier", "displacement")}
                           for table in gauge.get("constraint", [])]
    kept["gauge"] = gauge
    kept["run"] = {key: value for key, value in run.input["run"].items() if key != "name"}
    return kept


def check(runs):
    for run in runs:
        names_of(run, "names")
        others = set(run.input.get("ensemble", {}).get("vary", [])) - GAUGE_ONLY
        if others:
            raise PlotError(f"{run.path}: its members differ in {', '.join(sorted(others))} too: a study of the gauge "
                            'varies "multipliers" and "displacements" alone')
        if without_gauge(run) != without_gauge(runs[0]):
            raise PlotError(f"{runs[0].path}, {run.path}: the inputs differ in more than multipliers and displacements")
        if len(run.time) != len(runs[0].time):
            raise PlotError(f"{runs[0].path}, {run.path}: not equally many completed epochs")
    if sum(max(run.members, 1) for run in runs) < 2:
        raise PlotError(f"{runs[0].path}: a study needs at least two members, or two files")


def collect(runs):
    """The members of all files as one study."""
    check(runs)
    components = names_of(runs[0], "components")

    def together(name, single):
        parts = [members_of(run, name, single) for run in runs]
        return None if any(part is None for part in parts) else np.concatenate(parts)

    nothing = np.zeros((sum(max(run.members, 1) for run in runs), len(runs[0].time), 0))
    weights, momenta = together("gauge_weights", "/gauge/weights"), together("gauge_momenta", "/gauge/momenta")
    scalars = {text: together(name, f"/series/{name}") for name, text in SCALARS.items()}
    states = {"y": together("gauge_y", "/states/y"), "Delta": together("gauge_delta", "/states/delta")}
    return Orbits(
        time=runs[0].time,
        constraints=constraints_of(runs[0], components),
        components=components,
        weights=nothing if weights is None else weights,
        momenta=nothing if momenta is None else momenta,
        scalars={text: values for text, values in scalars.items() if values is not None},
        states={text: values for text, values in states.items() if values is not None},
        surface=float(np.abs(together("gauge_constraint", "/gauge/constraint")).max()),
    )


def spread(values):
    """Largest difference between members at one time, by sample: the other axes are taken together."""
    difference = values.max(axis=0) - values.min(axis=0)
    return difference.reshape(len(difference), -1).max(axis=1, initial=0.0)


def make_row(quantity, values, expected):
    return Row(quantity, float(np.abs(values).max(initial=0.0)), float(spread(values).max(initial=0.0)), expected)


def section(component):
    """Components of one kind share a row of the table: thresholds, biases, the synapses of a projection."""
    kind = component.removeprefix("W of ").split(",")[0].split(" ")[0]
    return {"threshold": "thresholds", "bias": "biases"}.get(kind, kind)


def invariant_directions(orbits):
    """Combinations of the components of W that no first-class flow moves, as (text, rows of coefficients): sums and
    differences of two where flows move pairs, orthogonal complements of the flows otherwise."""
    flows = np.array([c.flow for c in orbits.constraints if c.kind != "second" and c.flow.any()])
    if flows.size == 0:
        return []
    moved = np.abs(flows) > 0
    if (moved.sum(axis=1) == 2).all() and (moved.sum(axis=0) <= 1).all():
        found = {}
        for flow, pair in zip(flows, moved):
            first, second = np.nonzero(pair)[0]
            row = np.zeros(flows.shape[1])
            row[first], row[second] = 1.0, -flow[first] / flow[second]
            number = "" if abs(abs(row[second]) - 1.0) < ALIKE else f"{abs(row[second]):.6g} "
            sign = "-" if row[second] < 0 else "+"
            kinds = section(orbits.components[first]), section(orbits.components[second])
            what = "sums" if sign == "+" else "differences"
            text = (f"W: {what} of pairs of {kinds[0]}" if kinds[0] == kinds[1] and not number
                    else f"W: {kinds[0]} {sign} {number}{kinds[1]}")
            found.setdefault(text, []).append(row)
        return [(text, np.array(rows)) for text, rows in found.items()]
    _, singular, rows = np.linalg.svd(flows)
    rank = int((singular > ALIKE * singular[0]).sum())
    used = moved.any(axis=0)
    rest = [row for row in rows[rank:] if np.abs(row[used]).max() > ALIKE]
    return [("W: combinations that no flow moves", np.array(rest))] if rest else []


def is_exact(orbits):
    """Whether H itself is invariant: every flow takes from a neuron's bias what it adds to its threshold. {G, H} then
    vanishes everywhere, and on the surface of homogeneous constraints J is invariant too."""
    number = {name: i for i, name in enumerate(orbits.components)}
    for constraint in orbits.constraints:
        if constraint.kind == "second" or constraint.value != 0.0 or constraint.contains != {"momentum"}:
            return False
        for i in np.nonzero(constraint.flow)[0]:
            name = orbits.components[i]
            other = name.replace("threshold", "bias") if "threshold" in name else name.replace("bias", "threshold")
            if other == name or abs(constraint.flow[i] + constraint.flow[number.get(other, i)]) > ALIKE:
                return False
    return True


def table(orbits):
    """A row for every quantity: what the flows leave alone first."""
    expected = True if is_exact(orbits) else None
    rows = [make_row(text, values, expected) for text, values in {**orbits.states, **orbits.scalars}.items()]
    for text, directions in invariant_directions(orbits):
        rows.append(make_row(text, orbits.weights @ directions.T, expected))
    moved = np.zeros(len(orbits.components), bool)
    for constraint in orbits.constraints:
        if constraint.kind != "second":
            moved |= constraint.flow != 0.0
    for name in dict.fromkeys(section(component) for component in orbits.components):
        own = np.array([section(component) == name for component in orbits.components])
        rows.append(make_row(f"M: {name}", orbits.momenta[..., own], expected))
        rows.append(make_row(f"W: {name}", orbits.weights[..., own], False if moved[own].any() else expected))
    return rows


HEADING = ["quantity", "largest magnitude", "largest spread", "relative spread", "invariant", "expected"]


def word(answer):
    return "-" if answer is None else "yes" if answer else "no"


def render(rows):
    lines = [HEADING] + [[row.quantity, f"{row.size:.3g}", f"{row.spread:.2e}", f"{row.relative:.2e}",
                          word(row.invariant), word(row.expected)] for row in rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEADING))]
    return "".join("  ".join(text.ljust(width) for text, width in zip(line, widths)).rstrip() + "\n"
                   for line in lines)


def render_csv(rows):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADING)
    for row in rows:
        writer.writerow([row.quantity, *(repr(float(n)) for n in (row.size, row.spread, row.relative)), word(row.invariant),
                         word(row.expected)])
    return out.getvalue()
