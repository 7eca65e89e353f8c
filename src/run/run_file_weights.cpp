// /weights and /momenta: one group a snapshot, one dataset (dense) or group (sparse) a projection, and the thresholds.
#include "run/run_file.hpp"

#include "archive/collective.hpp"
#include "network/vector_archive.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

namespace hjnet {

namespace {

std::uint64_t natural(std::int64_t n) {
  return static_cast<std::uint64_t>(n);
}

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
  const std::string symbol = kind == "/weights" ? "W" : "M";
  for (const auto& which : snapshots()) {
    const auto group = fmt::format("{}/{}/", kind, which);
    for (const auto& matrix : layout_.matrices) {
      const auto path = group + matrix.name;
      const auto description = symbol + " of projection " + matrix.name;
      if (matrix.dense) {
        archive_.create_dataset<double>(path, {natural(matrix.rows), natural(matrix.columns)},
                                        description + ", rows = post-synaptic neurons");
        continue;
      }
      archive_.create_dataset<double>(path + "/data", {natural(matrix.global_nonzeros)},
                                      description + ", compressed rows, rows = post-synaptic neurons");
      const auto first = "/weights/initial/" + matrix.name;
      if (path == first) {
        archive_.create_dataset<std::int64_t>(path + "/indptr", {natural(matrix.rows) + 1},
                                              "where each row begins in indices and data");
        archive_.create_dataset<std::int32_t>(path + "/indices", {natural(matrix.global_nonzeros)},
                                              "pre-synaptic neuron of each synapse");
      } else {
        for (const auto* part : {"/indptr", "/indices"}) archive_.link(first + part, path + part);
      }
      archive_.write_attribute(path, "rows", matrix.rows);
      archive_.write_attribute(path, "columns", matrix.columns);
    }
    if (layout_.thresholds) {
      archive_.create_dataset<double>(group + "thresholds", {natural(layout_.neurons)},
                                      symbol + " of the thresholds, of every neuron");
    }
  }
}

void RunFile::write_pattern(const std::string& group, const MatrixLayout& matrix) {
  together(world_, [&] {
    if (!holds_first_) return;
    const auto offsets = global_offsets(matrix);
    archive_.write<std::int64_t>(group + "/indptr", {{natural(matrix.first_row)}, {offsets.size()}}, offsets,
                                 Access::independent);
    archive_.write<std::int32_t>(group + "/indices", {{natural(matrix.first_nonzero)}, {matrix.indices.size()}},
                                 matrix.indices, Access::independent);
  });
}

void RunFile::write_snapshot(const std::string& kind, const std::string& which, std::span<const double> synapses) {
  const auto known = snapshots();
  if (std::find(known.begin(), known.end(), which) == known.end()) return;
  const auto group = kind + "/" + which + "/";
  together(group_, [&] {
    expect_size(group, synapses.size(), natural(layout_.local_synapses));
    for (const auto& block : synapse_blocks(layout_)) {
      const auto path = group + block.name + (block.kind == ItemBlock::Kind::sparse ? "/data" : "");
      const bool dense = block.kind == ItemBlock::Kind::dense;
      const Slab slab = dense ? Slab{{block.first, 0}, {block.count, block.run}} : Slab{{block.first}, {block.count}};
      archive_.write<double>(path, slab, synapses.subspan(block.offset, slab.elements()), Access::independent);
    }
  });
}

void RunFile::write_weights(const std::string& which, std::span<const double> synapses) {
  write_snapshot("/weights", which, synapses);
}

void RunFile::write_momenta(const std::string& which, std::span<const double> synapses) {
  write_snapshot("/momenta", which, synapses);
}

}  // namespace hjnet
