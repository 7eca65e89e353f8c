#include "results/provenance.hpp"

#include "config/changes.hpp"
#include "parallel/agree.hpp"
#include "version.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <hdf5.h>
#include <mpi.h>
#include <petscsys.h>
#include <sundials/sundials_version.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <set>

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

/// The words that a process was started with; none where the system does not say.
std::vector<std::string> words_of(const std::string& process) {
  std::ifstream stream("/proc/" + process + "/cmdline", std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  std::vector<std::string> words;
  for (std::size_t start = 0; start < text.size(); start = text.find('\0', start) + 1) {
    words.emplace_back(text.c_str() + start);
  }
  return words;
}

std::string launch_line() {
  auto words = words_of(std::to_string(getppid()));
  const auto parent = words.empty() ? std::string() : std::filesystem::path(words.front()).filename().string();
  const std::set<std::string> launchers{"mpiexec", "mpirun", "orterun", "prterun", "srun"};
  if (!launchers.contains(parent)) words = words_of("self");
  return shell_line(words);
}

/// The names of the machines that the ranks are on, on rank 0.
std::set<std::string> hosts_of(MPI_Comm world) {
  constexpr int longest = MPI_MAX_PROCESSOR_NAME;
  int rank = 0;
  int ranks = 1;
  MPI_Comm_rank(world, &rank);
  MPI_Comm_size(world, &ranks);
  std::array<char, longest> mine{};
  int length = 0;
  MPI_Get_processor_name(mine.data(), &length);
  std::vector<char> all(rank == 0 ? static_cast<std::size_t>(ranks) * longest : 0);
  MPI_Gather(mine.data(), longest, MPI_CHAR, all.data(), longest, MPI_CHAR, 0, world);
  std::set<std::string> names;
  for (std::size_t i = 0; i < all.size(); i += longest) names.emplace(all.data() + i);
  return names;
}

}  // namespace

std::string shell_line(const std::vector<std::string>& words) {
  std::vector<std::string> quoted;
  for (const auto& word : words) {
    const char quote = word.find('\'') == std::string::npos ? '\'' : '"';
    const bool plain = !word.empty() && word.find_first_of(" \t\n\"'\\#$&|;<>()*?`!") == std::string::npos;
    quoted.push_back(plain ? word : quote + word + quote);
  }
  return fmt::format("{}", fmt::join(quoted, " "));
}

std::vector<std::pair<std::string, std::string>> launch_attributes(MPI_Comm world) {
  return {{"hosts", from_root(world, fmt::format("{}", fmt::join(hosts_of(world), ", ")))},
          {"launch", from_root(world, launch_line())}};
}

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
