#include "run/scan/scan_points.hpp"

#include "parallel/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace hjnet {

namespace {

/// The parts of a text between its commas.
std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> out(1);
  int depth = 0;
  char quote = '\0';
  for (const char c : text) {
    if (quote != '\0') {
      if (c == quote) quote = '\0';
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if (c == ']' || c == '}') {
      --depth;
    } else if (c == ',' && depth == 0) {
      out.emplace_back();
      continue;
    }
    out.back() += c;
  }
  return out;
}

std::string trimmed(std::string_view text) {
  const auto first = std::min(text.find_first_not_of(" \t"), text.size());
  return std::string(text.substr(first, text.find_last_not_of(" \t") + 1 - first));
}

}  // namespace

std::vector<ScanKey> scan_keys(const std::vector<std::string>& texts) {
  std::vector<ScanKey> out;
  for (const auto& text : texts) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || trimmed(text.substr(0, equals)).empty()) {
      throw config_error(fmt::format("{}: expected KEY=V1,V2,...", text));
    }
    ScanKey key{trimmed(text.substr(0, equals)), split(text.substr(equals + 1))};
    for (auto& value : key.values) {
      value = trimmed(value);
      if (value.empty()) throw config_error(fmt::format("{}: expected values with commas between them", text));
    }
    if (std::any_of(out.begin(), out.end(), [&](const ScanKey& other) { return other.key == key.key; })) {
      throw config_error(fmt::format("{}: {} stands there twice", text, key.key));
    }
    out.push_back(std::move(key));
  }
  return out;
}

std::vector<ScanPoint> scan_points(const std::vector<ScanKey>& keys, const std::filesystem::path& directory,
                                   const std::string& name) {
  std::vector<ScanPoint> out(1);
  for (const auto& key : keys) {
    std::vector<ScanPoint> more;
    for (const auto& point : out) {
      for (const auto& value : key.values) {
        auto& next = more.emplace_back(point);
        next.values.push_back(value);
        next.overrides.push_back(key.key + "=" + value);
      }
    }
    out = std::move(more);
  }
  const auto digits = std::to_string(out.size()).size();
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i].file = directory / fmt::format("{}-{:0{}}.h5", name, i + 1, digits);
  }
  return out;
}

std::vector<std::vector<std::size_t>> share_work(const std::vector<double>& work, std::size_t groups) {
  std::vector<std::size_t> order(work.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return work[a] > work[b]; });
  std::vector<std::vector<std::size_t>> out(groups);
  std::vector<double> load(groups, 0.0);
  for (const auto i : order) {
    const auto least = static_cast<std::size_t>(std::min_element(load.begin(), load.end()) - load.begin());
    out[least].push_back(i);
    load[least] += work[i];
  }
  for (auto& group : out) std::sort(group.begin(), group.end());
  return out;
}

}  // namespace hjnet
