package io.vitrail.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Groups the commands about models. */
@Command(
    name = "models",
    header = "List, fetch and import models.",
    description = {"", "No weights are part of Vitrail: they are fetched once, and checked.", ""},
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "Examples:",
      "  vitrail models list",
      "  vitrail models show isnet-general-use",
      "  vitrail models pull isnet-general-use",
      "  vitrail models import isnet-general-use isnet.pth --accept-unknown",
      "  ls -l $(vitrail models path isnet-general-use)"
    })
final class ModelsCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "which command? " + String.join(", ", spec.subcommands().keySet()));
  }
}
