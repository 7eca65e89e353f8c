"""Linear theory of learning: one weight w with E = h w²/2, neurons that see it one epoch late (docs/learning.md).

In units of the epoch length the weight obeys Ẇ(t) = μ Ẇ(t-1) + M(t)/ω with Ṁ = -h w(t-1) - κ w(t) and M = 0 at the
epoch's end (terminal), or continuous (initial). Everything depends on h T²/ω, κ T²/ω and μ.
"""
import numpy as np

from hjplot_lib import style

NODES = 12  # Gauss-Legendre, an epoch: W is smooth within one
MEMORIES = (1.0, 0.9, 0.5, 0.0)


def epoch_map(curvature, memory, momentum, sign, decay=0.0, nodes=NODES):
    """The matrix that takes (w, Ẇ at the nodes, w and M at the end) of one epoch to the next. `curvature`: h T²/|ω|,
    `decay`: κ T²/|ω|, `sign`: of ω."""
    x, weight = np.polynomial.legendre.leggauss(nodes)
    weight = weight / 2
    basis = np.polynomial.legendre.legvander(x, nodes - 1)
    integrals = np.stack([np.polynomial.legendre.legval(x, np.polynomial.legendre.legint(one, lbnd=-1)) / 2
                          for one in np.eye(nodes)], axis=1)
    rise = integrals @ np.linalg.inv(basis)  # integral from the epoch's start to each node
    late = np.zeros((nodes, 2 * nodes + 2))  # w one epoch earlier, of (w, Ẇ, w_end, M_end)
    late[:, :nodes] = np.eye(nodes)
    if momentum == "terminal":
        gathered = np.ones((nodes, 1)) * weight - rise  # integral from each node to the epoch's end
        start = np.zeros_like(late)
    else:
        gathered, start = -rise, np.zeros_like(late)
        start[:, -1] = 1.0
    # w = end + rise Ẇ with Ẇ = μ Ẇ_late + (start + gathered (h w_late + κ w)) / ω
    velocity = (start + curvature * gathered @ late) / sign
    velocity[:, nodes: 2 * nodes] += memory * np.eye(nodes)
    end = np.zeros_like(late)
    end[:, 2 * nodes] = 1.0
    w = np.linalg.solve(np.eye(nodes) - decay / sign * rise @ gathered, end + rise @ velocity)
    velocity = velocity + decay / sign * gathered @ w
    out = np.zeros((2 * nodes + 2, 2 * nodes + 2))
    out[:nodes], out[nodes: 2 * nodes] = w, velocity
    out[2 * nodes] = weight @ velocity
    out[2 * nodes, 2 * nodes] += 1.0
    if momentum == "initial":
        out[-1] = -weight @ (curvature * late + decay * w)
        out[-1, -1] += 1.0
    return out


def rate(curvature, memory, momentum, sign, decay=0.0):
    """Growth of w an epoch: the logarithm of the map's spectral radius; negative where w dies away."""
    return float(np.log(np.abs(np.linalg.eigvals(epoch_map(curvature, memory, momentum, sign, decay))).max()))


def measured(weights):
    """The growth an epoch of a sequence of weights w_n: of the larger solution of w_{n+1} = a w_n + b w_{n-1}, fitted
    to its second half, where faster solutions have died away."""
    w = np.asarray(weights)[len(weights) // 2:]
    (a, b), *_ = np.linalg.lstsq(np.stack([w[1:-1], w[:-2]], axis=1), w[2:], rcond=None)
    return float(np.log(np.abs(np.roots([1.0, -a, -b])).max()))


def draw(axes, found=()):
    """`found`: (curvature, memory, momentum, growth) of runs, drawn as points."""
    curvatures = np.logspace(-2, 1, 31)
    for i, memory in enumerate(MEMORIES):
        for momentum, sign, line in (("terminal", -1.0, "-"), ("initial", 1.0, "--")):
            axes.semilogx(curvatures, [rate(a, memory, momentum, sign) for a in curvatures], line,
                          color=style.colour(i), label=f"μ = {memory:g}" if line == "-" else None)
    for curvature, memory, momentum, growth in found:
        axes.plot(curvature, growth, marker="o" if momentum == "terminal" else "s", markerfacecolor="none",
                  markeredgecolor=style.colour(MEMORIES.index(memory) if memory in MEMORIES else 4))
    axes.axhline(0.0, color="0.4", linewidth=0.8)
    axes.set_ylim(-0.5, 1.6)  # the upper half is the legend's
    axes.set_xlabel("curvature h T²/|ω|")
    axes.set_ylabel("growth of a weight an epoch")
    axes.set_title("linear theory: below 0 learning settles")
    axes.legend(loc="upper left", title="– terminal, ω < 0\n- - initial, ω > 0", alignment="left", frameon=False)
