// The array form of the transfer functions is the scalar one, to round-off and into saturation.
#include "../support/case.hpp"

#include "network/transfer.hpp"

#include <algorithm>
#include <limits>

namespace {

using namespace hjnet;
using namespace hjnet::test;

constexpr Transfer all[] = {Transfer::identity, Transfer::tanh, Transfer::logistic, Transfer::softplus, Transfer::erf};

/// From -800 to 800 with every size down to 1e-308, more of them than a vectorised chunk holds, and the ends.
std::vector<double> arguments() {
  std::vector<double> out{0.0, -0.0, 1e-12, -1e-12, 0.1, -0.1, std::nextafter(0.1, 0.0), 400.0, -400.0, 800.0, -800.0};
  for (int i = -4000; i <= 4000; ++i) out.push_back(0.01 * i);
  for (int i = -308; i < 3; ++i) {
    for (const double sign : {1.0, -1.0}) out.push_back(sign * std::pow(10.0, i));
  }
  return out;
}

/// Relative where the value is a normal number.
double error(double ours, double scalar) {
  if (ours == scalar) return 0.0;
  return std::abs(ours - scalar) / std::max(std::abs(scalar), std::numeric_limits<double>::min());
}

TEST(TransferArray, AgreesWithTheScalarForm) {
  const auto net = arguments();
  for (const auto transfer : all) {
    std::vector<double> f(net.size());
    std::vector<double> f1(net.size());
    std::vector<double> f2(net.size());
    std::vector<double> f3(net.size());
    evaluate_transfer(transfer, net.size(), net.data(), f.data(), f1.data(), f2.data(), f3.data());
    double worst = 0.0;
    double worst_tail = 0.0;
    for (std::size_t i = 0; i < net.size(); ++i) {
      const auto scalar = evaluate_transfer(transfer, net[i]);
      // The derivatives' own argument is worth |net| roundings far out.
      auto& bound = std::abs(net[i]) > 20.0 ? worst_tail : worst;
      for (const auto& [a, b] : {std::pair{f[i], scalar.f}, {f1[i], scalar.f1}, {f2[i], scalar.f2}}) {
        EXPECT_TRUE(std::isfinite(a)) << "net = " << net[i];
        EXPECT_EQ(std::signbit(a), std::signbit(b)) << "net = " << net[i];
        bound = std::max(bound, std::abs(b) < 1e-290 ? std::abs(a - b) : error(a, b));
      }
      EXPECT_NEAR(f3[i], scalar.f3, 1e-14) << "net = " << net[i];
    }
    const auto name = "transfer " + std::to_string(static_cast<int>(transfer));
    expect_figure(name + ": |net| up to 20", worst, 5e-15);
    expect_figure(name + ": |net| up to 800", worst_tail, 5e-14);
    std::vector<double> g(net.size());
    std::vector<double> g1(net.size());
    evaluate_transfer(transfer, net.size(), net.data(), g.data(), g1.data(), nullptr);
    EXPECT_TRUE(g == f && g1 == f1) << "without the second derivative";
  }
}

TEST(TransferArray, CarriesNotANumber) {
  std::vector<double> net(700, 0.3);
  net[650] = NAN;
  for (const auto transfer : all) {
    std::vector<double> f(net.size());
    std::vector<double> f1(net.size());
    evaluate_transfer(transfer, net.size(), net.data(), f.data(), f1.data(), nullptr);
    EXPECT_TRUE(std::isnan(f[650])) << static_cast<int>(transfer);
    EXPECT_FALSE(std::isnan(f[649]));
  }
}

}  // namespace
