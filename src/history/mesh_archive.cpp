#include "history/mesh_archive.hpp"

#include <cstdint>

namespace hjnet {

void write_mesh(VectorArchive& out, const std::string& path, const Mesh& mesh) {
  out.write_numbers(path, mesh.boundaries(), "element boundaries within the epoch");
  out.write_attribute(path, "nodes_per_element", static_cast<std::int64_t>(mesh.nodes_per_element()));
}

Mesh read_mesh(const VectorArchive& in, const std::string& path) {
  return {in.read_numbers(path), static_cast<int>(in.read_attribute<std::int64_t>(path, "nodes_per_element"))};
}

}  // namespace hjnet
