#include "observe/path_kernel/path_kernel_observer.hpp"

#include "archive/collective.hpp"
#include "parallel/stop.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace hjnet {

namespace {

struct Account {
  const char* name;
  const char* description;
  std::vector<double> PathKernelResult::*values;
};

/// What each account says of the change of the outputs.
constexpr std::array<Account, 4> accounts{{
    {"chain_rule", "integral of grad y . dW/dt along the run, exact but for the quadrature",
     &PathKernelResult::chain_rule},
    {"two_time", "from the learning rule with the kernel of two times, neurons at rest", &PathKernelResult::two_time},
    {"tangent", "the same with the gradient of E at the time itself: integral of the tangent kernel times dE/dy",
     &PathKernelResult::tangent},
    {"machine", "kernel machine: path kernel times the loss derivative averaged over the run",
     &PathKernelResult::machine},
}};

/// Which of them a run makes: all, without the machine where the kernel is not that of all outputs, or the first.
std::size_t accounts_of(const KernelShape& shape) {
  if (!shape.predicts) return 1;
  return shape.outputs == shape.all_outputs ? accounts.size() : accounts.size() - 1;
}

/// Of the run, or of an ensemble's first member. Collective over its group.
void write_kernel(RunFile& file, const PathKernelResult& kernel) {
  const auto& settings = file.settings();
  auto& archive = file.archive();
  const KernelShape shape(settings);
  together(file.group(), [&] {
    if (file.group_rank() != 0) return;
    const auto write = [&](const std::string& name, const std::vector<double>& values) {
      const auto path = "/kernel/" + name;
      archive.write<double>(path, Slab::whole(archive.dims(path)), values, Access::independent);
    };
    const auto& output = settings.kernel->outputs;
    archive.write<std::int64_t>("/kernel/output", Slab::whole({output.size()}), output, Access::independent);
    write("patterns", kernel.patterns);
    write("time", kernel.time);
    write("outputs", kernel.outputs);
    write("path", kernel.path);
    write("first", kernel.first);
    write("last", kernel.last);
    write("eigenvalues", kernel.eigenvalues);
    write("path_error", {kernel.path_error});
    write("chain_rule_error", {kernel.chain_rule_error});
    write("change", kernel.change);
    if (shape.stimulus) write("loss_derivative", kernel.loss_derivative);
    if (shape.predicts) write("rate", kernel.rate);
    for (std::size_t i = 0; i < accounts_of(shape); ++i) {
      write(std::string("predicted/") + accounts[i].name, kernel.*accounts[i].values);
    }
  });
}

/// What a run has to say of its path kernel.
std::string describe_kernel(const Settings& settings, const PathKernelResult& kernel) {
  const KernelShape shape(settings);
  double largest = 0.0;
  for (const double change : kernel.change) largest = std::max(largest, std::abs(change));
  const double greatest = kernel.eigenvalues.back();
  const auto spectrum =
      greatest == 0.0 ? std::string("the kernel is zero")
                      : fmt::format("smallest eigenvalue {:.1g} of the largest", kernel.eigenvalues.front() / greatest);
  std::string text = fmt::format(
      "Path kernel: {} patterns{}, {} outputs, known to {:.1g}; {}.\nLargest change of an output at rest {:.4g}",
      shape.patterns, shape.stimulus ? " (0: the stimulus)" : "", shape.outputs, kernel.path_error, spectrum, largest);
  for (std::size_t i = 0; i < accounts_of(shape); ++i) {
    double error = 0.0;
    const auto& values = kernel.*accounts[i].values;
    for (std::size_t j = 0; j < values.size(); ++j) error = std::max(error, std::abs(values[j] - kernel.change[j]));
    text += largest > 0.0
                ? fmt::format("{} {} off by {:.2g} %", i == 0 ? ";" : ",", accounts[i].name, 100.0 * error / largest)
                : fmt::format("{} {} off by {:.2g}", i == 0 ? ";" : ",", accounts[i].name, error);
  }
  if (largest > 0.0) text += " of that";
  const auto reason = no_prediction(settings);
  if (!reason.empty()) text += fmt::format("; no prediction from the learning rule: {}", reason);
  return text + ".";
}

}  // namespace

PathKernelObserver::PathKernelObserver(const Watched& watched)
    : settings_(watched.settings),
      group_(watched.group()),
      kernel_(watched.network, watched.input, watched.settings, watched.engine.delayed_weights()) {}

void PathKernelObserver::conclude(RunFile& file, Progress& progress) {
  progress.stage("path kernel");
  heed_stop(group_);
  const auto kernel = kernel_.result();
  write_kernel(file, kernel);
  found_ = describe_kernel(settings_, kernel);
}

void PathKernelObserver::lay_out(RunFile& file) {
  const auto& settings = file.settings();
  auto& archive = file.archive();
  const KernelShape shape(settings);
  const auto& kernel = *settings.kernel;
  const Dimension node("time", shape.nodes * static_cast<std::uint64_t>(settings.epochs));
  const Dimension pattern("pattern", shape.patterns, "/kernel");
  const Dimension output("output", shape.outputs, "/kernel");
  const std::uint64_t layer = shape.patterns * kernel.inputs.values.size() / static_cast<std::size_t>(kernel.patterns);
  const std::vector<Dimension> square{{"row", shape.entries}, {"column", shape.entries}};
  const std::vector<Dimension> table{pattern, output};
  archive.create_dataset<double>("/kernel/patterns", {pattern, {"neuron", layer / shape.patterns}},
                                 "input patterns, a row each");
  archive.create_dataset<std::int64_t>("/kernel/output", {output}, "outputs of the kernel, from 0");
  archive.create_dataset<double>("/kernel/time", {node}, "times t of the nodes of the quadrature");
  archive.create_dataset<double>("/kernel/outputs", {node, pattern, output},
                                 "outputs at rest under each pattern with W(t)");
  archive.create_dataset<double>("/kernel/path", square,
                                 "path kernel; row p n + o is pattern p and output o of n, and so are columns");
  archive.create_dataset<double>("/kernel/first", square, "tangent kernel at the start of the run");
  archive.create_dataset<double>("/kernel/last", square, "tangent kernel at the end of the run");
  archive.create_dataset<double>("/kernel/eigenvalues", {square.front()}, "eigenvalues of the path kernel, ascending");
  archive.create_dataset<double>("/kernel/path_error", {},
                                 "estimated error of the path kernel, relative to its largest element");
  archive.create_dataset<double>("/kernel/chain_rule_error", {},
                                 "estimated error of the chain rule's integral, relative to the largest change");
  archive.create_dataset<double>("/kernel/change", table, "outputs at the end of the run less those at its start");
  if (shape.stimulus) {
    archive.create_dataset<double>("/kernel/loss_derivative", {node, output},
                                   "dE/dy of the outputs at rest under the run's stimulus");
  }
  if (shape.predicts) {
    archive.create_dataset<double>("/kernel/rate", {node},
                                   "what the sum over epochs makes of a gradient of 1 at all times: dW/dt");
  }
  for (std::size_t i = 0; i < accounts_of(shape); ++i) {
    archive.create_dataset<double>(std::string("/kernel/predicted/") + accounts[i].name, table,
                                   std::string("predicted change of the outputs: ") + accounts[i].description);
  }
  archive.write_attribute("/kernel", "stimulus", std::int64_t{shape.stimulus ? 1 : 0});
  archive.write_attribute("/kernel", "no_prediction", no_prediction(settings));
}

ObserverSize PathKernelObserver::size(const Settings& settings, const RunSize& run) {
  const KernelShape shape(settings);
  const auto q = static_cast<std::int64_t>(shape.entries);
  const auto p = static_cast<std::int64_t>(shape.patterns);
  const auto nodes = static_cast<std::int64_t>(shape.nodes) * settings.epochs;
  const std::int64_t results = nodes * q + 2 * nodes * static_cast<std::int64_t>(shape.outputs);
  const std::int64_t past = shape.predicts ? 2 * run.neurons * nodes : 0;
  ObserverSize out;
  // The kernel, its check, their sums of an epoch, those at both ends, that of a node and a Gram matrix; back-signals
  // twice, and in the halo; states and responses.
  out.bytes = number_bytes *
              (8 * q * q + (2 * run.neurons + run.halo) * q + (12 * run.neurons + 4 * run.halo) * p + results + past);
  const auto all_neurons = settings.network.neurons();
  out.checkpoint_bytes = number_bytes * (3 * q * q + results + (shape.predicts ? 2 * all_neurons * nodes : 0));
  out.file_bytes = number_bytes * (3 * q * q + results);
  const auto n = static_cast<double>(all_neurons);
  const auto steps = static_cast<double>(nodes);
  const auto rows = static_cast<double>(q);
  const auto width = static_cast<double>(p);
  out.operations = steps * (2.0 * run.synapses * (rows + 5.0 * width) + n * rows * rows +
                            (shape.predicts ? 4.0 * n * width * 0.5 * steps : 0.0));
  out.stage = "path kernel";
  return out;
}

}  // namespace hjnet
