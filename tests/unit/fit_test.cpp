// Fits of the learning potential: recovery of known parameters, the size of statistical errors, and data that is no
// Lennard-Jones shape at all.
#include "run/fit.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <limits>
#include <numbers>
#include <random>
#include <utility>
#include <vector>

namespace {

using hjnet::PotentialFit;

constexpr std::size_t kSamples = 32;

// Times of a run: both ends of every epoch, so that boundaries stand twice.
std::vector<double> run_times(int epochs) {
  std::vector<double> t(static_cast<std::size_t>(epochs) * (kSamples + 1));
  for (std::size_t i = 0; i < t.size(); ++i) {
    const std::size_t epoch = i / (kSamples + 1), sample = i % (kSamples + 1);
    t[i] = static_cast<double>(epoch) + static_cast<double>(sample) / kSamples;
  }
  return t;
}

template <class Function>
std::vector<double> sampled(const std::vector<double>& t, Function f) {
  std::vector<double> v(t.size());
  std::transform(t.begin(), t.end(), v.begin(), f);
  return v;
}

std::vector<double> values_of(const PotentialFit& truth, const std::vector<double>& t) {
  return sampled(t, [&](double time) { return truth.value(time); });
}

void expect_finite(const PotentialFit& fit) {
  for (const auto& [name, value] : hjnet::fit_attributes("fit", fit)) EXPECT_TRUE(std::isfinite(value)) << name;
  EXPECT_GE(fit.r2, 0.0);
  EXPECT_LE(fit.r2, 1.0);
}

double worst_difference(const PotentialFit& a, const PotentialFit& b) {
  double worst = 0.0;
  const auto left = hjnet::fit_attributes("", a), right = hjnet::fit_attributes("", b);
  for (std::size_t i = 0; i < 7; ++i)
    worst = std::max(worst, std::abs(left[i].second - right[i].second) / std::max(1e-2, std::abs(right[i].second)));
  return worst;
}

TEST(Fit, ValueHasItsMinimumWhereTheFormulaSays) {
  const PotentialFit mie{
      .depth = 0.3, .sigma = 2.0, .t0 = -1.0, .plateau = 0.25, .exponent_repulsive = 9.0, .exponent_attractive = 4.0};
  const double x = std::pow(9.0 / 4.0, 1.0 / 5.0) * 2.0;
  EXPECT_NEAR(mie.value(x - 1.0), 0.25 - 0.3, 1e-15);
  EXPECT_NEAR(mie.value(1.0), 0.25, 1e-15);
}

TEST(Fit, RecoversLennardJonesWithoutNoise) {
  const auto t = run_times(24);
  double worst = 0.0;
  for (const double sigma : {0.8, 3.0, 7.0, 15.0})
    for (const double first : {0.9, 0.97, 1.05}) {
      PotentialFit truth{.depth = 0.17, .sigma = sigma, .t0 = -first * sigma, .plateau = 0.25, .r2 = 1.0};
      const PotentialFit fit = hjnet::fit_lennard_jones(t, values_of(truth, t));
      EXPECT_TRUE(fit.converged);
      EXPECT_FALSE(fit.at_bound);
      worst = std::max(worst, worst_difference(fit, truth));
    }
  RecordProperty("worst", std::to_string(worst));
  std::printf("largest relative error of a Lennard-Jones parameter: %.1e\n", worst);
  EXPECT_LT(worst, 1e-8);
}

TEST(Fit, RecoversMieWithoutNoise) {
  const auto t = run_times(24);
  double worst = 0.0;
  for (const auto& [n, m] : {std::pair{12.0, 6.0}, std::pair{8.0, 3.0}, std::pair{6.0, 1.0}, std::pair{4.0, 3.0}}) {
    const PotentialFit truth{.depth = 0.17,
                             .sigma = 3.0,
                             .t0 = -2.8,
                             .plateau = 0.25,
                             .exponent_repulsive = n,
                             .exponent_attractive = m,
                             .r2 = 1.0};
    const PotentialFit fit = hjnet::fit_mie(t, values_of(truth, t));
    EXPECT_TRUE(fit.converged);
    EXPECT_FALSE(fit.at_bound);
    worst = std::max(worst, worst_difference(fit, truth));
  }
  std::printf("largest relative error of a Mie parameter: %.1e\n", worst);
  EXPECT_LT(worst, 1e-8);
}

TEST(Fit, IsUnchangedByScaleAndOrigin) {
  const auto t = run_times(12);
  const PotentialFit truth{.depth = 4e7, .sigma = 2e-3, .t0 = 5.0 - 2e-3, .plateau = -3e8, .r2 = 1.0};
  const auto moved = sampled(t, [](double time) { return 5.0 + 1e-3 * time; });
  const PotentialFit fit = hjnet::fit_lennard_jones(moved, values_of(truth, moved));
  EXPECT_NEAR(fit.depth / truth.depth, 1.0, 1e-8);
  EXPECT_NEAR(fit.sigma / truth.sigma, 1.0, 1e-8);
  EXPECT_NEAR(fit.plateau / truth.plateau, 1.0, 1e-8);
  EXPECT_NEAR((fit.t0 - 5.0) / truth.sigma, -1.0, 1e-8);
  EXPECT_EQ(fit.window_first, 5.0);
  EXPECT_NEAR(fit.window_last, 5.012, 1e-15);
}

TEST(Fit, ErrorsUnderNoiseAreOfTheStatisticalSize) {
  const auto t = run_times(24);
  const PotentialFit truth{.depth = 0.17, .sigma = 3.0, .t0 = -2.8, .plateau = 0.25};
  const double noise = 0.01;
  const auto clean = values_of(truth, t);
  // Expected errors from the Fisher matrix, its derivatives by central differences of value().
  const auto shifted = [](PotentialFit p, int which, double by) {
    (which == 0 ? p.depth : which == 1 ? p.sigma : which == 2 ? p.t0 : p.plateau) += by;
    return p;
  };
  std::array<std::array<double, 4>, 4> information{};
  for (const double time : t) {
    std::array<double, 4> slope{};
    for (int i = 0; i < 4; ++i)
      slope[static_cast<std::size_t>(i)] =
          (shifted(truth, i, 1e-5).value(time) - shifted(truth, i, -1e-5).value(time)) / 2e-5;
    for (std::size_t i = 0; i < 4; ++i)
      for (std::size_t j = 0; j < 4; ++j) information[i][j] += slope[i] * slope[j] / (noise * noise);
  }
  // Mean over many draws of e^T I e is 4 (chi square with 4 degrees of freedom); 40 draws leave sqrt(8/40) = 0.45.
  std::mt19937_64 generator(7);
  std::normal_distribution<double> gauss(0.0, noise);
  double chi_square = 0.0, r2 = 0.0;
  constexpr int kDraws = 40;
  for (int draw = 0; draw < kDraws; ++draw) {
    auto v = clean;
    for (double& value : v) value += gauss(generator);
    const PotentialFit fit = hjnet::fit_lennard_jones(t, v);
    EXPECT_TRUE(fit.converged);
    const std::array<double, 4> e{fit.depth - truth.depth, fit.sigma - truth.sigma, fit.t0 - truth.t0,
                                  fit.plateau - truth.plateau};
    for (std::size_t i = 0; i < 4; ++i)
      for (std::size_t j = 0; j < 4; ++j) chi_square += e[i] * information[i][j] * e[j] / kDraws;
    r2 += fit.r2 / kDraws;
  }
  std::printf("mean chi square of four parameters under noise: %.2f (expected 4 +- 0.45), R^2 %.4f\n", chi_square, r2);
  EXPECT_NEAR(chi_square, 4.0, 3 * 0.45);
  double mean = 0.0, spread = 0.0;
  for (const double value : clean) mean += value / static_cast<double>(clean.size());
  for (const double value : clean) spread += (value - mean) * (value - mean) / static_cast<double>(clean.size());
  EXPECT_NEAR(r2, 1.0 - noise * noise / (spread + noise * noise), 2e-3);
}

TEST(Fit, MieIsNeverWorseThanLennardJones) {
  const auto t = run_times(24);
  const auto v =
      sampled(t, [](double time) { return 0.085 + 0.35 * std::exp(-time) + 0.17 * (1.0 - std::exp(-time / 8.0)); });
  const PotentialFit lj = hjnet::fit_lennard_jones(t, v), mie = hjnet::fit_mie(t, v);
  EXPECT_TRUE(lj.converged);
  EXPECT_GE(mie.r2, lj.r2 - 1e-12);
  EXPECT_GT(mie.r2, 0.8);
  expect_finite(lj);
  expect_finite(mie);
}

// Of 10^5 epochs with two samples, or 10^4 with many, only means over windows are searched. What that does to the
// parameters: a window of a hundredth of the time so far bends a power n by (n/100)^2/24, 6e-4 at n = 12.
TEST(Fit, LongRunsTakeMillisecondsAfterTheLastEpoch) {
  using Clock = std::chrono::steady_clock;
  std::mt19937_64 generator(3);
  std::normal_distribution<double> gauss(0.0, 0.01);
  for (const auto& [epochs, samples] : {std::pair{100000, 1}, std::pair{10000, 32}}) {
    const PotentialFit truth{.depth = 0.17, .sigma = 30.0, .t0 = -28.0, .plateau = 0.25};
    std::vector<double> t;
    for (int n = 0; n < epochs; ++n)
      for (int i = 0; i <= samples; ++i) t.push_back(n + static_cast<double>(i) / samples);
    const auto clean = values_of(truth, t);
    const PotentialFit fit = hjnet::fit_lennard_jones(t, clean);
    EXPECT_TRUE(fit.converged);
    EXPECT_NEAR(fit.depth / truth.depth, 1.0, 5e-3);
    EXPECT_NEAR(fit.sigma / truth.sigma, 1.0, 5e-3);
    EXPECT_NEAR(fit.plateau / truth.plateau, 1.0, 1e-6);
    EXPECT_GT(fit.r2, 1.0 - 1e-4);
    const auto noisy = sampled(t, [&](double time) { return truth.value(time) + gauss(generator); });
    const auto start = Clock::now();
    const PotentialFit lj = hjnet::fit_lennard_jones(t, noisy), mie = hjnet::fit_mie(t, noisy);
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    std::printf("%zu samples: both fits %.3f s; R^2 %.4f and %.4f; without noise depth to %.1e, sigma to %.1e\n",
                t.size(), seconds, lj.r2, mie.r2, std::abs(fit.depth / truth.depth - 1.0),
                std::abs(fit.sigma / truth.sigma - 1.0));
    EXPECT_LT(seconds, 2.0);  // tens of milliseconds; as long as the data it were minutes
    EXPECT_GE(mie.r2, lj.r2 - 1e-3);
  }
}

TEST(Fit, PoorDataGivesAPoorFiniteFit) {
  const auto t = run_times(24);
  std::mt19937_64 generator(1);
  std::normal_distribution<double> gauss;
  const auto wave = sampled(t, [](double time) { return std::sin(2.0 * std::numbers::pi * time); });
  const auto hill = sampled(t, [](double time) { return std::exp(-(time - 12.0) * (time - 12.0) / 8.0); });
  const auto noise = sampled(t, [&](double) { return gauss(generator); });
  for (const auto* v : {&wave, &hill, &t, &noise}) {
    for (const PotentialFit& fit : {hjnet::fit_lennard_jones(t, *v), hjnet::fit_mie(t, *v)}) expect_finite(fit);
  }
  EXPECT_LT(hjnet::fit_lennard_jones(t, wave).r2, 0.2);
  EXPECT_LT(hjnet::fit_lennard_jones(t, hill).r2, 0.3);
  EXPECT_LT(hjnet::fit_lennard_jones(t, noise).r2, 0.1);
}

TEST(Fit, ConstantShortAndMissingDataDoNotConverge) {
  const auto t = run_times(4);
  const std::vector<double> constant(t.size(), 0.1), zero(t.size(), 0.0);
  const std::vector<double> missing(t.size(), std::numeric_limits<double>::quiet_NaN());
  for (const auto* v : {&constant, &zero, &missing})
    for (const PotentialFit& fit : {hjnet::fit_lennard_jones(t, *v), hjnet::fit_mie(t, *v)}) {
      EXPECT_FALSE(fit.converged);
      EXPECT_EQ(fit.depth, 0.0);
      EXPECT_EQ(fit.r2, 0.0);
      expect_finite(fit);
    }
  EXPECT_NEAR(hjnet::fit_lennard_jones(t, constant).plateau, 0.1, 1e-15);
  const std::vector<double> short_t{0, 1, 1, 2, 3}, short_v{5, 1, 1, 2, 3};
  EXPECT_FALSE(hjnet::fit_lennard_jones(short_t, short_v).converged);
  EXPECT_FALSE(hjnet::fit_lennard_jones({}, {}).converged);
  EXPECT_THROW(static_cast<void>(hjnet::fit_mie(short_t, constant)), std::invalid_argument);
}

TEST(Fit, SamplesThatAreNotFiniteAreLeftOut) {
  const auto t = run_times(24);
  const PotentialFit truth{.depth = 0.17, .sigma = 3.0, .t0 = -2.8, .plateau = 0.25, .r2 = 1.0};
  auto v = values_of(truth, t);
  for (std::size_t i = 10 * (kSamples + 1); i < v.size(); ++i) v[i] = std::numeric_limits<double>::quiet_NaN();
  const PotentialFit fit = hjnet::fit_lennard_jones(t, v);
  EXPECT_LT(worst_difference(fit, truth), 1e-8);
  EXPECT_EQ(fit.window_last, 10.0);
}

TEST(Fit, IsDeterministic) {
  const auto t = run_times(12);
  const auto v = sampled(t, [](double time) { return std::exp(-time) + 0.1 * std::log(1.0 + time); });
  const auto first = hjnet::fit_attributes("mie", hjnet::fit_mie(t, v));
  EXPECT_EQ(first, hjnet::fit_attributes("mie", hjnet::fit_mie(t, v)));
  EXPECT_EQ(first.front().first, "mie_depth");
}

TEST(Shape, StartMinimumAndPlateau) {
  const auto t = run_times(3);
  auto v = sampled(t, [](double time) { return 1.0 + (time - 1.25) * (time - 1.25); });
  for (std::size_t i = 2 * (kSamples + 1); i < v.size(); ++i) v[i] = 7.0;
  const auto shape = hjnet::potential_shape(t, v, kSamples);
  EXPECT_EQ(shape.start, 2.5625);
  EXPECT_EQ(shape.minimum, 1.0);
  EXPECT_EQ(shape.minimum_time, 1.25);
  EXPECT_EQ(shape.plateau, 7.0);
  EXPECT_THROW(static_cast<void>(hjnet::potential_shape(t, v, 1000)), std::invalid_argument);
}

TEST(Shape, SentenceStatesTheWindow) {
  const PotentialFit fit{
      .depth = 1.0, .sigma = 1.0, .r2 = 0.9, .window_first = 0.0, .window_last = 24.0, .converged = true};
  const PotentialFit doubtful{.depth = 1.0, .sigma = 1.0, .exponent_attractive = 0.1, .r2 = 0.95, .at_bound = true};
  EXPECT_NE(hjnet::describe({}, fit, doubtful).find("Mie (12, 0.1): R^2 = 0.9500, undetermined: a parameter is"),
            std::string::npos);
  EXPECT_EQ(hjnet::describe({0.437, 0.085, 3.1, 0.25}, fit, PotentialFit{}),
            "Learning potential: starts at 0.437, is lowest, 0.085, at t = 3.1, and has the mean 0.25 in the last "
            "epoch; fits over t = 0 to 24: Lennard-Jones: R^2 = 0.9000; Mie (12, 6): no fit");
}

}  // namespace
