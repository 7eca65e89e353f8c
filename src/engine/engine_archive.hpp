#pragma once
/// What the checkpoints of all engines have in common, below /engine: attributes engine, epoch and the tolerances, y
/// and Delta (N x 1 x columns) at the epoch's start, and the next epoch's first mesh.

#include "config/settings.hpp"
#include "history/mesh.hpp"
#include "network/vector_archive.hpp"

#include <optional>
#include <span>
#include <string>

namespace hjnet {

struct EngineState {
  std::string engine;
  int epoch;
  std::size_t columns;
  std::span<const double> y, delta;
  const Mesh& mesh;
};
void save_engine(VectorArchive& out, const Settings& settings, const EngineState& engine);

struct LoadedEngine {
  int epoch = 0;
  std::optional<Mesh> mesh;  ///< none where the tolerances are others now: it is chosen afresh
};
/// @throws io_error where the checkpoint is another engine's
LoadedEngine load_engine(const VectorArchive& in, const Settings& settings, const std::string& engine,
                         std::size_t columns, std::span<double> y, std::span<double> delta);

}  // namespace hjnet
