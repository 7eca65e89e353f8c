#pragma once
/// W or M at a run's end, any rows of a projection, from its run file: whole, or from factors.

#include "archive/archive.hpp"
#include "config/settings.hpp"
#include "network/layout.hpp"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace hjnet {

class StoredWeights {
public:
  /// @param projection  FROM-TO; "": the only one
  /// @throws io_error, config_error: no complete run file, no such projection, weights that were not stored
  StoredWeights(const std::filesystem::path& file, const std::string& projection, bool momenta);

  /// FROM-TO.
  [[nodiscard]] const std::string& projection() const { return name_; }
  [[nodiscard]] std::int64_t rows() const { return rows_; }
  [[nodiscard]] std::int64_t columns() const { return columns_; }
  [[nodiscard]] int epochs() const { return settings_.epochs; }

  /// out = whole rows, row by row: rows are post-synaptic neurons, columns pre-synaptic ones; 0 where there is no
  /// synapse.
  void read(IndexRange rows, std::span<double> out) const;

private:
  enum class Form { zero, whole, sparse, factors };
  void choose(const std::string& projection);
  void find(bool momenta);
  void read_sparse(IndexRange rows, std::span<double> out) const;
  void read_factors(IndexRange rows, std::span<double> out) const;

  Archive archive_;
  Settings settings_;
  std::string name_;
  std::size_t index_ = 0;
  std::int64_t rows_ = 0, columns_ = 0;
  Form form_ = Form::zero;
  std::string path_;                ///< dataset, or group
  double initial_ = 0.0;            ///< of factors: that of W(0)
  std::uint32_t member_ = 0;        ///< whose W(0) it is
  std::vector<double> core_, pre_;  ///< x or m, and y
};

}  // namespace hjnet
