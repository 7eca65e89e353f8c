#include "config/schema.hpp"

#include "config/reference.hpp"

#include <toml++/toml.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <sstream>
#include <string_view>
#include <vector>

namespace hjnet {

namespace {

using Json = nlohmann::ordered_json;

Json list_of(Json items) {
  return {{"type", "array"}, {"items", std::move(items)}};
}

const Json integer_schema{{"type", "integer"}};
const Json number_schema{{"type", "number"}};
const Json text_schema{{"type", "string"}};

/// Numbers, in lists of any depth.
Json numbers() {
  return {{"$ref", "#/$defs/numbers"}};
}

/// The number that text begins with; nothing where it begins with none.
std::optional<double> leading_number(std::string_view text) {
  const std::string copy(text);
  char* end = nullptr;
  const double number = std::strtod(copy.c_str(), &end);
  return end == copy.c_str() ? std::nullopt : std::optional(number);
}

/// What follows `before` in the text, as a number.
std::optional<double> number_after(std::string_view text, std::string_view before) {
  const auto at = text.find(before);
  return at == std::string_view::npos ? std::nullopt : leading_number(text.substr(at + before.size()));
}

/// Adds the bounds that a text such as "a number > 0 and <= 0.1", "an integer from 1 to 3" or "a number in [0, 1)" has.
void add_bounds(Json& schema, std::string_view text) {
  const auto put = [&](const char* key, std::optional<double> bound) {
    if (bound) schema[key] = *bound;
  };
  put("minimum", number_after(text, ">= "));
  put("exclusiveMinimum", number_after(text, "> "));
  put("maximum", number_after(text, "<= "));
  if (const auto low = number_after(text, " from ")) {
    put("minimum", low);
    put("maximum", number_after(text, " to "));
  }
  if (const auto low = number_after(text, " in [")) {
    put("minimum", low);
    const auto high = number_after(text, ", ");
    put(text.find(']') == std::string_view::npos ? "exclusiveMaximum" : "maximum", high);
  }
  if (text.starts_with("an even")) schema["multipleOf"] = 2;
}

bool is_about(std::string_view text, std::initializer_list<std::string_view> beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(), [&](auto it) { return text.starts_with(it); });
}

/// A single number, bounds included; nothing where the text is of something else.
std::optional<Json> scalar(std::string_view text) {
  const bool is_integer = is_about(text, {"an integer", "an even integer", "a neuron"});
  const bool is_number = is_about(text, {"a number", "a finite number", "a phase", "a time"});
  if (!is_integer && !is_number) return std::nullopt;
  Json schema = is_integer ? integer_schema : number_schema;
  add_bounds(schema, text);
  if (text.starts_with("a neuron")) schema["minimum"] = 0;
  if (text.ends_with(", or two")) return Json{{"anyOf", {schema, list_of(schema)}}};
  return schema;
}

/// What a key may hold, from the words after "expected".
Json schema_of(const KeyReference& key) {
  const auto text = key.expected;
  if (text == "true or false") return {{"type", "boolean"}};
  if (text.starts_with("one of ")) return {{"enum", words(text.substr(7), ", ")}};
  if (text.starts_with("a value, or")) return {{"anyOf", {Json{{"$ref", "#/$defs/value"}}, numbers()}}};
  if (text.starts_with("a value")) return {{"$ref", "#/$defs/value"}};
  if (auto number = scalar(text)) return *number;
  if (is_about(text, {"the name of", "the path of", "a name", "letters", "thresholds, biases"})) return text_schema;
  if (text.starts_with("a list of distinct names")) return list_of(text_schema);
  if (text.starts_with("two integers")) return list_of(integer_schema);
  if (text.starts_with("\"dense\"")) {
    Json table{{"type", "object"}, {"additionalProperties", false}};
    for (const auto& name : words(key.inner)) table["properties"][name] = {{"type", "integer"}, {"minimum", 0}};
    return {{"anyOf", {Json{{"const", "dense"}}, table}}};
  }
  if (!key.inner.empty()) {  // lists of numbers and inline tables, within each other
    Json table{{"type", "object"}, {"additionalProperties", false}};
    for (const auto& name : words(key.inner)) table["properties"][name] = Json::object();
    return {{"anyOf", {numbers(), table, list_of({{"anyOf", {numbers(), table}}})}}};
  }
  for (const auto& [beginning, item] :
       {std::pair{"a list of numbers", "a number"}, std::pair{"a list of integers", "an integer"}}) {
    if (!text.starts_with(beginning)) continue;
    Json schema = scalar(item).value();
    add_bounds(schema, text);
    return list_of(schema);
  }
  return list_of(numbers());
}

/// A default that is TOML, as JSON; nothing for words.
std::optional<Json> default_of(const KeyReference& key) {
  try {
    const auto table = toml::parse(fmt::format("default = {}", key.fallback));
    std::ostringstream out;
    out << toml::json_formatter(table);
    return Json::parse(out.str())["default"];
  } catch (const toml::parse_error&) {
    return std::nullopt;
  }
}

/// The schema of a table with those that stand in it.
Json table_schema(const TableReference& table, const std::vector<TableReference>& all) {
  Json schema{{"type", "object"}, {"additionalProperties", false}};
  if (!table.meaning.empty()) schema["description"] = table.meaning;
  schema["properties"] = Json::object();
  for (const auto& key : table.keys) {
    auto& property = schema["properties"][std::string(key.name)];
    property = schema_of(key);
    property["description"] = key.meaning;
    if (const auto value = default_of(key)) property["default"] = *value;
    if (key.fallback == "required") schema["required"].push_back(key.name);
  }
  const std::string prefix = table.path.empty() ? std::string() : std::string(table.path) + ".";
  for (const auto& inner : all) {
    if (inner.path.size() <= prefix.size() || !inner.path.starts_with(prefix)) continue;
    const auto name = std::string(inner.path.substr(prefix.size()));
    if (name.find('.') != std::string::npos) continue;
    const Json one = table_schema(inner, all);
    using Form = TableReference::Form;
    schema["properties"][name] = inner.form == Form::single     ? one
                                 : inner.form == Form::repeated ? list_of(one)
                                                                : Json{{"anyOf", {one, list_of(one)}}};
  }
  return schema;
}

Json value_schema() {
  const auto table = [](Json properties, std::vector<std::string> required) {
    return Json{{"type", "object"},
                {"additionalProperties", false},
                {"properties", std::move(properties)},
                {"required", std::move(required)}};
  };
  return {{"anyOf",
           {number_schema, list_of(number_schema), table({{"values", numbers()}}, {"values"}),
            table({{"distribution", {{"const", "normal"}}},
                   {"mean", number_schema},
                   {"sd", {{"type", "number"}, {"minimum", 0}}},
                   {"gain", {{"type", "number"}, {"minimum", 0}}}},
                  {"distribution"}),
            table({{"distribution", {{"const", "uniform"}}}, {"low", number_schema}, {"high", number_schema}},
                  {"distribution"}),
            table({{"file", text_schema}, {"dataset", text_schema}}, {"file", "dataset"})}}};
}

}  // namespace

std::string json_schema() {
  Json run = table_schema(*find_table(""), reference());
  run["title"] = "An input of hjnet run";
  run["required"] = Json::array({"network"});
  Json torus = table_schema(*find_table("", torus_reference()), torus_reference());
  torus["title"] = "An input of hjnet torus";
  torus["required"] = Json::array({"torus"});
  const Json all{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                 {"title", "Inputs of hjnet"},
                 {"anyOf", {Json{{"$ref", "#/$defs/run"}}, Json{{"$ref", "#/$defs/torus"}}}},
                 {"$defs",
                  {{"numbers", {{"anyOf", {number_schema, list_of({{"$ref", "#/$defs/numbers"}})}}}},
                   {"value", value_schema()},
                   {"run", run},
                   {"torus", torus}}}};
  return all.dump(2) + "\n";
}

}  // namespace hjnet
