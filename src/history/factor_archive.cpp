// Checkpoints of the factors.
#include "history/factor_weights.hpp"
#include "history/mesh_archive.hpp"
#include "parallel/counts.hpp"
#include "parallel/errors.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace hjnet {

namespace {

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

void FactorWeights::save_path(
    VectorArchive& out, const std::string& path, const WeightPath& items,
    const std::function<void(const std::string&, std::size_t, std::span<const double>)>& write) const {
  const auto stacks = items.mesh().nodes();
  out.create_group(path);
  write(path + "/velocities", stacks, items.velocities());
  write(path + "/weights", stacks, items.weights());
  write(path + "/end", 1, items.end());
  write(path + "/momenta", 1, items.momenta());
}

void FactorWeights::save(VectorArchive& out, const std::string& group) const {
  if (parts_.empty() && network_.thresholds() < 0) return;
  out.create_group(group);
  const auto& first = parts_.empty() ? thresholds_.path : parts_.front().path;
  const auto neurons = as_size(network_.neurons());
  write_mesh(out, group + "/mesh", first.mesh());
  std::vector<double> ranks;
  std::vector<double> compressed;
  std::vector<double> scales;
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    const auto save_bases = [&](const ColumnBases& bases, const char* name) {
      scales.insert(scales.end(), bases.scale().begin(), bases.scale().end());
      for (std::size_t c = 0; c < columns_; ++c) {
        const auto& basis = bases.of(c);
        ranks.push_back(static_cast<double>(basis.rank()));
        compressed.push_back(static_cast<double>(bases.looked_at()[c]));
        if (basis.rank() == 0) continue;
        out.write_neurons(fmt::format("{}/{}-{}-{}", group, name, l, c), basis.rank(), 1,
                          over_neurons(basis, network_.layers()[l], neurons, basis.rank()),
                          "orthonormal basis of a column, zero outside its layer");
      }
    };
    save_bases(layers_[l].y, "y");
    save_bases(layers_[l].g, "g");
  }
  std::vector<double> factored;
  for (const auto& part : parts_) factored.push_back(part.factored ? 1.0 : 0.0);
  if (!factored.empty()) out.write_numbers(group + "/factored", factored, "which projections are kept as factors");
  out.write_numbers(group + "/ranks", ranks, "vectors in the bases of y and of g, column by column, layer by layer");
  out.write_numbers(group + "/compressed", compressed, "the same when last compressed");
  out.write_numbers(group + "/scales", scales, "largest norms of y and of g and their tangents, layer by layer");
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const auto& part = parts_[i];
    const auto path = group + "/" + network_.layout().matrices[i].name;
    if (part.factored && core_items(part) == 0) continue;
    save_path(out, path, part.path, [&](const std::string& name, std::size_t stacks, std::span<const double> values) {
      if (part.factored) {
        out.write_numbers(name, values, "cores of the factors");
      } else {
        out.write_projection(name, i, stacks * columns_, values, "synapse by synapse, with tangents");
      }
    });
    // It depends on how it came about to the last bit.
    for (std::size_t r = 0; part.factored && r < overlap_columns(); ++r) {
      const auto rank = pre_bases(part).of(r).rank();
      if (rank == 0) continue;
      std::vector<double> product(neurons * rank, 0.0);
      std::copy(part.product[r].begin(), part.product[r].end(),
                product.begin() + network_.projections()[i].post * static_cast<std::ptrdiff_t>(rank));
      out.write_neurons(fmt::format("{}/product-{}", path, r), 1, rank, product,
                        "W(0) times the basis of a column of y, zero outside its layer");
    }
  }
  if (network_.thresholds() < 0) return;
  const auto sections = as_size(network_.threshold_sections());
  save_path(out, group + "/thresholds", thresholds_.path,
            [&](const std::string& name, std::size_t stacks, std::span<const double> values) {
              out.write_neurons(name, stacks * columns_ * sections, 1, values, "thresholds, with tangents");
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
  if (ranks.size() != 2 * columns_ * layers_.size() || compressed.size() != ranks.size() ||
      scales.size() != ranks.size()) {
    throw io_error("the checkpoint's factors are those of another network");
  }
  const auto neurons = as_size(network_.neurons());
  std::size_t at = 0;
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    const auto& place = network_.layers()[l];
    const auto load_bases = [&](ColumnBases& bases, const char* name) {
      for (std::size_t c = 0; c < columns_; ++c, ++at) {
        const auto rank = static_cast<std::size_t>(ranks[at]);
        std::vector<double> stack(rank * neurons);
        if (rank > 0) in.read_neurons(fmt::format("{}/{}-{}-{}", group, name, l, c), rank, 1, stack);
        std::vector<double> vectors;
        for (std::size_t i = 0; i < rank; ++i) {
          const auto begin = stack.begin() + static_cast<std::ptrdiff_t>(i * neurons) + place.first;
          vectors.insert(vectors.end(), begin, begin + place.count);
        }
        bases.restore(c, rank, std::move(vectors), scales[at], static_cast<std::size_t>(compressed[at]));
      }
    };
    load_bases(layers_[l].y, "y");
    load_bases(layers_[l].g, "g");
  }
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    auto& part = parts_[i];
    const auto path = group + "/" + network_.layout().matrices[i].name;
    if (part.factored) part.layout = CoreLayout(post_bases(part).ranks(), pre_bases(part).ranks());
    if (part.factored && core_items(part) == 0) {
      part.path.restore(mesh, {}, {}, {}, {});
      continue;
    }
    load_path(mesh, path, part.path, part.factored ? core_items(part) : part.path.items(),
              [&](const std::string& name, std::size_t stacks, std::span<double> values) {
                if (!part.factored) {
                  in.read_projection(name, i, stacks * columns_, values);
                  return;
                }
                const auto numbers = in.read_numbers(name);
                if (numbers.size() != values.size()) throw io_error(fmt::format("'{}' does not fit its bases", name));
                std::copy(numbers.begin(), numbers.end(), values.begin());
              });
    for (std::size_t r = 0; part.factored && r < overlap_columns(); ++r) {
      const auto rank = pre_bases(part).of(r).rank();
      if (rank == 0) continue;
      const auto& s = network_.projections()[i];
      std::vector<double> product(neurons * rank);
      in.read_neurons(fmt::format("{}/product-{}", path, r), 1, rank, product);
      const auto begin = product.begin() + s.post * static_cast<std::ptrdiff_t>(rank);
      part.product[r].assign(begin, begin + s.rows * static_cast<std::ptrdiff_t>(rank));
    }
  }
  if (network_.thresholds() < 0) return;
  const auto sections = as_size(network_.threshold_sections());
  load_path(mesh, group + "/thresholds", thresholds_.path, thresholds_.path.items(),
            [&](const std::string& name, std::size_t stacks, std::span<double> values) {
              in.read_neurons(name, stacks * columns_ * sections, 1, values);
            });
}

}  // namespace hjnet
