#pragma once
// Operator coefficients and runs that the tests of the quantum Boltzmann equation share.
#include "config/choices.hpp"
#include "quantum/boltzmann.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <random>
#include <vector>

namespace evolution {

using namespace hjnet;
using Eigen::Matrix4cd;

inline PauliVector traceless(unsigned seed, double size) {
  std::mt19937 generator(seed);
  std::normal_distribution<double> normal;
  PauliVector x = PauliVector::Zero();
  for (int i = 1; i < 16; ++i) x[i] = size * normal(generator);
  return x;
}

/// Elements of equal length.
inline Mesh even_mesh(double length, int elements) {
  std::vector<double> boundaries;
  for (int i = 0; i <= elements; ++i) boundaries.push_back(length * i / elements);
  return {boundaries, 24};
}

/// c(epoch, tau), a function that returns a PauliVector, at the nodes of a mesh.
template <class F>
std::vector<double> at_nodes(const Mesh& mesh, int epochs, F c) {
  std::vector<double> values;
  for (int e = 0; e < epochs; ++e) {
    for (const double tau : mesh.phases()) {
      const PauliVector x = c(e, tau);
      values.insert(values.end(), x.begin(), x.end());
    }
  }
  return values;
}

template <class F>
OperatorSeries series_of(int epochs, double length, F c, int elements = 8) {
  const Mesh mesh = even_mesh(length, elements);
  return OperatorSeries(mesh, at_nodes(mesh, epochs, c), epochs);
}

/// Takes what advances over a piece of H through all of a series.
template <class Advance>
void through(const OperatorSeries& series, Advance advance) {
  for (int e = series.first_epoch(); e < series.end_epoch(); ++e) {
    for (const auto& piece : series.pieces(e)) ASSERT_TRUE(advance(piece));
  }
}

/// Something like what a network makes: smooth within an epoch, jumping between epochs.
inline PauliVector pulses(int epoch, double tau) {
  const auto pulse = [&](double centre) { return std::exp(-std::pow((tau - centre) / 0.12, 2)); };
  static const PauliVector a = traceless(1, 0.3), b = traceless(2, 0.3), c = traceless(3, 0.2);
  return a * pulse(0.25) + b * pulse(0.6) + std::cos(0.4 * epoch) * c * (1.0 + tau);
}

inline Matrix4cd pure_product() {
  return pauli_matrix(product_state(std::array<double, 6>{0.6, 0.0, 0.8, 0.0, 1.0, 0.0}));
}

inline ModeHistory run(const ModeParameters& mode, const OperatorSeries& series, int intervals, Memory memory,
                       double window, const Matrix4cd& rho, double tolerance = default_boltzmann_tolerance) {
  const MemoryKernel kernel(memory, window, series);
  DensityState state{pauli_coefficients(rho), 0};
  return evolve_mode(mode, series, kernel, intervals, tolerance, state);
}

}  // namespace evolution
