#include "history/factors/core_layout.hpp"

#include "config/tangents.hpp"

#include <cstddef>
#include <numeric>
#include <utility>

namespace hjnet {

CoreLayout::CoreLayout(std::vector<std::size_t> g, std::vector<std::size_t> y) : g_(std::move(g)), y_(std::move(y)) {
  const auto before = [](const std::vector<std::size_t>& ranks, std::size_t column) {
    return std::accumulate(ranks.begin(), ranks.begin() + static_cast<std::ptrdiff_t>(column), std::size_t{0});
  };
  for (std::size_t c = 0; c < g_.size(); ++c) {
    begin_.push_back(blocks_.size());
    for (const auto [left, right] : all_terms(c)) {
      blocks_.push_back({left, right, g_[left], y_[right], size_, before(g_, left), before(y_, right)});
      size_ += blocks_.back().size();
    }
  }
  begin_.push_back(blocks_.size());
}

}  // namespace hjnet
