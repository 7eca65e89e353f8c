#include "history/gauge_weights.hpp"

#include <utility>

namespace hjnet {

GaugeWeights::GaugeWeights(std::size_t columns, WeightHistory& free, const LocalConstraints& local,
                           const MultiplierPath& path)
    : columns_(columns), free_(free), local_(local), path_(path) {}

std::vector<double> GaugeWeights::shifts_by(const std::vector<double>& integrals) const {
  std::vector<double> out(local_.synapses().size(), 0.0);
  PhaseBlock<double> block;
  block.weights = out.data();
  local_.add_flow(integrals.data(), block);
  return out;
}

const std::vector<double>& GaugeWeights::shifts(WeightMoment moment) {
  if (epochs_ == path_.epochs() && moment.phase == moment_.phase && moment.velocity == moment_.velocity) return shifts_;
  shifts_ = shifts_by(moment.velocity ? path_.delayed_value(moment.phase) : path_.delayed_integral(moment.phase));
  moment_ = moment;
  epochs_ = path_.epochs();
  return shifts_;
}

template <class Add>
void GaugeWeights::each(int projection, WeightMoment moment, Add add) {
  if (local_.entries(ConstraintTerm::Quantity::momentum).empty()) return;
  const auto& moved = shifts(moment);
  for (std::size_t i = 0; i < moved.size(); ++i) {
    const auto& synapse = local_.synapses()[i];
    if (synapse.projection == projection && moved[i] != 0.0) add(synapse, moved[i]);
  }
}

void GaugeWeights::apply(int projection, std::span<const double> phases, const double* own, const double* halo,
                         double* net) {
  free_.apply(projection, phases, own, halo, net);
  const auto times = phases.size();
  const auto row = columns_ * times;
  for (std::size_t time = 0; time < times; ++time) {
    each(projection, {phases[time], false}, [&](const ConstrainedSynapse& s, double shift) {
      for (std::size_t i = time; i < row; i += times) net[s.post * row + i] += shift * halo[s.pre * row + i];
    });
  }
}

void GaugeWeights::apply_transpose(int projection, std::span<const double> phases, const double* p, double* halo,
                                   double* own) {
  free_.apply_transpose(projection, phases, p, halo, own);
  const auto times = phases.size();
  const auto row = columns_ * times;
  for (std::size_t time = 0; time < times; ++time) {
    each(projection, {phases[time], false}, [&](const ConstrainedSynapse& s, double shift) {
      for (std::size_t i = time; i < row; i += times) halo[s.pre * row + i] += shift * p[s.post * row + i];
    });
  }
}

void GaugeWeights::apply_thresholds(std::span<const double> phases, double* net) {
  free_.apply_thresholds(phases, net);
  const auto times = phases.size();
  for (std::size_t time = 0; time < times; ++time) {
    each(-1, {phases[time], false},
         [&](const ConstrainedSynapse& s, double shift) { net[s.post * columns_ * times + time] += shift; });
  }
}

const std::vector<double>& GaugeWeights::weights(double phase) {
  weights_ = free_.weights(phase);
  const auto& moved = shifts({phase, false});
  for (std::size_t i = 0; i < moved.size(); ++i) weights_[local_.synapses()[i].index] += moved[i];
  return weights_;
}

const std::vector<double>& GaugeWeights::velocity(double phase) {
  velocity_ = free_.velocity(phase);
  const auto& moved = shifts({phase, true});
  for (std::size_t i = 0; i < moved.size(); ++i) velocity_[local_.synapses()[i].index] += moved[i];
  return velocity_;
}

void GaugeWeights::multiply(int projection, WeightMoment moment, std::size_t width, const double* own,
                            const double* halo, double* net) {
  free_.multiply(projection, moment, width, own, halo, net);
  each(projection, moment, [&](const ConstrainedSynapse& s, double shift) {
    for (std::size_t i = 0; i < width; ++i) net[s.post * width + i] += shift * halo[s.pre * width + i];
  });
}

void GaugeWeights::multiply_transpose(int projection, WeightMoment moment, std::size_t width, const double* p,
                                      double* halo, double* own) {
  free_.multiply_transpose(projection, moment, width, p, halo, own);
  each(projection, moment, [&](const ConstrainedSynapse& s, double shift) {
    for (std::size_t i = 0; i < width; ++i) halo[s.pre * width + i] += shift * p[s.post * width + i];
  });
}

void GaugeWeights::add_thresholds(WeightMoment moment, double* out) {
  free_.add_thresholds(moment, out);
  each(-1, moment, [&](const ConstrainedSynapse& s, double shift) { out[s.post] += shift; });
}

SynapseReader GaugeWeights::at_end(SynapseReader read) const {
  return [this, read = std::move(read), moved = shifts_by(path_.end())](std::int64_t first, std::span<double> out) {
    read(first, out);
    for (std::size_t i = 0; i < moved.size(); ++i) {
      const auto place = static_cast<std::int64_t>(local_.synapses()[i].index) - first;
      if (place >= 0 && place < static_cast<std::int64_t>(out.size())) out[static_cast<std::size_t>(place)] += moved[i];
    }
  };
}

}  // namespace hjnet
