package io.vitrail.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command above all commands. */
@Command(
    name = "vitrail",
    versionProvider = Version.class,
    header = "Computer vision for the JVM.",
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "Examples:",
      "  vitrail cutout photo.jpg            writes photo-cutout.png beside it",
      "  vitrail cutout photos/ -o cutouts/  a whole folder, into another one",
      "  vitrail classify photo.jpg          says what it shows",
      "  vitrail train --data photos/ -o run  trains a network on a folder of images",
      "  vitrail models list                 which models there are",
      "  vitrail doctor                      whether this machine is ready",
      "",
      "Exit codes: 0 all fine, 1 something failed, 2 the command line makes no sense."
    })
final class Vitrail implements Runnable {
  @Spec private CommandSpec spec;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version.")
  private boolean version;

  /** Without a command: which there are. */
  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "which command? " + String.join(", ", spec.subcommands().keySet()));
  }
}
