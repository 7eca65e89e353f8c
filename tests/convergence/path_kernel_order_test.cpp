// Orders at which the path kernel's accounts of a learning run come true: in the time constant of the neurons, in the
// speed of learning, and in the nodes of the quadrature.
#include "../support/kernel_case.hpp"

namespace {

using namespace hjnet;
using namespace hjnet::test;

PathKernelResult learned(double time_constant, double inertia, double memory, int nodes = 16) {
  char text[200];
  std::snprintf(text, sizeof text,
                "[network]\ntime_constant = %.17g\nthresholds = true\n[learning]\ninertia = %.17g\n"
                "epoch_memory = %.17g\ntarget = [0.5, -0.6]\n",
                time_constant, inertia, memory);
  const auto settings = settings_from(std::string(text) + R"(
[run]
epochs = 4
seed = 7
[[network.layer]]
name = "a"
neurons = 4
transfer = "identity"
[[network.layer]]
name = "b"
neurons = 5
[[network.layer]]
name = "c"
neurons = 2
[stimulus]
constant = { layer = "a", values = [0.8, -0.5, 0.3, 0.6] }
[kernel]
layer = "a"
patterns = [[0.5, 0.5, -0.5, 0.2], [-0.4, 0.9, 0.1, -0.7]]
nodes_per_epoch = )" + std::to_string(nodes) +
                                      "\n" + solver(1e-9));
  return kernel_run<WaveformEngine>(settings);
}

double order(double coarse, double fine) {
  return std::log2(coarse / fine);
}

TEST(PathKernelOrder, TwoTimesComeTrueAsTheNeuronsBecomeFast) {
  // Whatever the memory and the speed of learning: only the neurons' way to rest is left out, lambda out of T.
  for (const double memory : {1.0, 0.5, 0.0}) {
    const auto coarse = learned(0.02, -0.5, memory);
    const auto fine = learned(0.01, -0.5, memory);
    const double error = relative_distance(fine.two_time, fine.change);
    expect_figure("two times, mu = " + std::to_string(memory), error, 0.1);
    expect_figure("|order in lambda - 1|",
                  std::abs(order(relative_distance(coarse.two_time, coarse.change), error) - 1.0), 0.2);
  }
}

TEST(PathKernelOrder, OneTimeAndTheMachineComeTrueAsLearningBecomesSlow) {
  // Of the same neurons at rest, the gradient an epoch ago becomes that of the moment, and its kernel constant.
  const auto coarse = learned(0.01, -2000.0, 0.0);
  const auto fine = learned(0.01, -4000.0, 0.0);
  for (const auto field : {&PathKernelResult::tangent, &PathKernelResult::machine}) {
    const double error = relative_distance(fine.*field, fine.two_time);
    expect_figure("against two times at omega = -4000", error, 0.1);
    expect_figure("|order in 1/omega - 1|",
                  std::abs(order(relative_distance(coarse.*field, coarse.two_time), error) - 1.0), 0.2);
    expect_figure("against the network's own change", relative_distance(fine.*field, fine.change), 0.1);
  }
}

TEST(PathKernelOrder, TheyFailWhereLearningIsFastAndMemoryLasts) {
  // What no kernel machine may claim: with the paper's mu = 1 the epochs' gradients add up.
  const auto result = learned(0.01, -0.5, 1.0);
  EXPECT_GT(relative_distance(result.tangent, result.change), 0.2);
  EXPECT_LT(relative_distance(result.two_time, result.change), 0.1);
}

TEST(PathKernelOrder, QuadratureConvergesAndKnowsItsError) {
  const auto exact = learned(0.1, -1.0, 1.0, 64);
  double before = 1.0;
  for (const int nodes : {4, 8, 16}) {
    const auto result = learned(0.1, -1.0, 1.0, nodes);
    const double error = relative_distance(result.path, exact.path);
    expect_figure("path, " + std::to_string(nodes) + " nodes: error over its estimate", error / result.path_error, 1.0);
    EXPECT_LT(error, 0.3 * before);
    before = error;
  }
  expect_figure("path, 16 nodes", before, 1e-6);
}

}  // namespace
