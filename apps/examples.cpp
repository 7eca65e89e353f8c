// The shipped inputs: a list of them, and a copy to start from.
#include "config/document/suggest.hpp"
#include "parallel/agree.hpp"
#include "parallel/print.hpp"
#include "parallel/stop.hpp"
#include "shipped_inputs.hpp"
#include "verbs.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <mpi.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace hjnet {

namespace {

constexpr const char* usual = "entangle";

std::vector<std::string> names() {
  std::vector<std::string> out;
  for (const auto& [name, text] : shipped_inputs) out.emplace_back(name);
  return out;
}

/// The text of a shipped input; null where there is none of that name.
const char* find(std::string_view wanted) {
  for (const auto& [name, text] : shipped_inputs) {
    if (name == wanted) return text;
  }
  return nullptr;
}

/// The first sentence of the comment that an input begins with.
std::string purpose(std::string_view text) {
  std::string out;
  while (text.starts_with("# ")) {
    const auto end = text.find('\n');
    out += (out.empty() ? "" : " ") + std::string(text.substr(2, end - 2));
    text.remove_prefix(end + 1);
  }
  return out.substr(0, std::min(out.find(". "), out.find_last_of('.')));
}

bool is_torus(std::string_view text) {
  return text.find("\n[torus]") != std::string_view::npos;
}

/// The input's file, where none is yet.
void write_new(const std::filesystem::path& file, const std::string& text) {
  auto* out = std::fopen(file.c_str(), "wx");
  if (out == nullptr && errno == EEXIST) {
    throw config_error(fmt::format("{} exists already; give another name", file.string()));
  }
  const bool written = out != nullptr && std::fputs(text.c_str(), out) >= 0;
  const bool closed = out != nullptr && std::fclose(out) == 0;
  if (!written || !closed) throw io_error(fmt::format("cannot write '{}': {}", file.string(), std::strerror(errno)));
}

}  // namespace

ExitStatus init_verb(const Arguments& arguments) {
  end_at_stop_signals();
  auto file = arguments.file;
  const auto name = file.extension() == ".toml" ? file.stem().string() : file.filename().string();
  if (file.extension() != ".toml") file += ".toml";
  std::string from = arguments.from;
  if (from.empty()) from = find(name) != nullptr ? name : usual;
  const auto* text = find(from);
  if (text == nullptr) {
    throw config_error(fmt::format("--from: expected a shipped input, one of {}, got '{}'{}", fmt::join(names(), ", "),
                                   from, suggestion(from, names())));
  }
  // Where data are called after the input, its run file is not; another input's is then called after that one.
  std::string input = text;
  const auto output = fmt::format("file = \"{}-run.h5\"", from);
  if (const auto at = input.find(output); at != std::string::npos) {
    input.replace(at, output.size(), fmt::format("file = \"{}-run.h5\"", name));
  }
  agreed(MPI_COMM_WORLD, [&] {
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    if (rank == 0) write_new(file, input);
    return 0;
  });
  const auto* verb = is_torus(text) ? "torus" : "run";
  print_once(fmt::format("Wrote {}, as shipped as {}: {}.\nhjnet {} {}\n", file.string(), from, purpose(text), verb,
                         file.string()));
  return ExitStatus::complete;
}

ExitStatus examples_verb() {
  std::string text;
  for (const auto& [name, input] : shipped_inputs) {
    text += fmt::format("{:<26}{}{}\n", name, purpose(input), is_torus(input) ? " (hjnet torus)" : "");
  }
  print_once(text);
  return ExitStatus::complete;
}

}  // namespace hjnet
