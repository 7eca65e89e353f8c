#pragma once
// Both engines with every dense projection as factors, however small: what large networks run on.

#include "engine/choice.hpp"
#include "engine/coupled/coupled_engine.hpp"
#include "engine/waveform/waveform_engine.hpp"

namespace hjnet::test {

class FactorEngine final : public WaveformEngine {
public:
  FactorEngine(const Network& network, const ExternalInput& input, const Settings& settings)
      : WaveformEngine(network, input, settings, dense_projections(settings)) {}
};

/// Products overlapped with the exchange, as between machines.
class OverlappingEngine final : public WaveformEngine {
public:
  OverlappingEngine(const Network& network, const ExternalInput& input, const Settings& settings)
      : WaveformEngine(network, input, settings, dense_projections(settings)) {
    overlap_exchange(true);
  }
};

/// The waveform engine with everything synapse by synapse.
class SynapseEngine final : public WaveformEngine {
public:
  SynapseEngine(const Network& network, const ExternalInput& input, const Settings& settings)
      : WaveformEngine(network, input, settings, std::vector<bool>(settings.network.projections.size(), false)) {}
};

/// Needs learning without weight decay.
class CoupledFactorEngine final : public CoupledEngine {
public:
  CoupledFactorEngine(const Network& network, const ExternalInput& input, const Settings& settings)
      : CoupledEngine(network, input, settings, true) {}
};

}  // namespace hjnet::test
