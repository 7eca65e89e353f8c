#pragma once
/// What is done with the keys of a table (fields.hpp): reading them, writing them, telling the manual of them.

#include "config/document/reader.hpp"
#include "config/document/toml_writer.hpp"
#include "config/fields.hpp"
#include "config/reference.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hjnet {

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

/// The same of a table's settings; `of` is what their declare() takes besides.
template <class S, class... Of>
void read_fields(const Reader& table, S& settings, Of&&... of) {
  FieldReader fields(table);
  declare(fields, settings, of...);
}

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

/// The same of a table's settings.
template <class S, class... Of>
void write_fields(TomlWriter& out, const S& settings, Of&&... of) {
  FieldWriter fields(out);
  declare(fields, unchanged(settings), of...);
}

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

/// An inline table of the keys that `declare` declares.
std::string inline_table(const std::function<void(Fields&)>& declare);

}  // namespace hjnet
