#pragma once
/// Neuron and synapse vectors of all ranks as datasets in global order, so that what is written on n ranks is read on
/// m.

#include "archive/archive.hpp"
#include "network/layout.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace hjnet {

/// Consecutive items of one dataset that this rank holds: rows of a dense matrix (`run` = n_pre numbers each), synapses
/// of a sparse one, neurons (`run` = columns).
struct ItemBlock {
  enum class Kind { dense, sparse, neurons };
  Kind kind = Kind::neurons;
  std::string name;
  std::uint64_t all = 0;               ///< items of the whole dataset
  std::uint64_t first = 0, count = 0;  ///< this rank's
  std::size_t run = 1;                 ///< numbers an item
  std::size_t offset = 0;              ///< where the items begin in a vector of this rank
};

/// The blocks of a synapse vector, in its order: a projection's under "<from>-<to>", then those of "thresholds" and
/// "biases".
std::vector<ItemBlock> synapse_blocks(const NetworkLayout& layout);

/// Stacks of vectors: `count` vectors one after the other on every rank. In the file a dataset has the shape
/// items x count x run: what a rank holds is one stretch of it. Everything is collective over the archive's
/// communicator, which must be that of the layout.
class VectorArchive {
public:
  /// @param base  a group below which all paths stand, or nothing
  VectorArchive(MPI_Comm comm, Archive& archive, const NetworkLayout& layout, std::string base = "")
      : comm_(comm), archive_(archive), layout_(layout), blocks_(synapse_blocks(layout)), base_(std::move(base)) {}

  /// The same with all paths below a group.
  [[nodiscard]] VectorArchive below(const std::string& group) const {
    return {comm_, archive_, layout_, base_ + group};
  }
  /// The file itself, where nothing stands below a group.
  [[nodiscard]] Archive& archive() { return archive_; }

  void create_group(const std::string& group) { archive_.create_group(base_ + group); }
  template <class T>
  void write_attribute(const std::string& path, const std::string& name, const T& value) {
    archive_.write_attribute(base_ + path, name, value);
  }

  /// Writes <group>/<projection> (n_post x count x n_pre; sparse: synapses x count x 1), <group>/thresholds and
  /// <group>/biases (N x count x 1).
  void write_synapses(const std::string& group, std::size_t count, std::span<const double> stack,
                      const std::string& description);
  /// The same for one projection alone (its number), as the dataset `path`; vectors hold its synapses only.
  void write_projection(const std::string& path, std::size_t projection, std::size_t count,
                        std::span<const double> stack, const std::string& description);
  /// Writes N x count x columns; `stack` is [vector][local neuron][column].
  void write_neurons(const std::string& path, std::size_t count, std::size_t columns, std::span<const double> stack,
                     const std::string& description);
  /// Writes numbers that all ranks hold alike.
  void write_numbers(const std::string& path, std::span<const double> values, const std::string& description);

  /// The same back. @throws io_error, on all ranks, where a dataset is missing or its shape is another.
  void read_synapses(const std::string& group, std::size_t count, std::span<double> stack) const;
  void read_projection(const std::string& path, std::size_t projection, std::size_t count,
                       std::span<double> stack) const;
  void read_neurons(const std::string& path, std::size_t count, std::size_t columns, std::span<double> stack) const;
  [[nodiscard]] std::vector<double> read_numbers(const std::string& path) const;
  [[nodiscard]] bool contains(const std::string& path) const { return archive_.contains(base_ + path); }
  /// An attribute of a group. @throws io_error where it is missing or of another type.
  template <class T>
  [[nodiscard]] T read_attribute(const std::string& group, const std::string& name) const;

private:
  [[nodiscard]] std::vector<ItemBlock> neuron_blocks(std::size_t columns) const;
  [[nodiscard]] ItemBlock projection_block(std::size_t projection) const;
  void write_block(const std::string& path, const ItemBlock& block, std::size_t count, std::span<const double> stack);
  void read_block(const std::string& path, const ItemBlock& block, std::size_t count, std::span<double> stack) const;

  MPI_Comm comm_;
  Archive& archive_;
  const NetworkLayout& layout_;
  std::vector<ItemBlock> blocks_;
  std::string base_;
};

}  // namespace hjnet
