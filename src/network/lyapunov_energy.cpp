#include "network/lyapunov_energy.hpp"

#include "config/choices.hpp"
#include "parallel/agree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>

namespace hjnet {

LyapunovEnergy::LyapunovEnergy(const NetworkLayout& layout, const Settings& settings)
    : source_(settings.source.string()) {
  std::int64_t end = 0;
  for (std::size_t l = 0; l < settings.network.layers.size(); ++l) {
    const auto& layer = settings.network.layers[l];
    layers_.push_back(layer.name);
    ends_.push_back(end += layer.neurons);
    const auto& owned = layout.owned[l];
    for (std::int64_t i = 0; i < owned.count; ++i) {
      transfer_.push_back(layer.transfer);
      indices_.push_back(owned.first + i);
    }
  }
}

void LyapunovEnergy::gradient(const double* y, const double* field, std::size_t columns, std::size_t times,
                              double* gradient) const {
  for (std::size_t k = 0; k < transfer_.size(); ++k) {
    const auto row = k * columns * times;
    for (std::size_t t = 0; t < times; ++t) {
      const auto f = invert_transfer(transfer_[k], y[row + t]);
      gradient[row + t] = f.inverse - field[row + t];
      for (std::size_t c = 1; c < columns; ++c) {
        const auto i = row + c * times + t;
        gradient[i] = f.slope * y[i] - field[i];
      }
    }
  }
}

void LyapunovEnergy::curvature(const double* y, const double* u, std::size_t columns, double* product) const {
  for (std::size_t k = 0; k < transfer_.size(); ++k) {
    const double slope = invert_transfer(transfer_[k], y[k * columns]).slope;
    for (auto i = k * columns; i < (k + 1) * columns; ++i) product[i] = slope * u[i];
  }
}

double LyapunovEnergy::value(const double* y, const double* field, const double* bias, std::size_t columns) const {
  double sum = 0.0;
  for (std::size_t k = 0; k < transfer_.size(); ++k) {
    const auto row = k * columns;
    // 1/2 y (h - bias) is the neuron's share of 1/2 y^T W y.
    sum += invert_transfer(transfer_[k], y[row]).integral - 0.5 * y[row] * (field[row] + bias[row]);
  }
  return sum;
}

std::string LyapunovEnergy::outside(std::size_t neuron, double y) const {
  const auto range = range_of(transfer_[neuron]);
  if (range.contains(y)) return {};
  const auto layer =
      static_cast<std::size_t>(std::upper_bound(ends_.begin(), ends_.end(), indices_[neuron]) - ends_.begin());
  return fmt::format("y = {:.17g} of neuron {} (layer '{}') is not inside ({}, {}), the range of {}", y,
                     indices_[neuron], layers_[layer], range.low, range.high,
                     name_of(transfer_names, transfer_[neuron]));
}

void LyapunovEnergy::require_inside(MPI_Comm comm, const double* y, std::size_t columns, std::size_t times,
                                    const double* absolute_times) const {
  std::exception_ptr failure;
  for (std::size_t i = 0; i < transfer_.size() * times && !failure; ++i) {
    const auto k = i / times;
    const auto t = i % times;
    const auto what = outside(k, y[k * columns * times + t]);
    if (what.empty()) continue;
    failure = std::make_exception_ptr(numerical_error(fmt::format(
        "error = \"lyapunov\": at t = {:.9g} {}: E needs the inverse of f there", absolute_times[t], what)));
  }
  agree(comm, failure);
}

void LyapunovEnergy::require_inside_at_start(MPI_Comm comm, const double* y) const {
  std::exception_ptr failure;
  for (std::size_t k = 0; k < transfer_.size() && !failure; ++k) {
    const auto what = outside(k, y[k]);
    if (what.empty()) continue;
    failure = std::make_exception_ptr(
        config_error(fmt::format("{}: network.initial_state: {}: learning.error = \"lyapunov\" needs the inverse of f "
                                 "there",
                                 source_, what)));
  }
  agree(comm, failure);
}

}  // namespace hjnet
