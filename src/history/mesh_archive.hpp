#pragma once
/// A mesh in an archive: its boundaries as a dataset, with the number of nodes as an attribute.

#include "history/mesh.hpp"
#include "network/vector_archive.hpp"

#include <string>

namespace hjnet {

void write_mesh(VectorArchive& out, const std::string& path, const Mesh& mesh);
/// The same mesh, to the last bit. @throws io_error
Mesh read_mesh(const VectorArchive& in, const std::string& path);

}  // namespace hjnet
