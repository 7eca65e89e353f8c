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

Resolution resolution(const Mesh& mesh, const NodeData& data, std::size_t columns) {
  const auto p = mesh.nodes_per_element();
  Resolution out{std::vector<double>(mesh.elements() * columns, 0.0), std::vector<double>(mesh.nodes() * columns, 0.0)};
  std::vector<double> coefficient(p);
  for (std::size_t e = 0; e < mesh.elements(); ++e) {
    for (std::size_t i = 0; i < data.width(); ++i) {
      mesh.reference().coefficients(data.at(e * p) + i, data.width(), coefficient.data());
      const double tail = std::max(std::abs(coefficient[p - 1]), std::abs(coefficient[p - 2]));
      out.tail[e * columns + i % columns] += tail * tail;
    }
  }
  for (std::size_t node = 0; node < mesh.nodes(); ++node) {
    for (std::size_t i = 0; i < data.width(); ++i) {
      out.magnitude[node * columns + i % columns] += data.at(node)[i] * data.at(node)[i];
    }
  }
  return out;
}

std::vector<bool> unresolved(const Mesh& mesh, const Resolution& sums, std::size_t columns, std::int64_t items,
                             double tolerance, double floor) {
  std::vector<double> scale(columns, floor * floor * static_cast<double>(items));
  for (std::size_t i = 0; i < sums.magnitude.size(); ++i) {
    scale[i % columns] = std::max(scale[i % columns], sums.magnitude[i]);
  }
  std::vector<bool> marked(mesh.elements(), false);
  for (std::size_t i = 0; i < sums.tail.size(); ++i) {
    if (sums.tail[i] > tolerance * tolerance * scale[i % columns]) marked[i / columns] = true;
  }
  return marked;
}

}  // namespace hjnet
