// [evaluate] back to TOML.
#include "config/resolved.hpp"

namespace hjnet {

void write_evaluate(TomlWriter& out, const EvaluateSettings& evaluate, const NetworkSettings& network) {
  out.table("evaluate");
  out.put_text("layer", network.layers[static_cast<std::size_t>(evaluate.layer)].name);
  out.put_integer("every", evaluate.every);
  if (evaluate.choose) out.put_text("choose", evaluate.sets[static_cast<std::size_t>(*evaluate.choose)].name);
  for (const auto& set : evaluate.sets) {
    out.element("evaluate.set");
    out.put_text("name", set.name);
    out.put_text("file", set.source.file.string());
    out.put_text("inputs", set.source.inputs);
    out.put_text("targets", set.source.targets);
  }
}

}  // namespace hjnet
