#pragma once
/// A projection that is kept synapse by synapse: sparse ones, and those so small that bases do not pay.

#include "history/dense/synapse_product.hpp"
#include "history/factors/projection_history.hpp"

#include <string>
#include <vector>

namespace hjnet {

class SynapseHistory final : public ProjectionHistory {
public:
  /// W = W(0).
  SynapseHistory(const FactorContext& context, std::size_t projection);

  void apply(std::span<const double> phases, const double* own, const double* halo, double* net,
             const Handover& arrived) const override;
  void apply_transpose(std::span<const double> phases, const double* p, double* halo, double* own,
                       const Handover& complete) const override;
  void multiply(WeightMoment moment, std::size_t width, const double* own, const double* halo,
                double* net) const override;
  void multiply_transpose(WeightMoment moment, std::size_t width, const double* p, double* halo,
                          double* own) const override;
  void advance(const WeightRule& rule, const EpochFactors& factors, std::vector<double>& scratch,
               SynapseSums& sums) override;
  void read(EndValues values, bool with_initial, const std::vector<double>& pre, std::int64_t first,
            std::span<double> out) const override;
  void form(PhaseValues values, bool with_initial, double phase, const std::vector<double>& pre, std::size_t step,
            double* out) const override;
  void save(VectorArchive& out, const std::string& path) const override;
  void load(const VectorArchive& in, const std::string& path, const Mesh& mesh) override;

private:
  /// [column][synapse]
  [[nodiscard]] std::size_t count() const { return path_.items() / context_.columns; }
  void multiply_path(std::span<const double> phases, Direction direction, const double* in, double* out) const;
  /// g y^T at the nodes: [node][column][synapse].
  void find_force(const EpochFactors& factors, std::size_t nodes, double* force) const;
};

}  // namespace hjnet
