// Stimuli and their sides at a jump, pulses with their couplings, and gauge fields.
#include "../support/case.hpp"
#include "../support/pattern_file.hpp"

#include <algorithm>
#include <numbers>
#include <set>

namespace {

using namespace hjnet;
using namespace hjnet::test;

std::vector<double> input_at(const Case& c, int epoch, double phase, double inside) {
  std::vector<double> out(static_cast<std::size_t>(c.network.neurons() * c.input.columns()), -7.0);
  c.input.evaluate({epoch, phase, inside, epoch + phase}, out.data());
  return out;
}

TEST(ExternalInput, StepsActInTheirEpochsAndOnTheirSideOfAJump) {
  const Case c(R"([run]
epochs = 5
epoch_length = 2.0
[network]
layer = [{ name = "a", neurons = 2 }, { name = "b", neurons = 1 }]
[stimulus]
constant = [{ layer = "a", values = [1.0, 2.0] }, { layer = "a", values = [0.5, 0.25] }]
step = [{ layer = "a", values = [10.0, 20.0], start = 0.5, stop = 1.25, epochs = [1, 3] },
        { layer = "b", values = [100.0], start = 1.25, stop = 2.0 }]
)");
  EXPECT_EQ(c.input.columns(), 1);
  EXPECT_EQ(c.input.breakpoints(), (std::vector<double>{0.5, 1.25}));
  using Numbers = std::vector<double>;
  EXPECT_EQ(input_at(c, 2, 0.2, 0.25), (Numbers{1.5, 2.25, 0}));
  EXPECT_EQ(input_at(c, 2, 0.5, 0.25), (Numbers{1.5, 2.25, 0}));     // the end of the first segment
  EXPECT_EQ(input_at(c, 2, 0.5, 0.875), (Numbers{11.5, 22.25, 0}));  // the start of the second
  EXPECT_EQ(input_at(c, 2, 1.25, 0.875), (Numbers{11.5, 22.25, 0}));
  EXPECT_EQ(input_at(c, 2, 1.25, 1.6), (Numbers{1.5, 2.25, 100}));
  EXPECT_EQ(input_at(c, 2, 2.0, 1.6), (Numbers{1.5, 2.25, 100}));
  EXPECT_EQ(input_at(c, 0, 0.7, 0.875), (Numbers{1.5, 2.25, 0}));
  EXPECT_EQ(input_at(c, 4, 0.7, 0.875), (Numbers{1.5, 2.25, 0}));
  EXPECT_EQ(input_at(c, 3, 0.7, 0.875), (Numbers{11.5, 22.25, 0}));
}

std::string pattern_case(const std::string& keys, const std::string& learning = "") {
  return with_pattern_file(R"([run]
epochs = 9
epoch_length = 2.0
seed = 4
[network]
layer = [{ name = "a", neurons = 2 }, { name = "b", neurons = 2 }]
[learning]
)" + learning + R"([stimulus]
constant = { layer = "a", values = [1.0, 2.0] }
patterns = { file = "PATTERNS", inputs = "/inputs/2", layer = "a", )" +
                           keys + " }\n");
}

/// The pattern that stands in the input of a slot, told by its first number.
std::int64_t shown(const Case& c, int epoch, std::int64_t slot, std::int64_t slots) {
  const double phase = (static_cast<double>(slot) + 0.5) * c.settings.epoch_length / static_cast<double>(slots);
  const double first = input_at(c, epoch, phase, phase)[0] - 1.0;
  for (std::int64_t p = 0; p < pattern_count; ++p) {
    if (std::abs(first - pattern_input(p, 0)) < 1e-14) return p;
  }
  return -1;
}

std::vector<std::int64_t> sequence(const Case& c, int epochs, std::int64_t slots) {
  std::vector<std::int64_t> out;
  for (int epoch = 0; epoch < epochs; ++epoch) {
    for (std::int64_t slot = 0; slot < slots; ++slot) out.push_back(shown(c, epoch, slot, slots));
  }
  return out;
}

TEST(Patterns, GoOnFromEpochToEpochInTheFilesOrder) {
  const Case c(pattern_case("per_epoch = 3, targets = \"/labels\""));
  EXPECT_TRUE(c.input.varies());
  ASSERT_EQ(c.input.breakpoints().size(), 2U);
  EXPECT_EQ(sequence(c, 4, 3), (std::vector<std::int64_t>{0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1}));
  // At a jump it is `inside` that decides.
  const double jump = c.input.breakpoints().front();
  EXPECT_DOUBLE_EQ(input_at(c, 1, jump, 0.3)[1], 2.0 + pattern_input(3, 1));
  EXPECT_DOUBLE_EQ(input_at(c, 1, jump, 0.7)[1], 2.0 + pattern_input(4, 1));
  EXPECT_EQ(input_at(c, 1, 0.3, 0.3)[2], 0.0);
  // The target is the slot's: pattern 4 has label 0.
  const std::vector<double> y{0.3, -0.2};
  EXPECT_NEAR(c.network.error().value({1, jump, 0.7, 2.0 + jump}, y.data(), 1), 0.5 * (0.49 + 0.04), 1e-15);
  EXPECT_NEAR(c.network.error().value({1, jump, 0.3, 2.0 + jump}, y.data(), 1), 0.5 * (0.09 + 1.44), 1e-15);
}

TEST(Patterns, WithoutTargetsLeaveThatOfTheInput) {
  const Case c(pattern_case("per_epoch = 3", "target = 0.5\n"));
  const std::vector<double> y{0.3, -0.2};
  EXPECT_NEAR(c.network.error().value({1, 0.1, 0.1, 2.1}, y.data(), 1), 0.5 * (0.04 + 0.49), 1e-15);
}

TEST(Patterns, TakeOverSmoothlyWithinTheOnset) {
  const Case c(pattern_case("per_epoch = 4, onset = 0.2"));
  EXPECT_EQ(c.input.breakpoints(), (std::vector<double>{0.2, 0.5, 0.7, 1.0, 1.2, 1.5, 1.7}));
  const auto at = [&](int epoch, double phase, double inside) { return input_at(c, epoch, phase, inside)[0] - 1.0; };
  EXPECT_NEAR(at(0, 0.0, 0.1), 0.0, 1e-15);  // before the first pattern there is none
  EXPECT_NEAR(at(0, 0.1, 0.1), 0.5 * pattern_input(0, 0), 1e-15);
  EXPECT_NEAR(at(0, 0.2, 0.1), pattern_input(0, 0), 1e-15);
  EXPECT_NEAR(at(0, 0.5, 0.6), pattern_input(0, 0), 1e-15);
  EXPECT_NEAR(at(0, 0.55, 0.6), 0.896484375 * pattern_input(0, 0) + 0.103515625 * pattern_input(1, 0), 1e-15);
  EXPECT_NEAR(at(1, 0.0, 0.1), pattern_input(3, 0), 1e-15);  // the last epoch's last
  EXPECT_NEAR(at(1, 0.2, 0.1), pattern_input(4, 0), 1e-15);
}

TEST(Patterns, EveryShuffledPassIsAPermutationOfItsOwn) {
  const Case c(pattern_case("per_epoch = 4, order = \"shuffled\""));
  const auto all = sequence(c, 5, 4);
  std::set<std::vector<std::int64_t>> passes;
  for (std::size_t pass = 0; pass < 4; ++pass) {
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(5 * pass);
    std::vector<std::int64_t> order(begin, begin + 5);
    passes.insert(order);
    std::sort(order.begin(), order.end());
    EXPECT_EQ(order, (std::vector<std::int64_t>{0, 1, 2, 3, 4}));
  }
  EXPECT_GT(passes.size(), 2U);
  // Whatever was asked for before, as after a restart.
  const Case again(pattern_case("per_epoch = 4, order = \"shuffled\""));
  EXPECT_EQ(shown(again, 4, 3, 4), all.back());
  EXPECT_EQ(shown(again, 1, 2, 4), all[6]);
  // A member of an ensemble has its own order where stimuli vary.
  auto settings = c.settings;
  settings.ensemble = EnsembleSettings{.members = 8};
  EXPECT_EQ(sequence(Case(settings, MPI_COMM_SELF, 0), 5, 4), all);
  EXPECT_NE(sequence(Case(settings, MPI_COMM_SELF, 5), 5, 4), all);
  settings.ensemble->vary.stimulus = false;
  EXPECT_EQ(sequence(Case(settings, MPI_COMM_SELF, 5), 5, 4), all);
}

TEST(Patterns, SlotsAndStepsThatDifferByRoundOffAreOneBreakpoint) {
  const Case c(with_pattern_file(R"([network]
layer = [{ name = "a", neurons = 2 }, { name = "b", neurons = 2 }]
[stimulus]
patterns = { file = "PATTERNS", inputs = "/inputs/2", layer = "a", per_epoch = 10 }
step = { layer = "b", value = 1.0, start = 0.30000000000000004, stop = 0.9999999999999999 }
)"));
  EXPECT_EQ(c.input.breakpoints().size(), 9U);
}

TEST(Slots, HoldEveryPhaseOnceWhateverTheirNumber) {
  for (const std::int64_t count : {1, 3, 7, 49, 1000, 4093}) {
    const Slots slots(0.7, count);
    EXPECT_EQ(slots.start(0), 0.0);
    EXPECT_EQ(slots.start(count), 0.7);
    for (std::int64_t slot = 0; slot < count; ++slot) {
      EXPECT_EQ(slots.slot(slots.start(slot)), slot) << count;
      EXPECT_EQ(slots.slot(std::nextafter(slots.start(slot + 1), 0.0)), slot) << count;
    }
  }
}

TEST(ExternalInput, PulsesCarryTheStokesVectorsAndTheirDerivatives) {
  const Case c(R"([run]
epochs = 4
[network]
layer = [{ name = "ports", neurons = 7 }, { name = "out", neurons = 1 }]
[stimulus]
constant = { layer = "ports", values = [0, 0, 0, 0, 0, 0, 0.5] }
[particles]
amplitude = 2.0
a = { stokes = [0.1, 0.2, 0.3], neurons = [4, 0, 2], time = 0.25, width = 0.1, epochs = [1, 2] }
b = { stokes = [-0.4, 0.5, 0.6], neurons = [3, 6], time = 0.6, width = 0.2, coupling = [[1, 0, 2], [0, -1, 0.5]] }
)");
  ASSERT_EQ(c.input.columns(), 7);
  EXPECT_TRUE(c.input.breakpoints().empty());
  const double phase = 0.31;
  const double a = 2.0 * std::exp(-std::pow((phase - 0.25) / 0.1, 2));
  const double b = 2.0 * std::exp(-std::pow((phase - 0.6) / 0.2, 2));
  for (const int epoch : {0, 1, 2, 3}) {
    const double on = epoch == 1 || epoch == 2 ? a : 0.0;
    std::vector<std::vector<double>> expected(8, std::vector<double>(7, 0.0));
    // Component mu of A goes to its mu-th neuron: 4, 0, 2.
    expected[4] = {0.1 * on, on, 0, 0, 0, 0, 0};
    expected[0] = {0.2 * on, 0, on, 0, 0, 0, 0};
    expected[2] = {0.3 * on, 0, 0, on, 0, 0, 0};
    expected[3] = {(-0.4 + 2 * 0.6) * b, 0, 0, 0, b, 0, 2 * b};
    expected[6] = {0.5 + (-0.5 + 0.5 * 0.6) * b, 0, 0, 0, 0, -b, 0.5 * b};
    const auto got = input_at(c, epoch, phase, 0.5);
    for (std::size_t k = 0; k < 8; ++k) {
      for (std::size_t column = 0; column < 7; ++column) {
        EXPECT_NEAR(got[k * 7 + column], expected[k][column], 1e-15) << epoch << ' ' << k << ' ' << column;
      }
    }
  }
}

TEST(ExternalInput, FeedingChangesTheValueAndNotTheDerivatives) {
  const Case c(R"([network]
layer = [{ name = "ports", neurons = 6 }, { name = "out", neurons = 1 }]
[particles]
a = { stokes = [0.1, 0.2, 0.3], neurons = [0, 1, 2], time = 0.25, width = 0.1 }
b = { stokes = [-0.4, 0.5, 0.6], neurons = [3, 4, 5], time = 0.6, width = 0.2 }
)");
  using Stokes = std::array<double, 6>;
  EXPECT_EQ(c.input.stokes(), (Stokes{0.1, 0.2, 0.3, -0.4, 0.5, 0.6}));
  const Stokes fed{-0.7, 0.1, 0.0, 0.2, 0.25, -0.9};
  ExternalInput input = c.input;
  input.feed(fed);
  EXPECT_EQ(input.stokes(), fed);
  const auto before = input_at(c, 0, 0.4, 0.5);
  std::vector<double> after(before.size());
  input.evaluate({0, 0.4, 0.5, 0.4}, after.data());
  for (std::size_t k = 0; k < 6; ++k) {
    const double on = after[k * 7 + 1 + k];
    EXPECT_GT(on, 0.01);
    EXPECT_NEAR(after[k * 7], fed[k] * on, 1e-16);
    for (std::size_t column = 1; column < 7; ++column) EXPECT_EQ(after[k * 7 + column], before[k * 7 + column]);
  }
}

TEST(ExternalInput, GaugeFieldsAddUpAndOscillateInTime) {
  const Case c(R"([network]
layer = [{ name = "a", neurons = 2 }, { name = "b", neurons = 2 }]
[gauge]
charge = 0.5
field = [{ layer = "b", values = [2.0, -4.0], frequency = 0.3, phase = 0.2 }, { layer = "b", constant = 1.0 },
         { layer = "a", values = [0.0, 6.0] }]
)");
  EXPECT_TRUE(c.input.has_gauge());
  for (const double time : {0.0, 0.7, 12.3}) {
    std::vector<double> out(4, -7.0);
    c.input.gauge(time, out.data());
    const double wave = std::cos(2 * std::numbers::pi * 0.3 * time + 0.2);
    const std::vector<double> expected{0.0, 3.0, 1.0 * wave + 0.5, -2.0 * wave + 0.5};
    for (std::size_t k = 0; k < 4; ++k) EXPECT_NEAR(out[k], expected[k], 1e-14);
  }
  const Case none("[network]\nlayer = [{ name = \"a\", neurons = 2 }]\n");
  EXPECT_FALSE(none.input.has_gauge());
}

}  // namespace
