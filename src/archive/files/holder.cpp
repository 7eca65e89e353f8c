#include "archive/files/holder.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>
#include <system_error>

namespace hjnet {

namespace {

std::string first_line(const std::string& file) {
  std::string line;
  std::getline(std::ifstream(file) >> std::ws, line);
  return line;
}

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "?";
}

std::string process_namespace() {
  std::error_code none;
  return std::filesystem::read_symlink("/proc/self/ns/pid", none).string();
}

/// When a process started, in ticks since the machine did; "" where that cannot be known.
std::string start_of(long process) {
  constexpr int fields_between = 19;  // field 22 of proc(5); the second one, a name, ends with the last ')'
  const auto line = first_line(fmt::format("/proc/{}/stat", process));
  const auto name_end = line.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream fields(line.substr(name_end + 1));
  std::string field;
  for (int i = 0; i <= fields_between && fields >> field; ++i) continue;
  return field;
}

}  // namespace

Holder Holder::self(const std::string& since) {
  const long process = ::getpid();
  return {host_name(), first_line("/proc/sys/kernel/random/boot_id"), process_namespace(), process, start_of(process),
          since};
}

std::string Holder::text() const {
  return fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n", process, host, since, boot, processes, started);
}

Holder Holder::of(const std::string& text) {
  std::istringstream lines(text);
  Holder holder;
  if (!(lines >> holder.process) || holder.process <= 0) return {};
  lines.ignore();
  for (auto* line : {&holder.host, &holder.since, &holder.boot, &holder.processes, &holder.started}) {
    std::getline(lines, *line);
  }
  return lines ? holder : Holder{};
}

Life life_of(const Holder& holder) {
  const auto self = Holder::self({});
  if (holder.host != self.host) return Life::unknown;
  if (holder.boot != self.boot) return Life::dead;
  if (holder.processes != self.processes) return Life::unknown;
  if (::kill(static_cast<pid_t>(holder.process), 0) != 0 && errno == ESRCH) return Life::dead;
  return start_of(holder.process) == holder.started ? Life::alive : Life::dead;
}

bool locks_stay_here(int descriptor) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return false;
  const auto device = fmt::format(" {}:{} ", major(status.st_dev), minor(status.st_dev));
  constexpr std::array<std::string_view, 5> types{" - fuse", " - 9p", " - virtiofs", " - beegfs", " - vboxsf"};
  constexpr std::array<std::string_view, 4> options{"nolock", "local_lock=all", "local_lock=posix", "localflock"};
  std::ifstream mounts("/proc/self/mountinfo");
  for (std::string line; std::getline(mounts, line);) {
    if (line.find(device) == std::string::npos) continue;
    const auto says = [&line](std::string_view words) { return line.find(words) != std::string::npos; };
    return std::any_of(types.begin(), types.end(), says) || std::any_of(options.begin(), options.end(), says);
  }
  return false;
}

}  // namespace hjnet
