#pragma once
/// All kinds of observers, in a list.

#include "observe/observer.hpp"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace hjnet {

/// What Observer's static functions are of one kind.
struct ObserverKind {
  bool (*asked)(const Settings&);
  std::unique_ptr<Observer> (*make)(const Watched&);  ///< null where this member is not watched
  RunFileSection section;
  std::string (*conclude)(const Concluded&);
  std::vector<InfoLine> (*info)(const Archive&);
  ObserverSize (*size)(const Settings&, const RunSize&);
};

/// All of them. The order is that of their datasets, of checkpoints, and of a run's summary.
std::span<const ObserverKind> observer_kinds();

/// What the kinds asked for add to a run file.
std::vector<RunFileSection> observed_sections(const Settings& settings);

}  // namespace hjnet
