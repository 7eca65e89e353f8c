#include "network/demonstrations/pattern_order.hpp"

#include "network/random.hpp"
#include "parallel/counts.hpp"

#include <numeric>
#include <utility>

namespace hjnet {

namespace {

/// Source's parts end here; after so many passes their orders come again.
constexpr std::int64_t parts = std::int64_t{1} << 24;

}  // namespace

const PatternOrder::Pass& PatternOrder::pass(std::int64_t number) const {
  auto& pass = passes_[as_size(number % 2)];
  if (pass.number == number) return pass;
  pass.number = number;
  pass.order.resize(as_size(patterns_));
  std::iota(pass.order.begin(), pass.order.end(), std::int64_t{0});
  const Source source(seed_, member_, Stream::patterns, static_cast<std::uint32_t>(number % parts));
  for (auto i = pass.order.size(); i-- > 1;) std::swap(pass.order[i], pass.order[source.integer(i, i + 1)]);
  return pass;
}

std::int64_t PatternOrder::pattern(std::int64_t number) const {
  const auto place = number % patterns_;
  return shuffle_ ? pass(number / patterns_).order[as_size(place)] : place;
}

}  // namespace hjnet
