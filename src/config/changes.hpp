#pragma once
/// What differs between the input that a checkpoint was written under and the input of a restart.

#include "config/settings.hpp"

#include <string>
#include <vector>

namespace hjnet {

/// A key that differs. A list or a table that only one side has is one change.
struct Change {
  std::string key;            ///< as the user writes it: network.layer[1].neurons
  std::string before, after;  ///< as TOML, "" where the key is absent; long lists and tables are cut short
  bool allowed = false;       ///< a restart may change it
};

/// The keys of the resolved inputs that differ, in alphabetical order within each table, lists by index. A restart may
/// change run.epochs, run.name, the solver's two tolerances and all of [output], nothing else. An `epochs` range that
/// goes on to the last epoch of its own run on both sides has not changed, however many epochs there are.
std::vector<Change> changes(const Settings& before, const Settings& after);
/// The same of their texts alone, whatever has become of the data files that they name.
std::vector<Change> changes(const std::string& before, const std::string& after);

/// A digest, of 16 hexadecimal digits, of all numbers that the input takes from data files, and of the keys that they
/// stand under; names of files and datasets do not matter. Empty where the input names no data file.
std::string data_digest(const Settings& settings);

}  // namespace hjnet
