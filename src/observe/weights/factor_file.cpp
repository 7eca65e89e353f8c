#include "observe/weights/factor_file.hpp"

#include "archive/collective.hpp"
#include "parallel/counts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace hjnet {

namespace {

/// Numbers that are formed and written at a time.
constexpr std::int64_t numbers_at_once = std::int64_t{1} << 22;

}  // namespace

std::string factor_group(const std::string& projection) {
  return "/factors/" + projection;
}

FactorFile::FactorFile(RunFile& file, const Network& network, const Settings& settings)
    : file_(file), network_(network), settings_(settings) {
  for (const auto& matrix : network.layout().matrices) {
    for (const auto* name : {"g", "y", "x", "m", "weights", "momenta"}) {
      const auto path = factor_group(matrix.name) + "/" + name;
      if (matrix.dense && file.archive().contains(path)) file.archive().remove(path);
    }
  }
}

void FactorFile::write_rows(const std::string& path, const std::vector<Dimension>& axes, IndexRange rows,
                            std::span<const double> values, const std::string& description) {
  auto& archive = file_.archive();
  archive.create_dataset<double>(path, axes, description);
  const auto count = rows.count == 0 ? std::uint64_t{0} : axes[1].size;
  archive.write<double>(path, {{as_size(rows.count == 0 ? 0 : rows.first), 0}, {as_size(rows.count), count}}, values,
                        Access::collective);
}

void FactorFile::write_draw(const std::string& group, std::size_t projection) {
  auto& archive = file_.archive();
  const auto& value = settings_.network.projections[projection].weights;
  const auto& matrix = network_.layout().matrices[projection];
  const auto member = source_member(settings_, &DrawnParts::weights, static_cast<std::uint32_t>(network_.member()));
  std::map<std::string, AttributeValue> attributes{
      {"seed", static_cast<std::int64_t>(settings_.seed)},
      {"member", std::int64_t{member}},
      {"stream", std::int64_t{static_cast<std::uint32_t>(Stream::weights)}},
      {"part", static_cast<std::int64_t>(projection)},
      {"distribution", std::string(value.kind == Value::Kind::normal    ? "normal"
                                   : value.kind == Value::Kind::uniform ? "uniform"
                                   : value.kind == Value::Kind::list    ? "values"
                                                                        : "constant")}};
  if (value.kind == Value::Kind::normal) {
    attributes["mean"] = value.mean;
    attributes["sd"] = value.gain ? *value.gain * gain_scale(matrix.columns) : value.sd;
  } else if (value.kind == Value::Kind::uniform) {
    attributes["low"] = value.low;
    attributes["high"] = value.high;
  } else if (value.kind == Value::Kind::constant) {
    attributes["constant"] = value.constant;
  }
  for (const auto& [name, entry] : attributes) archive.write_attribute(group, name, entry);
}

void FactorFile::write(std::size_t projection, const FactoredWeights& factors) {
  auto& archive = file_.archive();
  const auto& layout = network_.layout();
  const auto& matrix = layout.matrices[projection];
  const auto group = factor_group(matrix.name);
  write_draw(group, projection);
  archive.write_attribute(group, "weight_initial", factors.weight_initial);
  archive.write_attribute(group, "momentum_initial", factors.momentum_initial);
  if (factors.g_rank == 0 || factors.y_rank == 0) return;
  const auto& layers = settings_.network.layers;
  const Dimension post("post_" + layers[as_size(matrix.to)].name, as_size(matrix.rows), "/");
  const Dimension pre("pre_" + layers[as_size(matrix.from)].name, as_size(matrix.columns), "/");
  const Dimension g("g_direction", factors.g_rank);
  const Dimension y("y_direction", factors.y_rank);
  write_rows(group + "/g", {post, g}, {matrix.first_row, matrix.local_rows}, factors.g,
             "orthonormal directions of the post-synaptic neurons' signals, a column each");
  write_rows(group + "/y", {pre, y}, layout.in_layer[as_size(matrix.from)], factors.y,
             "orthonormal directions of the pre-synaptic neurons' outputs, a column each");
  for (const auto& [name, values, symbol] : {std::tuple{"/x", &factors.x, "W"}, std::tuple{"/m", &factors.m, "M"}}) {
    archive.create_dataset<double>(
        group + name, {g, y}, fmt::format("core of {}: what it has beyond W(0) is g times this times y^T", symbol));
    archive.write_root<double>(group + name, *values);
  }
}

void FactorFile::write_whole(std::size_t projection, const SynapseReader& weights, const SynapseReader& momenta) {
  auto& archive = file_.archive();
  const auto& matrix = network_.layout().matrices[projection];
  const auto& layers = settings_.network.layers;
  const std::vector<Dimension> axes{{"post_" + layers[as_size(matrix.to)].name, as_size(matrix.rows), "/"},
                                    {"pre_" + layers[as_size(matrix.from)].name, as_size(matrix.columns), "/"}};
  const auto group = factor_group(matrix.name);
  const auto first = network_.projections()[projection].first;
  const auto most = std::max<std::int64_t>(1, numbers_at_once / std::max<std::int64_t>(1, matrix.columns));
  const auto write = [&](const std::string& name, const SynapseReader& read, const char* symbol) {
    archive.create_dataset<double>(name, axes, fmt::format("{}, rows = post-synaptic neurons", symbol));
    together(network_.comm(), [&] {
      std::vector<double> part;
      for (std::int64_t row = 0; row < matrix.local_rows; row += most) {
        const auto rows = std::min(most, matrix.local_rows - row);
        part.resize(as_size(rows * matrix.columns));
        read(first + row * matrix.columns, part);
        archive.write<double>(name, {{as_size(matrix.first_row + row), 0}, {as_size(rows), as_size(matrix.columns)}},
                              part, Access::independent);
      }
    });
  };
  write(group + "/weights", weights, "W");
  write(group + "/momenta", momenta, "M");
}

}  // namespace hjnet
