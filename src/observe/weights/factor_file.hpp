#pragma once
/// /factors of a run file: W and M at a run's end in as few numbers as they follow from.

#include "engine/epoch_solver.hpp"
#include "network/network.hpp"
#include "results/run_file.hpp"

#include <cstddef>
#include <string>

namespace hjnet {

/// Of a dense projection: /factors/FROM-TO with g (n_post x r), y (n_pre x s), x and m (r x s), so that
///
///   W = weight_initial W(0) + g x y^T,    M = momentum_initial W(0) + g m y^T,
///
/// where the two numbers and what W(0) is drawn from are attributes; without datasets where nothing has moved. Where
/// the engine keeps the projection synapse by synapse: weights and momenta (n_post x n_pre).
std::string factor_group(const std::string& projection);

class FactorFile {
public:
  /// Takes out what a run that was killed may have left there. All is collective over the network's ranks, which must
  /// be all that have the file open, and throws io_error.
  FactorFile(RunFile& file, const Network& network, const Settings& settings);

  void write(std::size_t projection, const FactoredWeights& factors);
  void write_whole(std::size_t projection, const SynapseReader& weights, const SynapseReader& momenta);

private:
  void write_draw(const std::string& group, std::size_t projection);
  void write_rows(const std::string& path, const std::vector<Dimension>& axes, IndexRange rows,
                  std::span<const double> values, const std::string& description);

  RunFile& file_;
  const Network& network_;
  const Settings& settings_;
};

}  // namespace hjnet
