#include "observe/observers.hpp"

#include "observe/branches/branches.hpp"
#include "observe/constraints/constraint_observer.hpp"
#include "observe/evaluation/evaluation_observer.hpp"
#include "observe/feedback/feedback.hpp"
#include "observe/path_kernel/path_kernel_observer.hpp"
#include "observe/values/value_observer.hpp"
#include "observe/wavefunction/wavefunction_observer.hpp"
#include "observe/weights/weight_observer.hpp"

#include <array>

namespace hjnet {

namespace {

template <class Kind>
constexpr ObserverKind kind_of() {
  const auto make = [](const Watched& watched) -> std::unique_ptr<Observer> {
    return Kind::watches(watched) ? std::make_unique<Kind>(watched) : nullptr;
  };
  return {Kind::asked, make, {Kind::lay_out, Kind::open, Kind::afresh}, Kind::conclude_run, Kind::info, Kind::size};
}

constexpr std::array kinds{
    kind_of<WeightObserver>(),     kind_of<ConstraintObserver>(),   kind_of<FeedbackObserver>(),
    kind_of<BranchObserver>(),     kind_of<WavefunctionObserver>(), kind_of<PathKernelObserver>(),
    kind_of<EvaluationObserver>(), kind_of<ValueObserver>(),
};

}  // namespace

std::span<const ObserverKind> observer_kinds() {
  return kinds;
}

std::vector<RunFileSection> observed_sections(const Settings& settings) {
  std::vector<RunFileSection> sections;
  for (const auto& kind : kinds) {
    if (kind.asked(settings)) sections.push_back(kind.section);
  }
  return sections;
}

}  // namespace hjnet
