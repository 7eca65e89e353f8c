#pragma once
// The waveform engine with every dense projection as factors, however small: what large networks run on.

#include "engine/waveform/waveform_engine.hpp"

namespace hjnet::test {

class FactorEngine final : public WaveformEngine {
public:
  FactorEngine(const Network& network, const ExternalInput& input, const Settings& settings)
      : WaveformEngine(network, input, settings, dense(network)) {}

private:
  static std::vector<bool> dense(const Network& network) {
    std::vector<bool> out;
    for (const auto& projection : network.projections()) out.push_back(projection.dense);
    return out;
  }
};

}  // namespace hjnet::test
