// Reinforcement: decision processes, the experience shown of them, Bellman errors and their derivatives, learned
// values.
#include "../support/case.hpp"
#include "../support/draws.hpp"
#include "config/files/grid_world.hpp"
#include "history/last_shown.hpp"
#include "observe/values/value_observer.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <set>

namespace {

using namespace hjnet;
using namespace hjnet::test;

// --- decision processes ---

/// Drawn rows of probabilities and rewards r(s, a, s'); state 0 is terminal.
EnvironmentSettings drawn(std::int64_t states, std::int64_t actions, double discount) {
  EnvironmentSettings out;
  out.states = states;
  out.actions = actions;
  out.discount = discount;
  out.terminal = {0};
  out.per_epoch = (states - 1) * actions;
  const Source source(5, 0, Stream::environment, 0);
  std::uint64_t index = 0;
  for (std::int64_t row = 0; row < states * actions; ++row) {
    std::vector<double> p;
    double sum = 0.0;
    for (std::int64_t s = 0; s < states; ++s) sum += p.emplace_back(std::pow(source.uniform(index++), 3.0));
    for (const double value : p) {
      out.transitions.values.push_back(value / sum);
      out.rewards.values.push_back(normal(source, index++));
    }
  }
  return out;
}

/// Q <- r + gamma P max Q until nothing changes any more.
std::vector<double> iterated(const EnvironmentSettings& environment) {
  const DecisionProcess process(environment);
  const auto n = static_cast<std::size_t>(environment.states);
  const auto a = static_cast<std::size_t>(environment.actions);
  std::vector<double> q(n * a, 0.0);
  for (int i = 0; i < 4000; ++i) {
    std::vector<double> next(q.size(), 0.0);
    for (const auto s : process.acting()) {
      for (std::size_t k = 0; k < a; ++k) {
        const auto row = static_cast<std::size_t>(s) * a + k;
        for (std::size_t t = 0; t < n; ++t) {
          const auto to = static_cast<std::int64_t>(t);
          const double best = process.terminal(to) ? 0.0
                                                   : *std::max_element(q.begin() + to * environment.actions,
                                                                       q.begin() + (to + 1) * environment.actions);
          next[row] += environment.transitions.values[row * n + t] *
                       (process.reward(s, static_cast<std::int64_t>(k), to) + environment.discount * best);
        }
      }
    }
    q = std::move(next);
  }
  return q;
}

TEST(DecisionProcess, OptimalValuesAreThoseOfValueIteration) {
  for (const double discount : {0.0, 0.5, 0.99}) {
    const auto environment = drawn(7, 3, discount);
    auto found = DecisionProcess(environment).optimal_values();
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_TRUE(std::isnan(found[i]));
      found[i] = 0.0;
    }
    expect_figure("Q* against value iteration, gamma = " + std::to_string(discount),
                  relative_distance(found, iterated(environment)), 1e-13);
  }
}

TEST(DecisionProcess, ReturnOfAPolicyIsThatOfItsEpisodes) {
  const auto environment = drawn(5, 3, 0.7);
  const DecisionProcess process(environment);
  const std::vector<std::int64_t> policy{0, 1, 2, 0, 1};
  const auto exact = process.policy_values(policy);
  EXPECT_TRUE(std::isnan(exact[0]));
  const Source source(11, 0, Stream::environment, 0);
  std::uint64_t index = 0;
  constexpr int episodes = 20000;
  constexpr int steps = 50;  // 0.7^50 = 2e-8
  for (const auto start : process.acting()) {
    double sum = 0.0;
    double squares = 0.0;
    for (int episode = 0; episode < episodes; ++episode) {
      double factor = 1.0;
      double rewards = 0.0;
      auto state = start;
      for (int step = 0; step < steps && !process.terminal(state); ++step, factor *= process.discount()) {
        const auto action = policy[static_cast<std::size_t>(state)];
        const auto next = process.next(state, action, source.uniform(index++));
        rewards += factor * process.reward(state, action, next);
        state = next;
      }
      sum += rewards;
      squares += rewards * rewards;
    }
    const double mean = sum / episodes;
    const double error = std::sqrt((squares / episodes - mean * mean) / episodes);
    EXPECT_NEAR(exact[static_cast<std::size_t>(start)], mean, 4.0 * error);
  }
  // That of the best policy is the largest of Q*.
  const auto values = process.optimal_values();
  std::vector<std::int64_t> best{0};
  for (const auto state : process.acting()) best.push_back(greedy_action(values.data() + 3 * state, 3));
  const auto returns = process.policy_values(best);
  for (const auto state : process.acting()) {
    const auto at = static_cast<std::size_t>(state);
    EXPECT_NEAR(returns[at], values[3 * at + static_cast<std::size_t>(best[at])], 1e-13);
  }
}

TEST(DecisionProcess, GridWorldMovesAsItSays) {
  GridWorld grid;
  grid.rows = 2;
  grid.columns = 3;
  grid.goal = {0, 2};
  grid.walls = {{0, 1}};
  grid.pits = {{1, 2}};
  grid.reward_step = -0.1;
  EnvironmentSettings environment;
  fill_in(grid, environment);
  environment.discount = 0.5;
  EXPECT_EQ(environment.terminal, (std::vector<std::int64_t>{1, 2, 5}));
  const DecisionProcess process(environment);
  const auto next = [&](std::int64_t s, std::int64_t a) { return process.next(s, a, 0.5); };
  EXPECT_EQ((std::array{next(0, 0), next(0, 1), next(0, 2), next(0, 3)}), (std::array<std::int64_t, 4>{0, 0, 3, 0}));
  EXPECT_EQ((std::array{next(4, 0), next(4, 1), next(4, 2), next(4, 3)}), (std::array<std::int64_t, 4>{4, 5, 4, 3}));
  EXPECT_EQ(process.reward(4, 1, 5), -1.0);
  EXPECT_EQ(process.reward(4, 3, 3), -0.1);
  // Nothing leads to the goal: the best is never to enter the pit.
  const auto q = process.optimal_values();
  EXPECT_NEAR(q[4 * 4 + 0], -0.2, 1e-15);
  EXPECT_NEAR(q[4 * 4 + 1], -1.0, 1e-15);
  // With slip a move goes to either side with half of it.
  grid.slip = 0.5;
  fill_in(grid, environment);
  const double* row = environment.transitions.values.data() + std::size_t{3 * 4 + 0} * 6;
  EXPECT_EQ((std::array{row[0], row[3], row[4]}), (std::array{0.5, 0.25, 0.25}));
}

// --- experience ---

TEST(Experience, SweepShowsEveryPairOnceAndDrawsWhatFollows) {
  auto environment = drawn(5, 3, 0.9);
  std::vector<double> counts(static_cast<std::size_t>(5 * 3 * 5), 0.0);
  for (const bool shuffle : {false, true}) {
    environment.shuffle = shuffle;
    const Experience experience(environment, 3, 0);
    constexpr int epochs = 2000;
    std::vector<std::int64_t> first;
    for (int epoch = 0; epoch < epochs; ++epoch) {
      std::set<std::int64_t> pairs;
      for (std::int64_t slot = 0; slot < environment.per_epoch; ++slot) {
        const auto& t = experience.at(epoch, slot);
        if (slot == 0) first.push_back(t.state * 3 + t.action);
        pairs.insert(t.state * 3 + t.action);
        EXPECT_EQ(t.done, t.next == 0);
        counts[static_cast<std::size_t>((t.state * 3 + t.action) * 5 + t.next)] += 1.0 / (2.0 * epochs);
      }
      ASSERT_EQ(pairs.size(), 12U);
      ASSERT_EQ(*pairs.begin(), 3);
    }
    EXPECT_EQ(std::set(first.begin(), first.end()).size(), shuffle ? 12U : 1U);
  }
  std::fill_n(counts.begin(), 15, 0.0);
  auto wanted = environment.transitions.values;
  std::fill_n(wanted.begin(), 15, 0.0);
  expect_figure("shares of s' among 4000 experiences", distance(counts, wanted), 0.04);
}

TEST(Experience, WalkGoesOnAndStartsAnew) {
  auto environment = drawn(6, 2, 0.9);
  environment.policy = EnvironmentSettings::Policy::uniform;
  environment.per_epoch = 50;
  environment.episode_steps = 7;
  const Experience experience(environment, 3, 1);
  int epochs_apart = 0;
  for (int epoch = 0; epoch < 40; ++epoch) {
    int steps = 0;
    for (std::int64_t slot = 0; slot < 50; ++slot) {
      const auto t = experience.at(epoch, slot);
      EXPECT_NE(t.state, 0);
      if (slot == 0) {
        epochs_apart += t.state != experience.at(epoch + 1, 0).state ? 1 : 0;
      } else if (const auto before = experience.at(epoch, slot - 1); before.done || steps == 7) {
        steps = 0;
      } else {
        EXPECT_EQ(t.state, before.next);
      }
      ++steps;
      // Asked for out of order, it is the same.
      EXPECT_EQ(Experience(environment, 3, 1).at(epoch, slot).next, t.next);
      if (slot == 3) break;
    }
  }
  EXPECT_GT(epochs_apart, 20);
  int anew = 0;  // after seven steps, elsewhere than the last one led
  for (int epoch = 0; epoch < 5; ++epoch) {
    int steps = 1;
    for (std::int64_t slot = 1; slot < 50; ++slot) {
      const auto t = experience.at(epoch, slot);
      const auto before = experience.at(epoch, slot - 1);
      if (before.done) {
        steps = 1;
      } else if (steps == 7) {
        anew += t.state != before.next ? 1 : 0;
        steps = 1;
      } else {
        EXPECT_EQ(t.state, before.next);
        ++steps;
      }
    }
  }
  EXPECT_GT(anew, 0);
}

// --- Bellman errors of networks ---

/// Two acting states and a terminal one, two actions; state 1 stays itself under action 0.
constexpr const char* process = R"([environment]
layer = "s"
discount = 0.8
transitions = [[[0, 1, 0], [0, 0, 1]], [[0, 1, 0], [1, 0, 0]], [[0, 0, 1], [0, 0, 1]]]
rewards = [[0.3, 1.0], [-0.2, 0.5], [0, 0]]
terminal = [2]
)";

std::string learner(const std::string& more = "", const std::string& learning = "", const std::string& run = "") {
  return "[run]\nseed = 4\nsamples_per_epoch = 8\n" + run + R"(
[network]
time_constant = 0.08
thresholds = true
initial_state = { distribution = "uniform", low = -0.5, high = 0.5 }
layer = [{ name = "s", neurons = 3 }, { name = "h", neurons = 2, transfer = "logistic" },
         { name = "q", neurons = 2, transfer = "identity" }]
projection = [{ from = "s", to = "h" }, { from = "h", to = "q" }]
[learning]
error = "bellman"
)" + learning +
         "\n" + process + more + solver(1e-11);
}

/// A case whose Bellman targets follow its own epochs.
template <class Engine>
struct Reinforced : BasicCase<Engine> {
  explicit Reinforced(const Settings& settings, MPI_Comm comm = MPI_COMM_SELF)
      : BasicCase<Engine>(settings, comm),
        shown(this->network, static_cast<std::size_t>(this->input.columns()), settings.environment->target_epochs) {
    this->engine.follow(shown);
  }

  EpochRecord advance() {
    auto record = this->engine.advance();
    samples = this->sampler.sample(record);
    shown.take(record);
    return record;
  }

  LastShown shown;
  EpochSamples samples;
};

/// That a network has values for outputs, or V and A.
const std::vector<std::string> dueling{"environment.readout=dueling", "network.layer[q].neurons=3"};

class EveryTarget : public ::testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Bellman, EveryTarget, ::testing::Values(1, 2));

TEST_P(EveryTarget, IsTheOutputsOfAnEarlierEpochAtTheSameOffset) {
  const int every = GetParam();
  Reinforced<CoupledEngine> c(
      settings_from(learner("target_epochs = " + std::to_string(every) + "\n", "inertia = -0.5", "epochs = 4")));
  const auto& environment = *c.network.environment();
  const auto& slots = environment.slots();
  const double gamma = 0.8;
  std::vector<double> outputs(2);
  std::optional<EpochRecord> before;
  double worst = 0.0;
  double later = 0.0;
  for (int epoch = 0; epoch < 4; ++epoch) {
    auto record = c.engine.advance();
    std::vector<double> residual(2);
    for (std::size_t node = 0; node < record.mesh.nodes(); ++node) {
      const auto moment = record.moment(node);
      const auto slot = slots.slot(moment.inside);
      const auto& t = environment.experience().at(epoch, slot);
      double target = t.reward;
      if (!t.done && !before) {
        target += gamma * std::max(c.network.initial_state()[5], c.network.initial_state()[6]);
      } else if (!t.done) {
        // A sweep in fixed order shows state s in slots 2s and 2s + 1; the later one counts, by its end.
        const auto place = 2 * t.next + 1;
        const auto at = [&](double phase, std::size_t action) {
          before->y_output.evaluate(before->mesh,
                                    before->mesh.locate_in_segment(phase, slots.start(place), slots.start(place + 1)),
                                    outputs.data());
          return outputs[action];
        };
        const double end = slots.start(place + 1);
        const std::size_t best = at(end, 0) >= at(end, 1) ? 0 : 1;
        target += gamma * at(slots.start(place) + moment.phase - slots.start(slot), best);
      }
      const double* y = record.y_output.at(node);
      const double off = target - y[t.action];
      worst = std::max(worst, std::abs(c.network.error().value(moment, y, 1) - 0.5 * off * off));
      c.network.error().gradient(moment, y, 1, residual.data());
      worst = std::max(worst, std::abs(residual[static_cast<std::size_t>(t.action)] + off));
      worst = std::max(worst, std::abs(residual[static_cast<std::size_t>(1 - t.action)]));
      if (epoch == 3) later = std::max(later, std::abs(off));
    }
    c.shown.take(record);
    if ((epoch + 1) % every == 0) before = std::move(record);
  }
  expect_figure("E and dE/dy against the formula", worst, 1e-12);
  EXPECT_GT(later, 0.1);
}

/// With values, and with a dueling read-out.
class Readouts : public ::testing::TestWithParam<bool> {
protected:
  [[nodiscard]] static Settings read_out(const std::string& text, std::vector<std::string> overrides = {}) {
    if (GetParam()) overrides.insert(overrides.end(), dueling.begin(), dueling.end());
    return settings_from(text, overrides);
  }
};
INSTANTIATE_TEST_SUITE_P(Bellman, Readouts, ::testing::Values(false, true));

TEST_P(Readouts, ValuesAreLinearInTheOutputs) {
  const Readout readout(GetParam(), 3);
  const std::vector<double> y{0.7, -0.4, 1.3, 0.2};
  std::vector<double> gradient(y.size());
  double sum = 0.0;
  for (std::size_t a = 0; a < 3; ++a) {
    readout.gradient(a, 2.5, 1, gradient.data());
    double product = 0.0;
    for (std::size_t i = 0; i < readout.outputs(); ++i) product += gradient[i] * y[i];
    EXPECT_NEAR(product, 2.5 * readout.value(y.data(), 1, a), 1e-15);
    sum += readout.value(y.data(), 1, a);
  }
  EXPECT_NEAR(sum / 3.0, GetParam() ? 0.7 : 1.6 / 3.0, 1e-15);  // V, or the mean of the outputs
}

TEST_P(Readouts, MomentumIsTheGradientOfTheEpochsCostWithTheTargetHeld) {
  const auto settings = read_out(learner("", "inertia = -2.0", "epochs = 2"), {"network.thresholds=false"});
  const auto cost = [](const Reinforced<CoupledEngine>& c, const EpochRecord& record) {
    std::vector<double> rate(record.mesh.nodes());
    for (std::size_t node = 0; node < rate.size(); ++node) {
      rate[node] = c.network.error().value(record.moment(node), record.y_output.at(node), 1);
    }
    return record.mesh.integrate(rate).back();
  };
  Reinforced<CoupledEngine> plain(settings);
  plain.advance();
  plain.advance();
  const auto momenta = all_of(plain.network, plain.engine.starting_momenta());
  std::vector<double> gradient;
  for (std::size_t synapse = 0; synapse < momenta.size(); ++synapse) {
    gradient.push_back(derivative(
        [&](double h) {
          Reinforced<CoupledEngine> shifted(settings);
          shifted.advance();  // the targets of the next epoch come from here, and do not feel the shift
          std::vector<double> shift(momenta.size(), 0.0);
          shift[synapse] = h;
          shifted.engine.shift_delayed_weights(shift);
          return std::vector<double>{cost(shifted, shifted.engine.advance())};
        },
        4e-3)[0]);
  }
  expect_figure("M(T) with bellman", relative_distance(momenta, gradient), 1e-7);
  EXPECT_GT(largest(gradient), 1e-2);
}

TEST_P(Readouts, TangentsHoldThoseOfTheTarget) {
  const auto settings = read_out(learner(R"([particles]
a = { stokes = [0.3, -0.2, 0.7], neurons = [0], time = 0.3, width = 0.15 }
b = { stokes = [0.5, 0.4, -0.3], neurons = [1], time = 0.6, width = 0.2 }
)",
                                         "inertia = -2.0", "epochs = 3"));
  // y, Delta and W along the run, in one column.
  const auto path = [](const Settings& of, std::size_t column) {
    Reinforced<CoupledEngine> c(of);
    std::vector<double> out;
    for (int epoch = 0; epoch < of.epochs; ++epoch) {
      const auto record = c.advance();
      std::vector<double> block(record.y.width());
      for (const double phase : sample_phases(of)) {
        for (const auto* quantity : {&record.y, &record.delta}) {
          quantity->evaluate(record.mesh, record.mesh.locate(phase, true), block.data());
          for (std::size_t i = column; i < block.size(); i += record.columns) out.push_back(block[i]);
        }
      }
    }
    return out;
  };
  const auto slope = derivative(
      [&](double h) {
        auto shifted = settings;
        shifted.particles->a.stokes[0] += h;
        return path(shifted, 0);
      },
      5e-3);
  expect_figure("d(y, Delta)/ds with bellman", relative_distance(path(settings, 1), slope), 1e-7);
  EXPECT_GT(largest(slope), 1e-2);
}

TEST_P(Readouts, EnginesAgree) {
  const auto settings = read_out(learner("", "inertia = -0.5\nepoch_memory = 0.6", "epochs = 4"));
  Reinforced<CoupledEngine> coupled(settings);
  Reinforced<WaveformEngine> waveform(settings);
  for (int epoch = 0; epoch < 4; ++epoch) {
    coupled.advance();
    waveform.advance();
  }
  expect_figure("W, coupled against waveform, bellman",
                relative_distance(all_of(coupled.network, coupled.engine.weights()),
                                  all_of(waveform.network, waveform.engine.weights())),
                1e-9);
  expect_figure("E, coupled against waveform, bellman",
                relative_distance(coupled.samples.error, waveform.samples.error), 1e-9);
}

TEST(Bellman, LearnsTheValuesOfASmallProcess) {
  // Slots of length 1, much longer than lambda: the network is at rest in most of every slot.
  const auto settings = settings_from(
      learner("", "inertia = -6.0\nepoch_memory = 0.2", "epochs = 60\nepoch_length = 4.0"),
      {"network.time_constant=0.01", "network.thresholds=false", "network.projection=[{ from = 's', to = 'q' }]",
       "network.layer=[{name='s',neurons=3,transfer='identity'},{name='q',neurons=2,transfer='identity'}]",
       "network.initial_state=0.0", "environment.order=shuffled", "solver.relative_tolerance=1e-6"});
  Reinforced<WaveformEngine> c(settings);
  for (int epoch = 0; epoch < settings.epochs; ++epoch) c.advance();
  const Watched watched{c.network, c.input, c.settings, c.engine};
  const ValueObserver observer(watched);
  const auto& process = c.network.environment()->experience().process();
  const auto report = compare_values(process, observer.learned(), process.optimal_values());
  EXPECT_EQ(report.optimal, 2);
  EXPECT_EQ(report.greedy, (std::vector<std::int64_t>{0, 1, -1}));
  expect_figure("learned Q against Q*", report.error, 0.05);
}

TEST(Bellman, RewardsThatAddUpToNoNumberAreSaid) {
  // Found by random settings: policies were improved for ever.
  EnvironmentSettings environment;
  environment.states = environment.actions = 2;
  environment.transitions.values = {1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0};
  environment.rewards.values = {-1.7e308, 0.0, 0.0, 1.7e308};
  environment.discount = 0.45;
  EXPECT_THROW((void)DecisionProcess(environment).optimal_values(), numerical_error);
  environment.rewards.values = {-1e300, 0.0, 0.0, 1e300};
  EXPECT_EQ(DecisionProcess(environment).optimal_values().size(), 4U);
}

TEST(Bellman, ResolvedTextHoldsTheProcess) {
  const auto same = [](const Settings& settings) {
    return load_resolved(settings.resolved).environment == settings.environment;
  };
  EXPECT_TRUE(
      same(settings_from(learner("features = [[1, 0, 0.5], [0, 1, 0], [0, 0, 1]]\npolicy = \"uniform\"\nper_epoch = 9\n"
                                 "episode_steps = 4\n"))));
  const std::vector<std::string> grid{
      "network.layer=[{ name = 's', neurons = 6 }, { name = 'q', neurons = 4 }]",
      "network.projection=[]",
      "learning.error=bellman",
      "environment.layer=s",
      "environment.order=shuffled",
      "environment.discount=0.5",
      "environment.grid={rows=2,columns=3,goal=[0,2],pits=[[1,0]],walls=[[0,1],[1,1]],slip=0.125}",
      "environment.grid.reward_pit=-3.0",
      "environment.grid.reward_step=-0.25"};
  const auto settings = settings_from("", grid);
  EXPECT_TRUE(same(settings));
  EXPECT_EQ(settings.environment->per_epoch, 2 * 4);
}

TEST(Bellman, ReportsHowValuesCompare) {
  const DecisionProcess process(settings_from(learner()).environment.value());
  const double none = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> best{2.0, 2.0, -1.0, 0.5, none, none};
  const auto report = compare_values(process, {1.9, 2.0, 0.75, 0.5, 7.0, 7.0}, best);
  EXPECT_DOUBLE_EQ(report.error, 1.75 / 2.0);
  EXPECT_DOUBLE_EQ(report.entry_error, 1.75);
  EXPECT_EQ(report.greedy, (std::vector<std::int64_t>{1, 0, -1}));
  EXPECT_EQ(report.optimal, 1);
  EXPECT_TRUE(std::isnan(report.values[4]));
  // From state 0 action 1 ends with 1.0; state 1 stays itself under action 0, with -0.2 for ever, 0.8 being the
  // discount.
  EXPECT_NEAR(report.greedy_return, (1.0 - 0.2 / (1.0 - 0.8)) / 2.0, 1e-15);
  EXPECT_NEAR(report.best_return, (2.0 + 0.5) / 2.0, 1e-15);
  EXPECT_NEAR(report.overestimation, (2.0 + 0.75) / 2.0 - report.greedy_return, 1e-15);
}

}  // namespace
