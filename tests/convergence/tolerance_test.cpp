// Tightening the solver's tolerance keeps reducing the error of every quantity, down to the bounds below.
#include "../support/case.hpp"
#include "../support/factor_engine.hpp"
#include "../support/problem.hpp"

#include <algorithm>

namespace {

using namespace hjnet;
using namespace hjnet::test;

const Problem problems[] = {{"feed-forward, steps, thresholds", 51, 3, R"([network]
time_constant = 0.15
thresholds = true
layer = [{ name = "a", neurons = 4 }, { name = "b", neurons = 4, transfer = "logistic" }, { name = "c", neurons = 2 }]
[learning]
target = { values = [0.5, -0.4] }
[stimulus]
constant = { layer = "a", values = [0.4, -0.8, 0.6, 0.2] }
step = { layer = "a", values = [-0.5, 0.9, 0.3, 0.7], start = 0.35, stop = 0.6 }
)"},
                            {"recurrent, particles, decay, gauge", 52, 2, R"([network]
time_constant = 0.2
layer = [{ name = "ports", neurons = 6 }, { name = "hidden", neurons = 3, transfer = "erf" }, { name = "out", neurons = 2, transfer = "identity" }]
projection = [{ from = "ports", to = "hidden" }, { from = "hidden", to = "out" }, { from = "hidden", to = "hidden" }]
[learning]
epoch_memory = 0.9
weight_decay = 0.2
error = "cross_entropy"
target = { values = [0.3, 0.7] }
)" + two_particles("full", "0.2, 0, 0.9", 0.15) + turning_field(0.3)},
                            {"initial values", 53, 2, R"([network]
time_constant = 0.5
thresholds = true
initial_state = 0.3
layer = [{ name = "a", neurons = 3, transfer = "softplus" }, { name = "b", neurons = 2 }]
[learning]
delta = "initial"
momentum = "initial"
initial_delta = 0.1
weight_decay = 0.3
target = { values = [0.5, -0.4] }
[stimulus]
constant = { layer = "a", values = [0.4, -0.8, 0.6] }
)"}};

enum class Solver { bdf, adams, waveform, factors };
constexpr const char* solver_names[] = {"bdf", "adams", "waveform", "factors"};

/// A run by one of the solvers; the waveform engine has no method.
Run solved(const Problem& problem, double tolerance, Solver by) {
  const auto settings = settings_from(text_of(problem, 16) + solver(tolerance, by == Solver::bdf ? "bdf" : "adams"));
  if (by == Solver::waveform) return run<WaveformEngine>(settings);
  if (by == Solver::factors) return run<FactorEngine>(settings);
  return run<CoupledEngine>(settings);
}

struct Parameters {
  Problem problem;
  Solver by;
  double bound;  ///< on every quantity's error at the tightest tolerance
};

class Tolerance : public ::testing::TestWithParam<Parameters> {};

// The waveform engine is held against the coupled one's tightest run: the two share no numerics but the mesh.
TEST_P(Tolerance, TighteningReducesTheErrorOfEveryQuantity) {
  const auto& [problem, by, bound] = GetParam();
  const char* name_of_solver = solver_names[static_cast<int>(by)];
  const auto exact = solved(problem, 1e-12, Solver::adams);
  const auto reference = exact.quantities();
  std::vector<std::vector<double>> errors;  // [tolerance][quantity]
  std::printf("    %s, %s\n    %-9s", problem.name, name_of_solver, "tolerance");
  for (const auto& [name, values] : reference) std::printf(" %9s", name.c_str());
  for (const double tolerance : {1e-4, 1e-6, 1e-8, 1e-10}) {
    const auto result = solved(problem, tolerance, by);
    auto& row = errors.emplace_back();
    std::printf("\n    %9.0e", tolerance);
    for (std::size_t i = 0; i < reference.size(); ++i) {
      row.push_back(relative_distance(*result.quantities()[i].second, *reference[i].second));
      std::printf(" %9.1e", row.back());
    }
  }
  std::printf("\n");
  for (std::size_t i = 0; i < reference.size(); ++i) {
    // A quantity that is zero throughout (M at the ends, without particles c_alpha) must be so at every tolerance.
    for (std::size_t t = 1; t < errors.size(); ++t) {
      EXPECT_LE(errors[t][i], std::max(0.3 * errors[t - 1][i], 1e-11)) << reference[i].first << " at tolerance " << t;
    }
    EXPECT_LE(errors.back()[i], bound) << reference[i].first;
  }
  expect_figure(std::string("worst of all at 1e-10, ") + name_of_solver + ", " + problem.name, largest(errors.back()),
                bound);
}

std::vector<Parameters> parameters() {
  std::vector<Parameters> out;
  for (const auto& [by, bound] :
       {std::pair{Solver::bdf, 5e-8}, {Solver::adams, 1e-9}, {Solver::waveform, 1e-11}, {Solver::factors, 1e-11}}) {
    for (const auto& problem : problems) out.push_back({problem, by, bound});
  }
  return out;
}

INSTANTIATE_TEST_SUITE_P(Methods, Tolerance, ::testing::ValuesIn(parameters()), [](const auto& info) {
  return std::string(solver_names[static_cast<int>(info.param.by)]) + std::to_string(info.index % 3);
});

}  // namespace
