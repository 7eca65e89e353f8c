#include "torus/orbit.hpp"

#include "parallel/counts.hpp"
#include "parallel/errors.hpp"
#include "parallel/stop.hpp"
#include "parallel/sundials.hpp"

#include <fmt/format.h>
#include <nvector/nvector_serial.h>
#include <sunnonlinsol/sunnonlinsol_fixedpoint.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace hjnet {

namespace {

/// Steps between two times of output; more of them mean steps that shrink against a singularity.
constexpr long most_steps = 200000;

/// The library's objects, freed in the order that it asks for.
struct CvodeObjects {
  SUNContext context = make_sundials_context(MPI_COMM_NULL);
  N_Vector state = nullptr, tolerance = nullptr;
  void* memory = nullptr;
  SUNNonlinearSolver iteration = nullptr;

  explicit CvodeObjects(std::size_t size) {
    state = N_VNew_Serial(static_cast<sunindextype>(size), context);
    tolerance = N_VNew_Serial(static_cast<sunindextype>(size), context);
    memory = CVodeCreate(CV_ADAMS, context);
    iteration = SUNNonlinSol_FixedPoint(state, 0, context);
  }
  CvodeObjects(const CvodeObjects&) = delete;
  CvodeObjects& operator=(const CvodeObjects&) = delete;
  ~CvodeObjects() {
    CVodeFree(&memory);
    SUNNonlinSolFree(iteration);
    N_VDestroy(tolerance);
    N_VDestroy(state);
    SUNContext_Free(&context);
  }
};

/// CVODE with a state of n deviations of the angles from a uniform rotation, and n actions.
class OrbitIntegrator {
public:
  OrbitIntegrator(const TorusHamiltonian& hamiltonian, const OrbitRequest& request)
      : hamiltonian_(hamiltonian),
        n_(as_size(hamiltonian.dimensions())),
        start_(request.angle),
        rate_(request.reference_frequency),
        cvode_(2 * n_) {
    if (rate_.empty()) {
      const auto omega = hamiltonian.unperturbed_frequency(request.action);
      rate_.assign(omega.begin(), omega.begin() + hamiltonian.dimensions());
    }
    angle_.resize(n_);
    double* x = N_VGetArrayPointer(cvode_.state);
    double scale = 0.0;
    for (std::size_t i = 0; i < n_; ++i) {
      x[i] = 0.0;
      x[n_ + i] = request.action[i];
      scale = std::max(scale, std::abs(request.action[i]));
    }
    double* tolerance = N_VGetArrayPointer(cvode_.tolerance);
    for (std::size_t i = 0; i < n_; ++i) {
      tolerance[i] = request.relative_tolerance;
      tolerance[n_ + i] = request.relative_tolerance * (scale > 0.0 ? scale : 1.0);
    }
    initialise(request.relative_tolerance);
  }

  /// Goes on to `time`, and notes up to `passages` of the section phi_n = 0 in all.
  void advance(double time, int passages, Orbit& orbit) {
    if (time <= time_) return;
    if (passages > 0 && !looking_) {
      check_sundials(CVodeRootInit(cvode_.memory, 1, section), "CVodeRootInit");
      looking_ = true;
    }
    int flag = CV_ROOT_RETURN;
    while (flag == CV_ROOT_RETURN) {
      heed_stop();
      flag = CVode(cvode_.memory, time, cvode_.state, &time_, CV_NORMAL);
      if (flag < 0) {
        throw numerical_error(fmt::format("the orbit cannot be followed after t = {:.6g} ({})", time_, message_));
      }
      if (flag != CV_ROOT_RETURN) continue;
      append(orbit.section_angle, orbit.section_action);
      if (orbit.section_angle.size() < as_size(passages) * n_) continue;
      check_sundials(CVodeRootInit(cvode_.memory, 0, nullptr), "CVodeRootInit");
    }
  }

  void append(std::vector<double>& angle, std::vector<double>& action) {
    const double* x = N_VGetArrayPointer(cvode_.state);
    lift(time_, x);
    angle.insert(angle.end(), angle_.begin(), angle_.end());
    action.insert(action.end(), x + n_, x + 2 * n_);
  }

  [[nodiscard]] double energy() {
    const double* x = N_VGetArrayPointer(cvode_.state);
    lift(time_, x);
    return hamiltonian_.first_derivatives(angle_, {x + n_, n_}).value;
  }

  [[nodiscard]] std::int64_t steps() const {
    long steps = 0;
    CVodeGetNumSteps(cvode_.memory, &steps);
    return steps;
  }

private:
  void initialise(double relative_tolerance) {
    auto* memory = cvode_.memory;
    check_sundials(CVodeInit(memory, right_hand_side, 0.0, cvode_.state), "CVodeInit");
    keep_cvode_messages(cvode_.context, memory, message_);
    check_sundials(CVodeSetUserData(memory, this), "CVodeSetUserData");
    // Absolute while the state is small; where the reference rotation is off, round-off grows with the angle.
    check_sundials(CVodeSVtolerances(memory, relative_tolerance, cvode_.tolerance), "CVodeSVtolerances");
    check_sundials(CVodeSetNonlinearSolver(memory, cvode_.iteration), "CVodeSetNonlinearSolver");
    check_sundials(CVodeSetNonlinConvCoef(memory, 0.01), "CVodeSetNonlinConvCoef");
    check_sundials(CVodeSetMaxNumSteps(memory, most_steps), "CVodeSetMaxNumSteps");
    check_sundials(CVodeSetMaxHnilWarns(memory, -1), "CVodeSetMaxHnilWarns");
  }

  void lift(double t, const double* x) {
    for (std::size_t i = 0; i < n_; ++i) angle_[i] = start_[i] + rate_[i] * t + x[i];
  }

  static int right_hand_side(sunrealtype t, N_Vector state, N_Vector slope, void* user) {
    auto& self = *static_cast<OrbitIntegrator*>(user);
    const double* x = N_VGetArrayPointer(state);
    double* dx = N_VGetArrayPointer(slope);
    const std::size_t n = self.n_;
    self.lift(t, x);
    const auto h = self.hamiltonian_.first_derivatives(self.angle_, {x + n, n});
    bool finite = true;
    for (std::size_t i = 0; i < n; ++i) {
      dx[i] = h.by_action[i] - self.rate_[i];
      dx[n + i] = -h.by_angle[i];
      finite = finite && std::isfinite(dx[i]) && std::isfinite(dx[n + i]);
    }
    return finite ? 0 : 1;
  }

  /// Changes its sign wherever phi_n passes a multiple of 2 pi.
  static int section(sunrealtype t, N_Vector state, sunrealtype* value, void* user) {
    const auto& self = *static_cast<OrbitIntegrator*>(user);
    const std::size_t last = self.n_ - 1;
    *value = std::sin(0.5 * (self.start_[last] + self.rate_[last] * t + N_VGetArrayPointer(state)[last]));
    return 0;
  }

  const TorusHamiltonian& hamiltonian_;
  std::size_t n_;
  std::vector<double> start_, rate_, angle_;
  double time_ = 0.0;
  bool looking_ = false;  ///< for passages through the section
  std::string message_;
  CvodeObjects cvode_;
};

/// The weighted mean of the increments of angle i over the samples [first, last].
double mean_rate(std::span<const double> angle, std::size_t n, std::size_t i, std::size_t first, std::size_t last,
                 double step) {
  const auto increments = static_cast<double>(last - first);
  double sum = 0.0;
  double weights = 0.0;
  for (std::size_t k = first; k < last; ++k) {
    const double s = (static_cast<double>(k - first) + 0.5) / increments;
    const double weight = std::exp(-1.0 / (s * (1.0 - s)));
    sum += weight * (angle[(k + 1) * n + i] - angle[k * n + i]);
    weights += weight;
  }
  return sum / (weights * step);
}

}  // namespace

Orbit integrate_orbit(const TorusHamiltonian& hamiltonian, const OrbitRequest& request) {
  OrbitIntegrator integrator(hamiltonian, request);
  Orbit orbit;
  const double energy = integrator.energy();
  for (const double time : request.times) {
    integrator.advance(time, request.section_points, orbit);
    integrator.append(orbit.angle, orbit.action);
    orbit.energy_drift = std::max(orbit.energy_drift, std::abs(integrator.energy() - energy));
  }
  orbit.steps = integrator.steps();
  return orbit;
}

RotationFrequency rotation_frequency(std::span<const double> angle, int dimensions, double step) {
  const auto n = as_size(dimensions);
  const std::size_t samples = angle.size() / n;
  if (samples < 16) throw numerical_error(fmt::format("{} samples are too few for a frequency", samples));
  const std::size_t middle = (samples - 1) / 2;
  RotationFrequency found;
  for (std::size_t i = 0; i < n; ++i) {
    found.value.push_back(mean_rate(angle, n, i, 0, samples - 1, step));
    found.spread.push_back(
        std::abs(mean_rate(angle, n, i, 0, middle, step) - mean_rate(angle, n, i, middle, samples - 1, step)));
  }
  return found;
}

}  // namespace hjnet
