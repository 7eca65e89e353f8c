#include "history/multiplier_path.hpp"

#include "history/mesh_archive.hpp"
#include "parallel/errors.hpp"

#include <algorithm>

namespace hjnet {

MultiplierPath::MultiplierPath(const Settings& settings, const ConstraintAnalysis& analysis, std::uint32_t member)
    : epoch_length_(settings.epoch_length), solved_(analysis.second_class_count() > 0), start_(analysis.count(), 0.0) {
  for (std::size_t a = 0; a < analysis.count(); ++a) functions_.emplace_back(settings, a, member);
}

std::vector<double> MultiplierPath::given(double time) const {
  std::vector<double> out;
  for (const auto& function : functions_) out.push_back(function.value(time));
  return out;
}

void MultiplierPath::prescribe(EpochRecord& record) const {
  record.gauge.multipliers = NodeData(record.mesh, count());
  for (std::size_t node = 0; node < record.mesh.nodes(); ++node) {
    const auto values = given(record.start_time + record.mesh.phases()[node]);
    std::copy(values.begin(), values.end(), record.gauge.multipliers.at(node));
  }
}

std::vector<double> MultiplierPath::value(const EpochRecord& record, double phase, const MeshPoint& point) const {
  if (!solved_) return given(record.start_time + phase);
  std::vector<double> out(count());
  record.gauge.multipliers.evaluate(record.mesh, point, out.data());
  return out;
}

NodeData MultiplierPath::integrated(const Mesh& mesh, const NodeData& values, const std::vector<double>& start) const {
  NodeData out(mesh, count());
  std::vector<double> one(mesh.nodes());
  for (std::size_t a = 0; a < count(); ++a) {
    for (std::size_t node = 0; node < one.size(); ++node) one[node] = values.at(node)[a];
    const auto integral = mesh.integrate(one);
    for (std::size_t node = 0; node < one.size(); ++node) out.at(node)[a] = start[a] + integral[node];
  }
  return out;
}

NodeData MultiplierPath::integrals(const EpochRecord& record) const {
  if (solved_) return integrated(record.mesh, record.gauge.multipliers, end());
  NodeData out(record.mesh, count());
  for (std::size_t node = 0; node < record.mesh.nodes(); ++node) {
    const double time = record.start_time + record.mesh.phases()[node];
    for (std::size_t a = 0; a < count(); ++a) out.at(node)[a] = functions_[a].integral(time);
  }
  return out;
}

std::vector<double> MultiplierPath::delayed_value(double phase) const {
  std::vector<double> out(count(), 0.0);
  if (epochs_ == 0) return out;
  if (!solved_) return given((epochs_ - 1) * epoch_length_ + phase);
  values_.evaluate(mesh_, mesh_.locate(phase, false), out.data());
  return out;
}

std::vector<double> MultiplierPath::delayed_integral(double phase) const {
  std::vector<double> out(count(), 0.0);
  if (epochs_ == 0) return out;
  if (solved_) {
    integrals_.evaluate(mesh_, mesh_.locate(phase, false), out.data());
    return out;
  }
  for (std::size_t a = 0; a < count(); ++a) out[a] = functions_[a].integral((epochs_ - 1) * epoch_length_ + phase);
  return out;
}

std::vector<double> MultiplierPath::end() const {
  return delayed_integral(epoch_length_);
}

void MultiplierPath::take(const EpochRecord& record) {
  if (solved_) {
    start_ = end();
    mesh_ = record.mesh;
    values_ = record.gauge.multipliers;
    integrals_ = integrated(mesh_, values_, start_);
  }
  ++epochs_;
}

void MultiplierPath::save(VectorArchive& out, const std::string& group) const {
  if (!solved_ || epochs_ == 0) return;
  out.create_group(group);
  write_mesh(out, group + "/mesh", mesh_);
  out.write_numbers(group + "/multipliers", values_.values(), "multipliers at the nodes of the epoch before");
  out.write_numbers(group + "/start", start_, "their integrals from 0 to that epoch's start");
}

void MultiplierPath::load(const VectorArchive& in, const std::string& group, int epochs) {
  epochs_ = epochs;
  if (!solved_ || epochs_ == 0) return;
  mesh_ = read_mesh(in, group + "/mesh");
  values_ = NodeData(mesh_, count());
  const auto values = in.read_numbers(group + "/multipliers");
  start_ = in.read_numbers(group + "/start");
  if (values.size() != values_.values().size() || start_.size() != count()) {
    throw io_error("the checkpoint's multipliers do not fit the constraints");
  }
  values_.values() = values;
  integrals_ = integrated(mesh_, values_, start_);
}

}  // namespace hjnet
