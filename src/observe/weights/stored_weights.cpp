#include "observe/weights/stored_weights.hpp"

#include "archive/open.hpp"
#include "config/document/suggest.hpp"
#include "config/load.hpp"
#include "network/network.hpp"
#include "observe/weights/factor_file.hpp"
#include "parallel/blas.hpp"
#include "parallel/counts.hpp"
#include "parallel/errors.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace hjnet {

namespace {

Archive open_complete(const std::filesystem::path& file) {
  hdf5::expect_readable(file);
  auto archive = Archive::open(file);
  if (text_attribute(archive.attributes("/"), "format") != "hjnet-run") {
    throw config_error(fmt::format("'{}' is no run file of hjnet's", file.string()));
  }
  if (archive.read_all<std::int32_t>("/progress/finished").front() != 1) {
    throw config_error(
        fmt::format("'{}' is not complete: `hjnet run ... --restart auto` goes on with it", file.string()));
  }
  return archive;
}

template <class T>
T attribute(const Archive& archive, const std::string& group, const char* name) {
  const auto attributes = archive.attributes(group);
  if (const auto* value = find_attribute<T>(attributes, name)) return *value;
  throw io_error(fmt::format("'{}' has no attribute '{}' of '{}'", archive.file().string(), name, group));
}

}  // namespace

StoredWeights::StoredWeights(const std::filesystem::path& file, const std::string& projection, bool momenta)
    : archive_(open_complete(file)),
      settings_(load_stored(text_attribute(archive_.attributes("/"), "input"), file, {}, file)) {
  choose(projection);
  find(momenta);
}

void StoredWeights::choose(const std::string& projection) {
  const auto& network = settings_.network;
  std::vector<std::string> names;
  for (const auto& p : network.projections) names.push_back(network.name_of(p));
  const auto found =
      projection.empty() && names.size() == 1 ? names.begin() : std::find(names.begin(), names.end(), projection);
  if (found == names.end()) {
    throw config_error(fmt::format("--projection: expected one of {}, got {}{}", fmt::join(names, ", "),
                                   projection.empty() ? "nothing" : "'" + projection + "'",
                                   suggestion(projection, names)));
  }
  name_ = *found;
  index_ = static_cast<std::size_t>(found - names.begin());
  const auto& chosen = network.projections[index_];
  rows_ = network.layers[static_cast<std::size_t>(chosen.to)].neurons;
  columns_ = network.layers[static_cast<std::size_t>(chosen.from)].neurons;
}

void StoredWeights::find(bool momenta) {
  const bool dense = settings_.network.projections[index_].connect.kind == Connectivity::Kind::dense;
  const auto group = factor_group(name_);
  path_ = fmt::format("/{}/final/{}", momenta ? "momenta" : "weights", name_);
  if (archive_.contains(path_)) {
    form_ = dense ? Form::whole : Form::sparse;
  } else if (archive_.contains(group + "/weights")) {
    form_ = Form::whole;
    path_ = group + (momenta ? "/momenta" : "/weights");
  } else if (dense && archive_.contains(group)) {
    form_ = Form::factors;
    path_ = group;
    initial_ = attribute<double>(archive_, group, momenta ? "momentum_initial" : "weight_initial");
    member_ = static_cast<std::uint32_t>(attribute<std::int64_t>(archive_, group, "member"));
    if (!archive_.contains(group + "/g")) return;
    core_ = archive_.read_all<double>(group + (momenta ? "/m" : "/x"));
    pre_ = archive_.read_all<double>(group + "/y");
  } else if (!momenta || !archive_.contains("/weights/final/" + name_)) {
    throw config_error(fmt::format("'{}' holds no weights: output.weights was \"none\"", archive_.file().string()));
  }  // M that is zero by definition is not stored
}

void StoredWeights::read(IndexRange rows, std::span<double> out) const {
  switch (form_) {
    case Form::zero:
      std::fill(out.begin(), out.end(), 0.0);
      break;
    case Form::whole:
      archive_.read<double>(path_, {{as_size(rows.first), 0}, {as_size(rows.count), as_size(columns_)}}, out,
                            Access::independent);
      break;
    case Form::sparse:
      read_sparse(rows, out);
      break;
    case Form::factors:
      read_factors(rows, out);
      break;
  }
}

void StoredWeights::read_sparse(IndexRange rows, std::span<double> out) const {
  std::fill(out.begin(), out.end(), 0.0);
  std::vector<std::int64_t> begins(as_size(rows.count + 1));
  archive_.read<std::int64_t>(path_ + "/indptr", {{as_size(rows.first)}, {begins.size()}}, begins, Access::independent);
  const Slab slab{{as_size(begins.front())}, {as_size(begins.back() - begins.front())}};
  std::vector<std::int32_t> indices(slab.elements());
  std::vector<double> values(slab.elements());
  archive_.read<std::int32_t>(path_ + "/indices", slab, indices, Access::independent);
  archive_.read<double>(path_ + "/data", slab, values, Access::independent);
  for (std::int64_t row = 0; row < rows.count; ++row) {
    for (auto i = begins[as_size(row)]; i < begins[as_size(row + 1)]; ++i) {
      const auto at = as_size(i - begins.front());
      out[as_size(row * columns_ + indices[at])] = values[at];
    }
  }
}

void StoredWeights::read_factors(IndexRange rows, std::span<double> out) const {
  if (initial_ == 0.0) {
    std::fill(out.begin(), out.end(), 0.0);
  } else {
    dense_initial_weights(settings_, member_, index_, rows, false).read(0, out);
    for (double& w : out) w *= initial_;
  }
  if (core_.empty()) return;
  const auto y_rank = pre_.size() / as_size(columns_);
  const auto g_rank = core_.size() / y_rank;
  std::vector<double> post(as_size(rows.count) * g_rank);
  archive_.read<double>(path_ + "/g", {{as_size(rows.first), 0}, {as_size(rows.count), g_rank}}, post,
                        Access::independent);
  std::vector<double> half(as_size(rows.count) * y_rank);
  const auto count = static_cast<int>(rows.count);
  const auto columns = static_cast<int>(columns_);
  gemm(CblasNoTrans, CblasNoTrans, count, as_int(y_rank), as_int(g_rank), 1.0, post.data(), as_int(g_rank),
       core_.data(), as_int(y_rank), 0.0, half.data(), as_int(y_rank));
  gemm(CblasNoTrans, CblasTrans, count, columns, as_int(y_rank), 1.0, half.data(), as_int(y_rank), pre_.data(),
       as_int(y_rank), 1.0, out.data(), columns);
}

}  // namespace hjnet
