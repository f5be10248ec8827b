package io.vitrail.cli;

import java.io.PrintWriter;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Entry point. Exit codes: 0 all fine, 1 something failed, 2 the command line makes no sense. */
public final class Main {
  private static final int FAILED = 1;
  private static final int USAGE = 2;

  private final Io io;
  private final Common common = new Common();

  private Main(Io io) {
    this.io = io;
  }

  /** Runs a command and ends the process. */
  public static void main(String[] args) {
    System.setProperty("java.awt.headless", "true");
    System.exit(run(Io.system(), args));
  }

  /** Runs a command and gives its exit code. */
  static int run(Io io, String... args) {
    Main main = new Main(io);
    try {
      return main.commandLine().execute(args);
    } catch (Error e) { // picocli lets these through: no memory, no natives
      return main.failed(e);
    } finally {
      io.out().flush();
      io.err().flush();
    }
  }

  private CommandLine commandLine() {
    CommandLine line =
        command(new Vitrail())
            .addSubcommand(command(new CutoutCommand(io)))
            .addSubcommand(command(new ClassifyCommand(io)))
            .addSubcommand(train())
            .addSubcommand(command(new ValidateCommand(io)))
            .addSubcommand(models())
            .addSubcommand(reproduce())
            .addSubcommand(command(new DoctorCommand(io)))
            .addSubcommand(new HelpCommand())
            .addSubcommand(new AutoComplete.GenerateCompletion());
    line.setOut(new PrintWriter(io.out(), true));
    line.setErr(new PrintWriter(io.err(), true));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler((e, args) -> misused(e));
    line.setExecutionExceptionHandler((e, command, result) -> failed(e));
    return line;
  }

  private CommandLine train() {
    return command(new TrainCommand(io)).addSubcommand(command(new TrainRecipes(io)));
  }

  private CommandLine models() {
    return command(new ModelsCommand())
        .addSubcommand(command(new ModelsList(io)))
        .addSubcommand(command(new ModelsShow(io)))
        .addSubcommand(command(new ModelsPull(io)))
        .addSubcommand(command(new ModelsImport(io)))
        .addSubcommand(command(new ModelsPath(io)));
  }

  private CommandLine reproduce() {
    return command(new ReproduceCommand()).addSubcommand(command(new ReproduceMaskSub(io)));
  }

  private CommandLine command(Object command) {
    CommandLine line = new CommandLine(command);
    line.getCommandSpec().addMixin("common", CommandSpec.forAnnotatedObject(common));
    return line;
  }

  private int misused(ParameterException e) {
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    io.say("%s: %s (usage: %s --help)", command, e.getMessage(), command);
    UnmatchedArgumentException.printSuggestions(e, io.err());
    return USAGE;
  }

  private int failed(Throwable e) {
    io.say("vitrail: %s", ErrorLine.of(e));
    if (common.debug()) {
      e.printStackTrace(io.err());
    }
    return FAILED;
  }
}
