#pragma once
/// Delayed weights that a constraint's flow has moved: W = W_free + Lambda_a(t) dG_a/dM. V = dW_free/dt alone obeys the
/// epoch recursion (model.md, section 5), so that the history holds W_free, and what the flow adds is a sparse overlay.

#include "dynamics/local_constraints.hpp"
#include "history/multiplier_path.hpp"
#include "history/weight_history.hpp"

#include <vector>

namespace hjnet {

class GaugeWeights final : public WeightHistory {
public:
  /// @param columns  the value and its tangents, which the flow leaves alone
  /// The others must outlive the object.
  GaugeWeights(std::size_t columns, WeightHistory& free, const LocalConstraints& local, const MultiplierPath& path);

  void apply(int projection, std::span<const double> phases, const double* own, const double* halo,
             double* net) override;
  void apply_transpose(int projection, std::span<const double> phases, const double* p, double* halo,
                       double* own) override;
  void apply_thresholds(std::span<const double> phases, double* net) override;
  [[nodiscard]] std::int64_t bytes() const override { return free_.bytes(); }

  const std::vector<double>& weights(double phase) override;
  const std::vector<double>& velocity(double phase) override;
  void multiply(int projection, WeightMoment moment, std::size_t width, const double* own, const double* halo,
                double* net) override;
  void multiply_transpose(int projection, WeightMoment moment, std::size_t width, const double* p, double* halo,
                          double* own) override;
  void add_thresholds(WeightMoment moment, double* out) override;

  /// read, with Lambda dG/dM at the end of the last epoch taken added: W there from W_free.
  [[nodiscard]] SynapseReader at_end(SynapseReader read) const;

private:
  /// One number a local constrained synapse: what is added to its W (or V) for these Lambda (lambda).
  [[nodiscard]] std::vector<double> shifts_by(const std::vector<double>& integrals) const;
  /// The same at a moment of the epoch before; kept until the next call with another.
  const std::vector<double>& shifts(WeightMoment moment);
  /// Calls add(synapse, shift) for the constrained synapses of a projection (-1: thresholds) that have moved.
  template <class Add>
  void each(int projection, WeightMoment moment, Add add);

  std::size_t columns_;
  WeightHistory& free_;
  const LocalConstraints& local_;
  const MultiplierPath& path_;
  std::vector<double> weights_, velocity_;  ///< what weights() and velocity() gave last
  std::vector<double> shifts_;              ///< of the moment and the epoch last asked for
  WeightMoment moment_;
  int epochs_ = -1;
};

}  // namespace hjnet
