#include "config/read_tables.hpp"

namespace hjnet {

void read_output(const Reader& input, Settings& settings) {
  read_ensemble(input, settings);
  read_wavefunction(input, settings);
  read_solver(input, settings);
  read_run_file(input, settings);
}

}  // namespace hjnet
