// W, V and M out of their factors, in row blocks; checkpoints of the factors.
#include "history/factor_weights.hpp"
#include "history/mesh_archive.hpp"
#include "parallel/errors.hpp"

#include <cblas.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace hjnet {

namespace {

int as_int(std::size_t n) {
  return static_cast<int>(n);
}
std::size_t as_size(std::int64_t n) {
  return static_cast<std::size_t>(n);
}

/// A basis as vectors over all local neurons, zero outside its layer.
std::vector<double> over_neurons(const Basis& basis, const LayerPart& layer, std::size_t neurons, std::size_t count) {
  std::vector<double> out(count * neurons, 0.0);
  for (std::size_t i = 0; i < basis.rank(); ++i) {
    std::copy_n(basis.vectors().begin() + static_cast<std::ptrdiff_t>(i * basis.rows()), basis.rows(),
                out.begin() + static_cast<std::ptrdiff_t>(i * neurons) + layer.first);
  }
  return out;
}

}  // namespace

std::vector<std::vector<double>> FactorWeights::gathered_bases() const {
  std::vector<std::vector<double>> out(parts_.size());
  std::vector<std::vector<double>> of_layer(layers_.size());
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    if (!parts_[i].factored) continue;
    const auto from = as_size(network_.projections()[i].from);
    const auto& basis = layers_[from].y;
    const auto rank = basis.rank();
    const auto& layer = network_.layers()[from];
    if (of_layer[from].empty() && rank > 0) {
      std::vector<double> own(as_size(network_.neurons()) * rank, 0.0);
      std::vector<double> halo(as_size(network_.halo_size()) * rank, 0.0);
      for (std::size_t k = 0; k < rank; ++k) {
        for (std::size_t row = 0; row < basis.rows(); ++row) {
          own[(as_size(layer.first) + row) * rank + k] = basis.vectors()[k * basis.rows() + row];
        }
      }
      network_.gather(static_cast<int>(from), own.data(), halo.data(), as_int(rank));
      const auto begin = halo.begin() + static_cast<std::ptrdiff_t>(as_size(layer.halo_first) * rank);
      of_layer[from].assign(begin, begin + static_cast<std::ptrdiff_t>(as_size(layer.halo_count) * rank));
    }
    out[i] = of_layer[from];
  }
  return out;
}

void FactorWeights::form_rows(std::size_t projection, const double* items, std::size_t c,
                              const std::vector<double>& pre, bool with_initial, std::int64_t row, std::int64_t rows,
                              double* out) const {
  const auto& s = network_.projections()[projection];
  const auto& post = post_basis(projection);
  const auto g = post.rank();
  const auto y = pre_basis(projection).rank();
  const auto count = as_size(rows * s.columns);
  double factor = with_initial ? 1.0 : 0.0;
  if (decays()) factor = items[columns_ * g * y];
  if (c > 0) factor = 0.0;
  const double* start = initial(projection) + row * s.columns;
  for (std::size_t i = 0; i < count; ++i) out[i] = factor == 0.0 ? 0.0 : factor * start[i];
  if (g == 0 || y == 0 || count == 0) return;
  std::vector<double> left(as_size(rows) * y);
  cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, static_cast<int>(rows), as_int(y), as_int(g), 1.0,
              post.vectors().data() + row, as_int(post.rows()), items + c * g * y, as_int(y), 0.0, left.data(),
              as_int(y));
  cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, static_cast<int>(rows), static_cast<int>(s.columns), as_int(y),
              1.0, left.data(), as_int(y), pre.data(), as_int(y), 1.0, out, static_cast<int>(s.columns));
}

SynapseReader FactorWeights::reader(EndValues values, bool with_initial) const {
  const auto bases = std::make_shared<std::vector<std::vector<double>>>(gathered_bases());
  return [this, values, with_initial, bases](std::int64_t first, std::span<double> out) {
    const auto last = first + static_cast<std::int64_t>(out.size());
    const auto overlap = [&](std::int64_t begin, std::int64_t count, auto copy) {
      const auto low = std::max(first, begin);
      const auto high = std::min(last, begin + count);
      if (low < high) copy(low - begin, high - low, out.data() + (low - first));
    };
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      const auto& s = network_.projections()[i];
      const auto& items = (parts_[i].path.*values)();
      const auto count = network_.layout().matrices[i].local_nonzeros();
      overlap(s.first, count, [&](std::int64_t from, std::int64_t length, double* to) {
        if (items.empty() && (!parts_[i].factored || decays())) {
          std::fill_n(to, length, 0.0);  // M of the prehistory
        } else if (parts_[i].factored) {
          form_rows(i, items.data(), 0, (*bases)[i], with_initial, from / s.columns, length / s.columns, to);
        } else {
          std::copy_n(items.begin() + from, length, to);
        }
      });
    }
    if (network_.thresholds() < 0) return;
    const auto& items = (thresholds_.path.*values)();
    overlap(network_.thresholds(), network_.neurons(), [&](std::int64_t from, std::int64_t length, double* to) {
      if (items.empty()) {
        std::fill_n(to, length, 0.0);
      } else {
        std::copy_n(items.begin() + from, length, to);
      }
    });
  };
}

SynapseReader FactorWeights::end_weights() const {
  return reader(&WeightPath::end, true);
}
SynapseReader FactorWeights::end_momenta() const {
  return reader(&WeightPath::momenta, false);
}
SynapseReader FactorWeights::starting_momenta() const {
  return reader(&WeightPath::starting_momenta, false);
}

void FactorWeights::form(PhaseValues values, bool with_initial, double phase, std::vector<double>& out) const {
  const auto synapses = as_size(network_.synapses());
  const auto bases = gathered_bases();
  out.resize(columns_ * synapses);
  std::vector<double> work;
  const auto copy = [&](const WeightPath& path, std::size_t first, std::size_t count) {
    const double* items = (path.*values)(phase, work);
    for (std::size_t c = 0; c < columns_; ++c) {
      std::copy_n(items + c * count, count, out.begin() + static_cast<std::ptrdiff_t>(c * synapses + first));
    }
  };
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const auto& s = network_.projections()[i];
    if (!parts_[i].factored) {
      copy(parts_[i].path, as_size(s.first), as_size(network_.layout().matrices[i].local_nonzeros()));
      continue;
    }
    const double* items = (parts_[i].path.*values)(phase, work);
    for (std::size_t c = 0; c < columns_; ++c) {
      form_rows(i, items, c, bases[i], with_initial, 0, s.rows, out.data() + c * synapses + as_size(s.first));
    }
  }
  if (network_.thresholds() >= 0) {
    copy(thresholds_.path, as_size(network_.thresholds()), as_size(network_.neurons()));
  }
}

const std::vector<double>& FactorWeights::weights(double phase) {
  form(&WeightPath::weights, true, phase, formed_weights_);
  return formed_weights_;
}
const std::vector<double>& FactorWeights::velocity(double phase) {
  form(&WeightPath::velocity, false, phase, formed_velocity_);
  return formed_velocity_;
}

void FactorWeights::save_path(
    VectorArchive& out, const std::string& path, const WeightPath& items,
    const std::function<void(const std::string&, std::size_t, std::span<const double>)>& write) const {
  const auto stacks = items.mesh().nodes();
  out.archive().create_group(path);
  write(path + "/velocities", stacks, items.velocities());
  write(path + "/weights", stacks, items.weights());
  write(path + "/end", 1, items.end());
  write(path + "/momenta", 1, items.momenta());
}

void FactorWeights::save(VectorArchive& out, const std::string& group) const {
  if (parts_.empty() && network_.thresholds() < 0) return;
  out.archive().create_group(group);
  const auto& first = parts_.empty() ? thresholds_.path : parts_.front().path;
  const auto neurons = as_size(network_.neurons());
  write_mesh(out, group + "/mesh", first.mesh());
  std::vector<double> ranks;
  std::vector<double> compressed;
  std::vector<double> scales;
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    const auto& layer = layers_[l];
    const auto save_basis = [&](const Basis& basis, const std::vector<double>& scale, const char* name) {
      ranks.push_back(static_cast<double>(basis.rank()));
      scales.insert(scales.end(), scale.begin(), scale.end());
      if (basis.rank() == 0) return;
      out.write_neurons(fmt::format("{}/{}-{}", group, name, l), basis.rank(), 1,
                        over_neurons(basis, network_.layers()[l], neurons, basis.rank()),
                        "orthonormal basis, zero outside its layer");
    };
    save_basis(layer.y, layer.y_scale, "y");
    save_basis(layer.g, layer.g_scale, "g");
    compressed.push_back(static_cast<double>(layer.y_compressed));
    compressed.push_back(static_cast<double>(layer.g_compressed));
  }
  std::vector<double> factored;
  for (const auto& part : parts_) factored.push_back(part.factored ? 1.0 : 0.0);
  if (!factored.empty()) out.write_numbers(group + "/factored", factored, "which projections are kept as factors");
  out.write_numbers(group + "/ranks", ranks, "vectors in the bases of y and of g, layer by layer");
  out.write_numbers(group + "/compressed", compressed, "the same when last compressed");
  out.write_numbers(group + "/scales", scales, "largest norms of y and of g and their tangents, layer by layer");
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const auto& part = parts_[i];
    const auto path = group + "/" + network_.layout().matrices[i].name;
    if (part.factored && core_items(i) == 0) continue;
    save_path(out, path, part.path, [&](const std::string& name, std::size_t stacks, std::span<const double> values) {
      if (part.factored) {
        out.write_numbers(name, values, "cores of the factors");
      } else {
        out.write_projection(name, i, stacks * columns_, values, "synapse by synapse, with tangents");
      }
    });
    if (!has_product(i)) continue;
    const auto rank = pre_basis(i).rank();
    std::vector<double> product(neurons * rank, 0.0);
    std::copy(part.product.begin(), part.product.end(),
              product.begin() + network_.projections()[i].post * static_cast<std::ptrdiff_t>(rank));
    out.write_neurons(path + "/product", 1, rank, product, "W(0) times the basis of y, zero outside its layer");
  }
  if (network_.thresholds() < 0) return;
  save_path(out, group + "/thresholds", thresholds_.path,
            [&](const std::string& name, std::size_t stacks, std::span<const double> values) {
              out.write_neurons(name, stacks * columns_, 1, values, "thresholds, with tangents");
            });
}

void FactorWeights::load_path(const Mesh& mesh, const std::string& path, WeightPath& items, std::size_t size,
                              const ReadStack& read) const {
  std::vector<double> velocities(mesh.nodes() * size);
  std::vector<double> weights(velocities.size());
  std::vector<double> end(size);
  std::vector<double> momenta(size);
  read(path + "/velocities", mesh.nodes(), velocities);
  read(path + "/weights", mesh.nodes(), weights);
  read(path + "/end", 1, end);
  read(path + "/momenta", 1, momenta);
  items.restore(mesh, std::move(velocities), std::move(weights), std::move(end), std::move(momenta));
}

void FactorWeights::load(const VectorArchive& in, const std::string& group) {
  if (parts_.empty() && network_.thresholds() < 0) return;
  if (!parts_.empty()) {
    // What is kept how was decided when the run began, for its number of epochs and its tolerance then.
    const auto flags = in.read_numbers(group + "/factored");
    if (flags.size() != parts_.size()) throw io_error("the checkpoint's factors are those of another network");
    begin({flags.begin(), flags.end()});
  }
  const auto mesh = read_mesh(in, group + "/mesh");
  const auto ranks = in.read_numbers(group + "/ranks");
  const auto compressed = in.read_numbers(group + "/compressed");
  const auto scales = in.read_numbers(group + "/scales");
  if (ranks.size() != 2 * layers_.size() || compressed.size() != ranks.size() ||
      scales.size() != 2 * columns_ * layers_.size()) {
    throw io_error("the checkpoint's factors are those of another network");
  }
  const auto neurons = as_size(network_.neurons());
  auto scale = scales.begin();
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    auto& layer = layers_[l];
    const auto load_basis = [&](Basis& basis, std::vector<double>& own_scale, double stored_rank, const char* name) {
      std::copy_n(scale, columns_, own_scale.begin());
      scale += static_cast<std::ptrdiff_t>(columns_);
      const auto rank = static_cast<std::size_t>(stored_rank);
      if (rank == 0) return;
      std::vector<double> stack(rank * neurons);
      in.read_neurons(fmt::format("{}/{}-{}", group, name, l), rank, 1, stack);
      std::vector<double> vectors;
      for (std::size_t i = 0; i < rank; ++i) {
        const auto begin = stack.begin() + static_cast<std::ptrdiff_t>(i * neurons) + network_.layers()[l].first;
        vectors.insert(vectors.end(), begin, begin + network_.layers()[l].count);
      }
      basis.restore(rank, std::move(vectors));
    };
    load_basis(layer.y, layer.y_scale, ranks[2 * l], "y");
    load_basis(layer.g, layer.g_scale, ranks[2 * l + 1], "g");
    layer.y_compressed = static_cast<std::size_t>(compressed[2 * l]);
    layer.g_compressed = static_cast<std::size_t>(compressed[2 * l + 1]);
  }
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    auto& part = parts_[i];
    const auto path = group + "/" + network_.layout().matrices[i].name;
    if (part.factored && core_items(i) == 0) {
      part.path.restore(mesh, {}, {}, {}, {});
      continue;
    }
    load_path(mesh, path, part.path, part.factored ? core_items(i) : part.path.items(),
              [&](const std::string& name, std::size_t stacks, std::span<double> values) {
                if (!part.factored) {
                  in.read_projection(name, i, stacks * columns_, values);
                  return;
                }
                const auto numbers = in.read_numbers(name);
                if (numbers.size() != values.size()) throw io_error(fmt::format("'{}' does not fit its bases", name));
                std::copy(numbers.begin(), numbers.end(), values.begin());
              });
    if (!has_product(i)) continue;
    const auto rank = pre_basis(i).rank();
    const auto& s = network_.projections()[i];
    std::vector<double> product(neurons * rank);
    in.read_neurons(path + "/product", 1, rank, product);
    const auto begin = product.begin() + s.post * static_cast<std::ptrdiff_t>(rank);
    part.product.assign(begin, begin + s.rows * static_cast<std::ptrdiff_t>(rank));
  }
  if (network_.thresholds() < 0) return;
  load_path(mesh, group + "/thresholds", thresholds_.path, thresholds_.path.items(),
            [&](const std::string& name, std::size_t stacks, std::span<double> values) {
              in.read_neurons(name, stacks * columns_, 1, values);
            });
}

}  // namespace hjnet
