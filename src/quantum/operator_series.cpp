#include "quantum/operator_series.hpp"

#include "parallel/errors.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace hjnet {

namespace {

constexpr int width = 16;
constexpr int terms = Hamiltonian::ColsAtCompileTime;
/// Allowed distance of a piece from its element's polynomial, of the epoch's largest coefficient.
constexpr double precision = 1e-11;
/// Halvings of an element at most: its polynomial is then one of degree 7 to round-off, whatever it is.
constexpr int most_halvings = 8;

using Values = Eigen::Matrix<double, Eigen::Dynamic, width, Eigen::RowMajor>;
using ConstValues = Eigen::Map<const Values>;
using Square = Eigen::Matrix<double, terms, terms>;

/// Row n: the coefficients of the Chebyshev polynomial T_n(2 s - 1) in powers of s. They are integers.
Square chebyshev_in_powers() {
  Square t = Square::Zero();
  t(0, 0) = 1.0;
  t(1, 0) = -1.0;
  t(1, 1) = 2.0;
  for (int n = 2; n < terms; ++n) {
    t.row(n) = -2.0 * t.row(n - 1) - t.row(n - 2);
    for (int j = 1; j < terms; ++j) t(n, j) += 4.0 * t(n - 1, j - 1);
  }
  return t;
}

/// From values at the nodes of a piece to its Chebyshev coefficients, and from those to powers of the time since its
/// begin, over its length: one after the other, as the product of both would amplify round-off.
struct PieceShape {
  Chebyshev nodes{terms};
  Square to_chebyshev;
  Square to_powers = chebyshev_in_powers();

  PieceShape() {
    for (int j = 0; j < terms; ++j) {
      const Eigen::Matrix<double, terms, 1> unit = Eigen::Matrix<double, terms, 1>::Unit(j);
      nodes.coefficients(unit.data(), 1, to_chebyshev.col(j).data());
    }
  }
};

const PieceShape& piece_shape() {
  static const PieceShape shape;
  return shape;
}

/// Of an element: where its values are, and how far pieces may stray from them.
struct SeriesElement {
  const Chebyshev& reference;
  Eigen::Ref<const Values> values;
  double begin, length, allowed;

  [[nodiscard]] PauliVector at(double x) const {
    Eigen::VectorXd weight(reference.nodes());
    reference.lagrange(std::clamp(x, -1.0, 1.0), weight.data());
    return values.transpose() * weight;
  }
};

/// Appends the pieces between x = low and high of an element's [-1, 1].
void append_pieces(const SeriesElement& element, double low, double high, int halvings,
                   std::vector<OperatorPiece>& out) {
  const auto& shape = piece_shape();
  const double middle = 0.5 * (low + high);
  const double half = 0.5 * (high - low);
  OperatorPolynomial<terms> values;
  for (int j = 0; j < terms; ++j) {
    values.col(j) = element.at(middle + half * shape.nodes.points()[static_cast<std::size_t>(j)]);
  }
  OperatorPolynomial<terms> coefficients = values * shape.to_chebyshev.transpose();
  const double round_off = 16.0 * std::numeric_limits<double>::epsilon() * coefficients.lpNorm<Eigen::Infinity>();
  coefficients = (coefficients.array().abs() > round_off).select(coefficients, 0.0);  // what is constant stays so
  Hamiltonian h = coefficients * shape.to_powers;  // in the time over the piece's length, for now
  const auto strays = [&] {
    for (int j = 0; j + 1 < terms; ++j) {
      const auto& x = shape.nodes.points();
      const double between = 0.5 * (x[static_cast<std::size_t>(j)] + x[static_cast<std::size_t>(j) + 1]);
      const PauliVector error = evaluate<terms>(h, 0.5 * (1.0 + between)) - element.at(middle + half * between);
      if (error.lpNorm<Eigen::Infinity>() > element.allowed) return true;
    }
    return false;
  };
  if (halvings < most_halvings && element.reference.nodes() > terms && strays()) {
    append_pieces(element, low, middle, halvings + 1, out);
    append_pieces(element, middle, high, halvings + 1, out);
    return;
  }
  const double length = half * element.length;
  double power = 1.0;
  for (int j = 1; j < terms; ++j) h.col(j) /= power *= length;
  out.push_back({element.begin + 0.5 * (1.0 + low) * element.length, length, h, PauliVector::Zero()});
}

/// Of a few epochs, their largest coefficient.
double largest(std::span<const double> c) {
  double value = 0.0;
  for (const double x : c) value = std::max(value, std::abs(x));
  return value;
}

}  // namespace

OperatorSeries::OperatorSeries(const Mesh& mesh, std::span<const double> c, int epochs, int first_epoch,
                               const PauliVector& integral_before)
    : first_epoch_(first_epoch),
      epoch_length_(mesh.boundaries().back()),
      integral_before_(integral_before),
      integral_at_end_(integral_before) {
  const auto block = mesh.nodes() * width;
  if (epochs < 1 || c.size() != static_cast<std::size_t>(epochs) * block) {
    throw config_error(fmt::format("{} numbers are not {} epochs of {} nodes of {} operator coefficients", c.size(),
                                   epochs, mesh.nodes(), width));
  }
  const auto rows = static_cast<Eigen::Index>(mesh.nodes_per_element());
  for (std::size_t e = 0; e < static_cast<std::size_t>(epochs); ++e) {
    const auto values = c.subspan(e * block, block);
    for (std::size_t i = 0; i < block; ++i) {
      if (std::isfinite(values[i])) continue;
      throw numerical_error(
          fmt::format("the operator coefficient c_{} is not finite at t = {}", i % width,
                      (first_epoch + static_cast<double>(e)) * epoch_length_ + mesh.phases()[i / width]));
    }
    const double allowed = precision * largest(values);
    for (std::size_t element = 0; element < mesh.elements(); ++element) {
      const ConstValues of_element(values.data() + static_cast<std::ptrdiff_t>(element) * rows * width, rows, width);
      append_pieces({mesh.reference(), of_element, mesh.start(element), mesh.length(element), allowed}, -1.0, 1.0, 0,
                    pieces_);
    }
    for (std::size_t i = first_piece_.back(); i < pieces_.size(); ++i) {
      auto& piece = pieces_[i];
      const double end = i + 1 < pieces_.size() ? pieces_[i + 1].begin : epoch_length_;
      piece.length = end - piece.begin;
      piece.integral = integral_at_end_;
      integral_at_end_ = evaluate(piece.integral_polynomial(), piece.length);
    }
    first_piece_.push_back(pieces_.size());
  }
}

std::span<const OperatorPiece> OperatorSeries::pieces(int epoch) const {
  const auto e = static_cast<std::size_t>(epoch - first_epoch_);
  return std::span(pieces_).subspan(first_piece_[e], first_piece_[e + 1] - first_piece_[e]);
}

const OperatorPiece& OperatorSeries::piece_at(int epoch, double phase, bool from_above) const {
  const auto all = pieces(epoch);
  const auto after = std::partition_point(all.begin(), all.end(), [&](const OperatorPiece& piece) {
    return from_above ? piece.begin <= phase : piece.begin < phase;
  });
  return after == all.begin() ? all.front() : *(after - 1);
}

HamiltonianIntegral OperatorSeries::integral_about(double t, double inside) const {
  HamiltonianIntegral constant = HamiltonianIntegral::Zero();
  if (inside < first_epoch_ * epoch_length_) {
    constant.col(0) = integral_before_;
    return constant;
  }
  if (inside >= end_epoch() * epoch_length_) {
    constant.col(0) = integral_at_end_;
    return constant;
  }
  const int epoch = std::min(static_cast<int>(std::floor(inside / epoch_length_)), end_epoch() - 1);
  const double start = epoch * epoch_length_;
  const auto& piece = piece_at(epoch, inside - start, true);
  return shifted(piece.integral_polynomial(), t - start - piece.begin);
}

std::vector<double> OperatorSeries::breaks(double from, double to) const {
  std::vector<double> out;
  const auto epoch_of = [&](double t) {
    return std::clamp(static_cast<int>(std::floor(t / epoch_length_)), first_epoch_, end_epoch() - 1);
  };
  for (int epoch = epoch_of(from); epoch <= epoch_of(to); ++epoch) {
    for (const auto& piece : pieces(epoch)) {
      const double t = epoch * epoch_length_ + piece.begin;
      if (t > from && t < to) out.push_back(t);
    }
  }
  const double end = end_epoch() * epoch_length_;
  if (end > from && end < to) out.push_back(end);
  return out;
}

double unresolved_part(const Mesh& mesh, std::span<const double> c) {
  const auto rows = mesh.nodes_per_element();
  const auto block = mesh.nodes() * width;
  std::vector<double> coefficient(rows);
  double worst = 0.0;
  for (std::size_t begin = 0; begin < c.size(); begin += block) {
    const auto values = c.subspan(begin, block);
    const double size = largest(values);
    if (!(size > 0.0)) continue;
    for (std::size_t i = 0; i < mesh.elements() * width; ++i) {
      mesh.reference().coefficients(values.data() + i / width * rows * width + i % width, width, coefficient.data());
      const double tail = std::max(std::abs(coefficient[rows - 1]), std::abs(coefficient[rows - 2]));
      worst = std::max(worst, tail / size);
    }
  }
  return worst;
}

}  // namespace hjnet
