#pragma once
/// A table of the input, each key declared once, beside its settings (settings/): its name, where its value is kept,
/// what it may be, and what it means. What is done with the keys is a visitor's business (visitors.hpp): reading them,
/// writing them, telling the manual of them. Defaults are those of the settings.

#include "config/choices.hpp"
#include "config/document/range.hpp"
#include "config/document/value.hpp"
#include "config/reference.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace hjnet {

class Reader;
struct LayerSettings;
struct LayerValue;

enum class Need { optional, required };

/// What is done with the keys of a table, in their order.
class Fields {
public:
  virtual ~Fields() = default;

  virtual void truth(std::string_view name, bool& value, std::string_view meaning) = 0;
  virtual void number(std::string_view name, double& value, const Range& range, std::string_view meaning,
                      Need need = Need::optional) = 0;
  /// An integer from `low` to `high`; the latter is not in the words.
  virtual void integer(std::string_view name, int& value, std::int64_t low, std::string_view meaning,
                       std::int64_t high = most_counted, Need need = Need::optional) = 0;
  /// A number for each item of `extent`, in any form.
  virtual void value(std::string_view name, Value& value, const Extent& extent, std::string_view meaning) = 0;
  /// Whatever else: how it is read where it is there or must be, and what is written (nothing: it is left out).
  virtual void key(const KeyReference& key, const std::function<void(const Reader&)>& read,
                   const std::function<std::string()>& text) = 0;
  /// Tables within, whose keys are declared apart: how they are read, and what is written as an inline table or a list
  /// of such (nothing: it is left out, or written apart).
  virtual void inner(std::string_view name, const std::function<void(const Reader&)>& read,
                     const std::function<std::string()>& text) = 0;
  /// What takes the keys that are written only where something holds; they may always be read.
  virtual Fields& where(bool /*written*/) { return *this; }
  /// The next key may have another value in a restart.
  virtual Fields& changeable() { return *this; }
  /// One of some names.
  template <class E, std::size_t n>
  void choice(std::string_view name, E& value, const Names<E, n>& names, std::string_view meaning,
              Need need = Need::optional) {
    std::vector<std::string_view> words;
    std::size_t index = 0;
    for (std::size_t i = 0; i < n; ++i) {
      words.push_back(names[i].first);
      if (names[i].second == value) index = i;
    }
    choose(name, index, words, meaning, need);
    if (names[index].second != value) value = names[index].second;
  }

protected:
  Fields() = default;
  Fields(const Fields&) = default;
  Fields& operator=(const Fields&) = default;

private:
  virtual void choose(std::string_view name, std::size_t& index, const std::vector<std::string_view>& names,
                      std::string_view meaning, Need need) = 0;
};

/// The keys of a value's inline table.
inline constexpr std::string_view value_keys = "values distribution mean sd low high file dataset";

/// A key that names a layer; `layer` is its index.
void layer_field(Fields& fields, std::string_view name, int& layer, const std::vector<LayerSettings>& layers,
                 std::string_view meaning);
/// The keys of a table that puts a value on a layer; `plain` is that of a plain number.
void layer_value_fields(Fields& fields, std::string_view plain, LayerValue& value,
                        const std::vector<LayerSettings>& layers);
/// `epochs`, first and last.
void epoch_range_field(Fields& fields, int& first, int& last, int epochs, std::string_view meaning);
/// A time within an epoch, which must be given.
void phase_field(Fields& fields, std::string_view name, double& phase, double epoch_length, std::string_view expected,
                 std::string_view meaning);

}  // namespace hjnet
