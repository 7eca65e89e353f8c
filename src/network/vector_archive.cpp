#include "network/vector_archive.hpp"

#include "archive/collective.hpp"
#include "parallel/counts.hpp"
#include "parallel/errors.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace hjnet {

namespace {

/// Numbers that are packed for one transfer.
constexpr std::size_t packed_numbers = std::size_t{1} << 21;

/// Calls work(item, items) for parts of a block's items that are small enough to be packed.
template <class Work>
void in_parts(const ItemBlock& block, std::size_t count, Work work) {
  const auto part = std::max<std::size_t>(1, packed_numbers / std::max<std::size_t>(1, count * block.run));
  for (std::size_t item = 0; item < block.count; item += part) {
    work(item, std::min<std::size_t>(part, block.count - item));
  }
}

/// Calls copy(number of the vector, number of the packed buffer, run) for all runs of some items, vector by vector.
template <class Copy>
void for_runs(const ItemBlock& block, std::size_t count, std::size_t width, std::size_t item, std::size_t items,
              Copy copy) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto in_vector = i * width + block.offset + item * block.run;
    for (std::size_t k = 0; k < items; ++k) copy(in_vector + k * block.run, (k * count + i) * block.run);
  }
}

Slab slab_of(const ItemBlock& block, std::size_t count, std::size_t item, std::size_t items) {
  return {{block.first + item, 0, 0}, {items, count, block.run}};
}

}  // namespace

std::vector<ItemBlock> synapse_blocks(const NetworkLayout& layout) {
  std::vector<ItemBlock> blocks;
  std::size_t offset = 0;
  const auto add = [&](ItemBlock::Kind kind, const std::string& name, std::int64_t all, std::int64_t first,
                       std::int64_t count, std::int64_t run) {
    blocks.push_back({kind, name, as_size(all), as_size(first), as_size(count), static_cast<std::size_t>(run), offset});
    offset += static_cast<std::size_t>(count * run);
  };
  for (const auto& m : layout.matrices) {
    if (m.dense) {
      add(ItemBlock::Kind::dense, m.name, m.rows, m.first_row, m.local_rows, m.columns);
    } else {
      add(ItemBlock::Kind::sparse, m.name, m.global_nonzeros, m.first_nonzero, m.local_nonzeros(), 1);
    }
  }
  if (!layout.thresholds) return blocks;
  for (const auto* name : {"thresholds", "biases"}) {
    for (const auto& range : layout.owned)
      add(ItemBlock::Kind::neurons, name, layout.neurons, range.first, range.count, 1);
    if (!layout.split_thresholds) break;
  }
  return blocks;
}

std::vector<ItemBlock> VectorArchive::neuron_blocks(std::size_t columns) const {
  std::vector<ItemBlock> blocks;
  std::size_t offset = 0;
  for (const auto& range : layout_.owned) {
    blocks.push_back({ItemBlock::Kind::neurons, "", as_size(layout_.neurons), as_size(range.first),
                      as_size(range.count), columns, offset});
    offset += static_cast<std::size_t>(range.count) * columns;
  }
  return blocks;
}

void VectorArchive::write_block(const std::string& path, const ItemBlock& block, std::size_t count,
                                std::span<const double> stack) {
  const auto width = count == 0 ? 0 : stack.size() / count;
  std::vector<double> packed;
  in_parts(block, count, [&](std::size_t item, std::size_t items) {
    packed.resize(items * count * block.run);
    for_runs(block, count, width, item, items, [&](std::size_t in_vector, std::size_t in_packed) {
      std::copy_n(stack.data() + in_vector, block.run, packed.data() + in_packed);
    });
    archive_.write<double>(path, slab_of(block, count, item, items), packed, Access::independent);
  });
}

void VectorArchive::read_block(const std::string& path, const ItemBlock& block, std::size_t count,
                               std::span<double> stack) const {
  const std::vector<std::uint64_t> expected{block.all, count, block.run};
  const auto dims = archive_.dims(path);
  if (dims != expected) {
    throw io_error(fmt::format("'{}' in '{}' has the shape [{}] instead of [{}]", path, archive_.file().string(),
                               fmt::join(dims, ", "), fmt::join(expected, ", ")));
  }
  const auto width = count == 0 ? 0 : stack.size() / count;
  std::vector<double> packed;
  in_parts(block, count, [&](std::size_t item, std::size_t items) {
    packed.resize(items * count * block.run);
    archive_.read<double>(path, slab_of(block, count, item, items), packed, Access::independent);
    for_runs(block, count, width, item, items, [&](std::size_t in_vector, std::size_t in_packed) {
      std::copy_n(packed.data() + in_packed, block.run, stack.data() + in_vector);
    });
  });
}

void VectorArchive::write_synapses(const std::string& group, std::size_t count, std::span<const double> stack,
                                   const std::string& description) {
  archive_.create_group(base_ + group);
  std::set<std::string> made;
  for (const auto& block : blocks_) {
    if (!made.insert(block.name).second) continue;
    archive_.create_dataset<double>(base_ + group + "/" + block.name, {block.all, count, block.run},
                                    fmt::format("{}, {}", description, block.name));
  }
  together(comm_, [&] {
    for (const auto& block : blocks_) write_block(base_ + group + "/" + block.name, block, count, stack);
  });
}

ItemBlock VectorArchive::projection_block(std::size_t projection) const {
  auto block = blocks_[projection];
  block.offset = 0;
  return block;
}

void VectorArchive::write_projection(const std::string& path, std::size_t projection, std::size_t count,
                                     std::span<const double> stack, const std::string& description) {
  const auto block = projection_block(projection);
  archive_.create_dataset<double>(base_ + path, {block.all, count, block.run}, description);
  together(comm_, [&] { write_block(base_ + path, block, count, stack); });
}

void VectorArchive::read_projection(const std::string& path, std::size_t projection, std::size_t count,
                                    std::span<double> stack) const {
  together(comm_, [&] { read_block(base_ + path, projection_block(projection), count, stack); });
}

void VectorArchive::write_neurons(const std::string& path, std::size_t count, std::size_t columns,
                                  std::span<const double> stack, const std::string& description) {
  archive_.create_dataset<double>(base_ + path, {as_size(layout_.neurons), count, columns}, description);
  together(comm_, [&] {
    for (const auto& block : neuron_blocks(columns)) write_block(base_ + path, block, count, stack);
  });
}

void VectorArchive::write_numbers(const std::string& path, std::span<const double> values,
                                  const std::string& description) {
  archive_.create_dataset<double>(base_ + path, {values.size()}, description);
  archive_.write_root<double>(base_ + path, values);
}

void VectorArchive::read_synapses(const std::string& group, std::size_t count, std::span<double> stack) const {
  together(comm_, [&] {
    for (const auto& block : blocks_) read_block(base_ + group + "/" + block.name, block, count, stack);
  });
}

void VectorArchive::read_neurons(const std::string& path, std::size_t count, std::size_t columns,
                                 std::span<double> stack) const {
  together(comm_, [&] {
    for (const auto& block : neuron_blocks(columns)) read_block(base_ + path, block, count, stack);
  });
}

std::vector<double> VectorArchive::read_numbers(const std::string& path) const {
  return agreed(comm_, [&] { return archive_.read_all<double>(base_ + path); });
}

template <class T>
T VectorArchive::read_attribute(const std::string& group, const std::string& name) const {
  return agreed(comm_, [&] {
    const auto attributes = archive_.attributes(base_ + group);
    const auto* value = find_attribute<T>(attributes, name);
    if (value != nullptr) return *value;
    throw io_error(
        fmt::format("attribute '{}' of '{}' in '{}' is missing", name, base_ + group, archive_.file().string()));
  });
}

template double VectorArchive::read_attribute(const std::string&, const std::string&) const;
template std::int64_t VectorArchive::read_attribute(const std::string&, const std::string&) const;
template std::string VectorArchive::read_attribute(const std::string&, const std::string&) const;

}  // namespace hjnet
