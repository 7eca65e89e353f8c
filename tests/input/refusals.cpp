// Many commands in one process: starting MPI for each would take minutes. Reads commands from stdin as fields that end
// with a zero byte: a folder, how many arguments, the arguments. Each command runs in its folder as the program would
// run it, and leaves `stdout`, `stderr` and `status` there.
#include "parallel/mpi_runtime.hpp"
#include "verbs.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

namespace {

bool read_field(std::string& field) {
  return static_cast<bool>(std::getline(std::cin, field, '\0'));
}

std::vector<std::string> read_words() {
  std::string count;
  read_field(count);
  std::vector<std::string> words(std::stoul(count) + 1, "hjnet");
  for (std::size_t i = 1; i < words.size(); ++i) read_field(words[i]);
  return words;
}

/// False where the folder cannot be written.
bool run_in(const std::string& folder, std::vector<std::string> words) {
  std::filesystem::current_path(folder);
  if (!std::freopen("stdout", "w", stdout) || !std::freopen("stderr", "w", stderr)) return false;
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const auto status = hjnet::command(static_cast<int>(words.size()), argv.data());
  std::fflush(stdout);
  std::fflush(stderr);
  return static_cast<bool>(std::ofstream("status") << static_cast<int>(status) << std::flush);
}

}  // namespace

int main(int argc, char** argv) {
  const hjnet::MpiRuntime runtime(argc, argv);
  hjnet::set_up_messages();
  for (std::string folder; read_field(folder);) {
    if (!run_in(folder, read_words())) return 1;
  }
  return 0;
}
