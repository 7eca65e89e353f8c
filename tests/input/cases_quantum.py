"""Cases of the particles, the Boltzmann equation, the ensemble, the solver and the output."""

from case import PARTICLES, PORTS, added, override, quantum

CASES = [
    # [particles].
    added(
        "one particle",
        "[particles]\n" + PORTS.splitlines()[0] + "\n",
        "case.toml:7:2: particles.b: expected a table { stokes, neurons, time, width }, got nothing",
    ),
    quantum(
        "an unknown closure",
        'closure = "bilinaer"\n',
        'case.toml:10:1: particles.closure: expected one of bilinear, backpropagation, full, mixed, mean_field, branches, '
        'got '
        "\"bilinaer\" (did you mean 'bilinear'?)",
    ),
    quantum(
        "a record without branches",
        "[boltzmann]\nsigma_neurons = 0.1\n",
        'case.toml:11:1: boltzmann.sigma_neurons: has no effect: expected particles.closure = "branches"',
    ),
    quantum(
        "feedback to branches",
        'closure = "branches"\nfeedback = true\n',
        'case.toml:11:1: particles.feedback: true cannot go with closure = "branches", whose networks are fed the '
        "axes' states",
    ),
    quantum(
        "an amplitude that is not a number",
        "amplitude = nan\n",
        "case.toml:10:1: particles.amplitude: expected a finite number, got nan",
    ),
    quantum(
        "feedback that is neither true nor false",
        'feedback = "yes"\n',
        'case.toml:10:1: particles.feedback: expected true or false, got "yes"',
    ),
    quantum(
        "feedback with the memory of the whole run",
        'feedback = true\n[boltzmann]\nmemory = "symmetric"\n',
        'case.toml:10:1: particles.feedback: true cannot go with boltzmann.memory = "symmetric", which makes the '
        'particles depend on what the network does later: expected boltzmann.memory = "none" or "causal"',
    ),
    override(
        "feedback by --set with a memory that looks ahead",
        "particles.feedback=true",
        '--set particles.feedback=true: particles.feedback: true cannot go with boltzmann.memory = "window", which '
        'makes the particles depend on what the network does later: expected boltzmann.memory = "none" or "causal"',
        PARTICLES + '[boltzmann]\nmemory = "window"\nwindow = 0.3\n',
    ),
    override(
        "a port neuron that does not exist",
        "particles.a.neurons=[0, 1, 8]",
        "--set particles.a.neurons=[0, 1, 8]: particles.a.neurons[2]: expected a neuron from 0 to 7, got 8",
    ),
    override(
        "a negative neuron",
        "particles.a.neurons=[-1, 1, 2]",
        "--set particles.a.neurons=[-1, 1, 2]: particles.a.neurons[0]: expected a neuron from 0 to 7, got -1",
    ),
    override(
        "a neuron twice in a port",
        "particles.a.neurons=[0, 1, 1]",
        "--set particles.a.neurons=[0, 1, 1]: particles.a.neurons[2]: expected a neuron that stands in the "
        "ports once, got 1 again",
    ),
    override(
        "a neuron in both ports",
        "particles.b.neurons=[2, 3, 4]",
        "--set particles.b.neurons=[2, 3, 4]: particles.b.neurons[0]: expected a neuron that stands in the "
        "ports once, got 2 again",
    ),
    override(
        "too many neurons",
        "particles.a.neurons=[0, 1, 2, 6]",
        "--set particles.a.neurons=[0, 1, 2, 6]: particles.a.neurons: expected at most three neurons, one for each "
        "Stokes component, where there is no coupling, got a list of 4",
    ),
    override(
        "no neurons",
        "particles.a.neurons=[]",
        "--set particles.a.neurons=[]: particles.a.neurons: expected a list of neurons, each from 0 and below "
        "the number of neurons, got a list of 0",
    ),
    override(
        "a fractional neuron",
        "particles.a.neurons=[0, 1.5, 2]",
        "--set particles.a.neurons=[0, 1.5, 2]: particles.a.neurons[1]: expected neurons, each from 0 and "
        "below the number of neurons, got 1.5",
    ),
    override(
        "a pulse of no width",
        "particles.a.width=0",
        "--set particles.a.width=0: particles.a.width: expected a number > 0, got 0",
    ),
    override(
        "a pulse of negative width",
        "particles.b.width=-0.1",
        "--set particles.b.width=-0.1: particles.b.width: expected a number > 0, got -0.1",
    ),
    override(
        "a pulse after the epoch",
        "particles.a.time=1.5",
        "--set particles.a.time=1.5: particles.a.time: expected a phase in [0, run.epoch_length], got 1.5",
    ),
    override(
        "a pulse before the epoch",
        "particles.a.time=-0.1",
        "--set particles.a.time=-0.1: particles.a.time: expected a phase in [0, run.epoch_length], got -0.1",
    ),
    override(
        "a Stokes vector too long",
        "particles.a.stokes=[1, 0, 1]",
        "--set particles.a.stokes=[1, 0, 1]: particles.a.stokes: expected three numbers with sum of squares <= "
        "1, got sum 2",
    ),
    override(
        "two Stokes components",
        "particles.a.stokes=[0, 1]",
        "--set particles.a.stokes=[0, 1]: particles.a.stokes: expected three numbers with sum of squares <= 1, "
        "got a list of 2",
    ),
    override(
        "a Stokes component that is not a number",
        "particles.a.stokes=[0, nan, 0]",
        "--set particles.a.stokes=[0, nan, 0]: particles.a.stokes[1]: expected three numbers with sum of "
        "squares <= 1, got nan",
    ),
    override(
        "epochs reversed",
        "particles.a.epochs=[1, 0]",
        "--set particles.a.epochs=[1, 0]: particles.a.epochs: expected two integers [first, last], 0 <= first "
        "<= last < run.epochs, got [1, 0] with run.epochs = 1",
    ),
    override(
        "epochs outside the run",
        "particles.a.epochs=[0, 1]",
        "--set particles.a.epochs=[0, 1]: particles.a.epochs: expected two integers [first, last], 0 <= first "
        "<= last < run.epochs, got [0, 1] with run.epochs = 1",
    ),
    override(
        "one epoch alone",
        "particles.a.epochs=[0]",
        "--set particles.a.epochs=[0]: particles.a.epochs: expected two integers [first, last], 0 <= first <= "
        "last < run.epochs, got a list of 1",
    ),
    override(
        "a coupling of too few rows",
        "particles.a.coupling=[[1, 0, 0]]",
        "--set particles.a.coupling=[[1, 0, 0]]: particles.a.coupling: expected 3 rows, one for each neuron of "
        "the port, got 1",
    ),
    override(
        "a coupling row of two",
        "particles.a.coupling=[[1, 0, 0], [0, 1], [0, 0, 1]]",
        "--set particles.a.coupling=[[1, 0, 0], [0, 1], [0, 0, 1]]: particles.a.coupling[1]: expected a row of "
        "three numbers, got a list of 2",
    ),
    override(
        "a coupling that is not a number",
        'particles.a.coupling=[[1, 0, 0], [0, "x", 0], [0, 0, 1]]',
        '--set particles.a.coupling=[[1, 0, 0], [0, "x", 0], [0, 0, 1]]: particles.a.coupling[1][1]: expected '
        'a finite number, got "x"',
    ),
    added(
        "a port without a width",
        "[particles]\n"
        "a = { stokes = [0, 0, 1], neurons = [0, 1, 2], time = 0.25 }\n"
        "b = { stokes = [1, 0, 0], neurons = [3, 4, 5], time = 0.60, width = 0.12 }\n",
        "case.toml:8:1: particles.a.width: expected a number > 0, got nothing",
    ),
    # [boltzmann].
    added(
        "without particles",
        "[boltzmann]\ncharge = 2.0\n",
        "case.toml:7:2: boltzmann: has no effect: expected [particles] beside it",
    ),
    added(
        "an empty table without particles",
        "[boltzmann]\n",
        "case.toml:7:2: boltzmann: has no effect: expected [particles] beside it",
    ),
    quantum(
        "no volume",
        "[boltzmann]\nvolume = 0\n",
        "case.toml:11:1: boltzmann.volume: expected a number > 0, got 0",
    ),
    quantum(
        "an infinite charge",
        "[boltzmann]\ncharge = inf\n",
        "case.toml:11:1: boltzmann.charge: expected a finite number, got inf",
    ),
    quantum(
        "an unknown memory",
        '[boltzmann]\nmemory = "causl"\n',
        'case.toml:11:1: boltzmann.memory: expected one of none, symmetric, causal, window, exponential, got '
        "\"causl\" (did you mean 'causal'?)",
    ),
    quantum(
        "a correlation time without its memory",
        "[boltzmann]\ncorrelation_time = 0.3\n",
        'case.toml:11:1: boltzmann.correlation_time: has no effect: expected boltzmann.memory = "exponential"',
    ),
    quantum(
        "a correlation time of nothing",
        '[boltzmann]\nmemory = "exponential"\ncorrelation_time = 0\n',
        "case.toml:12:1: boltzmann.correlation_time: expected a number > 0, got 0",
    ),
    quantum(
        "a second order where there is none",
        '[boltzmann]\nsecond_order = "regularised"\n',
        "case.toml:11:1: boltzmann.second_order: has no effect: expected a boltzmann.memory, without which there is no second order",
    ),
    quantum(
        "the average over no noise",
        '[boltzmann]\nmemory = "window"\nsecond_order = "average"\n',
        'case.toml:12:1: boltzmann.second_order: "average" cannot go with memory = "window", which is the correlation function of '
        'no noise: expected memory = "causal" or "exponential", or second_order = "regularised"',
    ),
    quantum(
        "an unknown second order",
        '[boltzmann]\nmemory = "causal"\nsecond_order = "regularized"\n',
        'case.toml:12:1: boltzmann.second_order: expected one of redfield, regularised, average, got "regularized" '
        "(did you mean 'regularised'?)",
    ),
    quantum(
        "negative noise",
        "[boltzmann]\nmediator_noise = -0.5\n",
        "case.toml:11:1: boltzmann.mediator_noise: expected a number >= 0, got -0.5",
    ),
    quantum(
        "a bath of three rates",
        "[boltzmann]\nbath = { dephasing = [0.1, 0.2, 0.3] }\n",
        "case.toml:11:10: boltzmann.bath.dephasing: expected a number >= 0, or two, got a list of 3",
    ),
    quantum(
        "a bath without an axis",
        "[boltzmann]\nbath = { axis = [0, 0, 0] }\n",
        "case.toml:11:10: boltzmann.bath.axis: expected three numbers, not all 0, or a pair of such, got a list of 3",
    ),
    quantum(
        "an occupation without relaxation",
        "[boltzmann]\nbath = { occupation = 0.5 }\n",
        "case.toml:11:10: boltzmann.bath.occupation: has no effect: expected a relaxation beside it",
    ),
    quantum(
        "a mean field with a memory",
        'closure = "mean_field"\n[boltzmann]\nmemory = "causal"\n',
        'case.toml:12:1: boltzmann.memory: "causal" cannot go with particles.closure = "mean_field", whose equation is not linear '
        'and has no second order: expected "none"',
    ),
    quantum(
        "feedback with an average",
        'feedback = true\n[boltzmann]\nmemory = "causal"\nsecond_order = "average"\n',
        'case.toml:10:1: particles.feedback: true cannot go with second_order = "average" or memory = "exponential", whose noise '
        'remembers more than the density matrix: expected boltzmann.memory = "none" or "causal" without an average',
    ),
    quantum(
        "a window without its memory",
        "[boltzmann]\nwindow = 0.3\n",
        'case.toml:11:1: boltzmann.window: has no effect: expected boltzmann.memory = "window"',
    ),
    quantum(
        "an empty window",
        '[boltzmann]\nmemory = "window"\nwindow = 0\n',
        "case.toml:12:1: boltzmann.window: expected a number > 0, got 0",
    ),
    quantum(
        "no modes",
        "[boltzmann]\nk0 = []\n",
        "case.toml:11:1: boltzmann.k0: expected a list of numbers > 0, got a list of 0",
    ),
    quantum(
        "a mode of no momentum",
        "[boltzmann]\nk0 = [1.0, 0.0]\nweights = [0.5, 0.5]\n",
        "case.toml:11:12: boltzmann.k0[1]: expected numbers > 0, got 0.0",
    ),
    quantum(
        "two modes without weights",
        "[boltzmann]\nk0 = [1.0, 2.0]\n",
        "case.toml:10:2: boltzmann.weights: expected 2 numbers, one for each number of k0, got 1, the default",
    ),
    quantum(
        "too many weights",
        "[boltzmann]\nweights = [0.5, 0.5]\n",
        "case.toml:11:1: boltzmann.weights: expected 1 number, one for each number of k0, got 2",
    ),
    quantum(
        "weights that do not sum to 1",
        "[boltzmann]\nk0 = [1.0, 2.0]\nweights = [0.5, 0.75]\n",
        "case.toml:12:1: boltzmann.weights: expected numbers >= 0 with sum 1, got sum 1.25",
    ),
    quantum(
        "a negative weight",
        "[boltzmann]\nk0 = [1.0, 2.0]\nweights = [1.5, -0.5]\n",
        "case.toml:12:17: boltzmann.weights[1]: expected numbers >= 0 with sum 1, one for each number of k0, "
        "got -0.5",
    ),
    quantum(
        "a negative tolerance",
        "[boltzmann]\npositivity_tolerance = -1e-6\n",
        "case.toml:11:1: boltzmann.positivity_tolerance: expected a number >= 0, got -1e-06",
    ),
    # [ensemble], [solver] and [output].
    added(
        "an ensemble of no members",
        "[ensemble]\nmembers = 0\n",
        "case.toml:8:1: ensemble.members: expected an integer >= 1, got 0",
    ),
    added(
        "an ensemble without a number",
        "[ensemble]\nfirst = 3\n",
        "case.toml:7:2: ensemble.members: expected an integer >= 1, got nothing",
    ),
    added(
        "a negative first member",
        "[ensemble]\nmembers = 3\nfirst = -1\n",
        "case.toml:9:1: ensemble.first: expected an integer >= 0, got -1",
    ),
    added(
        "an unknown thing that varies",
        '[ensemble]\nmembers = 3\nvary = ["weights", "stimuli"]\n',
        "case.toml:9:20: ensemble.vary[1]: expected distinct names of weights, stimulus, target, "
        'initial_state, thresholds, multipliers, displacements, got "stimuli" (did you mean \'stimulus\'?)',
    ),
    added(
        "a thing that varies twice",
        '[ensemble]\nmembers = 3\nvary = ["weights", "weights"]\n',
        "case.toml:9:20: ensemble.vary[1]: expected distinct names of weights, stimulus, target, "
        'initial_state, thresholds, multipliers, displacements, got "weights"',
    ),
    added(
        "thresholds that vary without being there",
        '[ensemble]\nmembers = 3\nvary = ["thresholds"]\n',
        "case.toml:9:1: ensemble.vary: has no effect: expected network.thresholds = true, as thresholds are to vary",
    ),
    added(
        "an unknown method",
        '[solver]\nmethod = "bfd"\n',
        'case.toml:8:1: solver.method: expected one of bdf, adams, got "bfd" (did you mean \'bdf\'?)',
    ),
    added(
        "an unknown engine",
        '[solver]\nengine = "couple"\n',
        'case.toml:8:1: solver.engine: expected one of coupled, waveform, auto, got "couple" (did you mean \'coupled\'?)',
    ),
    added(
        "no tolerance",
        "[solver]\nrelative_tolerance = 0\n",
        "case.toml:8:1: solver.relative_tolerance: expected a number > 0 and <= 0.1, got 0",
    ),
    added(
        "too much tolerance",
        "[solver]\nrelative_tolerance = 0.5\n",
        "case.toml:8:1: solver.relative_tolerance: expected a number > 0 and <= 0.1, got 0.5",
    ),
    added(
        "a negative absolute tolerance",
        "[solver]\nabsolute_tolerance = -1e-10\n",
        "case.toml:8:1: solver.absolute_tolerance: expected a number > 0, got -1e-10",
    ),
    added(
        "states as a number",
        "[output]\nstates = 1\n",
        "case.toml:8:1: output.states: expected true or false, got 1",
    ),
    added(
        "unknown weights",
        '[output]\nweights = "first"\n',
        'case.toml:8:1: output.weights: expected one of none, last, all, factors, got "first" (did you mean \'last\'?)',
    ),
    added(
        "a file without a name",
        '[output]\nfile = ""\n',
        'case.toml:8:1: output.file: expected the name of a file, got ""',
    ),
]
