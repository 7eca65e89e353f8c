// The algebra of constraints: gradients, brackets, classes, Dirac's multipliers, lambda(t); input and resolved text.
#include "dynamics/constraints.hpp"
#include "../support/input_folder.hpp"
#include "config/load.hpp"
#include "parallel/errors.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

namespace hjnet {
namespace {

using Quantity = ConstraintTerm::Quantity;
using Synapse = ConstraintTerm::Synapse;
ConstraintTerm threshold(Quantity quantity, std::int64_t neuron, double coefficient = 1.0) {
  return {.quantity = quantity, .synapse = Synapse::threshold, .neuron = neuron, .coefficient = coefficient};
}
ConstraintTerm bias(Quantity quantity, std::int64_t neuron, double coefficient = 1.0) {
  return {.quantity = quantity, .synapse = Synapse::bias, .neuron = neuron, .coefficient = coefficient};
}
ConstraintTerm of_neuron(Quantity quantity, std::int64_t neuron, double coefficient = 1.0) {
  return {.quantity = quantity, .neuron = neuron, .coefficient = coefficient};
}

ConstraintSettings constraint(std::string name, std::vector<ConstraintTerm> terms, double value = 0.0) {
  return {.name = std::move(name), .terms = std::move(terms), .value = value, .multiplier = {}, .displacement = {}};
}

GaugeSettings gauge(std::vector<ConstraintSettings> constraints) {
  GaugeSettings out;
  out.constraints = std::move(constraints);
  return out;
}

ConstraintSettings split(const std::string& name, std::int64_t neuron) {
  return constraint(name, {threshold(Quantity::momentum, neuron), bias(Quantity::momentum, neuron, -1.0)});
}

/// W_0 - W_1 and M_0 - M_1: bracket 2.
GaugeSettings pair() {
  return gauge({constraint("w", {threshold(Quantity::weight, 0), threshold(Quantity::weight, 1, -1.0)}),
                constraint("m", {threshold(Quantity::momentum, 0), threshold(Quantity::momentum, 1, -1.0)})});
}

std::string message_of(const auto& call) {
  try {
    call();
  } catch (const config_error& error) {
    return error.what();
  }
  return "nothing thrown";
}

void expect_in(const std::string& message, const std::string& part) {
  EXPECT_NE(message.find(part), std::string::npos) << message << "\n does not contain\n" << part;
}

TEST(ConstraintFlow, MovesConjugates) {
  const auto c = constraint(
      "g", {threshold(Quantity::momentum, 3, 2.0), of_neuron(Quantity::state, 1, 5.0),
            of_neuron(Quantity::state, 1, -2.0), threshold(Quantity::weight, 4), threshold(Quantity::weight, 4, -1.0)});
  ASSERT_EQ(gradient(c).size(), 2U);  // like terms are summed, and what cancels is left out
  const auto moved = flow(c);
  ASSERT_EQ(moved.size(), 2U);
  EXPECT_EQ(moved[0].component.quantity, Quantity::delta);
  EXPECT_EQ(moved[0].coefficient, -3.0);  // dDelta = -dG/dy
  EXPECT_EQ(moved[1].component.quantity, Quantity::weight);
  EXPECT_EQ(moved[1].component.neuron, 3);
  EXPECT_EQ(moved[1].coefficient, 2.0);  // dW = +dG/dM
}

TEST(ConstraintAnalysis, SplitThresholdsAreFirstClass) {
  const ConstraintAnalysis analysis(gauge({split("a", 0), split("b", 1), split("c", 2)}));
  EXPECT_EQ(analysis.first_class().size(), 3U);
  EXPECT_EQ(analysis.second_class_count(), 0U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(analysis.kind(i), ConstraintClass::first);
    ASSERT_EQ(analysis.first_class()[i].parts.size(), 1U);
  }
  const std::vector<double> brackets{0.5, 0.5, 0.5};
  const std::vector<double> given{1.0, -2.0, 3.0};
  std::vector<double> lambda(3);
  analysis.multipliers(brackets, given, lambda);
  EXPECT_EQ(lambda, given);  // nothing is solved for
}

TEST(ConstraintAnalysis, APairIsSecondClass) {
  const ConstraintAnalysis analysis(pair());
  EXPECT_EQ(analysis.first_class().size(), 0U);
  EXPECT_EQ(analysis.second_class_count(), 2U);
  EXPECT_EQ(analysis.kind(0), ConstraintClass::second);
  EXPECT_EQ(analysis.bracket(0, 1), 2.0);
  EXPECT_EQ(analysis.bracket(1, 0), -2.0);
  EXPECT_NEAR(analysis.smallest_singular_value(), 1.0, 1e-14);
  // dG/dt = h + C lambda = 0: h_0 + 2 lambda_1 = 0, h_1 - 2 lambda_0 = 0. What is given does not matter.
  std::vector<double> lambda(2);
  analysis.multipliers(std::vector{0.6, -0.8}, std::vector{7.0, 7.0}, lambda);
  EXPECT_NEAR(lambda[0], -0.4, 1e-14);
  EXPECT_NEAR(lambda[1], -0.3, 1e-14);
  expect_in(analysis_text(analysis), "0 first class (multipliers free), 2 second class");
  expect_in(analysis_text(analysis), "{'w', 'm'} = 2");
}

TEST(ConstraintAnalysis, MixedConstraintsHaveAFirstClassCombination) {
  // q_0, p_0 and p_0 + p_1: C has rank 2, and p_1 alone, the last minus the second, is first class. The third one's
  // multiplier is partly free. Scaling a constraint by 1e6 changes neither rank nor flow.
  for (const double scale : {1.0, 1e6}) {
    const ConstraintAnalysis analysis(gauge(
        {constraint("q", {of_neuron(Quantity::state, 0, scale)}), constraint("p", {of_neuron(Quantity::delta, 0)}),
         constraint("sum", {of_neuron(Quantity::delta, 0), of_neuron(Quantity::delta, 1)})}));
    EXPECT_EQ(analysis.second_class_count(), 2U);
    EXPECT_EQ(analysis.kind(0), ConstraintClass::second);
    EXPECT_EQ(analysis.kind(1), ConstraintClass::mixed);
    EXPECT_EQ(analysis.kind(2), ConstraintClass::mixed);
    ASSERT_EQ(analysis.first_class().size(), 1U);
    const auto& parts = analysis.first_class()[0].parts;
    ASSERT_EQ(parts.size(), 2U);
    EXPECT_NEAR(parts[0].second, -parts[1].second, 1e-12);
    // G stays where it is on the second-class part, whatever is given: h + C lambda = 0.
    const std::vector<double> h{0.3 * scale, -0.2, -0.2};
    std::vector<double> lambda(3);
    analysis.multipliers(h, std::vector{1.0, 2.0, 3.0}, lambda);
    for (std::size_t a = 0; a < 3; ++a) {
      double rate = h[a];
      for (std::size_t b = 0; b < 3; ++b) rate += analysis.bracket(a, b) * lambda[b];
      EXPECT_NEAR(rate, 0.0, 1e-12 * scale);
    }
  }
}

TEST(ConstraintAnalysis, DependentOnesAreNamed) {
  // Coordinates q_0, q_1, q_2 with momenta p_0 + p_1, p_1 + p_2, p_2 + p_0: rank 6; with p_0 - p_1 in place of the last
  // two momenta are p_0 + p_1, p_1 + p_2 and their difference p_0 - p_2: dependent.
  const auto p = [](std::int64_t a, std::int64_t b, double sign) {
    return std::vector<ConstraintTerm>{of_neuron(Quantity::delta, a), of_neuron(Quantity::delta, b, sign)};
  };
  std::vector<ConstraintSettings> all;
  all.reserve(6);
  for (int i = 0; i < 3; ++i) all.push_back(constraint("q" + std::to_string(i), {of_neuron(Quantity::state, i)}));
  all.push_back(constraint("p0", p(0, 1, 1.0)));
  all.push_back(constraint("p1", p(1, 2, 1.0)));
  all.push_back(constraint("p2", p(2, 0, 1.0)));
  EXPECT_EQ(ConstraintAnalysis(gauge(all)).second_class_count(), 6U);
  all.back() = constraint("p2", p(0, 2, -1.0));
  const auto message = message_of([&] { ConstraintAnalysis{gauge(all)}; });
  expect_in(message, "'p0' - 'p1' - 'p2' contains no component of phase space; leave one of them out");
  all.back().value = 0.5;
  expect_in(message_of([&] { ConstraintAnalysis{gauge(all)}; }), "and they contradict each other: it reads 0.5 = 0");
}

TEST(ConstraintAnalysis, CancellingBracketsAreNoBrackets) {
  // {W_0 + W_1, M_0 - M_1} = 1 - 1.
  const ConstraintAnalysis analysis(
      gauge({constraint("sum", {threshold(Quantity::weight, 0), threshold(Quantity::weight, 1)}),
             constraint("difference", {threshold(Quantity::momentum, 0), threshold(Quantity::momentum, 1, -1.0)})}));
  EXPECT_EQ(analysis.second_class_count(), 0U);
  EXPECT_TRUE(analysis.coupled_groups().empty());
}

TEST(ConstraintAnalysis, TermsThatCancelAreRefused) {
  expect_in(
      message_of([] {
        ConstraintAnalysis{gauge({constraint("none", {bias(Quantity::weight, 0), bias(Quantity::weight, 0, -1.0)})})};
      }),
      "'none': its terms cancel");
}

TEST(ConstraintAnalysis, SecondaryConstraintsAreNamed) {
  const ConstraintAnalysis analysis(gauge({split("a", 0), split("b", 1)}));
  EXPECT_FALSE(analysis.secondary(std::vector{1e-10, 0.0}, std::vector{1.0, 0.0}, 1e-8));
  EXPECT_FALSE(analysis.secondary(std::vector{0.0, 0.0}, std::vector{0.0, 0.0}, 1e-8));
  const auto found = analysis.secondary(std::vector{1e-7, -0.25}, std::vector{1.0, 0.5}, 1e-8);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->combination, 1U);
  EXPECT_EQ(found->bracket, -0.25);
  expect_in(found->message, "{G, H} of the first-class constraint 'b' is -0.25");
}

TEST(MultiplierFunction, IntegralsAreThoseOfTheValues) {
  Settings settings;
  settings.seed = 5;
  settings.gauge = gauge({split("a", 0), split("b", 1), split("c", 2)});
  settings.gauge.constraints[0].multiplier = {.kind = Multiplier::Kind::constant, .amplitude = 0.7};
  settings.gauge.constraints[1].multiplier = {
      .kind = Multiplier::Kind::cosine, .amplitude = 0.7, .frequency = 1.3, .phase = 0.4};
  settings.gauge.constraints[2].multiplier = {.kind = Multiplier::Kind::random, .amplitude = 0.7, .frequency = 1.3};
  EXPECT_DOUBLE_EQ(MultiplierFunction(settings, 1, 0).value(0.0), 0.7 * std::cos(0.4));
  for (std::size_t a = 0; a < 3; ++a) {
    const MultiplierFunction f(settings, a, 0);
    EXPECT_EQ(f.integral(0.0), 0.0);
    constexpr double h = 1e-3;
    for (const double t : {0.3, 4.0, 17.2}) {  // fourth-order differences
      const double rate =
          (8.0 * (f.integral(t + h) - f.integral(t - h)) - f.integral(t + 2 * h) + f.integral(t - 2 * h)) / (12 * h);
      EXPECT_NEAR(rate, f.value(t), 1e-9);
    }
  }
}

TEST(MultiplierFunction, DrawnOnesHaveUnitVarianceAndDependOnSeedMemberAndIndex) {
  Settings settings;
  settings.seed = 5;
  settings.gauge = gauge({split("a", 0), split("b", 1)});
  for (auto& c : settings.gauge.constraints) {
    c.multiplier = {.kind = Multiplier::Kind::random, .amplitude = 2.0, .frequency = 1.0};
    c.displacement = {.kind = Value::Kind::normal};
  }
  const MultiplierFunction f(settings, 0, 0);
  double square = 0.0;
  constexpr int samples = 800;
  for (int i = 0; i < samples; ++i) square += std::pow(f.value(8.0 * i / samples), 2);  // one period of the slowest
  EXPECT_NEAR(square / samples, 4.0, 1e-10);
  EXPECT_DOUBLE_EQ(f.shortest_period(), 1.0);
  EXPECT_NE(f.value(1.0), MultiplierFunction(settings, 1, 0).value(1.0));
  EXPECT_NE(displacement(settings, 0, 0), displacement(settings, 1, 0));
  // Members share what does not vary.
  EXPECT_EQ(f.value(1.0), MultiplierFunction(settings, 0, 7).value(1.0));
  EXPECT_EQ(displacement(settings, 0, 0), displacement(settings, 0, 7));
  settings.ensemble = EnsembleSettings{
      .members = 8,
      .vary = {.weights = true, .stimulus = true, .target = true, .multipliers = true, .displacements = true}};
  EXPECT_NE(f.value(1.0), MultiplierFunction(settings, 0, 7).value(1.0));
  EXPECT_EQ(f.value(1.0), MultiplierFunction(settings, 0, 0).value(1.0));
  EXPECT_NE(displacement(settings, 0, 0), displacement(settings, 0, 7));
}

/// A 4-3-2 network with split thresholds, and constraints of every form.
constexpr const char* network = R"(
[network]
thresholds = true
split_thresholds = true
initial_biases = 0.25
[[network.layer]]
name = "in"
neurons = 4
[[network.layer]]
name = "mid"
neurons = 3
[[network.layer]]
name = "out"
neurons = 2
)";
constexpr const char* split_layer = R"(
[[gauge.constraint]]
name = "split"
layer = "mid"
terms = [{ of = "momentum", synapse = "thresholds" }, { of = "momentum", synapse = "biases", coefficient = -1.0 }]
multiplier = { function = "random", amplitude = 0.5, frequency = 2.0 }
displacement = { values = [0.1, 0.2, 0.3] }
)";

class ConstraintInput : public test::InputFolder {
protected:
  Settings load(const std::string& text, const std::vector<std::string>& overrides = {}) {
    return load_settings(write(text), overrides);
  }
  static void expect_round_trip(const Settings& settings) {
    auto again = load_resolved(settings.resolved);
    again.source = settings.source;
    EXPECT_TRUE(again == settings) << settings.resolved;
  }
};

TEST_F(ConstraintInput, OneForEachNeuronOfALayer) {
  const auto settings = load(std::string(network) + split_layer);
  EXPECT_TRUE(settings.network.split_thresholds);
  EXPECT_EQ(settings.network.initial_biases.constant, 0.25);
  ASSERT_EQ(settings.gauge.constraints.size(), 3U);
  const auto& last = settings.gauge.constraints[2];
  EXPECT_EQ(last.name, "split[2]");
  EXPECT_EQ(last.terms[0].neuron, 6);  // over the whole network
  EXPECT_EQ(last.terms[1].synapse, Synapse::bias);
  EXPECT_EQ(last.terms[1].coefficient, -1.0);
  EXPECT_EQ(last.multiplier.kind, Multiplier::Kind::random);
  EXPECT_EQ(last.displacement.constant, 0.3);
  expect_round_trip(settings);
  EXPECT_NO_THROW(check_constraints(settings));
}

TEST_F(ConstraintInput, EveryFormRoundTrips) {
  const auto settings = load(std::string(network) + R"(
[learning]
delta = "initial"
momentum = "initial"
[[gauge.constraint]]
name = "w"
terms = [{ of = "weight", synapse = "mid-out", post = 1, pre = 2 }, { of = "weight", synapse = "in-mid", post = 0, pre = 3 }]
value = 0.5
[[gauge.constraint]]
name = "row"
layer = "out"
terms = [{ of = "momentum", synapse = "mid-out", pre = 0 }, { of = "state" }, { of = "delta", neuron = 0, coefficient = 3 }]
multiplier = { function = "cosine", amplitude = 1.0, frequency = 0.5, phase = 0.25 }
displacement = { distribution = "normal", sd = 0.1 }
[ensemble]
members = 2
vary = ["displacements"]
)");
  ASSERT_EQ(settings.gauge.constraints.size(), 3U);
  const auto& w = settings.gauge.constraints[0];
  EXPECT_EQ(w.terms[0].projection, 1);
  EXPECT_EQ(w.terms[0].neuron, 8);
  EXPECT_EQ(w.terms[0].pre, 6);
  EXPECT_EQ(component_text(component_of(w.terms[0]), settings.network), "W of mid-out, neuron 8 from 6");
  const auto& row = settings.gauge.constraints[2];
  EXPECT_EQ(row.name, "row[1]");
  EXPECT_EQ(row.terms[0].neuron, 8);
  EXPECT_EQ(row.terms[0].pre, 4);
  EXPECT_EQ(row.terms[1].neuron, 8);
  EXPECT_EQ(row.terms[2].neuron, 0);
  expect_round_trip(settings);
}

TEST_F(ConstraintInput, WhatTheAnalysisRefuses) {
  const std::string base = std::string(network) + R"(
[[gauge.constraint]]
name = "w"
terms = [{ of = "weight", synapse = "thresholds", neuron = 0 }]
[[gauge.constraint]]
name = "m"
terms = [{ of = "momentum", synapse = "thresholds", neuron = 0 }]
)";
  const std::vector<std::string> initial{"learning.delta=\"initial\"", "learning.momentum=\"initial\""};
  const auto refused = [&](const std::vector<std::string>& overrides) {
    const auto settings = load(base, overrides);
    return message_of([&] { check_constraints(settings); });
  };
  expect_in(refused({}), "gauge.constraint 'w': is of second class");
  EXPECT_EQ(refused(initial), "nothing thrown");
  auto with = initial;
  with.emplace_back("gauge.constraint[1].multiplier={ amplitude = 1.0 }");
  expect_in(refused(with), "'m': its multiplier has no effect");
  with.back() = "gauge.constraint[1].multiplier={ function = \"cosine\", amplitude = 0.0 }";
  expect_in(refused(with), "'m': its multiplier has no effect");
  with.back() = "gauge.constraint[0].displacement=0.1";
  expect_in(refused(with), "'w': a displacement would move the initial data off the surface");
  expect_in(refused({"gauge.constraint[0].terms=[{ of = \"delta\", neuron = 0 }]"}), "'w': contains Delta");
  expect_in(refused({"gauge.constraint[0].terms=[{ of = \"state\", neuron = 0 }]", "learning.delta=\"off\""}),
            "'w': acts on y and Delta, which learning.delta = \"off\"");
  expect_in(refused({"gauge.constraint[0].terms=[{ of = \"momentum\", synapse = \"thresholds\", neuron = 0 }]"}),
            "case.toml: gauge.constraint: expected linearly independent constraints");
}

}  // namespace
}  // namespace hjnet
