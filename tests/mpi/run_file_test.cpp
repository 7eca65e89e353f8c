// The run file on any number of ranks: what is written where, and what is there before.
#include "results/run_file.hpp"

#include "../support/shared_folder.hpp"
#include "parallel/errors.hpp"
#include "results/provenance.hpp"
#include "run/info.hpp"
#include "run_file_case.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstddef>
#include <regex>

namespace hjnet {
namespace {

namespace fs = std::filesystem;
using Complex = std::complex<double>;
using test::epochs;
using test::make_layout;
using test::make_samples;
using test::make_settings;
using test::make_synapses;
using test::rows;
constexpr std::size_t nt = std::size_t{epochs} * rows;

class RunFileTest : public test::SharedFolder {};

std::vector<double> counting(double first, std::size_t count) {
  std::vector<double> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = first + static_cast<double>(i);
  return values;
}

bool all_nan(std::span<const double> values) {
  for (const auto x : values) {
    if (!std::isnan(x)) return false;
  }
  return true;
}

MeasureColumns make_measures(double base) {
  const auto column = [&](double quantity) {
    std::vector<double> values(nt);
    for (std::size_t i = 0; i < nt; ++i) values[i] = base + quantity + static_cast<double>(i) / 1000.0;
    return values;
  };
  MeasureColumns measures{{column(10), column(20), column(30), column(40), column(50), column(60), column(70)}, {}};
  measures.physical.assign(nt, 1);
  measures.physical.back() = 0;
  return measures;
}

std::vector<Complex> make_density(double base) {
  std::vector<Complex> rho(nt * 16);
  for (std::size_t i = 0; i < rho.size(); ++i) rho[i] = {base + static_cast<double>(i), -base};
  return rho;
}

TEST_F(RunFileTest, HoldsWeightsOfEveryKindOfProjection) {
  auto settings = make_settings(file("weights.h5"));
  settings.output.weights = WeightOutput::all;
  settings.learning.momentum = Boundary::initial;  // else M is zero at the ends of epochs, and not written
  const auto layout = make_layout(settings, comm_);
  {
    RunFile run(comm_, comm_, settings, layout, false);
    run.write_weights("initial", make_synapses(layout, 1000.0));
    run.write_weights("epoch_00004", make_synapses(layout, 2000.0));
    run.write_momenta("final", make_synapses(layout, 3000.0));
    run.finish();
  }
  const auto archive = Archive::open(settings.output.file);
  for (const auto& [group, base] : {std::pair{"/weights/initial", 1000.0}, std::pair{"/weights/epoch_00004", 2000.0},
                                    std::pair{"/momenta/final", 3000.0}}) {
    const std::string g(group);
    EXPECT_EQ(archive.dims(g + "/a-b"), (std::vector<std::uint64_t>{5, 3}));
    EXPECT_EQ(archive.read_all<double>(g + "/a-b"), counting(base, 15));
    EXPECT_EQ(archive.read_all<double>(g + "/b-b"), counting(base + 100, 25));
    EXPECT_EQ(archive.read_all<std::int64_t>(g + "/b-c/indptr"), (std::vector<std::int64_t>{0, 3, 5}));
    EXPECT_EQ(archive.read_all<std::int32_t>(g + "/b-c/indices"), (std::vector<std::int32_t>{0, 2, 4, 1, 3}));
    EXPECT_EQ(archive.read_all<double>(g + "/b-c/data"), counting(base + 200, 5));
    EXPECT_EQ(archive.read_all<double>(g + "/thresholds"), counting(base + 300, 10));
  }
  EXPECT_TRUE(all_nan(archive.read_all<double>("/weights/epoch_00003/b-b")));
  EXPECT_TRUE(all_nan(archive.read_all<double>("/momenta/epoch_00003/b-c/data")));
  EXPECT_FALSE(archive.contains("/momenta/initial"));
  EXPECT_FALSE(archive.contains("/weights/epoch_00000"));
  EXPECT_FALSE(archive.contains("/weights/epoch_00005"));
}

TEST_F(RunFileTest, HoldsTheSnapshotsAskedForOnly) {
  for (const auto output : {WeightOutput::none, WeightOutput::last}) {
    auto settings = make_settings(file("last.h5"));
    settings.output.weights = output;
    settings.output.states = false;
    const auto layout = make_layout(settings, comm_);
    RunFile run(comm_, comm_, settings, layout, true);
    for (const auto* which : {"initial", "epoch_00001", "final"}) run.write_weights(which, make_synapses(layout, 0.0));
    const auto write_none = [&] {
      run.write_weights("final", [](std::int64_t, std::span<double>) { throw io_error("there are none"); });
    };
    if (output == WeightOutput::none) {
      EXPECT_NO_THROW(write_none());  // not asked for, not looked at
    } else {
      EXPECT_THROW(write_none(), io_error);
    }
    run.finish();
    const auto archive = Archive::open(settings.output.file);
    EXPECT_EQ(archive.contains("/weights/initial/a-b"), output == WeightOutput::last);
    EXPECT_EQ(archive.contains("/momenta/initial/thresholds"), output == WeightOutput::last);
    EXPECT_FALSE(archive.contains("/momenta/final"));  // terminal: zero by definition
    EXPECT_FALSE(archive.contains("/weights/epoch_00001"));
    EXPECT_FALSE(archive.contains("/states"));
    MPI_Barrier(comm_);
  }
}

TEST_F(RunFileTest, IsWrittenEpochByEpoch) {
  const auto settings = make_settings(file("epochs.h5"));
  const auto layout = make_layout(settings, comm_);
  RunFile run(comm_, comm_, settings, layout, false);
  for (int epoch = 0; epoch < 3; ++epoch) {
    run.write_epoch(0, make_samples(layout, 0, epoch));
    run.complete_epoch(epoch + 1);
    MPI_Barrier(comm_);
    // A reader looks at the file while the run goes on.
    const auto archive = Archive::open(settings.output.file);
    EXPECT_EQ(archive.read_all<std::int32_t>("/progress/epochs_completed").front(), epoch + 1);
    EXPECT_EQ(archive.read_all<std::int32_t>("/progress/finished").front(), 0);
    const auto interaction = archive.read_all<double>("/series/interaction");
    const auto y = archive.read_all<double>("/states/y");
    const auto delta = archive.read_all<double>("/states/delta");
    const auto numbers = archive.read_all<std::int32_t>("/series/epoch");
    const auto done = static_cast<std::size_t>(epoch + 1) * rows;
    for (std::size_t i = 0; i < done; ++i) {
      EXPECT_EQ(interaction[i], 300.0 + static_cast<double>(i) / 1000.0);
      EXPECT_EQ(numbers[i], static_cast<std::int32_t>(i) / rows);
      for (std::size_t k = 0; k < 10; ++k) {
        EXPECT_EQ(y[i * 10 + k], 1000.0 * static_cast<double>(k) + static_cast<double>(i) / 1000.0);
        EXPECT_EQ(delta[i * 10 + k], -y[i * 10 + k]);
      }
    }
    EXPECT_TRUE(all_nan(std::span(interaction).subspan(done)));
    EXPECT_TRUE(all_nan(std::span(y).subspan(done * 10)));
    EXPECT_EQ(numbers.back(), -1);
    MPI_Barrier(comm_);
  }
  auto wrong = make_samples(layout, 0, 3);
  wrong.error.pop_back();
  wrong.error.push_back(0.0);
  wrong.error.push_back(0.0);
  EXPECT_THROW(run.write_epoch(0, wrong), io_error);  // on every rank, though only one writes
  run.write_fit({{"lj_depth", 0.5}, {"lj_r2", 0.25}});
  run.write_timing({{"integration_seconds", 1.5}});
  run.finish();
  const auto archive = Archive::open(settings.output.file);
  EXPECT_EQ(archive.read_all<std::int32_t>("/progress/finished").front(), 1);
  EXPECT_EQ(archive.attributes("/fit"), (std::map<std::string, AttributeValue>{{"lj_depth", 0.5}, {"lj_r2", 0.25}}));
  EXPECT_EQ(archive.attributes("/timing"), (std::map<std::string, AttributeValue>{{"integration_seconds", 1.5}}));
}

TEST_F(RunFileTest, SaysWhereItComesFrom) {
  const auto settings = make_settings(file("provenance.h5"));
  RunFile(comm_, comm_, settings, make_layout(settings, comm_), false).finish();
  const auto attributes = Archive::open(settings.output.file).attributes("/");
  const auto text = [&](const char* name) { return std::get<std::string>(attributes.at(name)); };
  EXPECT_EQ(text("format"), "hjnet-run");
  EXPECT_EQ(attributes.at("format_version"), AttributeValue(std::int64_t{1}));
  EXPECT_EQ(attributes.at("ranks"), AttributeValue(std::int64_t{size_}));
  EXPECT_EQ(text("code_version"), code_version());
  EXPECT_TRUE(std::regex_match(text("git_commit"), std::regex("unknown|[0-9a-f]{40}(-dirty)?"))) << text("git_commit");
  EXPECT_TRUE(std::regex_match(text("created"), std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)"))) << text("created");
  EXPECT_TRUE(std::regex_match(text("run_id"),
                               std::regex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")));
  EXPECT_EQ(text("parent_run_id"), "");
  EXPECT_EQ(text("input"), settings.resolved);
  for (const auto* library : {"petsc_version", "sundials_version", "hdf5_version"}) {
    EXPECT_TRUE(std::regex_match(text(library), std::regex(R"(\d+\.\d+\.\d+.*)"))) << text(library);
  }
  EXPECT_FALSE(text("mpi_version").empty());
  for (const auto& dataset : Archive::open(settings.output.file).datasets()) {
    EXPECT_FALSE(dataset.description.empty()) << dataset.path;
    EXPECT_EQ(dataset.units, "1") << dataset.path;
  }
}

TEST_F(RunFileTest, HoldsModesWrittenByTheRanksThatHaveThem) {
  auto settings = make_settings(file("modes.h5"));
  settings.particles.emplace();
  settings.boltzmann.k0 = {1.0, 2.0, 3.0, 4.0, 5.0};
  settings.boltzmann.weights = {0.1, 0.2, 0.3, 0.2, 0.2};
  const auto layout = make_layout(settings, comm_);
  {
    RunFile run(comm_, comm_, settings, layout, false);
    for (int epoch = 0; epoch < epochs; ++epoch) run.write_epoch(0, make_samples(layout, 0, epoch));
    for (int mode = rank_; mode < 4; mode += size_) {  // the fifth is left out
      run.write_modes(0, {0, static_cast<std::uint64_t>(mode)}, {nt, 1}, make_density(1000.0 * mode),
                      make_measures(1000.0 * mode));
    }
    if (rank_ == size_ - 1) run.write_mean_density(0, make_density(0.5), make_measures(0.5));
    run.finish();
  }
  const auto archive = Archive::open(settings.output.file);
  EXPECT_EQ(archive.read_all<double>("/density/k0"), settings.boltzmann.k0);
  EXPECT_EQ(archive.read_all<double>("/density/weight"), settings.boltzmann.weights);
  EXPECT_EQ(archive.dims("/density/rho"), (std::vector<std::uint64_t>{nt, 5, 4, 4}));
  EXPECT_EQ(archive.dims("/entanglement/chsh"), (std::vector<std::uint64_t>{nt, 5}));
  const auto rho = archive.read_all<Complex>("/density/rho");
  const auto entropy = archive.read_all<double>("/entanglement/entropy");
  const auto physical = archive.read_all<std::int32_t>("/entanglement/physical");
  for (std::size_t i = 0; i < nt; ++i) {
    for (std::size_t mode = 0; mode < 4; ++mode) {
      const auto base = 1000.0 * static_cast<double>(mode);
      for (std::size_t e = 0; e < 16; ++e) {
        EXPECT_EQ(rho[(i * 5 + mode) * 16 + e], Complex(base + static_cast<double>(i * 16 + e), -base));
      }
      EXPECT_EQ(entropy[i * 5 + mode], base + 50.0 + static_cast<double>(i) / 1000.0);
      EXPECT_EQ(physical[i * 5 + mode], i + 1 < nt ? 1 : 0);
    }
    EXPECT_TRUE(std::isnan(entropy[i * 5 + 4]));
    EXPECT_EQ(physical[i * 5 + 4], -1);
  }
  EXPECT_EQ(archive.read_all<Complex>("/density/mean"), make_density(0.5));
  EXPECT_EQ(archive.read_all<double>("/entanglement/mean/min_eigenvalue"),
            make_measures(0.5).of(&Measures::min_eigenvalue));
  EXPECT_EQ(archive.read_all<double>("/series/pauli")[16 + 3], 3000.0 + 0.001);
}

TEST_F(RunFileTest, HoldsAnEnsembleWhoseGroupsWriteOnTheirOwn) {
  auto settings = make_settings(file("ensemble.h5"));
  settings.particles.emplace();
  settings.ensemble.emplace();
  settings.ensemble->members = 5;
  settings.ensemble->first = 7;
  settings.output.weights = WeightOutput::last;
  const int groups = size_ > 1 ? 2 : 1;
  const int mine = rank_ * groups / size_;
  MPI_Comm group = MPI_COMM_NULL;
  MPI_Comm_split(comm_, mine, rank_, &group);
  int group_rank = 0;
  MPI_Comm_rank(group, &group_rank);
  const auto layout = make_layout(settings, group);
  EnsembleStatistics statistics;
  for (int epoch = 0; epoch < epochs; ++epoch) {
    const auto part = make_samples(layout, 9, epoch);
    for (const auto series :
         {&SampleSeries::time, &SampleSeries::coupling, &SampleSeries::error, &SampleSeries::interaction,
          &SampleSeries::kinetic, &SampleSeries::hamiltonian, &SampleSeries::action, &SampleSeries::pauli}) {
      auto& whole = statistics.mean.*series;
      whole.insert(whole.end(), (part.*series).begin(), (part.*series).end());
    }
  }
  statistics.interaction_deviation = counting(1.0, nt);
  statistics.action_deviation = counting(2.0, nt);
  statistics.concurrence_mean = counting(3.0, nt);
  statistics.concurrence_deviation = counting(4.0, nt);
  statistics.physical_fraction = counting(5.0, nt);
  statistics.density = make_density(6.0);
  statistics.state = make_measures(8.0);
  statistics.state_error = make_measures(9.0);
  {
    RunFile run(comm_, group, settings, layout, false);
    if (mine == 0) run.write_weights("initial", make_synapses(layout, 0.0));
    for (int member = 7 + mine; member < 12; member += groups) {  // groups have different numbers of members
      for (int epoch = 0; epoch < epochs; ++epoch) run.write_epoch(member, make_samples(layout, member, epoch));
      if (group_rank != 0) continue;
      run.write_modes(member, {0, 0}, {nt, 1}, make_density(member), make_measures(member));
      run.write_mean_density(member, make_density(member), make_measures(member));
    }
    run.write_ensemble_statistics(statistics);
    run.finish();
  }
  MPI_Comm_free(&group);
  const auto archive = Archive::open(settings.output.file);
  const auto action = archive.read_all<double>("/ensemble/member/action");
  const auto concurrence = archive.read_all<double>("/ensemble/member/concurrence");
  const auto density = archive.read_all<Complex>("/ensemble/member/density");
  for (std::size_t m = 0; m < 5; ++m) {
    for (std::size_t i = 0; i < nt; ++i) {
      const auto member = 7.0 + static_cast<double>(m);
      EXPECT_EQ(action[m * nt + i], 600.0 + member + static_cast<double>(i) / 1000.0);
      EXPECT_EQ(concurrence[m * nt + i], member + 10.0 + static_cast<double>(i) / 1000.0);
      EXPECT_EQ(density[(m * nt + i) * 16], Complex(member + static_cast<double>(i * 16), -member));
    }
  }
  EXPECT_EQ(archive.read_all<std::int32_t>("/progress/member_epochs"), std::vector<std::int32_t>(5, epochs));
  EXPECT_EQ(archive.read_all<std::int32_t>("/ensemble/member/physical")[nt - 1], 0);
  EXPECT_EQ(archive.read_all<Complex>("/density/mean"), make_density(7.0));
  EXPECT_EQ(archive.read_all<double>("/entanglement/mean/purity"), make_measures(7.0).of(&Measures::purity));
  EXPECT_EQ(archive.read_all<Complex>("/density/rho"), make_density(7.0));
  EXPECT_EQ(archive.read_all<double>("/states/y")[9], 9000.0 + 7.0);
  EXPECT_EQ(archive.read_all<double>("/weights/initial/b-b"), counting(100.0, 25));
  EXPECT_EQ(archive.read_all<std::int32_t>("/weights/initial/b-c/indices"), (std::vector<std::int32_t>{0, 2, 4, 1, 3}));
  EXPECT_EQ(archive.read_all<double>("/series/hamiltonian"), statistics.mean.hamiltonian);
  EXPECT_EQ(archive.read_all<double>("/ensemble/mean/interaction"), statistics.mean.interaction);
  EXPECT_EQ(archive.read_all<double>("/ensemble/deviation/action"), statistics.action_deviation);
  EXPECT_EQ(archive.read_all<double>("/ensemble/mean/concurrence"), statistics.concurrence_mean);
  EXPECT_EQ(archive.read_all<Complex>("/ensemble/mean/density"), statistics.density);
  EXPECT_EQ(archive.read_all<double>("/ensemble/state/entropy"), statistics.state.of(&Measures::entropy));
  EXPECT_EQ(archive.read_all<double>("/ensemble/state_error/chsh"), statistics.state_error.of(&Measures::chsh));
}

TEST_F(RunFileTest, IsTheSameBitForBitWhenRepeated) {
  std::vector<std::vector<std::uint64_t>> bits[2];
  for (int repeat = 0; repeat < 2; ++repeat) {
    auto settings = make_settings(file("repeat.h5"));
    settings.output.weights = WeightOutput::last;
    const auto layout = make_layout(settings, comm_);
    RunFile run(comm_, comm_, settings, layout, repeat > 0);
    run.write_weights("initial", make_synapses(layout, 0.1));
    run.write_epoch(0, make_samples(layout, 0, 1));
    run.finish();
    const auto archive = Archive::open(settings.output.file);
    for (const auto& dataset : archive.datasets()) {
      auto& all = bits[repeat].emplace_back();
      for (const auto x : archive.read_all<double>(dataset.path)) all.push_back(std::bit_cast<std::uint64_t>(x));
    }
    MPI_Barrier(comm_);
  }
  EXPECT_GT(bits[0].size(), 20U);
  EXPECT_EQ(bits[0], bits[1]);
}

TEST_F(RunFileTest, IsNotReplacedUnasked) {
  const auto settings = make_settings(file("once.h5"));
  const auto layout = make_layout(settings, comm_);
  RunFile(comm_, comm_, settings, layout, false).finish();
  EXPECT_THROW(RunFile(comm_, comm_, settings, layout, false), config_error);
  EXPECT_NO_THROW(RunFile(comm_, comm_, settings, layout, true).finish());
}

TEST_F(RunFileTest, IsDescribedInWords) {
  auto settings = make_settings(file("info.h5"));
  settings.particles.emplace();
  const auto layout = make_layout(settings, comm_);
  {
    RunFile run(comm_, comm_, settings, layout, false);
    for (int epoch = 0; epoch < 3; ++epoch) run.write_epoch(0, make_samples(layout, 0, epoch));
    if (rank_ == 0) run.write_mean_density(0, make_density(0.5), make_measures(0.0));
    run.complete_epoch(3);
    run.write_fit({{"lj_depth", 0.5}});
  }
  const auto text = describe_file(settings.output.file);
  for (const auto* part : {"hjnet-run, version 1", "3 of 4 epochs, not finished",
                           "H_int from 300 at t = 0, smallest 300 at t = 0, last 300 at t = 3",
                           "1 of 16 samples are not physical", "lj_depth = 0.5", "16 x 1 x 4 x 4", "complex128"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " is not in\n" << text;
  }
  {
    auto archive = Archive::create(comm_, file("torus.h5"), false);
    archive.write_attribute("/", "format", std::string("hjnet-torus"));
    archive.create_dataset<double>("/torus/action", {3, 2}, "J");
    archive.create_dataset<std::int32_t>("/torus/status", {3}, "how each search ended");
    archive.close();
    auto other = Archive::create(comm_, file("other.h5"), false);
    other.close();
  }
  EXPECT_NE(describe_file(file("torus.h5")).find("3 of 2 dimensions"), std::string::npos);
  EXPECT_THROW(describe_file(file("other.h5")), io_error);
  EXPECT_THROW(describe_file(file("none.h5")), io_error);
}

}  // namespace
}  // namespace hjnet
