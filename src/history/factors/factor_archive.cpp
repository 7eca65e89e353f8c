// Checkpoints of the factors.
#include "history/factors/factor_weights.hpp"
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

void FactorWeights::save(VectorArchive& out, const std::string& group) const {
  if (projections_.empty() && network_.thresholds() < 0) return;
  out.create_group(group);
  const auto& first = projections_.empty() ? thresholds_ : projections_.front()->path();
  const auto neurons = as_size(network_.neurons());
  write_mesh(out, group + "/mesh", first.mesh());
  std::vector<double> ranks;
  std::vector<double> compressed;
  std::vector<double> scales;
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    const auto save_bases = [&](const ColumnBases& bases, const char* name) {
      scales.insert(scales.end(), bases.scale().begin(), bases.scale().end());
      for (std::size_t c = 0; c < context_->columns; ++c) {
        const auto& basis = bases.of(c);
        ranks.push_back(static_cast<double>(basis.rank()));
        compressed.push_back(static_cast<double>(bases.looked_at()[c]));
        if (basis.rank() == 0) continue;
        out.write_neurons(fmt::format("{}/{}-{}-{}", group, name, l, c), basis.rank(), 1,
                          over_neurons(basis, network_.layers()[l], neurons, basis.rank()),
                          "orthonormal basis of a column, zero outside its layer");
      }
    };
    save_bases(layers_[l].y.bases, "y");
    save_bases(layers_[l].g.bases, "g");
  }
  std::vector<double> factored;
  for (const auto* core : cores_) factored.push_back(core != nullptr ? 1.0 : 0.0);
  if (!factored.empty()) out.write_numbers(group + "/factored", factored, "which projections are kept as factors");
  out.write_numbers(group + "/ranks", ranks, "vectors in the bases of y and of g, column by column, layer by layer");
  out.write_numbers(group + "/compressed", compressed, "the same when last compressed");
  out.write_numbers(group + "/scales", scales, "largest norms of y and of g and their tangents, layer by layer");
  for (std::size_t i = 0; i < projections_.size(); ++i) {
    projections_[i]->save(out, group + "/" + network_.layout().matrices[i].name);
  }
  if (network_.thresholds() < 0) return;
  const auto sections = as_size(network_.threshold_sections());
  save_path(out, group + "/thresholds", thresholds_,
            [&](const std::string& name, std::size_t stacks, std::span<const double> values) {
              out.write_neurons(name, stacks * context_->columns * sections, 1, values, "thresholds, with tangents");
            });
}

void FactorWeights::load(const VectorArchive& in, const std::string& group) {
  if (projections_.empty() && network_.thresholds() < 0) return;
  if (!projections_.empty()) {
    // What is kept how was decided when the run began, for its number of epochs and its tolerance then.
    const auto flags = in.read_numbers(group + "/factored");
    if (flags.size() != projections_.size()) throw io_error("the checkpoint's factors are those of another network");
    begin({flags.begin(), flags.end()});
  }
  const auto mesh = read_mesh(in, group + "/mesh");
  const auto ranks = in.read_numbers(group + "/ranks");
  const auto compressed = in.read_numbers(group + "/compressed");
  const auto scales = in.read_numbers(group + "/scales");
  if (ranks.size() != 2 * context_->columns * layers_.size() || compressed.size() != ranks.size() ||
      scales.size() != ranks.size()) {
    throw io_error("the checkpoint's factors are those of another network");
  }
  const auto neurons = as_size(network_.neurons());
  std::size_t at = 0;
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    const auto& place = network_.layers()[l];
    const auto load_bases = [&](ColumnBases& bases, const char* name) {
      for (std::size_t c = 0; c < context_->columns; ++c, ++at) {
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
    load_bases(layers_[l].y.bases, "y");
    load_bases(layers_[l].g.bases, "g");
  }
  for (std::size_t i = 0; i < projections_.size(); ++i) {
    projections_[i]->load(in, group + "/" + network_.layout().matrices[i].name, mesh);
  }
  if (network_.thresholds() < 0) return;
  const auto sections = as_size(network_.threshold_sections());
  load_path(mesh, group + "/thresholds", thresholds_, thresholds_.items(),
            [&](const std::string& name, std::size_t stacks, std::span<double> values) {
              in.read_neurons(name, stacks * context_->columns * sections, 1, values);
            });
}

}  // namespace hjnet
