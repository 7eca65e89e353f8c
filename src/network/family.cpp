#include "network/family.hpp"

namespace hjnet {

std::vector<double> family_values(const std::vector<FamilyParameter>& family, std::int64_t member) {
  std::vector<double> values(family.size());
  for (std::size_t p = family.size(); p-- > 0;) {
    const auto& parameter = family[p];
    const auto step = static_cast<double>(member % parameter.count) / (parameter.count - 1);
    values[p] = parameter.low + (parameter.high - parameter.low) * step;
    member /= parameter.count;
  }
  return values;
}

void add_family(const Settings& settings, std::int64_t member, FamilyParameter::Quantity quantity,
                const NetworkLayout& layout, std::span<double> neurons) {
  if (!settings.ensemble || settings.ensemble->family.empty()) return;
  const auto& family = settings.ensemble->family;
  const auto values = family_values(family, member);
  for (std::size_t p = 0; p < family.size(); ++p) {
    if (family[p].quantity != quantity) continue;
    if (const auto place = local_neuron(layout, family[p].neuron)) neurons[*place] += values[p];
  }
}

}  // namespace hjnet
