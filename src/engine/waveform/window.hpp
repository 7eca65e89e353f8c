#pragma once
/// A stretch of consecutive elements of an epoch, solved at once.

#include "history/mesh.hpp"
#include "network/moment.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace hjnet {

/// All neuron quantities at a window's nodes, as blocks of [local neuron][column][node]; gauge, f1 and f2 have no
/// columns.
struct Window {
  std::size_t first_element = 0, elements = 0;
  std::size_t first_node = 0, times = 0;  ///< nodes of the window
  std::span<const double> phases;
  Moment start;                    ///< of the epoch
  std::vector<double> insides;     ///< a phase inside each element
  std::vector<double> gauge;       ///< c A_k; empty without a gauge field
  std::vector<double> net, phi;    ///< argument of f (at first Y_k alone); f and tangents
  std::vector<double> f1, f2, f3;  ///< derivatives of f, as many as the columns need
  std::vector<double> y, delta;
  std::vector<double> signal;  ///< P f'(net), P = Delta + 2cAF

  /// Of a node.
  [[nodiscard]] Moment moment(std::size_t node) const {
    return {start.epoch, phases[node], insides[node / (times / elements)], start.time + phases[node], start.shown};
  }
};

}  // namespace hjnet
