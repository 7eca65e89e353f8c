// [[ensemble.family]]: parameters by which members differ.
#include "config/document/toml_text.hpp"
#include "config/tables/read_common.hpp"
#include "config/tables/tables.hpp"
#include "config/visitors.hpp"

#include <fmt/format.h>

namespace hjnet {

void neuron_key(Fields& fields, FamilyParameter& parameter, const NetworkSettings& network) {
  fields.key(
      {"neuron", "a neuron, from 0", "required", "of this neuron; index over the whole network"},
      [&](const Reader& table) {
        table.require("neuron");
        parameter.neuron = table.integer("neuron", 0, 0);
        expect_neuron(table.place("neuron"), parameter.neuron, network);
      },
      [&] { return fmt::format("{}", parameter.neuron); });
}

void high_key(Fields& fields, FamilyParameter& parameter) {
  fields.key(
      {"high", "a number > low", "required", "of the last member"},
      [&](const Reader& table) {
        table.require("high");
        parameter.high = table.number("high", parameter.high);
        if (parameter.high <= parameter.low) table.wrong("high", fmt::format("a number > low = {}", parameter.low));
      },
      [&] { return toml_text(parameter.high); });
}

TableReference family_table() {
  FieldReference fields(
      "ensemble.family",
      "A parameter of a family: one network throughout, to which each member adds its own number. With two parameters "
      "the members are their product, the first slowest. Not beside `vary`.",
      TableReference::Form::either);
  FamilyParameter standard;
  declare(fields, standard, {});
  return fields.take();
}

void write_family(TomlWriter& out, const EnsembleSettings& ensemble) {
  for (const auto& parameter : ensemble.family) {
    out.element("ensemble.family");
    write_fields(out, parameter, NetworkSettings{});
  }
}

void read_family(const Reader& table, const Settings& settings, EnsembleSettings& ensemble) {
  if (!table.has("family")) return;
  const auto parameters = table.tables("family");
  if (parameters.empty() || parameters.size() > 2) table.wrong("family", "one or two parameters");
  std::int64_t product = 1;
  for (const auto& parameter : parameters) {
    auto& added = ensemble.family.emplace_back();
    read_fields(parameter, added, settings.network);
    product *= added.count;
    const auto& first = ensemble.family.front();
    if (&added != &first && added.quantity == first.quantity && added.neuron == first.neuron) {
      parameter.place("neuron").fail("the two parameters are the same: expected another neuron or another `vary`");
    }
  }
  if (product >= most_counted) {
    parameters.front().place("count").expected(fmt::format("fewer than {} members in all", most_counted),
                                               fmt::format("{}", product));
  }
  if (table.has("vary")) {
    table.place("vary").fail("cannot stand beside ensemble.family, whose members differ in its parameters alone");
  }
  if (table.has("members") && ensemble.members != product) {
    table.wrong("members", fmt::format("{}, the product of the family's counts (it may be left out)", product));
  }
  if (ensemble.first != 0) table.wrong("first", "0 beside ensemble.family, which is run as a whole");
  ensemble.members = static_cast<int>(product);
  ensemble.vary = {};
}

}  // namespace hjnet
