#include "history/lyapunov_record.hpp"

#include "parallel/counts.hpp"

#include <algorithm>

namespace hjnet {

namespace {

/// Y + theta, the field without what depends on y.
void evaluate_bias(const Moment& moment, const ExternalInput& input, DelayedWeights& weights, double* bias) {
  input.evaluate(moment, bias);
  weights.apply_thresholds({&moment.phase, 1}, bias);
}

}  // namespace

NodeData lyapunov_field(const EpochRecord& record, const Network& network, const ExternalInput& input,
                        DelayedWeights& weights) {
  const auto width = record.y.width();
  const int columns = input.columns();
  NodeData out(record.mesh, width);
  std::vector<double> sum(width);
  std::vector<double> halo(as_size(network.halo_size()) * record.columns);
  for (std::size_t node = 0; node < record.mesh.nodes(); ++node) {
    const Moment moment = record.moment(node);
    const double* y = record.y.at(node);
    std::fill(sum.begin(), sum.end(), 0.0);
    network.gather(y, halo.data(), columns);
    for (std::size_t p = 0; p < network.projections().size(); ++p) {
      weights.apply(static_cast<int>(p), {&moment.phase, 1}, y, halo.data(), sum.data());
    }
    std::fill(halo.begin(), halo.end(), 0.0);
    for (std::size_t p = 0; p < network.projections().size(); ++p) {
      weights.apply_transpose(static_cast<int>(p), {&moment.phase, 1}, y, halo.data(), sum.data());
    }
    network.scatter_add(halo.data(), sum.data(), columns);
    double* field = out.at(node);
    evaluate_bias(moment, input, weights, field);
    for (std::size_t i = 0; i < width; ++i) field[i] += 0.5 * sum[i];
  }
  return out;
}

void take_lyapunov_energy(EpochRecord& record, const Network& network, const ExternalInput& input,
                          DelayedWeights& weights) {
  const bool moves = record.field.width() > 0;
  std::vector<double> bias(record.y.width());
  record.energy.resize(record.mesh.nodes());
  for (std::size_t node = 0; node < record.mesh.nodes(); ++node) {
    evaluate_bias(record.moment(node), input, weights, bias.data());
    const double* field = moves ? record.field.at(node) : record.net.at(node);
    record.energy[node] = network.lyapunov()->value(record.y.at(node), field, bias.data(), record.columns);
  }
}

}  // namespace hjnet
