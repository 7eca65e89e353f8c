#pragma once
/// Numbers as an input gives them.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace hjnet {

/// A number for each of several items, as the input gives it: one number, a list, a distribution, or a dataset.
/// Lists and datasets are read (and their shape and finiteness checked) by load_settings(), so `values` is complete
/// for Kind::list. Nested lists are stored row by row.
struct Value {
  enum class Kind { constant, list, normal, uniform };
  Kind kind = Kind::constant;
  double constant = 0.0;          ///< Kind::constant
  std::vector<double> values{};   ///< Kind::list, also after reading { file, dataset }
  double mean = 0.0, sd = 1.0;    ///< Kind::normal
  double low = -1.0, high = 1.0;  ///< Kind::uniform
  std::optional<double> gain{};   ///< Kind::normal of weights only: sd = gain / sqrt(fan-in of the row)
  std::filesystem::path file{};   ///< Kind::list: the HDF5 file that `values` were read from, absolute; empty: inline
  std::string dataset{};          ///< with `file`: the path of the dataset in it
  bool operator==(const Value&) const = default;
};

/// How many numbers a value stands for, and of what.
struct Extent {
  std::int64_t rows = 0, columns = 1;
  std::string of{};                        ///< "one for each ..."; of a matrix: what a row holds
  bool weights = false;                    ///< a matrix: nested lists and `gain` are allowed
  std::optional<std::int64_t> synapses{};  ///< of sparse weights: a list of this many is allowed too

  /// What a list or dataset must be, for messages.
  [[nodiscard]] std::string text() const;
};

}  // namespace hjnet
