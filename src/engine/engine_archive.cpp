#include "engine/engine_archive.hpp"

#include "history/mesh_archive.hpp"
#include "parallel/errors.hpp"

#include <fmt/format.h>

namespace hjnet {

void save_engine(VectorArchive& out, const Settings& settings, const EngineState& engine) {
  out.create_group("/engine");
  out.write_attribute("/engine", "engine", engine.engine);
  out.write_attribute("/engine", "epoch", std::int64_t{engine.epoch});
  out.write_attribute("/engine", "relative_tolerance", settings.solver.relative_tolerance);
  out.write_attribute("/engine", "absolute_tolerance", settings.solver.absolute_tolerance);
  out.write_neurons("/engine/y", 1, engine.columns, engine.y, "y with tangents");
  out.write_neurons("/engine/delta", 1, engine.columns, engine.delta, "Delta with tangents");
  write_mesh(out, "/engine/mesh", engine.mesh);
}

LoadedEngine load_engine(const VectorArchive& in, const Settings& settings, const std::string& engine,
                         std::size_t columns, std::span<double> y, std::span<double> delta) {
  const auto written_by = in.read_attribute<std::string>("/engine", "engine");
  if (written_by != engine) {
    throw io_error(
        fmt::format("the checkpoint was written by the {} engine and cannot be taken up by the {} engine; "
                    "set solver.engine = \"{}\"",
                    written_by, engine, written_by));
  }
  LoadedEngine out;
  out.epoch = static_cast<int>(in.read_attribute<std::int64_t>("/engine", "epoch"));
  in.read_neurons("/engine/y", 1, columns, y);
  in.read_neurons("/engine/delta", 1, columns, delta);
  const bool same_tolerances =
      in.read_attribute<double>("/engine", "relative_tolerance") == settings.solver.relative_tolerance &&
      in.read_attribute<double>("/engine", "absolute_tolerance") == settings.solver.absolute_tolerance;
  if (same_tolerances) out.mesh = read_mesh(in, "/engine/mesh");
  return out;
}

}  // namespace hjnet
