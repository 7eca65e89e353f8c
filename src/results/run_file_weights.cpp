// /weights and /momenta: one group a snapshot, one dataset (dense) or group (sparse) a projection, and the thresholds
// (split ones: theta as `thresholds`, b as `biases`).
#include "results/run_file.hpp"

#include "archive/collective.hpp"
#include "network/vector_archive.hpp"
#include "parallel/counts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

namespace hjnet {

namespace {

/// Numbers of W or M that are formed and written at a time: row blocks, so that no second W need fit in memory.
constexpr std::uint64_t numbers_at_once = std::uint64_t{1} << 22;

/// The local rows' offsets into the whole matrix's synapses; the rank with the last row adds the end.
std::vector<std::int64_t> global_offsets(const MatrixLayout& matrix) {
  const auto rows = static_cast<std::size_t>(matrix.local_rows);
  std::vector<std::int64_t> offsets(matrix.indptr.begin(), matrix.indptr.begin() + static_cast<std::ptrdiff_t>(rows));
  for (auto& offset : offsets) offset += matrix.first_nonzero;
  if (rows > 0 && matrix.first_row + matrix.local_rows == matrix.rows) offsets.push_back(matrix.global_nonzeros);
  return offsets;
}

}  // namespace

void RunFile::create_snapshots(const std::string& kind) {
  const auto& layers = settings_.network.layers;
  // In the root: what stands in /weights are snapshots, and these are many.
  const auto axes_of = [&layers](const MatrixLayout& matrix) {
    return std::vector<Dimension>{{"post_" + layers[as_size(matrix.to)].name, as_size(matrix.rows), "/"},
                                  {"pre_" + layers[as_size(matrix.from)].name, as_size(matrix.columns), "/"}};
  };
  const std::string symbol = kind == "/weights" ? "W" : "M";
  // What a dense matrix leaves as factors is known at the end (observe/weights).
  const bool factors = settings_.output.weights == WeightOutput::factors;
  for (const auto& which : snapshots(settings_, kind)) {
    const auto group = fmt::format("{}/{}/", kind, which);
    for (const auto& matrix : layout_.matrices) {
      const auto path = group + matrix.name;
      const auto description = symbol + " of projection " + matrix.name;
      if (matrix.dense && factors) continue;
      if (matrix.dense) {
        archive_.create_dataset<double>(path, axes_of(matrix), description + ", rows = post-synaptic neurons");
        continue;
      }
      const auto first = pattern_path(matrix);
      const Dimension synapse("indices", as_size(matrix.global_nonzeros));
      if (path == first) {
        archive_.create_dataset<std::int64_t>(path + "/indptr", {{"indptr", as_size(matrix.rows) + 1}},
                                              "where each row begins in indices and data");
        archive_.create_dataset<std::int32_t>(path + "/indices", {synapse}, "pre-synaptic neuron of each synapse");
      } else {
        for (const auto* part : {"/indptr", "/indices"}) archive_.link(first + part, path + part);
      }
      archive_.create_dataset<double>(path + "/data", {synapse},
                                      description + ", compressed rows, rows = post-synaptic neurons");
      archive_.write_attribute(path, "rows", matrix.rows);
      archive_.write_attribute(path, "columns", matrix.columns);
    }
    if (layout_.thresholds) {
      archive_.create_dataset<double>(group + "thresholds", {neuron_axis("/")},
                                      symbol + " of the thresholds, of every neuron");
    }
    if (layout_.split_thresholds) {
      archive_.create_dataset<double>(group + "biases", {neuron_axis("/")},
                                      symbol + " of the thresholds' second part b, of every neuron");
    }
  }
}

std::string RunFile::pattern_path(const MatrixLayout& matrix) const {
  return fmt::format("/weights/{}/{}", snapshots(settings_, "/weights").front(), matrix.name);
}

void RunFile::write_pattern(const MatrixLayout& matrix) {
  const auto group = pattern_path(matrix);
  together(world_, [&] {
    if (!holds_first_) return;
    const auto offsets = global_offsets(matrix);
    archive_.write<std::int64_t>(group + "/indptr", {{as_size(matrix.first_row)}, {offsets.size()}}, offsets,
                                 Access::independent);
    archive_.write<std::int32_t>(group + "/indices", {{as_size(matrix.first_nonzero)}, {matrix.indices.size()}},
                                 matrix.indices, Access::independent);
  });
}

void RunFile::write_snapshot(const std::string& kind, const std::string& which, const SynapseReader& read) {
  // A run that an older version began may have more groups than snapshots() names.
  if (!archive_.contains(kind + "/" + which)) return;
  const auto group = kind + "/" + which + "/";
  together(group_, [&] {
    std::vector<double> part;
    for (const auto& block : synapse_blocks(layout_)) {
      const auto path = group + block.name + (block.kind == ItemBlock::Kind::sparse ? "/data" : "");
      const bool dense = block.kind == ItemBlock::Kind::dense;
      if (dense && settings_.output.weights == WeightOutput::factors) continue;
      const auto most = std::max<std::uint64_t>(1, numbers_at_once / std::max<std::size_t>(1, block.run));
      for (std::uint64_t item = 0; item < block.count; item += most) {
        const auto items = std::min(most, block.count - item);
        const Slab slab =
            dense ? Slab{{block.first + item, 0}, {items, block.run}} : Slab{{block.first + item}, {items}};
        part.resize(slab.elements());
        read(static_cast<std::int64_t>(block.offset + item * block.run), part);
        archive_.write<double>(path, slab, part, Access::independent);
      }
    }
  });
}

void RunFile::write_weights(const std::string& which, const SynapseReader& read) {
  write_snapshot("/weights", which, read);
}

void RunFile::write_momenta(const std::string& which, const SynapseReader& read) {
  write_snapshot("/momenta", which, read);
}

}  // namespace hjnet
