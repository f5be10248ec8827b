package io.vitrail.cli;

import io.vitrail.hub.Hub;
import io.vitrail.hub.HubException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Prints where a model's file lies, for scripts. */
@Command(
    name = "path",
    header = "Print where a model's file lies; fails if it is not fetched yet.",
    footer = {"", "Example:", "  vitrail models path isnet-general-use"})
final class ModelsPath implements Callable<Integer> {
  private final Io io;

  @Parameters(paramLabel = "NAME", description = "A name of 'vitrail models list'.")
  private String name;

  ModelsPath(Io io) {
    this.io = io;
  }

  @Override
  public Integer call() throws HubException {
    Hub hub = io.hub();
    io.out()
        .println(
            hub.cached(name)
                .orElseThrow(
                    () ->
                        new HubException(
                            "'%s' is not in the cache %s; fetch it with: vitrail models pull %s"
                                .formatted(name, hub.home(), name)))
                .path());
    return 0;
  }
}
