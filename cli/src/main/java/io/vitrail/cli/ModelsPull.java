package io.vitrail.cli;

import io.vitrail.hub.Hub;
import io.vitrail.hub.HubException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Fetches models before they are needed. */
@Command(
    name = "pull",
    header = "Fetch models, unless they are here already.",
    footer = {"", "Example:", "  vitrail models pull isnet-general-use"})
final class ModelsPull implements Callable<Integer> {
  private final Io io;

  @Parameters(paramLabel = "NAME", arity = "1..*", description = "Names of 'vitrail models list'.")
  private List<String> names;

  @Option(
      names = {"-q", "--quiet"},
      description = "Show the licence and failures only.")
  private boolean quiet;

  ModelsPull(Io io) {
    this.io = io;
  }

  /** One model that cannot be had does not stop the others. */
  @Override
  public Integer call() throws HubException {
    Hub hub = io.hub();
    for (String name : names) {
      hub.card(name); // a wrong name before the first download
    }
    int exit = 0;
    for (String name : names) {
      try {
        io.out().println(hub.fetch(name, new PullProgress(io, quiet, System::nanoTime)).path());
      } catch (HubException e) {
        io.say("vitrail: %s", ErrorLine.of(e));
        exit = 1;
      }
    }
    return exit;
  }
}
