// Coverage-guided fuzzing of whole commands: whatever a file holds, the command ends with a status of ours, and with a
// message where that is not 0. $HJNET_FUZZ names what is made of the data:
//
//   settings   an input of runs or tori, for `hjnet check`
//   info       a run, torus or checkpoint file, for `hjnet info`
//   restart    a checkpoint, for `hjnet run --restart`
//   data       a file of patterns, for `hjnet run`
//
// The working directory has case.toml, the input of the last two. With -close_fd_mask=3, what the commands say is kept
// from the fuzzer's output.
#include "parallel/mpi_runtime.hpp"
#include "verbs.hpp"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

namespace {

struct Target {
  std::string file;  ///< that the data are written to
  std::vector<std::string> command;
};

const Target& target() {
  static const std::map<std::string, Target> targets{
      {"settings", {"fuzzed.toml", {"hjnet", "check", "fuzzed.toml"}}},
      {"info", {"fuzzed.h5", {"hjnet", "info", "fuzzed.h5"}}},
      {"restart", {"fuzzed.h5", {"hjnet", "run", "case.toml", "--output", "out.h5", "--restart", "fuzzed.h5"}}},
      {"data", {"data.h5", {"hjnet", "run", "case.toml", "--output", "out.h5", "--overwrite"}}},
  };
  const char* name = std::getenv("HJNET_FUZZ");
  return targets.at(name ? name : "settings");
}

/// What the command says goes to a file in memory, so that its length can be seen.
int said() {
  static const int descriptor = [] {
    const int file = ::memfd_create("said", 0);
    ::dup2(file, STDOUT_FILENO);
    ::dup2(file, STDERR_FILENO);
    return file;
  }();
  return descriptor;
}

off_t length_said() {
  std::fflush(stdout);
  std::fflush(stderr);
  struct stat status {};
  ::fstat(said(), &status);
  return status.st_size;
}

void expect(bool holds, const char* what, int status) {
  if (holds) return;
  std::fprintf(stderr, "command_fuzzer: %s (status %d)\n", what, status);
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  static const hjnet::MpiRuntime runtime(*argc, *argv);
  hjnet::set_up_messages();
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (::ftruncate(said(), 0) != 0) std::abort();
  ::lseek(said(), 0, SEEK_SET);
  const auto& [file, command] = target();
  std::FILE* stream = std::fopen(file.c_str(), "wb");
  if (!stream || std::fwrite(data, 1, size, stream) != size || std::fclose(stream) != 0) std::abort();
  std::remove("out.h5");
  auto words = command;
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const int status = static_cast<int>(hjnet::command(static_cast<int>(words.size()), argv.data()));
  expect(status == 0 || status == 1 || status == 2, "ends with a status that is none of ours", status);
  expect(status == 0 || length_said() > 0, "fails without a word", status);
  return 0;
}
