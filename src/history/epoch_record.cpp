#include "history/epoch_record.hpp"

#include <algorithm>
#include <cmath>

namespace hjnet {

void NodeData::evaluate(const Mesh& mesh, const MeshPoint& point, double* out) const {
  const auto p = mesh.nodes_per_element();
  std::vector<double> weight(p);
  mesh.reference().lagrange(point.x, weight.data());
  std::fill(out, out + width_, 0.0);
  for (std::size_t j = 0; j < p; ++j) {
    if (weight[j] == 0.0) continue;
    const double* node = at(point.element * p + j);
    for (std::size_t i = 0; i < width_; ++i) out[i] += weight[j] * node[i];
  }
}

NodeData NodeData::moved(const Mesh& from, const Mesh& to) const {
  NodeData out(to, width_);
  const auto p = to.nodes_per_element();
  for (std::size_t e = 0; e < to.elements(); ++e) {
    const auto low = to.start(e);
    const auto high = low + to.length(e);
    for (std::size_t j = 0; j < p; ++j) {
      evaluate(from, from.locate_in_segment(to.phases()[e * p + j], low, high), out.at(e * p + j));
    }
  }
  return out;
}

std::vector<double> column_scales(const NodeData& data, std::size_t columns) {
  std::vector<double> scale(columns, 0.0);
  for (std::size_t i = 0; i < data.values().size(); ++i) {
    auto& largest = scale[i % columns];
    largest = std::max(largest, std::abs(data.values()[i]));
  }
  return scale;
}

void mark_unresolved(const Mesh& mesh, const NodeData& data, std::size_t columns, const std::vector<double>& scale,
                     double tolerance, std::vector<bool>& marked) {
  const auto p = mesh.nodes_per_element();
  std::vector<double> coefficient(p);
  for (std::size_t e = 0; e < mesh.elements(); ++e) {
    for (std::size_t i = 0; i < data.width() && !marked[e]; ++i) {
      if (scale[i % columns] == 0.0) continue;
      mesh.reference().coefficients(data.at(e * p) + i, data.width(), coefficient.data());
      const double tail = std::max(std::abs(coefficient[p - 1]), std::abs(coefficient[p - 2]));
      marked[e] = tail > tolerance * scale[i % columns];
    }
  }
}

}  // namespace hjnet
