#include "torus/command/periodic_potential.hpp"

#include "history/mesh.hpp"
#include "parallel/counts.hpp"
#include "torus/fourier/fourier_transform.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <numeric>

namespace hjnet {

namespace {

/// erfc(6) = 2e-17: the window ends where double precision does.
constexpr double window_sharpness = 6.0;
constexpr double relative_precision = 1e-14;
/// Fourier coefficients of the window reach round-off at this number divided by the taper.
constexpr double window_modes = 50.0;

/// The integer whose mode stands at a place along one dimension.
int mode_at(std::size_t place, std::size_t points) {
  return as_int(place) - (2 * place >= points ? as_int(points) : 0);
}

std::size_t grid_points(const WeightBox& box, const std::vector<std::int64_t>& nodes) {
  const auto most = static_cast<double>(*std::max_element(nodes.begin(), nodes.end()));
  return std::bit_ceil(static_cast<std::size_t>(4.0 * (window_modes / box.taper + most)));
}

std::vector<double> scaled_point(std::size_t index, std::size_t points, std::size_t dimensions) {
  std::vector<double> x(dimensions);
  for (std::size_t i = dimensions; i-- > 0; index /= points) {
    x[i] = -1.0 + 2.0 * static_cast<double>(index % points) / static_cast<double>(points);
  }
  return x;
}

/// Leaves what is kept of the coefficients in the spectrum and as terms. The grid begins at phi = -pi, which gives mode
/// m the sign (-1)^m.
void take_terms(std::span<std::complex<double>> spectrum, std::size_t points, std::size_t dimensions,
                PeriodicPotential& out) {
  const auto half = points / 2 + 1;
  const auto rows = spectrum.size() / half;
  const double scale = 1.0 / static_cast<double>(rows * points);
  double largest = 0.0;
  for (const auto& c : spectrum) {
    largest = std::max(largest, std::abs(c));
  }
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t column = 0; column < half; ++column) {
      const auto place = row * half + column;
      const auto c = spectrum[place];
      const bool nyquist = 2 * column == points || (dimensions == 2 && 2 * row == points);
      if (nyquist || std::abs(c) <= relative_precision * largest) {
        spectrum[place] = 0.0;
        continue;
      }
      std::vector<int> mode{as_int(column)};
      if (dimensions == 2) mode.insert(mode.begin(), mode_at(row, points));
      // Of m and -m along the first dimension one is enough.
      if (column == 0 && mode.front() < 0) continue;
      const bool constant = column == 0 && mode.front() == 0;
      const bool odd = (mode.front() + (dimensions == 2 ? mode.back() : 0)) % 2 != 0;
      const auto signed_c = odd ? -c : c;
      FourierTerm term;
      term.mode = mode;
      term.phase = constant ? 0.0 : std::arg(signed_c);
      term.polynomial = {{.power = std::vector<int>(dimensions, 0),
                          .coefficient = constant ? scale * signed_c.real() : 2.0 * scale * std::abs(c)}};
      out.terms.push_back(std::move(term));
    }
  }
}

/// Sums of |defect| over the box and over its inner part.
struct Defect {
  double largest = 0.0, square = 0.0;
  std::size_t count = 0;
  void add(double defect) {
    largest = std::max(largest, std::abs(defect));
    square += defect * defect;
    ++count;
  }
  [[nodiscard]] double rms() const { return count == 0 ? 0.0 : std::sqrt(square / static_cast<double>(count)); }
};

}  // namespace

double WeightBox::window(std::span<const double> x) const {
  double product = 1.0;
  for (const double coordinate : x) {
    const double s = (std::abs(coordinate) - 1.0 + taper) / taper;
    product *= 0.5 * std::erfc(window_sharpness * (2.0 * s - 1.0));
  }
  return product;
}

bool WeightBox::inner(std::span<const double> x) const {
  return std::all_of(x.begin(), x.end(), [this](double coordinate) { return std::abs(coordinate) <= 1.0 - taper; });
}

std::vector<double> chebyshev_nodes(std::int64_t count) {
  return Chebyshev(static_cast<int>(count)).points();
}

BoxInterpolant::BoxInterpolant(std::vector<std::int64_t> nodes, std::vector<double> values)
    : nodes_(std::move(nodes)), values_(std::move(values)) {}

double BoxInterpolant::operator()(std::span<const double> x) const {
  std::vector<double> part = values_;
  for (std::size_t i = nodes_.size(); i-- > 0;) {
    const auto count = as_size(nodes_[i]);
    std::vector<double> weight(count);
    Chebyshev(static_cast<int>(nodes_[i])).lagrange(x[i], weight.data());
    for (std::size_t row = 0; row * count < part.size(); ++row) {
      part[row] = std::inner_product(weight.begin(), weight.end(),
                                     part.begin() + static_cast<std::ptrdiff_t>(row * count), 0.0);
    }
    part.resize(part.size() / count);
  }
  return part.front();
}

std::vector<double> BoxInterpolant::on_grid(std::size_t points) const {
  using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const auto interpolation = [points](std::int64_t nodes) {
    Matrix out(static_cast<Eigen::Index>(points), nodes);
    const Chebyshev basis(static_cast<int>(nodes));
    for (std::size_t j = 0; j < points; ++j) {
      basis.lagrange(scaled_point(j, points, 1).front(), out.row(static_cast<Eigen::Index>(j)).data());
    }
    return out;
  };
  const auto columns = nodes_.back();
  const auto rows = static_cast<Eigen::Index>(values_.size()) / columns;
  const Eigen::Map<const Matrix> given(values_.data(), rows, columns);
  Matrix out = given * interpolation(columns).transpose();
  if (nodes_.size() == 2) out = interpolation(nodes_.front()) * out;
  return {out.data(), out.data() + out.size()};
}

double BoxInterpolant::edge_mean() const {
  if (nodes_.size() == 1) return 0.5 * (values_.front() + values_.back());
  const auto rows = as_size(nodes_[0]);
  const auto columns = as_size(nodes_[1]);
  // Half the integral over [-1, 1] of a polynomial through the nodes.
  const auto mean = [](std::size_t count, const double* values, std::size_t stride) {
    std::vector<double> weight(count);
    Chebyshev(as_int(count)).integral(1.0, weight.data());
    double sum = 0.0;
    for (std::size_t j = 0; j < count; ++j) sum += 0.5 * weight[j] * values[j * stride];
    return sum;
  };
  return 0.25 * (mean(columns, values_.data(), 1) + mean(columns, values_.data() + (rows - 1) * columns, 1) +
                 mean(rows, values_.data(), columns) + mean(rows, values_.data() + columns - 1, columns));
}

double PeriodicPotential::operator()(std::span<const double> angle) const {
  double sum = 0.0;
  for (const auto& term : terms) {
    double phase = term.phase;
    for (std::size_t i = 0; i < angle.size(); ++i) phase += term.mode[i] * angle[i];
    sum += term.polynomial.front().coefficient * std::cos(phase);
  }
  return sum;
}

PeriodicPotential make_periodic(const BoxInterpolant& potential, const WeightBox& box,
                                const std::vector<std::int64_t>& nodes) {
  PeriodicPotential out;
  out.edge_mean = potential.edge_mean();
  const auto points = grid_points(box, nodes);
  const auto values = potential.on_grid(points);
  FourierTransform transform(std::vector<int>(box.dimensions(), as_int(points)));
  const auto grid = transform.values();
  const auto scaled = [&](std::size_t i) { return scaled_point(i, points, box.dimensions()); };
  for (std::size_t i = 0; i < values.size(); ++i) {
    grid[i] = out.edge_mean + box.window(scaled(i)) * (values[i] - out.edge_mean);
  }
  transform.forward();
  take_terms(transform.coefficients(), points, box.dimensions(), out);
  transform.backward();
  Defect whole;
  Defect inner;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double defect = grid[i] / static_cast<double>(values.size()) - values[i];
    whole.add(defect);
    if (box.inner(scaled(i))) inner.add(defect);
  }
  out.defect_max = whole.largest;
  out.defect_rms = whole.rms();
  out.inner_max = inner.largest;
  out.inner_rms = inner.rms();
  return out;
}

}  // namespace hjnet
