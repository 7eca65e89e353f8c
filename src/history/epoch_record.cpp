#include "history/epoch_record.hpp"

#include "parallel/sums.hpp"
#include "parallel/target_clones.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace hjnet {

namespace {

/// out = sum_j weight_j row_j over rows `stride` apart, a piece that stays in the first-level cache after the other.
HJNET_TARGET_CLONES
void combine_rows(const double* rows, std::size_t stride, std::span<const double> weight, std::size_t count,
                  double* out) {
  constexpr std::size_t piece = 512;
  for (std::size_t begin = 0; begin < count; begin += piece) {
    const auto end = std::min(begin + piece, count);
    std::fill(out + begin, out + end, 0.0);
    for (std::size_t j = 0; j < weight.size(); ++j) {
      const double factor = weight[j];
      if (factor == 0.0) continue;
      const double* row = rows + j * stride;
      for (std::size_t i = begin; i < end; ++i) out[i] += factor * row[i];
    }
  }
}

}  // namespace

void transpose(const double* in, std::size_t rows, std::size_t columns, double* out) {
  constexpr std::size_t tile = 32;
  for (std::size_t i0 = 0; i0 < rows; i0 += tile) {
    const auto i1 = std::min(i0 + tile, rows);
    for (std::size_t j0 = 0; j0 < columns; j0 += tile) {
      const auto j1 = std::min(j0 + tile, columns);
      for (std::size_t j = j0; j < j1; ++j) {
        for (std::size_t i = i0; i < i1; ++i) out[j * rows + i] = in[i * columns + j];
      }
    }
  }
}

void NodeData::evaluate(const Mesh& mesh, const MeshPoint& point, double* out) const {
  const auto p = mesh.nodes_per_element();
  std::vector<double> weight(p);
  mesh.reference().lagrange(point.x, weight.data());
  combine(point.element, weight, 0, width_, out);
}

void NodeData::combine(std::size_t element, std::span<const double> weight, std::size_t first, std::size_t count,
                       double* out) const {
  combine_rows(at(element * weight.size()) + first, width_, weight, count, out);
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

Resolution resolution(const Mesh& mesh, const double* rows, std::size_t items, std::size_t columns) {
  const auto p = mesh.nodes_per_element();
  const auto nodes = mesh.nodes();
  Resolution out{std::vector<double>(mesh.elements() * columns, 0.0), std::vector<double>(nodes * columns, 0.0)};
  // Rows of the transformation that give the last two coefficients.
  std::vector<double> unit(p);
  std::vector<double> coefficient(p);
  std::vector<double> last(2 * p);
  for (std::size_t j = 0; j < p; ++j) {
    std::fill(unit.begin(), unit.end(), 0.0);
    unit[j] = 1.0;
    mesh.reference().coefficients(unit.data(), 1, coefficient.data());
    last[j] = coefficient[p - 1];
    last[p + j] = coefficient[p - 2];
  }
  std::vector<double> magnitude(columns * nodes, 0.0);  // [column][node]
  for (std::size_t i = 0; i < items * columns; ++i) {
    const double* row = rows + i * nodes;
    const auto c = i % columns;
    double* squares = magnitude.data() + c * nodes;
    for (std::size_t node = 0; node < nodes; ++node) squares[node] += row[node] * row[node];
    for (std::size_t e = 0; e < mesh.elements(); ++e) {
      double a = 0.0;
      double b = 0.0;
      for (std::size_t j = 0; j < p; ++j) {
        a += last[j] * row[e * p + j];
        b += last[p + j] * row[e * p + j];
      }
      out.tail[e * columns + c] += std::max(a * a, b * b);
    }
  }
  transpose(magnitude.data(), columns, nodes, out.magnitude.data());
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

Moment EpochRecord::moment(std::size_t node) const {
  const double phase = mesh.phases()[node];
  return {epoch, phase, mesh.middle(node / mesh.nodes_per_element()), start_time + phase, shown};
}

Moment EpochRecord::moment(const MeshPoint& point) const {
  const double phase = mesh.start(point.element) + 0.5 * (1.0 + point.x) * mesh.length(point.element);
  return {epoch, phase, mesh.middle(point.element), start_time + phase, shown};
}

void EpochRecord::sum_over_ranks(MPI_Comm comm) {
  std::vector<double> sums;
  const std::array parts{&momentum_squared, &momentum_velocity, &weight_squared, &energy,
                         &weight_squared_tangents.values()};
  for (const auto* part : parts) {
    sums.insert(sums.end(), part->begin(), part->end());
  }
  hjnet::sum_over_ranks(comm, sums);
  auto from = sums.begin();
  for (auto* part : parts) {
    std::copy_n(from, part->size(), part->begin());
    from += static_cast<std::ptrdiff_t>(part->size());
  }
}

}  // namespace hjnet
