// Reads the command line, calls the verb, and maps errors to exit statuses.
#include "config/document/suggest.hpp"
#include "config/document/walltime.hpp"
#include "parallel/agree.hpp"
#include "parallel/print.hpp"
#include "verbs.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <mpi.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <functional>
#include <sstream>

namespace {

using hjnet::Arguments;
using hjnet::ExitStatus;

bool is_first_rank() {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  return rank == 0;
}

/// The command line's grammar. A verb that is parsed leaves its function in `verb`.
class CommandLine {
public:
  CommandLine() {
    app_.set_version_flag(
        "--version", [] { return hjnet::version_text(); }, "Versions of hjnet and its libraries");
    app_.footer(
        "Examples:\n"
        "  $ hjnet init first && hjnet check first.toml\n"
        "  $ mpiexec -n 4 hjnet run first.toml --max-walltime 01:00:00\n"
        "  $ hjnet run first.toml --restart auto --set run.epochs=24\n"
        "  $ mpiexec -n 4 hjnet scan first.toml boltzmann.charge=0.5,1,2 run.seed=1,2,3\n\n"
        "Exit statuses: 0 complete, 1 failed, 2 wrong input or command line, 75 stopped early with a checkpoint.\n"
        "Options of PETSc go after --, such as: hjnet run INPUT -- -log_view");
    add_run();
    add_check();
    add_scan();
    add_torus();
    add_quantum();
    auto* info = app_.add_subcommand("info", "Say what a file of hjnet's holds");
    info->add_option("FILE", arguments_.file, "A file that hjnet wrote")->required();
    info->add_flag("--json", arguments_.json, "Say it as JSON");
    info->callback([this] { verb_ = [this] { return info_verb(arguments_); }; });
    auto* diff = app_.add_subcommand("diff", "Say in what two run files differ; exit status 1 where they do");
    diff->add_option("A", arguments_.file, "A run file")->required();
    diff->add_option("B", arguments_.other, "Another one")->required();
    diff->callback([this] { verb_ = [this] { return diff_verb(arguments_); }; });
    add_weights();
    auto* init = app_.add_subcommand("init", "Write a commented input to start from, NAME.toml");
    init->add_option("NAME", arguments_.file, "Of the input; that of a shipped one brings that one")->required();
    init->add_option("--from", arguments_.from, "A shipped input, in place of entangle (hjnet examples lists them)");
    init->callback([this] { verb_ = [this] { return init_verb(arguments_); }; });
    auto* examples = app_.add_subcommand("examples", "List the shipped inputs");
    examples->callback([this] { verb_ = [] { return hjnet::examples_verb(); }; });
    auto* schema = app_.add_subcommand("schema", "Print the JSON Schema of the input file, for editors");
    schema->callback([this] { verb_ = [] { return hjnet::schema_verb(); }; });
    app_.add_subcommand("help", "Say how hjnet, or one of these verbs, is used");
    auto* reference = app_.add_subcommand("reference", "Print the reference of the input file")->group("");
    reference->callback([this] { verb_ = [] { return hjnet::reference_verb(); }; });
  }

  ExitStatus run(int argc, char** argv) {
    const std::string first = argc > 1 ? argv[1] : "";
    if (first == "help") return help(argc > 2 ? argv[2] : "");
    if (first.empty()) throw hjnet::config_error("hjnet: expected a verb, got nothing\n\n" + trimmed(app_.help()));
    check_verb_name(first);
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      std::ostringstream out;
      std::ostringstream complaint;
      if (app_.exit(error, out, complaint) != 0) throw hjnet::config_error("hjnet: " + trimmed(complaint.str()));
      hjnet::print_once(out.str());
      return ExitStatus::complete;
    }
    if (!verb_) throw hjnet::config_error("hjnet: expected a verb after the options");
    return verb_();
  }

private:
  /// hjnet help, hjnet help VERB: what --help prints.
  ExitStatus help(const std::string& verb) {
    if (!verb.empty()) check_verb_name(verb);
    hjnet::print_once(verb.empty() || verb.starts_with('-') ? app_.help() : app_.get_subcommand(verb)->help());
    return ExitStatus::complete;
  }

  /// CLI11 would only say that a subcommand is missing.
  void check_verb_name(const std::string& given) {
    if (given.starts_with('-')) return;
    std::vector<std::string> verbs;
    for (const auto* verb : app_.get_subcommands([](const auto*) { return true; })) {
      if (verb->get_name() == given) return;
      if (!verb->get_group().empty()) verbs.push_back(verb->get_name());
    }
    throw hjnet::config_error(fmt::format("hjnet: expected one of {}, got '{}'{}", fmt::join(verbs, ", "), given,
                                          hjnet::suggestion(given, verbs)));
  }

  void add_input(CLI::App& verb) {
    verb.add_option("INPUT", arguments_.file, "The input file (TOML)")->required();
    verb.add_option("--set", arguments_.overrides, "Override one key of the input: KEY=VALUE (again for more keys)")
        ->allow_extra_args(false)
        ->type_name("KEY=VALUE");
  }

  void add_walltime(CLI::App& verb, const std::string& description) {
    verb.add_option_function<std::string>(
            "--max-walltime", [this](const auto& text) { take_walltime(text); }, description)
        ->type_name("[D-]HH:MM:SS");
  }

  void add_run() {
    auto* verb = app_.add_subcommand("run", "Run an input file");
    add_input(*verb);
    verb->add_option("-o,--output", arguments_.output, "The run file, in place of output.file");
    verb->add_flag("--overwrite", arguments_.overwrite, "Replace a run file that exists");
    verb->add_option("--restart", arguments_.restart, "Go on from a checkpoint; auto: from the newest valid one")
        ->allow_extra_args(false)
        ->type_name("FILE|auto");
    add_walltime(*verb, "Stop after so much time, with a checkpoint and exit status 75");
    verb->callback([this] {
      check_restart();
      verb_ = [this] { return run_verb(arguments_); };
    });
  }

  void add_check() {
    auto* verb = app_.add_subcommand("check", "Check an input file; print it resolved, and what a run would take");
    add_input(*verb);
    verb->add_flag("--json", arguments_.json, "Print the estimate as JSON");
    verb->callback([this] { verb_ = [this] { return check_verb(arguments_); }; });
  }

  void add_scan() {
    auto* verb = app_.add_subcommand("scan", "Run an input file for every combination of some keys' values");
    add_input(*verb);
    verb->add_option("KEYS", arguments_.keys, "KEY=V1,V2,... (again for more keys): what is varied")
        ->required()
        ->type_name("KEY=V1,V2,...");
    verb->add_option("-o,--output", arguments_.output, "The folder of the run files, in place of INPUT-scan");
    verb->add_option("--jobs", arguments_.jobs, "Points at a time, each on its share of the ranks, in place of all");
    verb->add_flag("--overwrite", arguments_.overwrite,
                   "Begin anew, in place of going on with the points that are left");
    auto* list =
        verb->add_flag("--list", arguments_.list, "Print a line a point for jobscripts/array.sbatch, and run nothing");
    verb->add_flag("--dry-run", arguments_.dry_run, "Print the points and how far they are, and run nothing")
        ->excludes(list);
    add_walltime(*verb, "Stop after so much time, with checkpoints and exit status 75; the same command goes on");
    verb->callback([this] { verb_ = [this] { return scan_verb(arguments_); }; });
  }

  void add_torus() {
    auto* verb = app_.add_subcommand("torus", "Find invariant tori of a Hamiltonian");
    add_input(*verb);
    verb->add_option("-o,--output", arguments_.output, "The torus file, in place of output.file");
    verb->add_flag("--overwrite", arguments_.overwrite, "Replace a torus file that exists");
    add_walltime(*verb, "Stop after so much time, with the tori found until then and exit status 75");
    verb->callback([this] { verb_ = [this] { return torus_verb(arguments_); }; });
  }

  void add_quantum() {
    auto* verb = app_.add_subcommand("quantum", "The quantum stage anew, from the coefficients in a run file");
    verb->add_option("RUN", arguments_.file, "A complete run file with particles")->required();
    verb->add_option("--set", arguments_.overrides, "Change one key of boltzmann: KEY=VALUE (again for more keys)")
        ->allow_extra_args(false)
        ->type_name("KEY=VALUE");
    verb->add_option("-o,--output", arguments_.output, "The run file to be written")->required();
    verb->add_flag("--overwrite", arguments_.overwrite, "Replace a run file that exists");
    verb->callback([this] { verb_ = [this] { return quantum_verb(arguments_); }; });
  }

  void add_weights() {
    auto* verb = app_.add_subcommand("weights", "Print or write rows of the weights at a run's end");
    verb->add_option("RUN", arguments_.file, "A complete run file")->required();
    verb->add_option("--projection", arguments_.projection, "Of which projection, unless there is only one")
        ->type_name("FROM-TO");
    verb->add_option("--rows", arguments_.rows, "Which post-synaptic neurons, END not among them, in place of all")
        ->type_name("FIRST:END");
    verb->add_flag("--moment", arguments_.moment, "The conjugate momenta M in place of W");
    verb->add_option("-o,--output", arguments_.output, "An HDF5 file to be written, in place of printing");
    verb->add_flag("--overwrite", arguments_.overwrite, "Replace a file that exists");
    verb->callback([this] { verb_ = [this] { return weights_verb(arguments_); }; });
  }

  void check_restart() const {
    if (!arguments_.restart) return;
    if (arguments_.restart->empty()) throw CLI::ValidationError("--restart", "expected a checkpoint or auto, got ''");
    if (!arguments_.overwrite) return;
    throw CLI::ValidationError("--restart",
                               "goes on with a run file, and --overwrite replaces it: expected one of them");
  }

  void take_walltime(const std::string& text) {
    arguments_.max_walltime = hjnet::walltime_seconds(text);
    if (arguments_.max_walltime) return;
    throw CLI::ValidationError("--max-walltime", fmt::format("expected {}, got '{}'", hjnet::walltime_forms, text));
  }

  static std::string trimmed(std::string text) {
    text.erase(text.find_last_not_of('\n') + 1);
    return text;
  }

  CLI::App app_{"Hamiltonian neural networks and the entanglement they mediate", "hjnet"};
  Arguments arguments_;
  std::function<ExitStatus()> verb_;
};

}  // namespace

namespace hjnet {

void set_up_messages() {
  spdlog::set_default_logger(spdlog::stderr_logger_st("hjnet"));
  spdlog::set_pattern("%v");
  if (!is_first_rank()) spdlog::set_level(spdlog::level::off);
}

ExitStatus command(int argc, char** argv) {
  Ending ending;
  try {
    // Ranks that mpiexec was told to start in different ways would wait for each other.
    expect_same(MPI_COMM_WORLD, fmt::format("{}", fmt::join(argv + 1, argv + argc, "\n")), "words on its command line");
    ending.status = CommandLine().run(argc, argv);
  } catch (...) {
    ending = ending_of(std::current_exception());
  }
  if ((std::fflush(stdout) != 0 || std::ferror(stdout) != 0) && errno != EPIPE) {
    const auto why = fmt::format("hjnet: cannot write to standard output: {}", std::strerror(errno));
    const std::string verb = argc > 1 ? argv[1] : "";
    if (verb == "run" || verb == "scan" || verb == "torus" || verb == "quantum") {
      spdlog::warn("{}", why);  // what it computed is on file
    } else if (ending.status == ExitStatus::complete) {
      ending = {ExitStatus::failed, why};
    }
  }
  return end_together(MPI_COMM_WORLD, ending);
}

}  // namespace hjnet
