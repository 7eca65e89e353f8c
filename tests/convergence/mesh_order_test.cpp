// Orders of the Chebyshev elements: interpolation h^p, integration over whole elements h^p or h^(p+1) for p nodes.
#include "../support/case.hpp"

#include <algorithm>

namespace {

using namespace hjnet;
using namespace hjnet::test;

double f(double t) {
  return std::exp(1.3 * t) + std::sin(2.0 * t);
}
double integral(double t) {
  return (std::exp(1.3 * t) - 1.0) / 1.3 + (1.0 - std::cos(2.0 * t)) / 2.0;
}

Mesh equal_elements(int count, int nodes) {
  std::vector<double> boundaries;
  for (int i = 0; i <= count; ++i) boundaries.push_back(2.0 * i / count);
  return {boundaries, nodes};
}

struct Errors {
  double interpolation = 0.0, integration = 0.0;
};

Errors errors(const Mesh& mesh) {
  std::vector<double> values;
  for (const double phase : mesh.phases()) values.push_back(f(phase));
  Errors out;
  for (int i = 0; i <= 1000; ++i) {
    const double t = 2.0 * i / 1000;
    out.interpolation = std::max(out.interpolation, std::abs(mesh.evaluate(values, mesh.locate(t, false)) - f(t)));
  }
  const auto sums = mesh.integrate(values);
  for (std::size_t e = 1; e <= mesh.elements(); ++e) {
    const double end = mesh.boundaries()[e];
    out.integration = std::max(out.integration, std::abs(sums[e * mesh.nodes_per_element() - 1] - integral(end)));
  }
  return out;
}

TEST(MeshOrder, InterpolationAndIntegrationConvergeAtTheirOrders) {
  for (const int nodes : {3, 4, 5, 6, 7, 8}) {
    const int elements = nodes < 6 ? 16 : nodes == 6 ? 8 : 4;
    const auto coarse = errors(equal_elements(elements, nodes));
    const auto fine = errors(equal_elements(2 * elements, nodes));
    const double interpolation = std::log2(coarse.interpolation / fine.interpolation);
    const double integration = std::log2(coarse.integration / fine.integration);
    const int integration_order = nodes % 2 == 0 ? nodes : nodes + 1;  // odd numbers of nodes gain one by symmetry
    expect_figure("interpolation, " + std::to_string(nodes) + " nodes: |order - theory|",
                  std::abs(interpolation - nodes), 0.2);
    expect_figure("integration, " + std::to_string(nodes) + " nodes: |order - theory|",
                  std::abs(integration - integration_order), 0.2);
    EXPECT_GT(fine.integration, 1e-14) << "round-off hides the order";
  }
}

}  // namespace
