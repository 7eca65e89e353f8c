// The keys of a torus input; see reference_tables.cpp.
#include "config/reference.hpp"

namespace hjnet {

namespace {

using Form = TableReference::Form;

TableReference torus_table() {
  return {
      "torus",
      Form::single,
      "The Hamiltonian H = H0(I) + epsilon V(phi, I) on the n-torus, and the actions J whose tori are looked for. "
      "Terms "
      "make up V; in place of `linear`, `quadratic` and terms stands `[torus.network]`.",
      {{"dimensions", "an integer from 1 to 3", "1", "n"},
       {"linear", "a list of numbers", "zeros", "H0 = linear . I + I quadratic I / 2; one of the two is required"},
       {"quadratic", "rows of numbers, a symmetric matrix", "zeros", "n rows of n"},
       {"epsilon", "a finite number", "required with a term or a network", "factor of V"},
       {"action", "a list of axes, each { from, to, count } or a list of numbers", "required",
        "an axis of J for each dimension. The grid is their product, the first axis slowest; `count` numbers go from "
        "`from` to `to`, both included",
        "from to count"},
       {"method", "one of auto, fixed_point, newton", "\"auto\"",
        "how a torus is solved for: auto is the fixed point, and Newton's method where that does not converge"},
       {"tolerance", "a number > 0 and <= 1e-3", "1e-12", "largest |H - K| of a torus that is found"},
       {"modes", "a list of integers >= 1", "16 each",
        "largest |m| of the Fourier series to start with; doubled as needed"},
       {"max_modes", "a list of integers >= modes",
        "the largest of modes, the terms' modes and 1024, 256, 32 for n = 1, 2, 3", "largest |m| that is tried"},
       {"divisor_tolerance", "a number >= 0", "1e-6", "|m . omega| below this is resonant"}}};
}

std::vector<TableReference> term_tables() {
  return {
      {"torus.term",
       Form::repeated,
       "V += cos(mode . phi + phase) times a polynomial in the actions.",
       {{"mode", "a list of integers", "required", "m"}, {"phase", "a finite number", "0.0", "in radians"}}},
      {"torus.term.polynomial",
       Form::repeated,
       "Its monomials coefficient I_1^power_1 ... I_n^power_n, as a list of inline tables. None at all: the number 1.",
       {{"power", "a list of integers from 0 to 100", "zeros", "of the actions"},
        {"coefficient", "a finite number", "required", "of the monomial"}}}};
}

std::vector<TableReference> torus_network_tables() {
  return {{"torus.network",
           Form::single,
           "A Hamiltonian from a network: H0 = M^2/2 omega along one or two weights, V its learning potential as a "
           "function "
           "of them, averaged over an epoch in which they do not move. phi = 2 pi (W - centre)/width and I = M width/2 "
           "pi. A "
           "window makes V periodic.",
           {{"input", "the name of an input file of `hjnet run`", "required",
             "the network. It acts by its network, stimulus, particles' pulses, gauge field, error, target, decay, "
             "inertia, "
             "delta, epoch length, seed and solver"},
            {"potential", "one of error, interaction", "\"error\"",
             "V: the error E, or H_int = sum Delta F + E, averaged over the epoch"},
            {"centre", "a list of numbers", "the weights drawn", "the middle of the box"},
            {"width", "a list of numbers > 0", "required", "the box's edges"},
            {"nodes", "a list of integers from 4 to 4096", "65 for n = 1, 33 for n = 2",
             "Chebyshev nodes a direction at which the network is run"},
            {"taper", "a number in [0.01, 1)", "0.5",
             "the window is 1 in the middle of the box and falls to 0 in this part of the half-width, at each edge"}}},
          {"torus.network.directions",
           Form::repeated,
           "The weights, as a list of inline tables, one for each dimension.",
           {{"weight", "the name of a dense projection, FROM-TO", "required", "which projection"},
            {"post", "a neuron of the layer TO, from 0", "required", "the row"},
            {"pre", "a neuron of the layer FROM, from 0", "required", "the column"}}}};
}

std::vector<TableReference> comparison_tables() {
  return {{"torus.wavefunction",
           Form::single,
           "Wavefunctions of the tori with J = hbar (m + maslov/4). Without this table there are none.",
           {{"hbar", positive_number, "1.0", "Planck's constant"},
            {"maslov", "a list of integers >= 0", "zeros", "Maslov indices"},
            {"levels", "a list of lists of integers", "required", "quantum numbers m, n for each level"},
            {"grid", "a list of integers >= 2", "256, 64, 32 for n = 1, 2, 3", "points of phi a dimension"},
            {"times", "a list of numbers", "[0.0]", "when psi is stored"}}},
          {"torus.trajectory",
           Form::single,
           "Orbits that CVODE integrates, for comparison. Without this table there are none.",
           {{"count", "an integer >= 1", "1",
             "orbits beside each torus, from angles that are drawn; where there is no torus they start from I = J"},
            {"time", positive_number, "1000.0", "how long each is"},
            {"samples", "an integer >= 1", "4096", "points of each orbit that are stored, at random times"},
            {"relative_tolerance", "a number from 1e-14 to 0.1", "1e-12", "of the integrator"}}}};
}

/// A table of a run with the keys that a torus input takes over.
TableReference shared(std::string_view path, const std::vector<std::string_view>& names) {
  TableReference table = *find_table(path);
  table.keys.clear();
  for (const auto name : names) table.keys.push_back(*find_key(path, name));
  return table;
}

std::vector<TableReference> all_torus_tables() {
  std::vector<TableReference> tables{
      {"", Form::single, "", {}}, shared("run", {"name", "seed"}), shared("output", {"file"}), torus_table()};
  for (const auto& part : {term_tables(), torus_network_tables(), comparison_tables()}) {
    tables.insert(tables.end(), part.begin(), part.end());
  }
  return tables;
}

}  // namespace

const std::vector<TableReference>& torus_reference() {
  static const std::vector<TableReference> tables = all_torus_tables();
  return tables;
}

}  // namespace hjnet
