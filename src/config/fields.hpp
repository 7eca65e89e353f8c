#pragma once
/// A table of the input, each key declared once: its name, where its value is kept, what it may be, and what it means.
/// What is done with the keys is a visitor's business: reading them, writing them, telling the manual of them. Defaults
/// are those of the settings.

#include "config/document/reader.hpp"
#include "config/document/toml_writer.hpp"
#include "config/document/values.hpp"
#include "config/reference.hpp"
#include "config/settings.hpp"
#include "config/tables/read_common.hpp"

#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace hjnet {

/// What a number may be: a test (null: any finite one), and its words after "expected".
struct Range {
  bool (*holds)(double) = nullptr;
  std::string_view words = "a finite number";
};
inline constexpr Range any_number{};
inline constexpr Range positive{is_positive, positive_number};
inline constexpr Range not_negative{is_not_negative, "a number >= 0"};
inline constexpr Range not_zero{is_not_zero, "a number other than 0"};
inline constexpr Range fraction{[](double x) { return x >= 0.0 && x <= 1.0; }, "a number in [0, 1]"};

enum class Need { optional, required };

/// Counts are of 32 bits, which is not worth a word unless the limit is met.
inline constexpr std::int64_t most_counted = std::numeric_limits<int>::max();

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
  /// A number for each item of `extent`, in any form; `keys` are those of its inline table.
  virtual void value(std::string_view name, Value& value, const Extent& extent, std::string_view meaning) = 0;
  /// Whatever else: how it is read where it is there or must be, and what is written (nothing: it is left out).
  virtual void key(const KeyReference& key, const std::function<void(const Reader&)>& read,
                   const std::function<std::string()>& text) = 0;
  /// Tables within, whose keys are declared apart: how they are read, and what is written as an inline table or a list
  /// of such (nothing: it is left out, or written apart).
  virtual void inner(std::string_view name, const std::function<void(const Reader&)>& read,
                     const std::function<std::string()>& text) = 0;
  /// What takes the keys that are written only where something holds; they may always be read.
  virtual Fields& where(bool written);
  /// The next key may have another value in a restart.
  virtual Fields& changeable();
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

/// Reads the keys that are there; throws as the Reader's getters do.
class FieldReader final : public Fields {
public:
  explicit FieldReader(const Reader& table) : table_(table) {}
  void truth(std::string_view name, bool& value, std::string_view meaning) override;
  void number(std::string_view name, double& value, const Range& range, std::string_view meaning, Need need) override;
  void integer(std::string_view name, int& value, std::int64_t low, std::string_view meaning, std::int64_t high,
               Need need) override;
  void value(std::string_view name, Value& value, const Extent& extent, std::string_view meaning) override;
  void key(const KeyReference& key, const std::function<void(const Reader&)>& read,
           const std::function<std::string()>& text) override;
  void inner(std::string_view name, const std::function<void(const Reader&)>& read,
             const std::function<std::string()>& text) override;

private:
  void choose(std::string_view name, std::size_t& index, const std::vector<std::string_view>& names,
              std::string_view meaning, Need need) override;
  const Reader& table_;
};

/// Settings as a FieldWriter takes them, which changes nothing: a copy may be large.
template <class T>
T& unchanged(const T& settings) {
  return const_cast<T&>(settings);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
}

/// Writes all keys, below a heading that stands already.
class FieldWriter final : public Fields {
public:
  explicit FieldWriter(TomlWriter& out) : out_(out) {}
  Fields& where(bool written) override;
  void truth(std::string_view name, bool& value, std::string_view meaning) override;
  void number(std::string_view name, double& value, const Range& range, std::string_view meaning, Need need) override;
  void integer(std::string_view name, int& value, std::int64_t low, std::string_view meaning, std::int64_t high,
               Need need) override;
  void value(std::string_view name, Value& value, const Extent& extent, std::string_view meaning) override;
  void key(const KeyReference& key, const std::function<void(const Reader&)>& read,
           const std::function<std::string()>& text) override;
  void inner(std::string_view name, const std::function<void(const Reader&)>& read,
             const std::function<std::string()>& text) override;

private:
  void choose(std::string_view name, std::size_t& index, const std::vector<std::string_view>& names,
              std::string_view meaning, Need need) override;
  TomlWriter& out_;
};

/// Collects what the manual says of the keys; values are the defaults.
class FieldReference final : public Fields {
public:
  FieldReference(std::string_view path, std::string_view meaning,
                 TableReference::Form form = TableReference::Form::single)
      : table_{path, form, meaning, {}} {}
  [[nodiscard]] TableReference take() { return std::move(table_); }
  Fields& changeable() override;
  void truth(std::string_view name, bool& value, std::string_view meaning) override;
  void number(std::string_view name, double& value, const Range& range, std::string_view meaning, Need need) override;
  void integer(std::string_view name, int& value, std::int64_t low, std::string_view meaning, std::int64_t high,
               Need need) override;
  void value(std::string_view name, Value& value, const Extent& extent, std::string_view meaning) override;
  void key(const KeyReference& key, const std::function<void(const Reader&)>& read,
           const std::function<std::string()>& text) override;
  void inner(std::string_view name, const std::function<void(const Reader&)>& read,
             const std::function<std::string()>& text) override;

private:
  void choose(std::string_view name, std::size_t& index, const std::vector<std::string_view>& names,
              std::string_view meaning, Need need) override;
  void add(KeyReference key);
  TableReference table_;
  bool next_may_change_ = false;
};

/// The keys of a value's inline table.
inline constexpr std::string_view value_keys = "values distribution mean sd low high file dataset";
inline constexpr std::string_view epoch_range = "two integers [first, last], 0 <= first <= last < run.epochs";

/// A key that names a layer; `layer` is its index.
void layer_field(Fields& fields, std::string_view name, int& layer, const std::vector<LayerSettings>& layers,
                 std::string_view meaning);
/// The keys of a table that puts a value on a layer; `plain` is that of a plain number.
void layer_value_fields(Fields& fields, std::string_view plain, LayerValue& value,
                        const std::vector<LayerSettings>& layers);
/// `epochs`, first and last.
void epoch_range_field(Fields& fields, int& first, int& last, int epochs, std::string_view meaning);

/// An inline table of the keys that `declare` declares.
std::string inline_table(const std::function<void(Fields&)>& declare);

}  // namespace hjnet
