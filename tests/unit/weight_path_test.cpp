// W, V and M over several epochs against closed forms, on meshes that change from epoch to epoch.
#include "../support/case.hpp"

#include "history/weight_path.hpp"
#include "parallel/errors.hpp"

#include <algorithm>
#include <functional>

namespace {

using namespace hjnet;
using namespace hjnet::test;

constexpr double period = 1.3;
constexpr int nodes = 14;

/// Meshes of three epochs: the second cuts elsewhere, the third halves some elements of the second.
std::vector<Mesh> meshes() {
  const Mesh first({0.0, 0.5, 1.0, period}, nodes);
  const Mesh second({0.0, 0.3, 0.7, period}, nodes);
  return {first, second, second.refined({false, true, true})};
}

LearningSettings learning(double inertia, double memory, Boundary momentum, double decay) {
  LearningSettings out;
  out.inertia = inertia;
  out.epoch_memory = memory;
  out.momentum = momentum;
  out.weight_decay = decay;
  return out;
}

/// One item's force and its first two integrals from 0.
struct Force {
  std::function<double(double)> value, integral, second;
};

const std::vector<Force>& forces() {
  static const std::vector<Force> out{
      {[](double) { return 0.7; }, [](double t) { return 0.7 * t; }, [](double t) { return 0.35 * t * t; }},
      {[](double t) { return t * t; }, [](double t) { return t * t * t / 3.0; },
       [](double t) { return t * t * t * t / 12.0; }},
      {[](double t) { return std::exp(-t); }, [](double t) { return -std::expm1(-t); },
       [](double t) { return t + std::expm1(-t); }}};
  return out;
}

const std::vector<double> start{0.5, -1.0, 2.0};

/// M of epoch n and its integral from the epoch's start, without decay.
double momentum(const Force& f, Boundary condition, int n, double t) {
  if (condition == Boundary::terminal) return f.integral(period) - f.integral(t);
  return -n * f.integral(period) - f.integral(t);
}
double momentum_integral(const Force& f, Boundary condition, int n, double t) {
  if (condition == Boundary::terminal) return f.integral(period) * t - f.second(t);
  return -n * f.integral(period) * t - f.second(t);
}

/// sum over v of mu^v X(n - v): the plain sum that the epoch recursion stands for.
double over_epochs(double memory, int n, const std::function<double(int)>& x) {
  double sum = 0.0;
  double power = 1.0;
  for (int v = 0; v <= n; ++v, power *= memory) sum += power * x(n - v);
  return sum;
}

struct Condition {
  const char* name;
  double inertia, memory;
  Boundary momentum;
};

class Paths : public ::testing::TestWithParam<Condition> {};

std::vector<double> force_at_nodes(const Mesh& mesh) {
  std::vector<double> out;
  for (const double t : mesh.phases()) {
    for (const auto& force : forces()) out.push_back(force.value(t));
  }
  return out;
}

/// M at the nodes, as the path takes an epoch.
std::vector<double> advance(WeightPath& path, const LearningSettings& settings, const Mesh& mesh,
                            std::vector<double> force) {
  std::vector<double> m(mesh.nodes() * path.items());
  const WeightRule rule(settings, mesh);
  path.begin_epoch(rule);
  path.advance(rule, {0, path.items()}, force.data(), [&](std::size_t node, const double* at) {
    std::copy_n(at, path.items(), m.begin() + static_cast<std::ptrdiff_t>(node * path.items()));
  });
  return m;
}

/// Largest |W|, |V| and |M| against the given closed forms, at the nodes and at phases between them.
struct Errors {
  double weights = 0.0, velocity = 0.0, momenta = 0.0;
  void take(const WeightPath& path, const std::vector<double>& m, std::size_t item, const auto& w, const auto& v,
            const auto& mom) {
    const auto& phases = path.mesh().phases();
    for (std::size_t node = 0; node < phases.size(); ++node) {
      const double t = phases[node];
      weights = std::max(weights, std::abs(path.weights_at(node)[item] - w(t)));
      velocity = std::max(velocity, std::abs(path.velocity_at(node)[item] - v(t)));
      momenta = std::max(momenta, std::abs(m[node * path.items() + item] - mom(t)));
    }
    std::vector<double> work;
    for (int i = 0; i <= 50; ++i) {
      const double t = period * i / 50;
      weights = std::max(weights, std::abs(path.weights(t, work)[item] - w(t)));
      velocity = std::max(velocity, std::abs(path.velocity(t, work)[item] - v(t)));
    }
    weights = std::max(weights, std::abs(path.end()[item] - w(period)));
    momenta = std::max(
        {momenta, std::abs(path.momenta()[item] - mom(period)), std::abs(path.starting_momenta()[item] - mom(0.0))});
  }
  void expect(const std::string& what, double bound) const {
    expect_figure(what + ": W", weights, bound);
    expect_figure(what + ": V", velocity, bound);
    expect_figure(what + ": M", momenta, bound);
  }
};

TEST_P(Paths, FollowGivenForces) {
  const auto& c = GetParam();
  const auto settings = learning(c.inertia, c.memory, c.momentum, 0.0);
  WeightPath path(start);
  EXPECT_TRUE(path.constant());
  const auto all = meshes();
  Errors errors;
  for (int n = 0; n < 3; ++n) {
    const auto before = path.end();
    const auto& mesh = all[static_cast<std::size_t>(n)];
    const auto m = advance(path, settings, mesh, force_at_nodes(mesh));
    for (std::size_t item = 0; item < forces().size(); ++item) {
      const auto& f = forces()[item];
      errors.take(
          path, m, item,
          [&](double t) {
            return before[item] +
                   over_epochs(c.memory, n, [&](int k) { return momentum_integral(f, c.momentum, k, t); }) / c.inertia;
          },
          [&](double t) {
            return over_epochs(c.memory, n, [&](int k) { return momentum(f, c.momentum, k, t); }) / c.inertia;
          },
          [&](double t) { return momentum(f, c.momentum, n, t); });
    }
  }
  errors.expect(std::string("given force, ") + c.name, 1e-13);
}

/// W + f/kappa over two epochs of a constant force f: with b^2 = kappa/|omega| combinations of cosh and sinh (b t)
/// where e = +1, of cos and sin where e = -1.
class Decay {
public:
  Decay(const Condition& c, double b, double amplitude) : c_(c), b_(b), e_(sign()), amplitude_(amplitude) {}

  /// u, or du/dt, of epoch n at t.
  [[nodiscard]] double value(int n, double t) const { return n == 0 ? first(t) : second(t); }
  [[nodiscard]] double slope(int n, double t) const { return n == 0 ? first_slope(t) : second_slope(t); }

private:
  /// W'' = mu V'(t-T) - (f + kappa W)/omega, backwards from the end or forwards from the start: both signs grow alike.
  [[nodiscard]] double sign() const { return c_.inertia < 0.0 ? 1.0 : -1.0; }
  [[nodiscard]] double cosine(double t) const { return e_ > 0.0 ? std::cosh(b_ * t) : std::cos(b_ * t); }
  [[nodiscard]] double sine(double t) const { return e_ > 0.0 ? std::sinh(b_ * t) : std::sin(b_ * t); }
  [[nodiscard]] bool terminal() const { return c_.momentum == Boundary::terminal; }
  [[nodiscard]] double place(double t) const { return terminal() ? period - t : t; }
  [[nodiscard]] double direction() const { return terminal() ? -1.0 : 1.0; }
  [[nodiscard]] double first_amplitude() const { return terminal() ? amplitude_ / cosine(period) : amplitude_; }
  [[nodiscard]] double resonance() const { return 0.5 * e_ * c_.memory * b_ * first_amplitude(); }
  [[nodiscard]] double second_cosine() const {
    const double from = first(period);
    return terminal() ? (from - resonance() * period * sine(period)) / cosine(period) : from;
  }
  /// M is continuous where it is an initial value: u' of the second epoch starts with M/omega of the first one's end.
  [[nodiscard]] double second_sine() const { return terminal() ? 0.0 : e_ * amplitude_ * sine(period); }

  [[nodiscard]] double first(double t) const { return first_amplitude() * cosine(place(t)); }
  [[nodiscard]] double first_slope(double t) const {
    return direction() * e_ * b_ * first_amplitude() * sine(place(t));
  }
  [[nodiscard]] double second(double t) const {
    const double s = place(t);
    return second_cosine() * cosine(s) + second_sine() * sine(s) + resonance() * s * sine(s);
  }
  [[nodiscard]] double second_slope(double t) const {
    const double s = place(t);
    return direction() * (e_ * b_ * second_cosine() * sine(s) + b_ * second_sine() * cosine(s) +
                          resonance() * (sine(s) + s * b_ * cosine(s)));
  }

  Condition c_;
  double b_, e_, amplitude_;
};

TEST_P(Paths, FollowWeightDecay) {
  const auto& c = GetParam();
  for (const double decay : {0.2, 1.0, 6.0, 1000.0}) {
    const bool strong = decay > 100.0;                                           // over a hundred elements and more
    if (strong && c.inertia < 0.0 && c.momentum == Boundary::initial) continue;  // grows like exp(29 t)
    const auto settings = learning(c.inertia, c.memory, c.momentum, decay);
    WeightPath path(start);
    const auto all = meshes();
    Errors errors;
    const std::vector<double> force{0.0, 0.7, -0.4};
    for (int n = 0; n < 2; ++n) {
      auto mesh = all[static_cast<std::size_t>(n)];
      for (int i = 0; strong && i < 6; ++i) mesh = mesh.refined(std::vector<bool>(mesh.elements(), true));
      std::vector<double> values;
      for (std::size_t node = 0; node < mesh.nodes(); ++node) append(values, force);
      const auto m = advance(path, settings, mesh, values);
      for (std::size_t item = 0; item < force.size(); ++item) {
        const double shift = force[item] / decay;
        const Decay u(c, std::sqrt(decay / std::abs(c.inertia)), start[item] + shift);
        errors.take(
            path, m, item, [&](double t) { return u.value(n, t) - shift; }, [&](double t) { return u.slope(n, t); },
            [&](double t) { return c.inertia * (u.slope(n, t) - (n == 0 ? 0.0 : c.memory * u.slope(0, t))); });
      }
    }
    errors.expect("decay " + std::to_string(decay).substr(0, 4) + ", " + c.name, strong ? 1e-10 : 1e-12);
  }
}

constexpr Condition conditions[] = {
    {"TerminalNegative1", -1.2, 1.0, Boundary::terminal},   {"TerminalNegativeHalf", -1.2, 0.5, Boundary::terminal},
    {"TerminalNegative0", -1.2, 0.0, Boundary::terminal},   {"TerminalPositive1", 1.2, 1.0, Boundary::terminal},
    {"TerminalPositiveHalf", 1.2, 0.5, Boundary::terminal}, {"InitialPositive1", 1.2, 1.0, Boundary::initial},
    {"InitialPositiveHalf", 1.2, 0.5, Boundary::initial},   {"InitialPositive0", 1.2, 0.0, Boundary::initial},
    {"InitialNegative1", -1.2, 1.0, Boundary::initial},     {"InitialNegativeHalf", -1.2, 0.5, Boundary::initial}};

INSTANTIATE_TEST_SUITE_P(Conditions, Paths, ::testing::ValuesIn(conditions),
                         [](const auto& info) { return info.param.name; });

TEST(WeightRule, RefusesATwoPointProblemWithoutSolution) {
  const double singular = std::pow(1.5 * std::numbers::pi / period, 2);
  const Mesh mesh({0.0, period}, nodes);
  EXPECT_THROW(WeightRule(learning(1.0, 1.0, Boundary::terminal, singular), mesh), numerical_error);
  EXPECT_NO_THROW(WeightRule(learning(-1.0, 1.0, Boundary::terminal, singular), mesh));
  EXPECT_NO_THROW(WeightRule(learning(1.0, 1.0, Boundary::initial, singular), mesh));
}

TEST(WeightPath, GoesOnFromWhatItHeld) {
  const auto settings = learning(-1.2, 0.8, Boundary::initial, 0.3);
  const auto all = meshes();
  WeightPath straight(start);
  advance(straight, settings, all[0], force_at_nodes(all[0]));
  WeightPath restored(start);
  restored.restore(all[0], straight.velocities(), straight.weights(), straight.end(), straight.momenta());
  for (auto* path : {&straight, &restored}) advance(*path, settings, all[1], force_at_nodes(all[1]));
  EXPECT_TRUE(restored.weights() == straight.weights() && restored.velocities() == straight.velocities() &&
              restored.momenta() == straight.momenta() && restored.end() == straight.end());
}

TEST(WeightPath, ItemsMoveWithTheirPast) {
  const auto settings = learning(-1.2, 0.7, Boundary::initial, 0.0);
  const auto all = meshes();
  WeightPath path(start);
  advance(path, settings, all[0], force_at_nodes(all[0]));
  WeightPath wider = path;  // a new item between the first two
  wider.widen(4, [](const double* from, double* to) {
    to[0] = from[0];
    to[1] = 0.0;
    to[2] = from[1];
    to[3] = from[2];
  });
  ASSERT_EQ(wider.items(), 4U);
  for (std::size_t node = 0; node < all[0].nodes(); ++node) {
    EXPECT_EQ(wider.velocity_at(node)[1], 0.0);
    EXPECT_EQ(wider.velocity_at(node)[2], path.velocity_at(node)[1]);
    EXPECT_EQ(wider.velocity_at(node)[3], path.velocity_at(node)[2]);
  }
  EXPECT_EQ(wider.end()[3], path.end()[2]);
  // With no force on the new item an epoch later the rest is as if it were not there, and so once it is gone again.
  auto force = force_at_nodes(all[1]);
  std::vector<double> wide_force;
  for (std::size_t i = 0; i < force.size(); ++i) {
    wide_force.push_back(force[i]);
    if (i % 3 == 0) wide_force.push_back(0.0);
  }
  advance(path, settings, all[1], force);
  advance(wider, settings, all[1], wide_force);
  wider.narrow(3, WeightRule(settings, all[1]), [](const double* from, double* to) {
    to[0] = from[0];
    to[1] = from[2];
    to[2] = from[3];
  });
  ASSERT_EQ(wider.items(), 3U);
  for (const auto& [a, b] : {std::pair{&wider.weights(), &path.weights()},
                             {&wider.velocities(), &path.velocities()},
                             {&wider.end(), &path.end()},
                             {&wider.momenta(), &path.momenta()}}) {
    ASSERT_EQ(a->size(), b->size());
    for (std::size_t i = 0; i < a->size(); ++i) EXPECT_NEAR((*a)[i], (*b)[i], 1e-14);
  }
}

/// In any order: what one item does, no other sees.
TEST(WeightPath, TakesItsItemsInPartsAsAltogether) {
  for (const auto momentum : {Boundary::initial, Boundary::terminal}) {
    const auto settings = learning(-1.2, 0.7, momentum, 0.0);
    WeightPath whole(start);
    WeightPath parts(start);
    for (const auto& mesh : meshes()) {
      const WeightRule rule(settings, mesh);
      const auto force = force_at_nodes(mesh);
      const auto m = advance(whole, settings, mesh, force);
      parts.begin_epoch(rule);
      for (const ItemRange range : {ItemRange{1, 2}, ItemRange{0, 1}}) {
        std::vector<double> part;
        for (std::size_t node = 0; node < mesh.nodes(); ++node) {
          append(part, {force.data() + node * 3 + range.first, range.count});
        }
        parts.advance(rule, range, part.data(), [&](std::size_t node, const double* at) {
          for (std::size_t i = 0; i < range.count; ++i) EXPECT_NEAR(at[i], m[node * 3 + range.first + i], 1e-14);
        });
      }
      EXPECT_LT(distance(whole.weights(), parts.weights()), 1e-14);
      EXPECT_LT(distance(whole.velocities(), parts.velocities()), 1e-14);
      EXPECT_LT(distance(whole.momenta(), parts.momenta()), 1e-14);
      EXPECT_LT(distance(whole.starting_momenta(), parts.starting_momenta()), 1e-14);
      EXPECT_LT(distance(whole.end(), parts.end()), 1e-14);
    }
  }
}

}  // namespace
