#include "results/provenance.hpp"

#include "config/changes.hpp"
#include "parallel/agree.hpp"
#include "version.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <hdf5.h>
#include <mpi.h>
#include <petscsys.h>
#include <sundials/sundials_version.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <ctime>
#include <random>

namespace hjnet {

namespace {

std::string mpi_version() {
  std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> text{};
  int length = 0;
  MPI_Get_library_version(text.data(), &length);
  const std::string whole(text.data(), static_cast<std::size_t>(length));
  return whole.substr(0, whole.find_first_of(",\n"));
}

std::string petsc_version() {
  PetscInt major = 0;
  PetscInt minor = 0;
  PetscInt patch = 0;
  PetscGetVersionNumber(&major, &minor, &patch, nullptr);
  return fmt::format("{}.{}.{}", major, minor, patch);
}

std::string sundials_version() {
  std::array<char, 64> text{};
  SUNDIALSGetVersion(text.data(), static_cast<int>(text.size()));
  return text.data();
}

std::string hdf5_version() {
  unsigned major = 0;
  unsigned minor = 0;
  unsigned patch = 0;
  H5get_libversion(&major, &minor, &patch);
  return fmt::format("{}.{}.{}", major, minor, patch);
}

}  // namespace

std::string code_version() {
  return configured_version;
}

std::string git_commit() {
  return configured_commit;
}

std::vector<std::pair<std::string, std::string>> library_versions() {
  return {
      {"MPI", mpi_version()}, {"PETSc", petsc_version()}, {"SUNDIALS", sundials_version()}, {"HDF5", hdf5_version()}};
}

std::vector<std::pair<std::string, std::string>> code_attributes() {
  std::vector<std::pair<std::string, std::string>> out{{"code_version", code_version()}, {"git_commit", git_commit()}};
  for (auto [library, version] : library_versions()) {
    std::transform(library.begin(), library.end(), library.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    out.emplace_back(library + "_version", version);
  }
  return out;
}

std::string utc_now() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

std::string digest_on_all(MPI_Comm world, const Settings& settings) {
  int rank = 0;
  MPI_Comm_rank(world, &rank);
  return from_root(world, agreed(world, [&] { return rank == 0 ? data_digest(settings) : std::string(); }));
}

std::string random_uuid() {
  std::random_device source;
  std::array<std::uint32_t, 4> words{};
  for (auto& word : words) word = source();
  words[1] = (words[1] & 0xffff0fffU) | 0x00004000U;  // version 4: random
  words[2] = (words[2] & 0x3fffffffU) | 0x80000000U;  // the variant of RFC 4122
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:04x}{:08x}", words[0], words[1] >> 16U, words[1] & 0xffffU,
                     words[2] >> 16U, words[2] & 0xffffU, words[3]);
}

}  // namespace hjnet
