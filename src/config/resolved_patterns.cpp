// [stimulus.patterns] back to TOML.
#include "config/names.hpp"
#include "config/resolved.hpp"

namespace hjnet {

void write_patterns(TomlWriter& out, const PatternSettings& patterns, const NetworkSettings& network) {
  out.table("stimulus.patterns");
  out.put_text("file", patterns.source.file.string());
  out.put_text("inputs", patterns.source.inputs);
  if (!patterns.source.targets.empty()) out.put_text("targets", patterns.source.targets);
  out.put_text("layer", network.layers[static_cast<std::size_t>(patterns.layer)].name);
  out.put_integer("per_epoch", patterns.per_epoch);
  out.put_text("order", name_of(order_names, patterns.shuffle));
  out.put("onset", patterns.onset);
}

}  // namespace hjnet
