#pragma once
/// A look at files that are not sealed (run files, torus files, data from elsewhere) before HDF5 may work on them in
/// this process. Not for others.
///
/// HDF5 does not survive damage everywhere: a flipped bit in its structure can make it write past its memory, ask for
/// all memory or go on for ever. So a child process goes through the whole structure first, and dies in our place.

#include <filesystem>

namespace hjnet::hdf5 {

/// Throws io_error where HDF5 crashes, hangs or fails on the file's groups, datasets or attributes; `file` is there and
/// begins as HDF5. What was looked at once is not looked at again until it changes.
void survey(const std::filesystem::path& file);

}  // namespace hjnet::hdf5
