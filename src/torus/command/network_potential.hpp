#pragma once
/// A Hamiltonian on the n-torus made from a network: H0 = M^2/2 omega along one or two weights, V its learning
/// potential as a function of them (model.md, section 9).
///
/// V is that of the first epoch, in which neurons see W(0) alone: E, or H_int = sum Delta F + E (with c sum A F^2),
/// with the weights frozen, averaged over the epoch. The angle phi = 2 pi (W - centre)/width has the conjugate momentum
/// I = M width/2 pi, as I dphi = M dW; so H0 = I (2 pi/width)^2/omega I/2, and frequencies are those of the network's
/// own time.

#include "archive/archive.hpp"
#include "config/settings/torus.hpp"
#include "torus/command/periodic_potential.hpp"

#include <mpi.h>

#include <cstdint>
#include <string>
#include <vector>

namespace hjnet {

struct NetworkPotential {
  WeightBox box;
  double inertia = -1.0;                   ///< omega
  std::vector<std::string> weights;        ///< "a-b[post, pre]"
  std::vector<std::vector<double>> nodes;  ///< weights a direction at which the network was run
  std::vector<double> potential;           ///< V there, the first direction slowest
  std::vector<double> windowed;            ///< made periodic
  PeriodicPotential series;
  std::int64_t runs = 0;             ///< of the network, those for the two errors below included
  double interpolation_error = 0.0;  ///< max |polynomial through the nodes - V| at points between them
  double series_error = 0.0;         ///< max |series - V| at points of the inner part
  std::string input;                 ///< the network's, as resolved TOML
};

/// Runs the network at all nodes, spread over the ranks of `comm`; the result is the same on all of them. Collective.
/// @param settings  with a network
/// @throws config_error, numerical_error (V is not finite, or a network does not get through its epoch)
NetworkPotential network_potential(MPI_Comm comm, const TorusSettings& settings);

/// The settings with `linear`, `quadratic` and `terms` those of the network's Hamiltonian.
TorusSettings with_hamiltonian(const TorusSettings& settings, const NetworkPotential& network);

/// Writes /network: see docs/tori.md. Collective; makes, fills and writes its own datasets.
void write_network_potential(Archive& archive, const NetworkPotential& network);

/// What was made and how good it is, in a few lines.
/// @param settings  those of with_hamiltonian()
std::string describe(const NetworkPotential& network, const TorusSettings& settings);

}  // namespace hjnet
